//! Rows into a table, in one transaction: all of them or none.

use std::io::Cursor;
use std::path::Path;
use std::pin::pin;

use futures::SinkExt as _;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::postgres::address::{Address, quoted};
use crate::postgres::failure::of_statement;
use crate::postgres::session::Session;

/// What becomes of a table that exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is refused: the rows make a table of their own.
    #[default]
    Create,
    /// The rows are added to it; it must be there.
    Append,
    /// The rows take the place of its own. A table of other columns is dropped and made anew.
    Replace,
}

/// A column of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as a statement writes it.
    pub kind: &'static str,
}

/// Rows in the text form of COPY, some at a time.
pub trait Rows {
    /// Writes the next rows behind what stands in `text` and counts them; `None` behind the last.
    ///
    /// # Errors
    /// Whatever brings the rows.
    fn next(&mut self, text: &mut String) -> Result<Option<u64>>;
}

/// Writes a cell in the text form of COPY; `None` for null.
pub fn write_cell(text: &mut String, cell: Option<&str>) {
    let Some(cell) = cell else { return text.push_str("\\N") };
    for letter in cell.chars() {
        match letter {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            letter => text.push(letter),
        }
    }
}

/// Writes rows into the table that the address names and returns their number. A failure or a cancel leaves the table as it
/// was.
///
/// # Errors
/// [`Error::Config`] where the table is there and should not be, or the other way round; [`Error::Fetch`] for a server that
/// is not there or goes away, [`Error::Query`] with the server's message, [`Error::Cancelled`], and the rows' own.
pub fn insert(
    address: &Address,
    columns: &[Column],
    mode: Mode,
    password_file: Option<&Path>,
    rows: &mut dyn Rows,
    job: &Job,
) -> Result<u64> {
    let table = address.table()?;
    let session = Session::open(address.clone(), password_file, job)?;
    let failed = |error: tokio_postgres::Error| of_statement(address, None, &error, "the table is as it was");
    session.wait(job, async {
        let client = &session.client;
        client.batch_execute("begin").await.map_err(failed)?;
        let there = client.query_one("select to_regclass($1) is not null", &[&table]).await.map_err(failed)?;
        let there: bool = there.try_get(0).map_err(failed)?;
        prepare(&session, &table, columns, mode, there).await?;
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let copy = format!("copy {table} ({}) from stdin", names.join(", "));
        let mut sink = pin!(client.copy_in::<_, Cursor<Vec<u8>>>(&copy).await.map_err(failed)?);
        let mut written = 0;
        loop {
            job.check()?;
            let mut text = String::new();
            let Some(count) = rows.next(&mut text)? else { break };
            sink.send(Cursor::new(text.into_bytes())).await.map_err(failed)?;
            written += count;
            job.advance(count);
        }
        let taken = sink.as_mut().finish().await.map_err(failed)?;
        if taken != written {
            let what = format!("{address}: the server took {taken} rows of {written}; the table is as it was");
            return Err(Error::Fetch(what));
        }
        let unknown = "whether the rows are in the table is not known: look before you write them again";
        client.batch_execute("commit").await.map_err(|error| of_statement(address, None, &error, unknown))?;
        Ok(written)
    })
}

/// Makes the table ready for the rows.
async fn prepare(session: &Session, table: &str, columns: &[Column], mode: Mode, there: bool) -> Result<()> {
    let address = &session.address;
    let failed = |error: tokio_postgres::Error| of_statement(address, None, &error, "the table is as it was");
    let columns: Vec<(String, &str)> = columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
    let create = || {
        let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
        format!("create table {table} ({})", columns.join(", "))
    };
    let statements = match (mode, there) {
        (Mode::Create, true) => {
            let what = "is there already; --mode append adds the rows to it, --mode replace puts them in its place";
            return Err(Error::Config(format!("{address} {what}")));
        }
        (Mode::Append, false) => {
            return Err(Error::Config(format!("{address} is not there to be added to; --mode create makes it")));
        }
        (Mode::Append, true) => return Ok(()),
        (Mode::Create | Mode::Replace, false) => create(),
        (Mode::Replace, true) => {
            let names = "select a.attname::text, format_type(a.atttypid, a.atttypmod) from pg_attribute a \
                         where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum";
            let rows = session.client.query(names, &[&table]).await.map_err(failed)?;
            let read = |row: &tokio_postgres::Row| -> Result<(String, String), tokio_postgres::Error> {
                Ok((row.try_get(0)?, row.try_get(1)?))
            };
            let own = rows.iter().map(read).collect::<Result<Vec<_>, _>>().map_err(failed)?;
            let same = own
                .iter()
                .map(|(name, kind)| (name.as_str(), kind.as_str()))
                .eq(columns.iter().map(|(name, kind)| (name.as_str(), *kind)));
            if same { format!("truncate table {table}") } else { format!("drop table {table}; {}", create()) }
        }
    };
    session.client.batch_execute(&statements).await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_cells_and_rows_is_escaped() {
        let mut text = String::new();
        write_cell(&mut text, Some("a\tb\\N\nc\r"));
        text.push('\t');
        write_cell(&mut text, None);
        assert_eq!(text, "a\\tb\\\\N\\nc\\r\t\\N");
    }
}
