//! Every command with its words and keys: what bindings, hint bar, help and palette read.

use std::sync::LazyLock;

use crossterm::event::KeyCode;

use crate::ui::command::{
    Charts, Command, Context, Dialog, Entry, Layer, Move, Neighbour, Open, Program, Runs, Step, Table, Timeline, When,
    Where,
};
use crate::ui::key::Key;
use crate::ui::pane::Pane;

/// Dialogs that take an answer.
const ASKING: &[Context] = &[
    Context::Message,
    Context::Prompt,
    Context::Palette,
    Context::Checklist,
    Context::Export,
    Context::Statistics,
    Context::Views,
    Context::Query,
    Context::Queries,
];
/// Lists and lines with a choice above and below.
const CHOOSING: &[Context] = &[Context::Palette, Context::Prompt, Context::Views, Context::Query, Context::Queries];
/// Lists of what was given a name.
const SAVED: &[Context] = &[Context::Views, Context::Queries];
/// Dialogs that can be left without one.
const LEAVING: &[Context] = &[
    Context::Message,
    Context::Prompt,
    Context::Palette,
    Context::Checklist,
    Context::Export,
    Context::Log,
    Context::Statistics,
    Context::Views,
    Context::Query,
    Context::Queries,
];

/// Where runs are compared.
const COMPARING: &[Context] = &[Context::Pane(Pane::Overview), Context::Compare];

/// Pages of rows that may stand in a list.
const LISTED: &[Context] = &[Context::UserPage, Context::SegmentPage, Context::RowPage];

/// Every command, in the order of help and of the hint bar.
pub static COMMANDS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let panes = Pane::ALL.into_iter().map(show).collect();
    [in_layers(), panes, anywhere()].into_iter().flatten().collect()
});

fn entry(
    command: impl Into<Command>,
    id: &'static str,
    title: &'static str,
    hint: Option<&'static str>,
    keys: &[Key],
    place: Where,
    when: When,
) -> Entry {
    Entry { command: command.into(), id, title, hint, keys: keys.to_vec(), contexts: place.contexts(), when }
}

/// The command that shows a pane. Its key is the pane's place, as far as there are digits.
fn show(pane: Pane) -> Entry {
    let digit = u32::try_from(pane.place() + 1).ok().and_then(|place| char::from_digit(place, 10));
    let keys: Vec<Key> = digit.map(Key::letter).into_iter().collect();
    let about = pane.description();
    entry(Command::Show(pane), about.id, about.about, None, &keys, Where::Everywhere, When::Always)
}

