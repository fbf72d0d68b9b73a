//! Files that hold tables: archives and workbooks, told by what they hold.

use std::io::Read;
use std::path::Path;

use rawzip::{FileReader, ZipArchive};

use crate::archive::{self, Entry, Flaw, Limits};
use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::job::Job;

/// The first bytes of a zip archive, and of one without a file.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// The first bytes of what Excel wrote before 2007.
const OLD_WORKBOOK: &[u8] = b"\xd0\xcf\x11\xe0";
/// The member that makes an archive a workbook.
const WORKBOOK: &str = "xl/workbook.xml";

/// A file that holds tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Container {
    /// A zip archive.
    Archive,
    /// An Excel workbook.
    Workbook,
}

impl Container {
    /// What a file is; `None` for one that holds no tables but is one.
    pub(in crate::ingest) fn of(file: &Path) -> Result<Option<Self>> {
        let mut head = Vec::new();
        open_regular(file)?.take(4).read_to_end(&mut head).map_err(Error::io(file))?;
        if head == OLD_WORKBOOK {
            let what = "is a workbook in the format of Excel 97 to 2003; save it as .xlsx or CSV".to_owned();
            return Err(Error::Input { path: file.to_path_buf(), line: None, what });
        }
        if !ZIP.contains(&head.as_slice()) {
            return Ok(None);
        }
        let is_workbook = entries(file)?.iter().any(|entry| entry.name == WORKBOOK);
        Ok(Some(if is_workbook { Self::Workbook } else { Self::Archive }))
    }
}

/// The files of an archive, none of which is unsafe to read.
///
/// # Errors
/// [`Error::Input`] for an archive that is damaged, encrypted, or made to harm.
pub(super) fn entries(file: &Path) -> Result<Vec<Entry>> {
    Ok(opened(file)?.1)
}

pub(super) fn opened(file: &Path) -> Result<(ZipArchive<FileReader>, Vec<Entry>)> {
    let open = open_regular(file)?;
    let packed = open.metadata().map_err(Error::io(file))?.len();
    // Members are read in a stream, none is unpacked to disk: their size alone harms nobody.
    let limits = Limits { bytes: u64::MAX, ..Limits::default() };
    let archive = archive::open(open).map_err(flawed(file))?;
    let entries = archive::judge(&archive, packed, &limits, &Job::new()).map_err(flawed(file))?;
    Ok((archive, entries))
}

pub(super) fn flawed(file: &Path) -> impl Fn(Flaw) -> Error {
    move |flaw| match flaw {
        Flaw::Content(what) => {
            Error::Input { path: file.to_path_buf(), line: None, what: format!("as an archive: {what}") }
        }
        Flaw::Other(error) => error,
    }
}
