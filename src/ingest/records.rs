//! The rows of a text as cells to look at: what finds a log's shape and what decides how it is read.

use crate::ingest::blocks::{HEAD, record_at};
use crate::ingest::fields::Fields;

/// The rows at the start of a text, as trimmed cells; blank lines are none. A row that a cut may have parted counts only
/// `at_end` of the text.
pub(super) fn records(bytes: &[u8], separator: u8, at_end: bool) -> impl Iterator<Item = Vec<String>> {
    let (mut start, mut fields) = (0, Fields::default());
    std::iter::from_fn(move || {
        let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        next_record(bytes, &mut start, separator, at_end, &mut fields, owned)
    })
}

/// Hands every row of a text to `each`, as [`records`] gives them.
pub(super) fn for_each_record(bytes: &[u8], separator: u8, mut each: impl FnMut(&[&str])) {
    let (mut start, mut fields) = (0, Fields::default());
    while next_record(bytes, &mut start, separator, true, &mut fields, &mut each).is_some() {}
}

/// Rows that tell whether the header names the first column.
const JUDGED: usize = 1_000;

/// Whether a table that begins so leaves its first column without a name, as R writes tables and pandas reads them: each row
/// has one field more than the header, which tells something in some row, or else the first fields count the rows.
pub(super) fn lacks_first_name(table: &[u8], separator: u8) -> bool {
    // The same bytes decide wherever a file is looked at.
    let mut rows = records(&table[..table.len().min(HEAD)], separator, table.len() < HEAD);
    let Some(header) = rows.next() else { return false };
    let (mut before, mut counts, mut tells, mut any) = (None, true, false, false);
    for row in rows.take(JUDGED) {
        if row.len() != header.len() + 1 {
            return false;
        }
        let number = row[0].parse::<u64>().ok();
        counts &= number.is_some() && before.is_none_or(|before: u64| number == before.checked_add(1));
        before = number;
        tells |= row.last().is_some_and(|last| !last.is_empty());
        any = true;
    }
    any && (tells || counts)
}

/// What `take` makes of the next row's cells; moves `start` behind it.
fn next_record<T>(
    bytes: &[u8],
    start: &mut usize,
    separator: u8,
    at_end: bool,
    fields: &mut Fields,
    take: impl FnOnce(&[&str]) -> T,
) -> Option<T> {
    loop {
        let span = record_at(bytes, *start, separator, at_end).filter(|span| span.next > *start)?;
        let record = &bytes[*start..span.next];
        *start = span.next;
        if record.trim_ascii().is_empty() {
            continue;
        }
        let text = String::from_utf8_lossy(record);
        let text = text.trim_end_matches(['\r', '\n']);
        if span.unclosed {
            return Some(take(&text.split(char::from(separator)).map(str::trim).collect::<Vec<_>>()));
        }
        fields.split(text, separator);
        return Some(take(&fields.iter().map(str::trim).collect::<Vec<_>>()));
    }
}
