//! What users came to, and what they had bought before, in what counts as a purchase.

use crate::features::{self, Buyer, FeatureTable, labels};
use crate::ingest::EventLog;
use crate::models::ltv::{Amount, LtvCount};

/// What each user came to until a time after the cutoff of the table.
pub(super) fn amounts(log: &EventLog, table: &FeatureTable, of: (Amount, LtvCount), until: i64) -> Vec<f32> {
    match of {
        (Amount::Purchases, LtvCount::Rows) => labels::purchases(log, table, until),
        (Amount::Purchases, LtvCount::Orders) => labels::orders(log, table, until),
        (Amount::Revenue, _) if log.price.is_empty() => vec![0.0; table.len()],
        (Amount::Revenue, _) => labels::revenue(log, table, until).0,
    }
}

/// What each user had bought by the cutoff of the table, its rows being what counts as a purchase.
pub(super) fn buyers(log: &EventLog, table: &FeatureTable, count: LtvCount) -> Vec<Option<Buyer>> {
    let mut buyers = features::buyers(log, table);
    if count == LtvCount::Orders {
        buyers.iter_mut().flatten().for_each(|buyer| buyer.rows = buyer.orders);
    }
    buyers
}
