//! The shop's course: from view to purchase week by week, buyers by recency and frequency, days between orders, events and
//! purchases day by day.

use polars::prelude::*;

use crate::cli::report::content::source::{Source, heading, period};
use crate::cli::report::page::{Block, Figure, Heat, Section, Shade, Table};
use crate::error::Result;
use crate::format::{percent, thousands};
use crate::job::Job;
use crate::store::front_page::{Funnel, GapBin, RfmCell};
use crate::store::results::Ingest;
use crate::store::results::ingest::{DAILY, Day, course as per_period};
use crate::store::{Chart, ChartKind, Length, Steps, sql_of_job};

/// Weeks of the funnel.
const WEEKS: usize = 8;
/// A week, in milliseconds.
const WEEK_MS: i64 = 7 * 86_400_000;

/// The sections.
pub fn sections(source: &Source<'_>, job: &Job) -> Result<Vec<Section>> {
    let mut made = Vec::new();
    made.extend(funnel(source, job)?);
    made.extend(buyers(source));
    made.extend(by_day(source));
    Ok(made)
}

fn funnel(source: &Source<'_>, job: &Job) -> Result<Option<Section>> {
    let Some(front) = source.front else { return Ok(None) };
    let mut made = heading("funnel", "From view to purchase");
    let Some(last) = &front.funnel.value else {
        let why = front.funnel.reason.as_deref().unwrap_or("not known");
        made.blocks.push(Block::Words(format!("No funnel: {why}.")));
        return Ok(Some(made));
    };
    if last.view > 0 {
        made.blocks.push(Block::Lead(format!(
            "Of {} users who looked around in the last seven days, {} put something into a cart and {} bought.",
            thousands(last.view),
            of(last.cart, last.view),
            of(last.purchase, last.view)
        )));
    }
    let weeks = weeks(source, job)?;
    let chart = |id, title: &str, part: fn(&Funnel) -> u64| Figure {
        chart: Chart {
            id,
            title: title.to_owned(),
            kind: ChartKind::Columns(Steps {
                x_title: "weeks back from the log's end".to_owned(),
                y_title: "users".to_owned(),
                values: weeks.iter().map(|week| part(week) as f64).collect(),
                ends: ((1.0 - weeks.len() as f64).to_string(), "0".to_owned()),
                ticks: Vec::new(),
            }),
            mark: None,
        },
        words: String::new(),
    };
    if weeks.len() > 1 {
        made.blocks.push(Block::Charts(vec![
            chart("funnel-view", "Users who viewed, by week", |week| week.view),
            chart("funnel-purchase", "Users who bought, by week", |week| week.purchase),
        ]));
    }
    let row = |(at, week): (usize, &Funnel)| {
        vec![
            period(&source.terms.zone.date(source.info.as_of - (weeks.len() - 1 - at) as i64 * WEEK_MS), false),
            thousands(week.view),
            thousands(week.cart),
            of(week.cart, week.view),
            thousands(week.purchase),
            of(week.purchase, week.view),
        ]
    };
    made.blocks.push(Block::Table(Table {
        caption: "Users with a view, an addition to a cart, a purchase".to_owned(),
        head: ["Week to", "Viewed", "Carted", "of viewed", "Bought", "of viewed"].map(str::to_owned).to_vec(),
        numbers_from: 1,
        rows: weeks.iter().enumerate().map(row).collect(),
    }));
    Ok(Some(made))
}

fn of(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 / whole as f64) }
}

/// The funnel of each of the last whole weeks, counted back from T, the earliest first.
fn weeks(source: &Source<'_>, job: &Job) -> Result<Vec<Funnel>> {
    if let Some(weeks) = source.front.map(|front| &front.funnel_weeks).filter(|weeks| !weeks.is_empty()) {
        return Ok(weeks[weeks.len().saturating_sub(WEEKS)..].to_vec());
    }
    let days = source.info.detail::<Ingest>().events_by_day.len();
    let count = (days / 7).clamp(1, WEEKS);
    let before = |weeks: usize| {
        let time = source.info.as_of - weeks as i64 * WEEK_MS;
        let at = jiff::Timestamp::from_millisecond(time).map_or_else(|_| time.to_string(), |at| at.to_string());
        format!("time > timestamp '{at}'")
    };
    let cases: Vec<String> = (0..count).map(|back| format!("when {} then {back}", before(back + 1))).collect();
    let users = |kind: &str| format!("count(distinct case when event = '{kind}' then user_id end)");
    let query = format!(
        "select week, {} as view, {} as cart, {} as purchase from (select user_id, event, case {} end as week from events \
         where {}) group by week",
        users("view"),
        users("addtocart"),
        users("transaction"),
        cases.join(" "),
        before(count)
    );
    let found = sql_of_job(source.run, &query, WEEKS + 1, job)?;
    let numbers = |name: &str| -> Result<Vec<i64>> {
        Ok(found.column(name)?.cast(&DataType::Int64)?.i64()?.iter().map(Option::unwrap_or_default).collect())
    };
    let mut weeks = vec![Funnel { view: 0, cart: 0, purchase: 0 }; count];
    let (at, view, cart, purchase) = (numbers("week")?, numbers("view")?, numbers("cart")?, numbers("purchase")?);
    for (row, back) in at.into_iter().enumerate() {
        let place = usize::try_from(back).ok().and_then(|back| (count - 1).checked_sub(back));
        if let Some(week) = place.and_then(|place| weeks.get_mut(place)) {
            let of = |numbers: &[i64]| u64::try_from(numbers[row]).unwrap_or_default();
            *week = Funnel { view: of(&view), cart: of(&cart), purchase: of(&purchase) };
        }
    }
    Ok(weeks)
}

