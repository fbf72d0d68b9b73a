//! What each model says and how sure it is, in sentences. What is no better than chance is not told as an answer.

use crate::cli::report::content::source::{Source, number_of};
use crate::cli::report::page::Block;
use crate::format::{counted, number, percent, thousands};
use crate::stage::StageId;
use crate::store::results::{Churn, Ltv, Recommend, Segments, Uplift};
use crate::store::{Backtest, Drift, Figure, Shown, StageRecord, feature_label};
use crate::zone::ShopZone;

/// What is said of a number whose interval is too wide.
const UNCERTAIN: &str = "too uncertain to plan with";
/// An interval is too wide where its high end is more than so many times its low end.
const WIDE: f64 = 5.0;

/// The sentences, the first of which says it all: it leads, unless what it says is too uncertain.
pub fn of(source: &Source<'_>, record: &StageRecord) -> Vec<Block> {
    let said = match record.id {
        StageId::Ingest | StageId::Features => Vec::new(),
        StageId::Segments => segments(source, record),
        StageId::Churn => churn(source, record),
        StageId::Ltv => ltv(source, record),
        StageId::Recommend => recommend(source, record),
        StageId::Uplift => uplift(source, record),
    };
    let block = |(at, words): (usize, String)| {
        if at == 0 && !words.contains(UNCERTAIN) { Block::Lead(words) } else { Block::Words(words) }
    };
    said.into_iter().enumerate().map(block).collect()
}

fn segments(source: &Source<'_>, record: &StageRecord) -> Vec<String> {
    let (metrics, profiles) = (record.metrics_of::<Segments>(), record.detail_of::<Segments>().profiles);
    let mut said = Vec::new();
    if let Some(largest) = profiles.first() {
        said.push(format!(
            "{} fall into {}; the largest, {}, holds {}.",
            counted(source.info.users, "customers"),
            counted(profiles.len() as u64, "segments"),
            largest.name,
            percent(largest.share)
        ));
    }
    let holds = profiles.iter().filter_map(|profile| profile.named.as_ref()).map(|named| named.holds);
    let least = holds.clone().fold(f64::INFINITY, f64::min);
    if least.is_finite() {
        let named = holds.count();
        let apart = metrics.silhouette.map_or_else(String::new, |silhouette| {
            format!(" They are apart by a silhouette of {silhouette:.2}, where 1 is wholly apart and 0 is between two.")
        });
        said.push(format!(
            "A name holds for at least {} of its segment ({named} of {} have one); borders are drawn by the algorithm, and who is \
             near one could as well be in the next.{apart}",
            percent(least),
            profiles.len()
        ));
    }
    said
}

fn churn(source: &Source<'_>, record: &StageRecord) -> Vec<String> {
    let (metrics, detail) = (record.metrics_of::<Churn>(), record.detail_of::<Churn>());
    let figures = &metrics.figures;
    let days = detail.inactive_days.map_or_else(|| "some".to_owned(), number);
    let mut said = Vec::new();
    let risk = source.front.and_then(|front| front.at_risk.value);
    let expected = figures.get("expected_leaving");
    match (risk, expected) {
        (_, Some(total)) => said.push(match wide(&rounded(total), number_of) {
            Some(between) => {
                format!("Of the active, {between} are expected to leave: not to be seen for {days} days ({UNCERTAIN}).")
            }
            None => format!(
                "Of the active, {} are expected to leave: not to be seen for {days} days.{}",
                source.told(&rounded(total), Shown::Count),
                interval_missing(&total)
            ),
        }),
        (Some(risk), None) => {
            said.push(format!("{} of {} active are likely to leave.", thousands(risk.users), thousands(risk.active)));
        }
        (None, None) => {}
    }
    if let Some((auc, whom)) = metrics.headline("auc") {
        let users = if whom == "active" { "active users" } else { "users" };
        let recency = metrics.headline("auc_recency").map_or_else(String::new, |(recency, _)| {
            format!("; the time since the last visit alone does so in {}", percent(recency.value))
        });
        said.push(match verdict(&auc, 0.5) {
            Verdict::TooFew => format!("Too few of the {users} kept aside left, or stayed, to tell how good the ranking is."),
            Verdict::Chance => format!(
                "Among {users} kept aside the ranking is no better than chance ({}): who will leave is not told apart.",
                source.told(&auc, Shown::Share)
            ),
            Verdict::Told => format!(
                "Among {users} kept aside, of one who left and one who stayed it ranks the one who left higher in {}{recency}.",
                source.told(&auc, Shown::Share)
            ),
        });
    }
    if detail.is_of_return() {
        said.push("Nearly all leave, so the ranking is that of who comes back.".to_owned());
    }
    if let Some(returned) = figures.get("returned") {
        said.push(format!("Of those once called gone, {} came back later.", source.told(&returned, Shown::Share)));
    }
    said.extend(across_time(&metrics.backtests, &source.terms.zone, "leaving", |value| number_of(value.round())));
    said.extend(drifted(&metrics.drifted));
    said
}

