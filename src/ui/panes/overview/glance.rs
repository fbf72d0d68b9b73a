//! The figures, what is worth saying, and the segments.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::{Cell, Glance};
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

/// What is worth saying, a sentence each.
pub(super) fn draw_news(app: &App, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let theme = app.theme();
    let inside = panel::framed("What matters", area, buffer, theme);
    let width = usize::from(inside.width).saturating_sub(2).max(1);
    let mut lines = Vec::new();
    for said in &app.front.news {
        for (at, line) in text::wrap(&text::clean(said), width).into_iter().enumerate() {
            let before = if at == 0 { "• ".to_owned() } else { "  ".to_owned() };
            lines.push(Line::styled(format!("{before}{line}"), theme.style(Role::Text)));
        }
    }
    let (all, room) = (lines.len(), usize::from(inside.height));
    if all > room {
        lines.truncate(room.saturating_sub(1));
        let words = {
            let more = format::counted((all - lines.len()) as u64, "lines");
            format!("{} {more} more: user360 report tells all", theme.glyphs.cut)
        };
        lines.push(Line::styled(text::fit(&words, width + 2, &theme.glyphs.cut), theme.style(Role::Dim)));
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
    // With room for two lines a segment, the second says what holds for its members.
    let described = room >= 2 * segments.len();
    let lines = segments.iter().take(shown).enumerate().flat_map(|(at, segment)| {
        let (name, users, share) = (&segment.name, segment.users, segment.share);
        let (mark, base) = look(app, Spot::Segment(at));
        let here = app.spot() == Some(Spot::Segment(at));
        let (dot, colour) = app
            .segment_series(name)
            .map_or_else(|| theme.dot(at, segments.len()), |(number, of)| theme.dot(number, of));
        let colour = if here { base } else { colour };
        let strong = if here { base } else { theme.style(Role::Number) };
        let row = Line::from(vec![
            Span::styled(mark, base),
            Span::styled(format!("{dot} "), colour),
            Span::styled(text::pad(&text::clean(name), names, false, &theme.glyphs.cut), base),
            Span::styled(format!("{:>11}{:>8} ", format::thousands(users), format::percent(share)), strong),
            Span::styled(panel::bar(share / most, bar, theme), colour),
        ]);
        let what = described.then(|| {
            // Its users and share stand in the line above.
            let said = segment.description.split_once(" · ").map_or(segment.description.as_str(), |(_, rest)| rest);
            let words = text::fit(&text::clean(said), width.saturating_sub(4), &theme.glyphs.cut);
            Line::styled(format!("    {words}"), theme.style(Role::Dim))
        });
        std::iter::once(row).chain(what)
    });
    panel::lines(lines.collect(), inside, buffer);
}

/// A day of a time.
pub(super) fn day(time: i64) -> String {
    Cell::Time(time).to_string().chars().take(10).collect()
}
