//! Threshold or budget down or up, typed, or marked by; else a column to the left or right.

use crate::ui::app::App;
use crate::ui::command::Step;
use crate::ui::effect::Effects;
use crate::ui::pane::Slider;
use crate::ui::update::selected;

/// Steps of the churn threshold.
const LAST_THRESHOLD: usize = 100;

/// Does the command.
pub(super) fn perform(app: &mut App, command: Step) -> Effects {
    match command {
        Step::Type => return selected::ask(app),
        Step::Mark => return selected::mark(app),
        Step::Less | Step::More => {}
    }
    let more = command == Step::More;
    let slider = app.pane.description().slider.filter(|_| app.drills.is_empty());
    match slider {
        Some(Slider::Threshold) => app.threshold = step(app.threshold, more, LAST_THRESHOLD),
        Some(Slider::Budget) => {
            if let Some(Ok(summary)) = &app.summary
                && let Some(last) = summary.budgets.len().checked_sub(1)
            {
                app.budget = Some(step(app.budget_place().unwrap_or(0), more, last));
            }
        }
        None => {
            let room = app.room();
            if let Some(grid) = app.grid_mut() {
                grid.move_columns(if more { 1 } else { -1 }, room);
            }
        }
    }
    Vec::new()
}

fn step(at: usize, more: bool, last: usize) -> usize {
    if more { (at + 1).min(last) } else { at.saturating_sub(1) }
}
