//! The figures of the front page in words, each with the users behind it: what the screen and the reports tell of them.

use serde_json::Value;

use crate::format::{counted, day, percent, thousands};
use crate::store::columns::Shown;
use crate::store::course::Course;
use crate::store::front_page::{Compared, FrontPage, Told};
use crate::store::order::{SortKey, View};
use crate::store::record::RunInfo;
use crate::store::results::Ingest;
use crate::store::terms::Terms;

const DAY_MS: i64 = 24 * 3_600_000;

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Glance {
    /// Its name in the table `figures` of the catalogue; `users` is that of how many there are.
    pub name: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// The figure; `None` with a reason in the first note.
    pub value: Option<String>,
    /// What stands beside it, what matters most first.
    pub notes: Vec<String>,
    /// The rows of the user table that are behind it; `None` where the table does not tell them.
    pub behind: Option<View>,
    /// The query that tells whom, where no column of the user table does.
    pub query: Option<String>,
}

/// Periods of 28 days that it takes to tell whether the latest is unlike them.
const PERIODS: usize = 9;

/// What matters, a sentence each: the news, else that there is none, or why it cannot be told; then what should be known of
/// the figures.
pub fn news(info: &RunInfo) -> Vec<String> {
    let mut said = info.figures.as_ref().map(|page| page.sentences.clone()).unwrap_or_default();
    if said.is_empty() {
        let whole = info.detail::<Ingest>().events_by_day.len().saturating_sub(1) / 28;
        said.push(if whole >= PERIODS || whole == 0 {
            "No news: nothing beyond what the log's past lets expect.".to_owned()
        } else {
            format!("News can be told from {PERIODS} whole periods of 28 days on; the log has {whole}.")
        });
    }
    if let Some(page) = &info.figures
        && let (Some(quiet), Some(best)) = (&page.gone_quiet.value, &page.best_customers.value)
        && quiet.best_customers > 0
    {
        said.push(format!(
            "{} of the {} have gone quiet: Enter on Gone quiet lists whom.",
            thousands(quiet.best_customers),
            counted(best.users, "best customers")
        ));
    }
    if info.uplift_is_simulated() {
        said.push("Whom a campaign would persuade is simulated: no campaign was given.".to_owned());
    }
    said.extend(untold(info));
    said
}

/// What the shop's owner has not told though money is counted in the log.
fn untold(info: &RunInfo) -> Option<String> {
    info.figures.as_ref()?.revenue.value?;
    let text = |at: &str| info.config.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let margin = info.config.pointer("/campaign/margin").is_none_or(|margin| margin.as_str() == Some(""));
    let cost = info.config.pointer("/campaign/contact_cost").and_then(Value::as_f64).unwrap_or(0.0) <= 0.0;
    let open = [
        (Terms::of(info).currency.is_empty(), "currency"),
        (text("/shop/tax").is_empty(), "tax"),
        (margin, "margin"),
        (cost, "cost per contact"),
    ];
    let open: Vec<&str> = open.into_iter().filter(|(is_open, _)| *is_open).map(|(_, what)| what).collect();
    (!open.is_empty()).then(|| format!("Not told yet: {} ([shop] and [campaign] of user360.toml).", open.join(", ")))
}

/// The figures of a run; `course` tells what they were before.
pub fn glances(info: &RunInfo, course: &Course, terms: &Terms) -> Vec<Glance> {
    let mut told = vec![customers(info)];
    if let Some(page) = &info.figures {
        told.extend(of_page(page, info, terms));
    }
    let shown = |name: &str| if name == "money_at_stake" { Shown::Money } else { Shown::Count };
    for glance in &mut told {
        // Of the others the log itself tells what they were.
        if !["users", "at_risk", "money_at_stake", "gone_quiet"].contains(&glance.name) || glance.value.is_none() {
            continue;
        }
        if let Some((then, before)) = course.before(glance.name, info.as_of) {
            let before = shown(glance.name).number(before, &terms.currency);
            glance.notes.insert(0, format!("{before} on {}", day(then)));
        }
    }
    told
}

fn customers(info: &RunInfo) -> Glance {
    let bought = info.detail::<Ingest>().funnel.and_then(|funnel| funnel.users_transaction);
    let notes = bought.map(|bought| format!("{} have ever bought", thousands(bought)));
    Glance {
        name: "users",
        label: "Customers",
        value: Some(thousands(info.users)),
        notes: notes.into_iter().collect(),
        behind: Some(View::default()),
        query: None,
    }
}

