//! Raw files in, accepted events, catalogue, counts and quarantine out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Rows read best as the text they will be in the file.
#![allow(clippy::format_collect, clippy::format_push_string)]

mod any_bytes;
mod any_log;
mod any_names;
mod any_table;
mod appended;
mod appended_shapes;
mod catalogue;
mod changed;
mod deep_categories;
mod event_kinds;
mod formats;
mod found_files;
mod item_texts;
mod layout_faults;
mod layout_settings;
mod layouts;
mod log_order;
mod mutated;
mod odd_files;
mod order_money;
mod order_states;
mod rejected;
mod sampled;

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

const HEADER: &str = "timestamp,visitorid,event,itemid,transactionid\n";

/// A folder of raw files that disappears with the test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder whose `events.csv` holds the header and `rows`.
    fn with_events(rows: &str) -> Self {
        Self::new().file("events.csv", format!("{HEADER}{rows}"))
    }

    fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn ingest(&self) -> Ingested {
        self.try_ingest(1.0).unwrap()
    }

    fn try_ingest(&self, rejected_limit: f64) -> Result<Ingested> {
        self.ingest_with(&IngestSettings { rejected_limit, ..IngestSettings::default() })
    }

    fn ingest_with(&self, settings: &IngestSettings) -> Result<Ingested> {
        ingest(&discover(self.0.path(), settings)?, settings, &Job::new())
    }
}

/// The log as lines `user time event item transaction`, in the log's order.
fn lines(log: &EventLog) -> Vec<String> {
    let mut lines = Vec::new();
    for user in 0..log.users.len() as u32 {
        for event in log.all_of(user) {
            let id = |ids: &Ids, code: u32| if code == NONE { "-".to_owned() } else { ids.text(code).into_owned() };
            let (item, order) = (id(&log.items, log.item[event]), id(&log.transactions, log.transaction[event]));
            let kind = log.kind[event].name();
            lines.push(format!("{} {} {kind} {item} {order}", log.users.text(user), log.time[event]));
        }
    }
    lines
}
