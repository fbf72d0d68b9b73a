//! Filters and views that were given a name: saved, recalled, deleted.

use crate::ui::app::App;
use crate::ui::command::Context;
use crate::ui::effect::Effects;
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::popups::{Offer, Picked, Picker, Popup};
use crate::ui::session::SavedView;
use crate::ui::update::jobs::order::requested;

/// Opens the list of the views of the table in sight.
pub(super) fn open(app: &mut App) -> Effects {
    if !app.drills.is_empty() || !app.pane.is_kept() {
        if let Some(grid) = app.grid_mut() {
            grid.note = Some("views are saved of the panes' tables, not of this one".to_owned());
        }
        return Vec::new();
    }
    let picker = list(app);
    app.popups.push(Popup::Picker(picker));
    Vec::new()
}

fn list(app: &App) -> Picker {
    let views = app.written.views.iter().filter(|view| fits(app.pane, &view.pane));
    let offers = views.map(|view| Offer {
        name: view.name.clone(),
        title: told(view),
        aside: view.pane.clone(),
        picked: Picked::View(view.name.clone()),
    });
    let none = "type a name: Enter saves the current view under it";
    Picker::new("Views: Enter recalls one; type a name and Ctrl-s to save", none, offers.collect()).on(Context::Views)
}

/// Filter and sort of a view, in words.
fn told(view: &SavedView) -> String {
    let filter = view.kept.view.filter.as_ref().map(|filter| format!("where {filter}"));
    let keys = view.kept.view.sort.iter();
    let keys: Vec<String> =
        keys.map(|key| format!("{}{}", key.column, if key.descending { " descending" } else { "" })).collect();
    let sort = (!keys.is_empty()).then(|| format!("by {}", keys.join(", ")));
    filter.into_iter().chain(sort).collect::<Vec<_>>().join(" ")
}

/// Whether a pane's table has the columns of another's.
fn fits(pane: Pane, other: &str) -> bool {
    let of_users = |pane: Pane| matches!(pane.description().table, Some(PaneTable::Users { .. }));
    Pane::named(other).is_some_and(|other| pane == other || of_users(pane) && of_users(other))
}

/// Shows the table as it was when the view of this name was saved.
pub(super) fn recall(app: &mut App, name: &str) -> Effects {
    let room = app.room();
    let pane = app.pane;
    let Some(view) = app.written.views.iter().find(|view| view.name == name && fits(pane, &view.pane)) else {
        return Vec::new();
    };
    let kept = view.kept.clone();
    app.grid_mut().map(|grid| requested(grid.recall(kept, room))).unwrap_or_default()
}

/// Keeps the view of now under a name, in the place of another of that name.
pub(super) fn save(app: &mut App, name: &str) {
    let name = name.trim();
    if name.is_empty() {
        return;
    }
    let pane = app.pane;
    let Some(grid) = app.grid_mut() else { return };
    grid.note = Some(format!("saved as {name}; V recalls it"));
    let view = SavedView { name: name.to_owned(), pane: pane.title().to_owned(), kept: grid.keep() };
    app.written.views.retain(|view| view.name != name || !fits(pane, &view.pane));
    app.written.views.push(view);
    app.written.views.sort_by(|a, b| a.name.cmp(&b.name));
    app.popups.pop();
}

/// Forgets the view under the cursor of the list.
pub(super) fn delete(app: &mut App) {
    let Some(Popup::Picker(picker)) = app.popups.last() else { return };
    let Some(Picked::View(name)) = picker.picked() else { return };
    let (pane, chosen) = (app.pane, picker.chosen);
    app.written.views.retain(|view| view.name != name || !fits(pane, &view.pane));
    let mut picker = list(app);
    picker.chosen = chosen;
    picker.move_by(0);
    app.popups.pop();
    app.popups.push(Popup::Picker(picker));
}
