//! Pieces that panes draw with: text that fits, the table, charts.

pub mod figure;
pub mod panel;
pub mod table;
pub mod text;
