//! The figures of a card: what each metric is, in words.

use serde_json::Value;

use crate::format;
use crate::store::StageRecord;
use crate::store::results::with_intervals;

/// Metrics and what they are. Those of active users and of revenue bear the same words behind what they are of.
const MEANINGS: [(&str, &str); 47] = [
    ("k", "segments"),
    ("silhouette", "mean silhouette, from −1 to 1: how well apart the segments are"),
    ("inertia", "sum of the squared distances to the centres, on the model's scale"),
    ("base_rate", "share of users who left"),
    ("auc", "area under the ROC curve: how often a leaver ranks above a stayer"),
    ("pr_auc", "average precision"),
    ("log_loss", "log loss, in nats"),
    ("brier", "Brier score: mean squared error of the probability"),
    ("auc_recency", "area under the ROC curve of the time since the last event alone"),
    ("auc_gain", "what the model adds to that, on the same users"),
    ("inactive_days", "days of silence after which a user counts as gone"),
    ("returned", "share of those once called gone who came back later"),
    ("expected_leaving", "active users expected to leave"),
    ("rmse", "root mean squared error"),
    ("rmse_mean", "the same of predicting the mean for everyone"),
    ("rmse_w", "root mean squared error of amounts cut at the buyers' 95 % quantile"),
    ("rmse_w_gain", "by how much that is less than the mean's, on the same users"),
    ("mae", "mean absolute error"),
    ("spearman", "rank correlation of prediction and truth"),
    ("gini", "normalised Gini of the ranking"),
    ("total_predicted", "predicted total of the users judged"),
    ("total_actual", "what it came to"),
    ("expected_total", "expected total within the horizon to come"),
    ("recall@5", "share of the wanted items among the first 5"),
    ("recall@20", "share of the wanted items among the first 20"),
    ("hit_rate@5", "share of users with a wanted item among the first 5"),
    ("ndcg@5", "NDCG of the first 5"),
    ("ndcg@20", "NDCG of the first 20"),
    ("map@5", "mean average precision of the first 5"),
    ("coverage", "share of the items recommended to somebody"),
    ("popularity_recall@5", "recall@5 of the most popular items, on the same users"),
    ("popularity_recall@20", "recall@20 of the most popular items, on the same users"),
    ("test_users", "users with an item to be found"),
    ("ate", "mean effect of the treatment"),
    ("qini", "Qini coefficient of the ranking"),
    ("qini_chance", "standard deviation of the Qini of rankings at random"),
    ("auuc", "area under the uplift curve"),
    ("uplift@10", "uplift seen among the first tenth of the ranking"),
    ("uplift@20", "uplift seen among the first fifth"),
    ("uplift@30", "uplift seen among the first three tenths"),
    ("true_effect_correlation", "correlation of predicted and planted effect"),
    ("decile_error", "mean distance of predicted and seen uplift over the deciles"),
    ("balance_smd", "largest standardised difference between treated and untreated"),
    ("balance_z", "that difference over what chance gives"),
    ("policy_value", "what following the model brings per user, beside treating nobody"),
    ("one_arm_value", "the same of the best arm for everybody"),
    ("policy_gain", "what following the model adds to that"),
];

/// The rows of the table of figures.
pub(super) fn rows(record: &StageRecord) -> Vec<String> {
    let text = |_: &str, value: &Value| match value.as_f64() {
        Some(number) => format::number(number),
        None => "–".to_owned(),
    };
    let row = |(name, value): (&str, String)| Some(format!("| {} | {value} |", meaning(name)?));
    with_intervals(&record.metrics, text).filter(|(_, value)| value != "–").filter_map(row).collect()
}

/// What a metric is; `None` of one that is told elsewhere on the card.
fn meaning(name: &str) -> Option<String> {
    let of = |name: &str| MEANINGS.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning);
    of(name).map(str::to_owned).or_else(|| {
        let (of_whom, rest) = match (name.strip_prefix("active_"), name.strip_prefix("revenue_")) {
            (Some(rest), _) => ("users active at the cutoff", rest),
            (_, Some(rest)) => ("revenue", rest),
            _ => return None,
        };
        of(rest).map(|meaning| format!("{of_whom}: {meaning}"))
    })
}

#[cfg(test)]
mod tests {
    use crate::pipeline::cards::figures::meaning;

    #[test]
    fn figures_of_active_users_and_of_revenue_are_told_apart() {
        assert_eq!(meaning("active_base_rate").as_deref(), Some("users active at the cutoff: share of users who left"));
        assert_eq!(meaning("revenue_mae").as_deref(), Some("revenue: mean absolute error"));
        assert_eq!((meaning("sizes"), meaning("active_sizes")), (None, None));
    }
}
