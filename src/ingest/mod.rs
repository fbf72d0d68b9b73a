//! Raw files to typed, checked events and the catalogue of items.
//!
//! Gives [`EventLog`] and [`Catalogue`], with [`IngestCounts`] that account for every row read. May import nothing of
//! the crate but [`crate::error`], [`crate::files`], [`crate::job`], [`crate::caught`], [`crate::postgres`] and `nearest`.
//!
//! `files` finds the raw files, `named` those that the settings name, `several` which of several logs each is of; `source` reads them where they lie, archives and workbooks among them, and `blocks` block by block; `table` turns CSV, with `delimiters` at its `fields`, and
//! `parquet` Parquet, by way of `parquet_file` and, where columns are nested, `parquet_flat`, into rows; `events`, `properties` and `categories` say what a row of RetailRocket's export means,
//! `mapped` what one of any other shop's log does, by its `layout`, with `row_money` and, for orders of which only the first
//! row tells whose they are, `inherit`; what they take of the rows is `taken`, in `columns`; `ids` and `order` build the sorted log,
//! `event_log` holds the reader of all of it; `details` keeps what rows tell beside their event,
//! `amounts` makes money of it, `told` sessions and items; `nobody` and `retain` leave out who is no customer, `future` what is
//! dated wrongly; `joined` adds the columns of other tables to a log's rows, `joins` says which accounts are one person's, `stitch` which user an anonymous visitor is, and `late` what of that was not known yet, `exports` and `states` which rows of orders newer ones replace;
//! `append` tells what of a log is new; `catalogue` joins the rest to its items; `item_names`, `category_names` and `customers`, by `customer_words`, read what an `attribute_table` beside the log tells of items and users, of the files that `beside` picks; `expected` tells about how long it is; `quarantine` keeps what was rejected,
//! `seen` tells whether files changed while they were read, `refusal` says what no log may be; `settings` are the configuration's, and `propose` finds those of a log that nobody
//! has described; `pairs` reads a split of user and item without times.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

mod amount;
mod amounts;
mod append;
mod attribute_table;
mod beside;
mod blocks;
pub mod campaign;
mod catalogue;
mod categories;
mod category_names;
mod column_settings;
mod columns;
mod counts;
mod customer_file;
mod customer_words;
mod customers;
mod delimiters;
mod details;
mod encoding;
mod event_log;
mod events;
mod expected;
mod exports;
mod fields;
mod files;
mod fingerprint;
mod future;
mod grammar;
mod ids;
mod inherit;
mod item_file;
mod item_names;
mod joined;
mod joins;
mod label;
mod late;
mod layout;
mod log;
mod log_settings;
mod mapped;
mod money;
mod named;
mod nobody;
mod notes;
mod one_or_many;
mod order;
mod order_total;
mod pairs;
mod parquet;
mod parquet_file;
mod parquet_flat;
mod properties;
pub mod propose;
mod quarantine;
mod records;
mod refusal;
mod resume;
mod retain;
mod row_money;
mod sampled;
mod seen;
mod settings;
mod several;
mod shape;
mod source;
mod states;
mod stitch;
pub mod synth;
mod table;
mod taken;
mod tax;
#[cfg(test)]
mod tests;
mod told;

pub use amount::Amount;
pub use append::{Earlier, EventDetails, FileRead};
pub use catalogue::Catalogue;
pub use categories::LEVELS as CATEGORY_LEVELS;
pub use column_settings::{ColumnName, ColumnSettings};
pub use counts::IngestCounts;
pub use customer_file::CustomerSettings;
pub use customers::{Attribute, Customers, HOUSEHOLD_COLUMN};
pub use expected::expected_rows;
pub use files::{InputFiles, discover, holding_file, split_pattern};
pub use fingerprint::{Fingerprint, fingerprint};
pub use item_file::ItemSettings;
pub use item_names::ItemNames;
pub use joined::{JoinSettings, join};
pub use joins::{SameUser, accounts};
pub use label::{Label, Labels};
pub use late::KnownAt;
pub use layout::{DefaultEvent, Duplicates, LayoutName, Meaning, StatusMeaning};
pub use log::{EventKind, EventLog, Ids, LateLinks, NONE};
pub use log_settings::LogSettings;
pub use money::Money;
pub use pairs::{Pair, Pairs, read_pairs};
pub use quarantine::{QUARANTINE_LIMIT, QuarantinedRow, Reason, read_quarantine, write_quarantine};
pub use resume::TextRead;
pub use seen::Seen;
pub use settings::IngestSettings;
pub use source::{Fetched, Listed, is_database, is_objects, is_remote, is_standard_input};

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::job::Job;
use append::Start;
use event_log::{Events, PASSIVE, Reader, tells_minutes};
use exports::Exports;
use future::FUTURE;
use grammar::Persons;
use joins::Joins;
use layout::{Layout, Role};
use notes::{count_log, doubtful_as_of, note_rejected};

