//! Times as logs write them, into UTC milliseconds.

use jiff::tz::{Offset, TimeZone};

use crate::error::{Error, Result};
use crate::ingest::layout::choice::AUTO;
use crate::ingest::layout::pattern::Pattern;
use crate::ingest::layout::written::{DAY_MS, EARLIEST, TOO_LATE, Written, clock, milliseconds, offset};
use crate::ingest::quarantine::Reason;

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
    /// Seconds, milliseconds or microseconds since 1970; which of them, the number of digits tells.
    Epoch,
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
            "iso" => Self::Iso,
            _ => {
                let pattern = Pattern::new(text).map_err(|what| {
                    Error::Config(format!(
                        "ingest.time_format must be \"auto\", \"s\", \"ms\", \"us\", \"iso\" or a pattern such as \
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
            Self::Epoch => "seconds, milliseconds or microseconds since 1970".to_owned(),
            Self::Iso => "a date and time such as 2019-10-01 00:00:00 (iso)".to_owned(),
            Self::Pattern(pattern) => pattern.text().to_owned(),
        }
    }

    fn parse(&self, text: &str) -> Option<Written> {
        match self {
            Self::Seconds => epoch(text, 1_000, 1),
            Self::Milliseconds => epoch(text, 1, 1),
            Self::Microseconds => epoch(text, 1, 1_000),
            // Years 1990 to 2100 are 9 and 10 digits of seconds, 12 and 13 of milliseconds, 15 and 16 of microseconds.
            Self::Epoch => match text.bytes().take_while(u8::is_ascii_digit).count() {
                ..=10 => epoch(text, 1_000, 1),
                11..=13 => epoch(text, 1, 1),
                _ => epoch(text, 1, 1_000),
            },
            Self::Iso => iso(text),
            Self::Pattern(pattern) => pattern.parse(text),
        }
    }
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

/// The formats of a log's times, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) struct Times {
    pub(in crate::ingest) formats: Vec<TimeFormat>,
    pub(in crate::ingest) zone: Zone,
}

impl Times {
    /// UTC milliseconds of a text.
    pub(in crate::ingest) fn parse(&self, text: &str) -> Result<i64, Reason> {
        let written = if let Some(instant) = text.strip_prefix(INSTANT) {
            instant.parse().ok().map(|clock| Written { clock, offset_seconds: Some(0) })
        } else if let Some(local) = text.strip_prefix(LOCAL) {
            local.parse().ok().map(|clock| Written { clock, offset_seconds: None })
        } else {
            self.formats.iter().find_map(|format| format.parse(text))
        };
        let Written { clock, offset_seconds } = written.ok_or(Reason::BadTime)?;
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

/// `YYYY-MM-DD`, then optionally `T` or space, `HH:MM`, `:SS`, a fraction, and `Z`, `UTC`, `GMT` or an offset.
fn iso(text: &str) -> Option<Written> {
    let bytes = text.as_bytes();
    let digits = |at: usize, count: usize| {
        let digits = bytes.get(at..at + count)?;
        digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
    };
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    if !(is(4, b'-') && is(7, b'-')) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    if bytes.len() == 10 {
        return Some(Written { clock: clock(year, month, day, 0, 0)?, offset_seconds: None });
    }
    if !((is(10, b'T') || is(10, b' ')) && is(13, b':')) {
        return None;
    }
    let (hour, minute) = (digits(11, 2)?, digits(14, 2)?);
    let (mut at, mut second, mut ms) = (16, 0, 0);
    if is(at, b':') {
        second = digits(17, 2)?;
        at = 19;
        if is(at, b'.') || is(at, b',') {
            let count = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            ms = milliseconds(&bytes[at + 1..at + 1 + count]);
            at += 1 + count;
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset_seconds = match text.get(at..)?.trim_ascii_start() {
        "" => None,
        "Z" | "UTC" | "GMT" => Some(0),
        written => Some(offset(written).filter(|(_, rest)| rest.is_empty())?.0),
    };
    let second_of_day = hour * 3_600 + minute * 60 + second;
    Some(Written { clock: clock(year, month, day, second_of_day, ms)?, offset_seconds })
}
