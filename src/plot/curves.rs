//! Curves over a numeric axis.

use crate::plot::axes::{self, Inside, Labels, upright_ticks};
use crate::plot::dots::{self, LEAST};
use crate::plot::grid::{Grid, width};
use crate::plot::number::{short, to_ticks};
use crate::plot::{Axis, Canvas, Ink, Plot, apart, extent, share};

/// A line to draw; its place in the list is its series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve<'a> {
    /// What the legend calls it.
    pub name: &'a str,
    /// Its points, in the order in which they are joined.
    pub points: &'a [(f64, f64)],
}

/// How a series looks in the legend, and in ASCII in the figure.
const SAMPLES: [&str; 4] = ["⠤⠤⠤", "⠤ ⠤", "⠄⠄⠄", "⠤⠤ ⠤"];
const SIGNS: [char; 4] = ['*', '+', 'o', 'x'];
/// How a band is shaded, and how in ASCII.
const BAND: (char, char) = ('░', '.');

/// Draws curves. `at` stands out as a dashed upright line with its number below. Points outside the bounds of `x` are
/// left out, points outside those of `y` lie on the edge. A curve that comes back to where it began is a band: what lies
/// between its edges is shaded.
pub fn curves(x: &Axis<'_>, y: &Axis<'_>, curves: &[Curve<'_>], at: Option<f64>, canvas: &Canvas) -> Plot {
    let finite = |curve: &Curve<'_>| -> Vec<(f64, f64)> {
        curve.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    };
    let lines: Vec<Vec<(f64, f64)>> = curves.iter().map(finite).collect();
    if lines.iter().all(Vec::is_empty) {
        return axes::no_data(y.title, canvas);
    }
    let of = |axis: &Axis<'_>, pick: fn(&(f64, f64)) -> f64| match axis.bounds {
        Some((low, high)) => apart(low, high),
        None => extent(lines.iter().flatten().map(pick)),
    };
    let (level, upright) = (of(x, |point| point.0), of(y, |point| point.1));
    let upright = if y.bounds.is_some() { upright } else { to_ticks(upright, upright_ticks(canvas, x.title)) };
    let at = at.map(|at| (share(at, level), short(at))).filter(|(share, _)| (0.0..=1.0).contains(share));
    let labels = Labels { marked: at.clone(), ..Labels::numbers(x.title, level) };
    let names: Vec<&str> = curves.iter().map(|curve| curve.name).collect();
    let points = lines
        .iter()
        .map(|line| {
            let placed = line.iter().map(|(x, y)| (share(*x, level), share(*y, upright).clamp(0.0, 1.0)));
            placed.filter(|(x, _)| (0.0..=1.0).contains(x)).collect()
        })
        .collect();
    let lines = Lines { names: &names, points, at: at.map(|(share, _)| share) };
    draw(&labels, (y.title, upright), &lines, canvas)
}

/// Lines whose points are shares of the axes.
pub(super) struct Lines<'a> {
    /// What the legend calls them; one alone needs none.
    pub names: &'a [&'a str],
    pub points: Vec<Vec<(f64, f64)>>,
    /// What stands out on the level axis.
    pub at: Option<f64>,
}

/// Draws lines.
pub(super) fn draw(labels: &Labels<'_>, y: (&str, (f64, f64)), lines: &Lines<'_>, canvas: &Canvas) -> Plot {
    let mut grid = Grid::new(canvas);
    let bands: Vec<bool> = lines.points.iter().map(|line| is_band(line)).collect();
    let entries = if lines.names.len() > 1 { legend(&grid, width(y.0) + 3, lines.names, &bands) } else { Vec::new() };
    let above = entries.last().map_or(0, |entry| entry.row) + 1;
    let Some(inside) = axes::axes(&mut grid, labels, y, above, LEAST) else { return axes::no_room(canvas) };
    for Entry { row, column, sample, name, series } in entries {
        let at = grid.write(column, row, &sample, Ink::Series(series)) + 1;
        grid.write(at, row, &name, Ink::Words);
    }
    let mut ink: Vec<Vec<Option<usize>>> = vec![vec![None; inside.width]; inside.height];
    let mut merged = vec![vec![0_u8; inside.width]; inside.height];
    for (series, line) in lines.points.iter().enumerate().filter(|(series, _)| !bands[*series]) {
        // Signs tell series of ASCII apart, so there every line is whole.
        let stroke = if canvas.ascii { 0 } else { series };
        let drawn = dots::line(line, stroke, inside.width, inside.height);
        for (row, cells) in drawn.iter().enumerate() {
            for (column, dots) in cells.iter().enumerate().filter(|(_, dots)| **dots != 0) {
                merged[row][column] |= dots;
                ink[row][column].get_or_insert(series);
            }
        }
    }
    for row in 0..inside.height {
        for column in 0..inside.width {
            let Some(series) = ink[row][column] else { continue };
            let letter = match (canvas.ascii, lines.points.len() > 1) {
                (false, _) => dots::braille(merged[row][column]),
                (true, true) => SIGNS[series % SIGNS.len()],
                (true, false) => dots::ascii(merged[row][column]),
            };
            grid.put(inside.column + column, inside.row + row, letter, Ink::Series(series));
        }
    }
    if let Some(at) = lines.at {
        let column = inside.column_at(at);
        let dash = if canvas.ascii { ':' } else { '┆' };
        for row in inside.row..inside.row + inside.height {
            if grid.is_blank(column, row) {
                grid.put(column, row, dash, Ink::Axis);
            }
        }
    }
    for (series, band) in lines.points.iter().enumerate().filter(|(series, _)| bands[*series]) {
        shade(&mut grid, &inside, band, series);
    }
    grid.plot()
}

