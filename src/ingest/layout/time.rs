//! Times as logs write them, into UTC milliseconds.

use jiff::tz::{Offset, TimeZone};

use crate::error::{Error, Result};
use crate::ingest::layout::choice::AUTO;
use crate::ingest::layout::pattern::Pattern;
use crate::ingest::layout::written::{
    DAY_MS, EARLIEST, TOO_LATE, Written, clock, milliseconds, offset, undressed, zone,
};
use crate::ingest::quarantine::Reason;
use crate::zone::ShopZone;

/// Stands before the UTC milliseconds of a time that Parquet stores as an instant.
pub(in crate::ingest) const INSTANT: &str = "\u{1}";
/// Stands before the milliseconds of a time that Parquet stores without a zone.
pub(in crate::ingest) const LOCAL: &str = "\u{2}";

/// Both, none of which belongs to a row's text.
pub(in crate::ingest) const TIME_PREFIXES: [char; 2] = ['\u{1}', '\u{2}'];

/// One way to write a time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) enum TimeFormat {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970; which of them, the number of digits tells.
    Epoch,
    /// Days since the end of 1899, as Excel keeps times, with a fraction for the time of day.
    Excel,
    /// ISO 8601 and what is near it: `2019-10-01 00:00:00 UTC`, `2014-04-07T10:51:09.277Z`, `2010-12-01 08:26`.
    Iso,
    /// A pattern such as `%m/%d/%Y %H:%M`.
    Pattern(Pattern),
}

impl TimeFormat {
    /// What `ingest.time_format` names; `None` for `auto`.
    pub(in crate::ingest) fn of_setting(text: &str) -> Result<Option<Self>> {
        Ok(Some(match text {
            AUTO => return Ok(None),
            "s" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "us" => Self::Microseconds,
            "ns" => Self::Nanoseconds,
            "excel" => Self::Excel,
            "iso" => Self::Iso,
            _ => {
                let pattern = Pattern::new(text).map_err(|what| {
                    Error::Config(format!(
                        "ingest.time_format must be \"auto\", \"s\", \"ms\", \"us\", \"ns\", \"iso\", \"excel\" or a pattern such as \
                         \"%Y-%m-%d %H:%M:%S\", not {text:?}: {what}"
                    ))
                })?;
                Self::Pattern(pattern)
            }
        }))
    }

    /// The format in a few words.
    pub(in crate::ingest) fn describe(&self) -> String {
        match self {
            Self::Seconds => "seconds since 1970 (s)".to_owned(),
            Self::Milliseconds => "milliseconds since 1970 (ms)".to_owned(),
            Self::Microseconds => "microseconds since 1970 (us)".to_owned(),
            Self::Nanoseconds => "nanoseconds since 1970 (ns)".to_owned(),
            Self::Epoch => "seconds, milliseconds, microseconds or nanoseconds since 1970".to_owned(),
            Self::Excel => "days since 1899-12-30 (excel)".to_owned(),
            Self::Iso => "a date and time such as 2019-10-01 00:00:00 (iso)".to_owned(),
            Self::Pattern(pattern) => pattern.text().to_owned(),
        }
    }

    fn parse(&self, text: &str) -> Option<Written> {
        match self {
            Self::Seconds => epoch(text, 1_000, 1),
            Self::Milliseconds => epoch(text, 1, 1),
            Self::Microseconds => epoch(text, 1, 1_000),
            Self::Nanoseconds => epoch(text, 1, 1_000_000),
            Self::Excel => excel(text),
            // Years 1990 to 2100 are 9 and 10 digits of seconds, 12 and 13 of milliseconds, and so on.
            Self::Epoch => match text.bytes().take_while(u8::is_ascii_digit).count() {
                ..=10 => epoch(text, 1_000, 1),
                11..=13 => epoch(text, 1, 1),
                14..=16 => epoch(text, 1, 1_000),
                _ => epoch(text, 1, 1_000_000),
            },
            Self::Iso => iso(text),
            Self::Pattern(pattern) => pattern.parse(text),
        }
    }
}

