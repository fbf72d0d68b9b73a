//! How the text of an export is written: for programs by the rules, or for the spreadsheet of a German, French or Spanish
//! desk. May import nothing.

use serde::{Deserialize, Serialize};

/// Who reads the CSV.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Programs: comma, decimal point, UTF-8, as RFC 4180 has it.
    #[default]
    Plain,
    /// Excel where a comma stands before decimals: byte order mark, semicolon, decimal comma, times that it reads.
    Excel,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::Plain, Self::Excel];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Excel => "excel",
        }
    }

    /// What it is, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Plain => "comma, decimal point, UTF-8",
            Self::Excel => "byte order mark, semicolon, decimal comma",
        }
    }

    /// The byte between two fields.
    pub fn delimiter(self) -> u8 {
        match self {
            Self::Plain => b',',
            Self::Excel => b';',
        }
    }

    /// What stands before the first field of all.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Excel => "\u{feff}",
        }
    }
}

/// How cells are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Text that a spreadsheet would run stays as it is.
    pub raw: bool,
    /// How CSV is written.
    pub dialect: Dialect,
}