/// What layers do.
#[rustfmt::skip]
fn in_layers() -> Vec<Entry> {
    vec![
        entry(Open::Selected, "open", "Open a page, a report, or a segment's users", Some("open"), &[Key::named(KeyCode::Enter)], Where::Openings, When::Openable),
        entry(Layer::Back, "back", "Go back, or leave a range", Some("back"), &[Key::named(KeyCode::Esc), Key::named(KeyCode::Backspace)], Where::Closable, When::Layered),
        entry(Runs::Stale, "run", "Run the stages that are stale", Some("run"), &[Key::letter('r')], Where::Overview, When::Runnable),
        entry(Runs::All, "run-all", "Run every stage again", Some("run all"), &[Key::letter('R')], Where::Overview, When::Runnable),
        entry(Runs::Cancel, "cancel-stage", "Cancel the stage under the cursor", Some("cancel"), &[Key::letter('x')], Where::Overview, When::StageAtWork),
        entry(Runs::Compare, "compare", "Compare with an earlier run", Some("compare"), &[Key::letter('d')], Where::In(COMPARING), When::EarlierRun),
        entry(Runs::CompareLater, "compare-later", "Choose the later run of the comparison", Some("later run"), &[Key::letter('o')], Where::In(&[Context::Compare]), When::EarlierRun),
        entry(Open::Metrics, "all-metrics", "Show all metrics, or the users whose churn moved", Some("metrics"), &[Key::letter('w')], Where::In(&[Context::Compare]), When::Run),
        entry(Open::Query, "query", "Write an SQL query", Some("write a query"), &[Key::letter('w')], Where::Query, When::Run),
        entry(Open::WantedBy, "who-would-want-it", "Show who would want the item, or the items like it", Some("who wants it"), &[Key::letter('w')], Where::In(&[Context::ItemPage]), When::Run),
        entry(Open::Segment, "segment-page", "Open the segment's page", Some("page"), &[Key::letter('o')], Where::In(&[Context::Pane(Pane::Segments)]), When::Rows),
        entry(Step::Less, "less", "Lower the threshold or budget, or go a column left", Some("less"), &[Key::named(KeyCode::Left)], Where::Tables, When::Table),
        entry(Step::More, "more", "Raise the threshold or budget, or go a column right", Some("more"), &[Key::named(KeyCode::Right)], Where::Tables, When::Table),
        entry(Step::Type, "type-number", "Type the threshold or the budget", None, &[Key::letter('.')], Where::Sliding, When::Table),
        entry(Step::Mark, "mark-selected", "Mark whom the threshold or the budget selects", Some("mark selected"), &[Key::letter('m')], Where::Sliding, When::Rows),
        entry(Table::Filter, "filter", "Filter rows by an SQL condition", Some("filter"), &[Key::letter('f')], Where::Tables, When::Table),
        entry(Table::Sort, "sort", "Sort by this column: ascending, descending, off", Some("sort"), &[Key::letter('s')], Where::Tables, When::Rows),
        entry(Table::Mark, "mark", "Mark the row or the range", Some("mark"), &[Key::letter(' ')], Where::Markable, When::Rows),
        entry(Table::Export, "export", "Export rows to a file", Some("export"), &[Key::letter('e')], Where::Markable, When::Rows),
        entry(Table::SortMore, "sort-more", "Then sort by this column", None, &[Key::letter('S')], Where::Tables, When::Rows),
        entry(Table::FilterCell, "filter-cell", "Filter rows by the cell under the cursor", None, &[Key::letter('F')], Where::Tables, When::Rows),
        entry(Table::FilterOut, "filter-out", "Also only rows unlike the cell under the cursor", None, &[Key::letter('!')], Where::Tables, When::Rows),
        entry(Table::Views, "views", "Recall, save or delete a view by its name", Some("views"), &[Key::letter('V')], Where::Tables, When::Table),
        entry(Table::Statistics, "statistics", "Show what this column holds, and filter by it", Some("statistics"), &[Key::letter('=')], Where::Tables, When::Rows),
        entry(Table::Group, "group", "Group the rows of the view by this column", Some("group"), &[Key::letter('+')], Where::Tables, When::Rows),
        entry(Table::ResetView, "reset-view", "Reset filter, sort and columns", None, &[Key::letter('0')], Where::Tables, When::Touched),
        entry(Table::Search, "search", "Find text in this column", Some("search"), &[Key::letter('/')], Where::Tables, When::Rows),
        entry(Table::SearchNext, "search-next", "Go to the next match", None, &[Key::letter('n')], Where::Tables, When::Sought),
        entry(Table::SearchPrevious, "search-previous", "Go to the previous match", None, &[Key::letter('N')], Where::Tables, When::Sought),
        entry(Table::GoToRow, "go-to-row", "Go to a row by its number", None, &[Key::letter('#')], Where::Tables, When::Rows),
        entry(Table::MarkRange, "mark-range", "Start a range here, or mark it", None, &[Key::letter('v')], Where::Tables, When::Rows),
        entry(Table::MarkAll, "mark-all", "Mark all rows of the view, or none", None, &[Key::letter('a')], Where::Tables, When::Rows),
        entry(Table::InvertMarks, "invert-marks", "Invert the marks of the view", None, &[Key::letter('i')], Where::Tables, When::Rows),
        entry(Table::Columns, "columns", "Choose columns", Some("columns"), &[Key::letter('c')], Where::Tables, When::Table),
        entry(Table::Hide, "hide", "Hide this column", None, &[Key::letter('-')], Where::Tables, When::Table),
        entry(Table::Pin, "pin", "Pin or unpin this column", None, &[Key::letter('p')], Where::Tables, When::Table),
        entry(Table::Wider, "wider", "Make this column wider", None, &[Key::letter('>')], Where::Tables, When::Table),
        entry(Table::Narrower, "narrower", "Make this column narrower", None, &[Key::letter('<')], Where::Tables, When::Table),
        entry(Table::Fit, "fit", "Fit this column to its contents", None, &[Key::letter('_')], Where::Tables, When::Table),
        entry(Table::CopyCell, "copy-cell", "Copy the cell (the id on a user's page)", None, &[Key::letter('y')], Where::Markable, When::Rows),
        entry(Table::CopyRow, "copy-row", "Copy the row, separated by tabs", None, &[Key::letter('Y')], Where::Tables, When::Rows),
        entry(Table::CopyAs, "copy-as", "Copy cell, row or marks as text, CSV, JSON, Markdown", None, &[Key::ctrl('y')], Where::Tables, When::Rows),
        entry(Table::Undo, "undo", "Undo the last change of view, columns or marks", None, &[Key::letter('u')], Where::Tables, When::Undoable),
        entry(Table::Redo, "redo", "Redo what was undone", None, &[Key::ctrl('r')], Where::Tables, When::Redoable),
        entry(Charts::Next, "next-chart", "The next chart", Some("chart"), &[Key::letter(']'), Key::letter(')')], Where::Turning, When::Charts),
        entry(Charts::Previous, "previous-chart", "The previous chart", None, &[Key::letter('['), Key::letter('(')], Where::Turning, When::Charts),
        entry(Charts::Split, "split", "Show table and charts, the table only, charts only", Some("layout"), &[Key::letter('z')], Where::Charted, When::Charts),
        entry(Open::Item, "find-item", "Look up an item", Some("item"), &[Key::letter('o')], Where::Items, When::Run),
        entry(Open::Note, "note", "Write a note and #tags about the user or the marked", Some("note"), &[Key::letter('T')], Where::People, When::Rows),
        entry(Neighbour::Next, "next-in-list", "Page of the next row of the list behind", Some("next"), &[Key::letter('n')], Where::In(LISTED), When::Always),
        entry(Neighbour::Previous, "previous-in-list", "Page of the previous row of the list behind", None, &[Key::letter('N')], Where::In(LISTED), When::Always),
        entry(Timeline::Older, "older-events", "Show older events", Some("older"), &[Key::letter(']'), Key::letter(')')], Where::In(&[Context::UserPage]), When::Older),
        entry(Timeline::Newer, "newer-events", "Show newer events", Some("newer"), &[Key::letter('['), Key::letter('(')], Where::In(&[Context::UserPage]), When::Newer),
        entry(Move::Down, "down", "Move down", None, &[Key::letter('j'), Key::named(KeyCode::Down)], Where::Scrolling, When::Always),
        entry(Move::Up, "up", "Move up", None, &[Key::letter('k'), Key::named(KeyCode::Up)], Where::Scrolling, When::Always),
        entry(Table::Left, "left", "Move left", None, &[Key::letter('h')], Where::Tables, When::Table),
        entry(Table::Right, "right", "Move right", None, &[Key::letter('l')], Where::Tables, When::Table),
        entry(Move::First, "first", "Go to the first", None, &[Key::letter('g'), Key::named(KeyCode::Home)], Where::Scrolling, When::Always),
        entry(Move::Last, "last", "Go to the last", None, &[Key::letter('G'), Key::named(KeyCode::End)], Where::Scrolling, When::Always),
        entry(Move::HalfDown, "half-down", "Move half a page down", None, &[Key::ctrl('d')], Where::Scrolling, When::Always),
        entry(Move::HalfUp, "half-up", "Move half a page up", None, &[Key::ctrl('u')], Where::Scrolling, When::Always),
        entry(Move::PageDown, "page-down", "Move a page down", None, &[Key::ctrl('f'), Key::named(KeyCode::PageDown)], Where::Scrolling, When::Always),
        entry(Move::PageUp, "page-up", "Move a page up", None, &[Key::ctrl('b'), Key::named(KeyCode::PageUp)], Where::Scrolling, When::Always),
        entry(Dialog::Tick, "tick", "Tick or untick", Some("tick"), &[Key::letter(' ')], Where::In(&[Context::Checklist]), When::Always),
        entry(Dialog::TickAll, "tick-all", "Tick all, or none", Some("all"), &[Key::letter('a')], Where::In(&[Context::Checklist]), When::Always),
        entry(Dialog::SearchPage, "search-page", "Show only the lines that hold a text", Some("search"), &[Key::letter('/')], Where::In(&[Context::Help, Context::Checklist]), When::Always),
        entry(Dialog::Accept, "accept", "Confirm", Some("do it"), &[Key::named(KeyCode::Enter)], Where::In(ASKING), When::Always),
        entry(Dialog::Dismiss, "dismiss", "Cancel", Some("leave"), &[Key::named(KeyCode::Esc)], Where::In(LEAVING), When::Always),
        entry(Dialog::Complete, "complete", "Complete the word, or put in the next one offered", Some("complete"), &[Key::named(KeyCode::Tab)], Where::In(&[Context::Prompt, Context::Query]), When::Completable),
        entry(Dialog::NewLine, "new-line", "Begin a line in the query", None, &[Key::alt(KeyCode::Enter), Key::ctrl('j')], Where::In(&[Context::Query]), When::Always),
        entry(Dialog::Saved, "saved-queries", "Open, save or delete a query by its name", Some("saved"), &[Key::ctrl('s')], Where::In(&[Context::Query]), When::Always),
        entry(Dialog::Edit, "edit-query", "Write the query in your own editor ($EDITOR)", Some("editor"), &[Key::ctrl('o')], Where::In(&[Context::Query, Context::Pane(Pane::Sql)]), When::Run),
        entry(Dialog::SaveView, "save-view", "Save the current view or query under the name typed", Some("save"), &[Key::ctrl('s')], Where::In(SAVED), When::Always),
        entry(Dialog::DeleteView, "delete-view", "Delete the view or query under the cursor", Some("delete"), &[Key::ctrl('x')], Where::In(SAVED), When::Always),
        entry(Dialog::PreviousChoice, "previous-choice", "Previous choice, or earlier entry in a prompt", None, &[Key::named(KeyCode::Up), Key::ctrl('p')], Where::In(CHOOSING), When::Always),
        entry(Dialog::NextChoice, "next-choice", "Next choice, or later entry in a prompt", None, &[Key::named(KeyCode::Down), Key::ctrl('n')], Where::In(CHOOSING), When::Always),
        entry(Dialog::PreviousField, "previous-field", "Previous field", None, &[Key::named(KeyCode::BackTab), Key::named(KeyCode::Up)], Where::In(&[Context::Export]), When::Always),
        entry(Dialog::NextField, "next-field", "Next field", Some("next field"), &[Key::named(KeyCode::Tab), Key::named(KeyCode::Down)], Where::In(&[Context::Export]), When::Always),
        entry(Dialog::NextOption, "next-option", "Next option", Some("change"), &[Key::named(KeyCode::Right), Key::letter('l')], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::PreviousOption, "previous-option", "Previous option", None, &[Key::named(KeyCode::Left), Key::letter('h')], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::ChooseOption, "choose-option", "Choose an option from a list", Some("choose"), &[Key::named(KeyCode::Enter)], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::ClearOption, "clear-option", "Take this from no column", None, &[Key::named(KeyCode::Delete)], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::UndoOption, "undo-option", "Undo the last choice", None, &[Key::letter('u')], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::ProposedOptions, "proposed-options", "Go back to what was proposed", None, &[Key::letter('0')], Where::In(&[Context::Log]), When::Always),
        entry(Dialog::WriteSettings, "write-settings", "Save these settings and read the log with them", Some("write"), &[Key::letter('w')], Where::In(&[Context::Log]), When::Always),
    ]
}

