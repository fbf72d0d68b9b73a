//! The rows of a text as cells to look at: what finds a log's shape and what decides how it is read.

use crate::ingest::blocks::record_at;
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
