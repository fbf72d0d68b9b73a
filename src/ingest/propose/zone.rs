//! The shop's time zone, told by times that carry their distance from UTC.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ingest::layout::{TimeFormat, Times, Zone, undressed};

/// Zones of shops, the commoner first: of those that keep the same clock, one stands for all.
const ZONES: [&str; 24] = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Europe/Helsinki",
    "Europe/Moscow",
    "Europe/Istanbul",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "America/Bogota",
    "America/Argentina/Buenos_Aires",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Asia/Dubai",
    "Asia/Jakarta",
    "Australia/Sydney",
    "Australia/Perth",
    "Pacific/Auckland",
    "Africa/Johannesburg",
    "Africa/Lagos",
];
/// Times that are looked at.
const MOST: usize = 2_000;

/// The zone that a log's times tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ZoneFound {
    /// The value of `ingest.time_zone`.
    pub(super) zone: String,
    /// Other zones with the same offsets at these times.
    pub(super) rivals: Vec<String>,
    pub(super) reason: String,
}

/// The zone whose clock shows these times with the offsets that they carry; `None` where they carry none but UTC's.
pub(super) fn zone_of(values: &[&str], format: &str) -> Option<ZoneFound> {
    let format = TimeFormat::of_setting(format).ok()?.unwrap_or(TimeFormat::Iso);
    let times = Times { formats: vec![format], zone: Zone::Fixed(0) };
    let mut told: BTreeMap<&str, Vec<(i64, i32)>> = BTreeMap::new();
    // Spread over all of them: the seasons tell zones apart.
    for value in values.iter().step_by(values.len() / MOST + 1) {
        let Some((offset, seconds)) = offset_of(undressed(value)) else { continue };
        if let Ok(ms) = times.parse(value) {
            told.entry(offset).or_default().push((ms, seconds));
        }
    }
    if told.values().flatten().all(|&(_, seconds)| seconds == 0) {
        return None;
    }
    let names: Vec<&str> = told.keys().copied().collect();
    let all: Vec<(i64, i32)> = told.values().flatten().copied().collect();
    let mut fitting: Vec<String> = ZONES.into_iter().filter(|zone| keeps(zone, &all)).map(ToOwned::to_owned).collect();
    let commonest = told.iter().max_by_key(|(_, times)| times.len()).map(|(offset, _)| *offset)?;
    let carried = format!("times carry {}", names.join(" and "));
    if told.len() == 1 {
        let reason = format!("{carried}; a zone by its name would know summer time too");
        return Some(ZoneFound { zone: with_colon(commonest), rivals: fitting, reason });
    }
    if fitting.is_empty() {
        let reason = format!("{carried}, as no one zone does; the commonest offset was taken");
        return Some(ZoneFound { zone: with_colon(commonest), rivals: Vec::new(), reason });
    }
    let zone = fitting.remove(0);
    Some(ZoneFound { reason: format!("{carried}, as {zone} does through the year"), zone, rivals: fitting })
}

/// Whether a zone has these offsets, in seconds, at these instants.
fn keeps(zone: &str, told: &[(i64, i32)]) -> bool {
    let Ok(zone) = TimeZone::get(zone) else { return false };
    told.iter()
        .all(|&(ms, seconds)| Timestamp::from_millisecond(ms).is_ok_and(|at| zone.to_offset(at).seconds() == seconds))
}

/// The offset at the end of a time, as it is written and in seconds east of UTC.
fn offset_of(value: &str) -> Option<(&str, i32)> {
    let at = value.rfind(['+', '-'])?;
    let (before, written) = value.split_at(at);
    // A date has such signs too, but no clock before them.
    if !before.contains(':') {
        return None;
    }
    let digits: String = written[1..].chars().filter(|letter| *letter != ':').collect();
    if ![2, 4].contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Ok(0), str::parse).ok()?;
    let sign = if written.starts_with('-') { -1 } else { 1 };
    (hours < 15 && minutes < 60).then_some((written, sign * (hours * 3600 + minutes * 60)))
}

/// `+02`, `+0200` and `+02:00` as the setting takes them.
fn with_colon(offset: &str) -> String {
    let digits: String = offset.chars().filter(|letter| *letter != ':').collect();
    let (hours, minutes) = digits.split_at(3);
    format!("{hours}:{}", if minutes.is_empty() { "00" } else { minutes })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn zone(values: &[&str]) -> Option<(String, Vec<String>)> {
        zone_of(values, "iso").map(|found| (found.zone, found.rivals))
    }

    #[test]
    fn offsets_that_change_with_the_seasons_tell_the_zone_and_one_alone_does_not() {
        let berlin = ["2024-01-05T10:00:00+01:00", "2024-07-05T10:00:00+02:00"];
        assert_eq!(zone(&berlin).unwrap(), ("Europe/Berlin".to_owned(), Vec::new()));
        let new_york = ["2024-01-05T10:00:00-0500", "2024-07-05T10:00:00-0400"];
        assert_eq!(zone(&new_york).unwrap().0, "America/New_York");
        let (fixed, rivals) = zone(&["2024-07-05T10:00:00+0530"]).unwrap();
        assert_eq!((fixed.as_str(), rivals.as_slice()), ("+05:30", &["Asia/Kolkata".to_owned()][..]));
        let (summer, rivals) = zone(&["2024-07-05 10:00:00+02"]).unwrap();
        assert_eq!(summer, "+02:00");
        assert!(rivals.contains(&"Europe/Berlin".to_owned()) && !rivals.contains(&"Europe/London".to_owned()));
        let nowhere = ["2024-07-05T10:00:00+02:00", "2024-07-05T11:00:00-05:00", "2024-07-05T12:00:00+02:00"];
        assert_eq!(zone(&nowhere).unwrap().0, "+02:00");
    }

    #[test]
    fn times_without_an_offset_or_with_utcs_tell_none() {
        for times in [
            &["2024-07-05T10:00:00Z", "2024-07-05 10:00:00"][..],
            &["2024-07-05T10:00:00+00:00"],
            &["2024-07-05", "05-07-2024"],
            &["1720173600"],
        ] {
            assert_eq!(zone(times), None, "{times:?}");
        }
    }
}
