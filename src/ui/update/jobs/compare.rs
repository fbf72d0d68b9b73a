//! Compares a run with an earlier one of the workspace.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result;
use crate::store::{self, Comparison, Marks, Run, Workspace};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::update::jobs::order::requested;

/// Compares the run with the one of the id `before`.
pub(in crate::ui::update) fn compare(generation: u64, workspace: PathBuf, before: String, run: Arc<Run>) -> Effect {
    Effect::background(Work::new(
        "compare runs",
        move |_| store::compare(&Workspace::open(workspace).run(&before)?, &run),
        move |app, comparison| compared(app, generation, comparison),
    ))
}

fn compared(app: &mut App, generation: u64, comparison: Result<Comparison>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Compare(page) if page.generation == generation => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    let mut effects = Vec::new();
    match comparison {
        Ok(comparison) => {
            effects = requested(page.grid.take(Some(comparison.moved.clone()), Marks::default(), room));
            page.comparison = Some(Ok(comparison));
        }
        Err(error) => page.comparison = Some(Err(error.to_string())),
    }
    effects
}
