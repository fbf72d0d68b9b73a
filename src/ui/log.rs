//! The log that the workbench is started on, to be described.

use std::path::PathBuf;

use crate::pipeline::propose::Request;

/// A log to be looked at as soon as the workbench is open.
#[derive(Clone, Debug)]
pub struct LogRequest {
    /// The log, and what is known of it.
    pub request: Request,
    /// The file proposed for its settings.
    pub out: PathBuf,
    /// Whether that file may be replaced unasked.
    pub overwrite: bool,
}
