//! A raw table, CSV or Parquet, as rows of the columns asked for: found by name, parsed in parallel, taken in file order.

use std::path::Path;

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::blocks::{for_each_block, head, record_at};
use crate::ingest::delimiters::Delimiters;
use crate::ingest::fields::Fields;
use crate::ingest::grammar::{Preamble, SPACE, fields_of};
use crate::ingest::parquet::read_parquet;
use crate::ingest::quarantine::Reason;
use crate::ingest::records::lacks_first_name;
use crate::ingest::resume::{Resume, TextRead};
use crate::ingest::shape::{Rows, Shape, refuse_wide};
use crate::ingest::source::{Partition, Storage, storage};
use crate::job::Job;

/// What was read.
pub(super) struct TableRead {
    /// Whether every column is there, the optional one too.
    pub(super) complete: bool,
    /// The text; `None` for Parquet.
    pub(super) text: Option<TextRead>,
}

/// Reads a table, from where it goes on if it was read before, and gives each chunk's rows, in file order, to `take`
/// with the line number of the chunk's line 0.
pub(super) fn read_table<const N: usize, R: Rows<N>>(
    path: &Path,
    columns: &impl Shape<N>,
    resume: Option<&Resume>,
    job: &Job,
    start: impl Fn() -> R + Sync,
    mut take: impl FnMut(R, u64) -> Result<()>,
) -> Result<TableRead> {
    let storage = storage(path)?;
    if storage == Storage::Parquet {
        let complete = read_parquet(path, columns, job, &start, &mut take)?;
        return Ok(TableRead { complete, text: None });
    }
    let mut header: Option<Places<N>> = None;
    let mut line = 1;
    if let Some(resume) = resume {
        header = Some(read_header(path, columns, &head(path)?)?.0);
        line += resume.before.lines;
    }
    let mut text = for_each_block(path, columns.separator(), resume, job, |block| {
        let mut begin = 0;
        let layout = if let Some(layout) = &header {
            layout
        } else {
            let (layout, end, lines) = read_header(path, columns, &block.bytes)?;
            (begin, line) = (end, line + lines);
            header.insert(layout)
        };
        let starts = std::iter::once(0).chain(block.cuts.iter().copied());
        let chunks: Vec<&[u8]> = starts
            .zip(&block.cuts)
            .filter(|&(_, &to)| to > begin)
            .map(|(from, &to)| &block.bytes[from.max(begin)..to])
            .collect();
        let parsed: Vec<(R, u64)> = chunks
            .into_par_iter()
            .map(|chunk| {
                let mut rows = start();
                let lines = parse_chunk(chunk, layout, &mut rows);
                (rows, lines)
            })
            .collect();
        for (rows, lines) in parsed {
            take(rows, line)?;
            line += lines;
        }
        Ok(())
    })?;
    let Some(layout) = header else {
        let what = format!("is empty; expected {}", columns.expected());
        return Err(Error::Input { path: path.to_path_buf(), line: None, what });
    };
    text.lines = line - 1;
    Ok(TableRead { complete: layout.complete, text: Some(text) })
}

/// Which field goes into which cell.
struct Places<const N: usize> {
    /// What stands between two fields.
    separator: u8,
    /// Per field of a record, the index of its cell; `N` for a field nobody asked for.
    cell_of: Vec<usize>,
    /// Cells that a field fills beside its own: from and to.
    also: Vec<(usize, usize)>,
    /// Whether rows may leave their last fields out, and end in empty ones beyond the header's.
    ragged: bool,
    /// Whether every column is there, the optional one too.
    complete: bool,
    /// Cells that are the same in every row: those that folders tell.
    constant: Vec<(usize, String)>,
}

/// The fields' places, where the header ends, and how many lines it takes, blank ones before it included.
fn read_header<const N: usize>(path: &Path, columns: &impl Shape<N>, bytes: &[u8]) -> Result<(Places<N>, usize, u64)> {
    let separator = columns.separator();
    let preamble = Preamble::of(bytes, |line| fields_of(line, separator));
    let mut start = preamble.bytes;
    while let Some(span) = record_at(bytes, start, separator, true) {
        let record = without_line_end(&bytes[start..span.next]);
        if record.trim_ascii().is_empty() {
            start = span.next;
            continue;
        }
        let text = String::from_utf8_lossy(record);
        let mut headers = Fields::default();
        headers.split(&text, separator);
        let unnamed = columns.header() && lacks_first_name(&bytes[start..], separator);
        let headers: Vec<&str> = unnamed.then_some("").into_iter().chain(headers.iter()).collect();
        refuse_wide(path, headers.len())?;
        let places = Places::found(path, columns, &headers)?;
        if !columns.header() {
            return Ok((places, preamble.bytes, preamble.lines));
        }
        let lines = memchr_iter(b'\n', &bytes[..span.next]).count() as u64;
        return Ok((places, span.next, lines));
    }
    // Blank lines only: an empty header, which lacks every column.
    Ok((Places::found(path, columns, &[])?, bytes.len(), 0))
}

