//! What stands around a figure: titles, numbers, lines.

use crate::plot::grid::{Grid, width, words};
use crate::plot::number::{MOST_TICKS, labels, round_ticks};
use crate::plot::{Axis, Canvas, Ink, Plot, share};

/// From this height on a row is spent on the line of the level axis.
const LINE_FROM: usize = 7;

/// From this height on a row is spent on the title of the level axis.
const TITLE_FROM: usize = 9;

/// Blank columns between two labels of the level axis.
const BETWEEN: usize = 2;

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

impl Inside {
    /// The column at a share of the width.
    pub(super) fn column_at(&self, share: f64) -> usize {
        self.column + (share.clamp(0.0, 1.0) * (self.width - 1) as f64).round() as usize
    }
}

/// What stands along the level axis.
pub(super) enum Ticks {
    /// Round numbers between these ends.
    Numbers((f64, f64)),
    /// Words at shares of its length, in order.
    Words(Vec<(f64, String)>),
}

/// The words of the level axis.
pub(super) struct Labels<'a> {
    pub ticks: Ticks,
    /// What stands out, at a share of its length.
    pub marked: Option<(f64, String)>,
    /// What is measured, with its unit.
    pub title: &'a str,
}

impl<'a> Labels<'a> {
    pub fn numbers(title: &'a str, bounds: (f64, f64)) -> Self {
        Self { ticks: Ticks::Numbers(bounds), marked: None, title }
    }

    /// The ticks that fit beside each other, as round as they can be.
    fn fitting(&self, inside: &Inside) -> Vec<(f64, String)> {
        let fits = |ticks: &Vec<(f64, String)>| {
            let places: Vec<_> = ticks.iter().map(|(share, label)| place(inside, *share, label)).collect();
            places.windows(2).all(|pair| pair[0].1 + BETWEEN <= pair[1].0)
        };
        let numbers = |most: usize, bounds| {
            let ticks = round_ticks(bounds, most);
            let labels = labels(&ticks);
            ticks.iter().map(|tick| share(*tick, bounds)).zip(labels).collect::<Vec<_>>()
        };
        match &self.ticks {
            Ticks::Numbers(bounds) => {
                let found = (2..=MOST_TICKS).rev().map(|most| numbers(most, *bounds)).find(fits);
                found.unwrap_or_else(|| numbers(2, *bounds).into_iter().take(1).collect())
            }
            // All of them, or every second, or every third …
            Ticks::Words(words) => {
                let every = |stride: usize| words.iter().step_by(stride).cloned().collect::<Vec<_>>();
                let ends = (words.len() == 2).then(|| words.clone());
                ends.or_else(|| (1..=words.len()).map(every).find(fits)).unwrap_or_default()
            }
        }
    }
}

/// The columns that a label takes around its place: the first, and the one behind the last.
fn place(inside: &Inside, share: f64, label: &str) -> (usize, usize) {
    let wide = width(label);
    let end = inside.column + inside.width;
    let start = inside.column_at(share).saturating_sub(wide.saturating_sub(1) / 2);
    let start = start.min(end.saturating_sub(wide)).max(inside.column);
    (start, start + wide)
}

