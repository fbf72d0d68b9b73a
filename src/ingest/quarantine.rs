//! Rows that were not accepted: why, how many, and what they looked like.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{spreadsheet, text};

/// How many rejected rows are kept with their text.
pub const QUARANTINE_LIMIT: usize = 1_000;

/// Longer rows are kept up to this many bytes, followed by `…`.
const RAW_LIMIT: usize = 4_096;

/// Why a row was rejected. A row with several faults is counted under the first one in this order of checks:
/// the record itself (encoding, fields), then time, user, item, event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The time is not a whole number of milliseconds (in Parquet: nor a timestamp).
    BadTime,
    /// The time lies before 1990-01-01 or after 2100-12-31, UTC.
    TimeOutOfRange,
    /// The user id is empty.
    NoUser,
    /// The item id is empty.
    NoItem,
    /// The event is none of `view`, `addtocart`, `transaction`.
    UnknownEvent,
    /// The row has more or fewer fields than the header, or a quoted field that never ends.
    WrongFieldCount,
    /// The row is not UTF-8.
    InvalidUtf8,
    /// Property rows: the value is not what its property asks for. Category tree: no category id. Events: price or quantity
    /// is no number.
    BadValue,
}

impl Reason {
    /// The reasons an event row of every shape can be rejected for; one with prices also for [`Self::BadValue`].
    pub const OF_EVENTS: [Self; 7] = [
        Self::BadTime,
        Self::TimeOutOfRange,
        Self::NoUser,
        Self::NoItem,
        Self::UnknownEvent,
        Self::WrongFieldCount,
        Self::InvalidUtf8,
    ];

    /// The reason's name in reports and in `quarantine.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BadTime => "bad_time",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::NoUser => "no_user",
            Self::NoItem => "no_item",
            Self::UnknownEvent => "unknown_event",
            Self::WrongFieldCount => "wrong_field_count",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::BadValue => "bad_value",
        }
    }

    /// What is wrong with the row, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::BadTime => "not a whole number of milliseconds since 1970",
            Self::TimeOutOfRange => "as milliseconds since 1970 not within 1990-2100",
            Self::NoUser => "empty user id",
            Self::NoItem => "empty item id",
            Self::UnknownEvent => "none of view, addtocart, transaction",
            Self::WrongFieldCount => "not the header's number of fields",
            Self::InvalidUtf8 => "not UTF-8 text",
            Self::BadValue => "not a value of its property",
        }
    }
}

/// A rejected row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRow {
    /// Name of the file, without its folder.
    pub file: String,
    /// Line on which the row starts, the header being line 1; in Parquet the number of the row, from 1.
    pub line: u64,
    /// Why it was rejected.
    pub reason: Reason,
    /// The row as it stood in the file; bytes that are not UTF-8 appear as `\u{fffd}`.
    pub raw: String,
}

/// Counts rejected rows by reason and keeps the first ones.
#[derive(Debug, Default)]
pub(super) struct Quarantine {
    counts: BTreeMap<Reason, u64>,
    /// In file order, at most [`QUARANTINE_LIMIT`].
    rows: Vec<QuarantinedRow>,
    /// The first row of each reason, which may lie beyond the limit.
    examples: BTreeMap<Reason, QuarantinedRow>,
}

impl Quarantine {
    /// What an earlier reading rejected: its counts, and its first rows.
    pub(super) fn of_earlier(counts: &BTreeMap<Reason, u64>, rows: Vec<QuarantinedRow>) -> Self {
        let mut examples = BTreeMap::new();
        for row in &rows {
            examples.entry(row.reason).or_insert_with(|| row.clone());
        }
        let counts = counts.iter().filter(|(_, count)| **count > 0).map(|(reason, count)| (*reason, *count)).collect();
        Self { counts, rows, examples }
    }

    pub(super) fn add(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        *self.counts.entry(reason).or_default() += 1;
        let new_reason = !self.examples.contains_key(&reason);
        if !new_reason && self.rows.len() >= QUARANTINE_LIMIT {
            return;
        }
        let mut text = String::from_utf8_lossy(&raw[..raw.len().min(RAW_LIMIT)]).into_owned();
        if raw.len() > RAW_LIMIT {
            text.push('…');
        }
        let row = QuarantinedRow { file: String::new(), line, reason, raw: text };
        if new_reason {
            self.examples.insert(reason, row.clone());
        }
        if self.rows.len() < QUARANTINE_LIMIT {
            self.rows.push(row);
        }
    }

