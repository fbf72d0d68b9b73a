//! The feature table: one row per user, one column per feature, in original units.

use std::borrow::Cow;

/// The values of a feature, one per row of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// A count, never null.
    Count(Vec<u32>),
    /// A real number; NaN stands for null.
    Real(Vec<f32>),
    /// An amount of money; NaN stands for null.
    Money(Vec<f64>),
}

impl Values {
    /// The value of a row; NaN stands for null.
    pub fn get(&self, row: usize) -> f64 {
        match self {
            Self::Count(values) => f64::from(values[row]),
            Self::Real(values) => f64::from(values[row]),
            Self::Money(values) => values[row],
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Count(values) => values.len(),
            Self::Real(values) => values.len(),
            Self::Money(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How a feature enters a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Through `log1p`: counts, gaps, money.
    Log,
    /// As it is: shares, ratios, scores.
    Linear,
}

/// One feature of every user.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// `snake_case` name, the column's name in every table.
    pub name: Cow<'static, str>,
    /// Unit: `count`, `s`, `min`, `d`, `ratio`, `share`, `score`, `money`.
    pub unit: &'static str,
    /// How it enters a model.
    pub scale: Scale,
    /// One value per row.
    pub values: Values,
}

/// The features of users as of a cutoff. Row `i` of every column belongs to the user with code `users[i]`; codes ascend.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureTable {
    /// The cutoff C: only events with `timestamp <= as_of` were read.
    pub as_of: i64,
    /// User codes of the event log, ascending; users without an event until the cutoff are absent.
    pub users: Vec<u32>,
    /// The numeric features, in a fixed order.
    pub features: Vec<Feature>,
    /// Category code in which each user was most active; `NONE` where no category is known.
    pub top_category: Vec<u32>,
}

impl FeatureTable {
    /// How many users there are.
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// A feature by name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.name == name)
    }
}
