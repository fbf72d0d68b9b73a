//! In which format a column's times are written.

use crate::ingest::layout::{TIME_PREFIXES, TimeFormat, Times, Zone};

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Share of a column's values that must be times.
const MOST: f64 = 0.8;

/// What a column's values are as times.
#[derive(Clone, Debug)]
pub(in crate::ingest) struct Written {
    /// The value of `ingest.time_format`.
    pub(in crate::ingest) format: String,
    /// The others by which most can be read too, the better first.
    pub(super) others: Vec<String>,
    /// Share of the values that can be read so, 0 to 1.
    pub(super) share: f64,
    /// Whether days and months could be swapped, and all values still be times.
    pub(in crate::ingest) ambiguous: bool,
    /// Whether the values are numbers, which ids are too.
    pub(super) number: bool,
    /// Whether they tell days without a time of day.
    pub(super) days: bool,
}

impl Written {
    /// Why this format was taken.
    pub(super) fn reason(&self) -> String {
        let share = self.share * 100.0;
        if self.ambiguous {
            let first = if self.format.find("%d") < self.format.find("%m") { "day" } else { "month" };
            return format!(
                "{share:.0} % can be read so; day and month cannot be told apart, no number is above 12: the {first} was \
                 taken to stand first"
            );
        }
        format!("{share:.0} % can be read so")
    }
}

/// The values as times of a format that is given; `None` where fewer than most of them can be read so.
pub(super) fn written_as(values: &[&str], format: &str) -> Option<Written> {
    let share = share(values, format);
    let number = values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    let days = !number && values.iter().take(100).all(|value| !value.contains(':'));
    let stored = values.first().is_some_and(|value| value.starts_with(TIME_PREFIXES));
    (!values.is_empty() && (stored || share >= MOST)).then(|| Written {
        format: format.to_owned(),
        others: Vec::new(),
        share: if stored { 1.0 } else { share },
        ambiguous: false,
        number,
        days,
    })
}

