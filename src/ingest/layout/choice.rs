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
    /// A page was looked at that shows no item.
    Visit,
    /// A message of the shop was clicked on.
    Response,
    /// A purchase was sent back or cancelled.
    Return,
    /// A message was sent to the customer: no activity.
    Contact,
    /// The customer wants no more messages: no activity.
    OptOut,
    /// Nothing that is looked at here: counted and left out.
    Ignore,
}

impl Meaning {
    /// The name in the settings.
    pub(in crate::ingest) fn name(self) -> &'static str {
        self.kind().map_or("ignore", EventKind::name)
    }

    /// The meaning of a name in the settings.
    pub(in crate::ingest) fn of_name(name: &str) -> Option<Self> {
        let kind = EventKind::ALL.into_iter().find(|kind| kind.name() == name);
        kind.map(Self::from).or_else(|| (name == "ignore").then_some(Self::Ignore))
    }

    pub(in crate::ingest) fn kind(self) -> Option<EventKind> {
        Some(match self {
            Self::View => EventKind::View,
            Self::AddToCart => EventKind::AddToCart,
            Self::Transaction => EventKind::Transaction,
            Self::Visit => EventKind::Visit,
            Self::Response => EventKind::Response,
            Self::Return => EventKind::Return,
            Self::Contact => EventKind::Contact,
            Self::OptOut => EventKind::OptOut,
            Self::Ignore => return None,
        })
    }
}

impl From<EventKind> for Meaning {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::View => Self::View,
            EventKind::AddToCart => Self::AddToCart,
            EventKind::Transaction => Self::Transaction,
            EventKind::Visit => Self::Visit,
            EventKind::Response => Self::Response,
            EventKind::Return => Self::Return,
            EventKind::Contact => Self::Contact,
            EventKind::OptOut => Self::OptOut,
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

/// What the numbers in columns of money count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MoneyUnit {
    /// Units of the currency: 12.50.
    #[default]
    Whole,
    /// Hundredths of it, as payment services tell amounts: 1250.
    Cents,
    /// Millionths of it, as advertising services do: 12500000.
    Micros,
}

impl MoneyUnit {
    /// How many of them are one unit of the currency.
    pub(in crate::ingest) fn per_whole(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Cents => 100.0,
            Self::Micros => 1_000_000.0,
        }
    }

    /// The name in the settings.
    pub(in crate::ingest) fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Cents => "cents",
            Self::Micros => "micros",
        }
    }

    /// The unit of a name in the settings.
    pub(in crate::ingest) fn of_name(name: &str) -> Option<Self> {
        [Self::Whole, Self::Cents, Self::Micros].into_iter().find(|unit| unit.name() == name)
    }
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

/// The kind of every row of a log whose rows do not name one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DefaultEvent {
    /// Rows name their event.
    #[default]
    None,
    /// Views.
    View,
    /// Items put into the cart.
    AddToCart,
    /// Purchases.
    Transaction,
    /// What came back.
    Return,
}

impl DefaultEvent {
    /// The name in the settings.
    pub(in crate::ingest) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::View => Meaning::View.name(),
            Self::AddToCart => Meaning::AddToCart.name(),
            Self::Transaction => Meaning::Transaction.name(),
            Self::Return => Meaning::Return.name(),
        }
    }

    pub(in crate::ingest) fn kind(self) -> Option<EventKind> {
        match self {
            Self::None => None,
            Self::View => Some(EventKind::View),
            Self::AddToCart => Some(EventKind::AddToCart),
            Self::Transaction => Some(EventKind::Transaction),
            Self::Return => Some(EventKind::Return),
        }
    }
}
