//! The one command table: bindings, hint bar, help and palette all read it.

use crossterm::event::KeyCode;

use crate::ui::key::Key;

/// Something the user can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table below gives each a title")]
pub enum Command {
    ShowOverview,
    ShowUsers,
    ShowSegments,
    ShowChurn,
    ShowLtv,
    ShowRecommendations,
    ShowPersuadables,
    ShowSql,
    NextPane,
    PreviousPane,
    Down,
    Up,
    Left,
    Right,
    Less,
    More,
    First,
    Last,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    GoToRow,
    Open,
    RunStale,
    RunAll,
    CancelStage,
    Fetch,
    Init,
    Compare,
    SegmentPage,
    FindItem,
    Query,
    Sort,
    SortMore,
    Filter,
    FilterCell,
    ResetView,
    Search,
    SearchNext,
    SearchPrevious,
    Wider,
    Narrower,
    Hide,
    Fit,
    Pin,
    Columns,
    Mark,
    MarkRange,
    MarkAll,
    InvertMarks,
    CopyCell,
    CopyRow,
    Export,
    CancelExport,
    Undo,
    Redo,
    NextChart,
    PreviousChart,
    Split,
    OlderEvents,
    NewerEvents,
    Back,
    Accept,
    Dismiss,
    PreviousChoice,
    NextChoice,
    PreviousField,
    NextField,
    NextOption,
    PreviousOption,
    ChooseOption,
    WriteSettings,
    Tick,
    TickAll,
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
    /// The Segments pane.
    Segments,
    /// The Churn pane.
    Churn,
    /// The LTV pane.
    Ltv,
    /// The Recommendations pane.
    Recommendations,
    /// The Persuadables pane.
    Persuadables,
    /// The SQL pane.
    Sql,
    /// The comparison of two runs.
    Compare,
    /// An item's page.
    ItemPage,
    /// A user's page.
    UserPage,
    /// A segment's page.
    SegmentPage,
    /// A row of a query's result.
    RowPage,
    /// A stage's report.
    StageReport,
    /// Help.
    Help,
    /// A message or a question.
    Message,
    /// A line of text: filter, search.
    Prompt,
    /// The palette and the other lists to choose from.
    Palette,
    /// A list to tick.
    Checklist,
    /// The export dialog.
    Export,
    /// The dialog of a log's settings.
    Log,
}

impl Context {
    /// Every context, as help lists them.
    pub const ALL: [Self; 22] = [
        Self::Everywhere,
        Self::Overview,
        Self::Users,
        Self::Segments,
        Self::Churn,
        Self::Ltv,
        Self::Recommendations,
        Self::Persuadables,
        Self::Sql,
        Self::Compare,
        Self::ItemPage,
        Self::UserPage,
        Self::SegmentPage,
        Self::RowPage,
        Self::StageReport,
        Self::Help,
        Self::Message,
        Self::Prompt,
        Self::Palette,
        Self::Checklist,
        Self::Export,
        Self::Log,
    ];

    /// Its name in help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::Segments => "Segments",
            Self::Churn => "Churn",
            Self::Ltv => "LTV",
            Self::Recommendations => "Recommendations",
            Self::Persuadables => "Persuadables",
            Self::Sql => "SQL",
            Self::Compare => "Compare runs",
            Self::ItemPage => "Item page",
            Self::UserPage => "User page",
            Self::SegmentPage => "Segment page",
            Self::RowPage => "Row",
            Self::StageReport => "Stage report",
            Self::Help => "Help",
            Self::Message => "Message",
            Self::Prompt => "Prompt",
            Self::Palette => "Palette",
            Self::Checklist => "Columns",
            Self::Export => "Export",
            Self::Log => "Log settings",
        }
    }

    /// Whether keys are text here, so that letters cannot be commands.
    pub fn takes_text(self) -> bool {
        matches!(self, Self::Prompt | Self::Palette | Self::Export)
    }

    /// Whether it shows a table.
    pub fn has_table(self) -> bool {
        TABLES.contains(&self)
    }
}

/// When a command would do something: hints and palette leave it out otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// There is a raw log to run on, and no run is under way.
    Runnable,
    /// The stage under the cursor is at work.
    StageAtWork,
    /// There is something to look closer at under the cursor.
    Openable,
    /// The table is there.
    Table,
    /// The table shows a row.
    Rows,
    /// View or columns are not as they were at first.
    Touched,
    /// Something was searched for.
    Sought,
    /// There is something to undo.
    Undoable,
    /// There is something to do again.
    Redoable,
    /// The pane has charts.
    Charts,
    /// The workspace keeps an earlier run.
    EarlierRun,
    /// There is a run.
    Run,
    /// An export or a download is under way.
    Exporting,
    /// No download is under way.
    NotFetching,
    /// There is a layer below, or a range to leave.
    Layered,
    /// There are older events.
    Older,
    /// There are newer events.
    Newer,
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
    /// When it would do something.
    pub when: When,
}

