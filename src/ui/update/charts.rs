//! Which chart stands first, and how a pane divides its room.

use crate::ui::app::App;
use crate::ui::command::Charts;
use crate::ui::drill::{Drill, compare};
use crate::ui::effect::Effects;
use crate::ui::pane::Body;
use crate::ui::panes::overview;
use crate::ui::update::reveal;

/// Does the command, where there are charts.
pub(super) fn perform(app: &mut App, command: Charts) -> Effects {
    if !app.can(command.into()) {
        return Vec::new();
    }
    let forwards = match command {
        Charts::Next => true,
        Charts::Previous => false,
        Charts::Split => {
            app.split = app.split.next();
            reveal(app);
            return Vec::new();
        }
    };
    let turn = |at: usize, count: usize| (at + if forwards { 1 } else { count.saturating_sub(1) }) % count.max(1);
    if let Some(Drill::Compare(page)) = app.drills.last_mut() {
        page.chart = turn(page.chart, compare::PANELS);
    } else {
        let overview = app.pane.description().body == Body::Overview;
        let count = if overview { overview::charts_of(app).len() } else { app.charts_of(app.pane).len() };
        let place = app.pane.place();
        app.chart[place] = turn(app.chart[place], count);
    }
    Vec::new()
}
