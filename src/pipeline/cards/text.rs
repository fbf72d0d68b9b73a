//! What the card of each model says beside its figures.

use crate::config::Config;
use crate::features::Drift;
use crate::format::{self, thousands};
use crate::models::evaluate::Backtest;
use crate::models::gbt::Loss;
use crate::pipeline::cards::About;
use crate::pipeline::source::Inputs;
use crate::stage::StageId;
use crate::store::StageRecord;
use crate::store::results::{Churn, Ltv, Recommend, Segments, Uplift};
use crate::zone::ShopZone;

/// What a card is written from.
pub(super) struct Text<'a> {
    pub record: &'a StageRecord,
    pub inputs: Inputs<'a>,
    pub config: &'a Config,
}

/// What is told of a stage's model; `None` of a stage without one.
pub(super) fn about(text: &Text<'_>) -> Option<About> {
    match text.record.id {
        StageId::Ingest | StageId::Features => None,
        StageId::Segments => Some(segments(text)),
        StageId::Churn => Some(churn(text)),
        StageId::Ltv => Some(ltv(text)),
        StageId::Recommend => Some(recommend(text)),
        StageId::Uplift => Some(uplift(text)),
    }
}

impl Text<'_> {
    /// Who is served, and as of when.
    fn served(&self) -> String {
        let users = thousands(self.inputs.now.len() as u64);
        format!(
            "Served: every one of {users} users, by their features as of {}.",
            self.inputs.log.zone.date(self.inputs.log.as_of)
        )
    }
}

fn segments(text: &Text<'_>) -> About {
    let detail = text.record.detail_of::<Segments>();
    let settings = &text.config.segments;
    let sample = detail.sample.map(|users| {
        format!(
            "Starts were sought, and k was scanned, on a sample of {} users; every user is in a segment.",
            thousands(users as u64)
        )
    });
    About {
        title: "Segments: who behaves alike",
        purpose: "Groups users by what they did. A segment describes; it predicts nothing.".to_owned(),
        population: vec![text.served()],
        choice: std::iter::once(format!(
            "K-Means on {}, after log1p, clipped at {} standard deviations; of up to {} starts the one with the least inertia.",
            settings.features.join(", "),
            format::number(settings.reach),
            settings.restarts
        ))
        .chain(sample)
        .collect(),
        limits: vec![
            "Borders between segments are drawn by the algorithm: users near one could as well be in the next.".to_owned(),
            "A name is given where all of it holds at once for at least 80 % of the segment and for 1.5 times the share of everyone else; it need not hold for every member.".to_owned(),
        ],
    }
}

fn churn(text: &Text<'_>) -> About {
    let (metrics, detail) = (text.record.metrics_of::<Churn>(), text.record.detail_of::<Churn>());
    let days = detail.inactive_days.unwrap_or_default();
    let judged = detail.evaluation.as_ref();
    let mut population = Vec::new();
    if let Some(cutoff) = detail.cutoff {
        population.push(format!(
            "Learnt and judged on users known on {}, by their features as of then; the label is whether they had no event in the {} days after it.",
            text.inputs.log.zone.date(cutoff),
            format::number(days)
        ));
    }
    for (whom, of) in [("all", judged.map(|it| &it.all)), ("active at that time", judged.map(|it| &it.active))] {
        if let Some(of) = of.and_then(Option::as_ref) {
            let (users, left) = (thousands(of.users as u64), thousands(of.left as u64));
            population
                .push(format!("Judged, {whom}: {users} users that the judging model never saw, of whom {left} left."));
        }
    }
    population.push(text.served());
    let mut choice = vec!["Logistic regression; counts, times and money by their logarithms, what is unknown by the training median and a column of its own.".to_owned()];
    choice.extend(detail.l2.map(|l2| {
        format!("L2 penalty {}, chosen among training users unless the settings name one.", format::number(l2))
    }));
    choice.push(
        "What is served was fitted again on everyone after it was judged, or on as many as run.fit_users allows."
            .to_owned(),
    );
    let mut limits = vec!["A probability is of silence for that many days, not of leaving for good: see the share of those once called gone who came back.".to_owned()];
    let of_active = metrics.headline("auc");
    if of_active.is_some_and(|(auc, _)| !auc.enough) {
        limits.push("Too few users left or stayed to tell how good the ranking is.".to_owned());
    }
    limits.extend(drifted(&metrics.drifted));
    limits.extend(across_time(&metrics.backtests, &text.inputs.log.zone));
    About {
        title: "Churn: who will leave",
        purpose: format!("For every user the probability of no event in the next {} days.", format::number(days)),
        population,
        choice,
        limits,
    }
}

