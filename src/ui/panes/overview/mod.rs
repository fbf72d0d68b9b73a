//! The Overview pane: the verdict.
//!
//! ```text
//!  shop · as of 2015-09-18 02:59 UTC · run of 2015-09-19
//! ╭ At a glance ───────────╮╭ What matters ──────────╮
//! │ Active, last 28 d  308 ││ • Orders fell by 12 %  │
//! ╰────────────────────────╯╰────────────────────────╯
//! ╭ Segments ──────────────╮╭ Came again, by month ──╮   <- segments, then as many charts as find room
//! ╰────────────────────────╯╰────────────────────────╯
//!  Stages  all done in 2 min 31 s                         <- one line; a list while they run, or where it was opened
//! ```

mod charts;
mod glance;
mod stages;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::RunInfo;
use crate::store::results::Input;
use crate::ui::app::App;
use crate::ui::front::Spot;
use crate::ui::layout;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

pub use charts::{FrontChart, charts_of};

/// Columns from which on the sentences stand beside the figures.
const BESIDE: u16 = 110;
/// Rows that the sentences have below the figures at least.
const SENTENCES: u16 = 4;
/// Rows that a chart wants here.
const CHART_ROWS: u16 = 11;
/// Lines of charts at most.
const LINES: usize = 4;

/// Draws the pane.
pub fn draw(app: &App, body: Rect, buffer: &mut Buffer) {
    let Some(run) = app.run.as_ref().filter(|_| !app.front.glances.is_empty()) else {
        return draw_empty(app, body, buffer);
    };
    let info = run.info();
    let listed = (app.stages.len() as u16 + 2).min(body.height);
    let mut rest = body;
    if app.running {
        stages::draw_list(app, take_top(&mut rest, listed), buffer);
    }
    let told = verdict(app, info);
    let lines = told.len() as u16;
    panel::lines(told, take_top(&mut rest, lines), buffer);
    if !app.running {
        let rows = if app.front.unfolded { listed } else { 1 };
        let area = take_bottom(&mut rest, rows);
        if app.front.unfolded {
            stages::draw_list(app, area, buffer);
        } else {
            stages::draw_line(app, area, buffer);
        }
    }
    let figures = app.front.glances.len() as u16 + 2;
    if body.width >= BESIDE {
        let wanted = glance::news_rows(app, body.width - body.width * 13 / 20);
        let rows = figures + wanted.saturating_sub(figures).min(spare(app, rest, figures));
        let upper = take_top(&mut rest, rows);
        let left = Rect { width: upper.width * 13 / 20, ..upper };
        glance::draw(app, left, buffer);
        glance::draw_news(app, Rect { x: left.right(), width: upper.width - left.width, ..upper }, buffer);
    } else {
        glance::draw(app, take_top(&mut rest, figures), buffer);
        let wanted = glance::news_rows(app, body.width);
        let rows = SENTENCES + wanted.saturating_sub(SENTENCES).min(spare(app, rest, SENTENCES));
        glance::draw_news(app, take_top(&mut rest, rows), buffer);
    }
    draw_cells(app, rest, buffer);
}

/// Rows that segments and charts can do without once so many are taken from an area: each keeps those that it wants.
fn spare(app: &App, area: Rect, taken: u16) -> u16 {
    let below = Rect { height: area.height.saturating_sub(taken), ..area };
    let cells = layout::cells(below, CHART_ROWS, LINES, charts_of(app).len() + 1);
    let lines = cells.iter().filter(|cell| cell.x == below.x).count() as u16;
    below.height.saturating_sub(lines * CHART_ROWS)
}

/// Segments, then charts.
fn draw_cells(app: &App, area: Rect, buffer: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let shown = charts_of(app);
    let first = app.chart[app.pane.place()];
    let mut cells = layout::cells(area, CHART_ROWS, LINES, shown.len() + 1).into_iter();
    if let Some(cell) = cells.next() {
        glance::draw_segments(app, cell, buffer);
    }
    for (at, cell) in cells.enumerate().take(shown.len()) {
        let place = (first + at) % shown.len();
        let number = format!("chart {} of {}", place + 1, shown.len());
        charts::draw(app, shown[place], &number, cell, buffer);
    }
}

/// Takes rows from the top of an area.
fn take_top(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let top = Rect { height: rows, ..*area };
    *area = Rect { y: area.y + rows, height: area.height - rows, ..*area };
    top
}

/// Takes rows from the bottom of an area.
fn take_bottom(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    area.height -= rows;
    Rect { y: area.bottom(), height: rows, ..*area }
}

/// Whose log it is, up to when, and how much of it was read.
fn verdict(app: &App, info: &RunInfo) -> Vec<Line<'static>> {
    let theme = app.theme();
    let between = &theme.glyphs.between;
    let input = info.read_input();
    let mut read = Vec::new();
    if let Some(accepted) = input.events.accepted {
        read.push(format!("{} of {}", format::counted(accepted, "events"), format::counted(info.items, "items")));
    }
    let (role, refused) = rejected(&input);
    read.extend(
        input
            .events
            .duplicates
            .filter(|rows| *rows > 0)
            .map(|rows| format!("{} dropped", format::counted(rows, "duplicates"))),
    );
    let second = format!(" {} {between} ", read.join(&format!(" {between} ")));
    let mut lines = Vec::new();
    if layout::context(app.size).height == 0 {
        let as_of = app.as_of().unwrap_or_default();
        lines.push(Line::from(vec![
            Span::styled(format!(" {}", text::fit(&app.shop(), 24, &theme.glyphs.cut)), theme.style(Role::Title)),
            Span::styled(format!(" {between} {as_of}"), theme.style(Role::Text)),
        ]));
    }
    let made = format!(" {between} run of {}", info.zone().minute(info.created_ms));
    lines.push(Line::from(vec![
        Span::styled(second, theme.style(Role::Text)),
        Span::styled(refused, theme.style(role)),
        Span::styled(made, theme.style(Role::Text)),
    ]));
    lines
}

/// Rejected rows, the most frequent reason named.
fn rejected(input: &Input) -> (Role, String) {
    let counts: Vec<(&str, u64)> = input.events.rejected.iter().map(|(reason, rows)| (reason, *rows)).collect();
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    match counts.into_iter().max_by_key(|(_, count)| *count).filter(|_| total > 0) {
        Some((reason, count)) => {
            let reason = text::clean(&reason.replace('_', " "));
            let total = format::counted(total, "rows");
            (Role::Warn, format!("{total} rejected, {} of them for {reason}", format::thousands(count)))
        }
        None => (Role::Text, "none rejected".to_owned()),
    }
}

fn draw_empty(app: &App, body: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let mut rest = body;
    stages::draw_list(app, take_top(&mut rest, app.stages.len() as u16 + 2), buffer);
    if rest.height < 3 {
        return;
    }
    let inside = panel::framed("At a glance", rest, buffer, theme);
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

/// The mark and the look of a row: those of the cursor where it stands on this spot.
fn look(app: &App, spot: Spot) -> (String, ratatui::style::Style) {
    let theme = app.theme();
    let here = app.spot() == Some(spot);
    let mark = if here { theme.glyphs.cursor.as_str() } else { "" };
    (text::pad(mark, 2, false, ""), theme.style(if here { Role::Cursor } else { Role::Text }))
}
