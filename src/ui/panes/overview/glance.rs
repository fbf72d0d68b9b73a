//! The figures, what is worth saying, and the segments.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::Glance;
use crate::ui::app::App;
use crate::ui::front::Spot;
use crate::ui::panes::overview::look;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Columns of a figure's name and of the figure.
const LABEL: usize = 20;
const VALUE: usize = 14;

/// One figure a row.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let inside = panel::framed("At a glance", area, buffer, theme);
    let width = usize::from(inside.width);
    let lines = app.front.glances.iter().enumerate().map(|(at, glance)| figure(app, at, glance, width));
    panel::lines(lines.collect(), inside, buffer);
}

fn figure(app: &App, at: usize, glance: &Glance, width: usize) -> Line<'static> {
    let theme = app.theme();
    let (cut, between) = (&theme.glyphs.cut, &theme.glyphs.between);
    let (mark, base) = look(app, Spot::Figure(at));
    let here = app.spot() == Some(Spot::Figure(at));
    let value = glance.value.as_deref().unwrap_or("–");
    let room = width.saturating_sub(2 + LABEL + VALUE + 2);
    // As many notes as are seen whole, the first in any case.
    let mut notes = String::new();
    for note in &glance.notes {
        let more = if notes.is_empty() { text::clean(note) } else { format!(" {between} {}", text::clean(note)) };
        if notes.is_empty() || text::width(&notes) + text::width(&more) <= room {
            notes += &more;
        }
    }
    let strong = if here { base } else { theme.style(Role::Number) };
    Line::from(vec![
        Span::styled(mark, base),
        Span::styled(text::pad(glance.label, LABEL, false, cut), base),
        Span::styled(text::pad(&text::clean(value), VALUE, true, cut), strong),
        Span::styled(format!("  {}", text::pad(&notes, room, false, cut)), base),
    ])
}

/// Rows in which all that is worth saying stands, frame included.
pub(super) fn news_rows(app: &App, width: u16) -> u16 {
    let lines = news(app, usize::from(width.saturating_sub(2))).len();
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2)
}

fn news(app: &App, width: usize) -> Vec<Line<'static>> {
    let style = app.theme().style(Role::Text);
    let mut lines = Vec::new();
    for said in &app.front.news {
        for (at, line) in text::wrap(&text::clean(said), width.saturating_sub(2).max(1)).into_iter().enumerate() {
            let before = if at == 0 { "•" } else { " " };
            lines.push(Line::styled(format!("{before} {line}"), style));
        }
    }
    lines
}

/// What is worth saying, a sentence each.
pub(super) fn draw_news(app: &App, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let theme = app.theme();
    let inside = panel::framed("What matters", area, buffer, theme);
    let width = usize::from(inside.width);
    let mut lines = news(app, width);
    let (all, room) = (lines.len(), usize::from(inside.height));
    if all > room {
        lines.truncate(room.saturating_sub(1));
        let words = {
            let more = format::counted((all - lines.len()) as u64, "lines");
            format!("{} {more} more: user360 report tells all", theme.glyphs.cut)
        };
        lines.push(Line::styled(text::fit(&words, width, &theme.glyphs.cut), theme.style(Role::Dim)));
    }
    panel::lines(lines, inside, buffer);
}