fn ltv(source: &Source<'_>, record: &StageRecord) -> Vec<String> {
    let metrics = record.metrics_of::<Ltv>();
    let mut said = Vec::new();
    if let Some(total) = metrics.figures.get("expected_total").map(rounded) {
        let worth = metrics.figures.get("revenue_expected_total");
        // Money that is too uncertain does not stand in the sentence that leads.
        let between = worth.and_then(|worth| wide(&worth, |value| source.money(value)));
        let revenue = worth.filter(|_| between.is_none()).map_or_else(String::new, |worth| {
            let money = match (worth.low, worth.high) {
                (Some(low), Some(high)) => format!(" ({} to {})", source.money(low), source.money(high)),
                _ => String::new(),
            };
            format!(", worth {}{money}", source.money(worth.value))
        });
        let (count, after) = match wide(&total, number_of) {
            Some(count) => (count, format!(" ({UNCERTAIN}).")),
            None => (source.told(&total, Shown::Count), format!(".{}", interval_missing(&total))),
        };
        said.push(source.terms.filled(&format!(
            "In the next {{horizon}} days {count} purchases are expected of all customers{revenue}{after}"
        )));
        said.extend(between.map(|between| format!("They are worth {between} ({UNCERTAIN}).")));
    }
    for (name, of) in [("gini", "purchases"), ("revenue_gini", "revenue")] {
        let Some(gini) = metrics.figures.get(name) else { continue };
        let told = source.told(&gini, Shown::Number(2));
        said.push(match verdict(&gini, 0.0) {
            Verdict::TooFew => format!("Too few bought, of those kept aside, to tell how good the ranking by {of} is."),
            Verdict::Chance => {
                format!("The ranking by {of} is no better than chance among users kept aside: Gini {told}.")
            }
            Verdict::Told => {
                format!("The ranking by {of} has a Gini of {told} among users kept aside: 0 is chance, 1 perfect.")
            }
        });
    }
    said.extend(across_time(&metrics.backtests, &source.terms.zone, "purchases", |value| number_of(value.round())));
    said.extend(across_time(&metrics.revenue_backtests, &source.terms.zone, "revenue", |value| source.money(value)));
    said.extend(drifted(&metrics.drifted));
    said
}

fn recommend(source: &Source<'_>, record: &StageRecord) -> Vec<String> {
    let metrics = record.metrics_of::<Recommend>();
    let mut said = Vec::new();
    let figures = &metrics.figures;
    if let (Some(ours), Some(popular)) = (figures.get("recall@5"), figures.get("popularity_recall@5")) {
        let (told, beside) = (source.told(&ours, Shown::Share), source.told(&popular, Shown::Share));
        let gain = figures.get("recall@5_gain");
        let verdict = match gain.map_or(Verdict::TooFew, |gain| self::verdict(&gain, 0.0)) {
            Verdict::TooFew => "too few to tell which is better",
            Verdict::Chance => "no better than the popular items, beyond chance",
            Verdict::Told => "better than the popular items beyond chance",
        };
        said.push(format!(
            "Of the items that users took up later, {told} stood among the five offered to them; of the five most popular items {beside}: \
             {verdict}."
        ));
    } else {
        said.push("Every customer has a list; the log is too short to tell how good the lists are.".to_owned());
    }
    if let Some(users) = metrics.test_users {
        said.push(format!("Judged on {} who wanted an item in the log's last days.", counted(users, "users")));
    }
    if let (Some(ours), Some(plain)) = (figures.get("buy_again_ndcg@5"), figures.get("buy_again_frequency_ndcg@5")) {
        let shown = Shown::Number(3);
        said.push(format!(
            "What is bought again is foretold with an NDCG of {}, by how often and how lately it was bought alone with {}.",
            source.told(&ours, shown),
            source.told(&plain, shown)
        ));
    }
    said
}

fn uplift(source: &Source<'_>, record: &StageRecord) -> Vec<String> {
    let (metrics, detail) = (record.metrics_of::<Uplift>(), record.detail_of::<Uplift>());
    let mut said = Vec::new();
    if metrics.simulated == Some(true) {
        said.push(
            "No campaign was given, so one was made up to show what would be told: nothing here is an effect of anything that was done."
                .to_owned(),
        );
    } else if let Some(policies) = &detail.policies {
        let nothing = if policies.may_bring_nothing() { ", which may bring nothing: its interval holds 0" } else { "" };
        said.push(format!("Advised: {}{nothing}.", policies.advised()));
    }
    let judged = detail.evaluation.unwrap_or_default();
    let of_arm = match detail.arms.as_slice() {
        [first, _, ..] => format!(" of {}", first.arm),
        _ => String::new(),
    };
    let effect = if metrics.simulated == Some(true) { "simulated effect" } else { "effect" };
    let shown = if source.terms.of_money { Shown::Gain } else { Shown::Points };
    if let (Some(ate), Some(low), Some(high)) = (metrics.ate, metrics.ate_low, metrics.ate_high) {
        let told =
            source.told(&Figure { value: ate, low: Some(low), high: Some(high), rough: false, enough: true }, shown);
        let chance = if low <= 0.0 && high >= 0.0 { ", which may be chance" } else { "" };
        said.push(format!("The {effect}{of_arm} on all who were treated was {told}{chance}."));
    }
    if judged.enough == Some(false) {
        said.push("Too few outcomes to tell: fewer than 50 in an arm.".to_owned());
    }
    if judged.differs() == Some(false) {
        said.push("No difference between users was found: everyone has the average effect.".to_owned());
    } else if let (Some(qini), Some(chance)) = (judged.qini, judged.qini_by_chance) {
        let beyond = if qini.abs() < 2.0 * chance { "which may be chance" } else { "beyond chance" };
        said.push(format!(
            "Ranked by uplift{of_arm}, users kept aside give a Qini of {qini:.3}, {beyond}: rankings at random vary by {chance:.3}."
        ));
    }
    if judged.random == Some(false) {
        said.push(
            "Treatment was not given at random: effects hold only as far as the features explain who was treated."
                .to_owned(),
        );
    }
    if detail.arms.len() > 1 {
        let arms: Vec<&str> = detail.arms.iter().map(|arm| arm.arm.as_str()).collect();
        said.push(format!("Arms: {}; figures and charts are of the first, unless they name another.", arms.join(", ")));
    }
    said
}