/// Whether a line goes there along one edge and comes back along the other.
fn is_band(line: &[(f64, f64)]) -> bool {
    let (Some(first), Some(last)) = (line.first(), line.last()) else { return false };
    line.len() > 3 && line.len().is_multiple_of(2) && (first.0 - last.0).abs() < 1e-9 && {
        let half = line.len() / 2;
        let (there, back) = line.split_at(half);
        there.iter().zip(back.iter().rev()).all(|(there, back)| (there.0 - back.0).abs() < 1e-9)
            && there.windows(2).all(|pair| pair[0].0 <= pair[1].0)
    }
}

/// Shades what lies between the edges of a band, one cell a column at least, where nothing else is drawn.
fn shade(grid: &mut Grid, inside: &Inside, band: &[(f64, f64)], series: usize) {
    let (there, back) = band.split_at(band.len() / 2);
    let back: Vec<(f64, f64)> = back.iter().rev().copied().collect();
    let sign = if grid.ascii() { BAND.1 } else { BAND.0 };
    for column in 0..inside.width {
        let at = column as f64 / (inside.width - 1).max(1) as f64;
        let (Some(one), Some(other)) = (height_at(there, at), height_at(&back, at)) else { continue };
        let row = |share: f64| (share.clamp(0.0, 1.0) * (inside.height - 1) as f64).round() as usize;
        for up in row(one.min(other))..=row(one.max(other)) {
            let row = inside.row + inside.height - 1 - up;
            if grid.is_blank(inside.column + column, row) {
                grid.put(inside.column + column, row, sign, Ink::Faint(series));
            }
        }
    }
}

/// How high an edge is at a place; `None` beside it.
fn height_at(edge: &[(f64, f64)], at: f64) -> Option<f64> {
    edge.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&at)).map(|pair| {
        let wide = pair[1].0 - pair[0].0;
        let share = if wide > 0.0 { (at - pair[0].0) / wide } else { 0.0 };
        pair[0].1 + share * (pair[1].1 - pair[0].1)
    })
}

/// A series in the legend.
struct Entry {
    row: usize,
    column: usize,
    sample: String,
    name: String,
    series: usize,
}

/// The names of the series behind the title, each with its sample; those that do not fit there go on in rows of their own.
fn legend(grid: &Grid, from: usize, names: &[&str], bands: &[bool]) -> Vec<Entry> {
    let (mut row, mut at) = (0, from);
    let mut entries = Vec::new();
    for (series, name) in names.iter().enumerate() {
        let sample = match (grid.ascii(), bands.get(series) == Some(&true)) {
            (true, true) => BAND.1.to_string(),
            (false, true) => BAND.0.to_string().repeat(3),
            (true, false) => SIGNS[series % SIGNS.len()].to_string(),
            (false, false) => SAMPLES[series % SAMPLES.len()].to_owned(),
        };
        let wide = width(&sample) + 1;
        if at > 0 && at + wide + width(name) > grid.width() {
            (row, at) = (row + 1, 0);
        }
        let name = grid.fit(name, grid.width().saturating_sub(at + wide));
        let next = at + wide + width(&name) + 2;
        entries.push(Entry { row, column: at, sample, name, series });
        at = next;
    }
    entries
}