/// What the raw files hold.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// The shape that the log was read in, by its name in the settings.
    pub layout: &'static str,
    /// The accepted events.
    pub log: EventLog,
    /// The items of the log.
    pub catalogue: Catalogue,
    /// What they are called, where a file tells it.
    pub items: ItemNames,
    /// Who the users are, where a file tells it.
    pub customers: Customers,
    /// What became of every row.
    pub counts: IngestCounts,
    /// The first rejected rows: events, then properties, then the category tree.
    pub quarantine: Vec<QuarantinedRow>,
    /// What a reader of the results should know about the data, a sentence each.
    pub notes: Vec<String>,
    /// What rows told beside their event, by event.
    pub details: EventDetails,
    /// How far each event file was read.
    pub read: Vec<FileRead>,
    /// Whether every event file could name orders.
    pub orders: bool,
}

/// Reads raw files into a checked event log and a catalogue. Progress counts the files' bytes, then events.
///
/// The result does not depend on the order of the event rows or on the number of threads.
///
/// # Errors
/// [`Error::Input`] for a file that cannot be read as a table with the columns it needs, [`Error::Rejected`] when more
/// event rows were rejected than [`IngestSettings::rejected_limit`] allows or none was accepted. A file that changes
/// while it is read is an error that names it: what it held is not believed.
pub fn ingest(files: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Ingested> {
    let seen = files.seen()?;
    judged(files, settings, &seen, whole(files, settings, job))
}

/// The result of a reading, unless the files are others than those that were seen before it.
fn judged<T>(files: &InputFiles, settings: &IngestSettings, seen: &Seen, read: Result<T>) -> Result<T> {
    let read = seen.judge(read)?;
    files.check_set(settings)?;
    Ok(read)
}

fn whole(files: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Ingested> {
    let layouts = checked_layouts(files, settings, job)?;
    job.begin("bytes of events", bytes_of(&files.events)?);
    let layouts = layouts.as_deref();
    let events = Reader { files, layouts, settings, start: None, job }.read()?;
    complete(files, layouts, events, job)
}

/// As [`ingest`], and with the same result, but of event files that were read before only what is new. Where that cannot
/// be told, they are read whole; a note says which it was, and why.
///
/// Item properties and the category tree are read whole: what they say of an item depends on T, which has moved.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_more(files: &InputFiles, settings: &IngestSettings, earlier: &Earlier, job: &Job) -> Result<Ingested> {
    let seen = files.seen()?;
    judged(files, settings, &seen, more(files, settings, earlier, job))
}

fn more(files: &InputFiles, settings: &IngestSettings, earlier: &Earlier, job: &Job) -> Result<Ingested> {
    let why = match continued(files, settings, earlier, job)? {
        Ok(ingested) => return Ok(ingested),
        Err(why) => why,
    };
    let mut ingested = whole(files, settings, job)?;
    ingested.notes.push(format!("the log was read whole: {why}"));
    Ok(ingested)
}

/// The result, or why it takes a whole reading.
fn continued(
    files: &InputFiles,
    settings: &IngestSettings,
    earlier: &Earlier,
    job: &Job,
) -> Result<std::result::Result<Ingested, String>> {
    let layouts = checked_layouts(files, settings, job)?;
    job.begin("bytes of events", bytes_of(&files.events)?);
    let start = match Start::find(&files.events, earlier, job)? {
        Ok(start) => start,
        Err(why) => return Ok(Err(why)),
    };
    if layouts.is_none() && !earlier.details.is_empty() {
        return Ok(Err("its layout has changed".to_owned()));
    }
    let known = layouts.iter().flatten().zip(&earlier.files);
    if known.into_iter().any(|(layout, read)| layout.decided() != read.decided) {
        return Ok(Err("its rows tell of other numbers or ids than they did".to_owned()));
    }
    if layouts.as_ref().is_some_and(|layouts| Exports::of_states(&files.events, layouts).is_some()) {
        return Ok(Err(
            "its files tell how orders stand, and a newer one may replace what an older one told".to_owned()
        ));
    }
    if !settings.logs.is_empty() {
        return Ok(Err("several logs that are read as one are read anew by every run".to_owned()));
    }
    if layouts.iter().flatten().any(|layout| layout.has(Role::AnonymousUser)) {
        return Ok(Err("new rows may tell who an anonymous visitor was".to_owned()));
    }
    if earlier.counts.ignored.contains_key(FUTURE) {
        return Ok(Err("a time that stood alone in the future may do so no more".to_owned()));
    }
    if earlier.counts.ignored.contains_key(PASSIVE) {
        return Ok(Err("users without any activity may have some now".to_owned()));
    }
    if earlier.counts.ignored.keys().any(|why| nobody::is_nobody_by_share(why)) {
        return Ok(Err("an id that stood for nobody may be a customer's now".to_owned()));
    }
    let layouts = layouts.as_deref();
    let events = match (Reader { files, layouts, settings, start: Some(&start), job }).read() {
        Err(Error::Rejected(_)) => return Ok(Err("too many of its rows are rejected".to_owned())),
        read => read?,
    };
    if events.in_doubt {
        return Ok(Err("new rows may repeat old ones".to_owned()));
    }
    if tells_minutes(&earlier.log.time) != tells_minutes(&events.log.time) {
        return Ok(Err("its times tell seconds now".to_owned()));
    }
    if append::turned_to_text(&earlier.log, &events.log) {
        return Ok(Err("ids that were whole numbers are so no more".to_owned()));
    }
    let told = start.told(&files.events, events.counts.read - earlier.counts.read);
    let mut ingested = complete(files, layouts, events, job)?;
    ingested.notes.push(told);
    Ok(Ok(ingested))
}

fn checked_layouts(files: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Option<Vec<Layout>>> {
    if !(0.0..=1.0).contains(&settings.rejected_limit) {
        let value = settings.rejected_limit;
        return Err(Error::Config(format!("ingest.rejected_limit is {value}; it must be a share from 0 to 1")));
    }
    if files.events.is_empty() {
        return Err(Error::Missing("no event log to read".to_owned()));
    }
    let logs = settings.of_logs();
    let of_log = several::logs_of(files, &logs)?;
    let mut layouts = layout::layouts_of(&files.events, &of_log, &logs, job)?;
    let pairs = settings.same_user.pairs(files.same_user.as_deref())?;
    for layout in layouts.iter_mut().flatten() {
        let joins = Joins::new(&pairs, layout.persons).map_err(|what| match &files.same_user {
            Some(path) => Error::Input { path: path.clone(), line: None, what },
            None => Error::Config(format!("ingest.same_user: {what}")),
        })?;
        layout.joins = Arc::new(joins);
    }
    Ok(layouts)
}

/// Adds what the other files say.
fn complete(files: &InputFiles, layouts: Option<&[Layout]>, events: Events, job: &Job) -> Result<Ingested> {
    let Events { mut log, details, mut rejected, mut counts, mut notes, orders, read, in_doubt: _ } = events;
    let tree = files.category_tree.as_deref().map(|path| {
        job.begin("bytes of categories", bytes_of(&[path])?);
        categories::read_tree(path, job)
    });
    let tree = tree.transpose()?;
    let dotted = layouts.into_iter().flatten().any(|layout| layout.dotted_categories);
    let spelled = details.as_ref().filter(|_| tree.is_none()).and_then(|(details, _)| details.tree(dotted));
    let told = details.as_ref().map(|(details, unit)| details.properties(&log, unit, job)).transpose()?.flatten();
    job.check()?;
    let details = details.map(|(details, _)| details).unwrap_or_default();
    let properties = if files.properties.is_empty() {
        None
    } else {
        job.begin("bytes of properties", bytes_of(&files.properties)?);
        Some(properties::read_properties(&files.properties, &log, job)?)
    };
    if let Some(properties) = &properties
        && !properties.prices.is_empty()
    {
        let events = log.item.par_iter().zip(&log.time).zip(&log.kind);
        let priced = events.map(|((&item, &time), &kind)| match kind {
            _ if item == NONE => f64::NAN,
            EventKind::Return => -properties.prices.at(item, time),
            _ => properties.prices.at(item, time),
        });
        if log.price.is_empty() {
            log.price = priced.collect();
        } else {
            log.price.par_iter_mut().zip(priced).filter(|(own, _)| own.is_nan()).for_each(|(own, told)| *own = told);
        }
    }
    let properties = match (properties, told) {
        (Some(mut properties), Some(told)) => {
            properties.fill(told);
            Some(properties)
        }
        (properties, told) => properties.or(told),
    };
    let (catalogue, catalogue_notes) =
        Catalogue::new(log.items.len(), log.as_of, tree.as_ref().or(spelled.as_ref()), properties.as_ref(), job)?;
    notes.extend(catalogue_notes);
    if let Some(properties) = properties.filter(|_| !files.properties.is_empty()) {
        counts.property_rows = properties.read;
        counts.property_rows_used = properties.used;
        counts.property_rows_rejected = properties.rejected.counts().clone();
        counts.items_only_in_properties = properties.items_elsewhere;
        note_rejected(&mut notes, "item properties", properties.read, &properties.rejected);
        rejected.keep(properties.rejected.into_rows());
    }
    if let Some(tree) = tree {
        note_rejected(&mut notes, "the category tree", tree.read, &tree.rejected);
        rejected.keep(tree.rejected.into_rows());
    }

    let items = match &files.items {
        Some(file) => {
            let (items, told) = ItemNames::of(file, &log.items, job)?;
            notes.push(told);
            items
        }
        None => ItemNames::default(),
    };
    let (own, told) = ItemNames::of_log(&log, &details, job)?;
    notes.extend(told);
    let mut items = items.or(own);
    if let Some(file) = &files.categories {
        notes.push(category_names::fill(&mut items, file, &catalogue, job)?);
    }
    let customers = match &files.customers {
        Some(file) => {
            // Of several logs the one that tells of more than numbers.
            let of_persons = layouts.into_iter().flatten().max_by_key(|layout| layout.persons != Persons::Ids);
            let persons = of_persons.map_or(Persons::Ids, |layout| layout.persons);
            let joins = of_persons.map_or_else(Arc::default, |layout| Arc::clone(&layout.joins));
            let (customers, told) = Customers::of(file, &log.users, persons, &joins, job)?;
            notes.push(told);
            customers
        }
        None => Customers::default(),
    };
    let (own, told) = Customers::of_log(&log, &details, job)?;
    notes.extend(told);
    let customers = customers.or(own);
    count_log(&mut counts, &log, catalogue.categories.len());
    notes.extend(doubtful_as_of(&log));
    if !files.unread.is_empty() {
        let is_named = files.events.iter().any(|event| file_name(event).starts_with("events."));
        let by = if is_named { "names" } else { "columns" };
        notes.push(format!("not read, being no part of the log by their {by}: {}", files.unread.join(", ")));
    }
    if counts.transactions_without_id > 0 && orders {
        let (without, all) = (counts.transactions_without_id, counts.transactions);
        notes.push(format!("{without} of {all} transaction events have no transaction id"));
    }
    let layout = layouts.into_iter().flatten().next().map_or(LayoutName::Retailrocket, |layout| layout.name).name();
    let quarantine = rejected.into_rows();
    Ok(Ingested { layout, log, catalogue, items, customers, counts, quarantine, notes, details, read, orders })
}

fn bytes_of(files: &[impl AsRef<Path>]) -> Result<u64> {
    files.iter().map(|file| source::Origin::of(file.as_ref())?.bytes()).sum()
}
