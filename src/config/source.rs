//! The text of a settings file, for complaints that name its line.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::files;

/// Bytes of a settings file at most.
pub const LARGEST: u64 = 1 << 20;

/// A settings file and its text.
#[derive(Clone, Debug)]
pub struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Refused`] for what is no file, or longer than 1 MiB; [`Error::Config`] for what is no text.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = files::read_regular(path, LARGEST)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line =
                error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&byte| byte == b'\n').count();
            Error::Config(format!("{}:{}: this is no UTF-8 text", path.display(), line + 1))
        })?;
        Ok(Self { path: path.to_path_buf(), text })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the text as TOML whose every key and value knows its byte in the text.
    ///
    /// # Errors
    /// [`Error::Config`] with file and line for what is no TOML.
    pub fn table(&self) -> Result<DeTable<'_>> {
        match DeTable::parse(&self.text) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => Err(self.wrong(error.span().map_or(0, |span| span.start), error.message())),
        }
    }

    /// The complaint about what stands at a byte of the text: `FILE:LINE: what`, lines counted from 1.
    pub fn wrong(&self, at: usize, what: impl Display) -> Error {
        let line = self.text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1;
        Error::Config(format!("{}:{line}: {what}", self.path.display()))
    }
}

/// The keys of a table in the order of the file, each with its byte in the text and its value.
pub fn in_order<'a>(table: &'a DeTable<'_>) -> Vec<(&'a str, usize, &'a Spanned<DeValue<'a>>)> {
    let mut keys: Vec<_> = table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span().start, value)).collect();
    keys.sort_by_key(|(_, at, _)| *at);
    keys
}
