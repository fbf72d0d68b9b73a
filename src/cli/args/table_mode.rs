//! What becomes of a table of a database that exists.

use clap::ValueEnum;

use crate::postgres::Mode;

/// `--mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableMode {
    /// Make the table; refuse one that exists.
    #[default]
    Create,
    /// Add the rows to the table.
    Append,
    /// Put the rows in the place of the table's own.
    Replace,
}

impl From<TableMode> for Mode {
    fn from(mode: TableMode) -> Self {
        match mode {
            TableMode::Create => Self::Create,
            TableMode::Append => Self::Append,
            TableMode::Replace => Self::Replace,
        }
    }
}
