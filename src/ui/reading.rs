//! A log and how it is read.

use std::path::PathBuf;

use crate::config::IngestSettings;

/// A log and how it is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The log.
    pub input: PathBuf,
    /// How it is read; `None` for as the configuration says.
    pub ingest: Option<IngestSettings>,
    /// Whether it is taken even where it has lost much of what the last run read.
    pub accept_shrunk: bool,
    /// Whether settings that decide otherwise than the last run's are taken.
    pub accept_settings: bool,
}
