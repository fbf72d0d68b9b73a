//! The panes behind the tabs.

pub mod analysis;
mod charts;
mod deciles;
pub mod headline;
pub mod overview;
mod preview;
pub mod sql;
pub mod table;
mod top_five;
