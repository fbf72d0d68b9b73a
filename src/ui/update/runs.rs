//! Commands about runs: the keys of the Overview.

use crate::ui::app::App;
use crate::ui::command::Runs;
use crate::ui::effect::{Effect, Effects};
use crate::ui::update::compare;
use crate::ui::update::jobs::{open_run, start::start};

/// Does the command, or says why it cannot be done.
pub(super) fn perform(app: &mut App, command: Runs) -> Effects {
    if !app.can(command.into()) {
        let why = match command {
            Runs::Stale | Runs::All if app.running => "a run is under way; x cancels the stage under the cursor",
            Runs::Stale | Runs::All => {
                "nothing to run: look at a log of your own with I, download one with D, or start with user360 --input DIR"
            }
            Runs::Cancel => "the stage under the cursor is not at work",
            Runs::Compare | Runs::CompareLater => "the workspace keeps no earlier run to compare with",
            Runs::OpenNewer => "the run shown is the newest",
        };
        app.say("Overview", &why);
        return Vec::new();
    }
    match command {
        Runs::Stale => start(app, false),
        Runs::All => start(app, true),
        Runs::Cancel => vec![Effect::Cancel(app.stages[app.stage].id)],
        Runs::Compare => compare::ask(app, false),
        Runs::CompareLater => compare::ask(app, true),
        Runs::OpenNewer => open_run::open_newer(app),
    }
}
