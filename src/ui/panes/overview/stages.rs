//! The stages: one line when they are done, a list while they are at work.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::stage::StageState;
use crate::store::StageRecord;
use crate::ui::app::App;
use crate::ui::front::Spot;
use crate::ui::panes::overview::look;
use crate::ui::stages::StageLine;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Columns of the progress bar.
const BAR: usize = 12;

/// All stages in one line: how long they took, and those that did not end well.
pub(super) fn draw_line(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let Some(run) = &app.run else { return };
    let stages: Vec<&StageRecord> = run.info().stages.iter().collect();
    let (mark, base) = look(app, Spot::Stages);
    let done = |stage: &&&StageRecord| matches!(stage.state, StageState::Done | StageState::Cached);
    let took: f64 = stages.iter().map(|stage| stage.seconds).sum();
    let good = stages.iter().filter(done).count();
    let mut words = format!("{good} of {} stages done, {} of work", stages.len(), format::seconds(took));
    let role = if good == stages.len() { Role::Good } else { Role::Warn };
    for stage in stages.iter().filter(|stage| !done(stage)) {
        let why = stage.reason.as_deref().map_or_else(String::new, |why| format!(": {}", text::clean(why)));
        words.extend([" ", &theme.glyphs.between, " ", stage.id.name(), " ", state(stage.state, theme).2, &why]);
    }
    let here = app.spot() == Some(Spot::Stages);
    let style = if here { base } else { theme.style(role) };
    let glyph = if role == Role::Good { &theme.glyphs.done } else { &theme.glyphs.skipped };
    let room = usize::from(area.width).saturating_sub(4);
    let words = text::pad(&words, room, false, &theme.glyphs.cut);
    let line =
        Line::from(vec![Span::styled(mark, base), Span::styled(format!("{glyph} "), style), Span::styled(words, base)]);
    panel::lines(vec![line], area, buffer);
}

/// One line a stage.
pub(super) fn draw_list(app: &App, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let title = match (&app.run, app.running) {
        (_, true) => "Stages, a run is under way".to_owned(),
        (Some(run), false) => format!("Stages of run {}", text::clean(&run.info().id)),
        (None, false) => "Stages".to_owned(),
    };
    let inside = panel::framed(&title, area, buffer, theme);
    let width = usize::from(inside.width);
    let lines =
        app.stages.iter().enumerate().map(|(at, line)| stage(line, app.spot() == Some(Spot::Stage(at)), width, theme));
    panel::lines(lines.collect(), inside, buffer);
}

/// Sign, look and word of a state.
fn state(state: StageState, theme: &Theme) -> (&str, Role, &'static str) {
    let glyphs = &theme.glyphs;
    match state {
        StageState::Waiting => (&glyphs.waiting, Role::Dim, "waiting"),
        StageState::Running => (&glyphs.running, Role::Busy, "running"),
        StageState::Done => (&glyphs.done, Role::Good, "done"),
        StageState::Cached => (&glyphs.cached, Role::Good, "cached"),
        StageState::Skipped => (&glyphs.skipped, Role::Warn, "skipped"),
        StageState::Failed => (&glyphs.failed, Role::Bad, "failed"),
        StageState::Cancelled => (&glyphs.cancelled, Role::Warn, "cancelled"),
    }
}

fn stage(line: &StageLine, under_cursor: bool, width: usize, theme: &Theme) -> Line<'static> {
    let glyphs = &theme.glyphs;
    let (glyph, role, name) = state(line.state, theme);
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
