//! Where the rows of `export` and `sql` go: a file, or a table of a database.

use std::path::Path;

use crate::cli::args::TableMode;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::format::thousands;
use crate::job::Job;
use crate::postgres::{Address, Mode, is_address};
use crate::store::{self, Blocks, ExportOptions, Format};
use crate::text::{shown, shown_path};

/// A file with its format, or a table with what becomes of one that exists.
pub enum Destination<'a> {
    /// A file.
    File(&'a Path, Format),
    /// A table.
    Table(Address, Mode),
}

impl<'a> Destination<'a> {
    /// What `--out` and the options beside it name; a file's format is told by its ending unless `format` does.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn of(out: &'a Path, format: Option<Format>, mode: Option<TableMode>, overwrite: bool) -> Result<Self> {
        let address = out.to_str().filter(|out| is_address(out));
        match (address, mode) {
            (None, None) => Ok(Self::File(out, format.map_or_else(|| Format::of_path(out), Ok)?)),
            (None, Some(_)) => {
                Err(Error::Config("--mode is for tables of a database; a file has --overwrite".to_owned()))
            }
            (Some(_), _) if overwrite => {
                Err(Error::Config("--overwrite is for files; a table of a database has --mode replace".to_owned()))
            }
            (Some(_), _) if format.is_some() => {
                Err(Error::Config("--format is for files; a table of a database has columns of its own".to_owned()))
            }
            (Some(address), mode) => Ok(Self::Table(Address::parse(address)?, mode.unwrap_or_default().into())),
        }
    }

    /// Writes the rows there, and tells where, how many and, of a file, how large.
    ///
    /// # Errors
    /// As [`store::export`] and [`store::export_to_table`].
    pub fn write<'b>(
        &self,
        rows: impl Into<Blocks<'b>>,
        options: ExportOptions,
        config: &Config,
        job: &Job,
    ) -> Result<String> {
        match self {
            Self::File(path, format) => {
                let written = store::export(rows, path, *format, &options, job)?;
                let (rows, bytes) = (thousands(written.rows), thousands(written.bytes));
                Ok(format!("{}  {rows} rows  {bytes} bytes", shown_path(&written.path)))
            }
            Self::Table(address, mode) => {
                let password_file = config.database.password_file();
                let rows = store::export_to_table(rows, address, *mode, password_file.as_deref(), job)?;
                Ok(format!("{}  {} rows", shown(&address.to_string()), thousands(rows)))
            }
        }
    }
}
