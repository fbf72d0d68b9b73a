//! Gathers an item's page, and who would want the item.

use std::sync::Arc;

use crate::error::Result;
use crate::store::{self, ItemProfile, Marks, Run, WantedBy};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::update::jobs::order::requested;

/// Gathers the page of an item.
pub(in crate::ui::update) fn item(generation: u64, run: Arc<Run>, id: String) -> Effect {
    Effect::background(Work::new(
        "gather an item's page",
        move |_| store::item_profile(&run, &id),
        move |app, item| item_found(app, generation, item),
    ))
}

/// Looks for the users who would want an item.
pub(in crate::ui::update) fn wanted_by(generation: u64, run: Arc<Run>, id: String) -> Effect {
    Effect::background(Work::new(
        "look for who would want an item",
        move |job| store::wanted_by(&run, &id, job),
        move |app, found| wanted_by_found(app, generation, found),
    ))
}

fn wanted_by_found(app: &mut App, generation: u64, found: Result<WantedBy>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Item(page) if page.generation == generation && page.of_users => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    match found {
        Ok(found) => {
            page.told = Some(found.told);
            requested(page.grid.take(Some(found.users), Marks::default(), room))
        }
        Err(error) => {
            page.grid.take_problem(error.to_string());
            Vec::new()
        }
    }
}

fn item_found(app: &mut App, generation: u64, item: Result<ItemProfile>) -> Effects {
    let room = app.room();
    let page = app.drills.iter_mut().find_map(|drill| match drill {
        Drill::Item(page) if page.generation == generation => Some(page),
        _ => None,
    });
    let Some(page) = page else { return Vec::new() };
    let mut effects = Vec::new();
    match item {
        // The other table may have been turned to while it was gathered: that bears another number.
        Ok(item) => {
            effects = requested(page.grid.take(Some(item.similar.clone()), Marks::default(), room));
            page.grid.show_whole(&["name", "category_path"], room);
            page.item = Some(Ok(item));
        }
        Err(error) => page.item = Some(Err(error.to_string())),
    }
    effects
}
