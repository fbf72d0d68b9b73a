//! The figures of a model that the page shows, by their names in the record.

use crate::cli::report::content::source::{Source, interval};
use crate::cli::report::page::Table;
use crate::stage::StageId;
use crate::store::{Figure, MetricEntry, StageRecord, metric};

/// The figures of each stage, in the order of the page; those that a run lacks are left out.
fn names(stage: StageId) -> &'static [&'static str] {
    match stage {
        StageId::Ingest | StageId::Features => &[],
        StageId::Segments => &["k", "silhouette"],
        StageId::Churn => &[
            "active_auc",
            "active_auc_recency",
            "active_auc_gain",
            "active_base_rate",
            "active_brier",
            "expected_leaving",
            "inactive_days",
            "returned",
        ],
        StageId::Ltv => &[
            "expected_total",
            "revenue_expected_total",
            "gini",
            "revenue_gini",
            "rmse_w",
            "rmse_w_gain",
            "revenue_rmse_w_gain",
            "total_predicted",
            "total_actual",
        ],
        StageId::Recommend => &[
            "recall@5",
            "popularity_recall@5",
            "recall@5_gain",
            "ndcg@5",
            "popularity_ndcg@5",
            "coverage",
            "unknown_share",
            "buy_again_ndcg@5",
            "buy_again_frequency_ndcg@5",
            "test_users",
        ],
        StageId::Uplift => &[
            "ate",
            "qini",
            "qini_chance",
            "uplift@10",
            "uplift@20",
            "uplift@30",
            "policy_value",
            "one_arm_value",
            "policy_gain",
            "balance_z",
            "true_effect_correlation",
        ],
    }
}

/// A figure that is shown.
pub struct Known {
    /// What the catalogue says of it.
    pub entry: &'static MetricEntry,
    /// What it is called.
    pub label: String,
    /// Its name in the record.
    pub name: &'static str,
    /// Its value.
    pub figure: Figure,
}

/// The figures of a stage that are shown.
pub fn known(record: &StageRecord) -> Vec<Known> {
    let found = record.figures();
    let known = names(record.id).iter().filter_map(|name| {
        // An older version told no figures of the active alone.
        let of_all = name.strip_prefix("active_").filter(|_| found.get("active_auc").is_none());
        let name = of_all.unwrap_or(name);
        let figure = found.get(name).filter(|figure| figure.value.is_finite())?;
        let (entry, part) = metric(record.id, name)?;
        let of = if part.is_empty() { String::new() } else { format!(", {part}") };
        Some(Known { entry, label: format!("{}{}{of}", entry.label, entry.number_in(name)), name, figure })
    });
    known.collect()
}

/// The same as a table; `None` without any.
pub fn table(source: &Source<'_>, record: &StageRecord, simulated: bool) -> Option<Table> {
    let currency = &source.terms.currency;
    let row = |known: Known| {
        let shown = source.terms.of_metric(known.entry, known.name);
        let value = shown.number(known.figure.value, currency);
        let label = if simulated { format!("{} (simulated)", known.label) } else { known.label };
        vec![label, value, interval(&known.figure, shown, currency).unwrap_or_default()]
    };
    // Segments describe everybody: nothing is kept aside.
    let caption =
        if record.id == StageId::Segments { "In figures" } else { "In figures, on users and days kept aside" };
    let rows: Vec<Vec<String>> = known(record).into_iter().map(row).collect();
    let head = ["Figure", "Value", "95 % interval"].map(str::to_owned).to_vec();
    (!rows.is_empty()).then(|| Table { caption: caption.to_owned(), head, numbers_from: 1, rows })
}
