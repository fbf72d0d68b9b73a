//! Why an attempt ended without the whole archive.

use std::time::Duration;

use crate::error::Error;

/// Why an attempt ended without the whole archive.
#[derive(Debug)]
pub enum Failure {
    /// Trying again will not help.
    Final(Error),
    /// The service was not even reached: worth another attempt only where it was reached before.
    Unreachable(String),
    /// Trying again may help, after `wait` where the service asked for one.
    Passing {
        /// What happened.
        what: String,
        /// The pause that the service asked for.
        wait: Option<Duration>,
    },
}

impl Failure {
    /// A failure that may pass.
    pub fn passing(what: impl Into<String>) -> Self {
        Self::Passing { what: what.into(), wait: None }
    }

    /// A failure that will not pass.
    pub fn last(what: impl Into<String>) -> Self {
        Self::Final(Error::Fetch(what.into()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}
