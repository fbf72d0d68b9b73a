//! Thin bars lying on their sides, one a row, each with its words.

use crate::plot::axes;
use crate::plot::grid::{Grid, width};
use crate::plot::{Canvas, Ink, Plot};

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar<'a> {
    /// What it stands for.
    pub label: &'a str,
    /// Its length; a bar below zero goes to the left.
    pub value: f64,
    /// What stands before the bar, such as the number with its unit.
    pub words: &'a str,
    /// Whose colour it has.
    pub series: usize,
}

/// The fewest columns that a bar can be read in.
const LEAST: usize = 3;

/// Blank columns between label, words and bar.
const GAP: usize = 1;

/// Draws a title and one bar a row; the last row counts those that do not fit. Where a value is below zero, zero is in
/// the middle.
pub fn bars(title: &str, rows: &[Bar<'_>], canvas: &Canvas) -> Plot {
    if rows.is_empty() {
        return axes::no_data(title, canvas);
    }
    let longest = |pick: fn(&Bar<'_>) -> usize| rows.iter().map(pick).max().unwrap_or(0);
    let words = longest(|bar| width(bar.words));
    let label = longest(|bar| width(bar.label)).min((canvas.width * 2 / 5).max(4));
    let from = label + GAP + words + GAP;
    if canvas.height < 2 || from + LEAST > canvas.width {
        return axes::no_room(canvas);
    }
    let mut grid = Grid::new(canvas);
    let title = grid.fit(title, canvas.width);
    grid.write(0, 0, &title, Ink::Words);
    let room = canvas.height - 1;
    let shown = if rows.len() > room { room - 1 } else { rows.len() };
    let scale = Scale::of(rows, from, canvas.width);
    for (at, bar) in rows[..shown].iter().enumerate() {
        let row = at + 1;
        let name = grid.fit(bar.label, label);
        grid.write(0, row, &name, Ink::Words);
        grid.write(label + GAP + words - width(bar.words), row, bar.words, Ink::Number);
        scale.draw(&mut grid, row, bar);
    }
    if shown < rows.len() {
        let more = format!("{} and {} more", if canvas.ascii { "..." } else { "…" }, rows.len() - shown);
        let more = grid.fit(&more, canvas.width);
        grid.write(0, canvas.height - 1, &more, Ink::Words);
    }
    grid.plot()
}

/// Where bars lie and what their full length stands for.
struct Scale {
    /// The column of zero: the first of the bars, or their middle.
    zero: usize,
    /// Columns to each side of zero, or to the right.
    columns: usize,
    most: f64,
    signed: bool,
}

impl Scale {
    fn of(rows: &[Bar<'_>], from: usize, width: usize) -> Self {
        let values = || rows.iter().map(|bar| bar.value).filter(|value| value.is_finite());
        let most = values().map(f64::abs).fold(0.0, f64::max);
        let signed = values().any(|value| value < 0.0);
        let room = width - from;
        let columns = if signed { (room - 1) / 2 } else { room };
        Self { zero: if signed { from + columns } else { from }, columns, most, signed }
    }

    fn draw(&self, grid: &mut Grid, row: usize, bar: &Bar<'_>) {
        let ink = Ink::Series(bar.series);
        if self.signed {
            grid.put(self.zero, row, if grid.ascii() { '|' } else { '│' }, Ink::Axis);
        }
        if !bar.value.is_finite() || self.most <= 0.0 {
            return;
        }
        let steps = 2;
        let length = bar.value.abs() / self.most * (self.columns * steps) as f64;
        let length = if bar.value == 0.0 { 0 } else { (length.round() as usize).max(1) };
        let (whole, rest) = (length / steps, length % steps);
        let left = bar.value < 0.0;
        let start = if self.signed { self.zero + 1 } else { self.zero };
        let place = |at: usize| if left { self.zero.checked_sub(at + 1) } else { Some(start + at) };
        let full = if grid.ascii() { '#' } else { '━' };
        for column in (0..whole).filter_map(place) {
            grid.put(column, row, full, ink);
        }
        if let Some(column) = place(whole).filter(|_| rest > 0) {
            grid.put(column, row, end(left, grid.ascii()), ink);
        }
    }
}

/// The end of a bar that fills half a cell.
fn end(left: bool, ascii: bool) -> char {
    match (ascii, left) {
        (true, _) => '=',
        (false, true) => '╺',
        (false, false) => '╸',
    }
}
