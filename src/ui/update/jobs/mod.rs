//! Background jobs: what each is asked, what it does on its own thread, and what its answer changes. One file each; jobs
//! that are part of a dialog (export, download, log) lie with the dialog.

pub(super) mod compare;
pub(super) mod item;
mod load_users;
pub(super) mod note;
pub(super) mod open_run;
pub(super) mod order;
pub(super) mod profile;
pub(super) mod query;
pub(super) mod recommend;
pub(super) mod save_session;
pub(super) mod start;
pub(super) mod statistics;
mod summarise;

use crate::stage::StageId;
use crate::ui::app::App;

/// Why a stage has no answer.
fn reason(app: &App, stage: StageId) -> String {
    let record = app.run.as_ref().and_then(|run| run.info().stage(stage).cloned());
    match record.map(|record| (record.state, record.reason)) {
        Some((state, Some(reason))) => format!("{} {state}: {reason}", stage.name()),
        Some((state, None)) => format!("{} {state}", stage.name()),
        None => format!("{} is not part of this run", stage.name()),
    }
}

pub(super) fn is_current(app: &App, run: &str) -> bool {
    app.run.as_ref().is_some_and(|current| current.info().id == run)
}
