//! How a log that nobody has described could be read: a look at its first rows, and what the reader makes of them.
//!
//! `sample` reads the first rows, `columns` says by `words` and `times` which column is what, `preview` reads them by the
//! settings proposed.

mod columns;
mod preview;
mod sample;
mod times;
mod words;

use serde::Serialize;

pub use preview::preview;

use super::counts::IngestCounts;
use super::files::InputFiles;
use super::layout::{Role, recognised};
use super::quarantine::QuarantinedRow;
use super::settings::{ColumnName, DefaultEvent, IngestSettings, LayoutName, Meaning};
use crate::error::{Error, Result};
use crate::job::Job;
use columns::{Profile, Taken, assign};
use sample::{Sample, sample};

/// How many rows of a file are looked at.
pub const ROWS: usize = 10_000;

/// Settings that a log could be read by.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The settings.
    pub settings: IngestSettings,
    /// What was decided, in the order of a configuration.
    pub choices: Vec<Choice>,
}

/// One thing that was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The setting without `ingest.`, such as `columns.user`.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Why, in a few words.
    pub reason: String,
    /// What else it could be, the likelier first.
    pub rivals: Vec<String>,
    /// Whether there is little doubt.
    pub sure: bool,
}

/// What the reader makes of the first rows of a log.
#[derive(Clone, Debug)]
pub struct Preview {
    /// How many rows of each file were read at most.
    pub rows_per_file: usize,
    /// What became of each row.
    pub counts: IngestCounts,
    /// The first rejected row of each reason.
    pub examples: Vec<QuarantinedRow>,
    /// The earliest time, UTC milliseconds.
    pub first_ms: Option<i64>,
    /// The latest time, UTC milliseconds.
    pub last_ms: Option<i64>,
    /// What the log cannot tell when read so.
    pub unknown: Vec<&'static str>,
}

/// Looks at the first file's first rows and proposes how to read all.
///
/// `given` is what is known beforehand: its separator, header and columns are taken as they are.
///
/// # Errors
/// [`Error::Input`] where there is no row, or no column that could be the time, the user or the item.
pub fn propose(files: &InputFiles, given: &IngestSettings, job: &Job) -> Result<Proposal> {
    let Some(path) = files.events.first() else {
        return Err(Error::Missing("no event log to look at".to_owned()));
    };
    let looked = sample(path, given.separator_byte()?, job)?;
    let wrong = |what: String| Error::Input { path: path.clone(), line: None, what };
    let Some(first) = looked.names.as_ref().or(looked.rows.first()) else {
        return Err(wrong("is empty; name a file that holds rows".to_owned()));
    };
    if let Some(layout) = recognised(path, given).filter(|&layout| is_known(layout, &looked)) {
        let settings = IngestSettings { layout, ..given.clone() };
        let reason = if layout == LayoutName::Yoochoose {
            "by the number of fields and the first row's values"
        } else {
            "by the names of its columns"
        };
        let choice = Choice::new("layout", layout.name(), reason.to_owned());
        return Ok(Proposal { settings, choices: vec![choice] });
    }
    let header = given.header && (looked.names.is_some() || names_columns(first));
    let names: Vec<String> = if header { first.clone() } else { (1..=first.len()).map(|at| at.to_string()).collect() };
    let skipped = usize::from(header && looked.names.is_none());
    let rows: Vec<&Vec<String>> = looked.rows.iter().skip(skipped).filter(|row| row.len() == names.len()).collect();
    if rows.is_empty() {
        return Err(wrong("holds a header but no row of as many fields; name a file that holds events".to_owned()));
    }
    let profiles: Vec<Profile> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let cells: Vec<&str> = rows.iter().map(|row| row[at].as_str()).collect();
            Profile::new(name.clone(), header, &cells)
        })
        .collect();
    let mut settings = IngestSettings { layout: LayoutName::Custom, header, ..given.clone() };
    let mut choices = vec![Choice::new("layout", "custom", "no known layout has these columns".to_owned())];
    if let Some(separator) = looked.separator {
        settings.separator = if separator == b'\t' { "tab".to_owned() } else { char::from(separator).to_string() };
        let reason = format!("it gives the first rows {} fields", names.len());
        choices.push(Choice::new("separator", &settings.separator, reason));
    }
    let reason = if header { "the first row holds no number and no time" } else { "the first row is one of values" };
    choices.push(Choice::new("header", &header.to_string(), reason.to_owned()));
    take_columns(&mut settings, &mut choices, &profiles, assign(&profiles));
    for (role, column) in
        [("time", &settings.columns.time), ("user", &settings.columns.user), ("item", &settings.columns.item)]
    {
        if column.is_empty() {
            let looked_for = match role {
                "time" => "numbers since 1970 (s, ms, us), ISO dates, and day, month and year in other orders",
                "user" => "words such as user, customer, visitor, client, member",
                _ => "words such as item, product, article, sku",
            };
            let columns = names.join(", ");
            return Err(wrong(format!(
                "no column could be the {role}; looked for {looked_for}; its columns are {columns}; name it with --set \
                 columns.{role}=COLUMN"
            )));
        }
    }
    take_events(&mut settings, &mut choices, &profiles);
    Ok(Proposal { settings, choices })
}