/// The segments, one a row, with their share as a bar.
pub(super) fn draw_segments(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let segments = &app.front.segments;
    let room = usize::from(area.height.saturating_sub(2));
    let shown = segments.len().min(room);
    let title = if shown < segments.len() {
        format!("Segments, first {shown} of {}", segments.len())
    } else {
        "Segments".to_owned()
    };
    let inside = panel::framed(&title, area, buffer, theme);
    if segments.is_empty() {
        let words = "this run has no segments";
        return panel::lines(vec![Line::styled(words, theme.style(Role::Dim))], inside, buffer);
    }
    let width = usize::from(inside.width);
    let longest = segments.iter().map(|segment| text::width(&text::clean(&segment.name))).max().unwrap_or(0);
    let names = longest.min(width.saturating_sub(4 + 20)).max(8);
    let bar = width.saturating_sub(4 + names + 20).min(30);
    let most = segments.iter().map(|segment| segment.share).fold(f64::MIN_POSITIVE, f64::max);
    // With room for two lines a segment, the second says what holds for its members; what needs a third has it while there are rows.
    let mut spare = room.checked_sub(2 * segments.len());
    let mut lines = Vec::new();
    for (at, segment) in segments.iter().take(shown).enumerate() {
        let (name, users, share) = (&segment.name, segment.users, segment.share);
        let (mark, base) = look(app, Spot::Segment(at));
        let here = app.spot() == Some(Spot::Segment(at));
        let (dot, colour) = app
            .segment_series(name)
            .map_or_else(|| theme.dot(at, segments.len()), |(number, of)| theme.dot(number, of));
        let colour = if here { base } else { colour };
        let strong = if here { base } else { theme.style(Role::Number) };
        lines.push(Line::from(vec![
            Span::styled(mark, base),
            Span::styled(format!("{dot} "), colour),
            Span::styled(text::pad(&text::clean(name), names, false, &theme.glyphs.cut), base),
            Span::styled(format!("{:>11}{:>8} ", format::thousands(users), format::percent(share)), strong),
            Span::styled(panel::bar(share / most, bar, theme), colour),
        ]));
        if let Some(rows) = &mut spare {
            let told = described(&segment.description, width.saturating_sub(4), 1 + (*rows).min(1), &theme.glyphs.cut);
            *rows -= told.len().saturating_sub(1).min(*rows);
            lines.extend(told.into_iter().map(|line| Line::styled(format!("    {line}"), theme.style(Role::Dim))));
        }
    }
    panel::lines(lines, inside, buffer);
}

/// What holds for a segment's members in at most so many rows: as many of the facts as stand whole.
fn described(description: &str, width: usize, rows: usize, cut: &str) -> Vec<String> {
    let wrapped = |words: &str| text::wrap(&text::clean(words), width.max(1));
    // Its users and share stand in the line above.
    let said = description.split_once(" · ").map_or(description, |(_, rest)| rest);
    let facts: Vec<&str> = said.split(" · ").collect();
    let whole = (1..=facts.len()).rev().map(|kept| wrapped(&facts[..kept].join(" · ")));
    if let Some(lines) = whole.into_iter().find(|lines| lines.len() <= rows) {
        return lines;
    }
    // How it is elsewhere matters least.
    let first = facts.first().copied().unwrap_or_default();
    let shorter = first.split_once(" of everyone else: ").and_then(|(shares, meaning)| {
        let (own, _) = shares.split_once(", ")?;
        Some(format!("{own}: {meaning}"))
    });
    let mut lines = wrapped(shorter.as_deref().unwrap_or(first));
    if lines.len() > rows {
        let rest = lines.split_off(rows.saturating_sub(1)).join(" ");
        lines.push(text::fit(&rest, width, cut));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_told_in_whole_facts_as_far_as_there_is_room() {
        let said =
            "518 users, 18.5 % · 86.7 % of them, 18.3 % of everyone else: a cart or more · last seen 40 days ago";
        let of = |width, rows| described(said, width, rows, "…");
        assert_eq!(of(90, 1), ["86.7 % of them, 18.3 % of everyone else: a cart or more · last seen 40 days ago"]);
        assert_eq!(of(56, 1), ["86.7 % of them, 18.3 % of everyone else: a cart or more"]);
        assert_eq!(of(40, 1), ["86.7 % of them: a cart or more"]);
        assert_eq!(of(20, 1), ["86.7 % of them: a c…"]);
        assert_eq!(of(45, 2), ["86.7 % of them, 18.3 % of everyone else: a", "cart or more · last seen 40 days ago"]);
    }
}
