//! Commands about runs: the keys of the Overview.

use crate::stage::StageId;
use crate::ui::app::App;
use crate::ui::command::Runs;
use crate::ui::effect::{Effect, Effects};
use crate::ui::reading::Reading;
use crate::ui::stages;
use crate::ui::update::open;

/// Does the command, or says why it cannot be done.
pub(super) fn perform(app: &mut App, command: Runs) -> Effects {
    if !app.can(command.into()) {
        let why = match command {
            Runs::Stale | Runs::All if app.running => "a run is under way; x cancels the stage under the cursor",
            Runs::Stale | Runs::All => {
                "nothing to run: look at a log of your own with I, download one with D, or start with user360 --input DIR"
            }
            Runs::Cancel => "the stage under the cursor is not at work",
            Runs::Compare => "the workspace keeps no earlier run to compare with",
        };
        app.tell("Overview", &why);
        return Vec::new();
    }
    match command {
        Runs::Stale => start(app, false),
        Runs::All => start(app, true),
        Runs::Cancel => vec![Effect::Cancel(app.stages[app.stage].id)],
        Runs::Compare => open::comparison(app),
    }
}

/// Runs the stages, those that are done too where `force`.
pub(super) fn start(app: &mut App, force: bool) -> Effects {
    let Some(input) = app.input.clone() else { return Vec::new() };
    app.running = true;
    app.stages = StageId::ALL.into_iter().map(stages::unknown).collect();
    app.forced = force;
    // The sample of the demo is the program's own.
    let accept_shrunk = std::mem::take(&mut app.accept_shrunk) || app.demo;
    let accept_settings = app.accept_settings || app.demo;
    let reading = Box::new(Reading { input, ingest: app.ingest.clone(), accept_shrunk, accept_settings });
    vec![Effect::Start { reading, force }]
}
