//! Draws the state, the lowest layer first. Changes nothing and never fails.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::text::fit_for_cell;
use crate::ui::app::App;
use crate::ui::command::{Command, Context, Layer, Program, Runs};
use crate::ui::drill::{Drill, compare};
use crate::ui::layout;
use crate::ui::pane::{Body, Pane};
use crate::ui::panes::{analysis, overview, sql, table};
use crate::ui::popups::{Popup, Purpose, query};
use crate::ui::theme::Role;
use crate::ui::tour;
use crate::ui::widgets::{panel, text};

/// Columns of the hint bar that help and the way out need.
const STAYS: usize = 18;

/// Draws everything; whatever a widget has forgotten, no cell holds what a terminal would obey.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    if frame.area().as_size() != app.size {
        // The terminal was resized a moment ago: what is laid out for the old size may not fit into this one.
        return;
    }
    draw(app, frame);
    let ascii = app.theme().glyphs.ascii;
    let columns = usize::from(frame.area().width).max(1);
    for (at, cell) in frame.buffer_mut().content.iter_mut().enumerate() {
        let symbol = cell.symbol();
        if !fit_for_cell(symbol) {
            cell.set_symbol("\u{fffd}");
        } else if symbol.len() > 4 && at % columns + text::apart(symbol) > columns {
            // A terminal that does not join these letters would go on in the next row.
            let first = symbol.chars().next().unwrap_or(' ');
            cell.set_char(first);
        } else if ascii && let Some(plain) = plain(symbol) {
            cell.set_symbol(plain);
        }
    }
}

/// What stands for a sign of typography where only ASCII is drawn.
fn plain(symbol: &str) -> Option<&'static str> {
    match symbol {
        "–" | "−" | "‐" | "‑" => Some("-"),
        "…" | "≈" => Some("~"),
        "·" | "•" => Some("*"),
        "×" => Some("x"),
        "→" | "›" => Some(">"),
        "←" | "‹" => Some("<"),
        "\u{a0}" | "\u{202f}" => Some(" "),
        _ => None,
    }
}

fn draw(app: &App, frame: &mut Frame<'_>) {
    let size = frame.area().as_size();
    let theme = app.theme();
    frame.buffer_mut().set_style(Rect::from((ratatui::layout::Position::ORIGIN, size)), theme.style(Role::Text));
    if !layout::fits(size) {
        return too_small(app, frame);
    }
    head(app, layout::head(size), frame);
    context_line(app, layout::context(size), frame);
    match app.drills.last() {
        Some(drill) => draw_drill(app, drill, frame),
        None => draw_pane(app, frame),
    }
    for popup in &app.popups {
        match popup {
            Popup::Help(page) => page.draw(size, frame.buffer_mut(), theme, &app.bindings),
            Popup::Prompt(prompt) if prompt.purpose == Purpose::Query => query::draw(prompt, size, frame, theme),
            Popup::Prompt(prompt) => prompt.draw(size, frame, theme),
            Popup::Picker(picker) => picker.draw(size, frame, theme),
            Popup::Checklist(list) => list.draw(size, frame, theme),
            Popup::Export(dialog) => dialog.draw(size, frame, theme),
            Popup::Log(dialog) => dialog.draw(size, frame, theme),
            Popup::Text(page) => page.draw(size, frame.buffer_mut(), theme),
            Popup::Statistics(told) => told.draw(size, frame, theme),
            Popup::Message(message) => message.draw(size, frame, theme),
        }
    }
    tour::draw(app, size, frame.buffer_mut(), theme);
    hints(app, layout::hints(size), frame);
}

fn draw_pane(app: &App, frame: &mut Frame<'_>) {
    let buffer = frame.buffer_mut();
    match app.pane.description().body {
        Body::Overview => overview::draw(app, layout::body(app.size), buffer),
        Body::Table => {
            let parts = app.parts();
            table::draw(app, app.grid_of(app.pane), &parts, buffer);
        }
        Body::Query => sql::draw(app, buffer),
        Body::Analysis => analysis::draw(app, app.pane, buffer),
    }
}

