//! The weeks of a user's page: a bar for what was done in each, up to when events are known, the silence at the end shaded.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::UserProfile;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Rows around the bars: what is counted and the silence above, the axis and its days below.
const AROUND: u16 = 4;

/// Some weeks drawn as one bar.
struct Group {
    events: u32,
    /// Nothing was seen of the user from here on.
    silent: bool,
}

/// Draws the weeks into a panel.
pub(super) fn draw(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Activity by week", area, buffer, theme);
    let Some(first) = profile.weeks.first() else {
        let line = Line::styled("this log has no events of this user", theme.style(Role::Dim));
        return panel::lines(vec![line], inside, buffer);
    };
    let widest = profile.weeks.iter().map(|week| week.all).sum::<u32>().to_string().len() as u16;
    let columns = usize::from(inside.width.saturating_sub(widest + 1));
    if columns == 0 || inside.height <= AROUND {
        return;
    }
    let size = profile.weeks.len().div_ceil(columns);
    let groups = groups(profile, size);
    let most = groups.iter().map(|group| group.events).max().unwrap_or(0).max(1);
    let of = if size > 1 { format!("events in {size} weeks each") } else { "events a week".to_owned() };
    let said = silence(profile).map_or_else(Vec::new, |said| vec![Span::raw(said)]);
    panel::lines(vec![Line::from(said), Line::styled(of, theme.style(Role::Dim))], inside, buffer);
    let bars =
        Rect { x: inside.x + widest + 1, y: inside.y + 2, width: columns as u16, height: inside.height - AROUND };
    axes((&format::day(first.start), &profile.zone.date(profile.as_of)), most, bars, inside, buffer, theme);
    draw_bars(&groups, most, bars, buffer, theme);
}

/// `silent since 2015-08-07, 41 days`.
fn silence(profile: &UserProfile) -> Option<String> {
    let (days, last) = (profile.silent_days?, profile.timeline.first()?.time);
    Some(if days < 1.0 {
        format!("seen within the day before {}", profile.zone.date(profile.as_of))
    } else {
        format!("silent since {}, {}", profile.zone.date(last), format::counted(days.floor() as u64, "days"))
    })
}

/// Neighbouring weeks as one, counted from the last back; the first group may hold fewer.
fn groups(profile: &UserProfile, size: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = profile
        .weeks
        .rchunks(size.max(1))
        .map(|weeks| Group { events: weeks.iter().map(|week| week.all).sum(), silent: false })
        .collect();
    groups.reverse();
    let last = groups.iter().rposition(|group| group.events > 0).unwrap_or(0);
    groups.iter_mut().skip(last + 1).for_each(|group| group.silent = true);
    groups
}

/// The lines left of the bars and below them, with the numbers and days at their ends.
fn axes((first, last): (&str, &str), most: u32, bars: Rect, inside: Rect, buffer: &mut Buffer, theme: &Theme) {
    let (upright, level, corner) = if theme.glyphs.ascii { ("|", "-", "+") } else { ("│", "─", "└") };
    let (lines, words) = (theme.style(Role::Border), theme.style(Role::Dim));
    for y in bars.y..bars.bottom() {
        buffer.set_string(bars.x - 1, y, upright, lines);
    }
    buffer.set_string(bars.x - 1, bars.bottom(), corner, lines);
    buffer.set_string(bars.x, bars.bottom(), level.repeat(usize::from(bars.width)), lines);
    let gutter = usize::from(bars.x - 1 - inside.x);
    buffer.set_string(inside.x, bars.y, text::pad(&most.to_string(), gutter, true, ""), words);
    buffer.set_string(
        inside.x,
        bars.bottom().saturating_sub(1).max(bars.y + 1),
        text::pad("0", gutter, true, ""),
        words,
    );
    let room = usize::from(bars.width);
    let ends = match room.checked_sub(first.len() + last.len()) {
        Some(blank) if blank > 0 => format!("{first}{}{last}", " ".repeat(blank)),
        _ => text::fit(last, room, ""),
    };
    buffer.set_string(bars.x, bars.bottom() + 1, ends, words);
}

fn draw_bars(groups: &[Group], most: u32, bars: Rect, buffer: &mut Buffer, theme: &Theme) {
    let edge = |at: usize| bars.x + (usize::from(bars.width) * at / groups.len().max(1)) as u16;
    for (at, group) in groups.iter().enumerate() {
        let wide = edge(at + 1) - edge(at);
        // Wide bars stand apart; silence has no gaps.
        let drawn = if wide > 2 && !group.silent { wide - 1 } else { wide };
        let eighths = u64::from(group.events) * u64::from(bars.height) * 8 / u64::from(most);
        let eighths = if group.events > 0 { eighths.max(1) } else { 0 };
        for row in 0..bars.height {
            let level = eighths.saturating_sub(u64::from(row) * 8).min(8) as usize;
            let (sign, role) = match level {
                0 if group.silent => (theme.glyphs.unfilled.as_str(), Role::Border),
                0 => continue,
                level if theme.glyphs.ascii => (if level > 3 { "#" } else { "." }, Role::Chart),
                level => (["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][level - 1], Role::Chart),
            };
            let y = bars.bottom() - 1 - row;
            buffer.set_string(edge(at), y, sign.repeat(usize::from(drawn)), theme.style(role));
        }
    }
}
