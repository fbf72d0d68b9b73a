//! Rows to files: one code path for the screen and the command line.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{self, NewFile, Share};
use crate::job::Job;
use crate::spreadsheet::{Dialect, Style};
use crate::store::blocks::Blocks;
use crate::store::formats::Format;

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Leave text cells that a spreadsheet would run as a formula as they are.
    pub raw: bool,
    /// How CSV is written.
    pub dialect: Dialect,
    /// Replace an existing file.
    pub overwrite: bool,
    /// Make the folder where it is missing, and those above it.
    pub make_folder: bool,
    /// Who may read and write a new file. One that is replaced keeps its permissions.
    pub share: Share,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The file, in full.
    pub path: PathBuf,
    /// Rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
}

/// Writes rows to `path`: to a temporary file beside it first, renamed at the end, so that a cancel, a
/// crash or a full disk leaves no part of a file. An existing file is refused unless `overwrite` is set; what is no file
/// (a folder, a device, a pipe, a link) is always refused.
pub fn export<'a>(
    rows: impl Into<Blocks<'a>>,
    path: &Path,
    format: Format,
    options: &ExportOptions,
    job: &Job,
) -> Result<Exported> {
    let (path, new) = new_file(path, options)?;
    let mut out = BufWriter::with_capacity(1 << 20, new);
    let rows = write_rows(&mut out, rows, format, options, job).map_err(|error| named(error, &path))?;
    let new = out.into_inner().map_err(io::IntoInnerError::into_error).map_err(Error::io(&path))?;
    let bytes = new.commit()?;
    Ok(Exported { path, rows, bytes })
}

/// Begins a file as an export is begun, with the same refusals; it appears under its name, which is given in full, once it
/// is committed.
pub fn new_file(path: &Path, options: &ExportOptions) -> Result<(PathBuf, NewFile)> {
    let path = std::path::absolute(path).map_err(Error::io(path))?;
    let refused = |why: &str| Err(Error::Config(format!("{} {why}", path.display())));
    match path.parent() {
        Some(folder) if options.make_folder => files::create_folder(folder, options.share)?,
        folder if folder.is_some_and(Path::is_dir) => {}
        _ => return refused("lies in no existing folder; make the folder first, or choose another"),
    }
    files::refuse_link(&path)?;
    match fs::metadata(&path) {
        Ok(there) if there.is_dir() => return refused("is a folder; name a file in it"),
        Ok(there) if !there.is_file() => return refused("is no file that an export could replace"),
        Ok(_) if !options.overwrite => return refused("exists; choose another name or --overwrite it"),
        _ => {}
    }
    let new = NewFile::beside(&path, options.share)?;
    Ok((path, new))
}

/// Puts the file's name into an error of the stream.
fn named(error: Error, path: &Path) -> Error {
    match error {
        Error::Io { source, .. } => Error::Io { path: path.to_path_buf(), source },
        other => other,
    }
}

/// Writes rows to a stream and returns their number.
pub fn write_rows<'a>(
    out: &mut dyn Write,
    rows: impl Into<Blocks<'a>>,
    format: Format,
    options: &ExportOptions,
    job: &Job,
) -> Result<u64> {
    let rows = rows.into();
    job.begin("rows", rows.rows());
    let style = Style { raw: options.raw, dialect: options.dialect };
    let written = format.write(out, rows, style, job)?;
    out.flush().map_err(Error::io("output"))?;
    Ok(written)
}
