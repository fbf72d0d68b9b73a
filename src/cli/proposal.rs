//! A proposal of `init` as text and as JSON.

use std::fmt::Write as _;

use serde_json::json;

use crate::error::{Error, Result};
use crate::format::thousands;
use crate::ingest::propose::{Choice, Preview, Proposal};
use crate::text::shown;

/// Letters of a rejected row, and of a name, that are shown.
const SHOWN: usize = 100;

/// A proposal and what the first rows are when read so, for people.
pub(super) fn text(proposal: &Proposal, seen: Option<&Preview>) -> String {
    let mut out = String::from("Proposed settings\n");
    let set = |choice: &Choice| shown(&format!("{} = {}", short(&choice.key), short(&choice.value))).into_owned();
    let width = proposal.choices.iter().map(|choice| set(choice).chars().count()).max().unwrap_or(0);
    // Writing to a string cannot fail.
    for choice in &proposal.choices {
        let set = set(choice);
        let doubt = if choice.sure { "" } else { "not sure: " };
        let rivals = match choice.rivals.as_slice() {
            [] => String::new(),
            rivals => format!("; else {}", rivals.iter().map(|rival| short(rival)).collect::<Vec<_>>().join(", ")),
        };
        let _ = writeln!(out, "  {set:width$}  {doubt}{}{}", shown(&choice.reason), shown(&rivals));
    }
    for note in &proposal.notes {
        let _ = writeln!(out, "  {}", shown(note));
    }
    let Some(seen) = seen else { return out };
    let counts = &seen.counts;
    let _ = writeln!(out, "\nThe first {} rows of each file, read so", thousands(seen.rows_per_file as u64));
    let rejected: u64 = counts.rejected.values().sum();
    for (what, count) in [
        ("rows", counts.read),
        ("accepted", counts.accepted),
        ("duplicates", counts.duplicates),
        ("ignored", counts.ignored.values().sum()),
        ("rejected", rejected),
        ("views", counts.views),
        ("addtocarts", counts.addtocarts),
        ("transactions", counts.transactions),
        ("users", counts.users),
        ("items", counts.items),
    ] {
        let _ = writeln!(out, "  {what:12} {:>10}", thousands(count));
    }
    if let (Some(first), Some(last)) = (seen.first_ms.and_then(instant), seen.last_ms.and_then(instant)) {
        let _ = writeln!(out, "  from {first} to {last}");
    }
    for (name, count) in &counts.ignored {
        let _ = writeln!(out, "  ignored {}: {}", shown(name), thousands(*count));
    }
    for row in &seen.examples {
        let count = counts.rejected.get(&row.reason).copied().unwrap_or_default();
        let first: String = row.raw.chars().take(SHOWN).collect();
        let raw = shown(&first);
        let (name, file) = (row.reason.name(), shown(&row.file));
        let _ = writeln!(out, "  rejected {name}: {}, first {file}:{}: {raw}", thousands(count), row.line);
    }
    for what in &seen.unknown {
        let _ = writeln!(out, "  {}", shown(what));
    }
    out
}

/// A text of a log as far as it has room beside others.
fn short(text: &str) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

fn instant(ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}

/// The same for programs.
pub(super) fn as_json(
    proposal: &Proposal,
    seen: Option<&Preview>,
    failed: Option<&str>,
    objections: &[String],
    next: Option<&str>,
) -> Result<serde_json::Value> {
    let unwritable = |error: serde_json::Error| Error::Config(format!("the proposal cannot be written: {error}"));
    let preview = seen.map(|seen| {
        json!({
            "rows_per_file": seen.rows_per_file,
            "counts": seen.counts,
            "rejected_examples": seen.examples,
            "first": seen.first_ms.and_then(instant),
            "last": seen.last_ms.and_then(instant),
            "unknown": seen.unknown,
        })
    });
    Ok(json!({
        "settings": serde_json::to_value(&proposal.settings).map_err(unwritable)?,
        "choices": proposal.choices,
        "notes": proposal.notes,
        "doubts": proposal.doubts,
        "objections": objections,
        "preview": preview,
        "error": failed,
        "next": next,
    }))
}
