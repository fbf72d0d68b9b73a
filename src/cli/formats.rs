//! The store's formats as values of options: `--format` and what is said of a file's ending come from [`Format::ALL`].

use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::spreadsheet::Dialect;
use crate::store::Format;

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.words))
    }
}

impl ValueEnum for Dialect {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.words()))
    }
}

/// How rows are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowFormat {
    /// Aligned columns.
    #[default]
    Table,
    /// As an export writes them; only what is text.
    Rows(Format),
}

impl ValueEnum for RowFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<RowFormat>> = LazyLock::new(|| {
            let printed = Format::ALL.iter().filter(|format| format.form.is_some());
            std::iter::once(RowFormat::Table).chain(printed.map(|format| RowFormat::Rows(*format))).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Table => Some(PossibleValue::new("table").help("aligned columns")),
            Self::Rows(format) => format.to_possible_value(),
        }
    }
}

/// Help of `export --out`.
pub fn help_of_export() -> String {
    format!(
        "The file to write; its ending ({}) decides the format, unless --format does; `-` for standard output. Or a \
         database's table, with --mode",
        Format::usual_endings("or")
    )
}

/// Help of `sql --out`.
pub fn help_of_query() -> String {
    format!(
        "Write the rows to a file, whose ending ({}) decides the format unless --format does; `-` for standard output",
        Format::usual_endings("or")
    )
}

/// Help of `uplift --out`.
pub fn help_of_ranking() -> String {
    format!("Write the ranking, the most persuadable first, to a file ({})", Format::usual_endings("or"))
}
