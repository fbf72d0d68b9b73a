//! The analyst's own editor: a text goes into a file of the analyst's alone, the program runs on the terminal that was given
//! back, and what the file holds then is the text.

use std::env;
use std::fs;
use std::io::Write;
use std::process::{Child, Command};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// What runs where neither `VISUAL` nor `EDITOR` is set.
const USUAL: &str = "vi";

/// A text that is being edited.
pub(super) struct Editing {
    name: String,
    child: Child,
    file: NamedTempFile,
}

impl Editing {
    /// Starts the editor that `VISUAL` or `EDITOR` names, with its arguments; no shell reads them.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written or the program not be started.
    pub(super) fn start(text: &str) -> Result<Self> {
        let mut named = ["VISUAL", "EDITOR"].into_iter().filter_map(|name| env::var(name).ok());
        let asked = named.find(|named| !named.trim().is_empty()).unwrap_or_else(|| USUAL.to_owned());
        let mut words = asked.split_whitespace();
        let name = words.next().unwrap_or(USUAL).to_owned();
        let mut file =
            tempfile::Builder::new().prefix("query-").suffix(".sql").tempfile().map_err(Error::io("query.sql"))?;
        file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(Error::io(file.path()))?;
        let child = Command::new(&name).args(words).arg(file.path()).spawn().map_err(Error::io(&name))?;
        Ok(Self { name, child, file })
    }

    /// Whether the editor has ended.
    ///
    /// # Errors
    /// [`Error::Io`] where the system does not tell.
    pub(super) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait().map_err(Error::io(&self.name))?.is_some())
    }

    /// What was written.
    ///
    /// # Errors
    /// [`Error::Missing`] where the editor failed, [`Error::Io`] where the file cannot be read.
    pub(super) fn text(mut self) -> Result<String> {
        let ended = self.child.wait().map_err(Error::io(&self.name))?;
        if !ended.success() {
            let what =
                format!("{} ended with {ended}: the query stays as it was; VISUAL or EDITOR names another", self.name);
            return Err(Error::Missing(what));
        }
        fs::read_to_string(self.file.path()).map_err(Error::io(self.file.path()))
    }

    /// Ends the editor with the program.
    pub(super) fn end(mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            tracing::warn!(%error, "the editor could not be ended");
        }
    }
}
