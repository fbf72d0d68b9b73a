//! Raw files to the events and items tables.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::features::DAY_MS;
use crate::ingest::{self, Earlier, EventDetails, EventKind, EventLog, InputFiles, Reason, Seen};
use crate::job::Job;
use crate::pipeline::key::reading_key;
use crate::pipeline::request::RunRequest;
use crate::pipeline::source::Source;
use crate::pipeline::stages::{About, OWN, Outcome};
use crate::pipeline::{event_tables, tables};
use crate::store::Run;
use crate::store::results;
use crate::store::results::ingest::{Day, Detail, Funnel, Input, Metrics, Reading, Rows};

/// What the pipeline must know of ingest.
pub const ABOUT: About = About {
    version: 17,
    memory: [OWN, 58, 18],
    settings: |_| Ok(Value::Null),
    reads_campaign: false,
    run: |_, _, _| Err(Error::Missing("ingest runs before every other stage".to_owned())),
};

/// Reads the raw files, or what is new in them since the previous run, keeps log and catalogue for the later stages and
/// writes their tables. `seen` are the files as they were when the run began, by which its stages are known again: files
/// that have changed since are an error.
pub fn run(
    files: &InputFiles,
    seen: &Seen,
    request: &RunRequest,
    previous: Option<&Run>,
    source: &mut Source,
    job: &Job,
) -> Result<Outcome> {
    let settings = &request.config.ingest;
    let key = reading_key(&request.config)?;
    let read = match earlier(previous, &key) {
        Ok(Some(earlier)) => ingest::ingest_more(files, settings, &earlier, job),
        Ok(None) => ingest::ingest(files, settings, job),
        Err(error) => ingest::ingest(files, settings, job).map(|mut read| {
            read.notes.push(format!("the log was read whole: {error}"));
            read
        }),
    };
    let read = seen.judge(read)?;
    job.check()?;
    let named =
        |rows: &BTreeMap<Reason, u64>| rows.iter().map(|(reason, rows)| (reason.name().to_owned(), *rows)).collect();
    let input = Input {
        layout: Some(read.layout.to_owned()),
        events: Rows {
            read: Some(read.counts.read),
            accepted: Some(read.counts.accepted),
            duplicates: Some(read.counts.duplicates),
            replaced: Some(read.counts.replaced).filter(|replaced| *replaced > 0),
            rejected: named(&read.counts.rejected),
            ignored: read.counts.ignored.clone().into_iter().collect(),
        },
        users: Some(read.log.users.len() as u64),
        items: Some(read.log.items.len() as u64),
    };
    let metrics = Metrics { events: Some(read.log.len() as u64), users: input.users, items: input.items };
    let detail = Detail {
        input: Some(input),
        counts: Some(read.counts),
        as_of: Some(read.log.as_of),
        funnel: Some(funnel(&read.log)),
        events_by_day: events_by_day(&read.log),
        zone: Some(read.log.zone.clone()).filter(|zone| !zone.is_utc()),
        currency: read.details.currency().filter(|_| settings.rates.is_empty()).map(ToOwned::to_owned),
        read: Some(Reading { settings: key, orders: read.orders, files: read.read }),
    };
    let mut quarantine = Vec::new();
    ingest::write_quarantine(&read.quarantine, &mut quarantine)?;
    let events = event_tables::events(&read.log)?;
    let items = tables::items(&read.log, &read.catalogue, &read.items)?;
    job.check()?;
    let mut outcome = Outcome {
        notes: read.notes,
        tables: vec![("events".to_owned(), events), ("items".to_owned(), items.clone())],
        files: vec![("quarantine.csv".to_owned(), quarantine)],
        ..Outcome::of::<results::Ingest>(read.log.len(), &metrics, &detail)?
    };
    if !read.customers.columns.is_empty() {
        outcome.tables.push(("customers".to_owned(), tables::customers(&read.log, &read.customers)?));
    }
    if !read.details.is_empty() {
        outcome.tables.push((DETAILS.to_owned(), event_tables::event_details(&read.log, &read.details)?));
    }
    source.keep(read.log, read.catalogue, items, read.customers);
    Ok(outcome)
}

/// The table of what rows told beside their event, for logs that tell more.
const DETAILS: &str = "event_details";

/// What the previous run read under the same settings; `None` where it did not, or left no record of how far.
fn earlier(previous: Option<&Run>, key: &str) -> Result<Option<Earlier>> {
    let Some(run) = previous else { return Ok(None) };
    let detail = run.info().detail::<results::Ingest>();
    let Some(reading) = detail.read.filter(|reading| reading.settings == key) else { return Ok(None) };
    let Some(counts) = detail.counts else { return Ok(None) };
    let zone = detail.zone.unwrap_or_default();
    let (log, _) = event_tables::read_log(&run.table("events")?, &run.table("items")?, zone)?;
    let details = if run.has(DETAILS) {
        event_tables::read_event_details(&log, &run.table(DETAILS)?)?
    } else {
        EventDetails::default()
    };
    let quarantine = ingest::read_quarantine(&run.bytes("quarantine.csv")?)?;
    let Reading { orders, files, .. } = reading;
    Ok(Some(Earlier { log, details, counts, quarantine, files, orders }))
}

/// Events and users at each step from view to cart to purchase.
fn funnel(log: &EventLog) -> Funnel {
    let mut events = [0_u64; 3];
    let mut users = [0_u64; 3];
    for user in 0..log.users.len() as u32 {
        let mut seen = [false; 3];
        for event in log.events_of(user) {
            let Some(step) = step(log.kind[event]) else { continue };
            events[step] += 1;
            seen[step] = true;
        }
        for (count, seen) in users.iter_mut().zip(seen) {
            *count += u64::from(seen);
        }
    }
    let count = |counts: [u64; 3], kind: EventKind| Some(counts[kind as usize]);
    Funnel {
        view: count(events, EventKind::View),
        users_view: count(users, EventKind::View),
        addtocart: count(events, EventKind::AddToCart),
        users_addtocart: count(users, EventKind::AddToCart),
        transaction: count(events, EventKind::Transaction),
        users_transaction: count(users, EventKind::Transaction),
    }
}

/// The step of the funnel that an event is, if it is one.
fn step(kind: EventKind) -> Option<usize> {
    EventKind::FUNNEL.iter().position(|&step| step == kind)
}

/// Every day of the shop from the first event to the last, empty days included.
fn events_by_day(log: &EventLog) -> Vec<Day> {
    let (Some(first), Some(last)) = (log.time.iter().min(), log.time.iter().max()) else {
        return Vec::new();
    };
    let (first, last) = (log.zone.day(*first), log.zone.day(*last));
    // No log spans more than the years 1990 to 2100.
    let mut days = vec![[0_u64; 3]; (last - first) as usize + 1];
    for (time, kind) in log.time.iter().zip(&log.kind) {
        if let Some(step) = step(*kind) {
            days[(log.zone.day(*time) - first) as usize][step] += 1;
        }
    }
    // A log with one stray event decades away must not make a table of ten thousand empty days.
    let sparse = days.len() > 2001;
    let told = days.iter().enumerate().filter(|(_, counts)| !sparse || **counts != [0; 3]);
    told.map(|(day, [views, carts, purchases])| Day(date((first + day as i64) * DAY_MS), *views, *carts, *purchases))
        .collect()
}

fn date(time: i64) -> String {
    Timestamp::from_millisecond(time)
        .map_or_else(|_| time.to_string(), |at| at.to_zoned(TimeZone::UTC).date().to_string())
}
