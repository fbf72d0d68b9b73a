//! Text charts: lines by textplots, columns by block characters; both with an ASCII form.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Sparkline, Widget};
use textplots::{Chart, Plot, Shape};

use super::text;
use crate::ui::theme::{Role, Theme};

/// textplots refuses fewer dots than these; a cell is 2 dots wide and 4 high.
const LEAST_DOTS: (u32, u32) = (32, 3);

/// One series over equal steps, with what stands at its axes.
pub struct Series<'a> {
    /// What is counted, with its unit: the title of the upright axis.
    pub unit: &'a str,
    /// Names of the first and the last step.
    pub ends: (String, String),
    /// One value a step; never NaN.
    pub values: &'a [f64],
}

impl Series<'_> {
    fn top(&self) -> f64 {
        self.values.iter().copied().fold(0.0, f64::max).max(1.0)
    }
}

/// Draws a line chart: unit and greatest value above, zero and the ends of the level axis below.
pub fn line(series: &Series<'_>, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(plot) = axes(series, area, buffer, theme) else { return };
    if series.values.len() < 2 {
        let words = Span::styled("one step alone draws no line", theme.style(Role::Dim));
        Line::from(words).render(plot, buffer);
        return;
    }
    let dots = ((u32::from(plot.width) - 1) * 2, (u32::from(plot.height) - 1) * 4);
    let points: Vec<(f32, f32)> =
        series.values.iter().enumerate().map(|(step, value)| (step as f32, *value as f32)).collect();
    let last = (points.len() - 1) as f32;
    let shape = Shape::Lines(&points);
    let mut chart = Chart::new_with_y_range(dots.0, dots.1, 0.0, last, 0.0, series.top() as f32);
    let chart = chart.lineplot(&shape);
    chart.figures();
    let style = theme.style(Role::Chart);
    for (row, drawn) in chart.frame().lines().take(usize::from(plot.height)).enumerate() {
        let drawn: String =
            drawn.chars().map(|letter| if theme.glyphs.ascii { ascii(letter) } else { letter }).collect();
        let drawn = text::fit(drawn.trim_end(), usize::from(plot.width), "");
        buffer.set_string(plot.x, plot.y + row as u16, drawn, style);
    }
}

/// Draws one column a step; where there are more steps than columns, the newest.
pub fn columns(series: &Series<'_>, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(plot) = axes(series, area, buffer, theme) else { return };
    let first = series.values.len().saturating_sub(usize::from(plot.width));
    let heights: Vec<u64> = series.values[first..].iter().map(|value| value.max(0.0).round() as u64).collect();
    Sparkline::default()
        .data(&heights)
        .max(series.top().ceil() as u64)
        .bar_set(theme.levels())
        .style(theme.style(Role::Chart))
        .render(plot, buffer);
}

/// Writes the axes' words; the area left for the figure, if it is large enough.
fn axes(series: &Series<'_>, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Option<Rect> {
    let plot = Rect { y: area.y + 1, height: area.height.checked_sub(2)?, ..area };
    let enough = plot.height >= 2
        && (u32::from(plot.width).saturating_sub(1)) * 2 >= LEAST_DOTS.0
        && (u32::from(plot.height) - 1) * 4 >= LEAST_DOTS.1;
    if !enough || series.values.is_empty() {
        let words = if series.values.is_empty() { "no data" } else { "no room for the chart" };
        Line::from(Span::styled(words, theme.style(Role::Dim))).render(Rect { height: 1, ..area }, buffer);
        return None;
    }
    let columns = usize::from(area.width);
    let dim = theme.style(Role::Dim);
    let above = format!("{}, top {}", series.unit, text::number(series.top()));
    buffer.set_string(area.x, area.y, text::fit(&above, columns, &theme.glyphs.cut), dim);
    let (first, last) = &series.ends;
    let between = columns.saturating_sub(text::width(first) + text::width(last)).max(1);
    let below = format!("{first}{}{last}", " ".repeat(between));
    buffer.set_string(area.x, area.bottom() - 1, text::fit(&below, columns, &theme.glyphs.cut), dim);
    Some(plot)
}

/// A braille character as the ASCII character nearest to its dots.
fn ascii(letter: char) -> char {
    let Some(dots) = u32::from(letter).checked_sub(0x2800).filter(|dots| *dots < 0x100) else { return letter };
    // Bits of the four rows of dots, from above.
    let rows = [0x09, 0x12, 0x24, 0xc0].map(|row| dots & row != 0);
    match rows {
        [false, false, false, false] => ' ',
        [_, _, false, false] => '\'',
        [false, false, _, _] => {
            if rows[3] && !rows[2] {
                '_'
            } else {
                '.'
            }
        }
        [true, true, true, true] => '|',
        [false, true, true, false] => '-',
        [true, ..] => '/',
        [false, ..] => ',',
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ui::theme::Depth;

    fn drawn(
        values: &[f64],
        width: u16,
        height: u16,
        ascii: bool,
        draw: fn(&Series<'_>, Rect, &mut Buffer, &Theme),
    ) -> Vec<String> {
        let theme =
            Theme::built_in(Depth::True).unwrap().into_iter().find(|theme| theme.glyphs.ascii == ascii).unwrap();
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let series = Series { unit: "events a day", ends: ("05-03".to_owned(), "05-30".to_owned()), values };
        draw(&series, area, &mut buffer, &theme);
        (0..height).map(|y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>()).collect()
    }

    #[test]
    fn a_peak_in_the_middle_is_drawn_in_the_middle_and_high() {
        let values: Vec<f64> = (0..41).map(|step| if step == 20 { 100.0 } else { 0.0 }).collect();
        let lines = drawn(&values, 40, 8, false, line);
        assert!(lines[0].starts_with("events a day, top 100"));
        assert!(lines[7].starts_with("05-03") && lines[7].ends_with("05-30"));
        let top: Vec<usize> =
            lines[1].chars().enumerate().filter(|(_, letter)| *letter != ' ').map(|(at, _)| at).collect();
        assert!(!top.is_empty() && top.iter().all(|at| (18..=21).contains(at)), "{lines:#?}");
    }

    #[test]
    fn the_ascii_form_is_ascii() {
        let values: Vec<f64> = (0..60).map(|step| f64::from(step * step % 37)).collect();
        for draw in [line, columns] {
            let lines = drawn(&values, 40, 9, true, draw);
            assert!(lines.iter().all(|line| line.is_ascii()), "{lines:#?}");
            assert!(lines[1..8].iter().any(|line| !line.trim().is_empty()));
        }
    }

    #[test]
    fn any_size_and_any_series_is_drawn_without_a_panic() {
        let one = [3.0];
        let flat = [0.0; 9];
        let large = [f64::from(u32::MAX); 500];
        for values in [&[][..], &one, &flat, &large] {
            for (width, height) in [(1, 1), (3, 2), (16, 4), (17, 4), (33, 3), (200, 60)] {
                for draw in [line, columns] {
                    drawn(values, width, height, false, draw);
                }
            }
        }
    }
}
