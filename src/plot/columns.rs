//! Values over equal steps: upright bars, or one line.

use crate::plot::axes::{self, Inside, Labels};
use crate::plot::curves::draw;
use crate::plot::grid::Grid;
use crate::plot::{Axis, Canvas, Ink, Plot, apart};

/// Values over equal steps: a histogram, events by day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Columns<'a> {
    /// The steps; its bounds stand at the ends where `ends` are empty.
    pub x: Axis<'a>,
    /// What is counted, with its unit.
    pub y_title: &'a str,
    /// One value a step; what is below zero shows as none.
    pub values: &'a [f64],
    /// Names of the first and the last step.
    pub ends: (&'a str, &'a str),
    /// From this step on values are another series.
    pub at: Option<usize>,
}

impl<'a> Columns<'a> {
    fn labels(&self) -> Labels<'a> {
        match (self.ends, self.x.bounds) {
            (("", ""), Some((low, high))) => Labels::numbers(self.x.title, apart(low, high)),
            // One step alone is named once.
            ((first, last), _) => Labels {
                low: first.to_owned(),
                high: if self.values.len() > 1 { last.to_owned() } else { String::new() },
                middle: None,
                title: self.x.title,
            },
        }
    }

    fn none(&self) -> bool {
        self.values.iter().all(|value| !value.is_finite())
    }
}

/// The sum of neighbouring steps, drawn as one bar.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Group {
    /// `None` where no step has a number.
    value: Option<f64>,
    series: usize,
    /// Fewer steps than the others.
    partial: bool,
}

/// Draws values as one line over their steps, zero at the bottom; `at` stands out as a dashed upright line.
pub fn line(columns: &Columns<'_>, canvas: &Canvas) -> Plot {
    if columns.none() {
        return axes::no_data(columns.y_title, canvas);
    }
    let top = top(columns.values.iter().copied());
    let last = columns.values.len().saturating_sub(1).max(1) as f64;
    let points = columns.values.iter().enumerate().filter(|(_, value)| value.is_finite());
    let points = points.map(|(step, value)| (step as f64 / last, (value / top).clamp(0.0, 1.0))).collect();
    let at = columns.at.map(|at| at as f64 / last).filter(|at| *at <= 1.0);
    draw(&columns.labels(), columns.y_title, (0.0, top), &[], &[points], at, canvas)
}

/// Draws one upright bar a value, zero at the bottom. Where values outnumber columns, neighbours are summed into equal
/// groups and the title says so; the first group takes what is left over and is drawn faint.
pub fn columns(columns: &Columns<'_>, canvas: &Canvas) -> Plot {
    if columns.none() {
        return axes::no_data(columns.y_title, canvas);
    }
    // Sums may need wider numbers beside the axis, which may need larger groups.
    let mut size = 1;
    loop {
        let groups = groups(columns.values, size, columns.at);
        let top = top(groups.iter().filter_map(|group| group.value));
        let mut grid = Grid::new(canvas);
        let title = if size > 1 { format!("{}, sum of {size}", columns.y_title) } else { columns.y_title.to_owned() };
        let Some(inside) = axes::axes(&mut grid, &columns.labels(), &title, (0.0, top), (4, 2)) else {
            return axes::no_room(canvas);
        };
        if groups.len() > inside.width {
            size = columns.values.len().div_ceil(inside.width).max(size + 1);
            continue;
        }
        draw_groups(&mut grid, &groups, inside, top);
        return grid.plot();
    }
}

/// The number at the top of the axis.
fn top(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    if most > f64::MIN_POSITIVE { most } else { 1.0 }
}

fn groups(values: &[f64], size: usize, at: Option<usize>) -> Vec<Group> {
    let odd = values.len() % size;
    let first = (odd > 0).then_some((0, &values[..odd]));
    let rest = values[odd..].chunks(size).enumerate().map(|(at, steps)| (odd + at * size, steps));
    first
        .into_iter()
        .chain(rest)
        .map(|(start, steps)| {
            let finite = || steps.iter().filter(|value| value.is_finite());
            let sum = finite().sum::<f64>().clamp(f64::MIN, f64::MAX);
            Group {
                value: finite().next().map(|_| sum),
                // A group on both sides belongs to the side with more of it.
                series: usize::from(at.is_some_and(|at| start + steps.len() / 2 >= at)),
                partial: steps.len() < size,
            }
        })
        .collect()
}

fn draw_groups(grid: &mut Grid, groups: &[Group], inside: Inside, top: f64) {
    let wide = (inside.width / groups.len().max(1)).max(1);
    // Wide bars stand apart.
    let drawn = if wide > 2 { wide - 1 } else { wide };
    for (at, group) in groups.iter().enumerate() {
        let Some(value) = group.value else { continue };
        let ink = if group.partial { Ink::Faint(group.series) } else { Ink::Series(group.series) };
        let eighths = (value / top).clamp(0.0, 1.0) * (inside.height * 8) as f64;
        let eighths = if value > 0.0 { (eighths.round() as usize).max(1) } else { 0 };
        for row in 0..inside.height {
            let level = eighths.saturating_sub(row * 8).min(8);
            if level == 0 {
                break;
            }
            let letter = block(level, grid.ascii());
            for column in 0..drawn {
                grid.put(inside.column + at * wide + column, inside.row + inside.height - 1 - row, letter, ink);
            }
        }
    }
    let line = inside.row + inside.height;
    let start = groups.iter().position(|group| group.series == 1).filter(|_| line + 1 < grid.height());
    if let Some(start) = start {
        // Without colours this alone tells the two series apart.
        let sign = if grid.ascii() { '^' } else { '▲' };
        grid.put(inside.column + start * wide, line, sign, Ink::Series(1));
    }
}

/// A cell filled to so many eighths from below.
fn block(eighths: usize, ascii: bool) -> char {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const SIGNS: [char; 9] = [' ', '.', '.', '.', '=', '=', '=', '#', '#'];
    if ascii { SIGNS[eighths.min(8)] } else { EIGHTHS[eighths.min(8)] }
}

#[cfg(test)]
mod group_tests {
    use super::*;
    use crate::plot::short;

    #[test]
    fn neighbours_are_summed_and_the_odd_ones_are_first() {
        let values = [1.0, 2.0, f64::NAN, 4.0, f64::NAN, f64::NAN, 7.0];
        let summed: Vec<_> = groups(&values, 2, Some(5)).iter().map(|g| (g.value, g.series, g.partial)).collect();
        assert_eq!(summed, [(Some(1.0), 0, true), (Some(2.0), 0, false), (Some(4.0), 0, false), (Some(7.0), 1, false)]);
        assert_eq!(groups(&values, 1, None)[2].value, None);
    }

    #[test]
    fn the_top_is_a_number_to_divide_by() {
        assert_eq!(
            [top([].into_iter()), top([0.0, -3.0].into_iter()), top([2.0].into_iter())].map(short),
            ["1", "1", "2"]
        );
    }
}