/// What can be done on any layer.
#[rustfmt::skip]
fn anywhere() -> Vec<Entry> {
    vec![
        entry(Program::NextPane, "next-pane", "The next pane", None, &[Key::named(KeyCode::Tab)], Where::Everywhere, When::Always),
        entry(Program::PreviousPane, "previous-pane", "The previous pane", None, &[Key::named(KeyCode::BackTab)], Where::Everywhere, When::Always),
        entry(Program::Fetch, "fetch", "Download a data set from Kaggle", Some("download"), &[Key::letter('D')], Where::Everywhere, When::NotFetching),
        entry(Program::Init, "init", "Set up a log of your own", Some("your log"), &[Key::letter('I')], Where::Everywhere, When::Always),
        entry(Program::CancelTransfer, "cancel-export", "Cancel the running export or download", Some("cancel"), &[Key::letter('X')], Where::Everywhere, When::Exporting),
        entry(Program::Palette, "palette", "Find a command by its name", Some("palette"), &[Key::letter(':')], Where::Everywhere, When::Always),
        entry(Program::Theme, "theme", "Choose a theme", None, &[Key::letter('t')], Where::Everywhere, When::Always),
        entry(Program::Explain, "explain", "Explain what is under the cursor and on this screen", Some("explain"), &[Key::letter('K')], Where::Everywhere, When::Always),
        entry(Runs::OpenNewer, "open-newer-run", "Open the newer run of the workspace", Some("newer run"), &[Key::letter('L')], Where::Everywhere, When::NewerRun),
        entry(Program::Help, "help", "Show all keys", Some("help"), &[Key::letter('?')], Where::Everywhere, When::Always),
        entry(Program::Messages, "messages", "Show what was told in this session", None, &[Key::letter('M')], Where::Everywhere, When::Always),
        entry(Program::CopyCommand, "copy-command", "Copy the headless command of this view", None, &[Key::letter('C')], Where::Everywhere, When::Always),
        entry(Program::CopyLink, "copy-link", "Copy the address of the user's page elsewhere", None, &[Key::letter('O')], Where::Everywhere, When::Linked),
        entry(Program::EndTour, "end-tour", "End the tour", None, &[Key::ctrl('t')], Where::Everywhere, When::Touring),
        entry(Program::Redraw, "redraw", "Redraw the screen", None, &[Key::ctrl('l')], Where::Everywhere, When::Always),
        entry(Program::Suspend, "suspend", "Suspend to the shell", None, &[Key::ctrl('z')], Where::EverywhereTyping, When::Always),
        entry(Layer::Close, "close", "Close the page, or quit from a pane", Some("quit"), &[Key::letter('q')], Where::Everywhere, When::Always),
        entry(Program::Quit, "quit", "Quit", None, &[Key::ctrl('c')], Where::EverywhereTyping, When::Always),
    ]
}
