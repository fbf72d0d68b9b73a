//! A record of text parted into its fields.

use crate::ingest::grammar::SPACE;

/// The fields of a record with quotes, unescaped.
#[derive(Default)]
pub(super) struct Fields {
    text: String,
    ends: Vec<usize>,
}

impl Fields {
    /// Splits a record; a run of spaces is one separator. A quote opens a field only at its start; text after the closing quote belongs to the field.
    pub(super) fn split(&mut self, record: &str, separator: u8) {
        self.text.clear();
        self.ends.clear();
        let mut rest = record;
        loop {
            if separator == SPACE {
                rest = rest.trim_start();
                if rest.is_empty() {
                    return;
                }
            }
            if let Some(mut quoted) = rest.strip_prefix('"') {
                loop {
                    let (inside, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                    self.text.push_str(inside);
                    quoted = after;
                    match quoted.strip_prefix('"') {
                        Some(after) => {
                            self.text.push('"');
                            quoted = after;
                        }
                        None => break,
                    }
                }
                rest = quoted;
            }
            let (field, after) = match rest.split_once(char::from(separator)) {
                Some((field, after)) => (field, Some(after)),
                None => (rest, None),
            };
            self.text.push_str(field);
            self.ends.push(self.text.len());
            match after {
                Some(after) => rest = after,
                None => return,
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, &to)| &self.text[from..to])
    }
}
