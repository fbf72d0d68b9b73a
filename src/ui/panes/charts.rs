//! The charts of the models' panes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::format;
use crate::plot::{self, Axis, Bar, Canvas, Columns, Curve, Plot, Steps};
use crate::stage::StageId;
use crate::store::results::{Segments, Uplift};
use crate::store::{Budget, Chart, ChartKind, Distribution, feature_label, segment_profile};
use crate::ui::app::App;
use crate::ui::pane::{Pane, PaneChart};
use crate::ui::panes::{deciles, top_five};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{chart, panel, text};

/// A chart that the pane's stage recorded.
pub fn recorded<'a>(app: &'a App, pane: Pane, id: &str) -> Option<&'a Chart> {
    app.charts.get(pane.stage()?.name())?.iter().find(|chart| chart.id == id)
}

/// Draws a chart in a frame whose title ends in its number.
pub fn draw(app: &App, pane: Pane, which: PaneChart, number: &str, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let title = title(app, pane, which);
    let room = usize::from(area.width).saturating_sub(number.len() + 8);
    let framed = format!("{}, {number}", text::fit(&text::clean(&title), room, &theme.glyphs.cut));
    let inside = panel::framed(&framed, area, buffer, theme);
    let canvas = chart::canvas(inside, theme);
    match which {
        PaneChart::Recorded(id) => {
            if let Some(recorded) = recorded(app, pane, id) {
                chart::draw(&recorded.plot(&canvas, at(app, id)), inside, buffer, theme);
            }
        }
        PaneChart::TopFive => top_five::draw(app, inside, buffer),
        PaneChart::Deciles => deciles::draw(app, pane, inside, buffer),
        PaneChart::Map => map(app, inside, buffer, theme),
        PaneChart::Profile => drawn(profile(app, &canvas), inside, buffer, theme),
        PaneChart::ChurnDistribution => drawn(churn(app, &canvas), inside, buffer, theme),
        PaneChart::LtvDistribution => drawn(ltv(app, &canvas), inside, buffer, theme),
        PaneChart::AliveDistribution => drawn(alive(app, &canvas), inside, buffer, theme),
        PaneChart::BudgetCurve => drawn(budgets(app, &canvas), inside, buffer, theme),
    }
}

fn title(app: &App, pane: Pane, which: PaneChart) -> String {
    let simulated = app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated());
    match which {
        PaneChart::Recorded(id) => recorded(app, pane, id).map(|chart| chart.title.clone()).unwrap_or_default(),
        PaneChart::Profile => {
            let name = app.grid_of(Pane::Segments).key_under_cursor();
            name.map_or_else(|| "Profile".to_owned(), |name| format!("Profile of {name}"))
        }
        PaneChart::Map => match summary(app).and_then(|summary| summary.map.as_ref()) {
            Some(map) => format!("Map of {} of {} users", format::thousands(map.drawn), format::thousands(map.all)),
            None => "Map".to_owned(),
        },
        PaneChart::ChurnDistribution if summary(app).is_some_and(|summary| summary.churn_is_of_active) => {
            "Active users by how likely they leave".to_owned()
        }
        PaneChart::ChurnDistribution => "Users by how likely they leave".to_owned(),
        PaneChart::LtvDistribution => "Users by expected purchases".to_owned(),
        PaneChart::AliveDistribution => "Buyers by how likely they still are customers".to_owned(),
        PaneChart::BudgetCurve if simulated => "What a budget buys (simulated campaign)".to_owned(),
        PaneChart::BudgetCurve => "What a budget buys".to_owned(),
        PaneChart::Deciles if pane.stage() == Some(StageId::Ltv) => "Purchases a user by decile, held out".to_owned(),
        PaneChart::Deciles if simulated => "Uplift by decile, held out (simulated)".to_owned(),
        PaneChart::Deciles => "Uplift by decile, held out".to_owned(),
        PaneChart::TopFive => {
            let user = app.grid_of(Pane::Recommendations).key_under_cursor();
            user.map_or_else(|| "For the user".to_owned(), |user| format!("For user {user}"))
        }
    }
}

fn summary(app: &App) -> Option<&crate::store::Summary> {
    app.summary.as_ref()?.as_ref().ok().map(AsRef::as_ref)
}

fn drawn(plot: Result<Plot, String>, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    match plot {
        Ok(plot) => chart::draw(&plot, area, buffer, theme),
        Err(why) => panel::lines(vec![Line::styled(text::clean(&why), theme.style(Role::Dim))], area, buffer),
    }
}

/// Why there is no summary yet, or none at all.
fn missing(app: &App) -> String {
    match &app.summary {
        Some(Err(problem)) => problem.clone(),
        Some(Ok(_)) => "this run has no such answer".to_owned(),
        None => "counting the users".to_owned(),
    }
}

/// Where a recorded chart is marked: the share of users that the threshold or the budget reaches.
fn at(app: &App, id: &str) -> Option<f64> {
    if id != "qini" {
        return None;
    }
    let budgets = &summary(app)?.budgets;
    let (chosen, all) = (budgets.get(app.budget_place()?)?, budgets.last()?);
    let ChartKind::Curves { curves, .. } = &recorded(app, Pane::Persuadables, id)?.kind else { return None };
    let (end, _) = curves.first()?.1.last()?;
    Some((chosen.users as f64 / all.users as f64 * end).round())
}

