//! `K`: what stands on the screen, in words: the cell under the cursor, then the figures and the charts of the pane or page.

use crate::stage::StageId;
use crate::store::results::Figures;
use crate::store::{self, Better, Cell, ColumnEntry, DataTable, Shown, Terms, catalogue};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::front::Spot;
use crate::ui::grid::Grid;
use crate::ui::pane::{Body, PaneChart, PaneTable};
use crate::ui::popups::TextPage;
use crate::ui::popups::text_page::Paragraph;

/// The page for what is in sight.
pub fn explain(app: &App) -> TextPage {
    let terms = app.run.as_ref().map(|run| Terms::of(run.info())).unwrap_or_default();
    let mut paragraphs = Vec::new();
    let mut title = "What stands here".to_owned();
    if let Some(grid) = app.grid()
        && let Some((label, said)) = under_cursor(app, grid, &terms)
    {
        title = label;
        paragraphs.extend(said);
    }
    match app.drills.last() {
        Some(Drill::User(page)) => {
            if let Some(Ok(profile)) = &page.profile {
                let names =
                    profile.attributes.iter().map(|of| (of.name.as_str(), of.shown.cell(&of.value, &terms.currency)));
                paragraphs.extend(columns("users", names, &terms));
            }
        }
        Some(Drill::Item(page)) => {
            if let Some(Ok(item)) = &page.item {
                let names = item.facts.iter().map(|fact| (fact.name.as_str(), fact.words.clone()));
                paragraphs.extend(columns("items", names, &terms));
            }
        }
        Some(Drill::Segment(page)) => {
            paragraphs.extend(columns("users", page.features().map(|name| (name, String::new())), &terms));
            paragraphs.push(Paragraph::Heading("Std dev".to_owned(), String::new()));
            paragraphs.push(Paragraph::Words(
                "How many standard deviations the segment's mean lies above (+) or below (−) everybody's.".to_owned(),
            ));
        }
        Some(Drill::Stage(page)) => paragraphs.extend(metrics(app, page.stage(), &terms)),
        Some(Drill::Compare(_)) => {
            for stage in StageId::ALL {
                paragraphs.extend(metrics(app, stage, &terms));
            }
        }
        Some(Drill::Row(_) | Drill::Groups(_)) => {}
        None => paragraphs.extend(of_pane(app, &terms)),
    }
    if paragraphs.is_empty() {
        paragraphs.push(Paragraph::Words("There is nothing to be explained here yet.".to_owned()));
    }
    TextPage::new(title, paragraphs)
}

/// What stands in a pane beside its table.
fn of_pane(app: &App, terms: &Terms) -> Vec<Paragraph> {
    let about = app.pane.description();
    let mut said = Vec::new();
    if about.body == Body::Overview {
        if let Some(Spot::Figure(at)) = app.spot()
            && let Some(glance) = app.front.glances.get(at)
        {
            let value = glance.value.clone().unwrap_or_else(|| "–".to_owned());
            said.push(Paragraph::Heading(glance.label.to_owned(), value));
            said.extend(glance.notes.iter().cloned().map(Paragraph::Words));
            if glance.name == "users" {
                said.push(Paragraph::Words("Everybody in the log, whether they bought or only looked.".to_owned()));
            }
            if let Some(filter) = glance.behind.as_ref().and_then(|view| view.filter.as_ref()) {
                said.push(Paragraph::Words(format!("Enter lists the users where {filter}")));
            }
            let meaning =
                catalogue().iter().find(|table| table.name == "figures").and_then(|table| table.column(glance.name));
            said.extend(meaning.map(|column| Paragraph::Words(told(column.meaning))));
        }
        if let Some(figures) = catalogue().iter().find(|table| table.name == "figures") {
            said.extend(figures.columns.iter().flat_map(|column| {
                let name = column.name.replace('_', " ");
                [Paragraph::Heading(name, String::new()), Paragraph::Words(told(column.meaning))]
            }));
        }
        for stage in StageId::ALL {
            said.extend(metrics(app, stage, terms));
        }
        return said;
    }
    let Some(stage) = about.stage else { return said };
    for chart in about.charts {
        if let PaneChart::Recorded(id) = chart
            && let Some(recorded) =
                app.charts.get(stage.name()).and_then(|charts| charts.iter().find(|it| it.id == *id))
            && let Some(words) = store::explained_chart(id)
        {
            said.push(Paragraph::Heading(recorded.title.clone(), "a chart of this pane".to_owned()));
            said.push(Paragraph::Words(words.to_owned()));
        } else if let Some((name, words)) = of_chart(*chart) {
            said.push(Paragraph::Heading(name.to_owned(), "a chart of this pane".to_owned()));
            said.push(Paragraph::Words(words.to_owned()));
        }
    }
    said.extend(metrics(app, stage, terms));
    said
}

/// What the charts that are made of the users show.
fn of_chart(chart: PaneChart) -> Option<(&'static str, &'static str)> {
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
            ("Users by churn", "How many users are how likely to leave; the threshold is marked.")
        }
        PaneChart::LtvDistribution => {
            ("Users by expected purchases", "How many users are expected to buy how much, on a logarithmic axis.")
        }
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

