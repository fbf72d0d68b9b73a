//! Curves over a numeric axis.

use crate::plot::axes::{self, Labels};
use crate::plot::dots::{self, LEAST};
use crate::plot::grid::{Grid, width};
use crate::plot::number::short;
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

/// Draws curves. `at` stands out as a dashed upright line with its number below. Points outside the bounds of `x` are
/// left out, points outside those of `y` lie on the edge.
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
    let mut labels = Labels::numbers(x.title, level);
    let at = at.map(|at| (share(at, level), short(at))).filter(|(share, _)| (0.0..=1.0).contains(share));
    if at.is_some() {
        labels.middle.clone_from(&at);
    }
    let names: Vec<&str> = curves.iter().map(|curve| curve.name).collect();
    let lines: Vec<Vec<(f64, f64)>> = lines
        .iter()
        .map(|line| {
            let placed = line.iter().map(|(x, y)| (share(*x, level), share(*y, upright).clamp(0.0, 1.0)));
            placed.filter(|(x, _)| (0.0..=1.0).contains(x)).collect()
        })
        .collect();
    draw(&labels, y.title, upright, &names, &lines, at.map(|(share, _)| share), canvas)
}

/// Draws lines whose points are shares of the axes.
pub(super) fn draw(
    labels: &Labels<'_>,
    y_title: &str,
    upright: (f64, f64),
    names: &[&str],
    lines: &[Vec<(f64, f64)>],
    at: Option<f64>,
    canvas: &Canvas,
) -> Plot {
    let mut grid = Grid::new(canvas);
    let Some(inside) = axes::axes(&mut grid, labels, y_title, upright, LEAST) else { return axes::no_room(canvas) };
    if names.len() > 1 {
        legend(&mut grid, width(y_title) + 3, names);
    }
    let mut ink: Vec<Vec<Option<usize>>> = vec![vec![None; inside.width]; inside.height];
    let mut merged = vec![vec![0_u8; inside.width]; inside.height];
    for (series, line) in lines.iter().enumerate() {
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
            let letter = match (canvas.ascii, lines.len() > 1) {
                (false, _) => dots::braille(merged[row][column]),
                (true, true) => SIGNS[series % SIGNS.len()],
                (true, false) => dots::ascii(merged[row][column]),
            };
            grid.put(inside.column + column, inside.row + row, letter, Ink::Series(series));
        }
    }
    if let Some(at) = at {
        let column = inside.column + (at * (inside.width - 1) as f64).round() as usize;
        let dash = if canvas.ascii { ':' } else { '┆' };
        for row in inside.row..inside.row + inside.height {
            if grid.is_blank(column, row) {
                grid.put(column, row, dash, Ink::Axis);
            }
        }
    }
    grid.plot()
}

/// The names of the series behind the title, each with its sample; what does not fit is cut.
fn legend(grid: &mut Grid, from: usize, names: &[&str]) {
    let mut at = from;
    for (series, name) in names.iter().enumerate() {
        let sample = if grid.ascii() {
            SIGNS[series % SIGNS.len()].to_string()
        } else {
            SAMPLES[series % SAMPLES.len()].to_owned()
        };
        let room = grid.width().saturating_sub(at + width(&sample) + 1);
        if room < 2 {
            return;
        }
        at = grid.write(at, 0, &sample, Ink::Series(series)) + 1;
        let name = grid.fit(name, room);
        at = grid.write(at, 0, &name, Ink::Words) + 2;
    }
}
