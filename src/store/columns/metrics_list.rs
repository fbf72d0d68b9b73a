//! The metrics of each stage, as the catalogue tells of them.

use crate::stage::StageId;
use crate::store::columns::shown::Shown;
use crate::store::columns::words::Better;

/// One metric of one stage.
#[derive(Clone, Copy, Debug)]
pub struct MetricEntry {
    /// The stage that records it.
    pub stage: StageId,
    /// Its name in `run.json`; `#` stands for a number.
    pub name: &'static str,
    /// What it is called on screen.
    pub label: &'static str,
    /// How it is shown.
    pub shown: Shown,
    /// Which way is good.
    pub better: Better,
    /// What it says, in one sentence.
    pub definition: &'static str,
    /// How it is computed, and where it is defined.
    pub formula: &'static str,
}

impl MetricEntry {
    /// The number that a name has in the place of `#`, as it stands behind the label: ` @5`, ` 10 %` of an uplift.
    pub fn number_in(&self, name: &str) -> String {
        if !self.name.contains('#') {
            return String::new();
        }
        let digits: String = name.chars().skip_while(|letter| *letter != '@').filter(char::is_ascii_digit).collect();
        if self.stage == Uplift { format!(" {digits} %") } else { format!(" @{digits}") }
    }
}

const fn entry(
    stage: StageId,
    (name, label): (&'static str, &'static str),
    (shown, better): (Shown, Better),
    definition: &'static str,
    formula: &'static str,
) -> MetricEntry {
    MetricEntry { stage, name, label, shown, better, definition, formula }
}

use Better::{Less, More, Neither};
use Shown::{Count, Days, Number, Points, Share};
use StageId::{Churn, Ltv, Recommend, Segments, Uplift};

