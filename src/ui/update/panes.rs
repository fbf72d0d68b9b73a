//! Keys of the panes: what they do besides their tables.

use crate::ui::app::App;
use crate::ui::command::Command;
use crate::ui::drill::{Drill, StagePage, compare, scroll};
use crate::ui::effect::{Effect, Effects};
use crate::ui::pane::Pane;
use crate::ui::panes::analysis;
use crate::ui::update::{open, popups, reveal, start, table};

/// Steps of the churn threshold.
const LAST_THRESHOLD: usize = 100;

pub(super) fn on_pane(app: &mut App, command: Command) -> Option<Effects> {
    if !app.drills.is_empty() {
        return None;
    }
    if app.pane == Pane::Overview {
        return on_overview(app, command);
    }
    match (app.pane, command) {
        (_, Command::Open) => return Some(open::open_on_pane(app)),
        (Pane::Segments, Command::SegmentPage) => return Some(open::open_segment(app)),
        (_, Command::FindItem) => return Some(open::choose_item(app)),
        (Pane::Sql, Command::Query) => {
            popups::ask_query(app);
            return Some(Vec::new());
        }
        (Pane::Churn, Command::Less | Command::More) => {
            app.threshold = step(app.threshold, command == Command::More, LAST_THRESHOLD);
            return Some(Vec::new());
        }
        (Pane::Persuadables, Command::Less | Command::More) => {
            if let Some(Ok(summary)) = &app.summary
                && let Some(last) = summary.budgets.len().checked_sub(1)
            {
                app.budget = Some(step(app.budget_place().unwrap_or(0), command == Command::More, last));
            }
            return Some(Vec::new());
        }
        _ => {}
    }
    on_charts(app, command).or_else(|| table::on_table(app, command))
}

fn step(at: usize, more: bool, last: usize) -> usize {
    if more { (at + 1).min(last) } else { at.saturating_sub(1) }
}

/// Chooses charts and how the room is divided.
pub(super) fn on_charts(app: &mut App, command: Command) -> Option<Effects> {
    if !matches!(command, Command::NextChart | Command::PreviousChart | Command::Split) || !app.can(command) {
        return None;
    }
    if command == Command::Split {
        app.split = app.split.next();
        reveal(app);
        return Some(Vec::new());
    }
    let next = command == Command::NextChart;
    let turn = |at: usize, count: usize| (at + if next { 1 } else { count.saturating_sub(1) }) % count.max(1);
    if let Some(Drill::Compare(page)) = app.drills.last_mut() {
        page.chart = turn(page.chart, compare::PANELS);
    } else {
        let count = analysis::panels(app, app.pane).len();
        let place = app.pane.place();
        app.chart[place] = turn(app.chart[place], count);
    }
    Some(Vec::new())
}

fn on_overview(app: &mut App, command: Command) -> Option<Effects> {
    let asked = [Command::RunStale, Command::RunAll, Command::CancelStage, Command::Open, Command::Compare];
    if asked.contains(&command) && !app.can(command) {
        let why = match command {
            Command::RunStale | Command::RunAll if app.running => {
                "a run is under way; x cancels the stage under the cursor"
            }
            Command::RunStale | Command::RunAll => {
                "nothing to run: look at a log of your own with I, download one with D, or start with user360 --input DIR"
            }
            Command::CancelStage => "the stage under the cursor is not at work",
            Command::Compare => "the workspace keeps no earlier run to compare with",
            _ => "this stage has no report yet",
        };
        app.tell("Overview", &why);
        return Some(Vec::new());
    }
    match command {
        Command::RunStale => return Some(start(app, false)),
        Command::RunAll => return Some(start(app, true)),
        Command::CancelStage => return Some(vec![Effect::Cancel(app.stages[app.stage].id)]),
        Command::Compare => return Some(open::open_comparison(app)),
        Command::Open => {
            let record = app.record().cloned()?;
            app.drills.push(Drill::Stage(Box::new(StagePage::new(record))));
        }
        _ => {
            let last = app.stages.len().saturating_sub(1) as u16;
            app.stage = usize::from(scroll::moved(command, app.stage as u16, last, last + 1)?);
        }
    }
    Some(Vec::new())
}