fn ltv(text: &Text<'_>) -> About {
    let (metrics, detail) = (text.record.metrics_of::<Ltv>(), text.record.detail_of::<Ltv>());
    let horizon = format::number(text.config.ltv.horizon_days);
    let mut population = Vec::new();
    if let Some(cutoff) = detail.cutoff {
        population.push(format!(
            "Learnt and judged on users known on {}, by their features as of then; the label is what they bought in the {horizon} days after it.",
            text.inputs.log.zone.date(cutoff)
        ));
    }
    let mut choice = Vec::new();
    for (of, found) in [("Purchases", detail.evaluation.as_ref()), ("Revenue", detail.revenue.as_ref())] {
        let Some(found) = found else { continue };
        let (learnt, held) = (thousands(found.train_rows as u64), thousands(found.test_rows as u64));
        population.push(format!(
            "{of}: learnt from at most {learnt} users, judged on {held} that the judging model never saw."
        ));
        choice.push(match found.trees {
            0 => format!("{of}: the mean of the training users serves for everybody; nothing else was better on validation users."),
            trees => format!(
                "{of}: {trees} boosted trees of depth {} at most, fitted by {}; what they predict is drawn towards the mean by {}.",
                found.depth,
                loss(found.objective),
                format::percent(1.0 - found.shrinkage)
            ),
        });
    }
    population.push(text.served());
    choice.extend(detail.season.map(|season| {
        format!("Everything is multiplied by {season:.2}, last year's ratio of these days to those before.")
    }));
    let mut limits = drifted(&metrics.drifted);
    limits.extend(across_time(&metrics.backtests, &text.inputs.log.zone));
    limits
        .push("Predictions rank better than they add up: the level of a season to come is not in the log.".to_owned());
    About {
        title: "LTV: who will buy, and for how much",
        purpose: format!(
            "For every user the purchases, and where prices are known the revenue, expected in the next {horizon} days."
        ),
        population,
        choice,
        limits,
    }
}

fn loss(of: Loss) -> &'static str {
    match of {
        Loss::SquaredError => "the squared error",
        Loss::Poisson => "the Poisson deviance",
        Loss::Tweedie => "the Tweedie deviance",
    }
}

fn recommend(text: &Text<'_>) -> About {
    let detail = text.record.detail_of::<Recommend>();
    let metrics = text.record.metrics_of::<Recommend>();
    let mut population = vec![text.served()];
    population.extend(metrics.test_users.map(|users| {
        format!(
            "Judged on {} users who wanted an item in the log's last days, by a model of the days before.",
            thousands(users)
        )
    }));
    let mut choice: Vec<String> =
        detail.picked.iter().map(|picked| format!("Served: {}.", picked.describe())).collect();
    let tried = |tried: &crate::models::recommend::Tried| match tried.ndcg {
        Some(ndcg) => format!("{}: NDCG@5 {}", tried.model, format::number(ndcg)),
        None => format!("{}: recall {}", tried.model, format::number(tried.recall)),
    };
    if !detail.tried.is_empty() {
        let tried: Vec<String> = detail.tried.iter().map(tried).collect();
        choice.push(format!("Tried on days before those that judge: {}.", tried.join("; ")));
    }
    About {
        title: "Recommendations: what to offer to whom",
        purpose: "For every user items not known to the user yet, and for every item those most like it.".to_owned(),
        population,
        choice,
        limits: vec![
            "What users were shown decides what they could touch: an item never shown is never found right.".to_owned(),
            "A score ranks items of one user; scores of different users do not compare.".to_owned(),
        ],
    }
}

fn uplift(text: &Text<'_>) -> About {
    let metrics = text.record.metrics_of::<Uplift>();
    let detail = text.record.detail_of::<Uplift>();
    let simulated = metrics.simulated == Some(true);
    let mut choice = vec!["Two random forests, one of the treated and one of the others; the difference of what they predict, calibrated on users that they did not see.".to_owned()];
    if metrics.differs == Some(false) {
        choice.push("No difference between users was found: everyone's uplift is the average effect.".to_owned());
    }
    let arms: Vec<&str> = detail.arms.iter().map(|arm| arm.arm.as_str()).collect();
    if arms.len() > 1 {
        choice.push(format!("Arms: {}; the figures are of the first.", arms.join(", ")));
    }
    let limits = match (simulated, metrics.random) {
        (true, _) => "The campaign is simulated: nothing here is an effect of anything that was done.".to_owned(),
        (_, Some(false)) => {
            "Treatment was not given at random: effects hold only as far as the features explain who was treated."
                .to_owned()
        }
        _ => "What is seen holds for this campaign, its offer and its season.".to_owned(),
    };
    About {
        title: "Uplift: whom a campaign would win",
        purpose: "For every user what treating adds to the chance, or the amount, of the outcome.".to_owned(),
        population: vec![text.served()],
        choice,
        limits: vec![limits],
    }
}

fn drifted(found: &[Drift]) -> Vec<String> {
    let named: Vec<String> =
        found.iter().map(|drift| format!("{} ({})", drift.feature, format::number(drift.index))).collect();
    let told = format!(
        "Drift: users now are unlike those that the model learnt from, by the population stability index above 0.25 in {}.",
        named.join(", ")
    );
    if named.is_empty() { Vec::new() } else { vec![told] }
}

fn across_time(backtests: &[Backtest], zone: &ShopZone) -> Vec<String> {
    let one = |backtest: &Backtest| {
        let (predicted, actual) = (format::number(backtest.predicted), format::number(backtest.actual));
        format!("{}: predicted {predicted}, came {actual}", zone.date(backtest.cutoff))
    };
    let told: Vec<String> = backtests.iter().map(one).collect();
    let told = told.join("; ");
    vec![if told.is_empty() {
        "The log is too short for an earlier cutoff: one period was seen, and totals have no interval.".to_owned()
    } else {
        format!("At earlier cutoffs: {told}.")
    }]
}