/// The cell under a table's cursor.
fn under_cursor(app: &App, grid: &Grid, terms: &Terms) -> Option<(String, Vec<Paragraph>)> {
    let table = grid.table()?;
    let at = grid.column_at()?;
    let column = table.columns().get(at)?;
    let value = grid.row().map(|row| table.shown(row, at));
    let within = match app.drills.last() {
        Some(Drill::Item(page)) if page.of_users => "Wanted by",
        Some(Drill::Item(_)) => "Similar items",
        Some(Drill::Compare(_)) => "What changed",
        _ => match app.pane.description().table {
            Some(PaneTable::Segments) => "Segments",
            Some(PaneTable::Recommendations) => "Recommendations",
            Some(PaneTable::Query) => "",
            _ => "users",
        },
    };
    let label = column.label.clone();
    let mut said = vec![Paragraph::Heading(label.clone(), value.unwrap_or_default())];
    match terms.entry(within, &column.name) {
        Some(entry) => said.extend(about(&column.name, entry, terms)),
        None => said.push(Paragraph::Words(unknown(table, &column.name))),
    }
    for other in grid.columns().visible().into_iter().filter(|other| other.at != at) {
        if let (Some(info), Some(entry)) = (table.columns().get(other.at), terms.entry(within, &other.title)) {
            let value = grid.row().map(|row| table.shown(row, other.at));
            said.push(Paragraph::Heading(info.label.clone(), value.unwrap_or_default()));
            said.extend(about(&info.name, entry, terms));
        }
    }
    Some((label, said))
}

fn unknown(table: &DataTable, name: &str) -> String {
    format!("A column of this table, named {name} in it; {} rows in all.", crate::format::thousands(table.len() as u64))
}

/// Columns with their values, one after the other; those without words are left out.
fn columns<'a>(table: &str, of: impl Iterator<Item = (&'a str, String)>, terms: &Terms) -> Vec<Paragraph> {
    let mut said = Vec::new();
    for (name, value) in of {
        let Some(entry) = terms.entry(table, name) else { continue };
        said.push(Paragraph::Heading(terms.label(table, name), value));
        said.extend(about(name, entry, terms));
    }
    said
}

/// What the catalogue says of a column.
fn about(name: &str, entry: &ColumnEntry, terms: &Terms) -> Vec<Paragraph> {
    let mut said = vec![Paragraph::Words(told(entry.meaning))];
    if !entry.formula.is_empty() {
        said.push(Paragraph::Words(format!("How: {}.", terms.filled(entry.formula))));
    }
    let unit = if entry.unit.is_empty() { String::new() } else { format!(", {}", entry.unit) };
    let way = match entry.better {
        Better::More => "; more is better",
        Better::Less => "; less is better",
        Better::Neither => "",
    };
    said.push(Paragraph::Aside(format!("{name} in filters, SQL and files: {}{unit}{way}", entry.holds.name())));
    said
}

/// A meaning as a sentence: the catalogue's marks for names fall away.
fn told(meaning: &str) -> String {
    let words = meaning.replace('`', "");
    let mut letters = words.chars();
    let first = letters.next().map_or_else(String::new, |first| first.to_uppercase().collect());
    format!("{first}{}.", letters.as_str())
}

/// The metrics that a stage recorded, with their values and intervals.
fn metrics(app: &App, stage: StageId, terms: &Terms) -> Vec<Paragraph> {
    let Some(record) = app.run.as_ref().and_then(|run| run.info().stage(stage)) else { return Vec::new() };
    let figures: Figures = record.figures();
    let mut said = Vec::new();
    let mut told = Vec::new();
    for (name, figure) in figures.iter() {
        let Some((entry, part)) = store::metric(stage, name) else { continue };
        let shown = terms.of_metric(entry, name);
        let value =
            figure.map_or_else(|| Cell::Null.to_string(), |figure| with_interval(&figure, shown, &terms.currency));
        let of = if part.is_empty() { String::new() } else { format!(", {part}") };
        let head = entry.label.to_owned() + &entry.number_in(name) + &of;
        said.push(Paragraph::Heading(head, value));
        if !told.contains(&entry.name) {
            told.push(entry.name);
            said.push(Paragraph::Words(self::told(entry.definition)));
            said.push(Paragraph::Words(format!("How: {}.", entry.formula)));
            let way = match entry.better {
                Better::More => "more is better",
                Better::Less => "less is better",
                Better::Neither => "it tells what is",
            };
            said.push(Paragraph::Aside(format!("{} in files; {way}", entry.name)));
        }
    }
    said
}

/// A figure with its interval, or with what keeps it from telling anything.
pub fn with_interval(figure: &store::Figure, shown: Shown, currency: &str) -> String {
    let value = shown.number(figure.value, currency);
    let interval = match (figure.low, figure.high) {
        (Some(low), Some(high)) => format!(" ({} to {})", shown.number(low, currency), shown.number(high, currency)),
        _ => String::new(),
    };
    let doubt = match (figure.enough, figure.rough) {
        (false, _) => ", too few to tell",
        (true, true) => ", rough",
        (true, false) => "",
    };
    format!("{value}{interval}{doubt}")
}
