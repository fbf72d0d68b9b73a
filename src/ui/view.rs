//! Draws the state, the lowest layer first. Changes nothing and never fails.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::app::{App, Pane};
use super::command::{Context, in_context};
use super::drill::Drill;
use super::layout;
use super::panes::{overview, users};
use super::popups::{Popup, help};
use super::theme::Role;
use super::widgets::{panel, text};

/// Draws everything.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let size = frame.area().as_size();
    let theme = app.theme();
    frame.buffer_mut().set_style(Rect::from((ratatui::layout::Position::ORIGIN, size)), theme.style(Role::Text));
    if !layout::fits(size) {
        return too_small(app, frame);
    }
    let body = layout::body(size);
    head(app, layout::head(size), frame);
    match (app.drills.last(), app.pane) {
        (Some(Drill::User(page)), _) => page.draw(body, frame.buffer_mut(), theme),
        (Some(Drill::Stage(page)), _) => page.draw(body, frame.buffer_mut(), theme),
        (None, Pane::Overview) => overview::draw(app, body, frame.buffer_mut()),
        (None, Pane::Users) => users::draw(app, body, frame.buffer_mut()),
    }
    for popup in &app.popups {
        match popup {
            Popup::Help(scroll) => help::draw(*scroll, size, frame.buffer_mut(), theme),
            Popup::Prompt(prompt) => prompt.draw(size, frame, theme),
            Popup::Palette(palette) => palette.draw(size, frame, theme),
            Popup::Message(message) => message.draw(size, frame, theme),
        }
    }
    hints(app, layout::hints(size), frame);
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

/// Breadcrumb to the left, tabs to the right.
fn head(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let theme = app.theme();
    let mut path =
        vec![if app.demo { "User360 demo".to_owned() } else { "User360".to_owned() }, app.pane.title().to_owned()];
    path.extend(app.drills.iter().map(Drill::title));
    let tabs: Vec<Span<'_>> = Pane::ALL
        .into_iter()
        .enumerate()
        .flat_map(|(at, pane)| {
            let role = if pane == app.pane { Role::Tab } else { Role::Dim };
            [Span::styled(format!(" {} {} ", at + 1, pane.title()), theme.style(role)), Span::raw(" ")]
        })
        .collect();
    let tabs = Line::from(tabs);
    let room = usize::from(area.width).saturating_sub(tabs.width() + 2);
    let path = text::fit(&path.join(&format!(" {} ", theme.glyphs.step)), room, &theme.glyphs.cut);
    frame.buffer_mut().set_string(area.x + 1, area.y, path, theme.style(Role::Title));
    let width = (tabs.width() as u16).min(area.width);
    panel::lines(vec![tabs], Rect { x: area.right() - width, width, ..area }, frame.buffer_mut());
}

/// The keys that matter on the topmost layer, as many as fit.
fn hints(app: &App, area: Rect, frame: &mut Frame<'_>) {
    let theme = app.theme();
    let context = app.context();
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for entry in in_context(context) {
        let (Some(hint), Some(key)) = (entry.hint, entry.keys.first()) else { continue };
        if !app.can(entry.command) {
            continue;
        }
        // `q` closes the layer where there is one.
        let closes = entry.id == "close" && !(app.drills.is_empty() && app.popups.is_empty());
        let hint = if closes { "close" } else { hint };
        let key = key.to_string();
        used += text::width(&key) + hint.len() + 3;
        if used > usize::from(area.width) {
            break;
        }
        spans.push(Span::styled(key, theme.style(Role::Key)));
        spans.push(Span::styled(format!(" {hint}  "), theme.style(Role::Dim)));
    }
    debug_assert!(context != Context::Everywhere);
    panel::lines(vec![Line::from(spans)], area, frame.buffer_mut());
}
