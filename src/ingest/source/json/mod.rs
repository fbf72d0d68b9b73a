//! JSON as a table: a row an object, a column a path.
//!
//! `split` finds the objects in JSON Lines or in an array; where there is one object alone that holds one list of objects,
//! itself or in an object within it, these are the rows. `flat` lays an object out in columns. Objects in objects give columns such as `properties.price`. Of one list of objects, the one that looks like the
//! lines of an order, each element gives a row of its own, with columns such as `products[].price`; the values beside the
//! list stand in every row. Lists of keys and values, as GA4 writes parameters, give a column a key.
//!
//! Columns are those of the first [`SAMPLE`] bytes. Row `n` stands in line `n` of the text, after its header, whatever
//! lines it took in the file.

mod flat;
mod split;

use std::io::{BufReader, Error as IoError, Read};
use std::path::Path;

use serde_json::Value;

use crate::error::Error;
use crate::ingest::shape::MOST_COLUMNS;
use crate::ingest::source::piped::piped;
use crate::ingest::source::written::RowWriter;
use flat::Columns;
use split::Objects;

/// Bytes that decide the columns.
const SAMPLE: usize = 16 << 20;

/// Whether a text begins as JSON objects do.
pub(super) fn begins(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let object = |text: &[u8]| {
        let inside = text.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        inside.is_some_and(|inside| inside.starts_with(b"\"") || inside.starts_with(b"}"))
    };
    object(head) || head.strip_prefix(b"[").is_some_and(|inside| object(inside.trim_ascii_start()))
}

/// JSON text as CSV.
pub(super) fn table(path: &Path, text: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    let path = path.to_path_buf();
    piped(move |out| {
        let wrong =
            |line: u64, what: String| IoError::other(Error::Input { path: path.clone(), line: Some(line), what });
        let mut objects = Objects::new(BufReader::with_capacity(1 << 20, text));
        let parsed = |line: u64, text: &[u8]| -> std::io::Result<Value> {
            serde_json::from_slice(text).map_err(|error| {
                let at = line + (error.line() as u64).saturating_sub(1);
                wrong(at, format!("is no JSON object: {error}; mend or remove it"))
            })
        };
        let (mut sample, mut bytes) = (Vec::new(), 0);
        while bytes < SAMPLE
            && let Some((line, text)) = objects.next().map_err(|error| error.told(&wrong))?
        {
            bytes += text.len();
            sample.push(parsed(line, text)?);
        }
        if let [only] = sample.as_mut_slice()
            && bytes < SAMPLE
            && let Some(list) = flat::only_list(only)
        {
            sample = list;
        }
        let columns = Columns::of(&sample);
        if columns.names().len() > MOST_COLUMNS {
            let what = format!("has {} different fields, more than {MOST_COLUMNS}", columns.names().len());
            return Err(wrong(1, what));
        }
        let mut rows = RowWriter::new(out);
        columns.names().iter().for_each(|name| rows.cell(name));
        rows.end()?;
        for object in sample {
            columns.write(&object, &mut rows)?;
        }
        while let Some((line, text)) = objects.next().map_err(|error| error.told(&wrong))? {
            columns.write(&parsed(line, text)?, &mut rows)?;
        }
        Ok(())
    })
}
