//! What is counted and said of a log that was read.

use rayon::prelude::*;

use crate::format::{counted, subject};
use crate::ingest::counts::IngestCounts;
use crate::ingest::layout::{Layout, Role, StatusMeaning};
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::propose;
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::told::only_kind;

/// Counts rows read, and rejected ones by reason.
pub(super) fn count_rows(counts: &mut IngestCounts, accepted: usize, rejected: &Quarantine) {
    counts.read = accepted as u64 + rejected.total() + counts.ignored.values().sum::<u64>();
    counts.rejected = Reason::OF_EVENTS.into_iter().map(|reason| (reason, 0)).collect();
    counts.rejected.extend(rejected.counts());
}

/// Says in which shape a log was read, what of it is not looked at, and what it cannot tell.
pub(super) fn layout_notes(notes: &mut Vec<String>, layouts: &[Layout], counts: &IngestCounts, log: &EventLog) {
    let ignored = &counts.ignored;
    let mut told: Vec<String> = Vec::new();
    for layout in layouts {
        let note = format!("read in the layout {}: {}", layout.name.name(), layout.describe());
        for note in std::iter::once(note).chain(layout.note.map(ToOwned::to_owned)) {
            if !told.contains(&note) {
                told.push(note);
            }
        }
    }
    notes.append(&mut told);
    if !ignored.is_empty() {
        let rows: u64 = ignored.values().sum();
        let mut names: Vec<_> = ignored.iter().collect();
        names.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        let shown: Vec<String> = names.iter().take(10).map(|(name, count)| format!("{name} {count}")).collect();
        let more = if names.len() > 10 { format!(" and {} more names", names.len() - 10) } else { String::new() };
        notes.push(format!("{} ignored: {}{more}", counted(rows, "rows"), shown.join(", ")));
        // What may be purchases comes first of all notes.
        let all = rows + log.len() as u64;
        // An order that was not paid is no doubt.
        let unpaid = |name: &str| {
            name.strip_prefix("order ").is_some_and(|status| {
                layouts
                    .iter()
                    .any(|layout| layout.has(Role::Status) && layout.status_of(status) == Some(StatusMeaning::None))
            })
        };
        let buying = |name: &str| propose::speaks_of_buying(name) && !unpaid(name);
        let doubtful = names.iter().find(|(name, count)| buying(name) && **count * 100 > all);
        if let Some((name, count)) = doubtful {
            let doubt = format!(
                "{} ignored under the name {name}, which speaks of buying; if they are purchases, set ingest.events",
                subject(**count, "rows", "are")
            );
            notes.insert(0, doubt);
        }
    }
    if !counts.unknown_statuses.is_empty() {
        let rows: u64 = counts.unknown_statuses.values().sum();
        let listed: Vec<String> =
            counts.unknown_statuses.iter().take(10).map(|(name, count)| format!("{name} {count}")).collect();
        notes.push(format!(
            "{} as purchases under statuses that are not known: {}; tell what they are with ingest.statuses",
            subject(rows, "rows", "count"),
            listed.join(", ")
        ));
    }
    if counts.replaced > 0 {
        let rows = subject(counts.replaced, "rows of orders", "are");
        notes.push(format!("{rows} replaced by what newer exports tell of them"));
    }
    if counts.joined > 0 {
        let rows = subject(counts.joined, "rows", "count");
        notes.push(format!("{rows} for the user that ingest.same_user joins theirs to"));
    }
    if counts.guests > 0 {
        let rows = counted(counts.guests, "rows");
        notes.push(format!("{rows} without a user, counted for the e-mail address that they tell"));
    }
    if counts.respelled > 0 {
        notes.push(format!(
            "{} their user's e-mail address or phone number in another way than it is kept",
            subject(counts.respelled, "rows", "write")
        ));
    }
    if let Some(kind) = only_kind(log) {
        notes.push(format!("the log has {kind} only"));
    }
    if log.transactions.is_empty() {
        notes.push("the log names no orders; a user's purchases of one day count as one".to_owned());
    }
    if log.items.is_empty() {
        notes.push("the log names no items: nothing can be recommended".to_owned());
    }
}

pub(super) fn note_rejected(notes: &mut Vec<String>, what: &str, read: u64, rejected: &Quarantine) {
    if rejected.total() > 0 {
        let commonest = rejected.commonest(|reason| reason.meaning().to_owned());
        notes.push(format!("{} of {read} rows of {what} were rejected:{commonest}", rejected.total()));
    }
}

/// T decides every recency and label: a few rows dated far after all others would shift them all.
pub(super) fn doubtful_as_of(log: &EventLog) -> Option<String> {
    const QUARTER: i64 = 90 * 86_400_000;
    let recent = log.time.par_iter().filter(|&&time| time > log.as_of - QUARTER).count();
    let date = jiff::Timestamp::from_millisecond(log.as_of).ok()?;
    (recent * 1_000 < log.len()).then(|| {
        let all = log.len();
        format!("only {recent} of {all} events lie in the 90 days up to the latest one, {date}; check the latest times")
    })
}

pub(super) fn count_log(counts: &mut IngestCounts, log: &EventLog, categories: usize) {
    let count = |kind| log.kind.par_iter().filter(|&&known| known == kind).count() as u64;
    let without_id = |(kind, id): &(&EventKind, &u32)| **kind == EventKind::Transaction && **id == NONE;
    counts.accepted = log.len() as u64;
    counts.users = log.users.len() as u64;
    counts.items = log.items.len() as u64;
    counts.views = count(EventKind::View);
    counts.addtocarts = count(EventKind::AddToCart);
    counts.transactions = count(EventKind::Transaction);
    counts.visits = count(EventKind::Visit);
    counts.responses = count(EventKind::Response);
    counts.returns = count(EventKind::Return);
    counts.contacts = count(EventKind::Contact);
    counts.optouts = count(EventKind::OptOut);
    counts.transactions_without_id = log.kind.par_iter().zip(&log.transaction).filter(without_id).count() as u64;
    counts.categories = categories as u64;
}
