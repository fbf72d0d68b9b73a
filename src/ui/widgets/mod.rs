//! Pieces that panes draw with: text that fits, the table, charts.

pub mod chart;
pub mod panel;
pub mod table;
pub mod text;