/// The format in which most of the values are times; `None` where too few are in any.
pub(in crate::ingest) fn written(values: &[&str]) -> Option<Written> {
    if values.is_empty() || values.iter().all(|value| value.len() < 6) {
        return None;
    }
    if values.iter().all(|value| value.starts_with(TIME_PREFIXES)) {
        let (format, others) = ("auto".to_owned(), Vec::new());
        let days = values.iter().all(|value| {
            value.strip_prefix(TIME_PREFIXES).and_then(|ms| ms.parse::<i64>().ok()).is_some_and(|ms| ms % DAY_MS == 0)
        });
        return Some(Written { format, others, share: 1.0, ambiguous: false, number: false, days });
    }
    let number = values.iter().all(|value| value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    let first: Vec<&str> = values.iter().copied().take(100).collect();
    let mut fitting: Vec<(f64, String)> = Vec::new();
    for format in formats() {
        // A hundred values rule out most formats before all are tried.
        if share(&first, &format) < MOST / 2.0 {
            continue;
        }
        let share = share(values, &format);
        if share >= MOST {
            fitting.push((share, format));
        }
    }
    // Of two that fit alike the earlier one: the sort is stable.
    fitting.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    by_two_digits(&mut fitting, values);
    let mut fitting = fitting.into_iter();
    let (most, format) = fitting.next()?;
    let others = fitting.map(|(_, format)| format).collect();
    let mut best = Written { format, others, share: most, ambiguous: false, number, days: false };
    // `20240301` is a day, though it is a number too.
    let is_day = |value: &&str| !value.contains(':') && (!number || value.len() == "20240301".len());
    best.days = (!number || best.format == "iso") && first.iter().all(is_day);
    let swapped = best.format.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m");
    if swapped != best.format && !best.format.starts_with("%Y") {
        best.ambiguous = share(values, &swapped) >= best.share;
    }
    Some(best)
}

/// How many times as long a span is that no log of a shop has, where another reading of the same dates is shorter.
const LONGER: f64 = 3.0;

/// Of dates whose year has two digits, any number may be the year: of the readings that fit alike, the one by which the log
/// spans by far the shortest time comes first.
fn by_two_digits(fitting: &mut [(f64, String)], values: &[&str]) {
    let most = fitting.first().map_or(0.0, |(share, _)| *share);
    let alike = fitting.iter().take_while(|(share, format)| *share >= most && format.contains("%y")).count();
    if alike < 2 {
        return;
    }
    let span = |format: &str| {
        let format = TimeFormat::of_setting(format).ok().flatten()?;
        let times = Times { formats: vec![format], zone: Zone::Fixed(0) };
        let all = || values.iter().filter_map(|value| times.parse(value).ok());
        Some((all().max()? - all().min()?) as f64)
    };
    let spans: Vec<f64> = fitting[..alike].iter().map(|(_, format)| span(format).unwrap_or(f64::INFINITY)).collect();
    let shortest = (0..alike).min_by(|&a, &b| spans[a].total_cmp(&spans[b])).unwrap_or(0);
    if spans[0] > spans[shortest].max(DAY_MS as f64) * LONGER {
        fitting[..=shortest].rotate_right(1);
    }
}

/// A value as a reader knows it: of a time that Parquet stores, the time.
pub(super) fn shown(value: &str) -> String {
    let time =
        value.strip_prefix(TIME_PREFIXES).and_then(|ms| jiff::Timestamp::from_millisecond(ms.parse().ok()?).ok());
    time.map_or_else(|| value.to_owned(), |time| time.to_string())
}

fn share(values: &[&str], format: &str) -> f64 {
    let Ok(Some(format)) = TimeFormat::of_setting(format) else { return 0.0 };
    let times = Times { formats: vec![format], zone: Zone::Fixed(0) };
    values.iter().filter(|value| times.parse(value).is_ok()).count() as f64 / values.len() as f64
}

/// The formats that are tried; of two that fit alike, the earlier is taken.
fn formats() -> Vec<String> {
    let mut formats: Vec<String> = ["s", "ms", "us", "ns", "iso"].map(ToOwned::to_owned).to_vec();
    let dates = [
        "%d.%m.%Y",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%d-%m-%Y",
        "%m-%d-%Y",
        "%Y.%m.%d",
        "%d.%m.%y",
        "%m/%d/%y",
        "%d/%m/%y",
        "%d-%m-%y",
        "%m-%d-%y",
        "%y-%m-%d",
        "%y/%m/%d",
        "%y.%m.%d",
        "%d %m %Y",
        "%d %b %Y",
        "%d. %b %Y",
        "%b %d %Y",
        "%b %d, %Y",
        "%d-%b-%Y",
        "%d-%b-%y",
        "%d %b %y",
        "%d de %b de %Y",
        "%b-%d-%Y",
        "%b-%d-%y",
        "%a, %d.%m.%Y",
        "%a %d.%m.%Y",
        "%a, %d/%m/%Y",
        "%a %d/%m/%Y",
        "%a, %m/%d/%Y",
        "%a %m/%d/%Y",
        "%a, %Y-%m-%d",
        "%a %Y-%m-%d",
        "%a, %d. %b %Y",
        "%a %d. %b %Y",
        "%a %d %b %Y",
        "%a, %d %b %Y",
        "%a, %b %d, %Y",
        "%a %b %d %Y",
    ];
    let clocks = [
        " %H:%M:%S",
        " %H:%M",
        "",
        ", %H:%M:%S",
        ", %H:%M",
        "T%H:%M:%S",
        " %I:%M:%S %p",
        " %I:%M %p",
        ", %I:%M:%S %p",
        ", %I:%M %p",
        " %H:%M:%S.%f",
        " at %I:%M %p",
        " %I %p",
        " %H.%M.%S",
        " %H.%M",
        " klo %H.%M",
        " %H:%M:%S %z",
        " %H:%M:%S GMT",
        " %H:%M:%S UTC",
    ];
    formats.extend(dates.iter().flat_map(|date| clocks.iter().map(move |clock| format!("{date}{clock}"))));
    // ISO dates with the clock of twelve hours, which `iso` does not read.
    let twelve = [" %I:%M:%S %p", " %I:%M %p", ", %I:%M:%S %p", ", %I:%M %p"];
    formats.extend(
        ["%Y-%m-%d", "%Y/%m/%d"].iter().flat_map(|date| twelve.iter().map(move |clock| format!("{date}{clock}"))),
    );
    // Apache's log, and what `date` prints.
    formats.extend(["%d/%b/%Y:%H:%M:%S %z", "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S UTC %Y"].map(ToOwned::to_owned));
    formats.push("excel".to_owned());
    formats
}
