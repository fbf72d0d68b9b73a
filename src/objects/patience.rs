//! How long a server is waited for.

use std::time::Duration;

/// How long a server is waited for, and how often it is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a server that is busy, broken or not there to answer a request: after this it is asked no more.
    pub answer: Duration,
    /// For the next bytes of an answer that has begun.
    pub stall: Duration,
    /// How often one range of an object is begun anew after its answer broke off.
    pub breaks: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { answer: Duration::from_secs(30), stall: Duration::from_secs(30), breaks: 4 }
    }
}