/// Milliseconds of `14:05`, `14:05:09.5` or `2:05 PM` since midnight.
pub(in crate::ingest) fn time_of_day(text: &str) -> Option<i64> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let half = [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)];
    let half = half.into_iter().find_map(|(half, after)| lower.strip_suffix(half).map(|rest| (rest.trim_end(), after)));
    let digits = half.map_or(lower.as_str(), |(rest, _)| rest);
    let mut parts = digits.split(':');
    let number = |text: &str, most: i64| {
        let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| plain && *number <= most)
    };
    let mut hour = number(parts.next()?, 23)?;
    let minute = number(parts.next()?, 59)?;
    let (second, ms) = match parts.next() {
        None => (0, 0),
        Some(second) => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
            if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (number(whole, 59)?, milliseconds(fraction.as_bytes()))
        }
    };
    if parts.next().is_some() {
        return None;
    }
    if let Some((_, after_noon)) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if after_noon { 12 } else { 0 };
    }
    Some((hour * 3_600 + minute * 60 + second) * 1_000 + ms)
}

/// A number of days since 1899-12-30.
fn excel(text: &str) -> Option<Written> {
    const DAYS_BEFORE_1970: f64 = 25_569.0;
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    // The years 1900 to 2173: other numbers are none of such days.
    let days: f64 = text.parse().ok().filter(|days| (1.0..100_000.0).contains(days))?;
    let clock = ((days - DAYS_BEFORE_1970) * DAY_MS as f64 / 1_000.0).round() as i64 * 1_000;
    Some(Written { clock, offset_seconds: None })
}

/// The zone of times that name none.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) enum Zone {
    /// UTC, or always as many seconds ahead of it.
    Fixed(i32),
    /// A place's, with its summer times.
    Named(TimeZone),
}

impl Zone {
    /// What `ingest.time_zone` names.
    pub(in crate::ingest) fn of_setting(text: &str) -> Result<Self> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::Fixed(0));
        }
        if let Some((seconds, "")) = offset(text) {
            return Ok(Self::Fixed(seconds));
        }
        TimeZone::get(text).map(Self::Named).map_err(|_| {
            Error::Config(format!(
                "ingest.time_zone must be \"UTC\", an offset such as \"+02:00\" or a name such as \"Europe/Berlin\" \
                 that this machine knows, not {text:?}"
            ))
        })
    }

    /// UTC milliseconds of a clock time of this zone; of an hour that a clock shows twice, the first one.
    fn utc(&self, clock: i64) -> Option<i64> {
        match self {
            Self::Fixed(seconds) => Some(clock - i64::from(*seconds) * 1_000),
            Self::Named(zone) => {
                let civil = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(clock).ok()?);
                Some(zone.to_zoned(civil).ok()?.timestamp().as_millisecond())
            }
        }
    }
}

/// How long behind the end of a log its clock is still known: for what is planned from there.
const BEYOND_MS: i64 = 400 * DAY_MS;

impl Zone {
    /// The zone as it holds from the first time of a log to the last and a year on, UTC milliseconds.
    pub(in crate::ingest) fn over(&self, name: &str, first: i64, last: i64) -> ShopZone {
        let rules = match self {
            Self::Fixed(seconds) => return ShopZone::new(name, vec![(first, *seconds)]),
            Self::Named(rules) => rules,
        };
        let Ok(start) = jiff::Timestamp::from_millisecond(first) else { return ShopZone::default() };
        let changes = rules.following(start).map(|change| (change.timestamp().as_millisecond(), change.offset()));
        let within = changes.take_while(|(from, _)| *from <= last.saturating_add(BEYOND_MS));
        let all = std::iter::once((first, rules.to_offset(start))).chain(within);
        ShopZone::new(name, all.map(|(from, offset)| (from, offset.seconds())).collect())
    }
}

/// The formats of a log's times, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) struct Times {
    pub(in crate::ingest) formats: Vec<TimeFormat>,
    pub(in crate::ingest) zone: Zone,
}

impl Times {
    /// UTC milliseconds of a text.
    pub(in crate::ingest) fn parse(&self, text: &str) -> Result<i64, Reason> {
        self.parse_at(text, "")
    }

