//! The frame of a chart: round ticks, lines across, titles.

use crate::cli::report::svg::canvas::{Canvas, HEIGHT, WIDTH};
use crate::plot::short;

/// Width of a letter of a tick, about, where it is largest: on paper and on a telephone.
const LETTER: f64 = 8.2;

/// An axis with round ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    /// Its ends.
    pub ends: (f64, f64),
    /// Where the ticks are, and what stands at each.
    pub at: Vec<(f64, String)>,
}

impl Ticks {
    /// An axis that holds both numbers and ends at ticks, about `most` of them; `share` writes them as percentages.
    pub fn round(low: f64, high: f64, most: u32, share: bool) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low - 0.5, low + 0.5) };
        let raw = (high - low) / f64::from(most.max(1));
        let size = 10_f64.powf(raw.log10().floor());
        let step =
            [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| step * size >= raw * 0.999).unwrap_or(10.0) * size;
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let count = (last - first).clamp(1.0, 50.0) as u32;
        let at = (0..=count).map(|tick| (first + f64::from(tick)) * step);
        Self {
            ends: (first * step, (first + f64::from(count)) * step),
            at: at.map(|value| (value, number(value, step, share))).collect(),
        }
    }

    /// One tick for each of the whole numbers between the ends.
    pub fn whole(low: f64, high: f64) -> Self {
        let at = (0..=(high - low).clamp(0.0, 50.0) as u32).map(|step| low + f64::from(step));
        let ends = if high > low { (low, high) } else { (low - 0.5, low + 0.5) };
        Self { ends, at: at.map(|value| (value, short(value))).collect() }
    }

    /// The place of a value as a share of the axis.
    pub fn place(&self, value: f64) -> f64 {
        ((value - self.ends.0) / (self.ends.1 - self.ends.0)).clamp(0.0, 1.0)
    }
}

/// A tick in as many digits as tell it from the next.
fn number(value: f64, step: f64, share: bool) -> String {
    let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
    if share {
        let decimals = usize::from(step < 0.0099) + usize::from(step < 0.000_99);
        return format!("{:.decimals$} %", value * 100.0);
    }
    if value.abs() >= 1_000.0 || value.abs() < 1e-4 {
        return short(value);
    }
    let decimals = (-(step * 1.001).log10().floor()).clamp(0.0, 6.0) as usize;
    let decimals = decimals + usize::from(decimals < 6 && ((step * 10_f64.powi(decimals as i32)).fract() > 0.01));
    format!("{value:.decimals$}")
}

/// Where a chart is drawn, inside its axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inside {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Inside {
    /// The place at shares of the width and of the height, the latter from below.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + x * self.width, self.top + (1.0 - y) * self.height)
    }
}

/// Draws the axes with their titles and gives what is left inside.
pub fn frame(canvas: &mut Canvas, (x, x_title): (&[(f64, String)], &str), (y, y_title): (&Ticks, &str)) -> Inside {
    let widest = y.at.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1);
    let left = (widest as f64 * LETTER + 10.0).max(24.0);
    let inside = Inside { left, top: 28.0, width: WIDTH - left - 14.0, height: HEIGHT - 28.0 - 44.0 };
    canvas.text((2.0, 13.0), "t", "start", y_title);
    for (value, label) in &y.at {
        let (_, row) = inside.at(0.0, y.place(*value));
        let class = if *value == 0.0 { "ax" } else { "gr" };
        canvas.line((left, row), (WIDTH - 14.0, row), class);
        canvas.text((left - 6.0, row + 4.5), "t", "end", label);
    }
    let bottom = inside.top + inside.height;
    if y.at.iter().all(|(value, _)| *value != 0.0) {
        canvas.line((left, bottom), (WIDTH - 14.0, bottom), "ax");
    }
    for (share, label) in x {
        let column = inside.left + share * inside.width;
        // At the ends a label stays within the picture.
        let half = label.chars().count() as f64 * LETTER / 2.0;
        canvas.text((column.clamp(half, WIDTH - half), bottom + 18.0), "t", "middle", label);
    }
    canvas.text((left + inside.width / 2.0, HEIGHT - 7.0), "t", "middle", x_title);
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, share: bool) -> Vec<String> {
        Ticks::round(low, high, 5, share).at.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_numbers() {
        assert_eq!(labels(0.0, 1.0, true), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(labels(0.0, 4_321.0, false), ["0", "1k", "2k", "3k", "4k", "5k"]);
        assert_eq!(labels(-0.013, 0.031, false), ["-0.02", "-0.01", "0", "0.01", "0.02", "0.03", "0.04"]);
        assert_eq!(labels(0.0, 12.0, false), ["0", "2.5", "5.0", "7.5", "10.0", "12.5"]);
        assert_eq!(labels(3.0, 3.0, false).len(), 7, "one number is no axis");
        assert_eq!(Ticks::whole(2.0, 5.0).at.len(), 4);
    }
}
