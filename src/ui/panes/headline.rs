//! The line that sums a model up: how good it is, and what the threshold or the budget means.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::stage::StageId;
use crate::store::results::figures::Figure;
use crate::store::results::{Churn, Ltv, Recommend, Segments, Uplift};
use crate::store::{self, Drift, Recorded, Shown, at_a_glance, segment_profile};
use crate::ui::app::App;
use crate::ui::explain;
use crate::ui::pane::Pane;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Draws the line.
pub fn draw(app: &App, pane: Pane, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let words = match pane.stage() {
        Some(StageId::Segments) => segments(app),
        Some(StageId::Churn) => churn(app),
        Some(StageId::Ltv) => ltv(app),
        Some(StageId::Recommend) => recommendations(app),
        Some(StageId::Uplift) => persuadables(app),
        // Of a stage without words of its own its metrics are told.
        Some(stage) => at_a_glance_of(app, stage),
        None => Vec::new(),
    };
    // What matters most stands first; what does not fit is left out whole.
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    for (at, (role, words)) in words.into_iter().enumerate() {
        let between = if at > 0 { format!(" {} ", theme.glyphs.between) } else { String::new() };
        let width = text::width(&between) + text::width(&words);
        if used + width > usize::from(area.width) && at > 0 {
            break;
        }
        used += width;
        spans.push(Span::styled(between, theme.style(Role::Dim)));
        spans.extend(panel::numbers_bold(&words, theme.style(role), theme));
    }
    panel::lines(vec![Line::from(spans)], area, buffer);
}

type Words = Vec<(Role, String)>;

/// The metrics of a stage; none of them without a run.
fn metrics<S: Recorded>(app: &App) -> S::Metrics {
    app.run.as_ref().map(|run| run.info().metrics::<S>()).unwrap_or_default()
}

/// Words for metrics, those that the run has: the name, what it is called here, its value.
fn known<const N: usize>(app: &App, stage: StageId, metrics: [(&str, &str, Option<f64>); N]) -> Words {
    let known = metrics.into_iter().filter_map(|(name, words, value)| Some((name, words, value?)));
    known.map(|(name, words, value)| (Role::Dim, format!("{words} {}", number(app, stage, name, value)))).collect()
}

/// A number as its metric is shown.
fn number(app: &App, stage: StageId, name: &str, value: f64) -> String {
    let terms = &app.front.terms;
    let shown = store::metric(stage, name).map_or(Shown::Plain, |(entry, _)| terms.of_metric(entry, name));
    shown.number(value, &terms.currency)
}

/// A figure as its metric is shown, with its interval, or with what keeps it from telling anything.
fn told(app: &App, stage: StageId, name: &str, figure: Figure) -> String {
    let terms = &app.front.terms;
    let shown = store::metric(stage, name).map_or(Shown::Plain, |(entry, _)| terms.of_metric(entry, name));
    explain::with_interval(&figure, shown, &terms.currency)
}

fn at_a_glance_of(app: &App, stage: StageId) -> Words {
    let record = app.run.as_ref().and_then(|run| run.info().stage(stage));
    let metrics = record.map(at_a_glance).unwrap_or_default();
    let words = |name: &str, value| (Role::Dim, format!("{name} {}", number(app, stage, name, value)));
    metrics.into_iter().map(|(name, value)| words(name, value)).collect()
}

fn segments(app: &App) -> Words {
    let found = metrics::<Segments>(app);
    let of = |metrics| known(app, StageId::Segments, metrics);
    let mut words = of([("k", "k", found.k.map(f64::from)), ("silhouette", "silhouette", found.silhouette)]);
    words.extend(under_cursor(app));
    words.extend(known(app, StageId::Segments, [("inertia", "inertia", found.inertia)]));
    words.push((Role::Dim, "Enter shows the segment's users".to_owned()));
    words
}

/// What the name of the segment under the cursor means, and for whom it holds.
fn under_cursor(app: &App) -> Option<(Role, String)> {
    let name = app.grid_of(Pane::Segments).key_under_cursor()?;
    let profile = segment_profile(app.run.as_ref()?, &name)?;
    let words = match &profile.named {
        Some(named) => format!("{} of them: {}", format::percent(named.holds), named.meaning),
        None if profile.differences.is_empty() => return None,
        None => format!("no name holds: {}", profile.differences.join(", ")),
    };
    Some((Role::Text, text::clean(&words)))
}

