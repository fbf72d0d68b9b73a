//! The shop's clock: how far it is ahead of UTC, so that days begin at the shop's own midnight.
//!
//! Imports nothing. What a log's range needs of the zone's rules is kept as a small table, the same for every engine: none
//! looks into a zone database of its own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// No place is further from UTC than this, in seconds.
const FURTHEST: i32 = 26 * 3_600;

/// A zone as it holds over the range of a log. By default UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct ShopZone {
    name: String,
    /// From when on, in UTC milliseconds, and how many seconds it is ahead of UTC then; ascending, the first one from ever.
    offsets: Vec<(i64, i32)>,
}

/// A zone as a record tells it.
#[derive(Deserialize)]
struct Written {
    name: String,
    offsets: Vec<(i64, i32)>,
}

impl TryFrom<Written> for ShopZone {
    type Error = String;

    fn try_from(Written { name, offsets }: Written) -> Result<Self, String> {
        let ascends = offsets.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !ascends || offsets.iter().any(|(_, seconds)| seconds.abs() > FURTHEST) {
            return Err(format!("the clock of {name:?} is none"));
        }
        Ok(Self { name, offsets })
    }
}

impl ShopZone {
    /// A zone by its name, and from when on it is how many seconds ahead of UTC: ascending, the first one from ever.
    pub fn new(name: &str, offsets: Vec<(i64, i32)>) -> Self {
        Self { name: name.to_owned(), offsets }
    }

    /// Whether it is UTC.
    pub fn is_utc(&self) -> bool {
        self.offsets.iter().all(|(_, seconds)| *seconds == 0)
    }

    /// A time (UTC milliseconds) as the milliseconds that the shop's clock shows.
    pub fn clock(&self, time: i64) -> i64 {
        let Some((_, first)) = self.offsets.first() else { return time };
        let after = self.offsets.partition_point(|(from, _)| *from <= time);
        let seconds = after.checked_sub(1).map_or(*first, |at| self.offsets[at].1);
        time.saturating_add(i64::from(seconds) * 1_000)
    }

    /// The day of a time (UTC milliseconds), counted from 1 January 1970.
    pub fn day(&self, time: i64) -> i64 {
        self.clock(time).div_euclid(DAY_MS)
    }

    /// The day of a time: `2015-09-18`.
    pub fn date(&self, time: i64) -> String {
        self.told(time, "%Y-%m-%d")
    }

    /// A time to the minute: `2015-09-18 02:59`.
    pub fn minute(&self, time: i64) -> String {
        self.told(time, "%Y-%m-%d %H:%M")
    }

    /// A time to the second as ISO 8601 writes it: `2015-09-18T02:59:47Z`, `2024-07-02T00:00:00+02:00`.
    pub fn iso(&self, time: i64) -> String {
        let minutes = (self.clock(time) - time) / 60_000;
        let sign = if minutes < 0 { '-' } else { '+' };
        let ahead = if minutes == 0 {
            "Z".to_owned()
        } else {
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        };
        format!("{}{ahead}", self.told(time, "%Y-%m-%dT%H:%M:%S"))
    }

    /// A time as `form` says, in the signs of `strftime`; the number itself where it is no time.
    pub fn told(&self, time: i64, form: &str) -> String {
        jiff::Timestamp::from_millisecond(self.clock(time))
            .map_or_else(|_| time.to_string(), |at| at.strftime(form).to_string())
    }
}

/// Its name: `UTC`, `+02:00`, `Europe/Berlin`.
impl fmt::Display for ShopZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.name.is_empty() || self.offsets.is_empty() { "UTC" } else { &self.name })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Berlin in 2024: summer time from 31 March, 01:00 UTC, to 27 October, 01:00 UTC.
    fn berlin() -> ShopZone {
        ShopZone::new("Europe/Berlin", vec![(0, 3_600), (1_711_846_800_000, 7_200), (1_729_990_800_000, 3_600)])
    }

    #[test]
    fn a_day_begins_at_the_shops_midnight() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let told = |text: &str| berlin().minute(at(text));
        assert_eq!(
            [told("2024-01-31T23:30:00Z"), told("2024-07-01T21:59:00Z"), told("2024-07-01T22:00:00Z")],
            ["2024-02-01 00:30", "2024-07-01 23:59", "2024-07-02 00:00"]
        );
        // The night of the change has no 02:30, the one of the change back has it twice.
        assert_eq!(
            [told("2024-03-31T00:59:00Z"), told("2024-03-31T01:00:00Z")],
            ["2024-03-31 01:59", "2024-03-31 03:00"]
        );
        assert_eq!([told("2024-10-27T00:30:00Z"), told("2024-10-27T01:30:00Z")], ["2024-10-27 02:30"; 2]);
        assert_eq!(berlin().iso(at("2024-07-01T22:00:00Z")), "2024-07-02T00:00:00+02:00");
        assert_eq!(ShopZone::new("-03:30", vec![(0, -12_600)]).iso(0), "1969-12-31T20:30:00-03:30");
        assert_eq!(berlin().day(at("1969-12-31T23:30:00Z")), 0, "before the first change the first offset holds");
        assert_eq!(ShopZone::default().date(at("2024-01-31T23:30:00Z")), "2024-01-31");
    }

    #[test]
    fn it_is_called_by_its_name_and_a_record_that_cannot_be_is_refused() {
        assert_eq!([berlin().to_string(), ShopZone::default().to_string()], ["Europe/Berlin", "UTC"]);
        let written = serde_json::to_string(&berlin()).unwrap();
        assert_eq!(serde_json::from_str::<ShopZone>(&written).unwrap(), berlin());
        for damaged in [r#"{"name":"x","offsets":[[5,0],[5,3600]]}"#, r#"{"name":"x","offsets":[[5,999999]]}"#] {
            assert!(serde_json::from_str::<ShopZone>(damaged).is_err(), "{damaged}");
        }
    }
}
