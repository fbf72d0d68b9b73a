//! `K`: what stands on the screen, in words: the chart that was turned to, the cell under the cursor, then the figures and
//! the other charts of the pane or page.

mod charts;
mod words;

use crate::stage::StageId;
use crate::store::results::Figures;
use crate::store::{self, Better, Cell, ColumnEntry, DataTable, Holds, Shown, TableEntry, Terms, catalogue};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::explain::words::{capital, sentence};
use crate::ui::front::Spot;
use crate::ui::grid::Grid;
use crate::ui::pane::{Body, PaneTable};
use crate::ui::popups::TextPage;
use crate::ui::popups::text_page::Paragraph;

/// The page for what is in sight.
pub fn explain(app: &App) -> TextPage {
    let terms = app.run.as_ref().map(|run| Terms::of(run.info())).unwrap_or_default();
    let mut paragraphs = Vec::new();
    let mut title = "What stands here".to_owned();
    let (mut charts, turned) = if app.drills.is_empty() { charts::charts(app, &terms) } else { (Vec::new(), false) };
    if turned {
        let others = charts.split_off(1);
        title = charts.first().map_or(title, |(name, _)| format!("{name}, the chosen chart"));
        paragraphs.extend(charts::paragraphs(charts, "the chosen chart"));
        charts = others;
    }
    if let Some(grid) = app.grid()
        && let Some((label, said)) = under_cursor(app, grid, &terms)
    {
        if !turned {
            title = label;
        }
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
        Some(Drill::Stage(page)) => {
            paragraphs.push(Paragraph::Words(of_stage(page.stage()).to_owned()));
            paragraphs.extend(metrics(app, page.stage(), &terms));
        }
        Some(Drill::Compare(_)) => {
            for stage in StageId::ALL {
                paragraphs.extend(metrics(app, stage, &terms));
            }
        }
        Some(Drill::Row(_) | Drill::Groups(_)) => {}
        None => paragraphs.extend(of_pane(app, charts, &terms)),
    }
    if paragraphs.is_empty() {
        paragraphs.push(Paragraph::Words("There is nothing to be explained here yet.".to_owned()));
    }
    TextPage::new(title, paragraphs)
}

/// What stands in a pane beside its table, charts of it that were not told yet among it.
fn of_pane(app: &App, charts: Vec<(String, String)>, terms: &Terms) -> Vec<Paragraph> {
    let about = app.pane.description();
    let charts = charts::paragraphs(charts, "a chart of this pane");
    if about.body == Body::Overview {
        return [
            figures(app, terms),
            charts,
            StageId::ALL.into_iter().flat_map(|id| metrics(app, id, terms)).collect(),
        ]
        .concat();
    }
    if about.body == Body::Query && app.grid().is_none_or(|grid| grid.table().is_none()) {
        return tables(app);
    }
    let metrics = about.stage.map(|stage| metrics(app, stage, terms)).unwrap_or_default();
    [charts, metrics].concat()
}

/// The figures of the Overview, the one under the cursor first.
fn figures(app: &App, terms: &Terms) -> Vec<Paragraph> {
    let mut said = Vec::new();
    let figures = catalogue().iter().find(|table| table.name == "figures");
    let meaning = |column: &ColumnEntry| Paragraph::Words(sentence(&terms.spoken(column.meaning)));
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
        said.extend(figures.and_then(|table| table.column(glance.name)).map(meaning));
    }
    said.extend(figures.into_iter().flat_map(|table| &table.columns).flat_map(|column| {
        [Paragraph::Heading(capital(&column.name.replace('_', " ")), String::new()), meaning(column)]
    }));
    said
}

/// The tables that a query can name.
fn tables(app: &App) -> Vec<Paragraph> {
    let Some(run) = &app.run else { return Vec::new() };
    let known = |name: &str| catalogue().iter().find(|table| table.name == name && !table.on_screen);
    let told = |name: String| {
        let (row, columns) = match known(&name) {
            Some(TableEntry { row, columns, .. }) => {
                let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
                (*row, names.join(", "))
            }
            None if name == "users" => ("a user, with every result beside what the log says", String::new()),
            None => return Vec::new(),
        };
        let columns = (!columns.is_empty()).then(|| Paragraph::Aside(format!("Columns: {columns}")));
        let head =
            [Paragraph::Heading(name, String::new()), Paragraph::Words(format!("One row: {}.", row.replace('`', "")))];
        head.into_iter().chain(columns).collect()
    };
    let names = std::iter::once("users").chain(run.tables());
    let mut said: Vec<Paragraph> = names.map(str::to_owned).flat_map(told).collect();
    said.push(Paragraph::Heading("Runs before".to_owned(), String::new()));
    said.push(Paragraph::Words(
        "The same tables of the run kept before this one stand behind previous: previous.users; the rows of the last \
         result are the table last."
            .to_owned(),
    ));
    said
}

