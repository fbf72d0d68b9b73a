//! What the settings can say of a log: what its events and statuses mean, and what becomes of equal rows.

use serde::{Deserialize, Serialize};

use crate::ingest::log::EventKind;

/// The value that leaves a choice to the layout.
pub(in crate::ingest) const AUTO: &str = "auto";

/// What an event name of the log means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// An item was looked at.
    View,
    /// An item was put into the cart.
    AddToCart,
    /// An item was bought.
    Transaction,
    /// Nothing that is looked at here: counted and left out.
    Ignore,
}

impl Meaning {
    /// The name in the settings.
    pub(in crate::ingest) fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::AddToCart => "addtocart",
            Self::Transaction => "transaction",
            Self::Ignore => "ignore",
        }
    }

    pub(in crate::ingest) fn kind(self) -> Option<EventKind> {
        match self {
            Self::View => Some(EventKind::View),
            Self::AddToCart => Some(EventKind::AddToCart),
            Self::Transaction => Some(EventKind::Transaction),
            Self::Ignore => None,
        }
    }
}

/// What becomes of rows that are equal in everything that is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// Kept where they are lines of an order, or where times tell minutes or days only: they are pieces then. Else
    /// dropped and counted.
    #[default]
    Auto,
    /// One is kept, the others are dropped and counted.
    Drop,
    /// All are kept.
    Keep,
}

/// What the status of an order means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusMeaning {
    /// The purchase happened.
    Purchase,
    /// It did not, or was undone: counted and left out.
    None,
}
