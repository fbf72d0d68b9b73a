//! How answers are printed.

use clap::ValueEnum;

/// Text for people or JSON for scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// The contract that scripts read.
    Json,
}

/// What charts are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChartForm {
    /// Braille and block characters.
    Unicode,
    /// Only characters of ASCII.
    Ascii,
}
