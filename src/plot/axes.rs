//! What stands around a figure: titles, numbers, lines.

use crate::plot::grid::{Grid, width, words};
use crate::plot::number::ticks;
use crate::plot::{Axis, Canvas, Ink, Plot};

/// From this height on a row is spent on the line of the level axis.
const LINE_FROM: usize = 7;

/// From so many rows inside on the middle of the upright axis has its number.
const MIDDLE_FROM: usize = 5;

/// The cells that the axes leave to the figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// Its first column.
    pub column: usize,
    /// Its first row.
    pub row: usize,
    /// Its columns.
    pub width: usize,
    /// Its rows.
    pub height: usize,
}

/// The words of the level axis.
pub(super) struct Labels<'a> {
    /// At its start.
    pub low: String,
    /// At its end.
    pub high: String,
    /// At a share of its length.
    pub middle: Option<(f64, String)>,
    /// What is measured, with its unit.
    pub title: &'a str,
}

impl<'a> Labels<'a> {
    pub fn numbers(title: &'a str, bounds: (f64, f64)) -> Self {
        let [low, middle, high] = ticks(bounds);
        Self { low, high, middle: Some((0.5, middle)), title }
    }
}

/// Axes without a figure: for figures that the screen draws by itself. Bounds left out are 0 to 1. `Err` is what to show
/// where there is no room for at least `least` columns and rows inside.
pub fn frame(x: &Axis<'_>, y: &Axis<'_>, least: (usize, usize), canvas: &Canvas) -> Result<(Plot, Inside), Plot> {
    let mut grid = Grid::new(canvas);
    let bounds = |axis: &Axis<'_>| axis.bounds.map_or((0.0, 1.0), |(low, high)| crate::plot::apart(low, high));
    let labels = Labels::numbers(x.title, bounds(x));
    match axes(&mut grid, &labels, y.title, bounds(y), least) {
        Some(inside) => Ok((grid.plot(), inside)),
        None => Err(no_room(canvas)),
    }
}

pub(super) fn no_room(canvas: &Canvas) -> Plot {
    words("no room for the chart", canvas)
}

pub(super) fn no_data(title: &str, canvas: &Canvas) -> Plot {
    words(&if title.is_empty() { "no data".to_owned() } else { format!("{title}: no data") }, canvas)
}

/// Draws both axes; the cells left, if there are at least `least` columns and rows.
pub(super) fn axes(
    grid: &mut Grid,
    x: &Labels<'_>,
    y_title: &str,
    y_bounds: (f64, f64),
    least: (usize, usize),
) -> Option<Inside> {
    let [low, middle, high] = ticks(y_bounds);
    let line = usize::from(grid.height() >= LINE_FROM);
    let height = grid.height().checked_sub(2 + line)?;
    let middle = Some(middle).filter(|_| height >= MIDDLE_FROM);
    let gutter = width(&low).max(width(&high)).max(middle.as_deref().map_or(0, width));
    let inside = Inside { column: gutter + 1, row: 1, width: grid.width().checked_sub(gutter + 1)?, height };
    if inside.width < least.0.max(1) || inside.height < least.1.max(1) {
        return None;
    }
    let title = grid.fit(y_title, grid.width());
    grid.write(0, 0, &title, Ink::Words);
    let (upright, tick, level, corner) = if grid.ascii() { ('|', '+', '-', '+') } else { ('│', '┤', '─', '└') };
    for row in inside.row..inside.row + inside.height {
        grid.put(gutter, row, upright, Ink::Axis);
    }
    let mut label = |row: usize, text: &str| {
        grid.write(gutter - width(text), row, text, Ink::Words);
        grid.put(gutter, row, tick, Ink::Axis);
    };
    label(inside.row + inside.height - 1, &low);
    if let Some(middle) = middle {
        label(inside.row + (inside.height - 1) / 2, &middle);
    }
    if inside.height > 1 {
        label(inside.row, &high);
    }
    if line == 1 {
        let row = inside.row + inside.height;
        grid.put(gutter, row, corner, Ink::Axis);
        for column in inside.column..grid.width() {
            grid.put(column, row, level, Ink::Axis);
        }
    }
    level_words(grid, x, inside);
    Some(inside)
}

/// The row below: the ends, the title between them, and the middle where it leaves room for the title.
fn level_words(grid: &mut Grid, x: &Labels<'_>, inside: Inside) {
    let row = grid.height() - 1;
    let low = grid.fit(&x.low, inside.width);
    let from = grid.write(inside.column, row, &low, Ink::Words);
    let room = grid.width().saturating_sub(from + 1);
    let high = if width(&x.high) <= room { x.high.as_str() } else { "" };
    let to = grid.width() - width(high);
    grid.write(to, row, high, Ink::Words);
    let title = width(x.title);
    // Between two columns, a blank at each side.
    let fits = |from: usize, to: usize, columns: usize| columns + 2 <= to.saturating_sub(from);
    let middle = x.middle.as_ref().and_then(|(share, label)| {
        let at = inside.column as f64 + share.clamp(0.0, 1.0) * (inside.width - 1) as f64;
        let start = (at - (width(label) as f64 - 1.0) / 2.0).round().max(0.0) as usize;
        let end = start + width(label);
        (start > from && end < to).then_some((start, end, label))
    });
    let centred = |grid: &mut Grid, from: usize, to: usize| {
        let text = grid.fit(x.title, to.saturating_sub(from + 2));
        let start = from + (to - from).saturating_sub(width(&text)) / 2;
        grid.write(start, row, &text, Ink::Words);
    };
    match middle {
        Some((start, end, label)) if fits(end, to, title) || fits(from, start, title) => {
            grid.write(start, row, label, Ink::Words);
            if fits(end, to, title) { centred(grid, end, to) } else { centred(grid, from, start) }
        }
        _ if to > from => centred(grid, from, to),
        _ => {}
    }
}