    /// UTC milliseconds of a day and of a time of day, where a text of its own tells that one.
    pub(in crate::ingest) fn parse_at(&self, text: &str, of_day: &str) -> Result<i64, Reason> {
        let of_day = if of_day.is_empty() { 0 } else { time_of_day(of_day).ok_or(Reason::BadTime)? };
        let written = if let Some(instant) = text.strip_prefix(INSTANT) {
            instant.parse().ok().map(|clock| Written { clock, offset_seconds: Some(0) })
        } else if let Some(local) = text.strip_prefix(LOCAL) {
            local.parse().ok().map(|clock| Written { clock, offset_seconds: None })
        } else {
            let text = undressed(text);
            self.formats.iter().find_map(|format| format.parse(text))
        };
        let Written { clock, offset_seconds } = written.ok_or(Reason::BadTime)?;
        let clock = clock.saturating_add(of_day);
        let time = match offset_seconds {
            Some(seconds) => Some(clock.saturating_sub(i64::from(seconds) * 1_000)),
            None if (EARLIEST - DAY_MS..TOO_LATE + DAY_MS).contains(&clock) => self.zone.utc(clock),
            None => None,
        };
        time.filter(|time| (EARLIEST..TOO_LATE).contains(time)).ok_or(Reason::TimeOutOfRange)
    }
}

/// A number of `unit`s since 1970, of which one is `times / per` milliseconds; what lies behind a point counts.
fn epoch(text: &str, times: i64, per: i64) -> Option<Written> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !all_digits(digits) || !all_digits(fraction) {
        return None;
    }
    // More digits than an i64 holds are a time all the same, far outside the range.
    let whole: i64 = whole.parse().unwrap_or(i64::MAX);
    let behind = if times == 1 { 0 } else { milliseconds(fraction.as_bytes()) };
    let clock = whole.checked_mul(times).map_or(i64::MAX, |ms| ms.div_euclid(per).saturating_add(behind));
    Some(Written { clock, offset_seconds: Some(0) })
}

/// `YYYY-MM-DD`, `YYYY/MM/DD` or `YYYYMMDD`, months and days with or without a zero, then optionally `T` or space,
/// `HH:MM`, `:SS`, a fraction, and `Z`, a zone's name (`UTC`, `CET`) or an offset. A compact date has a compact clock: `20231001T120610Z`, or
/// `20231001120610`.
fn iso(text: &str) -> Option<Written> {
    let bytes = text.as_bytes();
    // One or two digits at a place, and where they end.
    let short = |at: usize| {
        let count = bytes.get(at..)?.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        let digits = &bytes[at..at + count];
        (count > 0).then(|| (digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')), at + count))
    };
    let two = |at: usize| short(at).filter(|(_, end)| *end == at + 2);
    let year = bytes.get(..4)?;
    let year =
        year.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))?;
    let compact = bytes.get(4).is_some_and(u8::is_ascii_digit);
    let (month, day, mut at) = if compact {
        let ((month, _), (day, end)) = (two(4)?, two(6)?);
        (month, day, end)
    } else {
        let between = *bytes.get(4).filter(|byte| matches!(byte, b'-' | b'/'))?;
        let (month, end) = short(5)?;
        if bytes.get(end) != Some(&between) {
            return None;
        }
        let (day, end) = short(end + 1)?;
        (month, day, end)
    };
    if at == bytes.len() {
        return Some(Written { clock: clock(year, month, day, 0, 0)?, offset_seconds: None });
    }
    // `20231001120610` alone has no letter between day and clock.
    let digits = compact && matches!(bytes.len(), 12 | 14) && bytes.iter().all(u8::is_ascii_digit);
    if !(digits || matches!(bytes[at], b'T' | b't' | b' ')) {
        return None;
    }
    at += usize::from(!digits);
    let (hour, end) = short(at)?;
    let colon = bytes.get(end) == Some(&b':');
    if !(colon || compact && end == at + 2) {
        return None;
    }
    let (minute, end) = two(end + usize::from(colon))?;
    at = end;
    let (mut second, mut ms) = (0, 0);
    let more = if colon { bytes.get(at) == Some(&b':') } else { bytes.get(at).is_some_and(u8::is_ascii_digit) };
    if more {
        (second, at) = two(at + usize::from(colon))?;
        if matches!(bytes.get(at), Some(b'.' | b',')) {
            let count = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            ms = milliseconds(&bytes[at + 1..at + 1 + count]);
            at += 1 + count;
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let clock = clock(year, month, day, hour * 3_600 + minute * 60 + second, ms)?;
    let offset_seconds = match text.get(at..)?.trim_ascii_start() {
        "" => None,
        zone => Some(zone_behind(zone, clock)?),
    };
    Some(Written { clock, offset_seconds })
}

/// Seconds ahead of UTC of the zone behind a time.
fn zone_behind(text: &str, clock: i64) -> Option<i32> {
    let (seconds, rest) = zone(text, clock)?;
    // A place's name in brackets repeats the offset: `+02:00[Europe/Berlin]`.
    (rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']'))).then_some(seconds)
}
