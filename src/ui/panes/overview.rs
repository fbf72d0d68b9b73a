//! The Overview pane: the stages and the log's figures.
//!
//! ```text
//! ╭ Stages ─────────────────────────────────╮
//! ╭ The log ───────────╮╭ Events by day ────╮
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::stage::{StageId, StageState};
use crate::store::results::{Ingest, Input};
use crate::store::{Cell, RunInfo, charts};
use crate::ui::app::App;
use crate::ui::stages::StageLine;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{chart, panel, text};

/// Rows that the log's figures and the chart beside them want; where there are fewer the figures have all the room.
const CHART_ROWS: u16 = 8;
/// Columns of the progress bar.
const BAR: usize = 12;

/// Draws the pane.
pub fn draw(app: &App, body: Rect, buffer: &mut Buffer) {
    let stages = Rect { height: (app.stages.len() as u16 + 2).min(body.height), ..body };
    draw_stages(app, stages, buffer);
    let rest = Rect { y: stages.bottom(), height: body.height - stages.height, ..body };
    if rest.height < 3 {
        return;
    }
    let Some(run) = &app.run else {
        return draw_empty(app, rest, buffer);
    };
    if rest.height < CHART_ROWS {
        return draw_log(app, run.info(), rest, buffer);
    }
    let left = Rect { width: (rest.width * 2 / 5).clamp(32, 48), ..rest };
    let right = Rect { x: left.right(), width: rest.width - left.width, ..rest };
    draw_log(app, run.info(), left, buffer);
    draw_days(run.info(), right, buffer, app.theme());
}

fn draw_stages(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let title = match (&app.run, app.running) {
        (_, true) => "Stages, a run is under way".to_owned(),
        (Some(run), false) => format!("Stages of run {}", text::clean(&run.info().id)),
        (None, false) => "Stages".to_owned(),
    };
    let inside = panel::framed(&title, area, buffer, theme);
    let width = usize::from(inside.width);
    let lines = app.stages.iter().enumerate().map(|(at, line)| stage(line, at == app.stage, width, theme));
    panel::lines(lines.collect(), inside, buffer);
}

fn stage(line: &StageLine, under_cursor: bool, width: usize, theme: &Theme) -> Line<'static> {
    let glyphs = &theme.glyphs;
    let (glyph, role, name) = match line.state {
        StageState::Waiting => (&glyphs.waiting, Role::Dim, "waiting"),
        StageState::Running => (&glyphs.running, Role::Busy, "running"),
        StageState::Done => (&glyphs.done, Role::Good, "done"),
        StageState::Cached => (&glyphs.cached, Role::Good, "cached"),
        StageState::Skipped => (&glyphs.skipped, Role::Warn, "skipped"),
        StageState::Failed => (&glyphs.failed, Role::Bad, "failed"),
        StageState::Cancelled => (&glyphs.cancelled, Role::Warn, "cancelled"),
    };
    let base = theme.style(if under_cursor { Role::Cursor } else { Role::Text });
    let mark = if under_cursor { glyphs.cursor.as_str() } else { "" };
    // Under the cursor the row's look wins, so that it stands out whatever its state.
    let state = if under_cursor { base } else { theme.style(role) };
    let mut spans = vec![
        Span::styled(text::pad(mark, 2, false, ""), base),
        Span::styled(format!("{glyph} "), state),
        Span::styled(format!("{:<10}", line.id.name()), base),
        Span::styled(format!("{name:<10}"), state),
        Span::styled(text::pad(&line.time, 13, true, ""), base),
    ];
    let bar = line.percent.map_or_else(String::new, |percent| {
        format!("{} {percent:>3} %  ", panel::bar(f64::from(percent) / 100.0, BAR, theme))
    });
    let left = line.left.as_ref().map_or_else(String::new, |left| format!("{left}  "));
    let rest = format!("  {bar}{left}{}", line.words);
    let used: usize = spans.iter().map(Span::width).sum();
    let rest = text::pad(&rest, width.saturating_sub(used), false, &glyphs.cut);
    spans.push(Span::styled(rest, base));
    Line::from(spans)
}

fn draw_empty(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let inside = panel::framed("The log", area, buffer, theme);
    let words = if app.opening {
        vec!["reading the workspace".to_owned()]
    } else if app.running {
        vec!["the figures appear when the run is finished".to_owned()]
    } else {
        let place = format!("{} holds no run yet.", text::clean(&app.workspace.display().to_string()));
        let mut words = vec![place];
        match &app.input {
            Some(input) => words.push(format!("r runs the stages on {}", text::clean(&input.display().to_string()))),
            None => words.extend([
                "D downloads a log from Kaggle, I looks at a log of your own;".to_owned(),
                "or start with user360 --input DIR, or user360 demo".to_owned(),
            ]),
        }
        words
    };
    panel::lines(words.into_iter().map(|line| Line::styled(line, theme.style(Role::Dim))).collect(), inside, buffer);
}

