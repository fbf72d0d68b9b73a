//! The features: one row of one table each.

use crate::features::behaviour::{Behaviour, DAY_MS};
use crate::features::definitions::{Definition, Needs, Read, Words};
use crate::features::table::Scale;
use crate::ingest::{EventKind, EventLog};

const fn words(place: u8, more: &'static str, less: &'static str) -> Words {
    Words { place, more, less }
}

/// Every feature, in the order of the tables' columns.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "sessions",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "visits: events without a gap longer than `session_gap_minutes`, or the log's own sessions",
        words: Some(words(5, "more visits", "fewer visits")),
        segment_mean: Some(6),
        read: Read::Count(|user| user.sessions.count),
    },
    Definition {
        name: "total_events",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "events of every kind",
        words: Some(words(2, "more active", "less active")),
        segment_mean: Some(7),
        read: Read::Count(|user| user.count()),
    },
    Definition {
        name: "unique_items",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::ItemViews,
        meaning: "different items viewed",
        words: Some(words(3, "more items", "fewer items")),
        segment_mean: None,
        read: Read::Count(|user| user.distinct(EventKind::View, |log, event| log.item[event])),
    },
    Definition {
        name: "avg_time_between_events",
        unit: "s",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "mean time from one event to the next; null for a single event",
        words: Some(words(16, "slower pace", "faster pace")),
        segment_mean: None,
        read: Read::Real(|user| ratio((user.last() - user.first()) as f64 / 1000.0, user.count() - 1)),
    },
    Definition {
        name: "view_cart_ratio",
        unit: "ratio",
        scale: Scale::Log,
        needs: Needs::Carts,
        meaning: "additions to the cart per view; null without a view",
        words: Some(words(13, "quicker to cart", "slower to cart")),
        segment_mean: None,
        read: Read::Real(|user| ratio(f64::from(user.of_kind(EventKind::AddToCart)), user.of_kind(EventKind::View))),
    },
    Definition {
        name: "recency_days",
        unit: "d",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "time since the last event",
        words: Some(words(1, "seen longer ago", "seen more recently")),
        segment_mean: Some(5),
        read: Read::Real(|user| days(user.cutoff - user.last())),
    },
    Definition {
        name: "views",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Views,
        meaning: "views",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.of_kind(EventKind::View)),
    },
    Definition {
        name: "addtocarts",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Carts,
        meaning: "additions to the cart",
        words: Some(words(7, "more carts", "fewer carts")),
        segment_mean: Some(8),
        read: Read::Count(|user| user.of_kind(EventKind::AddToCart)),
    },
    Definition {
        name: "transactions",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "purchase rows: one for each item of an order",
        words: Some(words(6, "more purchases", "fewer purchases")),
        segment_mean: Some(9),
        read: Read::Count(|user| user.of_kind(EventKind::Transaction)),
    },
    Definition {
        name: "orders",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Orders,
        meaning: "different orders; days of the shop's clock with a purchase where the log names no orders",
        words: Some(words(10, "more orders", "fewer orders")),
        segment_mean: None,
        read: Read::Count(|user| user.orders(None)),
    },
    Definition {
        name: "items_bought",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Items,
        meaning: "different items bought",
        words: Some(words(9, "more items bought", "fewer items bought")),
        segment_mean: None,
        read: Read::Count(|user| user.distinct(EventKind::Transaction, |log, event| log.item[event])),
    },
    Definition {
        name: "returns",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Returns,
        meaning: "returns and cancellations: rows that take back a purchase, which `spend` is net of",
        words: Some(words(19, "more returns", "fewer returns")),
        segment_mean: None,
        read: Read::Count(|user| user.returns()),
    },
    Definition {
        name: "tenure_days",
        unit: "d",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "time since the first event",
        words: Some(words(12, "longer known", "newer")),
        segment_mean: None,
        read: Read::Real(|user| days(user.cutoff - user.first())),
    },
    Definition {
        name: "active_days",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "days of the shop's clock with an event",
        words: Some(words(4, "more days", "fewer days")),
        segment_mean: None,
        read: Read::Count(|user| user.active_days()),
    },
    Definition {
        name: "events_7d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "events of the last 7 days",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.within(7)),
    },
    Definition {
        name: "events_30d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "events of the last 30 days",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.within(30)),
    },
    Definition {
        name: "transactions_30d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "purchase rows of the last 30 days",
        words: Some(words(18, "more purchases this month", "fewer purchases this month")),
        segment_mean: None,
        read: Read::Count(|user| user.of_kind_within(EventKind::Transaction, 30)),
    },
    Definition {
        name: "unique_categories",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Categories,
        meaning: "different categories of the items of any event",
        words: Some(words(11, "more categories", "fewer categories")),
        segment_mean: None,
        read: Read::Count(|user| user.categories),
    },
    Definition {
        name: "avg_session_events",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "events per visit",
        words: Some(words(15, "busier visits", "quieter visits")),
        segment_mean: None,
        read: Read::Real(|user| ratio(f64::from(user.count()), user.sessions.count)),
    },
    Definition {
        name: "avg_session_minutes",
        unit: "min",
        scale: Scale::Log,
        needs: Needs::Events,
        meaning: "mean time from the first to the last event of a visit",
        words: Some(words(14, "longer visits", "shorter visits")),
        segment_mean: None,
        read: Read::Real(|user| ratio(user.sessions.milliseconds as f64 / 60_000.0, user.sessions.count)),
    },
    Definition {
        name: "weekend_share",
        unit: "share",
        scale: Scale::Linear,
        needs: Needs::Events,
        meaning: "share of the events on a Saturday or Sunday by the shop's clock",
        words: Some(words(17, "weekends", "weekdays")),
        segment_mean: None,
        read: Read::Real(|user| share(user, |log, event| is_weekend(log.day(event)))),
    },
    Definition {
        name: "r",
        unit: "score",
        scale: Scale::Linear,
        needs: Needs::Events,
        meaning: "recency from 1 to 5 among buyers by `days_since_order`, 5 the most recent; in a log without purchases among all by `recency_days`",
        words: None,
        segment_mean: None,
        read: Read::Score(|user| {
            let since = if user.shop_sells() { user.last_order() } else { Some(user.last()) };
            since.map_or(f64::NAN, |last| -f64::from(days(user.cutoff - last)))
        }),
    },
    Definition {
        name: "f",
        unit: "score",
        scale: Scale::Linear,
        needs: Needs::Events,
        meaning: "frequency from 1 to 5 among buyers by `orders`, 5 the most; in a log without purchases among all by `sessions`",
        words: None,
        segment_mean: None,
        read: Read::Score(|user| match (user.shop_sells(), user.orders(None)) {
            (false, _) => f64::from(user.sessions.count),
            (true, 0) => f64::NAN,
            (true, orders) => f64::from(orders),
        }),
    },
    Definition {
        name: "m",
        unit: "score",
        scale: Scale::Linear,
        needs: Needs::Prices,
        meaning: "money from 1 to 5 among buyers by `spend`, 5 the highest",
        words: None,
        segment_mean: None,
        read: Read::Score(|user| if user.last_order().is_some() { user.spend() } else { f64::NAN }),
    },
    Definition {
        name: "spend",
        unit: "money",
        scale: Scale::Log,
        needs: Needs::Prices,
        meaning: "known prices of all purchases less those of returns; null where no purchase has one",
        words: Some(words(8, "higher spend", "lower spend")),
        segment_mean: Some(10),
        read: Read::Money(|user| user.spend()),
    },
    Definition {
        name: "days_since_order",
        unit: "d",
        scale: Scale::Log,
        needs: Needs::Purchases,
        meaning: "time since the last purchase; null without one",
        words: None,
        segment_mean: None,
        read: Read::Real(|user| user.last_order().map_or(f32::NAN, |last| days(user.cutoff - last))),
    },
    Definition {
        name: "orders_60d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Orders,
        meaning: "orders of the last 60 days",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.orders(Some(60))),
    },
    Definition {
        name: "orders_90d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Orders,
        meaning: "orders of the last 90 days",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.orders(Some(90))),
    },
    Definition {
        name: "orders_180d",
        unit: "count",
        scale: Scale::Log,
        needs: Needs::Orders,
        meaning: "orders of the last 180 days",
        words: None,
        segment_mean: None,
        read: Read::Count(|user| user.orders(Some(180))),
    },
    Definition {
        name: "avg_days_between_orders",
        unit: "d",
        scale: Scale::Log,
        needs: Needs::Purchases,
        meaning: "mean time from one day with a purchase to the next; null with fewer than two",
        words: None,
        segment_mean: None,
        read: Read::Real(|user| user.days_between_orders()),
    },
    Definition {
        name: "overdue",
        unit: "ratio",
        scale: Scale::Log,
        needs: Needs::Purchases,
        meaning: "time since the last purchase, as a multiple of the user's mean gap between days with a purchase, drawn towards the shop's median gap by three more gaps; null without a purchase",
        words: None,
        segment_mean: None,
        read: Read::Overdue,
    },
    Definition {
        name: "spend_90d",
        unit: "money",
        scale: Scale::Log,
        needs: Needs::Prices,
        meaning: "known prices of the purchases of the last 90 days less those of returns; null where none has one",
        words: None,
        segment_mean: None,
        read: Read::Money(|user| user.spend_within(90)),
    },
];

/// Whether a log without what this feature needs is a log like any other, of which nothing need be said.
pub fn may_lack(name: &str) -> bool {
    DEFINITIONS.iter().any(|definition| definition.name == name && definition.needs == Needs::Returns)
}

/// `amount / count`; null for a count of 0.
fn ratio(amount: f64, count: u32) -> f32 {
    if count == 0 { f32::NAN } else { (amount / f64::from(count)) as f32 }
}

/// The share of a user's events that meet a condition.
fn share(user: &Behaviour<'_>, holds: impl Fn(&EventLog, usize) -> bool) -> f32 {
    ratio(f64::from(user.count_where(holds)), user.count())
}

/// Saturday or Sunday, of a day counted from 1970-01-01, which was a Thursday.
fn is_weekend(day: i64) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

fn days(milliseconds: i64) -> f32 {
    (milliseconds as f64 / DAY_MS as f64) as f32
}