fn churn(app: &App) -> Words {
    let mut words = Vec::new();
    let threshold = app.threshold as f64 / 100.0;
    let reached = match &app.summary {
        Some(Ok(summary)) => {
            summary.churn_at_least.get(app.threshold).map(|users| (*users, summary.churn_is_of_active))
        }
        _ => None,
    };
    if let Some((users, of_active)) = reached {
        let whom = format::counted(users, if of_active { "active users" } else { "users" });
        words.push((Role::Number, format!("threshold {} %: {whom}", app.threshold)));
    }
    let found = metrics::<Churn>(app);
    let figure = |name: &str, word: &str| {
        let (figure, whom) = found.headline(name)?;
        let whom = if name == "auc" && whom == "active" { "active users: " } else { "" };
        Some((
            if figure.enough { Role::Text } else { Role::Warn },
            format!("{whom}{word} {}", told(app, StageId::Churn, name, figure)),
        ))
    };
    words.extend(figure("auc", "AUC"));
    words.extend(drift(&found.drifted));
    let detail = app.run.as_ref().map(|run| run.info().detail::<Churn>()).unwrap_or_default();
    if let Some(step) = detail.thresholds().iter().find(|step| (step.threshold - threshold).abs() < 1e-6) {
        let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), format::percent);
        let (precision, recall) = (share(step.precision), share(step.recall));
        words.push((Role::Text, format!("precision {precision}, recall {recall}")));
    }
    if detail.is_of_return() {
        words.push((Role::Warn, "nearly all leave: who comes back stands first".to_owned()));
    }
    let others = [("auc_recency", "of recency alone"), ("base_rate", "base rate"), ("brier", "Brier")];
    words.extend(others.into_iter().filter_map(|(name, word)| figure(name, word)));
    if let Some(days) = found.figures.get("inactive_days") {
        words.push((Role::Dim, format!("gone after {} days", format::number(days.value))));
    }
    if let Some(returned) = found.figures.get("returned") {
        let role = if returned.enough { Role::Dim } else { Role::Warn };
        words.push((role, format!("of those once called gone {} came back", format::percent(returned.value))));
    }
    words
}

/// The mark of scores whose features have drifted: the strongest, and how many more.
fn drift(drifted: &[Drift]) -> Option<(Role, String)> {
    let strongest = drifted.first()?;
    let more = if drifted.len() > 1 { format!(" and {} more", drifted.len() - 1) } else { String::new() };
    let index = format::number(strongest.index);
    Some((Role::Warn, format!("drift: {} {index}{more}", text::clean(&strongest.feature))))
}

fn ltv(app: &App) -> Words {
    let metrics = metrics::<Ltv>(app);
    let found = metrics.figures;
    let named = [
        ("gini", "held-out Gini"),
        ("rmse", "RMSE"),
        ("rmse_mean", "of the mean"),
        ("spearman", "Spearman"),
        ("mae", "MAE"),
        ("revenue_gini", "revenue: Gini"),
        ("revenue_rmse", "RMSE"),
        ("revenue_rmse_mean", "of the mean"),
    ];
    let words = named.into_iter().filter_map(|(name, words)| Some((name, words, found.get(name)?)));
    let mut words: Words = words
        .map(|(name, words, figure)| {
            let role = if figure.enough { Role::Dim } else { Role::Warn };
            (role, format!("{words} {}", told(app, StageId::Ltv, name, figure)))
        })
        .collect();
    if let (Some(predicted), Some(seen)) = (found.get("total_predicted"), found.get("total_actual")) {
        let [predicted, seen] = [predicted, seen].map(|sum| number(app, StageId::Ltv, "total_predicted", sum.value));
        words.insert(words.len().min(1), (Role::Dim, format!("in all {predicted} predicted, {seen} seen")));
    }
    if let Some(mark) = drift(&metrics.drifted) {
        words.insert(words.len().min(1), mark);
    }
    words
}

