//! A stage's report: how it ended, its metrics, its notes, its files.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};
use serde_json::Value;

use crate::format;
use crate::stage::StageId;
use crate::store::StageRecord;
use crate::store::results::with_intervals;
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// A stage's report.
#[derive(Debug)]
pub struct StagePage {
    record: StageRecord,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

impl StagePage {
    /// Whose report it is.
    pub fn stage(&self) -> StageId {
        self.record.id
    }

    /// The report of a record.
    pub fn new(record: StageRecord) -> Self {
        Self { record, scroll: 0 }
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        self.record.id.name().to_owned()
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let room = layout::body(size).height.saturating_sub(2);
        (self.facts().len() as u16).saturating_sub(room)
    }

    /// What is said, as (role, name, value).
    fn facts(&self) -> Vec<(Role, String, String)> {
        let record = &self.record;
        let mut facts = vec![
            (Role::Text, "state".to_owned(), record.state.name().to_owned()),
            (Role::Text, "time".to_owned(), format::seconds(record.seconds)),
            (Role::Text, "rows".to_owned(), format::thousands(record.rows)),
        ];
        if let Some(peak) = record.peak_rss_bytes {
            facts.push((Role::Text, "peak memory".to_owned(), format::bytes(peak)));
        }
        if let Some(reason) = &record.reason {
            facts.push((Role::Warn, "reason".to_owned(), text::clean(reason)));
        }
        if !record.metrics.is_empty() {
            facts.push((Role::Header, "Metrics".to_owned(), String::new()));
        }
        for (name, told) in with_intervals(&record.metrics, |_, value| said(value)) {
            facts.push((Role::Text, text::clean(name), told));
        }
        if !record.notes.is_empty() {
            facts.push((Role::Header, "Notes".to_owned(), String::new()));
        }
        for note in &record.notes {
            facts.push((Role::Warn, String::new(), text::clean(note)));
        }
        if !record.files.is_empty() {
            facts.push((Role::Header, "Files".to_owned(), String::new()));
        }
        for file in &record.files {
            facts.push((
                Role::Text,
                text::clean(&file.name),
                format!("{}  xxh3 {}", format::bytes(file.bytes), file.xxh3),
            ));
        }
        facts
    }

    /// Draws the part in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let inside = panel::framed(&format!("Report of {}", self.record.id), area, buffer, theme);
        let facts = self.facts();
        let names = facts.iter().map(|(_, name, _)| text::width(name)).max().unwrap_or(0).min(32);
        let room = usize::from(inside.width).saturating_sub(names + 2);
        let lines = facts.into_iter().skip(usize::from(self.scroll)).map(|(role, name, value)| {
            let (name_role, value_role) =
                if role == Role::Header { (Role::Header, Role::Text) } else { (Role::Dim, role) };
            Line::from(vec![
                Span::styled(text::pad(&name, names, false, &theme.glyphs.cut) + "  ", theme.style(name_role)),
                Span::styled(text::fit(&value, room, &theme.glyphs.cut), theme.style(value_role)),
            ])
        });
        panel::lines(lines.collect(), inside, buffer);
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "unknown".to_owned(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), format::number),
        Value::String(words) => text::clean(words),
        Value::Array(values) => values.iter().map(said).collect::<Vec<_>>().join(", "),
        other => text::clean(&other.to_string()),
    }
}
