//! What goes wrong while a stream is read.

use std::path::Path;

use crate::error::Error;

/// The error of a reading: what a layer found wrong with the data as such, anything else as the system's.
pub(in crate::ingest) fn read_error(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    move |error| match error.downcast::<Error>() {
        Ok(own) => own,
        Err(source) => Error::Io { path: path.to_path_buf(), source },
    }
}
