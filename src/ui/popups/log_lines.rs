//! The lines of the log dialog: a choice each above, what the first rows are below.

use ratatui::text::{Line, Span};

use crate::format;
use crate::pipeline::propose::{Choice, Preview};
use crate::store::Cell;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::text;

/// Letters of a rejected row that are shown.
const ROW: usize = 100;

/// What a setting is called here: a role by its own name, an event by that of the log; of several logs each line begins with
/// its own.
pub fn name(key: &str) -> String {
    if let Some((number, of_log)) = key.strip_prefix("logs.").and_then(|key| key.split_once('.')) {
        return format!("log {number}: {}", name(of_log));
    }
    match (key.strip_prefix("columns."), key.strip_prefix("events.")) {
        (Some(role), _) => role.to_owned(),
        (_, Some(event)) => format!("event {event}"),
        _ => key.to_owned(),
    }
}

/// An option as the reader sees it; a sign for none.
pub fn option(option: &str, ascii: bool) -> String {
    match option {
        "" if ascii => "- none".to_owned(),
        "" => "– none".to_owned(),
        _ => text::clean(option),
    }
}

/// Why, and whether that leaves doubt.
pub fn reason(choice: &Choice) -> String {
    let doubt = if choice.sure { "" } else { "not sure: " };
    format!("{doubt}{}", choice.reason)
}

/// A choice: the cursor's sign, the setting, its value, why.
pub fn choice(choice: &Choice, here: bool, width: usize, theme: &Theme) -> Line<'static> {
    let cut = &theme.glyphs.cut;
    let (names, values) = ((width / 4).clamp(18, 28), (width / 4).clamp(17, 26));
    let mark = if here { theme.glyphs.cursor.as_str() } else { "" };
    let base = theme.style(if here { Role::Cursor } else { Role::Text });
    let why = theme.style(match (here, choice.sure) {
        (true, _) => Role::Cursor,
        (false, true) => Role::Dim,
        (false, false) => Role::Warn,
    });
    let value = format!("< {} >", text::fit(&option(&choice.value, theme.glyphs.ascii), values.saturating_sub(5), cut));
    let rest = width.saturating_sub(2 + names + values);
    Line::from(vec![
        Span::styled(text::pad(mark, 2, false, ""), base),
        Span::styled(text::pad(&text::clean(&name(&choice.key)), names - 1, false, cut) + " ", base),
        Span::styled(text::pad(&value, values, false, cut), base),
        Span::styled(text::pad(&text::clean(&reason(choice)), rest, false, cut), why),
    ])
}

/// What the first rows are, the counts first.
pub fn preview(seen: &Preview) -> Vec<(Role, String)> {
    let counts = &seen.counts;
    let listed = |pairs: &[(&str, u64)]| {
        let pairs = pairs.iter().map(|(name, count)| format!("{name} {}", format::thousands(*count)));
        pairs.collect::<Vec<_>>().join("   ")
    };
    let rejected: u64 = counts.rejected.values().sum();
    let rows = listed(&[
        ("rows", counts.read),
        ("accepted", counts.accepted),
        ("rejected", rejected),
        ("ignored", counts.ignored.values().sum()),
        ("duplicates", counts.duplicates),
    ]);
    let kinds = listed(&[
        ("views", counts.views),
        ("addtocarts", counts.addtocarts),
        ("transactions", counts.transactions),
        ("users", counts.users),
        ("items", counts.items),
    ]);
    let mut lines = vec![(if rejected > 0 { Role::Warn } else { Role::Text }, rows), (Role::Text, kinds)];
    if let (Some(first), Some(last)) = (seen.first_ms, seen.last_ms) {
        lines.push((Role::Text, format!("from {} to {} UTC", minute(first), minute(last))));
    }
    for (why, count) in counts.rejected.iter().filter(|(_, count)| **count > 0) {
        let example = seen.examples.iter().find(|row| row.reason == *why).map_or_else(String::new, |row| {
            let raw: String = row.raw.chars().take(ROW).collect();
            format!(", first at {}:{}: {raw}", row.file, row.line)
        });
        lines.push((Role::Warn, format!("rejected {} {}{example}", why.name(), format::thousands(*count))));
    }
    if !counts.ignored.is_empty() {
        let ignored: Vec<(&str, u64)> = counts.ignored.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        lines.push((Role::Text, format!("ignored: {}", listed(&ignored))));
    }
    if !seen.unknown.is_empty() {
        lines.push((Role::Dim, seen.unknown.join("; ")));
    }
    lines
}

/// A time to the minute.
fn minute(ms: i64) -> String {
    Cell::Time(ms).to_string().chars().take(16).collect::<String>().replace('T', " ")
}
