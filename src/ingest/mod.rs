//! Raw files to typed, checked events and the catalogue of items.
//!
//! Gives [`EventLog`] and [`Catalogue`], with [`IngestCounts`] that account for every row read. May import nothing of
//! the crate but [`crate::error`] and [`crate::job`].

mod log;
pub mod synth;

pub use log::{EventKind, EventLog, Ids, NONE};