/// Every metric, by stage.
pub(super) const METRICS: &[MetricEntry] = &[
    entry(
        Segments,
        ("k", "Segments"),
        (Count, Neither),
        "how many segments there are",
        "by the elbow and the silhouette",
    ),
    entry(
        Segments,
        ("silhouette", "Silhouette"),
        (Number(3), More),
        "how well users fit their own segment rather than the next: 1 is apart, 0 is between two",
        "mean of (b − a) / max(a, b), a being the mean distance to one's own segment, b to the nearest other (Rousseeuw 1987)",
    ),
    entry(
        Segments,
        ("inertia", "Inertia"),
        (Number(1), Less),
        "how far users lie from their segment's centre; it falls with every further segment",
        "sum of squared distances to the nearest centre, features standardised",
    ),
    entry(
        Churn,
        ("auc", "Ranking (AUC)"),
        (Number(3), More),
        "the chance that of two users, one who left and one who stayed, the one who left has the higher score: 0.5 is chance, 1 is perfect",
        "area under the ROC curve on users kept aside, ties counted half; interval by DeLong, or by resampling where few stayed",
    ),
    entry(
        Churn,
        ("auc_recency", "Ranking by last visit alone"),
        (Number(3), Neither),
        "the same of the plainest rule there is: who was not seen for longest leaves first",
        "AUC of `recency_days` on the same users",
    ),
    entry(
        Churn,
        ("auc_gain", "Gain over last visit alone"),
        (Number(3), More),
        "by how much the model ranks better than the last visit alone; where the interval holds 0 no gain is told",
        "difference of the two AUCs, paired (DeLong, DeLong and Clarke-Pearson 1988)",
    ),
    entry(
        Churn,
        ("base_rate", "Share that left"),
        (Share, Neither),
        "the users kept aside that did leave: a score says something only beside it",
        "left / all, of those kept aside",
    ),
    entry(
        Churn,
        ("pr_auc", "Precision over recall"),
        (Number(3), More),
        "the mean precision on the way from the highest score to the lowest; the share that left is chance",
        "average precision on users kept aside",
    ),
    entry(
        Churn,
        ("log_loss", "Log loss"),
        (Number(3), Less),
        "how far the scores are from what happened, a sure and wrong one counting most",
        "mean of −ln of the chance given to what happened",
    ),
    entry(
        Churn,
        ("brier", "Brier score"),
        (Number(3), Less),
        "how far the scores are from what happened: 0 is perfect, always saying the share that left gives share × (1 − share)",
        "mean of (score − outcome)² (Brier 1950)",
    ),
    entry(
        Churn,
        ("inactive_days", "Gone after"),
        (Days, Neither),
        "how many days without an event make a user count as gone",
        "`churn.inactive_days`, or by the shop's own pace where it is \"auto\"",
    ),
    entry(
        Churn,
        ("returned", "Came back"),
        (Share, Neither),
        "of those whom an earlier cutoff called gone, how many were seen again later",
        "at the earlier of the cutoffs, within the log",
    ),
    entry(
        Churn,
        ("expected_leaving", "Expected to leave"),
        (Count, Neither),
        "how many of the active users will leave, all scores taken together",
        "sum of the scores of active users; the interval is widened by how far earlier such sums were off",
    ),
    entry(
        Ltv,
        ("rmse", "Error (RMSE)"),
        (Number(4), Less),
        "how far the prediction is off for a user, large errors counting most; a single extreme buyer can decide it",
        "square root of the mean squared error on users kept aside",
    ),
    entry(
        Ltv,
        ("rmse_mean", "Error of the mean"),
        (Number(4), Neither),
        "the same of telling everybody the mean: a model is of use where it is below",
        "RMSE of the training users' mean",
    ),
    entry(
        Ltv,
        ("rmse_w", "Error, extremes cut"),
        (Number(4), Less),
        "the same with what happened cut at its 99.9 % quantile, so that no single buyer decides",
        "RMSE on winsorised outcomes, with an interval",
    ),
    entry(
        Ltv,
        ("rmse_w_gain", "Gain over the mean"),
        (Number(4), More),
        "by how much that error is below the one of telling everybody the mean",
        "difference of the two, paired",
    ),
    entry(
        Ltv,
        ("mae", "Mean error"),
        (Number(4), Less),
        "by how much the prediction is off for a user, up or down",
        "mean of the absolute errors",
    ),
    entry(
        Ltv,
        ("spearman", "Rank correlation (Spearman)"),
        (Number(3), More),
        "how well the order of the predictions agrees with the order of what happened: 0 is none, 1 is the same",
        "Pearson's correlation of the ranks, ties averaged",
    ),
    entry(
        Ltv,
        ("gini", "Ranking (Gini)"),
        (Number(3), More),
        "how far up the ranking those who bought most stand: 0 is chance, 1 is the best order there is",
        "area between the cumulative gains and the diagonal, over that of the perfect order",
    ),
    entry(
        Ltv,
        ("total_predicted", "Sum predicted"),
        (Number(1), Neither),
        "all predictions for users kept aside together; beside what they did it tells whether the level is right",
        "sum of the predictions",
    ),
    entry(Ltv, ("total_actual", "Sum that came"), (Number(1), Neither), "what those users did together", "sum"),
    entry(
        Ltv,
        ("expected_total", "Expected in all"),
        (Number(1), Neither),
        "what all users together will do within the horizon",
        "sum of the predictions; the interval is widened by how far earlier sums were off",
    ),
    entry(
        Recommend,
        ("recall@#", "Hits (recall)"),
        (Share, More),
        "of the items that a user took up later, the share that stood among the first so many of the list",
        "hits / min(list, items taken up), mean over users, on days kept aside",
    ),
    entry(
        Recommend,
        ("hit_rate@#", "Users with a hit"),
        (Share, More),
        "the share of users who took up at least one of the first so many items",
        "users with a hit / users judged",
    ),
    entry(
        Recommend,
        ("ndcg@#", "Hits by place (NDCG)"),
        (Number(3), More),
        "hits, those at the top counting more: 1 is the best list there is, 0 one without a hit",
        "sum of 1 / log2(place + 1) over hits, over that of the best list (Järvelin and Kekäläinen 2002)",
    ),
    entry(
        Recommend,
        ("map@#", "Mean precision (MAP)"),
        (Number(3), More),
        "the precision at each hit, averaged over the user's items and over users",
        "mean average precision",
    ),
    entry(
        Recommend,
        ("recall@#_gain", "Hits beyond popularity"),
        (Points, More),
        "by how much the list hits more than popular items alone; where the interval holds 0 no gain is told",
        "paired difference",
    ),
    entry(
        Recommend,
        ("ndcg@#_gain", "Hits by place beyond popularity"),
        (Number(3), More),
        "the same, hits at the top counting more",
        "paired difference",
    ),
    entry(
        Recommend,
        ("coverage", "Items shown"),
        (Share, More),
        "the share of the shop's items that stand on anybody's list",
        "items on lists / items",
    ),
    entry(
        Recommend,
        ("unknown_share", "New items taken up"),
        (Share, Neither),
        "the share of what users took up later that no list could hold, because nobody knew the item before",
        "events with unknown items / events",
    ),
    entry(
        Recommend,
        ("repeat_share", "Bought again"),
        (Share, Neither),
        "the share of later purchases that were of items bought before",
        "repeats / purchases",
    ),
    entry(Recommend, ("test_users", "Users judged"), (Count, More), "on how many users the lists are judged", "count"),
    entry(
        Uplift,
        ("ate", "Effect on all"),
        (Points, More),
        "what the campaign adds to a user on average; where the interval holds 0 no effect is told",
        "treated less not treated, adjusted by the features where treatment was not random",
    ),
    entry(
        Uplift,
        ("qini", "Ranking (Qini)"),
        (Number(3), More),
        "how much better treating those of highest uplift first is than treating at random: 0 is chance",
        "area between the Qini curve and the random line, per treated user's effect (Radcliffe 2007)",
    ),
    entry(
        Uplift,
        ("qini_chance", "Qini by chance"),
        (Number(3), Neither),
        "how far from 0 the Qini of a ranking at random lies, as a standard deviation: within twice it nothing is told",
        "standard deviation over permutations",
    ),
    entry(
        Uplift,
        ("auuc", "Area under the uplift curve"),
        (Number(3), More),
        "what is gained on the way from the highest uplift to the lowest, over all shares treated",
        "area under the cumulative uplift",
    ),
    entry(
        Uplift,
        ("uplift@#", "Uplift of the best"),
        (Points, More),
        "the effect seen among the so many per cent of highest predicted uplift",
        "treated less not treated, among them",
    ),
    entry(
        Uplift,
        ("decile_error", "Error by decile"),
        (Points, Less),
        "how far predicted and seen uplift lie apart, decile by decile",
        "mean absolute difference over the deciles",
    ),
    entry(
        Uplift,
        ("true_effect_correlation", "Correlation with the truth"),
        (Number(3), More),
        "only of a simulated campaign: how well the uplift follows the effect that was planted",
        "Pearson's correlation",
    ),
    entry(
        Uplift,
        ("balance_smd", "Imbalance"),
        (Number(3), Less),
        "how much treated and not treated users differed before the campaign, in the feature in which they differ most",
        "standardised mean difference; above 0.1 counts as unbalanced (Austin 2009)",
    ),
    entry(
        Uplift,
        ("balance_z", "Imbalance beyond chance"),
        (Number(2), Less),
        "the same in standard errors of a random draw",
        "z of the largest difference",
    ),
    entry(
        Uplift,
        ("policy_value", "Value of the advised policy"),
        (Points, More),
        "what treating whom the model advises adds to a user on average",
        "doubly robust estimate on users kept aside",
    ),
    entry(
        Uplift,
        ("one_arm_value", "Value of treating all"),
        (Points, Neither),
        "what treating everybody with the best arm adds to a user on average",
        "doubly robust estimate on users kept aside",
    ),
    entry(
        Uplift,
        ("policy_gain", "Gain over treating all"),
        (Points, More),
        "by how much the advised policy is better than treating everybody; where the interval holds 0 no gain is told",
        "paired difference",
    ),
];
