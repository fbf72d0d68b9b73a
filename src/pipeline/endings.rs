//! How an error ends a stage, or the whole run.

use polars::error::PolarsError;

use crate::error::Error;
use crate::stage::Why;

/// Whether an error is of the disk or of the settings: no matter of one stage, and no reason to let a run without that
/// stage take the place of a whole one.
pub(super) fn ends_the_run(error: &Error) -> bool {
    match error {
        // The data do not allow it, this one stage does not fit into memory, somebody stopped it, or the program broke.
        Error::Model(_) | Error::Memory(_) | Error::Cancelled | Error::Panicked(_) => false,
        Error::Table(error) => matches!(error, PolarsError::IO { .. }),
        Error::Io { .. }
        | Error::Input { .. }
        | Error::Rejected(_)
        | Error::Config(_)
        | Error::Damaged { .. }
        | Error::Refused { .. }
        | Error::Newer { .. }
        | Error::Shrunk(_)
        | Error::Changed(_)
        | Error::Locked(_)
        | Error::Missing(_)
        | Error::Query(_)
        | Error::Fetch(_) => true,
    }
}

/// The kind of an error that one stage alone ended with; `None` where its state says it all.
pub(super) fn why(error: &Error) -> Option<Why> {
    match error {
        Error::Model(_) => Some(Why::Data),
        Error::Memory(_) => Some(Why::Memory),
        Error::Panicked(_) | Error::Table(_) => Some(Why::Broke),
        Error::Cancelled
        | Error::Io { .. }
        | Error::Input { .. }
        | Error::Rejected(_)
        | Error::Config(_)
        | Error::Damaged { .. }
        | Error::Refused { .. }
        | Error::Newer { .. }
        | Error::Shrunk(_)
        | Error::Changed(_)
        | Error::Locked(_)
        | Error::Missing(_)
        | Error::Query(_)
        | Error::Fetch(_) => None,
    }
}
