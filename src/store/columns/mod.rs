//! The catalogue of columns: every table of a run and every table on screen, and of each column what it holds, its unit,
//! its part on a user's page, whether segments show its mean, and what it means.
//!
//! The order of the user table, the pages and `docs/tables.md` follow it. Features come in from
//! [`DEFINITIONS`](crate::features::DEFINITIONS).

mod figures;
mod history;
mod metrics;
mod metrics_list;
mod on_screen;
mod shown;
mod tables;
mod words;

use std::sync::LazyLock;

use polars::prelude::DataType;

use crate::store::columns::figures::figures;
use crate::store::columns::history::history;
pub use crate::store::columns::metrics::{MetricEntry, metric, metric_label, metrics};
use crate::store::columns::on_screen::on_screen;
pub use crate::store::columns::shown::Shown;
use crate::store::columns::tables::tables;
pub use crate::store::columns::words::Better;
pub(super) use crate::store::columns::words::titled;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// What names a thing: a whole number or text. Such a number is never counted, ranked or averaged.
    Id,
    /// Text.
    Text,
    /// Yes or no.
    Flag,
    /// Whole numbers.
    Whole,
    /// Real numbers.
    Real,
    /// Times, UTC.
    Time,
    /// Lists of ids.
    Ids,
    /// Lists of real numbers.
    Reals,
    /// Lists of texts.
    Texts,
}

impl Holds {
    /// As the documentation says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "text",
            Self::Flag => "yes or no",
            Self::Whole => "whole",
            Self::Real => "real",
            Self::Time => "time",
            Self::Ids => "list of ids",
            Self::Reals => "list of reals",
            Self::Texts => "list of texts",
        }
    }

    /// Whether a column of this type can hold them. What a log cannot tell is null, and a column of nulls is real.
    pub fn fits(self, dtype: &DataType) -> bool {
        match (self, dtype) {
            (Self::Id, dtype) => dtype.is_integer() || dtype.is_string(),
            (Self::Text, dtype) => dtype.is_string(),
            (Self::Flag, dtype) => dtype.is_bool(),
            (Self::Whole, dtype) => dtype.is_integer() || dtype.is_float(),
            (Self::Real, dtype) => dtype.is_float(),
            (Self::Time, dtype) => dtype.is_temporal(),
            (Self::Ids, DataType::List(inner)) => Self::Id.fits(inner),
            (Self::Reals, DataType::List(inner)) => inner.is_float(),
            (Self::Texts, DataType::List(inner)) => inner.is_string(),
            (Self::Ids | Self::Reals | Self::Texts, _) => false,
        }
    }
}

/// The part of a column on a user's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Names the row.
    Key,
    /// What a model says of the user: leads the user table and the page.
    Score,
    /// What a model leaves beside its score.
    Model,
    /// Why the churn score is what it is.
    Reason,
    /// Who the user is, by a file beside the log.
    Customer,
    /// What the log says of the user; also what the catalogue does not know.
    Feature,
}

/// One column of one table.
#[derive(Clone, Copy, Debug)]
pub struct ColumnEntry {
    /// Its name; `#` in it stands for a number from 1 on, `*` for the name of another column.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Its unit; empty where it has none.
    pub unit: &'static str,
    /// Its part on a user's page.
    pub role: Role,
    /// Its place among the means that the table of segments shows; `None` where it shows none.
    pub segment_mean: Option<u8>,
    /// What it means, as `docs/tables.md` says it.
    pub meaning: &'static str,
    /// What it is called on screen; empty where it is not shown by itself.
    pub label: &'static str,
    /// How its values are shown.
    pub shown: Shown,
    /// Which way is good.
    pub better: Better,
    /// How it is computed; empty where the meaning says it.
    pub formula: &'static str,
}

impl ColumnEntry {
    /// Whether a column of this name is meant.
    pub fn is(&self, name: &str) -> bool {
        self.within(name).is_some()
    }

    /// The column of the user table whose name stands for `*` in this one: `churn` of `mean_churn`.
    pub fn of_users(&self, name: &str) -> Option<&'static Self> {
        user_column(self.within(name)?)
    }

    /// What `#` or `*` of its name stands for in this one, empty where it has neither; `None` where another column is meant.
    pub(super) fn within<'a>(&self, name: &'a str) -> Option<&'a str> {
        let stands_for: fn(char) -> bool = match self.name.find(['#', '*']) {
            None => return (self.name == name).then_some(""),
            Some(at) if self.name[at..].starts_with('#') => |letter| letter.is_ascii_digit(),
            Some(_) => |letter| letter.is_ascii_alphanumeric() || letter == '_',
        };
        let (before, after) = self.name.split_once(['#', '*']).unwrap_or((self.name, ""));
        let middle = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        middle.filter(|middle| !middle.is_empty() && middle.chars().all(stands_for))
    }
}

