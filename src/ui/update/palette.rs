//! The palette: the commands of this page, those of the other panes, and those that cannot be used now, with the reason.

use crate::ui::app::App;
use crate::ui::command::{COMMANDS, Command, Context, Dialog, Entry, Open, Program};
use crate::ui::effect::Effects;
use crate::ui::pane::Pane;
use crate::ui::popups::{Offer, Picked, Picker};
use crate::ui::update::{perform, show};

/// Every command: what can be done here first, then what can be done on other panes, then what cannot be done now.
pub(super) fn commands(app: &App) -> Picker {
    let context = app.page_context();
    let here = |entry: &&Entry| entry.command != Command::Program(Program::Palette);
    let mut entries: Vec<_> = app.bindings.in_context(context).filter(here).collect();
    entries.sort_by_key(|entry| !entry.contexts.contains(&context));
    let (useful, idle): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| app.can(entry.command));
    let offer = |entry: &Entry, title: String, picked: Picked| Offer {
        name: entry.id.to_owned(),
        title,
        aside: app.bindings.keys(entry.command).first().map(ToString::to_string).unwrap_or_default(),
        picked,
    };
    let useful = useful.into_iter().map(|entry| offer(entry, entry.title.to_owned(), Picked::Command(entry.command)));
    let own = app.programs.iter().enumerate().map(|(at, program)| Offer {
        name: program.name.clone(),
        title: "a program of your own".to_owned(),
        aside: program.key.to_string(),
        picked: Picked::Command(Command::Own(at)),
    });
    let elsewhere = COMMANDS.iter().filter(|entry| entries.iter().all(|known| known.id != entry.id));
    let elsewhere = elsewhere.filter_map(|entry| {
        let pane = pane_of(app, entry)?;
        let offered = offer(entry, entry.title.to_owned(), Picked::Elsewhere(pane, entry.command));
        Some(Offer { aside: format!("{} {}", pane.title(), offered.aside), ..offered })
    });
    let idle = idle.into_iter().map(|entry| {
        let why = entry.when.why();
        offer(entry, format!("{} ({why})", entry.title), Picked::Idle(entry.title, why))
    });
    let offers = useful.chain(own).chain(elsewhere).chain(idle).collect();
    let none = if context.has_table() { "no such command; a number goes to that row" } else { "no such command" };
    Picker::new("Commands", none, offers)
}

/// The pane on which a command that means nothing here can be used: the open one, below its pages, before the others.
fn pane_of(app: &App, entry: &Entry) -> Option<Pane> {
    if entry.command == Command::Dialog(Dialog::Saved) {
        return Some(Pane::Sql);
    }
    let on = |pane: &Pane| entry.contexts.contains(&Context::Pane(*pane));
    std::iter::once(app.pane).chain(Pane::ALL).find(on)
}

/// Does a command on another pane, or says why it cannot be done there now.
pub(super) fn elsewhere(app: &mut App, pane: Pane, command: Command) -> Effects {
    let mut effects = show(app, pane);
    if command == Command::Dialog(Dialog::Saved) {
        effects.extend(perform(app, Open::Query.into()));
        effects.extend(perform(app, command));
    } else if app.can(command) {
        effects.extend(perform(app, command));
    } else if let Some(entry) = crate::ui::command::entry(command) {
        app.say(pane.title(), &format!("{}: {}", entry.title, entry.when.why()));
    }
    effects
}
