//! A chart of the store as a picture in SVG: no script, no font and no colour of its own, so that the page's style serves
//! it by day, by night and on paper.

mod axis;
mod bars;
mod canvas;
mod curves;
mod steps;

pub use crate::cli::report::svg::canvas::{COLOURS, Picture, colour};
use crate::store::{Chart, ChartKind};

/// Draws a chart.
pub fn draw(chart: &Chart) -> Picture {
    match &chart.kind {
        ChartKind::Curves { x, y, curves } => curves::draw(&chart.title, (x, y), curves, chart.mark),
        ChartKind::Bars { title, bars } => Picture { svg: bars::draw(&chart.title, title, bars), legend: Vec::new() },
        ChartKind::Columns(steps) => Picture { svg: steps::columns(&chart.title, steps), legend: Vec::new() },
        ChartKind::Line(steps) => Picture { svg: steps::area(&chart.title, steps), legend: Vec::new() },
    }
}

/// A single bar of a share of the width.
pub fn bar(title: &str, length: f64, series: usize) -> String {
    bars::single(title, length, series)
}
