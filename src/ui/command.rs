//! The one command table: bindings, hint bar, help and palette all read it.

use crossterm::event::KeyCode;

use super::key::Key;

/// Something the user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table below gives each a title")]
pub enum Command {
    ShowOverview,
    ShowUsers,
    NextPane,
    PreviousPane,
    Down,
    Up,
    Left,
    Right,
    First,
    Last,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Open,
    RunStale,
    RunAll,
    CancelStage,
    Sort,
    SortMore,
    Filter,
    FilterCell,
    ResetView,
    Search,
    SearchNext,
    SearchPrevious,
    OlderEvents,
    NewerEvents,
    Back,
    Accept,
    Dismiss,
    PreviousChoice,
    NextChoice,
    Palette,
    Theme,
    Help,
    Redraw,
    Suspend,
    Close,
    Quit,
}

/// Where a key means what it means: the topmost layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Every layer but the ones that take text.
    Everywhere,
    /// The Overview pane.
    Overview,
    /// The Users pane.
    Users,
    /// A user's page.
    UserPage,
    /// A stage's report.
    StageReport,
    /// Help.
    Help,
    /// A message or a question.
    Message,
    /// A line of text: filter, search.
    Prompt,
    /// The palette.
    Palette,
}

impl Context {
    /// Every context, as help lists them.
    pub const ALL: [Self; 9] = [
        Self::Everywhere,
        Self::Overview,
        Self::Users,
        Self::UserPage,
        Self::StageReport,
        Self::Help,
        Self::Message,
        Self::Prompt,
        Self::Palette,
    ];

    /// Its name in help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::UserPage => "User page",
            Self::StageReport => "Stage report",
            Self::Help => "Help",
            Self::Message => "Message",
            Self::Prompt => "Prompt",
            Self::Palette => "Palette",
        }
    }

    /// Whether keys are text here, so that letters cannot be commands.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Prompt | Self::Palette)
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// Its name in the palette and in settings.
    pub id: &'static str,
    /// What it does, for a reader.
    pub title: &'static str,
    /// The word in the hint bar; none for what needs no hint.
    pub hint: Option<&'static str>,
    /// Its keys.
    pub keys: &'static [Key],
    /// Where the keys hold.
    pub contexts: &'static [Context],
}

const SCROLLING: &[Context] =
    &[Context::Overview, Context::Users, Context::UserPage, Context::StageReport, Context::Help];

macro_rules! entry {
    ($command:ident, $id:literal, $title:literal, $hint:expr, $keys:expr, $contexts:expr) => {
        Entry { command: Command::$command, id: $id, title: $title, hint: $hint, keys: $keys, contexts: $contexts }
    };
}

