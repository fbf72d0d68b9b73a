//! What the charts of a pane show, the one that was turned to first.

use crate::store::{self, Terms, catalogue};
use crate::ui::app::App;
use crate::ui::explain::words::sentence;
use crate::ui::layout::Split;
use crate::ui::pane::{Body, PaneChart};
use crate::ui::panes::overview::{FrontChart, charts_of};
use crate::ui::popups::text_page::Paragraph;

/// Name and words of each chart of the pane, from the first in sight on; whether that one was turned to.
pub(super) fn charts(app: &App, terms: &Terms) -> (Vec<(String, String)>, bool) {
    let first = app.chart[app.pane.place()];
    let told: Vec<(String, String)> = if app.pane.description().body == Body::Overview {
        from(charts_of(app), first).filter_map(|chart| of_front(chart, terms)).collect()
    } else {
        from(app.charts_of(app.pane), first).filter_map(|chart| of_pane(app, chart)).collect()
    };
    let alone = app.split == Split::Charts && app.pane.has_charts();
    let turned = (first > 0 || alone) && !told.is_empty();
    (told, turned)
}

/// All of them, from this place on.
fn from<T>(mut all: Vec<T>, place: usize) -> impl Iterator<Item = T> {
    let place = place % all.len().max(1);
    all.rotate_left(place);
    all.into_iter()
}

/// Charts as paragraphs, with what stands beside the name of each.
pub(super) fn paragraphs(charts: Vec<(String, String)>, beside: &str) -> Vec<Paragraph> {
    let told = |(name, words)| [Paragraph::Heading(name, beside.to_owned()), Paragraph::Words(words)];
    charts.into_iter().flat_map(told).collect()
}

fn of_pane(app: &App, chart: PaneChart) -> Option<(String, String)> {
    let PaneChart::Recorded(id) = chart else {
        return made_of_users(chart).map(|(name, words)| (name.to_owned(), words.to_owned()));
    };
    let charts = app.charts.get(app.pane.stage()?.name())?;
    let recorded = charts.iter().find(|recorded| recorded.id == id)?;
    Some((recorded.title.clone(), store::explained_chart(id)?.to_owned()))
}

/// What the charts that are made of the users show.
fn made_of_users(chart: PaneChart) -> Option<(&'static str, &'static str)> {
    Some(match chart {
        PaneChart::Recorded(_) => return None,
        PaneChart::Profile => (
            "Profile of the segment",
            "How many standard deviations the segment's mean of each feature lies above or below everybody's, the farthest first.",
        ),
        PaneChart::Map => (
            "Map",
            "Users on the plane of the first two principal components of the features: near each other means alike. A sample \
             where there are many.",
        ),
        PaneChart::ChurnDistribution => {
            ("Users by how likely they leave", "How many users are how likely to leave; the threshold is marked.")
        }
        PaneChart::LtvDistribution => {
            ("Users by expected purchases", "How many users are expected to buy how much, on a logarithmic axis.")
        }
        PaneChart::AliveDistribution => (
            "Buyers by how likely they still are customers",
            "How many buyers are how likely to buy again at all, by the customer base model (BG/NBD): a long silence lowers it, \
             the more so the more often one bought.",
        ),
        PaneChart::BudgetCurve => (
            "What a budget buys",
            "Users treated from the best down, and what that is expected to add in all; the budget is marked.",
        ),
        PaneChart::Deciles => {
            ("Deciles", "Users kept aside in ten groups by prediction, the highest first: predicted beside what came.")
        }
        PaneChart::TopFive => (
            "For the user under the cursor",
            "The list of items to offer, best first, with the model's score, and what was bought before and is likely to be \
             bought again.",
        ),
    })
}

/// A chart of the Overview: what the catalogue says of the figure that it draws.
fn of_front(chart: FrontChart, terms: &Terms) -> Option<(String, String)> {
    let (name, figure) = match chart {
        FrontChart::Days => {
            return Some(("Events by day".to_owned(), store::explained_chart("events-by-day")?.to_owned()));
        }
        FrontChart::Course => {
            let words = "The figures of this page in each run of the workspace's history, by the date up to which its log went.";
            return Some(("Course over the kept runs".to_owned(), words.to_owned()));
        }
        FrontChart::Retention => ("Came again", "cohorts"),
        FrontChart::Value => ("Net per customer", "cohorts"),
        FrontChart::Rfm => ("Buyers by recency and frequency", "rfm_grid"),
        FrontChart::Gaps => ("Days between orders", "days_between_orders"),
        FrontChart::Funnel => ("Funnel by week", "funnel_weeks"),
    };
    let figures = catalogue().iter().find(|table| table.name == "figures")?;
    Some((name.to_owned(), sentence(&terms.spoken(figures.column(figure)?.meaning))))
}