/// Layers with a table.
const TABLES: &[Context] = &[
    Context::Users,
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Sql,
    Context::Compare,
    Context::ItemPage,
];
/// Tables and a user's page, which can be marked and exported too.
const MARKABLE: &[Context] = &[
    Context::Users,
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Sql,
    Context::Compare,
    Context::ItemPage,
    Context::UserPage,
];
const SCROLLING: &[Context] = &[
    Context::Overview,
    Context::Users,
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Sql,
    Context::Compare,
    Context::ItemPage,
    Context::UserPage,
    Context::SegmentPage,
    Context::RowPage,
    Context::StageReport,
    Context::Help,
    Context::Checklist,
    Context::Log,
];
const OPENING: &[Context] = &[
    Context::Overview,
    Context::Users,
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Sql,
    Context::Compare,
    Context::ItemPage,
];
const CHARTED: &[Context] = &[
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Compare,
];
const ITEMS: &[Context] = &[
    Context::Users,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::ItemPage,
    Context::UserPage,
];
const PAGES: &[Context] = &[
    Context::Users,
    Context::Segments,
    Context::Churn,
    Context::Ltv,
    Context::Recommendations,
    Context::Persuadables,
    Context::Sql,
    Context::Compare,
    Context::ItemPage,
    Context::UserPage,
    Context::SegmentPage,
    Context::RowPage,
    Context::StageReport,
    Context::Help,
];
const EVERYWHERE: &[Context] = &[Context::Everywhere];
const ASKING: &[Context] = &[Context::Message, Context::Prompt, Context::Palette, Context::Checklist, Context::Export];
const LEAVING: &[Context] =
    &[Context::Message, Context::Prompt, Context::Palette, Context::Checklist, Context::Export, Context::Log];
const LOG: &[Context] = &[Context::Log];
const TYPING: &[Context] = &[Context::Everywhere, Context::Prompt, Context::Palette, Context::Export];

macro_rules! entry {
    ($command:ident, $id:literal, $title:literal, $hint:expr, [$($key:expr),*], $contexts:expr, $when:ident) => {
        Entry {
            command: Command::$command,
            id: $id,
            title: $title,
            hint: $hint,
            keys: &[$($key),*],
            contexts: $contexts,
            when: When::$when,
        }
    };
}