impl Choice {
    fn new(key: &str, value: &str, reason: String) -> Self {
        Self { key: key.to_owned(), value: value.to_owned(), reason, rivals: Vec::new(), sure: true }
    }
}

/// Whether rows are of the layout that the first one fits: without a header, any four or five fields may.
fn is_known(layout: LayoutName, sample: &Sample) -> bool {
    let number = |cell: &String| cell.bytes().all(|byte| byte.is_ascii_digit()) && !cell.is_empty();
    match layout {
        LayoutName::Custom | LayoutName::Auto => false,
        LayoutName::Yoochoose => sample.rows.iter().take(100).all(|row| {
            row.len() >= 4
                && number(&row[0])
                && number(&row[2])
                && (row.len() == 4 || number(&row[3]) && number(&row[4]))
        }),
        _ => true,
    }
}

/// Whether a row holds names: each a text of its own, none a number or a time.
fn names_columns(row: &[String]) -> bool {
    row.iter().enumerate().all(|(at, cell)| {
        !cell.is_empty()
            && cell.parse::<f64>().is_err()
            && times::written(&[cell.as_str()]).is_none()
            && !row[..at].contains(cell)
    })
}

/// Sets the columns that were found where none is given, and the times' format.
fn take_columns(settings: &mut IngestSettings, choices: &mut Vec<Choice>, profiles: &[Profile], taken: Vec<Taken>) {
    for Taken { role, column, points, reason, rivals } in taken {
        let name = profiles[column].name.clone();
        let place = settings.columns.place(role);
        if !place.is_empty() {
            continue;
        }
        *place = ColumnName::from(name.as_str());
        let sure = points >= 80;
        choices.push(Choice { key: format!("columns.{}", role.name()), value: name, reason, rivals, sure });
    }
    let given = settings.columns.given().map(|(role, column)| (format!("columns.{role}"), column.text().to_owned()));
    for (key, value) in given.collect::<Vec<_>>() {
        if choices.iter().all(|choice| choice.key != key) {
            choices.push(Choice::new(&key, &value, "given".to_owned()));
        }
    }
    let time = profiles.iter().find(|profile| profile.name == settings.columns.time.text());
    if let Some(times) = time.and_then(|profile| profile.times.as_ref())
        && settings.time_format == "auto"
    {
        settings.time_format.clone_from(&times.format);
        let sure = !times.ambiguous;
        let key = "time_format".to_owned();
        choices.push(Choice { key, value: times.format.clone(), reason: times.reason(), rivals: Vec::new(), sure });
    }
}

/// Sets what event names mean, or what every row is.
fn take_events(settings: &mut IngestSettings, choices: &mut Vec<Choice>, profiles: &[Profile]) {
    let names = profiles.iter().find(|profile| profile.name == settings.columns.event.text());
    let Some(names) = names.map(|profile| &profile.names) else {
        if settings.default_event == DefaultEvent::None {
            let bought = !(settings.columns.price.is_empty() && settings.columns.transaction.is_empty());
            let (kind, name, reason) = if bought {
                (DefaultEvent::Transaction, "transaction", "no column names events; rows have prices or orders")
            } else {
                (DefaultEvent::View, "view", "no column names events; rows have neither prices nor orders")
            };
            settings.default_event = kind;
            choices.push(Choice { sure: false, ..Choice::new("default_event", name, reason.to_owned()) });
        }
        return;
    };
    for (name, count) in names {
        if settings.events.contains_key(name) {
            continue;
        }
        let meaning = words::meaning(name);
        settings.events.insert(name.clone(), meaning);
        let (value, why) = match meaning {
            Meaning::View => ("view", "a word for a view"),
            Meaning::AddToCart => ("addtocart", "a word for the cart"),
            Meaning::Transaction => ("transaction", "a word for a purchase"),
            Meaning::Ignore => ("ignore", "no word for view, cart or purchase"),
        };
        choices.push(Choice::new(&format!("events.{name}"), value, format!("{why}; {count} rows looked at")));
    }
}

impl super::settings::ColumnSettings {
    /// The column of a role.
    fn place(&mut self, role: Role) -> &mut ColumnName {
        match role {
            Role::Time => &mut self.time,
            Role::User => &mut self.user,
            Role::Event => &mut self.event,
            Role::Item => &mut self.item,
            Role::Transaction => &mut self.transaction,
            Role::Price => &mut self.price,
            Role::Quantity => &mut self.quantity,
            Role::Session => &mut self.session,
            Role::Category | Role::CategoryId => &mut self.category,
        }
    }
}
