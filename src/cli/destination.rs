//! Where the rows of `export` and `sql` go: a file, standard output, or a table of a database.

use std::io::IsTerminal as _;
use std::path::Path;

use crate::cli::args::TableMode;
use crate::cli::ask::accepted;
use crate::cli::door::{self, note, say};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::format::counted;
use crate::job::Job;
use crate::postgres::{Address, Mode, is_address};
use crate::store::{self, Blocks, ExportOptions, Format, write_rows};
use crate::text::{Form, shown, shown_path};

/// A file with its format, or a table with what becomes of one that exists.
pub enum Destination<'a> {
    /// A file.
    File(&'a Path, Format),
    /// Standard output.
    Stdout(Format),
    /// A table.
    Table(Address, Mode),
}

impl<'a> Destination<'a> {
    /// What `--out` and the options beside it name; a file's format is told by its ending unless `format` does, and what
    /// goes to standard output is CSV.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn of(out: &'a Path, format: Option<Format>, mode: Option<TableMode>, overwrite: bool) -> Result<Self> {
        let address = out.to_str().filter(|out| is_address(out));
        match (address, mode) {
            (None, None) if out == Path::new("-") => {
                let format = format.map_or_else(|| Format::of_path(Path::new("rows.csv")), Ok)?;
                if format.form.is_none() && std::io::stdout().is_terminal() {
                    return Err(Error::Config(format!(
                        "{} is no text for a terminal; name a file, or pipe it",
                        format.title
                    )));
                }
                Ok(Self::Stdout(format))
            }
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

    /// Asks whoever sits before the terminal what a file's writing would be refused for: a missing folder, a file that is
    /// there. What was agreed to is in the options.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub fn asking(&self, options: ExportOptions) -> Result<ExportOptions> {
        match self {
            Self::File(path, _) => asking(path, options),
            Self::Stdout(_) | Self::Table(..) => Ok(options),
        }
    }

    /// Writes the rows there, and says where, how many and, of a file, how large: on stdout, or on stderr where the rows
    /// go to stdout.
    ///
    /// # Errors
    /// As [`store::export`] and [`store::export_to_table`].
    pub fn write_and_say<'b>(
        &self,
        rows: impl Into<Blocks<'b>>,
        options: ExportOptions,
        config: &Config,
        job: &Job,
    ) -> Result<()> {
        let written = self.write(rows, options, config, job)?;
        if matches!(self, Self::Stdout(_)) {
            note!("{written}");
        } else {
            say!("{written}");
        }
        Ok(())
    }

    /// The same, and tells it to whoever says it.
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
                let (rows, bytes) = (counted(written.rows, "rows"), counted(written.bytes, "bytes"));
                Ok(format!("{}  {rows}  {bytes}", shown_path(&written.path)))
            }
            Self::Stdout(format) => {
                let mut count = 0;
                door::data(format.form.unwrap_or(Form::Lines), |out| {
                    count = write_rows(out, rows, *format, &options, job)?;
                    Ok(())
                })?;
                Ok(counted(count, "rows"))
            }
            Self::Table(address, mode) => {
                let password_file = config.database.password_file();
                let rows = store::export_to_table(rows, address, *mode, password_file.as_deref(), job)?;
                Ok(format!("{}  {}", shown(&address.to_string()), counted(rows, "rows")))
            }
        }
    }
}

/// Asks whoever sits before the terminal what a file's writing would be refused for, as [`Destination::asking`] does.
///
/// # Errors
/// Where the answer cannot be read.
pub fn asking(path: &Path, mut options: ExportOptions) -> Result<ExportOptions> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    if let Some(folder) = folder.filter(|_| !options.make_folder) {
        options.make_folder = accepted(&format!("There is no folder {}. Make it?", shown_path(folder)))?;
    }
    if path.is_file() && !options.overwrite {
        options.overwrite = accepted(&format!("{} exists. Replace it?", shown_path(path)))?;
    }
    Ok(options)
}
