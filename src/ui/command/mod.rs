//! The one command table: bindings, hint bar, help and palette all read it.
//!
//! A command belongs to whoever does it: each variant of [`Command`] but one holds the commands of one handler in
//! `update`, which matches all of them. Popups alone get every command first, for they take the keys of what is below.

mod context;
mod entry;
mod table;

use crate::ui::key::Key;
use crate::ui::pane::Pane;

pub use context::{Context, Where};
pub use entry::{Entry, When};
pub use table::COMMANDS;

/// Something the user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Show a pane.
    Show(Pane),
    /// Something about the program as a whole; `update/program.rs` does it.
    Program(Program),
    /// Something about runs; `update/runs.rs` does it.
    Runs(Runs),
    /// A move of the cursor or of the scroll position; `update/moves.rs` does it.
    Move(Move),
    /// Leaving a layer; `update/layers.rs` does it.
    Layer(Layer),
    /// Opening a page or a list; `update/open.rs` does it.
    Open(Open),
    /// Threshold or budget, or a column to the left or right; `update/step.rs` does it.
    Step(Step),
    /// Something about a table; `update/table.rs` does it.
    Table(Table),
    /// Something about the charts; `update/charts.rs` does it.
    Charts(Charts),
    /// The page of the next or the previous row; `update/next.rs` does it.
    Neighbour(Neighbour),
    /// Something about a user's timeline; `update/user.rs` does it.
    Timeline(Timeline),
    /// A program of the user's own, by its place; `update/doors.rs` runs it.
    Own(usize),
    /// Something that only a dialog understands; `update/popups` does it.
    Dialog(Dialog),
}

/// A group of commands, and how one of them becomes a [`Command`].
macro_rules! group {
    ($(#[$doc:meta])* $group:ident { $($command:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the table of commands gives each a title")]
        pub enum $group {
            $($command,)*
        }

        impl From<$group> for Command {
            fn from(command: $group) -> Self {
                Self::$group(command)
            }
        }
    };
}

group! {
    /// The program as a whole.
    Program { NextPane, PreviousPane, Fetch, Init, CancelTransfer, Palette, Theme, Explain, Help, Messages, CopyCommand, CopyLink, EndTour, Redraw, Suspend, Quit }
}

group! {
    /// Runs of the stages.
    Runs { Stale, All, Cancel, Compare, CompareLater, OpenNewer }
}

group! {
    /// Moves of a cursor or a scroll position.
    Move { Down, Up, First, Last, HalfDown, HalfUp, PageDown, PageUp }
}

group! {
    /// Leaving a layer.
    Layer { Back, Close }
}

group! {
    /// Opening a page or a list.
    Open { Selected, Segment, Item, WantedBy, Metrics, Query, Note }
}

group! {
    /// Steps of a threshold, of a budget, or between columns.
    Step { Less, More, Type, Mark }
}

group! {
    /// Tables.
    Table { Left, Right, GoToRow, Sort, SortMore, Filter, FilterCell, FilterOut, ResetView, Views, Statistics, Group, Search, SearchNext, SearchPrevious, Wider, Narrower, Hide, Fit, Pin, Columns, Mark, MarkRange, MarkAll, InvertMarks, CopyCell, CopyRow, CopyAs, Export, Undo, Redo }
}

group! {
    /// Charts, and how a pane divides its room.
    Charts { Next, Previous, Split }
}

group! {
    /// Pages of other rows of the list behind the page.
    Neighbour { Next, Previous }
}

group! {
    /// A user's timeline.
    Timeline { Older, Newer }
}

group! {
    /// Dialogs.
    Dialog { Accept, Dismiss, Complete, NewLine, Saved, Edit, SaveView, DeleteView, PreviousChoice, NextChoice, PreviousField, NextField, NextOption, PreviousOption, ChooseOption, ClearOption, UndoOption, ProposedOptions, WriteSettings, SearchPage, Tick, TickAll }
}

/// The line of a command.
pub fn entry(command: Command) -> Option<&'static Entry> {
    COMMANDS.iter().find(|entry| entry.command == command)
}

/// The commands whose keys hold in a context.
pub fn in_context(context: Context) -> impl Iterator<Item = &'static Entry> {
    COMMANDS.iter().filter(move |entry| {
        entry.contexts.contains(&context) || (!context.takes_text() && entry.contexts.contains(&Context::Everywhere))
    })
}

/// What a key means in a context, as long as nobody has bound keys otherwise.
pub fn lookup(context: Context, key: Key) -> Option<Command> {
    in_context(context).find(|entry| entry.keys.contains(&key)).map(|entry| entry.command)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_context() {
        for context in Context::ALL {
            let mut seen = HashMap::new();
            for entry in in_context(context) {
                for key in &entry.keys {
                    let earlier = seen.insert(*key, entry.id);
                    assert!(earlier.is_none(), "{key} is {earlier:?} and {} in {context:?}", entry.id);
                }
            }
        }
    }

    #[test]
    fn every_command_has_one_line_with_a_key_and_a_place() {
        let mut ids = HashSet::new();
        let mut commands = HashSet::new();
        for entry in COMMANDS.iter() {
            assert!(ids.insert(entry.id) && commands.insert(entry.command), "{} stands twice", entry.id);
            assert!(!entry.keys.is_empty() && !entry.contexts.is_empty() && !entry.title.is_empty());
        }
    }

    #[test]
    fn letters_are_text_in_a_prompt() {
        assert_eq!(lookup(Context::Prompt, Key::letter('q')), None);
        assert_eq!(lookup(Context::Prompt, Key::ctrl('c')), Some(Command::Program(Program::Quit)));
        assert_eq!(lookup(Context::Pane(Pane::Users), Key::letter('q')), Some(Command::Layer(Layer::Close)));
        assert_eq!(lookup(Context::Pane(Pane::Overview), Key::letter('s')), None);
    }
}
