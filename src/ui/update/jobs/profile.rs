//! Gathers a user's page.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::{self, DataTable, Run, Standing, UserProfile};
use crate::ui::app::App;
use crate::ui::drill::{Drill, UserPage};
use crate::ui::effect::{Effect, Effects, Work};

/// Gathers the page of the user in a row.
pub(in crate::ui::update) fn profile(generation: u64, run: Arc<Run>, users: DataTable, row: usize) -> Effect {
    let table = users.clone();
    Effect::background(Work::new(
        "gather a user's page",
        move |_| store::profile(&run, &users, row),
        move |app, profile| profiled(app, generation, table, row, profile),
    ))
}

/// The page is shown at once; how the user stands among all takes longer in a large shop.
fn profiled(app: &mut App, generation: u64, users: DataTable, row: usize, profile: Result<UserProfile>) -> Effects {
    let Some(page) = page_of(app, generation) else { return Vec::new() };
    let found = profile.is_ok();
    page.profile = Some(profile.map_err(|error| error.to_string()));
    if !found {
        return Vec::new();
    }
    page.standing.cancel();
    page.standing = Job::new();
    let job = page.standing.clone();
    let work = Work::new(
        "compare a user with all others",
        move |job| store::standing(&users, row, job),
        move |app, standing| stood(app, generation, standing),
    );
    vec![Effect::Work(work.aside(), job)]
}

fn stood(app: &mut App, generation: u64, standing: Result<Vec<Standing>>) -> Effects {
    let Some(page) = page_of(app, generation) else { return Vec::new() };
    match standing {
        Ok(standing) => {
            if let Some(Ok(profile)) = page.profile.take() {
                page.profile = Some(Ok(profile.with_standing(&standing)));
            }
        }
        Err(Error::Cancelled) => {}
        Err(error) => page.profile = Some(Err(error.to_string())),
    }
    Vec::new()
}

fn page_of(app: &mut App, generation: u64) -> Option<&mut UserPage> {
    app.drills.iter_mut().find_map(|drill| match drill {
        Drill::User(page) if page.generation == generation => Some(page.as_mut()),
        _ => None,
    })
}
