//! What became of every row read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ingest::quarantine::Reason;

/// The account of an ingest: `read == accepted + duplicates + replaced + sum(rejected) + sum(ignored)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestCounts {
    /// Event rows read; blank lines and headers are none.
    pub read: u64,
    /// Events in the log.
    pub accepted: u64,
    /// Events dropped because they repeat another in time, user, event, item and transaction.
    pub duplicates: u64,
    /// Rows of orders of which a newer export tells how they stand now.
    #[serde(default, skip_serializing_if = "is_none")]
    pub replaced: u64,
    /// Event rows rejected, for every reason an event row can have.
    pub rejected: BTreeMap<Reason, u64>,
    /// Event rows that are of no kind of event: by the event's name, or by what else they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ignored: BTreeMap<String, u64>,
    /// Accepted purchases whose status is none that is known, by status.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown_statuses: BTreeMap<String, u64>,
    /// Rows whose user is an e-mail address or a phone number that others may write in another way.
    #[serde(default, skip_serializing_if = "is_none")]
    pub respelled: u64,
    /// Rows of accounts that are joined to another.
    #[serde(default, skip_serializing_if = "is_none")]
    pub joined: u64,
    /// Rows of users without an id who are known by their address.
    #[serde(default, skip_serializing_if = "is_none")]
    pub guests: u64,
    /// Rows of anonymous visitors that count for the user who is seen with their id.
    #[serde(default, skip_serializing_if = "is_none")]
    pub stitched: u64,
    /// Distinct users.
    pub users: u64,
    /// Distinct items.
    pub items: u64,
    /// Accepted `view` events.
    pub views: u64,
    /// Accepted `addtocart` events.
    pub addtocarts: u64,
    /// Accepted `transaction` events.
    pub transactions: u64,
    /// Accepted `visit` events.
    #[serde(default, skip_serializing_if = "is_none")]
    pub visits: u64,
    /// Accepted `response` events.
    #[serde(default, skip_serializing_if = "is_none")]
    pub responses: u64,
    /// Accepted `return` events.
    #[serde(default, skip_serializing_if = "is_none")]
    pub returns: u64,
    /// Accepted `contact` events.
    #[serde(default, skip_serializing_if = "is_none")]
    pub contacts: u64,
    /// Accepted `optout` events.
    #[serde(default, skip_serializing_if = "is_none")]
    pub optouts: u64,
    /// Accepted `transaction` events without a transaction id; they cannot be told apart into orders.
    pub transactions_without_id: u64,
    /// Property rows read.
    pub property_rows: u64,
    /// Property rows that told a category, an availability or a price of an item of the log, at T or before.
    pub property_rows_used: u64,
    /// Property rows that could not be used, by reason.
    pub property_rows_rejected: BTreeMap<Reason, u64>,
    /// Items that occur in the property files but in no event.
    pub items_only_in_properties: u64,
    /// Categories of the tree and of items.
    pub categories: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}
