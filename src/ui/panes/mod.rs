//! The panes behind the tabs.

pub mod overview;
pub mod users;
