//! What a column holds: counts, quantiles, a histogram, the most frequent values. A line of the latter two can be filtered
//! by.

use ratatui::Frame;
use ratatui::layout::Size;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::format;
use crate::job::Job;
use crate::store::{Part, Statistics};
use crate::ui::command::Move;
use crate::ui::drill::scroll;
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 72;
/// Columns of a bar.
const BAR: usize = 20;
/// Blanks between two quantiles.
const APART: usize = 4;
/// Different values of which no single one tells much.
const MANY: u64 = 50;
/// Columns of a count.
const COUNT: usize = 11;

/// What a column holds, or that it is being counted.
#[derive(Debug)]
pub struct StatisticsBox {
    /// The number of the request.
    pub generation: u64,
    /// Cancelled when nobody wants the answer any more.
    pub job: Job,
    column: String,
    noun: &'static str,
    told: Option<Result<Statistics, String>>,
    /// The line under the cursor, among those that can be filtered by.
    at: usize,
}

impl Drop for StatisticsBox {
    fn drop(&mut self) {
        self.job.cancel();
    }
}

impl StatisticsBox {
    /// One that waits for its answer.
    pub fn waiting(generation: u64, column: &str, noun: &'static str) -> Self {
        Self { generation, job: Job::new(), column: column.to_owned(), noun, told: None, at: 0 }
    }

    /// Takes the answer.
    pub fn take(&mut self, told: Result<Statistics, String>) {
        self.told = Some(told);
    }

    /// The parts that can be chosen.
    fn parts(&self) -> Vec<&Part> {
        match &self.told {
            Some(Ok(told)) => told.histogram.iter().chain(frequent(told)).collect(),
            _ => Vec::new(),
        }
    }

    /// The part under the cursor.
    pub fn chosen(&self) -> Option<&Part> {
        self.parts().get(self.at).copied()
    }

    /// Moves the cursor.
    pub fn moved(&mut self, command: Move, size: Size) {
        let last = self.parts().len().saturating_sub(1) as u16;
        self.at = usize::from(scroll::moved(command, self.at as u16, last, size.height / 2));
    }

    /// What is told in words, above the parts.
    fn facts(&self, told: &Statistics, columns: usize) -> Vec<String> {
        let count = format::thousands;
        let noun = self.noun;
        let mut facts = vec![
            format!("{} {noun}", count(told.rows)),
            format!("{} without a value", count(told.unknown)),
            format!("{} different", count(told.distinct)),
        ];
        facts.extend(told.mean.iter().map(|(_, mean)| format!("mean {mean}")));
        let mut lines = text::wrap(&text::clean(&facts.join(", ")), columns);
        lines.extend(quantiles(told, columns));
        lines
    }

    /// The lines, and the place among them of the one under the cursor.
    fn lines(&self, columns: usize, theme: &Theme) -> (Vec<Line<'static>>, usize) {
        let told = match &self.told {
            None => return (vec![Line::styled("counting", theme.style(Role::Dim))], 0),
            Some(Err(problem)) => {
                let lines = text::wrap(&text::clean(problem), columns).into_iter();
                return (lines.map(|line| Line::styled(line, theme.style(Role::Bad))).collect(), 0);
            }
            Some(Ok(told)) => told,
        };
        let mut lines: Vec<Line<'static>> = self.facts(told, columns).into_iter().map(Line::from).collect();
        let (mut place, mut at) = (0, 0);
        for (title, parts) in [("Histogram", told.histogram.as_slice()), ("Most frequent", frequent(told))] {
            if parts.is_empty() {
                continue;
            }
            lines.push(Line::styled(title, theme.style(Role::Header)));
            let most = parts.iter().map(|part| part.rows).max().unwrap_or(0).max(1);
            for part in parts {
                let here = at == self.at;
                if here {
                    place = lines.len();
                }
                lines.push(line(part, most, here, columns, theme));
                at += 1;
            }
        }
        (lines, place)
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let columns = usize::from(WIDTH.min(size.width.saturating_sub(2)).saturating_sub(2)).max(1);
        let (lines, place) = self.lines(columns, theme);
        let area = layout::centred(size, WIDTH, lines.len() as u16 + 2);
        frame.render_widget(Clear, area);
        let title = text::fit(&text::clean(&self.column), columns.saturating_sub(4), &theme.glyphs.cut);
        let inside = panel::framed(&title, area, frame.buffer_mut(), theme);
        let first = (place + 1).saturating_sub(usize::from(inside.height));
        panel::lines(lines.into_iter().skip(first).collect(), inside, frame.buffer_mut());
    }
}

