//! The parts of a written time: the clock it shows, and how far that clock is from UTC.

use jiff::tz::{Offset, TimeZone};

/// A day in milliseconds.
pub(super) const DAY_MS: i64 = 86_400_000;

/// 1990-01-01T00:00:00Z.
pub(in crate::ingest) const EARLIEST: i64 = 631_152_000_000;
/// 2101-01-01T00:00:00Z, the first instant after the range.
pub(in crate::ingest) const TOO_LATE: i64 = 4_133_980_800_000;

/// A time as it was written: milliseconds of its own clock, and that clock's distance from UTC where it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Written {
    pub(super) clock: i64,
    pub(super) offset_seconds: Option<i32>,
}

/// A time without the brackets or quotes that a log writes around it, as Apache does.
pub(in crate::ingest) fn undressed(text: &str) -> &str {
    let pairs = [('[', ']'), ('"', '"'), ('\'', '\''), ('(', ')'), ('<', '>')];
    let dressed = |&(open, close): &(char, char)| text.strip_prefix(open)?.strip_suffix(close);
    pairs.iter().find_map(dressed).map_or(text, str::trim)
}

/// The first three digits behind a second's point, as milliseconds.
pub(super) fn milliseconds(fraction: &[u8]) -> i64 {
    let mut ms = 0;
    for place in 0..3 {
        ms = ms * 10 + fraction.get(place).map_or(0, |digit| i64::from(digit - b'0'));
    }
    ms
}

/// Milliseconds of a calendar day and a time of day since 1970-01-01 00:00; `None` for a day that does not exist.
pub(super) fn clock(year: i64, month: i64, day: i64, second: i64, ms: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day < 1 || day > days {
        return None;
    }
    // Howard Hinnant's days_from_civil: years begin in March, eras are 400 years.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let since = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(since * DAY_MS + second * 1_000 + ms)
}

/// `+02:00`, `+0200` or `+02` in seconds, and what stands behind it.
pub(super) fn offset(text: &str) -> Option<(i32, &str)> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |from: usize| text.get(from..from + 2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()));
    let hours: i32 = two(1)?.parse().ok()?;
    let at = if text.as_bytes().get(3) == Some(&b':') { 4 } else { 3 };
    let (minutes, end): (i32, usize) = match two(at) {
        Some(minutes) => (minutes.parse().ok()?, at + 2),
        None if at == 3 => (0, 3),
        None => return None,
    };
    (hours < 24 && minutes < 60).then(|| (sign * (hours * 3_600 + minutes * 60), text.get(end..).unwrap_or_default()))
}

/// The same with a single digit of hours, as behind `GMT`: `+2`, `-5:30`.
fn short_offset(text: &str) -> Option<(i32, &str)> {
    if let Some(found) = offset(text) {
        return Some(found);
    }
    let (sign, digit) = (text.get(..1)?, text.get(1..2)?);
    let rest = text.get(2..)?;
    let minutes = rest
        .strip_prefix(':')
        .and_then(|rest| rest.get(..2))
        .filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()));
    let (seconds, _) = offset(&format!("{sign}0{digit}:{}", minutes.unwrap_or("00")))?;
    Some((seconds, &rest[minutes.map_or(0, |_| 3)..]))
}

/// Seconds ahead of UTC of the zone at the start of a text, and what stands behind it: `Z`, `CET`, `+02:00`, `GMT+2`, or a
/// place's, `Europe/Berlin`, at a time of its clock (milliseconds since 1970).
pub(super) fn zone(text: &str, clock: i64) -> Option<(i32, &str)> {
    let behind = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT"));
    if let Some(found) = behind.and_then(short_offset) {
        return Some(found);
    }
    zone_name(text).or_else(|| offset(text)).or_else(|| place(text, clock))
}

/// The zone of a place, by its name in the zone database.
fn place(text: &str, clock: i64) -> Option<(i32, &str)> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "/_+-".contains(letter);
    let end = text.find(|letter| !is_name(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let zone = name.contains('/').then(|| TimeZone::get(name).ok())??;
    let civil = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(clock).ok()?);
    Some((zone.to_zoned(civil).ok()?.offset().seconds(), rest))
}

/// Hours ahead of UTC of the zones that logs name in letters: those of RFC 2822 as it means them (`CST` is that of America),
/// of Europe, and some more. A name of summer time is one of its own, so that an hour that a clock shows twice is told apart.
const ZONES: [(&str, i32); 26] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("WEST", 1),
    ("WET", 0),
    ("MESZ", 2),
    ("MEZ", 1),
    ("CEST", 2),
    ("CET", 1),
    ("EEST", 3),
    ("EET", 2),
    ("MSK", 3),
    ("AEST", 10),
    ("AEDT", 11),
    ("JST", 9),
    ("KST", 9),
];

/// Seconds ahead of UTC of a zone that is named in letters, and what stands behind it.
fn zone_name(text: &str) -> Option<(i32, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    ZONES.iter().find(|(known, _)| *known == name).map(|(_, hours)| (hours * 3_600, rest))
}
