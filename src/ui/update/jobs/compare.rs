//! Compares a run with an earlier one of the workspace.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Result;
use crate::store::{self, Comparison, Marks, Run, Workspace};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::update::jobs::order::requested;

/// Compares the run of the id `before` with that of the other id, or with `run` where there is none.
pub(in crate::ui::update) fn compare(
    generation: u64,
    workspace: PathBuf,
    before: String,
    (after, run): (Option<String>, Arc<Run>),
) -> Effect {
    Effect::background(Work::new(
        "compare runs",
        move |_| {
            let workspace = Workspace::open(workspace);
            let before = workspace.run(&before)?;
            match after {
                Some(after) => store::compare(&before, &workspace.run(&after)?),
                None => store::compare(&before, &run),
            }
        },
        move |app, comparison| compared(app, generation, comparison),
    ))
}

/// Looks who came to a segment and who left it since the run of the id `before`.
pub(in crate::ui::update) fn segment(
    generation: u64,
    workspace: PathBuf,
    before: String,
    run: Arc<Run>,
    name: String,
) -> Effect {
    let look = move || store::segment_moves(&Workspace::open(workspace).run(&before)?, &run, &name);
    let work = Work::new("look who moved", move |_| look(), move |app, moves| moved(app, generation, moves));
    Effect::background(work.aside())
}

fn moved(app: &mut App, generation: u64, moves: Result<Option<Vec<String>>>) -> Effects {
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Segment(page) if page.generation == generation => Some(page),
        _ => None,
    });
    if let Some(page) = page {
        page.moves = match moves {
            Ok(moves) => moves,
            Err(error) => Some(vec![format!("who moved since the run before is not known: {error}")]),
        };
    }
    Vec::new()
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