fn draw_drill(app: &App, drill: &Drill, frame: &mut Frame<'_>) {
    let (theme, body) = (app.theme(), layout::body(app.size));
    let buffer = frame.buffer_mut();
    match drill {
        Drill::User(page) => {
            let marked = app.grid_of(Pane::Users).marks().contains(page.row as u32);
            page.draw(body, marked, buffer, theme);
        }
        Drill::Stage(page) => page.draw(body, buffer, theme),
        Drill::Segment(page) => page.draw(body, buffer, theme),
        Drill::Row(page) => page.draw(body, buffer, theme),
        Drill::Item(page) => {
            let parts = app.parts();
            page.draw_head(parts.head, buffer, theme);
            if page.grid.table().is_some() {
                table::draw(app, &page.grid, &parts, buffer);
            }
        }
        Drill::Groups(page) => {
            let parts = app.parts();
            page.draw_head(parts.head, buffer, theme);
            if page.grid.table().is_some() {
                table::draw(app, &page.grid, &parts, buffer);
            }
        }
        Drill::Compare(page) => {
            let parts = app.parts();
            page.draw_head(parts.head, buffer, theme);
            if page.grid.table().is_some() && parts.table.height > 0 {
                table::draw(app, &page.grid, &parts, buffer);
            }
            for (at, area) in parts.charts.iter().enumerate().take(compare::PANELS) {
                page.draw_panel((page.chart + at) % compare::PANELS, *area, buffer, theme);
            }
        }
    }
}

fn too_small(app: &App, frame: &mut Frame<'_>) {
    let (size, least) = (frame.area(), layout::LEAST);
    let words = [
        format!("User360 needs {} x {}", least.width, least.height),
        format!("this terminal has {} x {}", size.width, size.height),
    ];
    let style = app.theme().style(Role::Warn);
    let lines = words.into_iter().map(|line| Line::styled(line, style)).collect();
    panel::lines(lines, size, frame.buffer_mut());
}

/// Columns of the screen from which on tabs have their whole names, and from which on they have their numbers.
const WHOLE_TABS: u16 = 110;
const NUMBERED_TABS: u16 = 76;

/// Breadcrumb to the left, tabs to the right: with their whole names where there is room, else with short ones. The
/// breadcrumb gives way first: what the open tab says already, then the steps before the last.
fn head(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let theme = app.theme();
    let width = usize::from(area.width);
    let tabs = |whole: bool| {
        let spans = Pane::ALL.into_iter().enumerate().map(|(at, pane)| {
            let role = if pane == app.pane { Role::Tab } else { Role::Dim };
            let words = match area.width {
                WHOLE_TABS.. if whole => format!(" {} {} ", at + 1, pane.title()),
                NUMBERED_TABS.. => format!(" {} {}", at + 1, pane.description().short),
                _ => format!(" {}", pane.description().short),
            };
            Span::styled(words, theme.style(role))
        });
        Line::from(spans.collect::<Vec<_>>())
    };
    let room_beside = |tabs: &Line<'_>| width.saturating_sub(tabs.width() + 2);
    // A page deep below its pane is told with all its steps before the tabs are told whole.
    let whole = tabs(true);
    let fits = app.drills.is_empty() || text::width(&path(app, usize::MAX)) <= room_beside(&whole);
    let tabs = if fits { whole } else { tabs(false) };
    let room = room_beside(&tabs);
    let path = text::fit(&path(app, room), room, &theme.glyphs.cut);
    frame.buffer_mut().set_string(area.x + 1, area.y, path, theme.style(Role::Title));
    let width = (tabs.width() as u16).min(area.width);
    panel::lines(vec![tabs], Rect { x: area.right() - width, width, ..area }, frame.buffer_mut());
}

/// The breadcrumb in so many columns; it may have to be cut all the same.
fn path(app: &App, room: usize) -> String {
    let glyphs = &app.theme().glyphs;
    let step = format!(" {} ", glyphs.step);
    let first = if app.demo { "User360 demo" } else { "User360" };
    let pages: Vec<String> = app.drills.iter().map(Drill::title).collect();
    let whole: Vec<String> = [first.to_owned(), app.pane.title().to_owned()].into_iter().chain(pages.clone()).collect();
    let Some(last) = pages.last() else {
        let whole = whole.join(&step);
        return if text::width(&whole) <= room { whole } else { first.to_owned() };
    };
    let shorter = [whole.join(&step), whole[1..].join(&step), pages.join(&step), format!("{}{step}{last}", glyphs.cut)];
    shorter.into_iter().find(|path| text::width(path) <= room).unwrap_or_else(|| last.clone())
}

