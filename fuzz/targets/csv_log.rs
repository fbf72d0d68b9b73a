//! Any bytes as an event log: read with every row accounted for, or refused with the reason; so by a look at it.

use user360::ingest::propose::{Draft, Request};
use user360::ingest::{IngestSettings, Ingested, discover, ingest};
use user360::job::Job;

pub fn run(bytes: &[u8]) {
    let file = super::place::file("log/events.csv", bytes);
    let job = Job::new();
    let whole = IngestSettings { rejected_limit: 1.0, ..IngestSettings::default() };
    let read = |settings: &IngestSettings| discover(&file, settings).and_then(|files| ingest(&files, settings, &job));
    if let Ok(ingested) = read(&whole) {
        adds_up(&ingested);
    }
    let request = Request { paths: vec![file.clone()], ..Request::default() };
    let Ok(draft) = Draft::inspect(&request, &job) else { return };
    let choices = draft.choices();
    assert!(choices.iter().all(|choice| !choice.key.is_empty()));
    if draft.check().is_ok() {
        let _ = draft.preview(&job);
        if let Ok(ingested) = read(&draft.settings()) {
            adds_up(&ingested);
        }
    }
}

/// Every row read is accounted for, and the log holds what was accepted.
fn adds_up(ingested: &Ingested) {
    let counts = &ingested.counts;
    let rejected: u64 = counts.rejected.values().sum();
    let ignored: u64 = counts.ignored.values().sum();
    assert_eq!(counts.read, counts.accepted + counts.duplicates + rejected + ignored);
    assert_eq!(counts.accepted, ingested.log.len() as u64);
    assert_eq!(counts.accepted, counts.views + counts.addtocarts + counts.transactions);
}
