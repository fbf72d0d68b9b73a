//! Lying bars: what each stands for and its words above it, so that both have room on a narrow screen.

use crate::cli::report::svg::canvas::{Canvas, WIDTH, colour};
use crate::store::Length;

/// From the words of a bar to those of the next.
const STEP: f64 = 38.0;

/// Bars with their words; those below zero lie left of the line at zero.
pub fn draw(title: &str, unit: &str, bars: &[Length]) -> String {
    let mut canvas = Canvas::default();
    canvas.text((0.0, 13.0), "t", "start", unit);
    let low = bars.iter().map(|bar| bar.value).fold(0.0, f64::min);
    let high = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let place = |value: f64| (value - low) / span * WIDTH;
    for (at, bar) in bars.iter().enumerate() {
        let top = 24.0 + at as f64 * STEP;
        canvas.text((0.0, top + 14.0), "b", "start", &bar.label);
        canvas.text((WIDTH, top + 14.0), "n", "end", &bar.words);
        let (from, to) = (place(bar.value.min(0.0)), place(bar.value.max(0.0)));
        let told = format!("{}: {}", bar.label.trim(), bar.words);
        // Zero is marked beside the bars alone: through the words a line would strike them out.
        if low < 0.0 {
            canvas.line((place(0.0), top + 18.0), (place(0.0), top + 31.0), "ax");
        }
        canvas.bar((from, top + 20.0), (to - from, 9.0), &format!("fl {}", colour(bar.series)), &told);
    }
    let height = 24.0 + bars.len() as f64 * STEP;
    canvas.svg(title, height)
}

/// One bar.
pub fn single(title: &str, length: f64, series: usize) -> String {
    let mut canvas = Canvas::default();
    canvas.bar((0.0, 0.0), (WIDTH, 8.0), "rail", "");
    canvas.bar((0.0, 0.0), (WIDTH * length.clamp(0.0, 1.0), 8.0), &format!("fl {}", colour(series)), title);
    canvas.stretched(title, 8.0)
}