impl<const N: usize> Places<N> {
    /// The places by a header and the columns that the file's folders add to it.
    fn found(path: &Path, columns: &impl Shape<N>, headers: &[&str]) -> Result<Self> {
        let partition = Partition::of(path);
        let mut all = headers.to_vec();
        if columns.header() {
            all.extend(partition.names.iter().map(String::as_str));
        }
        let mut located = columns.locate(path, &all)?;
        let mut constant = Vec::new();
        for (cell, place) in located.iter_mut().enumerate() {
            if let Some(beyond) = place.and_then(|at| at.checked_sub(headers.len())) {
                constant.push((cell, partition.values[beyond].clone()));
                *place = None;
            }
        }
        let mut places = Self::new(columns, headers.len(), located);
        places.complete |= located.iter().filter(|place| place.is_none()).count() == constant.len();
        places.constant = constant;
        Ok(places)
    }

    fn new(columns: &impl Shape<N>, fields: usize, places: [Option<usize>; N]) -> Self {
        let (mut cell_of, mut also) = (vec![N; fields], Vec::new());
        for (cell, place) in places.iter().enumerate() {
            if let Some(field) = place {
                match cell_of[*field] {
                    first if first < N => also.push((first, cell)),
                    _ => cell_of[*field] = cell,
                }
            }
        }
        let (separator, ragged) = (columns.separator(), columns.ragged());
        Self { separator, cell_of, also, ragged, complete: places.iter().all(Option::is_some), constant: Vec::new() }
    }

    /// The cells of a row before its fields fill them.
    fn blank(&self) -> [&str; N] {
        let mut cells = [""; N];
        for (cell, text) in &self.constant {
            cells[*cell] = text;
        }
        cells
    }

    /// Whether a row of so many fields is one of the table.
    fn fits(&self, fields: usize) -> bool {
        fields == self.cell_of.len() || (self.ragged && fields > 0 && fields < self.cell_of.len())
    }

    /// Fills the cells that share their field with another.
    fn copy_cells(&self, cells: &mut [&str; N]) {
        for &(from, to) in &self.also {
            cells[to] = cells[from];
        }
    }
}

/// Parses whole records; returns how many lines they take.
fn parse_chunk<const N: usize, R: Rows<N>>(chunk: &[u8], layout: &Places<N>, rows: &mut R) -> u64 {
    match std::str::from_utf8(chunk) {
        Ok(text) if memchr(b'"', chunk).is_none() => parse_plain(text, layout, rows),
        valid => parse_any(chunk, valid.ok(), layout, rows),
    }
}

/// Records without a quote: every separator and line end is one.
fn parse_plain<const N: usize, R: Rows<N>>(text: &str, layout: &Places<N>, rows: &mut R) -> u64 {
    let bytes = text.as_bytes();
    let mut ends = Delimiters::new(bytes, layout.separator, b'\n');
    let (mut start, mut line) = (0, 0);
    while start < bytes.len() {
        let mut cells = layout.blank();
        let (mut from, mut fields) = (start, 0);
        let (end, next) = loop {
            let at = ends.next().unwrap_or(bytes.len());
            let is_last = bytes.get(at) != Some(&layout.separator);
            let to = if is_last && at > from && bytes[at - 1] == b'\r' { at - 1 } else { at };
            // Of a run of spaces, the last separates.
            if to == from && layout.separator == SPACE {
                from = at + 1;
                if is_last {
                    break (to, from);
                }
                continue;
            }
            if let Some(cell) = layout.cell_of.get(fields).and_then(|&cell| cells.get_mut(cell)) {
                *cell = trimmed(&text[from..to]);
            }
            // Empty fields beyond the last column are none.
            let beyond = layout.ragged && fields >= layout.cell_of.len() && text[from..to].trim_ascii().is_empty();
            fields += usize::from(!beyond);
            from = at + 1;
            if is_last {
                break (to, from);
            }
        };
        let record = &bytes[start..end];
        let is_blank = record.first().is_none_or(u8::is_ascii_whitespace) && record.trim_ascii().is_empty();
        let outcome = if is_blank {
            Ok(())
        } else if layout.fits(fields) {
            layout.copy_cells(&mut cells);
            rows.written(record);
            rows.row(&cells)
        } else {
            Err(Reason::WrongFieldCount)
        };
        if let Err(reason) = outcome {
            rows.reject(line, reason, record);
        }
        line += 1;
        start = next;
    }
    line
}

