//! The rows of a query as CSV text, by binary COPY: some at a time, however many there are.

use std::io::Write;
use std::path::Path;
use std::pin::pin;

use futures::StreamExt as _;
use tokio_postgres::Statement;
use tokio_postgres::types::Kind;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::postgres::address::{Address, quoted};
use crate::postgres::cell::Shape;
use crate::postgres::failure::of_statement;
use crate::postgres::session::Session;

/// What a binary copy begins with: its name, its flags and the length of what nobody uses.
const MAGIC: &[u8] = b"PGCOPY\n\xff\r\n\0";
const HEADER: usize = MAGIC.len() + 8;
/// Text that is written at a time.
const PIECE: usize = 256 << 10;
/// What became of rows that were read before something broke.
const NOTHING: &str = "nothing of its rows was kept";

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Rows.
    pub rows: u64,
    /// Whether there were more than the limit let through.
    pub cut: bool,
}

/// Writes the rows of a query as CSV with a header: times in ISO 8601 (UTC with `Z`, or local where their type has no
/// zone), numbers exactly, null as an empty cell. Stops behind the first row that is over `most` bytes. The query runs in a
/// transaction that may only read. Rows are counted on `job`.
///
/// # Errors
/// [`Error::Config`] and [`Error::Refused`] for address, password and query, [`Error::Fetch`] for a server that is not
/// there or goes away, [`Error::Query`] with the server's message, [`Error::Input`] for a column of a type that is no
/// text, number or time, [`Error::Io`] of `out`, [`Error::Cancelled`].
pub fn select(
    address: &Address,
    query: &str,
    password_file: Option<&Path>,
    most: Option<u64>,
    out: &mut dyn Write,
    job: &Job,
) -> Result<Selected> {
    let query = query.trim().trim_end_matches(';').trim_end();
    if query.is_empty() {
        return Err(Error::Config(format!("{address}: name its rows by a query: --query 'select …'")));
    }
    let session = Session::open(address.clone().of_query()?, password_file, job)?;
    job.begin("rows of the database", 0);
    let failed = |error: tokio_postgres::Error| of_statement(address, Some(query), &error, NOTHING);
    session.wait(job, async {
        session.client.batch_execute("begin transaction read only").await.map_err(failed)?;
        let statement = session.client.prepare(query).await.map_err(failed)?;
        let shapes = shapes(address, &statement)?;
        let names: Vec<&str> = statement.columns().iter().map(tokio_postgres::Column::name).collect();
        // A comment at the query's end would swallow the parenthesis.
        let copy = format!("copy ({query}\n) to stdout (format binary)");
        let told = |error: tokio_postgres::Error| of_statement(address, None, &error, NOTHING);
        let mut pieces = pin!(session.client.copy_out(&copy).await.map_err(told)?);
        let mut rows = Rows { shapes, bytes: Vec::new(), begun: false, ended: false };
        let (mut text, mut selected, mut written, mut told_rows) = (header(&names), Selected::default(), 0, 0);
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(told)?;
            selected.rows += rows.take(&piece, &mut text).map_err(|what| broken(address, selected.rows, what))?;
            if text.len() >= PIECE {
                job.advance(selected.rows - told_rows);
                told_rows = selected.rows;
                written += text.len() as u64;
                out.write_all(&text).map_err(Error::io("the database's rows"))?;
                text.clear();
            }
            if most.is_some_and(|most| written + text.len() as u64 > most) {
                selected.cut = true;
                break;
            }
        }
        let whole = rows.ended && rows.bytes.is_empty();
        if !selected.cut && !whole {
            return Err(broken(address, selected.rows, "they end without the end's mark"));
        }
        job.advance(selected.rows - told_rows);
        out.write_all(&text).map_err(Error::io("the database's rows"))?;
        Ok(selected)
    })
}

/// How the columns of a query are written.
fn shapes(address: &Address, statement: &Statement) -> Result<Vec<Shape>> {
    if !statement.params().is_empty() {
        return Err(Error::Query(format!("{address}: the query has a parameter ($1); write its value instead")));
    }
    if statement.columns().is_empty() {
        return Err(Error::Query(format!("{address}: the query gives no columns; name rows with select …")));
    }
    let shape = |column: &tokio_postgres::Column| {
        Shape::of(column.type_()).map_err(|cast| {
            let name = quoted(column.name());
            let cast = if cast.starts_with("::") { format!("{name}{cast}") } else { cast.replace('…', &name) };
            let kind = match column.type_().kind() {
                Kind::Array(inner) => format!("{}[]", inner.name()),
                _ => column.type_().name().to_owned(),
            };
            let what = format!("column {name} of the query is of type {kind}, which is no cell; write {cast} instead");
            Error::Input { path: address.to_string().into(), line: None, what }
        })
    };
    statement.columns().iter().map(shape).collect()
}

fn broken(address: &Address, rows: u64, what: &str) -> Error {
    Error::Fetch(format!("{address}: rows behind row {rows} cannot be read: {what}; {NOTHING}"))
}

fn header(names: &[&str]) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        line.extend_from_slice(name.as_bytes());
        let begin = line.len() - name.len();
        quote(&mut line, begin);
    }
    line.push(b'\n');
    line
}

