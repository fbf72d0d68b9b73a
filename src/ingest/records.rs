//! The first rows of a text as cells to look at: what finds a log's shape and what decides how it is read.

use crate::ingest::blocks::record_at;
use crate::ingest::fields::Fields;

/// The rows at the start of a text, as trimmed cells; blank lines are none. A row that a cut may have parted counts only
/// `at_end` of the text.
pub(super) fn records(bytes: &[u8], separator: u8, at_end: bool) -> impl Iterator<Item = Vec<String>> {
    let (mut start, mut fields) = (0, Fields::default());
    std::iter::from_fn(move || {
        loop {
            let span = record_at(bytes, start, separator, at_end).filter(|span| span.next > start)?;
            let record = &bytes[start..span.next];
            start = span.next;
            if record.trim_ascii().is_empty() {
                continue;
            }
            let text = String::from_utf8_lossy(record);
            let text = text.trim_end_matches(['\r', '\n']);
            if span.unclosed {
                return Some(text.split(char::from(separator)).map(|field| field.trim().to_owned()).collect());
            }
            fields.split(text, separator);
            return Some(fields.iter().map(|field| field.trim().to_owned()).collect());
        }
    })
}
