//! User360: customer intelligence from a shop's raw event log, in one terminal program.
//!
//! Data goes one way. [`fetch`] brings the raw files of a public data set and, with [`postgres`] and [`objects`], alone talks to the network; [`ingest`]
//! turns raw files into a typed, checked [`ingest::EventLog`] and a [`ingest::Catalogue`]; [`features`] turns the log
//! into one row per user as of a cutoff; [`models`] turns feature rows and interactions into answers, numbers in and
//! numbers out; [`store`] keeps the answers on disk, run by run, and serves them as tables; [`pipeline`] runs those steps
//! as stages with progress and cancel. Two fronts show the result: [`cli`] without a screen and [`ui`] with one, both
//! with the charts of [`plot`], which imports nothing. `ui` never computes, an engine never draws, and nobody imports
//! `ui`.
//!
//! Ground, which every module may use: [`error`], [`job`], [`files`], [`dirs`], [`text`], [`format`](mod@format), [`zone`], [`caught`], [`spreadsheet`], [`archive`], [`objects`], [`postgres`], and
//! [`stage`], the stages' names and how each can end.
//!
//! Times are UTC milliseconds since 1970 everywhere. "As of C" means: from events with `timestamp <= C` only.

pub mod archive;
pub mod caught;
pub mod cli;
pub mod config;
pub mod dirs;
pub mod error;
pub mod features;
pub mod fetch;
pub mod files;
pub mod format;
pub mod ingest;
pub mod job;
pub mod logging;
pub mod models;
mod nearest;
pub mod objects;
pub mod pipeline;
pub mod plot;
pub mod postgres;
pub mod setting;
pub mod spreadsheet;
pub mod stage;
pub mod store;
pub mod text;
pub mod ui;
pub mod zone;

pub use error::{Error, Result};
