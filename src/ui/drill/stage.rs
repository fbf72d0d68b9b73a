//! A stage's report: how it ended, its metrics, its notes, its files.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use serde_json::Value;

use crate::format;
use crate::stage::StageId;
use crate::store::results::with_intervals;
use crate::store::{Cell, Shown, StageRecord, Terms, metric, metric_label};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns of the names at most, of what is wide enough.
const NAMES: usize = 40;

/// A stage's report.
#[derive(Debug)]
pub struct StagePage {
    record: StageRecord,
    terms: Terms,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

/// What is said: under a heading a name and its value, or words alone.
enum Fact {
    Heading(&'static str),
    Named(Role, String, String),
    Words(Role, String),
}

impl StagePage {
    /// Whose report it is.
    pub fn stage(&self) -> StageId {
        self.record.id
    }

    /// The report of a record, in the terms of its run.
    pub fn new(record: StageRecord, terms: Terms) -> Self {
        Self { record, terms, scroll: 0 }
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        self.record.id.name().to_owned()
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let body = layout::body(size);
        let lines = u16::try_from(self.lines(body.width.saturating_sub(2)).len()).unwrap_or(u16::MAX);
        lines.saturating_sub(body.height.saturating_sub(2))
    }

    fn facts(&self) -> Vec<Fact> {
        let record = &self.record;
        let named = |name: &str, told: String| Fact::Named(Role::Text, name.to_owned(), told);
        let mut facts = vec![
            named("State", record.state.name().to_owned()),
            named("Time", format::seconds(record.seconds)),
            named("Rows", format::thousands(record.rows)),
        ];
        facts.extend(record.peak_rss_bytes.map(|peak| named("Peak memory", format::bytes(peak))));
        if let Some(reason) = &record.reason {
            facts.push(Fact::Named(Role::Warn, "Reason".to_owned(), text::clean(reason)));
        }
        // What a stage has no number for is told in its notes.
        let known = with_intervals(&record.metrics, |name, value| self.told(name, value))
            .filter(|(name, _)| record.metrics.get(*name).is_some_and(|value| !value.is_null()));
        let metrics: Vec<Fact> =
            known.map(|(name, told)| named(&text::clean(&metric_label(record.id, name)), told)).collect();
        let notes = record.notes.iter().map(|note| Fact::Words(Role::Text, format!("· {}", text::clean(note))));
        let files = record.files.iter().map(|file| {
            named(&text::clean(&file.name), format!("{}  xxh3 {}", format::bytes(file.bytes), text::clean(&file.xxh3)))
        });
        for (heading, part) in [("Metrics", metrics), ("Notes", notes.collect()), ("Files", files.collect())] {
            if !part.is_empty() {
                facts.push(Fact::Heading(heading));
                facts.extend(part);
            }
        }
        facts
    }

    /// A metric's value in words, as the catalogue says its kind.
    fn told(&self, name: &str, value: &Value) -> String {
        let shown = metric(self.record.id, name).map(|(entry, _)| self.terms.of_metric(entry, name));
        match value {
            Value::Null => Cell::Null.to_string(),
            Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::Number(number) => {
                let shown = shown.or_else(|| number.is_u64().then_some(Shown::Count)).unwrap_or(Shown::Plain);
                number.as_f64().map_or_else(|| number.to_string(), |value| shown.number(value, &self.terms.currency))
            }
            Value::String(words) => text::clean(words),
            Value::Array(values) => {
                // A list of real numbers is one of shares.
                let told = values.iter().map(|value| match value.as_f64().filter(|_| !value.is_u64()) {
                    Some(share) => Shown::Share.number(share, ""),
                    None => self.told(name, value),
                });
                told.collect::<Vec<_>>().join(" · ")
            }
            Value::Object(_) => text::clean(&value.to_string()),
        }
    }

    /// The lines in so many columns: the style of what stands left and right, and what stands there.
    fn lines(&self, width: u16) -> Vec<[(Role, String); 2]> {
        let width = usize::from(width).max(8);
        let facts = self.facts();
        let widest = facts.iter().map(|fact| if let Fact::Named(_, name, _) = fact { text::width(name) } else { 0 });
        let names = widest.max().unwrap_or(0).min(NAMES).min(width / 2 - 2);
        let mut lines = Vec::new();
        for fact in facts {
            match fact {
                Fact::Heading(words) => lines.push([(Role::Header, words.to_owned()), (Role::Text, String::new())]),
                Fact::Words(role, words) => {
                    let mut pieces = text::wrap(&words, width - 2).into_iter();
                    let first = pieces.next().unwrap_or_default();
                    lines.push([(role, first), (Role::Text, String::new())]);
                    lines.extend(pieces.map(|piece| [(role, format!("  {piece}")), (Role::Text, String::new())]));
                }
                Fact::Named(role, name, value) => {
                    let left = text::wrap(&name, names);
                    let right = text::wrap(&value, width - names - 2);
                    for at in 0..left.len().max(right.len()) {
                        let name = left.get(at).map_or("", String::as_str);
                        lines.push([
                            (Role::Dim, text::pad(name, names, false, "") + "  "),
                            (role, right.get(at).cloned().unwrap_or_default()),
                        ]);
                    }
                }
            }
        }
        lines
    }

    /// Draws the part in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let inside = panel::framed(&format!("Report of {}", self.record.id), area, buffer, theme);
        let lines = self.lines(inside.width).into_iter().skip(usize::from(self.scroll));
        let spans =
            lines.map(|parts| Line::from(parts.map(|(role, words)| Span::styled(words, theme.style(role))).to_vec()));
        panel::lines(spans.collect(), inside, buffer);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stage::StageState;

    fn page() -> StagePage {
        let mut record = StageRecord::new(StageId::Churn, StageState::Done);
        record.metrics = serde_json::from_str(
            r#"{"base_rate": 0.8816, "base_rate_low": 0.8688, "base_rate_high": 0.8945, "auc": 0.8576, "differs": true,
            "seen_before": 12345, "returned": null, "sizes": [1028, 528], "explained_variance": [0.73, 0.1556]}"#,
        )
        .unwrap();
        record.notes = vec!["who has no event for 20 days counts as gone, and that is a long note".to_owned()];
        StagePage::new(record, Terms::default())
    }

    #[test]
    fn metrics_are_told_by_their_labels_and_kinds() {
        let told: Vec<(String, String)> = page()
            .facts()
            .into_iter()
            .filter_map(|fact| if let Fact::Named(_, name, value) = fact { Some((name, value)) } else { None })
            .skip(3)
            .collect();
        let expected = [
            ("Share that left", "88.2 % (86.9 % to 89.5 %)"),
            ("Ranking (AUC)", "0.858"),
            ("Differs", "yes"),
            ("Seen before", "12,345"),
            ("Sizes", "1,028 · 528"),
            ("Explained variance", "73.0 % · 15.6 %"),
        ];
        assert_eq!(told, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn notes_are_read_whole_in_any_width() {
        let page = page();
        for width in [20, 58, 78, 198] {
            let lines: Vec<String> =
                page.lines(width).iter().map(|[left, right]| format!("{}{}", left.1, right.1)).collect();
            assert!(lines.iter().all(|line| text::width(line) <= usize::from(width)), "{lines:#?}");
            let all = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(all.contains("that is a long note") || width == 20, "{all}");
        }
    }
}