/// z-profile of the segment under the cursor, what sets it apart most first.
fn profile(app: &App, canvas: &Canvas) -> Result<Plot, String> {
    let run = app.run.as_ref().ok_or_else(|| "no run yet".to_owned())?;
    let name = app.grid_of(Pane::Segments).key_under_cursor().ok_or_else(|| missing(app))?;
    let profile =
        segment_profile(run, &name).ok_or_else(|| "the run recorded no profile of this segment".to_owned())?;
    let mut traits = profile.z;
    traits.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let words: Vec<String> = traits.iter().map(|(_, z)| format!("{z:+.2}")).collect();
    let traits: Vec<(String, f64)> = traits.into_iter().map(|(feature, z)| (feature_label(&feature), z)).collect();
    // Left or right of zero tells the sign; the colour is the segment's.
    let series = app.segment_series(&name).map_or(0, |(number, _)| number);
    let bars = traits.iter().zip(&words).map(|((label, z), words)| Bar { label, value: *z, words, series });
    Ok(plot::bars("mean beside everybody's, in standard deviations", &bars.collect::<Vec<_>>(), canvas))
}

fn columns(distribution: &Distribution, title: &str, steps: &Steps, canvas: &Canvas) -> Plot {
    let (low, high) = distribution.bounds;
    let ends = (format::number(low), format::number(high));
    let columns = Columns {
        x: Axis { title, bounds: None },
        y_title: "users",
        values: &distribution.counts,
        ends: (&ends.0, &ends.1),
        at: None,
    };
    plot::ticked(&columns, steps, canvas)
}

fn churn(app: &App, canvas: &Canvas) -> Result<Plot, String> {
    let distribution = summary(app).and_then(|summary| summary.churn.as_ref());
    Ok(chances(distribution.ok_or_else(|| missing(app))?, "probability of leaving", Some(app.threshold), canvas))
}

fn alive(app: &App, canvas: &Canvas) -> Result<Plot, String> {
    let distribution = summary(app).and_then(|summary| summary.alive.as_ref());
    Ok(chances(distribution.ok_or_else(|| missing(app))?, "probability of still being a customer", None, canvas))
}

/// Columns over probabilities, of which a percentage may be marked.
fn chances(distribution: &Distribution, title: &str, at: Option<usize>, canvas: &Canvas) -> Plot {
    let bins = distribution.counts.len() as f64;
    let tick = |percent: usize| (percent as f64 / 100.0 * bins, format!("{percent} %"));
    let steps = Steps { ticks: (0..=100).step_by(20).map(tick).collect(), at: at.map(tick) };
    columns(distribution, title, &steps, canvas)
}

fn ltv(app: &App, canvas: &Canvas) -> Result<Plot, String> {
    let distribution = summary(app).and_then(|summary| summary.ltv.as_ref()).ok_or_else(|| missing(app))?;
    let title = if distribution.below > 0 {
        format!("expected purchases, log scale; {} users at 0", format::thousands(distribution.below))
    } else {
        "expected purchases, log scale".to_owned()
    };
    let bins = distribution.counts.len() as f64;
    let ticks = plot::log_ticks(distribution.bounds).into_iter().map(|(share, label)| (share * bins, label)).collect();
    Ok(columns(distribution, &title, &Steps { ticks, at: None }, canvas))
}

fn budgets(app: &App, canvas: &Canvas) -> Result<Plot, String> {
    let summary = summary(app).ok_or_else(|| missing(app))?;
    let all = summary.budgets.last().ok_or_else(|| missing(app))?;
    let bought = |budget: &Budget| (budget.users as f64, budget.net.unwrap_or(budget.extra));
    let points: Vec<(f64, f64)> = std::iter::once((0.0, 0.0)).chain(summary.budgets.iter().map(bought)).collect();
    let random = [(0.0, 0.0), bought(all)];
    let outcome = app.run.as_ref().and_then(|run| run.info().detail::<Uplift>().evaluation).unwrap_or_default().outcome;
    let (first, title) = match all.net {
        Some(_) => ("highest net first", "expected net".to_owned()),
        None => ("most persuadable first", format!("expected extra {}", outcome.counted())),
    };
    let curves = [Curve { name: first, points: &points }, Curve { name: "at random", points: &random }];
    let x = Axis { title: "users reached", bounds: None };
    let y = Axis { title: &title, bounds: None };
    let at = app.budget_place().map(|place| summary.budgets[place].users as f64);
    Ok(plot::curves(&x, &y, &curves, at, canvas))
}

fn map(app: &App, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(map) = summary(app).and_then(|summary| summary.map.as_ref()) else {
        return drawn(Err(missing(app)), area, buffer, theme);
    };
    // In the run's own order: a class's place is its series.
    let classes: Vec<(&str, &[(f64, f64)])> =
        map.classes.iter().map(|(name, points)| (name.as_str(), points.as_slice())).collect();
    let variance = app.run.as_ref().and_then(|run| {
        let shares = run.info().metrics::<Segments>().explained_variance;
        let share = |axis: usize| shares.get(axis).copied().flatten().map(|share| share * 100.0);
        Some((share(0)?, share(1)?))
    });
    let (x, y) = variance.map_or_else(
        || ("component 1".to_owned(), "component 2".to_owned()),
        |(x, y)| (format!("component 1, {x:.0} % of variance"), format!("component 2, {y:.0} %")),
    );
    let scatter = chart::Scatter { x_title: &x, y_title: &y, classes: &classes, note: "" };
    chart::scatter(&scatter, area, buffer, theme);
}
