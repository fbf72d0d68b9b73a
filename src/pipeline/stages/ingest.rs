//! Raw files to the events and items tables.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Result;
use crate::features::DAY_MS;
use crate::ingest::{self, Earlier, EventDetails, EventKind, EventLog, FileRead, IngestCounts, InputFiles, Seen};
use crate::job::Job;
use crate::pipeline::request::{RunRequest, reading_key};
use crate::pipeline::source::Source;
use crate::pipeline::stages::Outcome;
use crate::pipeline::tables;
use crate::stage::StageId;
use crate::store::Run;

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
    let counts = crate::pipeline::stages::json(&read.counts)?;
    let mut input = json!({
        "layout": read.layout,
        "events": {
            "read": read.counts.read,
            "accepted": read.counts.accepted,
            "duplicates": read.counts.duplicates,
            "rejected": read.counts.rejected,
        },
        "users": read.log.users.len(),
        "items": read.log.items.len(),
    });
    if !read.counts.ignored.is_empty() {
        input["events"]["ignored"] = crate::pipeline::stages::json(&read.counts.ignored)?;
    }
    let detail = json!({
        "input": input,
        "counts": counts,
        "as_of": read.log.as_of,
        "funnel": funnel(&read.log),
        "events_by_day": events_by_day(&read.log),
        "read": Reading { settings: key, orders: read.orders, files: read.read },
    });
    let mut quarantine = Vec::new();
    ingest::write_quarantine(&read.quarantine, &mut quarantine)?;
    let events = tables::events(&read.log)?;
    job.check()?;
    let mut outcome = Outcome {
        rows: read.log.len() as u64,
        detail,
        notes: read.notes,
        tables: vec![("events".to_owned(), events), ("items".to_owned(), tables::items(&read.log, &read.catalogue)?)],
        files: vec![("quarantine.csv".to_owned(), quarantine)],
        ..Outcome::default()
    };
    if !read.details.is_empty() {
        outcome.tables.push((DETAILS.to_owned(), tables::event_details(&read.details)?));
    }
    outcome.metrics.insert("events".to_owned(), read.log.len().into());
    outcome.metrics.insert("users".to_owned(), read.log.users.len().into());
    outcome.metrics.insert("items".to_owned(), read.log.items.len().into());
    source.keep(read.log, read.catalogue);
    Ok(outcome)
}

/// The table of what rows told beside their event, for logs that tell more.
const DETAILS: &str = "event_details";

/// What a run records of its reading, for a later one to go on with.
#[derive(Serialize, Deserialize)]
struct Reading {
    /// The key of the settings.
    settings: String,
    /// Whether every file could name orders.
    orders: bool,
    /// How far each event file was read.
    files: Vec<FileRead>,
}

/// What the previous run read under the same settings; `None` where it did not, or left no record of how far.
fn earlier(previous: Option<&Run>, key: &str) -> Result<Option<Earlier>> {
    let Some(run) = previous else { return Ok(None) };
    let Some(detail) = run.info().stage(StageId::Ingest).map(|stage| &stage.detail) else { return Ok(None) };
    let Some(reading) = Reading::deserialize(&detail["read"]).ok().filter(|reading| reading.settings == key) else {
        return Ok(None);
    };
    let Ok(counts) = IngestCounts::deserialize(&detail["counts"]) else { return Ok(None) };
    let (log, _) = tables::read_log(&run.table("events")?, &run.table("items")?)?;
    let details =
        if run.has(DETAILS) { tables::read_event_details(&run.table(DETAILS)?)? } else { EventDetails::default() };
    let quarantine = ingest::read_quarantine(&run.bytes("quarantine.csv")?)?;
    let Reading { orders, files, .. } = reading;
    Ok(Some(Earlier { log, details, counts, quarantine, files, orders }))
}

/// Events and users at each step from view to cart to purchase.
fn funnel(log: &EventLog) -> Value {
    let mut events = [0_u64; 3];
    let mut users = [0_u64; 3];
    for user in 0..log.users.len() as u32 {
        let mut seen = [false; 3];
        for event in log.events_of(user) {
            let step = log.kind[event] as usize;
            events[step] += 1;
            seen[step] = true;
        }
        for (count, seen) in users.iter_mut().zip(seen) {
            *count += u64::from(seen);
        }
    }
    let mut steps = serde_json::Map::new();
    for kind in EventKind::ALL {
        steps.insert(kind.name().to_owned(), events[kind as usize].into());
        steps.insert(format!("users_{}", kind.name()), users[kind as usize].into());
    }
    Value::Object(steps)
}

/// `[day, views, addtocarts, transactions]` for every UTC day from the first event to the last, empty days included.
fn events_by_day(log: &EventLog) -> Value {
    let (Some(first), Some(last)) = (log.time.iter().min(), log.time.iter().max()) else {
        return json!([]);
    };
    let (first, last) = (first.div_euclid(DAY_MS), last.div_euclid(DAY_MS));
    // No log spans more than the years 1990 to 2100.
    let mut days = vec![[0_u64; 3]; (last - first) as usize + 1];
    for (time, kind) in log.time.iter().zip(&log.kind) {
        days[(time.div_euclid(DAY_MS) - first) as usize][*kind as usize] += 1;
    }
    // A log with one stray event decades away must not make a table of ten thousand empty days.
    let sparse = days.len() > 2001;
    let told = days.iter().enumerate().filter(|(_, counts)| !sparse || **counts != [0; 3]);
    told.map(|(day, [views, carts, purchases])| json!([date((first + day as i64) * DAY_MS), views, carts, purchases]))
        .collect()
}

fn date(time: i64) -> String {
    Timestamp::from_millisecond(time)
        .map_or_else(|_| time.to_string(), |at| at.to_zoned(TimeZone::UTC).date().to_string())
}
