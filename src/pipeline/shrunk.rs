//! Whether a log has lost much of what the last run read: then its run would push out a history that nothing brings back.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::Value;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ingest::Fingerprint;
use crate::pipeline::key::reading_key;
use crate::store::results::ingest::{Detail, Ingest};
use crate::store::{RunInfo, Workspace};

/// The share of the last run's users or events that may be gone.
const MAY_BE_GONE: f64 = 0.05;

/// How much a run read.
struct Extent {
    users: u64,
    events: u64,
    as_of: i64,
}

/// Refuses a log of which over a twentieth of the users or events is gone since the newest kept run that read with the
/// same settings and code, or which ends earlier. `detail` is what ingest recorded, `inputs` the files' fingerprints.
///
/// # Errors
/// [`Error::Shrunk`] with both counts.
pub(super) fn check(workspace: &Workspace, config: &Config, detail: &Detail, inputs: &Value) -> Result<()> {
    let Some(earlier) = newest_read_alike(workspace, &reading_key(config)?)? else { return Ok(()) };
    let (Some(now), Some(then)) = (recorded(detail), of_run(&earlier)) else { return Ok(()) };
    let lost = |now: u64, then: u64| (now as f64) < (1.0 - MAY_BE_GONE) * then as f64;
    let mut said = Vec::new();
    if lost(now.events, then.events) {
        said.push(format!("{} events where there were {}", now.events, then.events));
    }
    if lost(now.users, then.users) {
        said.push(format!("{} users where there were {}", now.users, then.users));
    }
    if now.as_of < then.as_of {
        said.push(format!("an end at {} where it ended at {}", instant(now.as_of), instant(then.as_of)));
    }
    if said.is_empty() {
        return Ok(());
    }
    let (files, others) = (names(inputs), names(&earlier.inputs));
    let other_input = if files == others {
        String::new()
    } else {
        let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!(" The input is another one: {} where that run read {}.", list(&files), list(&others))
    };
    Err(Error::Shrunk(format!(
        "the log has lost much of what run {} read: {}.{other_input} Nothing was changed; --accept-shrunk takes it as it is",
        earlier.id,
        said.join(", ")
    )))
}

/// The newest kept run that read with the same settings and code; those that do not open are passed over.
fn newest_read_alike(workspace: &Workspace, key: &str) -> Result<Option<RunInfo>> {
    let runs = match workspace.runs() {
        Ok(runs) => runs,
        // Whoever runs on a damaged manifest does so by force; there is nothing to compare with.
        Err(Error::Damaged { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let infos = runs.iter().filter_map(|id| workspace.run(id).ok()).map(|run| run.info().clone());
    let read_alike = |info: &RunInfo| info.detail::<Ingest>().read.is_some_and(|read| read.settings == key);
    Ok(infos.into_iter().find(read_alike))
}

fn recorded(detail: &Detail) -> Option<Extent> {
    let input = detail.input.as_ref()?;
    Some(Extent { users: input.users?, events: input.events.accepted?, as_of: detail.as_of? })
}

fn of_run(info: &RunInfo) -> Option<Extent> {
    Some(Extent { users: info.users, events: info.read_input().events.accepted?, as_of: info.as_of })
}

/// The names of the files read.
fn names(inputs: &Value) -> BTreeSet<String> {
    let files = Vec::<Fingerprint>::deserialize(inputs).unwrap_or_default();
    files.into_iter().map(|file| file.name).collect()
}

fn instant(milliseconds: i64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds)
        .map_or_else(|_| milliseconds.to_string(), |time| format!("{time:.0}"))
}
