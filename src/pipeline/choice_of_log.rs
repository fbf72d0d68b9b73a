//! Which log a run reads and by which settings, where the command says little or nothing: what the workspace knows.

use std::path::{Path, PathBuf};

use crate::config::{Config, InForce};
use crate::error::{Error, Result};
use crate::ingest::{holding_file, is_remote, propose, split_pattern};
use crate::store::Workspace;
use crate::text::shown_path;

/// What somebody has said of the run to come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The configuration named; the workspace's and the user's own where none is.
    pub config: Option<&'a Path>,
    /// The log named; the one that the workspace knows where none is.
    pub input: Option<&'a Path>,
    /// Whether it goes on from the last run where that read the log named: as the workbench's `r` does.
    pub goes_on: bool,
}

/// A log and the settings to read it by.
#[derive(Clone, Debug)]
pub struct LogChoice {
    /// The log, the folder of one that a pattern tells; `None` where nothing names one.
    pub input: Option<PathBuf>,
    /// The log as it was named: the pattern itself.
    pub named: Option<PathBuf>,
    /// The settings.
    pub config: Config,
    /// What the user should know of the settings, a sentence each.
    pub warnings: Vec<String>,
}

impl LogChoice {
    /// Finds the log and its settings: of what is asked first, then what the workspace's `user360.toml` says, then as the
    /// last run read, then what lies in the inbox.
    ///
    /// # Errors
    /// As [`InForce::load`].
    pub fn find(workspace: &Path, asked: Asked<'_>) -> Result<Self> {
        let opened = Workspace::open(workspace);
        let mut found = InForce::load(asked.config, workspace)?;
        // A workspace that cannot be read is the run's to tell of.
        let last = opened.current().ok().flatten().map(|run| run.info().config.clone()).unwrap_or_default();
        let recorded = last.pointer("/ingest/input").and_then(|input| input.as_str()).unwrap_or_default();
        let recorded = (!recorded.is_empty())
            .then(|| PathBuf::from(recorded))
            .filter(|input| is_remote(input) || holding_file(input).exists());
        let own = found.input();
        let same = |input: &Path| {
            let is_it = |known: &PathBuf| input == known || std::path::absolute(input).is_ok_and(|it| it == *known);
            recorded.as_ref().is_none_or(is_it)
        };
        let goes_on = asked.config.is_none()
            && asked.input.map_or(own.is_none() || asked.goes_on, |input| asked.goes_on && same(input));
        if goes_on {
            found = found.or_recorded(&last);
        }
        let input = asked.input.map(Path::to_path_buf).or(own).or(recorded.filter(|_| goes_on));
        let input = match input {
            None => opened.inbox_files()?.into_iter().next(),
            input => input,
        };
        let InForce { mut config, warnings, .. } = found;
        let named = input.clone();
        let input = input.map(|input| match split_pattern(&input) {
            Some((folder, pattern)) => {
                config.ingest.files = vec![pattern];
                folder
            }
            None => input,
        });
        Ok(Self { input, named, config, warnings })
    }

    /// Whether the settings, or the log's own shape, say how it is read.
    ///
    /// # Errors
    /// [`Error::Io`] where the log cannot be read.
    pub fn is_described(&self) -> Result<bool> {
        self.input.as_ref().map_or(Ok(true), |input| propose::is_described(input, &self.config.ingest))
    }

    /// The log, or what to do without one.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn required(&self, workspace: &Path) -> Result<PathBuf> {
        self.input.clone().ok_or_else(|| {
            Error::Config(format!(
                "nothing says which log to read: name it with --input, or let `user360 init FILE` write it into {}",
                shown_path(&crate::config::shop_file(workspace))
            ))
        })
    }
}
