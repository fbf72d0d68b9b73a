//! Values over equal steps: upright bars, or a line over a filled ground.

use jiff::civil::Date;

use crate::cli::report::svg::axis::{Ticks, frame};
use crate::cli::report::svg::canvas::{Canvas, HEIGHT};
use crate::plot::short;
use crate::store::Steps;

/// Names below a level axis, at most.
const NAMES: usize = 6;

/// One upright bar a step, with its number above.
pub fn columns(title: &str, steps: &Steps) -> String {
    let mut canvas = Canvas::default();
    let y = upright(&steps.values, &steps.y_title);
    let count = steps.values.len().max(1) as f64;
    let names: Vec<(f64, String)> = (0..steps.values.len())
        .map(|at| ((at as f64 + 0.5) / count, step_name(steps, at)))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    let inside = frame(&mut canvas, (&names, &steps.x_title), (&y, &steps.y_title));
    let width = inside.width / count;
    for (at, value) in steps.values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        let (left, zero) = inside.at(at as f64 / count, y.place(0.0));
        let (_, top) = inside.at(0.0, y.place(*value));
        let told = format!("{}: {}", step_name(steps, at), short(*value));
        canvas.bar((left + width * 0.12, top.min(zero)), (width * 0.76, (zero - top).abs()), "fl c0", &told);
        if steps.values.len() <= 12 {
            canvas.text(
                (left + width / 2.0, top.min(zero) - 4.0),
                "s",
                "middle",
                &short((value * 100.0).round() / 100.0),
            );
        }
    }
    canvas.svg(title, HEIGHT)
}

/// A line over a filled ground.
pub fn area(title: &str, steps: &Steps) -> String {
    let mut canvas = Canvas::default();
    let y = upright(&steps.values, &steps.y_title);
    let last = steps.values.len().saturating_sub(1).max(1) as f64;
    let names = days(steps).unwrap_or_else(|| vec![(0.0, steps.ends.0.clone()), (1.0, steps.ends.1.clone())]);
    let inside = frame(&mut canvas, (&names, &steps.x_title), (&y, &steps.y_title));
    let values = steps.values.iter().enumerate().filter(|(_, value)| value.is_finite());
    let points: Vec<(f64, f64)> = values.map(|(at, value)| inside.at(at as f64 / last, y.place(*value))).collect();
    if let (Some(first), Some(end)) = (points.first(), points.last()) {
        let (_, zero) = inside.at(0.0, y.place(0.0));
        let ground = [(end.0, zero), (first.0, zero)];
        canvas.area(points.iter().copied().chain(ground), "bd c0");
    }
    canvas.path(points, "ln c0");
    canvas.svg(title, HEIGHT)
}

/// An upright axis from zero.
fn upright(values: &[f64], title: &str) -> Ticks {
    let known = || values.iter().copied().filter(|value| value.is_finite());
    let share = title.contains("share");
    Ticks::round(known().fold(0.0, f64::min), known().fold(0.0, f64::max), 5, share)
}

/// The name of a step: its number between two that are numbers; else the ends alone have one.
fn step_name(steps: &Steps, at: usize) -> String {
    match (steps.ends.0.parse::<f64>(), at) {
        (Ok(first), _) if steps.values.len() <= 20 => short(first + at as f64),
        (_, 0) => steps.ends.0.clone(),
        (_, at) if at + 1 == steps.values.len() => steps.ends.1.clone(),
        _ => String::new(),
    }
}

/// Months along an axis whose ends are days.
fn days(steps: &Steps) -> Option<Vec<(f64, String)>> {
    let (first, last): (Date, Date) = (steps.ends.0.parse().ok()?, steps.ends.1.parse().ok()?);
    let span = f64::from(first.until(last).ok()?.get_days());
    if span < 45.0 {
        return None;
    }
    let mut month = first.first_of_month();
    let mut found = Vec::new();
    while month <= last {
        if month >= first {
            let share = f64::from(first.until(month).ok()?.get_days()) / span;
            found.push((share, month));
        }
        month = month.checked_add(jiff::Span::new().months(1)).ok()?;
    }
    let every = [1, 2, 3, 6, 12, 24, 60].into_iter().find(|every| found.len() / every <= NAMES).unwrap_or(120);
    let kept = found
        .into_iter()
        .filter(|(_, month)| (month.month() as usize - 1 + month.year() as usize * 12).is_multiple_of(every));
    let mut year = None;
    let named = kept.map(|(share, month)| {
        let new = year.replace(month.year()) != Some(month.year());
        (share, month.strftime(if new { "%b %Y" } else { "%b" }).to_string())
    });
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_are_named_by_months() {
        let ends = ("2025-11-20".to_owned(), "2026-02-10".to_owned());
        let steps =
            Steps { x_title: String::new(), y_title: String::new(), values: vec![1.0; 83], ends, ticks: Vec::new() };
        let names: Vec<String> = days(&steps).unwrap().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["Dec 2025", "Jan 2026", "Feb"]);
        let ends = ("1".to_owned(), "10".to_owned());
        assert_eq!(step_name(&Steps { ends, values: vec![0.0; 10], ..steps }, 4), "5");
    }
}
