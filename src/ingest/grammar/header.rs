//! What stands before the rows of a text: lines that are no part of the table, and the names of its columns.

use std::collections::{HashMap, HashSet};

use memchr::memchr;

/// Lines that are looked at for the commonest number of fields.
const JUDGED: usize = 100;
/// Fewer fields than this do not tell a title from a row.
const FEWEST: usize = 3;

/// What may stand between two fields, the likelier first; Hive puts a control character there.
pub(in crate::ingest) const SEPARATORS: [u8; 7] = [b',', b';', b'\t', b'|', 1, b'^', b'~'];

/// What parts the columns of tables that are aligned by hand or by a printer: a run of it is one separator.
pub(in crate::ingest) const SPACE: u8 = b' ';

/// How many fields a line has.
pub(in crate::ingest) fn fields_of(line: &[u8], separator: u8) -> usize {
    if separator == SPACE {
        return line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count().max(1);
    }
    let mut quoted = false;
    let ends = line.iter().filter(|&&byte| {
        quoted ^= byte == b'"';
        byte == separator && !quoted
    });
    ends.count() + 1
}

/// The most fields that any separator finds in a line.
pub(in crate::ingest) fn most_fields(line: &[u8]) -> usize {
    SEPARATORS.into_iter().map(|separator| fields_of(line, separator)).max().unwrap_or(1)
}

/// The lines before a table: `sep=;` as Excel writes it, comments, titles, blank lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Preamble {
    /// Bytes before the first line of the table.
    pub(in crate::ingest) bytes: usize,
    /// Lines before it.
    pub(in crate::ingest) lines: u64,
    /// The separator that `sep=` names.
    pub(in crate::ingest) separator: Option<u8>,
}

impl Preamble {
    /// Finds them at the start of a text. `fields` counts the fields of a line by the separator in force.
    pub(in crate::ingest) fn of(text: &[u8], fields: impl Fn(&[u8]) -> usize) -> Self {
        let mut found = Self::default();
        let is_comment = |line: &[u8]| line.starts_with(b"#");
        while let Some(line) = line_at(text, found.bytes) {
            let bare = line.trim_ascii();
            let named = bare.strip_prefix(b"sep=").or_else(|| bare.strip_prefix(b"\"sep=").map(|rest| &rest[..1]));
            match named {
                Some(&[separator]) if found.separator.is_none() => found.separator = Some(separator),
                // `sep=` and a tab, which trimming takes off.
                Some(b"") if line.starts_with(b"sep=\t") => found.separator = Some(b'\t'),
                _ if bare.is_empty() => {}
                _ if is_comment(bare) && !names_columns(bare, &text[found.bytes + line.len()..], &fields) => {}
                _ => break,
            }
            found.bytes += line.len();
            found.lines += 1;
        }
        // A title has one field where the table has several, and lines such as `Period:,March` have few.
        let rest = lines(&text[found.bytes..]).filter(|line| !line.trim_ascii().is_empty() && !is_comment(line));
        let mut counts: Vec<usize> = rest.take(JUDGED).map(&fields).collect();
        // The last line may be cut.
        if counts.len() > 2 {
            counts.pop();
        }
        let commonest = commonest(&counts);
        // A workbook that is saved as text fills every line up with empty fields, titles too.
        let filled = |line: &[u8]| fields(without_empty_end(line));
        let line = lines(&text[found.bytes..]).next().unwrap_or_default();
        let (first, is_padded) = (filled(line), filled(line) < fields(line));
        if commonest >= FEWEST && first * 2 <= commonest {
            let mut behind = found;
            while let Some(line) = line_at(text, behind.bytes) {
                if !(line.trim_ascii().is_empty() || is_comment(line) || filled(line) * 2 <= commonest) {
                    // Rows of lists that grow are no titles: behind one of several fields comes a header, and behind one that
                    // is filled up a whole one.
                    let is_header = begins_with_names(line) && (!is_padded || filled(line) == commonest);
                    if is_header || (first == 1 && !is_padded) {
                        return behind;
                    }
                    break;
                }
                behind.bytes += line.len();
                behind.lines += 1;
            }
        }
        // Names of groups of columns above the columns' own: `Order,,Customer,,Money`.
        let behind = text.get(found.bytes + line.len()..).unwrap_or_default();
        let mut next = lines(behind);
        if let (Some(names), Some(row)) = (next.next(), next.next())
            && [line, names, row].iter().all(|line| fields(line) == commonest && commonest >= FEWEST)
            && begins_with_names(line)
            && has_empty_field(line)
            && begins_with_names(names)
            && !has_empty_field(names)
            && !begins_with_names(row)
        {
            found.bytes += line.len();
            found.lines += 1;
        }
        found
    }
}

/// Whether a field of a line is empty, whatever separates them.
fn has_empty_field(line: &[u8]) -> bool {
    line.split(|byte| SEPARATORS.contains(byte)).any(|field| field.trim_ascii().is_empty())
}

/// A line without the empty fields at its end.
fn without_empty_end(line: &[u8]) -> &[u8] {
    let is_empty = |byte: &u8| byte.is_ascii_whitespace() || SEPARATORS.contains(byte);
    let end = line.iter().rposition(|byte| !is_empty(byte)).map_or(0, |at| at + 1);
    &line[..end]
}

