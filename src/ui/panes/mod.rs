//! The panes behind the tabs.

pub mod analysis;
mod deciles;
mod figures;
pub mod overview;
mod panel;
pub mod readout;
pub mod sql;
pub mod table;
mod top_five;
