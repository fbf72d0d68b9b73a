//! The text of a raw table: unpacked, turned into CSV where it is another form, in UTF-8.

use std::io::{Cursor, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::encoding::in_utf8;
use crate::ingest::source::fault::read_error;
use crate::ingest::source::item_list::{self, ItemList};
use crate::ingest::source::origin::Origin;
use crate::ingest::source::packed::{Compression, unpacked};
use crate::ingest::source::{json, member, sheet};
use crate::job::Job;

/// What UTF-8 may begin with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// What a Parquet file begins with.
pub(super) const PARQUET: &[u8] = b"PAR1";

/// How the rows of a table can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Storage {
    /// Text as it lies on disk: it can be read from anywhere in it.
    Plain,
    /// Text that is unpacked or made of another form: it can be read from its start alone.
    Stream,
    /// Parquet.
    Parquet,
}

/// Recognises a table by its first bytes, which must not contradict its name.
///
/// # Errors
/// [`Error::Io`]; [`Error::Input`] for a file that is not what it is called.
pub(in crate::ingest) fn storage(path: &Path) -> Result<Storage> {
    let origin = Origin::of(path)?;
    let mut head = Vec::new();
    raw(&origin, &Job::new(), false)?.take(HEAD).read_to_end(&mut head).map_err(read_error(path))?;
    let compression = Compression::of(&head);
    let is_parquet = match compression {
        None => head.starts_with(PARQUET),
        Some(_) => holds_parquet(&origin)?,
    };
    let refused = |format: &str| {
        let what = format!("is named like a {format} file but does not start like one; fetch or write it again");
        Err(Error::Input { path: path.to_path_buf(), line: None, what })
    };
    if let Origin::File(_) | Origin::Member(..) = &origin {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match Compression::named(extension) {
            Some((expected, format)) if compression != Some(expected) => return refused(format),
            None if extension == "parquet" && !is_parquet => return refused("Parquet"),
            None if matches!(extension, "zip" | "xlsx") && matches!(origin, Origin::File(_)) => {
                return refused(extension);
            }
            _ => {}
        }
    }
    Ok(match &origin {
        Origin::File(_) | Origin::Member(..) if is_parquet => Storage::Parquet,
        Origin::File(_) if compression.is_none() && !json::begins(&head) && !holds_lists(path, head)? => Storage::Plain,
        _ => Storage::Stream,
    })
}

/// Bytes that tell what a table is.
const HEAD: u64 = item_list::HEAD;

/// Whether a table that is packed holds Parquet; what is cut off or damaged is told where it is read.
fn holds_parquet(origin: &Origin) -> Result<bool> {
    let mut head = Vec::new();
    let packed = raw(origin, &Job::new(), false)?;
    let read = unpacked(packed).and_then(|bytes| bytes.take(PARQUET.len() as u64).read_to_end(&mut head));
    Ok(read.is_ok() && head == PARQUET)
}

/// Whether a text that begins so has orders of one row each, which are taken apart.
fn holds_lists(path: &Path, head: Vec<u8>) -> Result<bool> {
    let whole = (head.len() as u64) < HEAD;
    let mut text = Vec::new();
    in_utf8(path, Cursor::new(head))?.read_to_end(&mut text).map_err(read_error(path))?;
    Ok(ItemList::find(&String::from_utf8_lossy(&text), whole).is_some())
}

/// The text of a table from its start; its file's bytes are counted on `job` where `counted`. Reading ends with an error
/// when the job is cancelled.
pub(in crate::ingest) fn text(path: &Path, job: &Job, counted: bool) -> Result<Box<dyn Read + Send>> {
    let origin = Origin::of(path)?;
    let mut text = if let Origin::Sheet(book, name) = &origin {
        if counted {
            job.advance(origin.bytes()?);
        }
        sheet::text(book, name, job)
    } else {
        in_utf8(path, unpacked(raw(&origin, job, counted)?).map_err(read_error(path))?)?
    };
    let mut head = Vec::new();
    (&mut text).take(HEAD).read_to_end(&mut head).map_err(read_error(path))?;
    if json::begins(&head) && !matches!(origin, Origin::Sheet(..)) {
        if head.starts_with(BYTE_ORDER_MARK) {
            head.drain(..BYTE_ORDER_MARK.len());
        }
        return Ok(json::table(path, Cursor::new(head).chain(text)));
    }
    let list = ItemList::find(&String::from_utf8_lossy(&head), (head.len() as u64) < HEAD);
    let whole = Cursor::new(head).chain(text);
    Ok(match list {
        Some(list) => item_list::table(path, list, whole),
        None => Box::new(whole),
    })
}

/// The bytes of a file or a member as they are stored, a member's unpacked from its archive.
pub(super) fn raw(origin: &Origin, job: &Job, counted: bool) -> Result<Box<dyn Read + Send>> {
    let job = job.clone();
    match origin {
        Origin::File(file) | Origin::Sheet(file, _) => Ok(Box::new(Until { file: open_regular(file)?, job, counted })),
        Origin::Member(file, name) => {
            member::open(file, name, move |section| Box::new(Until { file: section, job, counted }))
        }
    }
}

/// A file that ends with an error when its job is cancelled, and reports every byte read where it is `counted`.
pub(in crate::ingest) struct Until<R> {
    pub(in crate::ingest) file: R,
    pub(in crate::ingest) job: Job,
    pub(in crate::ingest) counted: bool,
}

impl<R: Read> Read for Until<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.job.is_cancelled() {
            return Err(std::io::Error::other("cancelled"));
        }
        let count = self.file.read(into)?;
        if self.counted {
            self.job.advance(count as u64);
        }
        Ok(count)
    }
}
