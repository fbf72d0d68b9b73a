//! Charts from plain numbers. What is missing or not a number is left out, and without numbers there is no chart.

use crate::store::charts::{Chart, ChartKind, Length, Scale};

/// How many bars of a long list are drawn.
const LARGEST: usize = 10;

/// Both ends of a share.
pub const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));

/// A chart in which nothing stands out.
pub fn chart(id: &'static str, title: &str, kind: ChartKind) -> Chart {
    Chart { id, title: title.to_owned(), kind, mark: None }
}

/// An axis; without bounds they are taken from the data.
pub fn scale(title: &str, bounds: Option<(f64, f64)>) -> Scale {
    Scale { title: title.to_owned(), bounds }
}

/// Curves, if the first of them has points.
pub fn curves(
    id: &'static str,
    title: &str,
    x: Scale,
    y: Scale,
    mut curves: Vec<(String, Vec<(f64, f64)>)>,
) -> Option<Chart> {
    for (_, points) in &mut curves {
        points.retain(|(x, y)| x.is_finite() && y.is_finite());
    }
    let drawn = curves.first().is_some_and(|(_, points)| !points.is_empty());
    drawn.then(|| chart(id, title, ChartKind::Curves { x, y, curves }))
}

/// Bars, if there are any.
pub fn bars(id: &'static str, title: &str, unit: &str, mut bars: Vec<Length>) -> Option<Chart> {
    bars.retain(|bar| bar.value.is_finite());
    (!bars.is_empty()).then(|| chart(id, title, ChartKind::Bars { title: unit.to_owned(), bars }))
}

/// The largest of many by magnitude, sign kept; the title says how many there are.
pub fn largest(
    id: &'static str,
    title: &str,
    unit: &str,
    mut found: Vec<(String, f64)>,
    words: fn(f64) -> String,
) -> Option<Chart> {
    found.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let all = found.len();
    let unit = if all > LARGEST { format!("{unit}, the {LARGEST} largest of {all}") } else { unit.to_owned() };
    let length =
        |(label, value): (String, f64)| Length { label, value, words: words(value), series: usize::from(value < 0.0) };
    bars(id, title, &unit, found.into_iter().take(LARGEST).map(length).collect())
}