/// Every command, in the order of help and of the hint bar.
#[rustfmt::skip]
pub static COMMANDS: &[Entry] = &[
    entry!(Open, "open", "Look closer: the user's page, the stage's report", Some("open"), &[Key::named(KeyCode::Enter)], &[Context::Overview, Context::Users]),
    entry!(RunStale, "run", "Run the stages that are stale", Some("run"), &[Key::letter('r')], &[Context::Overview]),
    entry!(RunAll, "run-all", "Run every stage anew", Some("run all"), &[Key::letter('R')], &[Context::Overview]),
    entry!(CancelStage, "cancel-stage", "Cancel the stage under the cursor", Some("cancel"), &[Key::letter('x')], &[Context::Overview]),
    entry!(Sort, "sort", "Sort by this column: ascending, descending, off", Some("sort"), &[Key::letter('s')], &[Context::Users]),
    entry!(SortMore, "sort-more", "Break ties by this column", None, &[Key::letter('S')], &[Context::Users]),
    entry!(Filter, "filter", "Keep the rows for which an SQL condition is true", Some("filter"), &[Key::letter('f')], &[Context::Users]),
    entry!(FilterCell, "filter-cell", "Keep the rows like the cell under the cursor", None, &[Key::letter('F')], &[Context::Users]),
    entry!(ResetView, "reset-view", "Drop filter and sort", None, &[Key::letter('0')], &[Context::Users]),
    entry!(Search, "search", "Find a user by a part of the id", Some("search"), &[Key::letter('/')], &[Context::Users]),
    entry!(SearchNext, "search-next", "The next user found", None, &[Key::letter('n')], &[Context::Users]),
    entry!(SearchPrevious, "search-previous", "The previous user found", None, &[Key::letter('N')], &[Context::Users]),
    entry!(OlderEvents, "older-events", "Older events of the timeline", Some("older"), &[Key::letter(']')], &[Context::UserPage]),
    entry!(NewerEvents, "newer-events", "Newer events of the timeline", Some("newer"), &[Key::letter('[')], &[Context::UserPage]),
    entry!(Down, "down", "One down", None, &[Key::letter('j'), Key::named(KeyCode::Down)], SCROLLING),
    entry!(Up, "up", "One up", None, &[Key::letter('k'), Key::named(KeyCode::Up)], SCROLLING),
    entry!(Left, "left", "One column to the left", None, &[Key::letter('h'), Key::named(KeyCode::Left)], &[Context::Users]),
    entry!(Right, "right", "One column to the right", None, &[Key::letter('l'), Key::named(KeyCode::Right)], &[Context::Users]),
    entry!(First, "first", "To the first", None, &[Key::letter('g'), Key::named(KeyCode::Home)], SCROLLING),
    entry!(Last, "last", "To the last", None, &[Key::letter('G'), Key::named(KeyCode::End)], SCROLLING),
    entry!(HalfDown, "half-down", "Half a page down", None, &[Key::ctrl('d')], SCROLLING),
    entry!(HalfUp, "half-up", "Half a page up", None, &[Key::ctrl('u')], SCROLLING),
    entry!(PageDown, "page-down", "A page down", None, &[Key::ctrl('f'), Key::named(KeyCode::PageDown)], SCROLLING),
    entry!(PageUp, "page-up", "A page up", None, &[Key::ctrl('b'), Key::named(KeyCode::PageUp)], SCROLLING),
    entry!(Accept, "accept", "Do it", Some("do it"), &[Key::named(KeyCode::Enter)], &[Context::Message, Context::Prompt, Context::Palette]),
    entry!(Dismiss, "dismiss", "Leave it", Some("leave"), &[Key::named(KeyCode::Esc)], &[Context::Message, Context::Prompt, Context::Palette]),
    entry!(PreviousChoice, "previous-choice", "The choice above", None, &[Key::named(KeyCode::Up), Key::ctrl('p')], &[Context::Palette]),
    entry!(NextChoice, "next-choice", "The choice below", None, &[Key::named(KeyCode::Down), Key::ctrl('n')], &[Context::Palette]),
    entry!(Back, "back", "Back to the layer below", Some("back"), &[Key::named(KeyCode::Esc), Key::named(KeyCode::Backspace)], &[Context::UserPage, Context::StageReport, Context::Help]),
    entry!(ShowOverview, "overview", "Overview: stages, the log's figures", None, &[Key::letter('1')], &[Context::Everywhere]),
    entry!(ShowUsers, "users", "Users: one row per user", None, &[Key::letter('2')], &[Context::Everywhere]),
    entry!(NextPane, "next-pane", "The next pane", None, &[Key::named(KeyCode::Tab)], &[Context::Everywhere]),
    entry!(PreviousPane, "previous-pane", "The previous pane", None, &[Key::named(KeyCode::BackTab)], &[Context::Everywhere]),
    entry!(Palette, "palette", "Find a command by its name", Some("palette"), &[Key::letter(':')], &[Context::Everywhere]),
    entry!(Theme, "theme", "The next theme", None, &[Key::letter('t')], &[Context::Everywhere]),
    entry!(Help, "help", "Every key", Some("help"), &[Key::letter('?')], &[Context::Everywhere]),
    entry!(Redraw, "redraw", "Draw the screen anew", None, &[Key::ctrl('l')], &[Context::Everywhere]),
    entry!(Suspend, "suspend", "Back to the shell for a while", None, &[Key::ctrl('z')], &[Context::Everywhere, Context::Prompt, Context::Palette]),
    entry!(Close, "close", "Close the layer; quit from a pane", Some("quit"), &[Key::letter('q')], &[Context::Everywhere]),
    entry!(Quit, "quit", "Quit", None, &[Key::ctrl('c')], &[Context::Everywhere, Context::Prompt, Context::Palette]),
];

/// The commands whose keys hold in a context.
pub fn in_context(context: Context) -> impl Iterator<Item = &'static Entry> {
    COMMANDS.iter().filter(move |entry| {
        entry.contexts.contains(&context) || (!context.takes_text() && entry.contexts.contains(&Context::Everywhere))
    })
}

/// What a key means in a context.
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
                for key in entry.keys {
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
        for entry in COMMANDS {
            assert!(ids.insert(entry.id) && commands.insert(entry.command), "{} stands twice", entry.id);
            assert!(!entry.keys.is_empty() && !entry.contexts.is_empty() && !entry.title.is_empty());
        }
    }

    #[test]
    fn letters_are_text_in_a_prompt() {
        assert_eq!(lookup(Context::Prompt, Key::letter('q')), None);
        assert_eq!(lookup(Context::Prompt, Key::ctrl('c')), Some(Command::Quit));
        assert_eq!(lookup(Context::Users, Key::letter('q')), Some(Command::Close));
        assert_eq!(lookup(Context::Overview, Key::letter('s')), None);
    }
}
