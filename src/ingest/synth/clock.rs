//! The shop's week: maps the even time in which visits arrive onto the calendar, busy and quiet hours included.

/// When the log starts, UTC milliseconds: 2015-05-03 03:00:04.384.
pub const START: i64 = 1_430_622_004_384;
/// When the log ends, which is the time of its last event: 2015-09-18 02:59:47.788.
pub const END: i64 = 1_442_545_187_788;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

const HOUR: i64 = 3_600_000;
/// Share of a day's events by UTC hour, and of a week's by day from Monday, in 5,000 users of the real log.
const HOURS: [f64; 24] = [
    0.051, 0.053, 0.058, 0.056, 0.055, 0.043, 0.026, 0.017, 0.010, 0.006, 0.009, 0.010, 0.010, 0.020, 0.034, 0.048,
    0.057, 0.067, 0.063, 0.058, 0.064, 0.067, 0.063, 0.055,
];
const WEEKDAYS: [f64; 7] = [0.171, 0.168, 0.146, 0.161, 0.127, 0.114, 0.113];
/// The same week for those who come when they do not work.
const WEEKENDS: [f64; 7] = [0.03, 0.03, 0.03, 0.03, 0.08, 0.40, 0.40];

/// One rhythm's clock. An even day is a day's worth of visits; over whole weeks even and calendar days agree.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Even days gone at the start of each hour of the log, and at its end.
    gone: Vec<f64>,
}

impl Clock {
    /// The rhythm of most users.
    pub(super) fn weekdays() -> Self {
        Self::new(&WEEKDAYS)
    }

    /// The rhythm of weekend shoppers.
    pub(super) fn weekends() -> Self {
        Self::new(&WEEKENDS)
    }

    fn new(days: &[f64; 7]) -> Self {
        // Both tables are shares; the products' mean over a week is made 1.
        let total = days.iter().sum::<f64>() * HOURS.iter().sum::<f64>();
        let hours = (END - START + HOUR - 1) / HOUR;
        let mut gone = vec![0.0];
        let mut sum = 0.0;
        for hour in 0..hours {
            // 1970-01-05 was a Monday.
            let since_monday = (START + hour * HOUR) / HOUR - 96;
            let weight = days[(since_monday / 24 % 7) as usize] * HOURS[(since_monday % 24) as usize];
            sum += weight * 7.0 / total;
            gone.push(sum);
        }
        Self { gone }
    }

    /// Even days in the whole log.
    pub(super) fn length(&self) -> f64 {
        self.even(END)
    }

    /// The calendar time at which `even` days are gone; `None` after the end of the log.
    pub(super) fn calendar(&self, even: f64) -> Option<i64> {
        let hour = self.gone.partition_point(|&gone| gone <= even).checked_sub(1)?;
        let next = self.gone.get(hour + 1)?;
        let part = (even - self.gone[hour]) / (next - self.gone[hour]);
        Some(START + hour as i64 * HOUR + (part * HOUR as f64) as i64).filter(|&time| time <= END)
    }

    /// Even days gone at a calendar time of the log.
    pub(super) fn even(&self, time: i64) -> f64 {
        let since = time.clamp(START, END) - START;
        let hour = ((since / HOUR) as usize).min(self.gone.len() - 2);
        let part = (since - hour as i64 * HOUR) as f64 / HOUR as f64;
        self.gone[hour] + part * (self.gone[hour + 1] - self.gone[hour])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_and_calendar_time_are_inverse_and_last_equally_long() {
        for clock in [Clock::weekdays(), Clock::weekends()] {
            assert!((clock.length() - 138.0).abs() < 2.0, "{}", clock.length());
            for step in 1..500 {
                let time = START + (END - START) / 500 * step;
                let back = clock.calendar(clock.even(time)).unwrap_or_default();
                assert!((back - time).abs() <= 1, "{time} came back as {back}");
            }
            assert!(clock.calendar(clock.length() - 1e-9).is_some());
            assert_eq!(clock.calendar(clock.length() + 1e-6), None);
        }
    }
}