/// Whether a figure tells anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    TooFew,
    Chance,
    Told,
}

/// Above `chance` beyond the interval; a figure without one is told by its value.
fn verdict(figure: &Figure, chance: f64) -> Verdict {
    if !figure.enough {
        return Verdict::TooFew;
    }
    if figure.low.unwrap_or(figure.value) > chance { Verdict::Told } else { Verdict::Chance }
}

/// A total of at least ten, to whole numbers.
fn rounded(total: Figure) -> Figure {
    let round = |value: f64| if total.value.abs() >= 10.0 { value.round() } else { value };
    Figure { value: round(total.value), low: total.low.map(round), high: total.high.map(round), ..total }
}

/// Between which numbers a total lies whose interval is too wide to plan with; `None` for any other.
fn wide(total: &Figure, words: impl Fn(f64) -> String) -> Option<String> {
    let (low, high) = (total.low?, total.high?);
    (total.enough && high > WIDE * low.max(0.0))
        .then(|| format!("somewhere between {} and {}", words(low), words(high)))
}

/// Why a total has no interval.
fn interval_missing(total: &Figure) -> &'static str {
    if total.low.is_some() { "" } else { " It has no interval: too few earlier periods were seen." }
}

/// What was foretold at earlier dates and what came.
fn across_time(backtests: &[Backtest], zone: &ShopZone, what: &str, words: impl Fn(f64) -> String) -> Option<String> {
    let one = |backtest: &Backtest| {
        format!(
            "{} foretold {}, came {}",
            zone.told(backtest.cutoff, "%-d %B %Y"),
            words(backtest.predicted),
            words(backtest.actual)
        )
    };
    let told: Vec<String> = backtests.iter().map(one).collect();
    (!told.is_empty())
        .then(|| format!("Tried at {}, {what}: {}.", counted(told.len() as u64, "earlier dates"), told.join("; ")))
}

fn drifted(found: &[Drift]) -> Option<String> {
    const NAMED: usize = 3;
    let names: Vec<String> = found.iter().take(NAMED).map(|drift| feature_label(&drift.feature)).collect();
    let more = found.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty())
        .then(|| format!("Take care: users are unlike those that the model learnt from ({}{more}).", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_chance_is_not_told_as_an_answer() {
        let figure = |value, low, enough| Figure { value, low, high: None, rough: false, enough };
        assert_eq!(verdict(&figure(0.7, Some(0.6), true), 0.5), Verdict::Told);
        assert_eq!(verdict(&figure(0.6, Some(0.48), true), 0.5), Verdict::Chance);
        assert_eq!(verdict(&figure(0.9, Some(0.8), false), 0.5), Verdict::TooFew);
        assert_eq!(verdict(&figure(0.6, None, true), 0.5), Verdict::Told);
        let backtest = |predicted| Backtest { cutoff: 0, users: 9, predicted, actual: 10.0, ranking: None };
        assert_eq!(
            across_time(&[backtest(8.0), backtest(12.0)], &ShopZone::default(), "leaving", number_of).as_deref(),
            Some(
                "Tried at 2 earlier dates, leaving: 1 January 1970 foretold 8, came 10; 1 January 1970 foretold 12, came 10."
            )
        );
    }

    #[test]
    fn a_wide_interval_is_told_as_too_wide() {
        let total =
            |low, high| Figure { value: 11_250.0, low: Some(low), high: Some(high), rough: false, enough: true };
        let told = |low, high| wide(&total(low, high), number_of);
        assert_eq!(told(1_238.0, 102_212.0).as_deref(), Some("somewhere between 1,238 and 102,212"));
        assert_eq!(told(0.0, 12.0).as_deref(), Some("somewhere between 0 and 12"));
        assert_eq!((told(9_000.0, 14_000.0), told(0.0, 0.0)), (None, None));
    }
}
