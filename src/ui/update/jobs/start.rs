//! Starts the stages.

use crate::stage::StageId;
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects};
use crate::ui::reading::Reading;
use crate::ui::stages;

/// Runs the stages, those that are done too where `force`.
pub(in crate::ui::update) fn start(app: &mut App, force: bool) -> Effects {
    let Some(input) = app.input.clone() else { return Vec::new() };
    app.running = true;
    app.go_to_spot(0);
    app.stages = StageId::ALL.into_iter().map(stages::unknown).collect();
    app.forced = force;
    // The sample of the demo is the program's own.
    let accept_shrunk = std::mem::take(&mut app.accept_shrunk) || app.demo;
    let accept_settings = app.accept_settings || app.demo;
    let reading = Box::new(Reading { input, ingest: app.ingest.clone(), accept_shrunk, accept_settings });
    vec![Effect::Start { reading, force }]
}