/// Whose log is shown and up to when, and what of it: the filter and the marks of the table in sight.
fn context_line(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let Some(as_of) = app.as_of().filter(|_| area.height > 0) else { return };
    let theme = app.theme();
    let between = &theme.glyphs.between;
    let mut words = vec![as_of];
    if let Some(grid) = app.grid() {
        words.extend(grid.view().filter.iter().map(|filter| format!("where {}", text::clean(filter))));
        match grid.marks().len() as u64 {
            0 => {}
            marks => words.push(format!("{} marked", format::thousands(marks))),
        }
    }
    let words = words.join(&format!(" {between} "));
    let shop = text::fit(&app.shop(), usize::from(area.width) / 3, &theme.glyphs.cut);
    let room = usize::from(area.width).saturating_sub(text::width(&shop) + 4);
    let line = Line::from(vec![
        Span::styled(format!(" {shop}"), theme.style(Role::Title)),
        Span::styled(format!(" {between} {}", text::fit(&words, room, &theme.glyphs.cut)), theme.style(Role::Dim)),
    ]);
    panel::lines(vec![line], area, frame.buffer_mut());
}

/// The keys that matter on the topmost layer, as many as fit; what is under way or was just done to the right.
fn hints(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let theme = app.theme();
    let context = app.context();
    let exporting = app.exporting.as_ref().map(|exporting| &exporting.shown);
    let under_way = exporting.or(app.fetching.as_ref().map(|fetching| &fetching.shown));
    let aside = match (under_way, &app.note) {
        (Some(shown), _) => {
            let key =
                app.bindings.keys(Program::CancelTransfer.into()).first().map(ToString::to_string).unwrap_or_default();
            format!("{} {shown} ({key} cancels) ", theme.glyphs.running)
        }
        (None, Some(note)) => format!("{} ", text::clean(note)),
        (None, None) if app.newer_run.is_some() && !app.running => {
            let key = app.bindings.keys(Runs::OpenNewer.into()).first().map(ToString::to_string).unwrap_or_default();
            format!("a newer run is there: {key} opens it ")
        }
        (None, None) => String::new(),
    };
    // What is said is read; of the hints only the way to help and the way out must stay.
    let aside = text::fit(&aside, usize::from(area.width).saturating_sub(STAYS), &theme.glyphs.cut);
    let room = usize::from(area.width).saturating_sub(text::width(&aside));
    let mut hints = Vec::new();
    for entry in app.bindings.in_context(context) {
        let (Some(hint), Some(key)) = (entry.hint, app.bindings.keys(entry.command).first()) else { continue };
        if !app.can(entry.command) {
            continue;
        }
        // Arrows that move a threshold are worth a hint only where there is one.
        let slides = matches!(context, Context::Pane(pane) if pane.description().slider.is_some());
        if matches!(entry.command, Command::Step(_)) && !slides {
            continue;
        }
        // A download, and a log of one's own, are worth a hint where nothing can be run.
        let starts = matches!(entry.command, Command::Program(Program::Fetch | Program::Init));
        let of_runs = matches!(context, Context::Pane(pane) if pane.description().body == Body::Overview);
        if starts && !(of_runs && app.input.is_none()) {
            continue;
        }
        // The dialog of a log takes no other layer's commands.
        if entry.command == Command::Program(Program::Palette) && context == Context::Log {
            continue;
        }
        // `q` closes the layer where there is one.
        let closes = entry.command == Command::Layer(Layer::Close) && !(app.drills.is_empty() && app.popups.is_empty());
        let hint = if closes { "close" } else { hint };
        // A question is answered in the words that stand in its box.
        let hint = match app.popups.last() {
            Some(Popup::Message(message)) => message.hint(entry.command, hint),
            _ => Some(hint),
        };
        let Some(hint) = hint else { continue };
        let stays = matches!(entry.command, Command::Program(Program::Help) | Command::Layer(Layer::Close));
        hints.push((key.to_string(), hint, stays));
    }
    let wanted = |(key, hint, _): &(String, &str, bool)| text::width(key) + hint.len() + 3;
    // The way to help and the way out are always there.
    let mut left = room.saturating_sub(1 + hints.iter().filter(|hint| hint.2).map(wanted).sum::<usize>());
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for hint in hints {
        let width = wanted(&hint);
        let (key, words, stays) = hint;
        let fits = if stays { used + width <= room } else { width <= left };
        if !fits {
            continue;
        }
        left -= if stays { 0 } else { width };
        used += width;
        spans.push(Span::styled(key, theme.style(Role::Key)));
        spans.push(Span::styled(format!(" {words}  "), theme.style(Role::Dim)));
    }
    spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
    spans.push(Span::styled(aside, theme.style(Role::Warn)));
    panel::lines(vec![Line::from(spans)], area, frame.buffer_mut());
}
