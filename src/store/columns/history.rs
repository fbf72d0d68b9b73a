//! `history.parquet` of a workspace: one row a run.

use crate::store::columns::tables::{column, shown};
use crate::store::columns::{ColumnEntry, Holds, TableEntry};

/// The history of a workspace.
pub(super) fn history() -> TableEntry {
    use Holds::{Flag, Id, Ids, Real, Reals, Text, Time, Whole};
    let of_stage = |name, meaning| -> ColumnEntry { column(name, Real, "", meaning) };
    shown(
        "history",
        "a run, in `history.parquet` of the workspace; it stays when the run is dropped",
        &[
            column("run", Id, "", "the run's id"),
            column("created", Time, "", "when it was committed"),
            column("as_of", Time, "", "T: the latest accepted event"),
            column("engine", Text, "", "what computed it"),
            column("version", Text, "", "the program's version"),
            column("complete", Flag, "", "whether every stage that was wanted came to its end"),
            column("users", Whole, "count", "users"),
            column("items", Whole, "count", "items"),
            column("events_read", Whole, "count", "rows read"),
            column("events", Whole, "count", "events accepted"),
            column("duplicates", Whole, "count", "duplicates dropped"),
            column("rejected", Whole, "count", "rows rejected"),
            column("best_customers", Whole, "count", "as in the figures, like all down to `active_customers_28d`"),
            column("best_customers_net", Real, "money", "what they spent"),
            column("gone_quiet", Whole, "count", "buyers gone quiet"),
            column("at_risk", Whole, "count", "active users who will probably leave"),
            column("active", Whole, "count", "active users"),
            column("money_at_stake", Real, "money", "what is lost if those at risk leave"),
            column("orders_28d", Real, "count", "orders of the last 28 days"),
            column("revenue_28d", Real, "money", "net revenue of the last 28 days"),
            column("active_customers_28d", Real, "count", "users active in the last 28 days"),
            column("segments", Ids, "", "the segments' names, the largest first"),
            column("segment_sizes", Reals, "count", "their users"),
            of_stage("segments_*", "a metric of the segments: `k`, `silhouette`, `inertia`"),
            of_stage("churn_*", "a metric of churn: `auc`, `active_auc`, `base_rate`, …, some with `_low` and `_high`"),
            of_stage("ltv_*", "a metric of LTV: `rmse`, `gini`, `expected_total`, …"),
            of_stage("recommend_*", "a metric of the recommendations: `recall_at_5`, `ndcg_at_5`, …"),
            of_stage("uplift_*", "a metric of uplift: `ate`, `qini`, …"),
        ],
    )
}