/// The quantiles in two columns, each read downwards; in one where there is no room for two.
fn quantiles(told: &Statistics, columns: usize) -> Vec<String> {
    let cells: Vec<(&str, String)> =
        told.quantiles.iter().map(|(title, shown, _)| (*title, text::clean(shown))).collect();
    let titles = cells.iter().map(|(title, _)| text::width(title)).max().unwrap_or(0);
    let values = cells.iter().map(|(_, shown)| text::width(shown)).max().unwrap_or(0);
    let side_by_side = if 2 * (titles + values + 2) + APART <= columns { 2 } else { 1 };
    let rows = cells.len().div_ceil(side_by_side);
    let cell = |(title, shown): &(&str, String)| {
        format!("{}  {}", text::pad(title, titles, false, ""), text::pad(shown, values, true, ""))
    };
    (0..rows)
        .map(|row| {
            let cells = cells.iter().skip(row).step_by(rows.max(1)).map(cell);
            text::fit(&cells.collect::<Vec<_>>().join(&" ".repeat(APART)), columns, "")
        })
        .collect()
}

/// The most frequent values; none of a column whose values are nearly all different.
fn frequent(told: &Statistics) -> &[Part] {
    let most = told.frequent.iter().map(|part| part.rows).max().unwrap_or(0);
    let continuous = told.distinct > MANY && most * 100 < told.rows && !told.histogram.is_empty();
    if continuous { &[] } else { &told.frequent }
}

/// A part with its bar.
fn line(part: &Part, most: u64, here: bool, columns: usize, theme: &Theme) -> Line<'static> {
    let cut = &theme.glyphs.cut;
    let cursor = text::pad(if here { theme.glyphs.cursor.as_str() } else { "" }, 2, false, "");
    let bar = panel::bar(part.rows as f64 / most as f64, BAR, theme);
    let room = columns.saturating_sub(2 + COUNT + 2 + BAR);
    let words = format!(
        "{cursor}{}{}  ",
        text::pad(&text::clean(&part.label), room, false, cut),
        text::pad(&format::thousands(part.rows), COUNT, true, cut)
    );
    let style = theme.style(if here { Role::Cursor } else { Role::Text });
    Line::from(vec![Span::styled(words, style), Span::styled(bar, theme.style(Role::Chart))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Cell;

    fn told(distinct: u64, most: u64) -> Statistics {
        let part = |rows| Part { label: "0".to_owned(), rows, condition: None };
        let quantile = |title, shown: &str| (title, shown.to_owned(), Cell::Null);
        Statistics {
            column: "churn".to_owned(),
            rows: 1_000,
            unknown: 0,
            distinct,
            mean: None,
            quantiles: vec![
                quantile("least", "9.1 %"),
                quantile("5th percentile", "53.6 %"),
                quantile("median", "97 %"),
            ],
            histogram: vec![part(1_000)],
            frequent: vec![part(most)],
        }
    }

    #[test]
    fn quantiles_stand_under_each_other_and_never_break() {
        let told = told(9, 9);
        assert_eq!(
            quantiles(&told, 70),
            ["least            9.1 %    median            97 %", "5th percentile  53.6 %",]
        );
        assert_eq!(quantiles(&told, 30).len(), 3);
    }

    #[test]
    fn of_values_that_are_nearly_all_different_none_is_frequent() {
        assert_eq!(
            [frequent(&told(900, 9)).len(), frequent(&told(900, 10)).len(), frequent(&told(50, 9)).len()],
            [0, 1, 1]
        );
    }
}
