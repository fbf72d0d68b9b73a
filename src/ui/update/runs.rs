//! Commands about runs: the keys of the Overview.

use crate::stage::StageState;
use crate::ui::app::App;
use crate::ui::command::Runs;
use crate::ui::effect::{Effect, Effects};
use crate::ui::update::compare;
use crate::ui::update::jobs::{open_run, start::start};

/// Why a stage cannot be cancelled.
const NOT_AT_WORK: &str = "the stage under the cursor is not at work";

/// Does the command, or says why it cannot be done.
pub(super) fn perform(app: &mut App, command: Runs) -> Effects {
    if !app.can(command.into()) {
        let why = match command {
            Runs::Stale | Runs::All if app.running => "a run is under way; x cancels the stage under the cursor",
            Runs::Stale | Runs::All => {
                "nothing to run: look at a log of your own with I, download one with D, or start with user360 --input DIR"
            }
            Runs::Cancel => NOT_AT_WORK,
            Runs::Compare | Runs::CompareLater => "the workspace keeps no earlier run to compare with",
            Runs::OpenNewer => "the run shown is the newest",
        };
        app.say("Overview", &why);
        return Vec::new();
    }
    match command {
        Runs::Stale => start(app, false),
        Runs::All => start(app, true),
        Runs::Cancel => {
            let at_work = app.stages.get(app.stage).filter(|line| line.state == StageState::Running);
            if let Some(line) = at_work {
                return vec![Effect::Cancel(line.id)];
            }
            app.say("Overview", &NOT_AT_WORK);
            Vec::new()
        }
        Runs::Compare => compare::ask(app, false),
        Runs::CompareLater => compare::ask(app, true),
        Runs::OpenNewer => open_run::open_newer(app),
    }
}