fn of_page(page: &FrontPage, info: &RunInfo, terms: &Terms) -> Vec<Glance> {
    let money = |value: f64| Shown::Money.number(value, &terms.currency);
    let count = |value: f64| thousands(value.round().max(0.0) as u64);
    let ordered = "days_since_order < 28";
    let risk = page.at_risk.value.map(|risk| format!("active and churn >= {}", risk.threshold));
    let quiet = page.gone_quiet.value.map(|quiet| format!("overdue > {}", quiet.threshold));
    // Of a longer log no column tells what was spent within the year.
    let best = page.best_customers.value.filter(|_| spans_a_year_at_most(info));
    let best = best.map(|best| format!("spend >= {}", best.least));
    vec![
        glance("active_customers", "Active, last 28 d", &page.active_customers, Some("recency_days < 28"), |of| {
            (count(of.last), compared(of, count))
        }),
        glance("orders", "Orders, last 28 d", &page.orders, Some(ordered), |of| (count(of.last), compared(of, count))),
        glance("revenue", "Revenue, last 28 d", &page.revenue, Some(ordered), |of| {
            (money(of.last), compared(of, money))
        }),
        glance("at_risk", "At risk now", &page.at_risk, risk.as_deref(), |of| {
            let words = format!("of {} active, from {} on", thousands(of.active), percent(of.threshold));
            (thousands(of.users), vec![words])
        }),
        sorted_by_revenue(glance("money_at_stake", "Money at stake", &page.money_at_stake, risk.as_deref(), |of| {
            (money(*of), vec!["lost if those at risk leave".to_owned()])
        })),
        with_query(
            best_query(page, info),
            glance("best_customers", "Best customers", &page.best_customers, best.as_deref(), |of| {
                let share = format!("{} of all spending in 365 d", percent(of.share));
                (thousands(of.users), vec![share, format!("{} or more each", money(of.least))])
            }),
        ),
        glance("gone_quiet", "Gone quiet", &page.gone_quiet, quiet.as_deref(), |of| {
            let best = format!("{} among them", counted(of.best_customers, "best customers"));
            (thousands(of.users), vec![best, format!("silent for over {:.1} own gaps", of.threshold)])
        }),
    ]
}

fn spans_a_year_at_most(info: &RunInfo) -> bool {
    let days = info.detail::<Ingest>().events_by_day;
    days.first().is_some_and(|first| first.0 > day(info.as_of - 365 * DAY_MS))
}

/// The best customers of a log of more than a year.
fn best_query(page: &FrontPage, info: &RunInfo) -> Option<String> {
    let best = page.best_customers.value.filter(|_| !spans_a_year_at_most(info))?;
    let after = info.as_of - 365 * DAY_MS;
    Some(format!(
        "select user_id, sum(price) as net\nfrom events\nwhere event in ('transaction', 'return') and time > to_timestamp_millis({after})\n\
         group by user_id\norder by net desc\nlimit {}",
        best.users
    ))
}

fn with_query(query: Option<String>, glance: Glance) -> Glance {
    Glance { query, ..glance }
}

fn sorted_by_revenue(glance: Glance) -> Glance {
    let sort = vec![SortKey { column: "revenue".to_owned(), descending: true }];
    Glance { behind: glance.behind.map(|view| View { sort, ..view }), ..glance }
}

fn glance<T>(
    name: &'static str,
    label: &'static str,
    told: &Told<T>,
    behind: Option<&str>,
    words: impl Fn(&T) -> (String, Vec<String>),
) -> Glance {
    match &told.value {
        Some(value) => {
            let (value, notes) = words(value);
            let behind = behind.map(|filter| View { filter: Some(filter.to_owned()), sort: Vec::new() });
            Glance { name, label, value: Some(value), notes, behind, query: None }
        }
        None => Glance {
            name,
            label,
            value: None,
            notes: told.reason.clone().into_iter().collect(),
            behind: None,
            query: None,
        },
    }
}

fn compared(of: &Compared, shown: impl Fn(f64) -> String) -> Vec<String> {
    let against = |earlier: f64, when: &str| {
        let change = if earlier > 0.0 {
            let share = of.last / earlier - 1.0;
            format!("{}{} on ", if share < 0.0 { "−" } else { "+" }, percent(share.abs()))
        } else {
            String::new()
        };
        format!("{change}{when} ({})", shown(earlier))
    };
    let before = of.before.map(|before| against(before, "28 d before"));
    let year = of.year_ago.map(|year| against(year, "a year ago"));
    before.into_iter().chain(year).collect()
}