fn draw_log(app: &App, info: &RunInfo, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let inside = panel::framed("The log", area, buffer, theme);
    let fact = |name: &str, value: String, role: Role| {
        let name = Span::styled(text::pad(name, 11, false, ""), theme.style(Role::Dim));
        Line::from(vec![name, Span::styled(value, theme.style(role))])
    };
    let as_of: String = Cell::Time(info.as_of).to_string().chars().take(16).collect::<String>().replace('T', " ");
    let input = info.read_input();
    let mut lines = vec![fact("users", format::thousands(info.users), Role::Text)];
    if let Some(accepted) = input.events.accepted {
        lines.push(fact("events", format::thousands(accepted), Role::Text));
    }
    lines.extend(rejected(&input).into_iter().map(|(role, words)| fact("rejected", words, role)));
    let half = inside.width / 2;
    // Three steps of the funnel, items, duplicates.
    let tight = lines.len() + 6 > usize::from(inside.height);
    // Every time on screen is UTC; it is said where a column holds it whole.
    let zone = if tight && half < 32 { "" } else { " UTC" };
    lines.insert(0, fact("as of", format!("{as_of}{zone}"), Role::Text));
    lines.extend(funnel(info, usize::from(if tight { half } else { inside.width }), theme));
    lines.push(fact("items", format::thousands(info.items), Role::Text));
    if let Some(duplicates) = input.events.duplicates {
        lines.push(fact("duplicates", format!("{} dropped", format::thousands(duplicates)), Role::Text));
    }
    if tight {
        // Where the figures do not fit below each other, what matters most stands in two columns.
        let second = lines.split_off(lines.len().min(usize::from(inside.height)));
        panel::lines(lines, Rect { width: half.saturating_sub(1), ..inside }, buffer);
        return panel::lines(second, Rect { x: inside.x + half, width: inside.width - half, ..inside }, buffer);
    }
    if !app.workspace.as_os_str().is_empty() {
        let place = text::clean(&app.workspace.display().to_string());
        let room = usize::from(inside.width).saturating_sub(11);
        lines.push(fact("workspace", text::fit(&place, room, &theme.glyphs.cut), Role::Text));
    }
    panel::lines(lines, inside, buffer);
}

/// Rejected rows, the most frequent reason named.
fn rejected(input: &Input) -> Option<(Role, String)> {
    if input.events.rejected.is_empty() {
        return None;
    }
    let counts: Vec<(&str, u64)> = input.events.rejected.iter().map(|(reason, rows)| (reason, *rows)).collect();
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return Some((Role::Good, "none".to_owned()));
    }
    let (reason, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let reason = text::clean(&reason.replace('_', " "));
    Some((Role::Warn, format!("{} ({} {reason})", format::thousands(total), format::thousands(count))))
}

/// Users who viewed, put into a cart, bought.
fn funnel(info: &RunInfo, width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let Some(funnel) = info.detail::<Ingest>().funnel else { return Vec::new() };
    let counts =
        [("viewed", funnel.users_view), ("carted", funnel.users_addtocart), ("bought", funnel.users_transaction)];
    let Some(first) = counts[0].1.filter(|first| *first > 0) else { return Vec::new() };
    let known = counts.into_iter().filter_map(|(name, count)| Some((name, count?)));
    known
        .map(|(name, count)| {
            let share = count as f64 / first as f64;
            let words = format!("{:>9} {:>6}", format::thousands(count), format::percent(share));
            Line::from(vec![
                Span::styled(text::pad(name, 11, false, ""), theme.style(Role::Dim)),
                Span::raw(words),
                Span::styled(
                    format!(" {}", panel::bar(share, width.saturating_sub(30).min(20), theme)),
                    theme.style(Role::Chart),
                ),
            ])
        })
        .collect()
}

/// Events by day, all kinds together.
fn draw_days(info: &RunInfo, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Events by day", area, buffer, theme);
    let days = info.stage(StageId::Ingest).map(charts).unwrap_or_default();
    match days.first() {
        Some(days) => chart::draw(&days.plot(&chart::canvas(inside, theme), None), inside, buffer, theme),
        None => panel::lines(vec![Line::styled("no data", theme.style(Role::Dim))], inside, buffer),
    }
}
