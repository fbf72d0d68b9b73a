//! The accepted events in memory: ids as codes, events sorted by user, then time.

use std::borrow::Cow;

/// The code that stands for "none" in a column of codes.
pub const NONE: u32 = u32::MAX;

/// What a user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// Looked at an item.
    View,
    /// Put an item into the cart.
    AddToCart,
    /// Bought an item.
    Transaction,
}

impl EventKind {
    /// The kinds in the order of the funnel.
    pub const ALL: [Self; 3] = [Self::View, Self::AddToCart, Self::Transaction];

    /// The name in RetailRocket's log and in every table.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::AddToCart => "addtocart",
            Self::Transaction => "transaction",
        }
    }
}

/// Distinct ids in ascending order; an id's position is its code. Integers when every id in the log is an integer
/// written without leading zeros, text otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Ascending integers.
    Integer(Vec<i64>),
    /// Ascending by bytes.
    Text(Vec<Box<str>>),
}

impl Ids {
    /// How many ids there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Integer(ids) => ids.len(),
            Self::Text(ids) => ids.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of `code` as text, as the log wrote it.
    pub fn text(&self, code: u32) -> Cow<'_, str> {
        match self {
            Self::Integer(ids) => Cow::Owned(ids[code as usize].to_string()),
            Self::Text(ids) => Cow::Borrowed(&ids[code as usize]),
        }
    }

    /// The code of an id, if it is known.
    pub fn code(&self, id: &str) -> Option<u32> {
        let found = match self {
            Self::Integer(ids) => ids.binary_search(&id.trim().parse().ok()?),
            Self::Text(ids) => ids.binary_search_by(|known| known.as_ref().cmp(id)),
        };
        found.ok().map(|code| code as u32)
    }

    /// Whether each code belongs to the held-out fifth: `crc32(utf8(id)) mod 5 == 0`.
    pub fn held_out(&self) -> Vec<bool> {
        (0..self.len() as u32).map(|code| crc32fast::hash(self.text(code).as_bytes()).is_multiple_of(5)).collect()
    }
}

/// The accepted events, sorted by user, then time, then kind, item and transaction, without exact duplicates.
///
/// Columns are parallel: entry `e` of each belongs to event `e`. The events of the user with code `u` are
/// `offsets[u]..offsets[u + 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLog {
    /// User ids; every one has at least one event.
    pub users: Ids,
    /// Item ids; every one has at least one event.
    pub items: Ids,
    /// Transaction ids.
    pub transactions: Ids,
    /// Where each user's events start; one more entry than users.
    pub offsets: Vec<u32>,
    /// Time of each event, UTC milliseconds.
    pub time: Vec<i64>,
    /// Kind of each event.
    pub kind: Vec<EventKind>,
    /// Item code of each event.
    pub item: Vec<u32>,
    /// Transaction code of each event, [`NONE`] without one.
    pub transaction: Vec<u32>,
    /// The item's price at the time of each event, NaN where unknown; empty when the log and the catalogue know no price.
    pub price: Vec<f64>,
    /// The log's own session code of each event; empty when the log has none.
    pub session: Vec<u32>,
    /// T: the latest accepted timestamp.
    pub as_of: i64,
}

impl EventLog {
    /// How many events there are.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// The events of a user, oldest first.
    pub fn events_of(&self, user: u32) -> std::ops::Range<usize> {
        self.offsets[user as usize] as usize..self.offsets[user as usize + 1] as usize
    }

    /// The events of a user with `timestamp <= cutoff`, oldest first.
    pub fn events_until(&self, user: u32, cutoff: i64) -> std::ops::Range<usize> {
        let all = self.events_of(user);
        let end = all.start + self.time[all.clone()].partition_point(|&time| time <= cutoff);
        all.start..end
    }
}