    /// Takes over the rows of the next chunk of `file`, whose line 0 is the file's line `first_line`.
    pub(super) fn append(&mut self, chunk: Self, file: &str, first_line: u64) {
        let placed = |mut row: QuarantinedRow| {
            file.clone_into(&mut row.file);
            row.line += first_line;
            row
        };
        for (reason, count) in chunk.counts {
            *self.counts.entry(reason).or_default() += count;
        }
        for (reason, example) in chunk.examples {
            self.examples.entry(reason).or_insert_with(|| placed(example));
        }
        let room = QUARANTINE_LIMIT - self.rows.len();
        self.rows.extend(chunk.rows.into_iter().take(room).map(placed));
    }

    /// Keeps rows of another table as far as there is room, without counting them here.
    pub(super) fn keep(&mut self, rows: Vec<QuarantinedRow>) {
        let room = QUARANTINE_LIMIT - self.rows.len();
        self.rows.extend(rows.into_iter().take(room));
    }

    pub(super) fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(super) fn counts(&self) -> &BTreeMap<Reason, u64> {
        &self.counts
    }

    /// The commonest reasons, at most three, each with its count and its first row.
    pub(super) fn commonest(&self, meaning: impl Fn(Reason) -> String) -> String {
        let mut reasons: Vec<_> = self.examples.iter().map(|(reason, row)| (self.counts[reason], row)).collect();
        reasons.sort_by_key(|&(count, row)| (std::cmp::Reverse(count), row.reason));
        let mut told = String::new();
        for (count, row) in reasons.into_iter().take(3) {
            let first: String = row.raw.chars().take(120).collect();
            let (file, raw) = (text::shown(&row.file), text::shown(&first));
            let (name, meaning) = (row.reason.name(), meaning(row.reason));
            let _ = write!(told, "\n  {name} ({meaning}): {count}, first at {file}:{}: {raw}", row.line);
        }
        told
    }

    pub(super) fn into_rows(self) -> Vec<QuarantinedRow> {
        self.rows
    }
}

/// Reads what [`write_quarantine`] wrote.
///
/// # Errors
/// [`Error::Missing`] for what is no such file.
pub fn read_quarantine(bytes: &[u8]) -> Result<Vec<QuarantinedRow>> {
    let wrong = |error: csv::Error| Error::Missing(format!("quarantine.csv cannot be read: {error}"));
    let rows = csv::Reader::from_reader(bytes).into_deserialize().map(|row| {
        let row: QuarantinedRow = row.map_err(wrong)?;
        let text = |cell: &str| spreadsheet::original(cell).to_owned();
        Ok(QuarantinedRow { file: text(&row.file), raw: text(&row.raw), ..row })
    });
    rows.collect()
}

/// Writes `quarantine.csv`: `file,line,reason,raw`; text that a spreadsheet would run has an apostrophe in front.
pub fn write_quarantine(rows: &[QuarantinedRow], out: impl Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let written = writer.write_record(["file", "line", "reason", "raw"]).and_then(|()| {
        rows.iter().try_for_each(|row| {
            let (file, raw) = (spreadsheet::neutral(&row.file), spreadsheet::neutral(&row.raw));
            writer.write_record([&file, row.line.to_string().as_str(), row.reason.name(), &raw])
        })
    });
    written.map_err(std::io::Error::from).and_then(|()| writer.flush()).map_err(Error::io("quarantine.csv"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quarantined_rows_are_no_formulas_and_read_back() {
        let rows: Vec<QuarantinedRow> = ["=cmd|' /C calc'!A0,1", "＝1", "-1+1\n", "'=1", "plain", "-5", "a\u{1b}"]
            .map(|raw| QuarantinedRow { file: raw.to_owned(), line: 7, reason: Reason::BadTime, raw: raw.to_owned() })
            .to_vec();
        let mut out = Vec::new();
        write_quarantine(&rows, &mut out).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert!(
            text.contains("\"'=cmd|' /C calc'!A0,1\"") && text.contains("'＝1") && text.contains(",-5\n"),
            "{text}"
        );
        assert_eq!(read_quarantine(&out).unwrap(), rows);
    }
}
