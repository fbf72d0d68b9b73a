//! The accepted events in memory: ids as codes, events sorted by user, then time.

use std::borrow::Cow;

use crate::zone::ShopZone;

/// The code that stands for "none" in a column of codes.
pub const NONE: u32 = u32::MAX;

/// What happened: the first five kinds are a user's activity, the others are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// Looked at an item.
    View,
    /// Put an item into the cart.
    AddToCart,
    /// Bought an item.
    Transaction,
    /// Looked at a page that shows no item.
    Visit,
    /// Clicked on a message of the shop.
    Response,
    /// Sent a purchase back, or had it cancelled; its price is negative.
    Return,
    /// Was sent a message by the shop.
    Contact,
    /// Asked the shop for no more messages.
    OptOut,
}

impl EventKind {
    /// Every kind, in its numerical order.
    pub const ALL: [Self; 8] = [
        Self::View,
        Self::AddToCart,
        Self::Transaction,
        Self::Visit,
        Self::Response,
        Self::Return,
        Self::Contact,
        Self::OptOut,
    ];

    /// The kinds in the order of the funnel, which are all that RetailRocket's log knows.
    pub const FUNNEL: [Self; 3] = [Self::View, Self::AddToCart, Self::Transaction];

    /// The name in every table, and of the first three in RetailRocket's log.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::AddToCart => "addtocart",
            Self::Transaction => "transaction",
            Self::Visit => "visit",
            Self::Response => "response",
            Self::Return => "return",
            Self::Contact => "contact",
            Self::OptOut => "optout",
        }
    }

    /// Whether the user did it: what is done to a user, or undone, is no activity.
    pub fn is_activity(self) -> bool {
        self < Self::Return
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

impl Default for Ids {
    fn default() -> Self {
        Self::Integer(Vec::new())
    }
}

impl Ids {
    /// The ids of these codes, in their order.
    pub(super) fn of_codes(&self, codes: &[u32]) -> Self {
        match self {
            Self::Integer(ids) => Self::Integer(codes.iter().map(|&code| ids[code as usize]).collect()),
            Self::Text(ids) => Self::Text(codes.iter().map(|&code| ids[code as usize].clone()).collect()),
        }
    }

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
}

/// The accepted events, sorted by user; of each user first the activity, then what is none (see
/// [`EventKind::is_activity`]); each by time, then kind, item and transaction, without exact duplicates.
///
/// Columns are parallel: entry `e` of each belongs to event `e`. The events of the user with code `u` are
/// `offsets[u]..offsets[u + 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLog {
    /// User ids; every one has at least one event that is activity.
    pub users: Ids,
    /// Item ids; every one has at least one event.
    pub items: Ids,
    /// Transaction ids.
    pub transactions: Ids,
    /// Where each user's events start; one more entry than users.
    pub offsets: Vec<u32>,
    /// Where each user's activity ends; empty when the log holds nothing else.
    pub active_until: Vec<u32>,
    /// Time of each event, UTC milliseconds.
    pub time: Vec<i64>,
    /// Kind of each event.
    pub kind: Vec<EventKind>,
    /// Item code of each event, [`NONE`] without one.
    pub item: Vec<u32>,
    /// Transaction code of each event, [`NONE`] without one.
    pub transaction: Vec<u32>,
    /// The item's price at the time of each event, of all pieces of a purchase, negative for a return; NaN where unknown;
    /// empty when the log and the catalogue know no price.
    pub price: Vec<f64>,
    /// The log's own session code of each event; empty when the log has none.
    pub session: Vec<u32>,
    /// T: the latest accepted timestamp.
    pub as_of: i64,
    /// The shop's clock, by which days are told.
    pub zone: ShopZone,
    /// Events whose user was learnt later.
    pub late: LateLinks,
}

/// Events of an anonymous id that count for a user who was seen with it only later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LateLinks {
    /// The anonymous ids.
    pub ids: Ids,
    /// The events, ascending.
    pub event: Vec<u32>,
    /// The anonymous id of each.
    pub id: Vec<u32>,
    /// When its user was first seen with that id, UTC milliseconds: later than the event.
    pub at: Vec<i64>,
}

impl LateLinks {
    /// Whether every user was told when their events happened.
    pub fn is_empty(&self) -> bool {
        self.event.is_empty()
    }

    /// The code of the anonymous id and the time of the link by event, [`NONE`] and 0 for the others.
    pub fn by_event(&self, events: usize) -> (Vec<u32>, Vec<i64>) {
        let (mut id, mut at) = (vec![NONE; events], vec![0; events]);
        for ((&event, &code), &time) in self.event.iter().zip(&self.id).zip(&self.at) {
            (id[event as usize], at[event as usize]) = (code, time);
        }
        (id, at)
    }
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

    /// The day of an event by the shop's clock, counted from 1 January 1970.
    pub fn day(&self, event: usize) -> i64 {
        self.zone.day(self.time[event])
    }

    /// The activity of a user, oldest first.
    pub fn events_of(&self, user: u32) -> std::ops::Range<usize> {
        let all = self.all_of(user);
        let end = self.active_until.get(user as usize).map_or(all.end, |&end| end as usize);
        all.start..end
    }

    /// The activity of a user with `timestamp <= cutoff`, oldest first.
    pub fn events_until(&self, user: u32, cutoff: i64) -> std::ops::Range<usize> {
        self.until(self.events_of(user), cutoff)
    }

    /// What a user did not do but what concerns them, oldest first: returns, messages sent, opt-outs.
    pub fn asides_of(&self, user: u32) -> std::ops::Range<usize> {
        self.events_of(user).end..self.all_of(user).end
    }

    /// The same with `timestamp <= cutoff`.
    pub fn asides_until(&self, user: u32, cutoff: i64) -> std::ops::Range<usize> {
        self.until(self.asides_of(user), cutoff)
    }

    /// Every event of a user: the activity, then the others.
    pub fn all_of(&self, user: u32) -> std::ops::Range<usize> {
        self.offsets[user as usize] as usize..self.offsets[user as usize + 1] as usize
    }

    fn until(&self, events: std::ops::Range<usize>, cutoff: i64) -> std::ops::Range<usize> {
        let end = events.start + self.time[events.clone()].partition_point(|&time| time <= cutoff);
        events.start..end
    }

    /// The events by user and time, whatever their kind; `None` where that is their own order.
    pub fn by_time(&self) -> Option<Vec<u32>> {
        if self.active_until.is_empty() {
            return None;
        }
        let mut events: Vec<u32> = (0..self.len() as u32).collect();
        for user in 0..self.users.len() as u32 {
            // Stable, so that equal times keep activity before the rest.
            events[self.all_of(user)].sort_by_key(|&event| self.time[event as usize]);
        }
        Some(events)
    }
}
