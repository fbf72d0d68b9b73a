//! What the page is made from, and how its numbers and times read.

use std::path::Path;

use jiff::civil::Date;

use crate::cli::report::page::Section;
use crate::format::{counted, number, thousands};
use crate::store::{Figure, FrontPage, Run, RunInfo, Shown, Terms};
use crate::zone::ShopZone;

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// A run and its terms.
pub struct Source<'a> {
    /// The run.
    pub run: &'a Run,
    /// What it recorded.
    pub info: &'a RunInfo,
    /// The figures of the front page; `None` in runs of older versions.
    pub front: Option<&'a FrontPage>,
    /// Its days and its currency.
    pub terms: Terms,
}

impl<'a> Source<'a> {
    /// Of a run.
    pub fn of(run: &'a Run) -> Self {
        let info = run.info();
        Self { run, info, front: info.figures.as_ref(), terms: Terms::of(info) }
    }

    /// Money with its currency: whole units from a hundred on.
    pub fn money(&self, amount: f64) -> String {
        if amount.abs() < 100.0 {
            return Shown::Money.number(amount, &self.terms.currency);
        }
        let amount = number_of(amount.round());
        if self.terms.currency.is_empty() { amount } else { format!("{amount} {}", self.terms.currency) }
    }

    /// A figure in its kind's way, with its interval or what keeps it from telling anything.
    pub fn told(&self, figure: &Figure, shown: Shown) -> String {
        let of = |value: f64| shown.number(value, &self.terms.currency);
        match interval(figure, shown, &self.terms.currency) {
            Some(interval) => format!("{} ({interval})", of(figure.value)),
            None => of(figure.value),
        }
    }
}

/// A section with its heading alone.
pub fn heading(id: &'static str, title: &str) -> Section {
    Section { id, title: title.to_owned(), blocks: Vec::new() }
}

/// The 95 % interval of a figure, and what is to be said of it.
pub fn interval(figure: &Figure, shown: Shown, currency: &str) -> Option<String> {
    if !figure.enough {
        return Some("too few to tell".to_owned());
    }
    let (low, high) = (figure.low?, figure.high?);
    let rough = if figure.rough { ", rough" } else { "" };
    Some(format!("{} to {}{rough}", shown.number(low, currency), shown.number(high, currency)))
}

/// A number with thousands separators, with one decimal where it is small and has any.
pub fn number_of(value: f64) -> String {
    if value.abs() >= 1_000.0 || value.fract() == 0.0 {
        let whole = thousands(value.abs().round() as u64);
        return if value < 0.0 { format!("-{whole}") } else { whole };
    }
    number(value)
}

/// The shop is called as its workspace's folder.
pub fn shop(root: &Path) -> String {
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "The shop".to_owned())
}

/// A time by the shop's clock: `18 September 2015, 02:59 UTC`.
pub fn minute(milliseconds: i64, zone: &ShopZone) -> String {
    format!("{} {zone}", zone.told(milliseconds, "%-d %B %Y, %H:%M"))
}

/// A day that is written as `2025-05-01`: `May 2025`, or with its day where it is of a week.
pub fn period(start: &str, is_month: bool) -> String {
    let day: Result<Date, _> = start.parse();
    day.map_or_else(|_| start.to_owned(), |day| day.strftime(if is_month { "%b %Y" } else { "%-d %b %Y" }).to_string())
}

/// How old the log's end is.
pub fn freshness(as_of: i64, now: i64) -> String {
    let days = (now - as_of).div_euclid(DAY_MS);
    match days {
        ..=-1 => "the log's last event lies after the day this page was made".to_owned(),
        0 => "the log ends less than a day before this page was made".to_owned(),
        days => format!("the log ends {} before this page was made", counted(days as u64, "days")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_and_names_read_well() {
        assert_eq!(minute(1_442_545_187_788, &ShopZone::default()), "18 September 2015, 02:59 UTC");
        assert_eq!((period("2025-05-01", true), period("2025-05-05", false)), ("May 2025".into(), "5 May 2025".into()));
        assert_eq!(freshness(0, 3 * DAY_MS + 5), "the log ends 3 days before this page was made");
        assert_eq!(freshness(0, DAY_MS), "the log ends 1 day before this page was made");
        assert_eq!(shop(Path::new("/srv/shops/Café & Co")), "Café & Co");
        assert_eq!([1_234.5, 12.0, 0.75, -2_000.0].map(number_of), ["1,235", "12", "0.75", "-2,000"]);
    }
}
