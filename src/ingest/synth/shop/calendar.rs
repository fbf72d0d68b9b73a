//! The shop's sixteen months: which days are busy, and at what hour of them each kind of customer comes.

use rand::RngCore;

use crate::ingest::synth::clock::DAY;
use crate::ingest::synth::random::uniform;

/// When the log starts: 2024-06-01, a Saturday.
pub(super) const START: i64 = 1_717_200_000_000;
/// Days of the log, which ends before 2025-10-01.
pub(super) const DAYS: f64 = 487.0;
/// The day of the log on which the campaign's mails go out: 2025-06-02, a Monday.
pub(super) const CAMPAIGN: f64 = 366.0;
/// Days after the campaign in which an order counts.
pub(super) const WINDOW: f64 = 60.0;
/// The log's first Monday.
const FIRST_MONDAY: usize = 2;

/// The months of the log: their days, and how much is bought in them against an ordinary one.
const MONTHS: [(u16, f64); 16] = [
    (30, 1.0),
    (31, 0.85),
    (31, 0.8),
    (30, 1.0),
    (31, 1.1),
    (30, 1.4),
    (31, 1.6),
    (31, 0.9),
    (28, 0.95),
    (31, 1.0),
    (30, 1.0),
    (31, 1.05),
    (30, 1.0),
    (31, 0.85),
    (31, 0.8),
    (30, 1.0),
];
/// The days on which presents are bought: from, how many.
pub(super) const PRESENTS: [(f64, f64); 2] = [(180.0, 24.0), (333.0, 10.0)];

/// When somebody shops: weights of the days from Monday, and of the hours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rhythm {
    /// At home: in the evening, most of all on Sundays.
    Home,
    /// On Saturdays and Sundays, by day.
    Weekend,
    /// At work: on workdays, in the morning.
    Office,
}

impl Rhythm {
    fn days(self) -> [f64; 7] {
        match self {
            Self::Home => [1.2, 1.0, 1.0, 0.95, 0.7, 0.9, 1.6],
            Self::Weekend => [0.1, 0.1, 0.1, 0.1, 0.3, 2.0, 2.0],
            Self::Office => [1.6, 1.3, 1.1, 1.0, 0.7, 0.0, 0.0],
        }
    }

    /// First and last hour, and the busiest one.
    fn hours(self) -> (f64, f64, f64) {
        match self {
            Self::Home => (7.0, 23.0, 20.0),
            Self::Weekend => (9.0, 22.0, 11.5),
            Self::Office => (8.0, 18.0, 10.0),
        }
    }

    /// A time within a week of `day`, as days since the start: a busy day of that week rather than a quiet one.
    pub(super) fn moment(self, rng: &mut impl RngCore, day: f64) -> f64 {
        let first = day as usize;
        let weights: [f64; 7] = std::array::from_fn(|later| self.days()[(first + later + 7 - FIRST_MONDAY) % 7]);
        let chosen = first + weighted(rng, &weights);
        let (from, until, busiest) = self.hours();
        // The mean of two draws, one of them near the busiest hour.
        let near = busiest + 3.0 * (uniform(rng) - 0.5);
        let hour = if uniform(rng) < 0.6 { near } else { from + (until - from) * uniform(rng) };
        chosen as f64 + hour.clamp(from, until - 0.01) / 24.0
    }
}

/// How much is bought on a day, against an ordinary one.
pub(super) fn season(day: f64) -> f64 {
    let mut end = 0.0;
    for (days, factor) in MONTHS {
        end += f64::from(days);
        if day < end {
            return factor;
        }
    }
    1.0
}

/// UTC milliseconds of a time in days.
pub(super) fn millis(day: f64) -> i64 {
    START + (day * DAY as f64) as i64
}

/// The place drawn by weights, some of which are above 0.
pub(super) fn weighted(rng: &mut impl RngCore, weights: &[f64]) -> usize {
    let mut left = uniform(rng) * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return place;
        }
    }
    weights.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_calendar_is_the_one_of_2024_and_2025() {
        let day = |day: f64| {
            let at = jiff::Timestamp::from_millisecond(millis(day)).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            (at.date().to_string(), at.weekday())
        };
        assert_eq!(day(0.0), ("2024-06-01".to_owned(), jiff::civil::Weekday::Saturday));
        assert_eq!(day(FIRST_MONDAY as f64).1, jiff::civil::Weekday::Monday);
        assert_eq!(day(CAMPAIGN), ("2025-06-02".to_owned(), jiff::civil::Weekday::Monday));
        assert_eq!(day(DAYS).0, "2025-10-01");
        assert_eq!(day(PRESENTS[0].0).0, "2024-11-28");
        assert_eq!(MONTHS.iter().map(|(days, _)| u32::from(*days)).sum::<u32>(), DAYS as u32);
    }
}