/// Axes without a figure: for figures that the screen draws by itself. Bounds left out are 0 to 1. `Err` is what to show
/// where there is no room for at least `least` columns and rows inside.
pub fn frame(x: &Axis<'_>, y: &Axis<'_>, least: (usize, usize), canvas: &Canvas) -> Result<(Plot, Inside), Plot> {
    let mut grid = Grid::new(canvas);
    let bounds = |axis: &Axis<'_>| axis.bounds.map_or((0.0, 1.0), |(low, high)| crate::plot::apart(low, high));
    let labels = Labels::numbers(x.title, bounds(x));
    match axes(&mut grid, &labels, (y.title, bounds(y)), 1, least) {
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

/// The rows that the line of the level axis, its labels and its title take.
fn rows_below(canvas: &Canvas, title: &str) -> usize {
    let line = usize::from(canvas.height >= LINE_FROM);
    line + 1 + usize::from(canvas.height >= TITLE_FROM && !title.is_empty())
}

/// How many ticks the upright axis has, below one row of words.
pub(super) fn upright_ticks(canvas: &Canvas, x_title: &str) -> usize {
    ticks_of(canvas.height.saturating_sub(1 + rows_below(canvas, x_title)))
}

fn ticks_of(rows: usize) -> usize {
    rows.div_ceil(2).clamp(2, MOST_TICKS)
}

/// Draws both axes, the upright one's title in the first of the rows above; the cells left, if there are at least `least`
/// columns and rows.
pub(super) fn axes(
    grid: &mut Grid,
    x: &Labels<'_>,
    (y_title, y_bounds): (&str, (f64, f64)),
    above: usize,
    least: (usize, usize),
) -> Option<Inside> {
    let line = usize::from(grid.height() >= LINE_FROM);
    let title = usize::from(grid.height() >= TITLE_FROM && !x.title.is_empty());
    let height = grid.height().checked_sub(above + line + 1 + title)?;
    let values = round_ticks(y_bounds, ticks_of(height));
    let ticks: Vec<(usize, String)> = values
        .iter()
        .zip(labels(&values))
        .map(|(value, label)| ((share(*value, y_bounds) * height.saturating_sub(1) as f64).round() as usize, label))
        .collect();
    let gutter = ticks.iter().map(|(_, label)| width(label)).max().unwrap_or(0);
    let inside = Inside { column: gutter + 1, row: above, width: grid.width().checked_sub(gutter + 1)?, height };
    if inside.width < least.0.max(1) || inside.height < least.1.max(1) {
        return None;
    }
    let fitted = grid.fit(y_title, grid.width());
    grid.write(0, 0, &fitted, Ink::Words);
    let (upright, tick, level, corner) = if grid.ascii() { ('|', '+', '-', '+') } else { ('│', '┤', '─', '└') };
    for row in inside.row..inside.row + inside.height {
        grid.put(gutter, row, upright, Ink::Axis);
    }
    let mut taken = None;
    for (up, label) in ticks.iter().filter(|(up, _)| *up < height) {
        // One row has one number.
        if taken.replace(*up) != Some(*up) {
            let row = inside.row + inside.height - 1 - up;
            grid.write(gutter - width(label), row, label, Ink::Words);
            grid.put(gutter, row, tick, Ink::Axis);
        }
    }
    if line == 1 {
        let row = inside.row + inside.height;
        grid.put(gutter, row, corner, Ink::Axis);
        for column in inside.column..grid.width() {
            grid.put(column, row, level, Ink::Axis);
        }
    }
    level_words(grid, x, &inside, line == 1, title == 1);
    Some(inside)
}

/// The rows below: the ticks, and the title in a row of its own or in the widest gap between them.
fn level_words(grid: &mut Grid, x: &Labels<'_>, inside: &Inside, line: bool, title_below: bool) {
    let row = inside.row + inside.height + usize::from(line);
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let ticks = x.fitting(inside);
    let ends: Vec<&(f64, String)> = ticks.first().into_iter().chain(ticks.last()).collect();
    let write = |grid: &mut Grid, taken: &mut Vec<(usize, usize)>, (share, label): &(f64, String)| {
        let label = grid.fit(label, inside.width);
        let (start, end) = place(inside, *share, &label);
        if label.is_empty() || taken.iter().any(|(from, to)| start <= *to && *from <= end) {
            return;
        }
        grid.write(start, row, &label, Ink::Words);
        if line {
            let tick = if grid.ascii() { '+' } else { '┬' };
            grid.put(inside.column_at(*share), row - 1, tick, Ink::Axis);
        }
        taken.push((start, end));
    };
    for tick in x.marked.iter().chain(ends) {
        write(grid, &mut taken, tick);
    }
    if title_below {
        let title = grid.fit(x.title, inside.width);
        grid.write(inside.column + (inside.width - width(&title)) / 2, row + 1, &title, Ink::Words);
    } else if let Some((start, end)) = widest_gap(&taken, inside)
        && end - start > BETWEEN
    {
        let title = grid.fit(x.title, end - start - BETWEEN);
        let from = start + (end - start - width(&title)) / 2;
        grid.write(from, row, &title, Ink::Words);
        taken.push((from, from + width(&title)));
    }
    // All of the others or none: a row of ticks with a hole in it misleads.
    let free = |(share, label): &(f64, String)| {
        let (start, end) = place(inside, *share, label);
        taken.iter().all(|(from, to)| start > *to || *from > end)
    };
    let others = ticks.get(1..ticks.len().saturating_sub(1)).unwrap_or_default();
    let marked = x.marked.as_ref().map(|(share, label)| place(inside, *share, label));
    let hidden = |(share, label): &&(f64, String)| {
        let (start, end) = place(inside, *share, label);
        marked.is_some_and(|(from, to)| start <= to && from <= end)
    };
    if others.iter().filter(|tick| !hidden(tick)).all(free) {
        for tick in others {
            write(grid, &mut taken, tick);
        }
    }
}

/// The widest of the gaps between the columns that are taken.
fn widest_gap(taken: &[(usize, usize)], inside: &Inside) -> Option<(usize, usize)> {
    let mut edges = taken.to_vec();
    edges.sort_unstable();
    let starts = std::iter::once(inside.column).chain(edges.iter().map(|(_, end)| *end));
    let ends = edges.iter().map(|(start, _)| *start).chain([inside.column + inside.width]);
    starts.zip(ends).filter(|(start, end)| start < end).max_by_key(|(start, end)| end - start)
}