/// Every command, in the order of help and of the hint bar.
#[rustfmt::skip]
pub static COMMANDS: &[Entry] = &[
    entry!(Open, "open", "Look closer: a page, a report, a segment's users", Some("open"), [Key::named(KeyCode::Enter)], OPENING, Openable),
    entry!(Back, "back", "Back: to the layer below, or out of a range", Some("back"), [Key::named(KeyCode::Esc), Key::named(KeyCode::Backspace)], PAGES, Layered),
    entry!(RunStale, "run", "Run the stages that are stale", Some("run"), [Key::letter('r')], &[Context::Overview], Runnable),
    entry!(RunAll, "run-all", "Run every stage anew", Some("run all"), [Key::letter('R')], &[Context::Overview], Runnable),
    entry!(CancelStage, "cancel-stage", "Cancel the stage under the cursor", Some("cancel"), [Key::letter('x')], &[Context::Overview], StageAtWork),
    entry!(Compare, "compare", "What changed since the previous run", Some("compare"), [Key::letter('d')], &[Context::Overview], EarlierRun),
    entry!(Query, "query", "Write an SQL query", Some("write a query"), [Key::letter('w')], &[Context::Sql], Run),
    entry!(SegmentPage, "segment-page", "The segment's page", Some("page"), [Key::letter('o')], &[Context::Segments], Rows),
    entry!(Less, "less", "Threshold or budget down; else a column left", Some("less"), [Key::named(KeyCode::Left)], TABLES, Table),
    entry!(More, "more", "Threshold or budget up; else a column right", Some("more"), [Key::named(KeyCode::Right)], TABLES, Table),
    entry!(Filter, "filter", "Keep the rows for which an SQL condition is true", Some("filter"), [Key::letter('f')], TABLES, Table),
    entry!(Sort, "sort", "Sort by this column: ascending, descending, off", Some("sort"), [Key::letter('s')], TABLES, Rows),
    entry!(Mark, "mark", "Mark the row, or the range being chosen", Some("mark"), [Key::letter(' ')], MARKABLE, Rows),
    entry!(Export, "export", "Write rows to a file", Some("export"), [Key::letter('e')], MARKABLE, Rows),
    entry!(SortMore, "sort-more", "Break ties by this column", None, [Key::letter('S')], TABLES, Rows),
    entry!(FilterCell, "filter-cell", "Keep the rows like the cell under the cursor", None, [Key::letter('F')], TABLES, Rows),
    entry!(ResetView, "reset-view", "Filter, sort and columns as at first", None, [Key::letter('0')], TABLES, Touched),
    entry!(Search, "search", "Find text in this column", Some("search"), [Key::letter('/')], TABLES, Rows),
    entry!(SearchNext, "search-next", "The next row found", None, [Key::letter('n')], TABLES, Sought),
    entry!(SearchPrevious, "search-previous", "The previous row found", None, [Key::letter('N')], TABLES, Sought),
    entry!(GoToRow, "go-to-row", "Go to a row by its number", None, [Key::letter('#')], TABLES, Rows),
    entry!(MarkRange, "mark-range", "Begin a range here, or mark the one begun", None, [Key::letter('v')], TABLES, Rows),
    entry!(MarkAll, "mark-all", "Mark every row of the view, or none", None, [Key::letter('a')], TABLES, Rows),
    entry!(InvertMarks, "invert-marks", "Swap marked and unmarked rows of the view", None, [Key::letter('i')], TABLES, Rows),
    entry!(Columns, "columns", "Choose the columns shown", Some("columns"), [Key::letter('c')], TABLES, Table),
    entry!(Hide, "hide", "Hide this column", None, [Key::letter('-')], TABLES, Table),
    entry!(Pin, "pin", "Keep this column while others scroll, or not", None, [Key::letter('p')], TABLES, Table),
    entry!(Wider, "wider", "Make this column wider", None, [Key::letter('>')], TABLES, Table),
    entry!(Narrower, "narrower", "Make this column narrower", None, [Key::letter('<')], TABLES, Table),
    entry!(Fit, "fit", "Fit this column to what is in sight", None, [Key::letter('_')], TABLES, Table),
    entry!(CopyCell, "copy-cell", "Copy the cell (on a user's page: the id)", None, [Key::letter('y')], MARKABLE, Rows),
    entry!(CopyRow, "copy-row", "Copy the row's cells, tabs between them", None, [Key::letter('Y')], TABLES, Rows),
    entry!(Undo, "undo", "Undo the last change of view, columns or marks", None, [Key::letter('u')], TABLES, Undoable),
    entry!(Redo, "redo", "Do again what was undone", None, [Key::ctrl('r')], TABLES, Redoable),
    entry!(NextChart, "next-chart", "The next chart", Some("chart"), [Key::letter(']')], CHARTED, Charts),
    entry!(PreviousChart, "previous-chart", "The previous chart", None, [Key::letter('[')], CHARTED, Charts),
    entry!(Split, "split", "Table and charts, table alone, charts alone", Some("layout"), [Key::letter('z')], CHARTED, Charts),
    entry!(FindItem, "find-item", "Look up an item", Some("item"), [Key::letter('o')], ITEMS, Run),
    entry!(OlderEvents, "older-events", "Older events of the timeline", Some("older"), [Key::letter(']')], &[Context::UserPage], Older),
    entry!(NewerEvents, "newer-events", "Newer events of the timeline", Some("newer"), [Key::letter('[')], &[Context::UserPage], Newer),
    entry!(Down, "down", "One down", None, [Key::letter('j'), Key::named(KeyCode::Down)], SCROLLING, Always),
    entry!(Up, "up", "One up", None, [Key::letter('k'), Key::named(KeyCode::Up)], SCROLLING, Always),
    entry!(Left, "left", "One column to the left", None, [Key::letter('h')], TABLES, Table),
    entry!(Right, "right", "One column to the right", None, [Key::letter('l')], TABLES, Table),
    entry!(First, "first", "To the first", None, [Key::letter('g'), Key::named(KeyCode::Home)], SCROLLING, Always),
    entry!(Last, "last", "To the last", None, [Key::letter('G'), Key::named(KeyCode::End)], SCROLLING, Always),
    entry!(HalfDown, "half-down", "Half a page down", None, [Key::ctrl('d')], SCROLLING, Always),
    entry!(HalfUp, "half-up", "Half a page up", None, [Key::ctrl('u')], SCROLLING, Always),
    entry!(PageDown, "page-down", "A page down", None, [Key::ctrl('f'), Key::named(KeyCode::PageDown)], SCROLLING, Always),
    entry!(PageUp, "page-up", "A page up", None, [Key::ctrl('b'), Key::named(KeyCode::PageUp)], SCROLLING, Always),
    entry!(Tick, "tick", "Tick or untick", Some("tick"), [Key::letter(' ')], &[Context::Checklist], Always),
    entry!(TickAll, "tick-all", "Tick all, or none", Some("all"), [Key::letter('a')], &[Context::Checklist], Always),
    entry!(Accept, "accept", "Do it", Some("do it"), [Key::named(KeyCode::Enter)], ASKING, Always),
    entry!(Dismiss, "dismiss", "Leave it", Some("leave"), [Key::named(KeyCode::Esc)], LEAVING, Always),
    entry!(PreviousChoice, "previous-choice", "The choice above; in a prompt the entry before", None, [Key::named(KeyCode::Up), Key::ctrl('p')], &[Context::Palette, Context::Prompt], Always),
    entry!(NextChoice, "next-choice", "The choice below; in a prompt the entry after", None, [Key::named(KeyCode::Down), Key::ctrl('n')], &[Context::Palette, Context::Prompt], Always),
    entry!(PreviousField, "previous-field", "The field above", None, [Key::named(KeyCode::BackTab), Key::named(KeyCode::Up)], &[Context::Export], Always),
    entry!(NextField, "next-field", "The field below", Some("next field"), [Key::named(KeyCode::Tab), Key::named(KeyCode::Down)], &[Context::Export], Always),
    entry!(NextOption, "next-option", "The next thing that this could be", Some("change"), [Key::named(KeyCode::Right), Key::letter('l')], LOG, Always),
    entry!(PreviousOption, "previous-option", "The thing before that this could be", None, [Key::named(KeyCode::Left), Key::letter('h')], LOG, Always),
    entry!(ChooseOption, "choose-option", "Choose what this is from a list", Some("choose"), [Key::named(KeyCode::Enter)], LOG, Always),
    entry!(WriteSettings, "write-settings", "Write these settings, and read the log by them", Some("write"), [Key::letter('w')], LOG, Always),
    entry!(ShowOverview, "overview", "Overview: stages, the log's figures", None, [Key::letter('1')], EVERYWHERE, Always),
    entry!(ShowUsers, "users", "Users: one row per user", None, [Key::letter('2')], EVERYWHERE, Always),
    entry!(ShowSegments, "segments", "Segments: who behaves alike", None, [Key::letter('3')], EVERYWHERE, Always),
    entry!(ShowChurn, "churn", "Churn: who will leave", None, [Key::letter('4')], EVERYWHERE, Always),
    entry!(ShowLtv, "ltv", "LTV: who will buy", None, [Key::letter('5')], EVERYWHERE, Always),
    entry!(ShowRecommendations, "recommendations", "Recommendations: what to offer to whom", None, [Key::letter('6')], EVERYWHERE, Always),
    entry!(ShowPersuadables, "persuadables", "Persuadables: whom a campaign would win", None, [Key::letter('7')], EVERYWHERE, Always),
    entry!(ShowSql, "sql", "SQL: a query over the run's tables", None, [Key::letter('8')], EVERYWHERE, Always),
    entry!(NextPane, "next-pane", "The next pane", None, [Key::named(KeyCode::Tab)], EVERYWHERE, Always),
    entry!(PreviousPane, "previous-pane", "The previous pane", None, [Key::named(KeyCode::BackTab)], EVERYWHERE, Always),
    entry!(Fetch, "fetch", "Download a data set from Kaggle", Some("download"), [Key::letter('D')], EVERYWHERE, NotFetching),
    entry!(Init, "init", "Look at a log nobody described", Some("your log"), [Key::letter('I')], EVERYWHERE, Always),
    entry!(CancelExport, "cancel-export", "Cancel the export or the download under way", Some("cancel"), [Key::letter('X')], EVERYWHERE, Exporting),
    entry!(Palette, "palette", "Find a command by its name", Some("palette"), [Key::letter(':')], EVERYWHERE, Always),
    entry!(Theme, "theme", "Choose a theme", None, [Key::letter('t')], EVERYWHERE, Always),
    entry!(Help, "help", "Every key", Some("help"), [Key::letter('?')], EVERYWHERE, Always),
    entry!(Redraw, "redraw", "Draw the screen anew", None, [Key::ctrl('l')], EVERYWHERE, Always),
    entry!(Suspend, "suspend", "Back to the shell for a while", None, [Key::ctrl('z')], TYPING, Always),
    entry!(Close, "close", "Close the layer; quit from a pane", Some("quit"), [Key::letter('q')], EVERYWHERE, Always),
    entry!(Quit, "quit", "Quit", None, [Key::ctrl('c')], TYPING, Always),
];

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
