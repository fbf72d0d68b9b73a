//! What a feature is: name, unit, scale, meaning and the words for segments, and how a value is computed.

use crate::features::behaviour::Behaviour;
use crate::features::table::Scale;
use crate::ingest::{EventKind, EventLog, NONE};

/// What a feature is, and how it is computed.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// `snake_case` name: the column's name in every table.
    pub name: &'static str,
    /// Unit: `count`, `s`, `min`, `d`, `ratio`, `share`, `score`, `money`.
    pub unit: &'static str,
    /// How it enters a model.
    pub scale: Scale,
    /// What a log must hold to tell it.
    pub needs: Needs,
    /// What it is, as `docs/tables.md` says it.
    pub meaning: &'static str,
    /// How two segments of one name are told apart by it.
    pub words: Option<Words>,
    /// Its place among the means that the table of segments shows; `None` where it shows none.
    pub segment_mean: Option<u8>,
    /// How it is computed.
    pub(super) read: Read,
}

impl Definition {
    /// Whether its values are whole numbers.
    pub fn is_whole(&self) -> bool {
        matches!(self.read, Read::Count(_))
    }
}

/// What a log must hold so that it can tell a feature; otherwise the feature is null for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Events, which every log has.
    Events,
    /// Views.
    Views,
    /// Views of items.
    ItemViews,
    /// Additions to a cart.
    Carts,
    /// Order numbers, or purchases.
    Orders,
    /// Items.
    Items,
    /// Returns.
    Returns,
    /// The categories of items.
    Categories,
    /// Prices.
    Prices,
    /// Purchases.
    Purchases,
}

/// Words for the segments that have more and less of a feature than others of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its place: features with a lower one are better known, and preferred.
    pub place: u8,
    /// For the segment that has more.
    pub more: &'static str,
    /// For the segment that has less.
    pub less: &'static str,
}

/// How a user's value is computed from the user's events; NaN stands for null.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// A count.
    Count(fn(&mut Behaviour<'_>) -> u32),
    /// A real number.
    Real(fn(&mut Behaviour<'_>) -> f32),
    /// An amount of money.
    Money(fn(&mut Behaviour<'_>) -> f64),
    /// A score from 1 to 5 among all users with a value; more of it is better.
    Score(fn(&mut Behaviour<'_>) -> f64),
    /// How far the time since the last order exceeds the user's own rhythm, drawn towards the shop's.
    Overdue,
}

/// The version of the stage of features: rises when a feature is added, removed or computed otherwise.
pub const VERSION: u32 = 9;

impl Needs {
    /// Whether a log holds it. `category` holds the category code of each item.
    pub(super) fn are_met(self, log: &EventLog, category: &[u32]) -> bool {
        match self {
            Self::Events => true,
            Self::Views => log.kind.contains(&EventKind::View),
            Self::ItemViews => !log.items.is_empty() && log.kind.contains(&EventKind::View),
            Self::Carts => log.kind.contains(&EventKind::AddToCart),
            Self::Orders => !log.transactions.is_empty() || log.kind.contains(&EventKind::Transaction),
            Self::Items => !log.items.is_empty(),
            Self::Returns => log.kind.contains(&EventKind::Return),
            Self::Categories => category.iter().any(|&code| code != NONE),
            Self::Purchases => log.kind.contains(&EventKind::Transaction),
            Self::Prices => log.price.iter().any(|price| !price.is_nan()),
        }
    }
}
