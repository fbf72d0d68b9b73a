//! Commands about the program as a whole.

use crate::ui::app::App;
use crate::ui::command::Program;
use crate::ui::effect::{Effect, Effects};
use crate::ui::explain;
use crate::ui::pane::Pane;
use crate::ui::popups::{About, Help, Message, Picked, Popup};
use crate::ui::update::{doors, fetch, log, open, palette, show};

/// Does the command.
pub(super) fn perform(app: &mut App, command: Program) -> Effects {
    let other = |app: &App, by: usize| Pane::ALL[(app.pane.place() + by) % Pane::ALL.len()];
    match command {
        Program::NextPane => {
            let next = other(app, 1);
            return show(app, next);
        }
        Program::PreviousPane => {
            let previous = other(app, Pane::ALL.len() - 1);
            return show(app, previous);
        }
        Program::Theme => {
            let mut picker = open::themes(app);
            let now = Picked::Theme(app.theme().name.clone());
            picker.choose(&now);
            picker.before = Some(now);
            app.popups.push(Popup::Picker(picker));
        }
        Program::Explain => app.popups.push(Popup::Text(explain::explain(app))),
        Program::Help => {
            let page = Help::new(About::Keys(app.page_context()));
            app.popups.push(Popup::Help(page));
        }
        Program::Messages => {
            let page = Help::new(About::Notices(app.notices.newest_first()));
            app.popups.push(Popup::Help(page));
        }
        Program::CopyCommand => return doors::copy_command(app),
        Program::CopyLink => return doors::copy_link(app),
        Program::Palette => {
            let picker = palette::commands(app);
            app.popups.push(Popup::Picker(picker));
        }
        // Where both are under way, the one that the hint bar names.
        Program::CancelTransfer => match (&app.exporting, &app.fetching) {
            (Some(exporting), _) => exporting.job.cancel(),
            (None, Some(fetching)) => fetching.job.cancel(),
            (None, None) => app.say("Cancel", &"no export or download is under way"),
        },
        Program::Fetch => return fetch::begin(app),
        Program::Init => return log::begin(app),
        Program::EndTour => app.tour = None,
        Program::Redraw => return vec![Effect::Redraw],
        Program::Suspend => return vec![Effect::Suspend],
        Program::Quit => return quit(app),
    }
    Vec::new()
}

/// Quits, after a question where something is under way.
pub(super) fn close(app: &mut App) -> Effects {
    let words = if app.running {
        "A run is under way. Quitting stops it; the last finished run is kept. Quit?"
    } else if app.exporting.is_some() {
        "An export is under way. Quitting stops it and leaves no partial file. Quit?"
    } else if app.fetching.is_some() {
        "A download is under way. Quitting stops it; the next download of the same data set resumes it. Quit?"
    } else {
        return quit(app);
    };
    app.popups.push(Popup::Message(Message::asked("Quit", words, Program::Quit.into())));
    Vec::new()
}

fn quit(app: &mut App) -> Effects {
    if let Some(fetching) = &app.fetching {
        fetching.job.cancel();
    }
    if let Some(exporting) = &app.exporting {
        exporting.job.cancel();
    }
    app.program_job.cancel();
    for popup in &mut app.popups {
        if let Popup::Log(dialog) = popup {
            dialog.give_up();
        }
    }
    vec![Effect::Quit]
}
