//! Which commands would do something now.

use crate::stage::StageState;
use crate::ui::app::App;
use crate::ui::command::{self, Command, Context, When};
use crate::ui::drill::Drill;
use crate::ui::front::Spot;
use crate::ui::popups::Popup;

impl App {
    /// Whether a command would do something now; the hint bar and the palette leave the others out.
    pub fn can(&self, command: Command) -> bool {
        command::entry(command).is_some_and(|entry| self.holds(entry.when))
    }

    fn holds(&self, when: When) -> bool {
        let grid = self.grid();
        let on_user = matches!(self.drills.last(), Some(Drill::User(_)));
        let rows = on_user || grid.is_some_and(|grid| !grid.rows().is_empty());
        match when {
            When::Always => true,
            When::Runnable => self.input.is_some() && !self.running,
            When::StageAtWork => self.running && self.stages.iter().any(|line| line.state == StageState::Running),
            When::Completable => match self.popups.last() {
                Some(Popup::Prompt(prompt)) => prompt.purpose.completes(),
                _ => false,
            },
            When::Openable => match self.page_context() {
                Context::Pane(pane) if !pane.has_table() => match self.spot() {
                    Some(Spot::Stage(_)) => self.record().is_some(),
                    spot => spot.is_some(),
                },
                _ => rows,
            },
            When::Table => grid.is_some_and(|grid| grid.table().is_some()),
            When::Rows => rows,
            When::Touched => grid.is_some_and(|grid| grid.table().is_some() && !grid.is_untouched()),
            When::Sought => rows && grid.is_some_and(|grid| !grid.sought.is_empty()),
            When::Undoable | When::Redoable => grid.is_some_and(|grid| grid.can_undo(when == When::Redoable)),
            When::Charts => self.drills.is_empty() || matches!(self.drills.last(), Some(Drill::Compare(_))),
            When::EarlierRun => !self.kept_runs.is_empty(),
            When::Touring => self.tour.is_some(),
            When::NewerRun => self.newer_run.is_some() && !self.running,
            When::Run => self.run.is_some(),
            When::Layered => {
                !self.drills.is_empty()
                    || !self.popups.is_empty()
                    || self.is_unfolded()
                    || grid.is_some_and(|grid| grid.range.is_some())
            }
            When::Exporting => self.exporting.is_some() || self.fetching.is_some(),
            When::NotFetching => self.fetching.is_none(),
            When::Linked => self.link.is_some(),
            When::Older | When::Newer => match self.drills.last() {
                Some(Drill::User(page)) => page.can_turn(when == When::Older),
                _ => false,
            },
        }
    }
}
