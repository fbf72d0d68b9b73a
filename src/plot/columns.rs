//! Values over equal steps: upright bars, or one line.

use crate::plot::axes::{self, Inside, Labels, Ticks, upright_ticks};
use crate::plot::curves::{Lines, draw};
use crate::plot::grid::Grid;
use crate::plot::number::to_ticks;
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
    /// Names of the first and the last step, where no others are given.
    pub ends: (&'a str, &'a str),
    /// From this step on values are another series, and a mark stands there.
    pub at: Option<usize>,
}

/// Where what stands on the axis of steps: the first begins at 0, the last ends at their number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// Labels; without any the axis has those of [`Columns`].
    pub ticks: Vec<(f64, String)>,
    /// What stands out, with its label; instead of the step of [`Columns`].
    pub at: Option<(f64, String)>,
}

impl<'a> Columns<'a> {
    fn labels(&self, steps: &Steps, count: f64) -> Labels<'a> {
        let share = |(at, label): &(f64, String)| (at / count, label.clone());
        let ticks = match (self.ends, self.x.bounds) {
            _ if !steps.ticks.is_empty() => Ticks::Words(steps.ticks.iter().map(share).collect()),
            (("", ""), Some((low, high))) => Ticks::Numbers(apart(low, high)),
            // One step alone is named once.
            ((first, _), _) if self.values.len() < 2 => Ticks::Words(vec![(0.0, first.to_owned())]),
            ((first, last), _) => Ticks::Words(vec![(0.0, first.to_owned()), (1.0, last.to_owned())]),
        };
        Labels { ticks, marked: steps.at.as_ref().map(share), title: self.x.title }
    }

    /// What stands out, in steps.
    fn marked(&self, steps: &Steps) -> Option<f64> {
        let marked = steps.at.as_ref().map(|(at, _)| *at).or(self.at.map(|at| at as f64));
        marked.filter(|at| at.is_finite())
    }

    fn none(&self) -> bool {
        self.values.iter().all(|value| !value.is_finite())
    }
}

/// The sum of neighbouring steps, drawn as one bar.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Group {
    /// Its steps: the first, and the one behind the last.
    steps: (usize, usize),
    /// `None` where no step has a number.
    value: Option<f64>,
    series: usize,
    /// Fewer steps than the others.
    partial: bool,
}

/// Draws values as one line over their steps, zero at the bottom; what stands out has a dashed upright line.
pub fn line(columns: &Columns<'_>, steps: &Steps, canvas: &Canvas) -> Plot {
    if columns.none() {
        return axes::no_data(columns.y_title, canvas);
    }
    let top = to_ticks((0.0, top(columns.values.iter().copied())), upright_ticks(canvas, columns.x.title)).1;
    let last = columns.values.len().saturating_sub(1).max(1) as f64;
    let points = columns.values.iter().enumerate().filter(|(_, value)| value.is_finite());
    let points = points.map(|(step, value)| (step as f64 / last, (value / top).clamp(0.0, 1.0))).collect();
    let at = columns.marked(steps).map(|at| at / last).filter(|at| (0.0..=1.0).contains(at));
    let lines = Lines { names: &[], points: vec![points], at };
    draw(&columns.labels(steps, last), (columns.y_title, (0.0, top)), &lines, canvas)
}

/// Draws one upright bar a value, zero at the bottom; together they fill the axis. Where values outnumber columns,
/// neighbours are summed into equal groups and the title says so; the first group takes what is left over and is drawn
/// faint.
pub fn columns(columns: &Columns<'_>, canvas: &Canvas) -> Plot {
    ticked(columns, &Steps::default(), canvas)
}

/// As [`columns`], with labels and a mark at any place between two steps.
pub fn ticked(columns: &Columns<'_>, steps: &Steps, canvas: &Canvas) -> Plot {
    if columns.none() {
        return axes::no_data(columns.y_title, canvas);
    }
    let count = columns.values.len().max(1) as f64;
    let labels = columns.labels(steps, count);
    let marked = columns.marked(steps);
    // Sums may need wider numbers beside the axis, which may need larger groups.
    let mut size = 1;
    loop {
        let groups = groups(columns.values, size, marked);
        let top =
            to_ticks((0.0, top(groups.iter().filter_map(|group| group.value))), upright_ticks(canvas, columns.x.title))
                .1;
        let mut grid = Grid::new(canvas);
        let title = if size > 1 { format!("{}, sum of {size}", columns.y_title) } else { columns.y_title.to_owned() };
        let Some(inside) = axes::axes(&mut grid, &labels, (&title, (0.0, top)), 1, (4, 2)) else {
            return axes::no_room(canvas);
        };
        if groups.len() > inside.width {
            size = columns.values.len().div_ceil(inside.width).max(size + 1);
            continue;
        }
        draw_groups(&mut grid, &groups, inside, top);
        if let Some(at) = marked.filter(|at| (0.0..=count).contains(at)) {
            mark(&mut grid, inside, at / count);
        }
        return grid.plot();
    }
}

/// The sign of what stands out, on the line of the axis: without colours it alone tells the two series apart.
fn mark(grid: &mut Grid, inside: Inside, share: f64) {
    let line = inside.row + inside.height;
    if line + 1 < grid.height() {
        let sign = if grid.ascii() { '^' } else { '▲' };
        let column = ((share * inside.width as f64) as usize).min(inside.width - 1);
        grid.put(inside.column + column, line, sign, Ink::Series(1));
    }
}

/// The number at the top of the axis.
fn top(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    if most > f64::MIN_POSITIVE { most } else { 1.0 }
}

fn groups(values: &[f64], size: usize, at: Option<f64>) -> Vec<Group> {
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
                steps: (start, start + steps.len()),
                value: finite().next().map(|_| sum),
                // A group on both sides belongs to the side with more of it.
                series: usize::from(at.is_some_and(|at| start as f64 + steps.len() as f64 / 2.0 >= at)),
                partial: steps.len() < size,
            }
        })
        .collect()
}

fn draw_groups(grid: &mut Grid, groups: &[Group], inside: Inside, top: f64) {
    let count = groups.last().map_or(1, |group| group.steps.1).max(1);
    // Wide bars stand apart.
    let apart = usize::from(inside.width / groups.len().max(1) > 2);
    for group in groups {
        let column = |step: usize| step * inside.width / count;
        let (from, to) = (column(group.steps.0), column(group.steps.1));
        // What would lie between two columns takes one all the same.
        let drawn = from..(to - apart.min(to - from)).max(from + 1);
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
            for column in drawn.clone() {
                grid.put(inside.column + column, inside.row + inside.height - 1 - row, letter, ink);
            }
        }
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
        let summed: Vec<_> = groups(&values, 2, Some(5.0)).iter().map(|g| (g.value, g.series, g.partial)).collect();
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
