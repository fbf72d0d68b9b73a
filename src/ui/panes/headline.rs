//! The line that sums a model up: how good it is, and what the threshold or the budget means.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use serde_json::Value;

use crate::format;
use crate::stage::StageId;
use crate::ui::app::App;
use crate::ui::pane::Pane;
use crate::ui::theme::Role;
use crate::ui::widgets::{panel, text};

/// Draws the line.
pub fn draw(app: &App, pane: Pane, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let words = match pane {
        Pane::Segments => segments(app),
        Pane::Churn => churn(app),
        Pane::Ltv => ltv(app),
        Pane::Recommendations => recommendations(app),
        Pane::Persuadables => persuadables(app),
        Pane::Overview | Pane::Users | Pane::Sql => Vec::new(),
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
        spans.push(Span::styled(words, theme.style(role)));
    }
    panel::lines(vec![Line::from(spans)], area, buffer);
}

type Words = Vec<(Role, String)>;

fn metric(app: &App, stage: StageId, name: &str) -> Option<f64> {
    app.run.as_ref()?.info().stage(stage)?.metrics.get(name)?.as_f64()
}

/// Metrics with their names, those that the run has.
fn metrics(app: &App, stage: StageId, names: &[(&str, &str)]) -> Words {
    let known = names.iter().filter_map(|(name, words)| Some((words, metric(app, stage, name)?)));
    known.map(|(words, value)| (Role::Dim, format!("{words} {}", format::number(value)))).collect()
}

fn segments(app: &App) -> Words {
    let mut words =
        metrics(app, StageId::Segments, &[("k", "k"), ("silhouette", "silhouette"), ("inertia", "inertia")]);
    words.push((Role::Dim, "Enter shows the segment's users".to_owned()));
    words
}

fn churn(app: &App) -> Words {
    let mut words = Vec::new();
    let threshold = app.threshold as f64 / 100.0;
    let reached = match &app.summary {
        Some(Ok(summary)) => summary.churn_at_least.get(app.threshold).map(|users| format::thousands(*users)),
        _ => None,
    };
    if let Some(users) = reached {
        words.push((Role::Header, format!("threshold {threshold:.2}: {users} users")));
    }
    let detail = app.run.as_ref().and_then(|run| run.info().stage(StageId::Churn)).map(|stage| &stage.detail);
    let tested = detail.and_then(|detail| detail.pointer("/evaluation/thresholds")).and_then(Value::as_array);
    let step = tested.and_then(|steps| {
        let at = |step: &&Value| {
            step.get("threshold").and_then(Value::as_f64).is_some_and(|at| (at - threshold).abs() < 1e-6)
        };
        steps.iter().find(at)
    });
    if let Some(step) = step {
        let share = |name: &str| {
            step.get(name).and_then(Value::as_f64).map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
        };
        words.push((Role::Text, format!("held out precision {}, recall {}", share("precision"), share("recall"))));
    }
    words.extend(metrics(app, StageId::Churn, &[("auc", "AUC"), ("base_rate", "base rate"), ("brier", "Brier")]));
    words
}

fn ltv(app: &App) -> Words {
    let names = [
        ("rmse", "held-out RMSE"),
        ("rmse_mean", "of the mean"),
        ("gini", "Gini"),
        ("spearman", "Spearman"),
        ("mae", "MAE"),
        ("revenue_rmse", "revenue: RMSE"),
        ("revenue_rmse_mean", "of the mean"),
        ("revenue_gini", "Gini"),
    ];
    metrics(app, StageId::Ltv, &names)
}

fn recommendations(app: &App) -> Words {
    let pair = |k: &str| {
        let ours = metric(app, StageId::Recommend, &format!("recall@{k}"))?;
        let popular = metric(app, StageId::Recommend, &format!("popularity_recall@{k}"))?;
        Some((Role::Text, format!("recall@{k} {} (popularity {})", format::number(ours), format::number(popular))))
    };
    let mut words: Words = ["5", "20"].into_iter().filter_map(pair).collect();
    words.extend(metrics(app, StageId::Recommend, &[("test_users", "test users"), ("coverage", "coverage")]));
    words
}

fn persuadables(app: &App) -> Words {
    let mut words = Vec::new();
    if app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated()) {
        words.push((Role::Warn, "simulated".to_owned()));
    }
    let mut least = None;
    if let (Some(Ok(summary)), Some(place)) = (&app.summary, app.budget_place()) {
        let budget = summary.budgets[place];
        let (users, extra) = (format::thousands(budget.users), format::number(budget.extra));
        words.push((Role::Header, format!("budget {users} users: {extra} extra conversions")));
        least = Some((Role::Text, format!("uplift at least {}", format::number(budget.least))));
    }
    let detail = app.run.as_ref().and_then(|run| run.info().stage(StageId::Uplift)).map(|stage| &stage.detail);
    let chance = detail.and_then(|detail| detail["qini_by_chance"].as_f64());
    words.extend(metrics(app, StageId::Uplift, &[("qini", "Qini")]).into_iter().map(|(role, qini)| match chance {
        Some(chance) => (role, format!("{qini} (at random ±{})", format::number(chance))),
        None => (role, qini),
    }));
    words.extend(least);
    words.extend(metrics(app, StageId::Uplift, &[("ate", "effect on all")]));
    words
}
