//! Where the months, weeks and days of a calendar stand on an axis of days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The most labels of an axis.
const MOST: usize = 6;

/// Steps of months: a month, a quarter, half a year, years.
const MONTHS: [i32; 9] = [1, 2, 3, 6, 12, 24, 60, 120, 600];

/// Places, in days from the first, and labels of round days of the calendar: the first days of months or quarters or years,
/// of a shorter time Mondays, or every day. None where the first day is no date.
pub fn day_ticks(first: &str, days: usize) -> Vec<(f64, String)> {
    let Ok(first) = first.parse::<Date>() else { return Vec::new() };
    let Some(last) = days.checked_sub(1).and_then(|days| first.checked_add((days as i64).days()).ok()) else {
        return Vec::new();
    };
    let place = |date: Date| first.until(date).map_or(0.0, |span| f64::from(span.get_days()));
    let of_months = |step: i32| -> Vec<Date> {
        let mut at = Some(first.first_of_month());
        std::iter::from_fn(|| {
            let now = at?;
            at = now.checked_add(1.month()).ok();
            (now <= last).then_some(now)
        })
        .filter(|date| *date >= first && (i32::from(date.year()) * 12 + i32::from(date.month()) - 1) % step == 0)
        .collect()
    };
    let months = MONTHS.into_iter().map(|step| (step, of_months(step))).find(|(_, dates)| dates.len() <= MOST);
    if let Some((step, dates)) = months.filter(|(_, dates)| dates.len() >= 3) {
        let form = if step % 12 == 0 { "%Y" } else { "%b %Y" };
        return dates.into_iter().map(|date| (place(date), date.strftime(form).to_string())).collect();
    }
    let step = [1, 2, 7, 14].into_iter().find(|step| days.div_ceil(*step) <= MOST).unwrap_or(28);
    // Weeks begin on Mondays.
    let start = if step < 7 { first } else { first.nth_weekday(1, Weekday::Monday).unwrap_or(first) };
    let start = if step >= 7 && first.weekday() == Weekday::Monday { first } else { start };
    let dates = (0..MOST as i64).filter_map(|at| start.checked_add((at * step as i64).days()).ok());
    dates.take_while(|date| *date <= last).map(|date| (place(date), date.strftime("%-d %b").to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(first: &str, days: usize) -> Vec<(f64, String)> {
        day_ticks(first, days)
    }

    fn labels(first: &str, days: usize) -> Vec<String> {
        ticks(first, days).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_days_of_the_calendar() {
        // The log of RetailRocket: 3 May to 18 September 2015.
        let expected = [(29.0, "Jun 2015"), (59.0, "Jul 2015"), (90.0, "Aug 2015"), (121.0, "Sep 2015")];
        assert_eq!(ticks("2015-05-03", 139), expected.map(|(at, label)| (at, label.to_owned())));
        assert_eq!(labels("2021-01-01", 730), ["Jan 2021", "Jul 2021", "Jan 2022", "Jul 2022"]);
        assert_eq!(labels("2010-02-01", 3650), ["2012", "2014", "2016", "2018", "2020"]);
        // 1 March 2024 was a Friday.
        assert_eq!(labels("2024-03-01", 28), ["4 Mar", "11 Mar", "18 Mar", "25 Mar"]);
        assert_eq!(labels("2024-03-04", 10), ["4 Mar", "6 Mar", "8 Mar", "10 Mar", "12 Mar"]);
        assert_eq!(labels("2024-03-04", 2), ["4 Mar", "5 Mar"]);
        assert!(labels("yesterday", 9).is_empty() && labels("2024-03-04", 0).is_empty());
    }
}