/// Rows on their way from binary to text.
struct Rows {
    shapes: Vec<Shape>,
    /// What has come and is not yet written: less than a row, but for the piece that came last.
    bytes: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl Rows {
    /// Writes the rows that are whole with this piece and counts them. The server sends whole rows as a rule, which are
    /// read where they lie.
    fn take(&mut self, piece: &[u8], text: &mut Vec<u8>) -> Result<u64, &'static str> {
        if self.bytes.is_empty() {
            let (read, rows) = self.whole(piece, text)?;
            self.bytes.extend_from_slice(&piece[read..]);
            return Ok(rows);
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.extend_from_slice(piece);
        let (read, rows) = self.whole(&bytes, text)?;
        bytes.drain(..read);
        self.bytes = bytes;
        Ok(rows)
    }

    /// Writes the whole rows of some bytes: how many bytes they are, and how many rows.
    fn whole(&mut self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(usize, u64), &'static str> {
        let (mut at, mut rows) = (0, 0);
        if !self.begun {
            let Some(header) = bytes.get(..HEADER) else { return Ok((0, 0)) };
            if !header.starts_with(MAGIC) {
                return Err("they are no binary copy");
            }
            (at, self.begun) = (HEADER, true);
        }
        while !self.ended && at < bytes.len() {
            let before = text.len();
            match row(&self.shapes, &bytes[at..], text)? {
                Row::Whole(length) => {
                    at += length;
                    rows += 1;
                }
                Row::End => {
                    at += 2;
                    self.ended = true;
                }
                Row::Part => {
                    text.truncate(before);
                    break;
                }
            }
        }
        Ok((at, rows))
    }
}

enum Row {
    /// Of so many bytes.
    Whole(usize),
    /// More has to come.
    Part,
    End,
}

/// Writes one row.
fn row(shapes: &[Shape], bytes: &[u8], text: &mut Vec<u8>) -> Result<Row, &'static str> {
    let Some(count) = bytes.first_chunk() else { return Ok(Row::Part) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Row::End);
    }
    if usize::try_from(count) != Ok(shapes.len()) {
        return Err("one has another number of columns");
    }
    let mut at = 2;
    for (place, shape) in shapes.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        let Some(length) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { return Ok(Row::Part) };
        at += 4;
        // -1 is null.
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else { continue };
        let Some(value) = bytes.get(at..at + length) else { return Ok(Row::Part) };
        at += length;
        let begin = text.len();
        shape.write(value, text).ok_or("one holds bytes that are no value of its column's type")?;
        if matches!(shape, Shape::Text | Shape::Json) {
            quote(text, begin);
        }
    }
    text.push(b'\n');
    Ok(Row::Whole(at))
}

/// Puts what was written last into quotes where it needs them.
fn quote(text: &mut Vec<u8>, begin: usize) {
    let cell = &text[begin..];
    let plain = |byte: &u8| !matches!(byte, b',' | b'"' | b'\n' | b'\r');
    let edges = matches!(cell.first(), Some(b' ' | b'\t' | b'#')) || matches!(cell.last(), Some(b' ' | b'\t'));
    if cell.iter().all(plain) && !edges {
        return;
    }
    let cell = text.split_off(begin);
    text.push(b'"');
    for byte in cell {
        if byte == b'"' {
            text.push(b'"');
        }
        text.push(byte);
    }
    text.push(b'"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Two rows of a number and a text, as the server sends them.
    fn stream() -> Vec<u8> {
        let mut bytes = [MAGIC, &[0; 8]].concat();
        for (number, text) in [(7_i32, Some("a,\"b\"")), (-1, None)] {
            bytes.extend(2_i16.to_be_bytes());
            bytes.extend(4_i32.to_be_bytes());
            bytes.extend(number.to_be_bytes());
            match text {
                Some(text) => {
                    bytes.extend((text.len() as i32).to_be_bytes());
                    bytes.extend(text.as_bytes());
                }
                None => bytes.extend((-1_i32).to_be_bytes()),
            }
        }
        bytes.extend((-1_i16).to_be_bytes());
        bytes
    }

    fn rows() -> Rows {
        Rows { shapes: vec![Shape::Int32, Shape::Text], bytes: Vec::new(), begun: false, ended: false }
    }

    #[test]
    fn rows_are_the_same_however_the_stream_is_cut() {
        let whole = stream();
        for size in 1..=whole.len() {
            let (mut rows, mut text, mut count) = (rows(), Vec::new(), 0);
            for piece in whole.chunks(size) {
                count += rows.take(piece, &mut text).unwrap();
            }
            let text = String::from_utf8(text).unwrap();
            assert_eq!((text.as_str(), count, rows.ended), ("7,\"a,\"\"b\"\"\"\n-1,\n", 2, true), "pieces of {size}");
            assert!(rows.bytes.is_empty());
        }
    }

    #[test]
    fn what_is_no_such_stream_is_an_error() {
        assert!(rows().take(&[b'x'; HEADER], &mut Vec::new()).is_err());
        let mut wrong = rows();
        wrong.shapes.pop();
        assert!(wrong.take(&stream(), &mut Vec::new()).is_err());
        let mut more = rows();
        more.take(&[stream(), vec![0]].concat(), &mut Vec::new()).unwrap();
        assert!(more.ended && !more.bytes.is_empty(), "what stands behind the end is seen");
    }

    #[test]
    fn names_are_quoted_where_they_need_it() {
        let line = String::from_utf8(header(&["id", "a,b", "#x", "say \"so\""])).unwrap();
        assert_eq!(line, "id,\"a,b\",\"#x\",\"say \"\"so\"\"\"\n");
    }
}
