//! Whether an order's status says that it is a purchase.

use crate::ingest::layout::{Layout, StatusMeaning};

/// Statuses of purchases, as letters and digits in lower case.
const PURCHASES: [&str; 22] = [
    "completed",
    "complete",
    "processing",
    "paid",
    "approved",
    "invoiced",
    "shipped",
    "delivered",
    "fulfilled",
    "partiallyrefunded",
    "partiallyfulfilled",
    "partiallyshipped",
    "succeeded",
    "success",
    "captured",
    "confirmed",
    "done",
    "received",
    "dispatched",
    "packed",
    "settled",
    "cod",
];

/// Statuses of orders that are no purchase, or no longer one.
const NONE: [&str; 33] = [
    "pending",
    "pendingpayment",
    "onhold",
    "holded",
    "unpaid",
    "created",
    "draft",
    "checkoutdraft",
    "expired",
    "authorized",
    "requiresaction",
    "requirespaymentmethod",
    "failed",
    "failure",
    "voided",
    "void",
    "cancelled",
    "canceled",
    "refunded",
    "refund",
    "returned",
    "unavailable",
    "rejected",
    "declined",
    "chargeback",
    "abandoned",
    "trash",
    "paymentreview",
    "fraud",
    "orderrefunded",
    "incomplete",
    "denied",
    "notpaid",
];

impl Layout {
    /// What a status says; `None` for one that is not known.
    pub(in crate::ingest) fn status_of(&self, status: &str) -> Option<StatusMeaning> {
        let own = self.statuses.iter().find(|(name, _)| name.eq_ignore_ascii_case(status));
        own.map(|(_, meaning)| *meaning).or_else(|| meaning(status))
    }
}

/// What a status means by the table; `WooCommerce` writes `wc-` before it.
pub(in crate::ingest) fn meaning(status: &str) -> Option<StatusMeaning> {
    let bare = status.strip_prefix("wc-").unwrap_or(status);
    let letters: String = bare.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if PURCHASES.contains(&letters.as_str()) {
        Some(StatusMeaning::Purchase)
    } else if NONE.contains(&letters.as_str()) {
        Some(StatusMeaning::None)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_is_a_purchase_and_what_was_not_is_none() {
        for status in ["Completed", "wc-processing", "PAID", "partially_refunded", "delivered"] {
            assert_eq!(meaning(status), Some(StatusMeaning::Purchase), "{status}");
        }
        for status in ["pending", "wc-on-hold", "Canceled", "requires action", "refunded", "pending_payment"] {
            assert_eq!(meaning(status), Some(StatusMeaning::None), "{status}");
        }
        assert_eq!(meaning("teleported"), None);
    }
}