/// Whether no field of a line begins with a digit or a sign, whatever separates them.
fn begins_with_names(line: &[u8]) -> bool {
    line.split(|byte| SEPARATORS.contains(byte)).all(|field| {
        let field = field.trim_ascii();
        let first = field.strip_prefix(b"\"").unwrap_or(field).first();
        !first.is_some_and(|first| first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.'))
    })
}

/// Whether a line that begins as a comment does is a header, as `#,Customer,Total` is: it has no digit and as many fields
/// as the line behind it, which has some.
fn names_columns(line: &[u8], behind: &[u8], fields: &impl Fn(&[u8]) -> usize) -> bool {
    let holds_digit = |line: &[u8]| line.iter().any(u8::is_ascii_digit);
    let next = line_at(behind, 0).unwrap_or_default();
    let alike = fields(line) >= FEWEST && fields(line) == fields(next);
    alike && !holds_digit(line) && holds_digit(next) && !next.starts_with(b"#")
}

/// The number that occurs most, of several the largest; 0 of none.
fn commonest(counts: &[usize]) -> usize {
    let times = |count: &usize| counts.iter().filter(|other| *other == count).count();
    counts.iter().copied().max_by_key(|count| (times(count), *count)).unwrap_or(0)
}

/// The line that begins at a place, its end included.
fn line_at(text: &[u8], start: usize) -> Option<&[u8]> {
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    Some(&rest[..memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)])
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let line = line_at(text, start)?;
        start += line.len();
        Some(line)
    })
}

/// The names of columns, one each: an empty one is called by its number, `column 3`, and one that is there before is
/// numbered, `id 2`.
pub(in crate::ingest) fn column_names(headers: &[impl AsRef<str>]) -> Vec<String> {
    let given: HashSet<&str> = headers.iter().map(|header| header.as_ref().trim()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut names = Vec::with_capacity(headers.len());
    // The next number of a repeated name, so that thousands of one name are not counted up anew for each.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (at, header) in headers.iter().enumerate() {
        let header = header.as_ref().trim();
        let mut name = if header.is_empty() { format!("column {}", at + 1) } else { header.to_owned() };
        let mut fresh = 2;
        let number = if header.is_empty() { &mut fresh } else { numbers.entry(header).or_insert(2) };
        while taken.contains(&name) || (name != header && given.contains(name.as_str())) {
            name = if header.is_empty() { format!("column {} {number}", at + 1) } else { format!("{header} {number}") };
            *number += 1;
        }
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(text: &str) -> (u64, Option<u8>) {
        let by_comma = |line: &[u8]| line.split(|&byte| byte == b',').count();
        let found = Preamble::of(text.as_bytes(), by_comma);
        assert_eq!(text[..found.bytes].matches('\n').count() as u64, found.lines);
        (found.lines, found.separator)
    }

    #[test]
    fn lines_before_a_table_are_passed_over() {
        assert_eq!(skipped("a,b,c\n1,2,3\n4,5,6\n"), (0, None));
        assert_eq!(skipped("# one\n# two, three\n\na,b,c\n1,2,3\n"), (3, None));
        assert_eq!(skipped("sep=;\na;b;c\n1;2;3\n"), (1, Some(b';')));
        assert_eq!(skipped("sep=\t\na\tb\n"), (1, Some(b'\t')));
        assert_eq!(skipped("Orders of March\n\na,b,c\n1,2,3\n4,5,6\n"), (2, None));
        assert_eq!(skipped("# exported\n#,Customer,Total\n1,ann,3.50\n2,bob,4.50\n"), (1, None));
        assert_eq!(skipped("# all, of, these\na,b,c\n1,2,3\n"), (1, None));
        assert_eq!(skipped("Report:,Orders\nPeriod:,March\na,b,c,d\n1,2,3,4\n5,6,7,8\n9,1,2,3\n"), (2, None));
        assert_eq!(skipped("Orders of March,,,\nPeriod:,March,,\n,,,\na,b,c,d\n1,2,3,4\n5,6,7,8\n9,1,2,\n"), (3, None));
        assert_eq!(skipped("id,,,\nann,1,2,3\nbob,4,5,6\neve,7,8,9\n"), (0, None), "a header whose names are not told");
        assert_eq!(skipped("1,2\n1,2,3,4\n5,6,7,8\n9,1,2,3\n"), (0, None), "no header comes behind it");
        // Groups of columns above the columns' own names.
        assert_eq!(skipped("Order,,Customer\nid,date,id\n1,2024-01-01,7\n2,2024-01-02,8\n"), (1, None));
        assert_eq!(skipped("a,,c\n1,2,3\n4,5,6\n"), (0, None), "a column without a name");
        // One column, or rows that are all short, have no title.
        assert_eq!(skipped("a\n1\n2\n"), (0, None));
        assert_eq!(skipped("a,b\n1,2\n"), (0, None));
        assert_eq!(skipped(""), (0, None));
    }

    #[test]
    fn every_column_has_a_name_of_its_own() {
        assert_eq!(column_names(&["", "id", "id", " price ", ""]), ["column 1", "id", "id 2", "price", "column 5"]);
        assert_eq!(column_names(&["id", "id", "id 2"]), ["id", "id 3", "id 2"]);
    }
}
