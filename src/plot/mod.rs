//! Charts as cells of text: numbers in, letters with what they are out.
//!
//! Imports nothing of the crate, so that the screen colours what the headless report prints. [`curves`] draws lines by
//! textplots, [`columns`] and [`bars`] draw with block characters; each has a form of ASCII alone. Any numbers may come
//! in: what is not finite is left out. Any size may be asked for: where it is too small, words say so.

mod axes;
mod bars;
mod columns;
mod curves;
mod dots;
mod grid;
mod number;
#[cfg(test)]
mod tests;

pub use axes::{Inside, frame};
pub use bars::{Bar, bars};
pub use columns::{Columns, Steps, columns, line, ticked};
pub use curves::{Curve, curves};
pub use number::{log_ticks, short};

/// What a cell is, so that the screen can colour it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Nothing.
    Blank,
    /// Lines of axes.
    Axis,
    /// Titles, labels.
    Words,
    /// A number that is looked for.
    Number,
    /// A part of the figure that belongs to this series.
    Series(usize),
    /// The same with less weight: what does not compare with the rest.
    Faint(usize),
}

/// A drawn chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// As many rows as the canvas is high, each exactly as wide as the canvas; a wide letter is one entry.
    pub rows: Vec<Vec<(char, Ink)>>,
}

impl Plot {
    /// The letters, one line a row, without blanks at the ends of lines.
    pub fn text(&self) -> String {
        let line = |row: &Vec<(char, Ink)>| row.iter().map(|(letter, _)| *letter).collect::<String>();
        self.rows.iter().map(|row| line(row).trim_end().to_owned() + "\n").collect()
    }
}

/// Where a chart is drawn: columns and rows of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Only characters of ASCII.
    pub ascii: bool,
}

/// An axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis<'a> {
    /// What is measured, with its unit.
    pub title: &'a str,
    /// Its ends; `None` takes them from the data.
    pub bounds: Option<(f64, f64)>,
}

/// The least and the greatest of the finite numbers, apart even where there is only one; (0, 1) where there is none.
pub fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let range = values.filter(|value| value.is_finite()).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    });
    match range {
        None => (0.0, 1.0),
        Some((low, high)) => apart(low, high),
    }
}

/// Bounds that can be divided by: finite, in order, not equal.
fn apart(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let (low, high) = if low <= high { (low, high) } else { (high, low) };
    if high / 2.0 - low / 2.0 > f64::MIN_POSITIVE {
        (low, high)
    } else if low.abs() < 1e-300 {
        (0.0, 1.0)
    } else {
        // A number alone stands in the middle.
        let half = low.abs() / 2.0;
        (low - half, (low + half).clamp(f64::MIN, f64::MAX))
    }
}

/// Where a number stands between the ends of an axis, 0–1 inside; halves keep the widest range finite.
pub fn share(value: f64, (low, high): (f64, f64)) -> f64 {
    (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
}
