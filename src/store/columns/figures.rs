//! The figures of the front page: what each of `run.json`'s `figures` means.

use crate::store::columns::tables::{column, shown};
use crate::store::columns::{Holds, TableEntry};

/// Each figure is a value, or null with a `reason`.
pub(super) fn figures() -> TableEntry {
    use Holds::{Real, Text, Whole};
    shown(
        "figures",
        "the whole shop, in `run.json` and in the report",
        &[
            column(
                "best_customers",
                Whole,
                "count",
                "the top tenth of buyers by net spend in the last 365 days, or in the log if it is shorter; with what they spent (\"net\"), the share of it in what all spent (\"share\"), and what the last of them spent (\"least\")",
            ),
            column(
                "gone_quiet",
                Whole,
                "count",
                "buyers whose `overdue` lies above the 90 % quantile, over the shop's completed gaps between days with an order, of gap / that buyer's own mean gap, drawn towards the shop's median as in `overdue`",
            ),
            column(
                "at_risk",
                Whole,
                "count",
                "active users whose `churn` reaches a bound: 1.5 times the share that left of those active at the cutoff, but 0.5 at least and 0.9 at most",
            ),
            column(
                "money_at_stake",
                Real,
                "money",
                "the sum over those at risk of `revenue` / (1 − p) less `revenue`, p being `churn`, at most 0.9: what they would bring had they stayed",
            ),
            column(
                "orders",
                Whole,
                "count",
                "orders in the last 28 days (`last`), in the 28 before (`before`), and in the same 28 a year of 364 days earlier (`year_ago`)",
            ),
            column("revenue", Real, "money", "prices of purchases less those of returns, in the same days"),
            column("active_customers", Whole, "count", "users with an event, in the same days"),
            column(
                "cohorts",
                Real,
                "share",
                "users by the month of their first order (the week in a log of less than 120 days; the first visit in one without orders), the share that came again in each later period, and net money per user until its end",
            ),
            column(
                "funnel",
                Whole,
                "count",
                "users with a view, an addition to a cart, a purchase in the last seven days",
            ),
            column(
                "funnel_weeks",
                Whole,
                "count",
                "the same of each of up to 13 whole weeks, counted back from the log's last event, the earliest first",
            ),
            column("rfm_grid", Whole, "count", "buyers by `r` and `f`, with their mean `spend`"),
            column("days_between_orders", Whole, "count", "gaps between a buyer's days with an order, by length"),
            column(
                "sentences",
                Text,
                "",
                "what is news: a change of the last 28 days beyond the 99 % prediction interval of those before, or a latest cohort beyond that of the earlier ones",
            ),
        ],
    )
}
