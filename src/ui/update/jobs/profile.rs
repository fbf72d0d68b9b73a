//! Gathers a user's page.

use std::sync::Arc;

use crate::error::Result;
use crate::store::{self, DataTable, Run, UserProfile};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};

/// Gathers the page of the user in a row.
pub(in crate::ui::update) fn profile(generation: u64, run: Arc<Run>, users: DataTable, row: usize) -> Effect {
    Effect::background(Work::new(
        "gather a user's page",
        move |_| store::profile(&run, &users, row),
        move |app, profile| profiled(app, generation, profile),
    ))
}

fn profiled(app: &mut App, generation: u64, profile: Result<UserProfile>) -> Effects {
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::User(page) if page.generation == generation => Some(page),
        _ => None,
    });
    if let Some(page) = page {
        page.profile = Some(profile.map_err(|error| error.to_string()));
    }
    Vec::new()
}