/// What a stage does.
fn of_stage(stage: StageId) -> &'static str {
    match stage {
        StageId::Ingest => {
            "Reads the files of the log: every row becomes an event, repeats another, or is rejected for a reason."
        }
        StageId::Features => {
            "Makes one row per user of the events up to the latest: how often, how recently, how much."
        }
        StageId::Segments => {
            "Puts users who behave alike into groups, and names each by what most of its users have in common."
        }
        StageId::Churn => "Tells how likely each user stays away, judged on users and days kept aside.",
        StageId::Ltv => "Tells what each user will buy and spend, judged on users and days kept aside.",
        StageId::Recommend => "Lists what to offer to each user, judged by what users took up on days kept aside.",
        StageId::Uplift => "Tells whom a campaign would win, judged on users of a campaign that was made or simulated.",
    }
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
    let mut said = vec![Paragraph::Words(sentence(&terms.spoken(entry.meaning)))];
    if let Some(inner) = entry.name.contains('*').then(|| entry.of_users(name)).flatten() {
        let words = format!("{}: {}", terms.label("users", inner.name), terms.spoken(inner.meaning));
        said.push(Paragraph::Words(sentence(&words)));
    }
    if !entry.formula.is_empty() {
        said.push(Paragraph::Words(format!("How: {}.", terms.filled(entry.formula))));
    }
    let way = match entry.better {
        Better::More => "; higher is better",
        Better::Less => "; lower is better",
        Better::Neither => "",
    };
    said.push(Paragraph::Aside(format!("{name} in filters, SQL and files: {}{way}", kind(entry, terms))));
    said
}

/// What the values of a column are.
fn kind(entry: &ColumnEntry, terms: &Terms) -> String {
    let of_number = match entry.unit {
        "probability" => "a probability from 0 to 1",
        "share" => "a share from 0 to 1",
        "count" => "a count",
        "days" | "d" => "a number of days",
        "min" => "a number of minutes",
        "s" => "a number of seconds",
        "log-odds" => "log-odds, 0 being even",
        "score" => "a score",
        "money" if terms.currency.is_empty() => "an amount of money",
        "money" => return format!("an amount in {}", terms.currency),
        "" if entry.holds == Holds::Whole => "a whole number",
        "" => "a number",
        unit => return format!("a number of {unit}"),
    };
    match entry.holds {
        Holds::Whole | Holds::Real => of_number,
        Holds::Id => "an id",
        Holds::Time => "a time",
        Holds::Ids => "a list of ids",
        Holds::Reals => "a list of numbers",
        Holds::Texts => "a list of texts",
        Holds::Text | Holds::Flag => entry.holds.name(),
    }
    .to_owned()
}

/// The metrics that a stage recorded, with their values and intervals.
fn metrics(app: &App, stage: StageId, terms: &Terms) -> Vec<Paragraph> {
    let Some(record) = app.run.as_ref().and_then(|run| run.info().stage(stage)) else { return Vec::new() };
    let figures: Figures = record.figures();
    let mut said = Vec::new();
    let mut told = Vec::new();
    for (name, figure) in figures.iter() {
        let Some((entry, _)) = store::metric(stage, name) else { continue };
        let shown = terms.of_metric(entry, name);
        let value =
            figure.map_or_else(|| Cell::Null.to_string(), |figure| with_interval(&figure, shown, &terms.currency));
        said.push(Paragraph::Heading(store::metric_label(stage, name), value));
        if !told.contains(&entry.name) {
            told.push(entry.name);
            said.push(Paragraph::Words(sentence(&terms.spoken(entry.definition))));
            said.push(Paragraph::Words(format!("How: {}.", terms.spoken(entry.formula))));
            let way = match entry.better {
                Better::More => "higher is better",
                Better::Less => "lower is better",
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