/// As `trim_ascii`, and at once where there is nothing to trim.
fn trimmed(field: &str) -> &str {
    match field.as_bytes() {
        [first, .., last] if *first > b' ' && *last > b' ' => field,
        _ => field.trim_ascii(),
    }
}

/// Records with quotes, or with bytes that are not UTF-8.
fn parse_any<const N: usize, R: Rows<N>>(chunk: &[u8], valid: Option<&str>, layout: &Places<N>, rows: &mut R) -> u64 {
    let mut fields = Fields::default();
    let (mut start, mut line) = (0, 0);
    while start < chunk.len() {
        let end = memchr(b'\n', &chunk[start..]).map_or(chunk.len(), |at| start + at + 1);
        let quoted = memchr(b'"', &chunk[start..end]).is_some();
        let span = if quoted { record_at(chunk, start, layout.separator, true) } else { None };
        let (next, unclosed) = span.map_or((end, false), |span| (span.next, span.unclosed));
        let record = without_line_end(&chunk[start..next]);
        rows.written(record);
        let outcome = match valid
            .map_or_else(|| std::str::from_utf8(record).ok(), |text| text.get(start..start + record.len()))
        {
            None => parse_invalid(record, layout, rows),
            Some(text) if text.trim_ascii().is_empty() => Ok(()),
            Some(text) if quoted && !unclosed => {
                fields.split(text, layout.separator);
                cells(fields.iter(), layout).and_then(|cells| rows.row(&cells))
            }
            Some(text) => cells(text.split(char::from(layout.separator)), layout).and_then(|cells| rows.row(&cells)),
        };
        if let Err(reason) = outcome {
            rows.reject(line, reason, record);
        }
        line += if quoted { memchr_iter(b'\n', &chunk[start..next]).count() as u64 } else { 1 };
        start = next;
    }
    line
}

/// A record with bytes that are not UTF-8, which matters only in a column that is read.
fn parse_invalid<const N: usize, R: Rows<N>>(record: &[u8], layout: &Places<N>, rows: &mut R) -> Result<(), Reason> {
    let text = String::from_utf8_lossy(record);
    let mut fields = Fields::default();
    fields.split(&text, layout.separator);
    let cells = cells(fields.iter(), layout)?;
    if cells.iter().any(|cell| cell.contains(char::REPLACEMENT_CHARACTER)) {
        return Err(Reason::InvalidUtf8);
    }
    rows.row(&cells)
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// Puts a record's fields into the cells asked for.
fn cells<'a, const N: usize>(
    fields: impl Iterator<Item = &'a str>,
    layout: &'a Places<N>,
) -> Result<[&'a str; N], Reason> {
    let mut cells = layout.blank();
    let mut count = 0;
    for field in fields {
        match layout.cell_of.get(count) {
            Some(&cell) if cell < N => cells[cell] = field.trim_ascii(),
            Some(_) => {}
            None if layout.ragged && field.trim_ascii().is_empty() => continue,
            None => return Err(Reason::WrongFieldCount),
        }
        count += 1;
    }
    layout.copy_cells(&mut cells);
    if layout.fits(count) { Ok(cells) } else { Err(Reason::WrongFieldCount) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every row as it came, and every rejected one.
    #[derive(Debug, Default, PartialEq)]
    struct Seen {
        rows: Vec<[String; 3]>,
        rejected: Vec<(u64, Reason, Vec<u8>)>,
    }

    impl Rows<3> for Seen {
        fn row(&mut self, cells: &[&str; 3]) -> Result<(), Reason> {
            self.rows.push(cells.map(str::to_owned));
            Ok(())
        }

        fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
            self.rejected.push((line, reason, raw.to_vec()));
        }
    }

    struct Three([Option<usize>; 3]);

    impl Shape<3> for Three {
        fn locate(&self, _: &Path, _: &[&str]) -> crate::error::Result<[Option<usize>; 3]> {
            Ok(self.0)
        }

        fn expected(&self) -> String {
            String::new()
        }
    }

    proptest! {
        /// What has no quote has two ways to be read; both must see the same rows, in the same lines.
        #[test]
        fn plain_records_are_split_like_any_others(
            parts in proptest::collection::vec(prop_oneof![
                Just(","), Just(","), Just("\n"), Just("\r\n"), Just("\r"), Just(" "), Just("a"), Just("é"), Just("1433193132535"),
            ], 0..120),
            fields in 1..5_usize,
        ) {
            let text = parts.concat();
            let places = [Some(0), Some(fields - 1), Some(fields / 2)];
            let layout = Places { separator: b',', ..Places::new(&Three(places), fields, places) };
            let (mut plain, mut any) = (Seen::default(), Seen::default());
            let lines = parse_plain(&text, &layout, &mut plain);
            prop_assert_eq!(lines, parse_any(text.as_bytes(), Some(&text), &layout, &mut any));
            prop_assert_eq!(plain, any);
        }
    }
}