/// One table.
#[derive(Clone, Debug)]
pub struct TableEntry {
    /// Its name: in SQL and as a file where it is one of a run's, else as the screen calls it.
    pub name: &'static str,
    /// What one row of it is.
    pub row: &'static str,
    /// Whether it is one of those side by side in the user table: the same users in the same order.
    pub of_users: bool,
    /// Whether it is on screen alone, made of the others.
    pub on_screen: bool,
    /// Its columns, in its order.
    pub columns: Vec<ColumnEntry>,
}

impl TableEntry {
    /// The entry of a column by its name.
    pub fn column(&self, name: &str) -> Option<&ColumnEntry> {
        self.columns.iter().find(|column| column.is(name))
    }
}

/// Every table.
pub fn catalogue() -> &'static [TableEntry] {
    static CATALOGUE: LazyLock<Vec<TableEntry>> =
        LazyLock::new(|| tables().into_iter().chain(on_screen()).chain([figures(), history()]).map(worded).collect());
    &CATALOGUE
}

/// A table whose columns have their words.
fn worded(mut table: TableEntry) -> TableEntry {
    for column in &mut table.columns {
        column.shown = Shown::of(column.holds, column.unit);
        if let Some(words) = words::words(column.name) {
            (column.label, column.better, column.formula) = (words.label, words.better, words.formula);
        }
    }
    table
}

/// A table by its name.
pub fn table(name: &str) -> Option<&'static TableEntry> {
    catalogue().iter().find(|table| table.name == name)
}

/// The tables side by side in the user table, features first: they tell who is a user.
pub fn user_tables() -> impl Iterator<Item = &'static TableEntry> {
    catalogue().iter().filter(|table| table.of_users)
}

/// A column of the user table.
pub fn user_column(name: &str) -> Option<&'static ColumnEntry> {
    user_tables().find_map(|table| table.column(name))
}

/// What a model's column is called: by the feature that it comes from, and above which value, or that it is unknown.
pub fn feature_label(name: &str) -> String {
    let label = |name: &str| user_column(name).map(|column| column.label).filter(|label| !label.is_empty());
    if let Some(known) = label(name) {
        return known.to_owned();
    }
    if let Some(known) = name.strip_suffix("_missing").and_then(label) {
        return format!("{known} unknown");
    }
    match name.split_once('>') {
        Some((feature, knot)) => {
            let way = user_column(feature).map_or(Shown::Plain, |column| column.shown);
            let knot = knot.parse().map_or_else(|_| knot.to_owned(), |knot| way.number(knot, ""));
            label(feature).map_or_else(|| name.to_owned(), |known| format!("{known} above {knot}"))
        }
        None => name.to_owned(),
    }
}

/// The part of a column of the user table on a user's page.
pub fn role(name: &str) -> Role {
    user_column(name).map_or(Role::Feature, |column| column.role)
}

/// The column of the user table with the tags that were given to the user.
pub const TAG: &str = "tag";

/// The column of the user table with the user's name, where a file tells it.
const NAME: &str = "customer_name";

/// The columns that lead the user table: the user, the user's name, then the scores.
pub fn leading() -> impl Iterator<Item = &'static str> {
    let with = |role: Role| {
        let columns = user_tables().flat_map(|table| &table.columns);
        columns.filter(move |column| column.role == role).map(|column| column.name)
    };
    with(Role::Key).take(1).chain([NAME]).chain(with(Role::Score))
}

/// What the columns of a real campaign are called where the campaign is simulated, so that nobody takes them for real. Runs
/// of version 0.1 call both by the first name.
pub const SIMULATED: [(&str, &str); 4] = [
    ("uplift", "simulated_uplift"),
    ("uplift_group", "simulated_group"),
    ("p_treated", "simulated_p_treated"),
    ("p_control", "simulated_p_control"),
];

/// The other name of a column that has one when the campaign is simulated.
pub fn other_name(name: &str) -> Option<&'static str> {
    SIMULATED.into_iter().find_map(|(real, simulated)| match name {
        name if name == real => Some(simulated),
        name if name == simulated => Some(real),
        _ => None,
    })
}

/// The columns whose means the table of segments shows, in its order.
pub fn segment_means() -> Vec<&'static str> {
    let columns = user_tables().flat_map(|table| &table.columns);
    let mut means: Vec<(u8, &str)> = columns.filter_map(|column| Some((column.segment_mean?, column.name))).collect();
    means.sort_unstable();
    means.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod glossary;
