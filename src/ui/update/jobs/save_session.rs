//! Saves the session.

use std::sync::Arc;

use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::Pane;
use crate::ui::session::Session;

/// Saves the session where it differs from what was last saved, unless the reader wants none.
pub(in crate::ui::update) fn save(app: &mut App) -> Effects {
    app.unsaved = false;
    let file = Session::file(&app.workspace).filter(|_| app.settings.restore);
    let now = (app.session_but_marks(), app.grid_of(Pane::Users).marks().clone());
    if app.saved.as_ref() == Some(&now) {
        return Vec::new();
    }
    let session = now.0.clone();
    app.saved = Some(now);
    let Some(file) = file else { return Vec::new() };
    let (marked, known) = (app.marked_users(), Arc::clone(&app.known_session));
    // To name the marked users takes longer than a frame.
    let work = move || match marked {
        Some((table, marks)) => session.with_marks(&table, &marks)?.save_beside(&file, &known),
        None => session.save_beside(&file, &known),
    };
    let saved = |_: &mut App, result| {
        if let Err(error) = result {
            tracing::warn!(%error, "the session is not saved");
        }
        Vec::new()
    };
    vec![Effect::background(Work::new("save the session", move |_| work(), saved).quietly())]
}
