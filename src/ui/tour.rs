//! `demo --tour`: ten steps through the workbench, each done by the reader's own keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::front::Spot;
use crate::ui::pane::Pane;
use crate::ui::popups::Popup;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// A step: what to do, and when it is done.
struct Step {
    says: &'static str,
    done: fn(&App) -> bool,
}

const STEPS: [Step; 10] = [
    Step {
        says: "This is the front page: how the shop stands. Press j until the cursor stands on At risk now.",
        done: |app| {
            let Some(Spot::Figure(at)) = app.spot() else { return false };
            app.pane == Pane::Overview && app.front.glances.get(at).is_some_and(|glance| glance.name == "at_risk")
        },
    },
    Step {
        says: "Everything shown can be looked up. Press K.",
        done: |app| matches!(app.popups.last(), Some(Popup::Text(_))),
    },
    Step {
        says: "That is how the figure is computed. Esc closes it; then Enter lists the customers behind it.",
        done: |app| app.pane == Pane::Users && app.popups.is_empty(),
    },
    Step {
        says: "These are the customers at risk. l goes to the next column, s sorts by it: sort by Likely to leave.",
        done: |app| app.grid_of(Pane::Users).wanted().sort.iter().any(|key| key.column == "churn"),
    },
    Step {
        says: "Enter opens the page of the customer under the cursor.",
        done: |app| matches!(app.drills.last(), Some(Drill::User(_))),
    },
    Step {
        says: "All that is known of one customer; j scrolls, n goes to the next. Esc goes back to the list.",
        done: |app| app.drills.is_empty() && app.pane == Pane::Users,
    },
    Step {
        says: "Space marks a customer; marks stay whatever you filter or sort. Mark one or more.",
        done: |app| !app.grid_of(Pane::Users).marks().is_empty(),
    },
    Step {
        says: "e exports what is marked, or what the filter leaves. Press e and look at the dialog.",
        done: |app| matches!(app.popups.last(), Some(Popup::Export(_))),
    },
    Step {
        says: "Esc leaves it, or Enter writes the file. Then 4 shows Churn, where the left and right arrows move the threshold.",
        done: |app| app.pane == Pane::Churn && app.popups.is_empty() && app.threshold != 50,
    },
    Step {
        says: "? shows every key, those of this pane first; : finds a command by its name. Press ? to end the tour.",
        done: |app| matches!(app.popups.last(), Some(Popup::Help(_))),
    },
];

/// How many steps there are.
pub const LENGTH: usize = STEPS.len();

/// Goes on where the step is done.
pub fn go_on(app: &mut App) {
    let Some(at) = app.tour else { return };
    if app.front.glances.is_empty() || app.running {
        return;
    }
    match STEPS.get(at) {
        Some(step) if (step.done)(app) => {
            app.tour = Some(at + 1).filter(|at| *at < LENGTH);
            app.dirty = true;
            if app.tour.is_none() {
                app.note = Some("that was the tour; q quits, and the shop stays as you leave it".to_owned());
            }
        }
        _ => {}
    }
}

/// Draws the step above the hints.
pub fn draw(app: &App, size: Size, buffer: &mut Buffer, theme: &Theme) {
    let Some(at) = app.tour else { return };
    let waits = app.front.glances.is_empty() || app.running;
    let says = if waits { "The stages run on the sample; the tour begins when they are done." } else { STEPS[at].says };
    let width = size.width.saturating_sub(4).min(100);
    let lines = text::wrap(says, usize::from(width.saturating_sub(2)).max(1));
    let height = (lines.len() as u16 + 2).min(size.height.saturating_sub(2));
    let area = Rect::new((size.width - width) / 2, size.height.saturating_sub(height + 1), width, height);
    Clear.render(area, buffer);
    let inside = panel::framed(&format!("Tour, step {} of {LENGTH} (Ctrl-t ends it)", at + 1), area, buffer, theme);
    let style = theme.style(Role::Header);
    panel::lines(lines.into_iter().map(|line| Line::styled(line, style)).collect(), inside, buffer);
}
