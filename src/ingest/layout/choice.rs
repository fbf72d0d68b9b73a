//! What the settings can say of a layout: its name, and what an event name means.

use serde::{Deserialize, Serialize};

use crate::ingest::log::EventKind;

/// The value that leaves a choice to the layout.
pub(in crate::ingest) const AUTO: &str = "auto";

/// The shapes of event logs that are known by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutName {
    /// Recognised by the columns' names.
    #[default]
    Auto,
    /// RetailRocket's export.
    Retailrocket,
    /// REES46's and Open CDP's.
    Rees46,
    /// The UCI's online retail invoices.
    OnlineRetail,
    /// YOOCHOOSE's clicks and buys of the `RecSys` challenge 2015.
    Yoochoose,
    /// Google Analytics 4 by way of `BigQuery`, one row an item.
    Ga4,
    /// Told by the settings.
    Custom,
}

impl LayoutName {
    /// The name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => AUTO,
            Self::Retailrocket => "retailrocket",
            Self::Rees46 => "rees46",
            Self::OnlineRetail => "online-retail",
            Self::Yoochoose => "yoochoose",
            Self::Ga4 => "ga4",
            Self::Custom => "custom",
        }
    }
}

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