fn recommendations(app: &App) -> Words {
    let found = metrics::<Recommend>(app);
    let pair = |name: &str| {
        let (ours, popular) = (found.figures.get(name)?, found.figures.get(&format!("popularity_{name}"))?);
        let role = if ours.enough { Role::Text } else { Role::Warn };
        let popular = number(app, StageId::Recommend, name, popular.value);
        Some((role, format!("{name} {} (popularity {popular})", told(app, StageId::Recommend, name, ours))))
    };
    let mut words: Words = ["recall@5", "recall@20"].into_iter().filter_map(pair).collect();
    words.extend(found.figures.get("buy_again_ndcg@5").zip(found.figures.get("buy_again_frequency_ndcg@5")).map(
        |(ours, plain)| {
            let role = if ours.enough { Role::Text } else { Role::Warn };
            let ours = told(app, StageId::Recommend, "buy_again_ndcg@5", ours);
            let plain = number(app, StageId::Recommend, "buy_again_ndcg@5", plain.value);
            (role, format!("buy again ndcg@5 {ours} (often and recently {plain})"))
        },
    ));
    words.extend(known(
        app,
        StageId::Recommend,
        [
            ("test_users", "test users", found.test_users.map(|users| users as f64)),
            ("coverage", "coverage", found.value("coverage")),
        ],
    ));
    words
}

fn persuadables(app: &App) -> Words {
    let mut words = Vec::new();
    if app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated()) {
        words.push((Role::Warn, "simulated".to_owned()));
    }
    let detail = app.run.as_ref().map(|run| run.info().detail::<Uplift>()).unwrap_or_default();
    // Of several arms the figures are of one, whose name they bear.
    let of_arm = match detail.arms.as_slice() {
        [first, _, ..] => format!(" of {}", text::clean(&first.arm)),
        _ => String::new(),
    };
    let judged = detail.evaluation.unwrap_or_default();
    // What does not fit the line is dropped at its end, so what to do comes first.
    if let Some(policies) = &detail.policies {
        let nothing = if policies.may_bring_nothing() { ", which may bring nothing" } else { "" };
        words.push((Role::Text, format!("advised: {}{nothing}", policies.advised())));
    }
    let mut least = None;
    if let (Some(Ok(summary)), Some(place)) = (&app.summary, app.budget_place()) {
        let budget = summary.budgets[place];
        let terms = &app.front.terms;
        let money = |amount: f64| Shown::Money.number(amount, &terms.currency);
        let extra = if terms.of_money { money(budget.extra) } else { Shown::Count.number(budget.extra.round(), "") };
        let users = format::counted(budget.users, "users");
        let cost =
            terms.contact_cost.map_or_else(String::new, |cost| format!(" for {}", money(cost * budget.users as f64)));
        let net = budget.net.map_or_else(String::new, |net| format!(", net {}", money(net)));
        words.push((Role::Number, format!("budget {users}{cost}: {extra} extra {}{net}", judged.outcome.counted())));
        let worth = if budget.net.is_some() { "net" } else { "uplift" };
        let each =
            if budget.net.is_some() { Shown::Gain } else { terms.shown("users", "uplift").unwrap_or(Shown::Plain) };
        least = Some((Role::Text, format!("{worth} at least {}", each.number(budget.least, &terms.currency))));
    }
    if judged.differs() == Some(false) {
        words.push((Role::Warn, "no difference between users found".to_owned()));
    }
    if judged.random == Some(false) {
        words.push((Role::Warn, "treatment was not random".to_owned()));
    }
    let of = |name: &str, value: f64| number(app, StageId::Uplift, name, value);
    let between = |name: &str, low: Option<f64>, high: Option<f64>| match low.zip(high) {
        Some((low, high)) => format!(" ({} to {})", of(name, low), of(name, high)),
        None => String::new(),
    };
    let found = metrics::<Uplift>(app);
    let qini = format!("Qini{of_arm}");
    words.extend(known(app, StageId::Uplift, [("qini", qini.as_str(), found.qini)]).into_iter().map(|(role, qini)| {
        let chance = judged.qini_by_chance.map(|chance| format!(", at random ±{}", of("qini_chance", 2.0 * chance)));
        (role, qini + &between("qini", found.qini_low, found.qini_high) + &chance.unwrap_or_default())
    }));
    let interval = between("ate", found.ate_low, found.ate_high);
    let effect = format!("effect{of_arm} on all");
    let effect = known(app, StageId::Uplift, [("ate", effect.as_str(), found.ate)]);
    words.extend(effect.into_iter().map(|(role, effect)| (role, effect + &interval)));
    words.extend(least);
    words
}
