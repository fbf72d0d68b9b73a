//! The charts of a run: what a stage recorded, as numbers ready to be drawn.
//!
//! `build` makes them of plain numbers; what each stage has to show is told beside its record, in
//! [`crate::store::results`]. The screen and the headless report draw the same.

pub(super) mod build;
mod calendar;
mod explained;
#[cfg(test)]
mod tests;

use crate::plot::{self, Axis, Bar, Canvas, Curve, Plot};
pub use calendar::day_ticks;
pub use explained::explained;

/// A figure with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its name for programs: one of `events-by-day`, `shares`, `elbow`, `silhouette`, `roc`, `calibration`, `lift`,
    /// `coefficients`, `deciles`, `importance`, `revenue-deciles`, `totals`, `recall`, `qini`, `uplift-deciles`, `groups`, `policies`.
    pub id: &'static str,
    /// Its name for people; says so where a campaign is simulated.
    pub title: String,
    /// What is drawn.
    pub kind: ChartKind,
    /// What stands out on the level axis unless something else is asked for, such as the k that was chosen.
    pub mark: Option<f64>,
}

/// What a figure is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum ChartKind {
    /// Curves over a numeric axis.
    Curves {
        /// The level axis.
        x: Scale,
        /// The upright axis.
        y: Scale,
        /// Name and points of each curve.
        curves: Vec<(String, Vec<(f64, f64)>)>,
    },
    /// Bars with words.
    Bars {
        /// What their length is, with its unit.
        title: String,
        /// The bars.
        bars: Vec<Length>,
    },
    /// One upright bar a step.
    Columns(Steps),
    /// One line over steps.
    Line(Steps),
}

/// An axis of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// What is measured, with its unit.
    pub title: String,
    /// Its ends; `None` takes them from the data.
    pub bounds: Option<(f64, f64)>,
}

/// One bar of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Length {
    /// What it stands for.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// Its length in words.
    pub words: String,
    /// Whose colour it has.
    pub series: usize,
}

/// Values over equal steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// What the steps are, with their unit.
    pub x_title: String,
    /// What is counted, with its unit.
    pub y_title: String,
    /// One value a step.
    pub values: Vec<f64>,
    /// Names of the first and the last step.
    pub ends: (String, String),
    /// What stands on the axis between its ends: a place in steps, a whole number where a step begins, and its label.
    pub ticks: Vec<(f64, String)>,
}

impl Chart {
    /// Draws it. `at` stands out on the level axis: a number of curves, a step (from 0) of columns.
    pub fn plot(&self, canvas: &Canvas, at: Option<f64>) -> Plot {
        let at = at.or(self.mark);
        match &self.kind {
            ChartKind::Curves { x, y, curves } => {
                let curves: Vec<Curve<'_>> = curves.iter().map(|(name, points)| Curve { name, points }).collect();
                plot::curves(&x.axis(), &y.axis(), &curves, at, canvas)
            }
            ChartKind::Bars { title, bars } => {
                let bars: Vec<Bar<'_>> = bars.iter().map(Length::bar).collect();
                plot::bars(title, &bars, canvas)
            }
            ChartKind::Columns(steps) => plot::ticked(&steps.columns(at), &steps.axis(), canvas),
            ChartKind::Line(steps) => plot::line(&steps.columns(at), &steps.axis(), canvas),
        }
    }

    /// Rows in which it reads well.
    pub fn height(&self) -> usize {
        match &self.kind {
            ChartKind::Curves { .. } => 13,
            ChartKind::Bars { bars, .. } => bars.len() + 1,
            ChartKind::Columns(_) | ChartKind::Line(_) => 9,
        }
    }
}

impl Scale {
    fn axis(&self) -> Axis<'_> {
        Axis { title: &self.title, bounds: self.bounds }
    }
}

impl Length {
    fn bar(&self) -> Bar<'_> {
        Bar { label: &self.label, value: self.value, words: &self.words, series: self.series }
    }
}

impl Steps {
    fn axis(&self) -> plot::Steps {
        plot::Steps { ticks: self.ticks.clone(), at: None }
    }

    fn columns(&self, at: Option<f64>) -> plot::Columns<'_> {
        plot::Columns {
            x: Axis { title: &self.x_title, bounds: None },
            y_title: &self.y_title,
            values: &self.values,
            ends: (&self.ends.0, &self.ends.1),
            at: at.filter(|at| *at >= 0.0).map(|at| at.round() as usize),
        }
    }
}