fn buyers(source: &Source<'_>) -> Option<Section> {
    let front = source.front?;
    let mut made = heading("buyers", "How buyers buy");
    match (&front.rfm_grid.value, &front.rfm_grid.reason) {
        (Some(cells), _) => made.blocks.push(Block::Heat(grid(source, cells))),
        (None, why) => {
            made.blocks.push(Block::Words(format!("No grid of buyers: {}.", why.as_deref().unwrap_or("not known"))));
        }
    }
    match (&front.days_between_orders.value, &front.days_between_orders.reason) {
        (Some(bins), _) => made.blocks.push(Block::Charts(vec![Figure {
            chart: gaps(bins),
            words: "Gaps between a buyer's days with an order.".to_owned(),
        }])),
        (None, why) => {
            let why = why.as_deref().unwrap_or("not known");
            made.blocks.push(Block::Words(format!("No days between orders: {why}.")));
        }
    }
    Some(made)
}

/// Recency by frequency, the best at the upper right.
fn grid(source: &Source<'_>, cells: &[RfmCell]) -> Heat {
    let most = cells.iter().map(|cell| cell.users).max().unwrap_or(1).max(1) as f64;
    let shade = |r: u8, f: u8| {
        let Some(cell) = cells.iter().find(|cell| (cell.r, cell.f) == (r, f)).filter(|cell| cell.users > 0) else {
            return Shade::default();
        };
        let spend = cell.mean_spend.map_or_else(String::new, |spend| format!(" · ⌀ {}", source.money(spend)));
        let words = format!("{}{spend}", thousands(cell.users));
        Shade { words, depth: Some((cell.users as f64 / most).sqrt()), running: false }
    };
    let name = |score: u8, low: &str, high: &str| match score {
        1 => format!("1, {low}"),
        5 => format!("5, {high}"),
        score => score.to_string(),
    };
    let spend =
        if cells.iter().any(|cell| cell.mean_spend.is_some()) { ", and what they spent on average" } else { "" };
    Heat {
        caption: format!("Buyers by recency (down) and frequency (across){spend}"),
        corner: "Recency".to_owned(),
        head: (1..=5).map(|score| name(score, "rarely", "often")).collect(),
        rows: (1..=5)
            .rev()
            .map(|r| (name(r, "long ago", "lately"), (1..=5).map(|f| shade(r, f)).collect()))
            .collect(),
        note: "Scores from 1 to 5 by fifths of the buyers; an empty cell has nobody. Upper right: who buys lately and often."
            .to_owned(),
    }
}

fn gaps(bins: &[GapBin]) -> Chart {
    let all = bins.iter().map(|bin| bin.gaps).sum::<u64>().max(1) as f64;
    let bar = |bin: &GapBin| Length {
        label: match bin.to {
            u32::MAX => format!("{} days or more", bin.from),
            to => format!("{} to {to} days", bin.from),
        },
        value: bin.gaps as f64,
        words: format!("{} · {}", thousands(bin.gaps), percent(bin.gaps as f64 / all)),
        series: 0,
    };
    Chart {
        id: "days-between-orders",
        title: "Days between orders".to_owned(),
        kind: ChartKind::Bars { title: "gaps of this length".to_owned(), bars: bins.iter().map(bar).collect() },
        mark: None,
    }
}

fn by_day(source: &Source<'_>) -> Option<Section> {
    let (days, zone) = (source.info.detail::<Ingest>().events_by_day, &source.terms.zone);
    let mut made = heading("days", "Day by day");
    let whole = |Day(_, views, carts, purchases): &Day| (views + carts + purchases) as f64;
    let events = per_period(&days, zone, "events-by-day", "Events", whole)?;
    let weeks = if days.len() > DAILY { " Whole weeks, counted back from the log's last day." } else { "" };
    let mut charts =
        vec![Figure { chart: events, words: format!("Views, additions to carts and purchases together.{weeks}") }];
    if days.iter().any(|Day(.., purchases)| *purchases > 0) {
        let chart = per_period(&days, zone, "purchases-by-day", "Purchases", |Day(.., purchases)| *purchases as f64)?;
        charts.push(Figure { chart, words: format!("Items bought, each counted by itself.{weeks}") });
    }
    made.blocks.push(Block::Charts(charts));
    Some(made)
}
