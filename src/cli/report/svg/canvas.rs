//! The elements that charts are drawn with. Colours and fonts are the page's, by class.

use std::fmt::Write as _;

use crate::cli::report::escape;

/// Width of every chart, in its own units.
pub const WIDTH: f64 = 480.0;
/// Height of one with axes.
pub const HEIGHT: f64 = 280.0;

/// Colours there are; one after the last begins anew.
pub const COLOURS: usize = 8;

/// The class of a series' colour.
pub fn colour(series: usize) -> String {
    format!("c{}", series % COLOURS)
}

/// A name in the legend, and the class of what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The class of its mark.
    pub class: String,
}

/// A picture and its legend, which is empty where one thing is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The `svg` element.
    pub svg: String,
    /// What is drawn.
    pub legend: Vec<Entry>,
}

/// A picture that is being drawn.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    body: String,
}

// Writing to a string cannot fail, here and below.
impl Canvas {
    /// A line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let (x1, y1, x2, y2) = (round(from.0), round(from.1), round(to.0), round(to.1));
        let _ = write!(self.body, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" class=\"{class}\"/>");
    }

    /// Points joined by lines.
    pub fn path(&mut self, points: impl IntoIterator<Item = (f64, f64)>, class: &str) {
        let _ = write!(self.body, "<polyline points=\"{}\" class=\"{class}\"/>", places(points));
    }

    /// The area within points.
    pub fn area(&mut self, points: impl IntoIterator<Item = (f64, f64)>, class: &str) {
        let _ = write!(self.body, "<polygon points=\"{}\" class=\"{class}\"/>", places(points));
    }

    /// A dot, with what is told of it.
    pub fn dot(&mut self, (x, y): (f64, f64), class: &str) {
        let _ = write!(self.body, "<circle cx=\"{}\" cy=\"{}\" r=\"3.2\" class=\"{class}\"/>", round(x), round(y));
    }

    /// A bar, with what is told of it where a pointer rests.
    pub fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), class: &str, told: &str) {
        let (x, y, width, height) = (round(x), round(y), round(width.max(0.0)), round(height.max(0.0)));
        let _ = write!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" class=\"{class}\"><title>{}</title></rect>",
            escape::html(told)
        );
    }

    /// A text; `anchor` is `start`, `middle` or `end`.
    pub fn text(&mut self, (x, y): (f64, f64), class: &str, anchor: &str, text: &str) {
        let (x, y, text) = (round(x), round(y), escape::html(text));
        let _ = write!(self.body, "<text x=\"{x}\" y=\"{y}\" class=\"{class}\" text-anchor=\"{anchor}\">{text}</text>");
    }

    /// The picture, called `title` to whoever does not see it.
    pub fn svg(self, title: &str, height: f64) -> String {
        self.element(title, height, "")
    }

    /// The same, drawn out to whatever room there is.
    pub fn stretched(self, title: &str, height: f64) -> String {
        self.element(title, height, " preserveAspectRatio=\"none\"")
    }

    fn element(self, title: &str, height: f64, how: &str) -> String {
        let (width, height, title) = (round(WIDTH), round(height), escape::html(title));
        let body = self.body;
        format!("<svg viewBox=\"0 0 {width} {height}\"{how} role=\"img\"><title>{title}</title>{body}</svg>")
    }
}

fn places(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut text = String::new();
    for (x, y) in points {
        let space = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{space}{},{}", round(x), round(y));
    }
    text
}

/// A coordinate with one decimal at most.
fn round(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
