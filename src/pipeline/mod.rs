//! The stages from a raw log to answers, run in the background with progress and cancel.
//!
//! `ingest → features → {segments, churn, ltv, recommend, uplift}`. [`run`] works through a [`RunRequest`] stage by
//! stage and commits one run to the workspace; a [`Board`] shows how far it is and takes cancels. May import
//! [`crate::ingest`], [`crate::features`], [`crate::models`], [`crate::store`] and [`crate::config`].

mod as_of;
pub mod benchmark;
mod beside;
mod board;
mod bring;
mod campaign;
mod cards;
mod changed;
mod choice_of_log;
mod endings;
mod event_tables;
mod export_profiles;
mod figures;
mod key;
mod memory;
mod request;
mod runner;
mod shrunk;
mod source;
mod stages;
mod tables;

pub use beside::beside;
pub use board::{Board, StageStatus};
pub use bring::Held;
pub use campaign::{ArmReport, CampaignReport, campaign};
pub use choice_of_log::{Asked, LogChoice};
pub use export_profiles::{export_profile, export_profiles};
pub use request::RunRequest;
pub use runner::{run, run_held};
pub use stages::code_version;

pub use crate::ingest::propose;
pub use crate::models::recommend::ModelChoice;
pub use crate::models::uplift::Learner;
