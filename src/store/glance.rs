//! The figures of the front page in words, each with the users behind it: what the screen and the reports tell of them.

use serde_json::Value;

use crate::format::{counted, number, percent, thousands};
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

/// What matters, a sentence each: the news, what concerns the best customers, what should be known of the figures; where there
/// is no news that comes last, or why it cannot be told.
pub fn news(info: &RunInfo) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    if let Some(page) = &info.figures {
        said.extend(page.sentences.iter().map(|news| format!("{}.", news.trim_end_matches('.'))));
        said.extend(best_gone_quiet(page));
    }
    if info.uplift_is_simulated() {
        said.push("Whom a campaign would persuade is simulated: no campaign was given.".to_owned());
    }
    said.extend(untold(info));
    said.extend(no_news(info));
    said
}

/// How many of the best customers have gone quiet, if any.
fn best_gone_quiet(page: &FrontPage) -> Option<String> {
    let (quiet, best) = (page.gone_quiet.value?.best_customers, page.best_customers.value?.users);
    let (all, who) = (thousands(best), thousands(quiet));
    match (quiet, best) {
        (0, _) => None,
        (_, 1) => Some("The best customer has gone quiet: overdue by their own rhythm.".to_owned()),
        (1, _) => Some(format!("1 of the {all} best customers has gone quiet: overdue by their own rhythm.")),
        _ => Some(format!("{who} of the {all} best customers have gone quiet: overdue by their own rhythm.")),
    }
}

/// That there is no news, or why none can be told.
fn no_news(info: &RunInfo) -> Option<String> {
    let Some(page) = &info.figures else {
        return Some("What is news is not told: the run has no features, or an older version made it.".to_owned());
    };
    if !page.sentences.is_empty() {
        return None;
    }
    let whole = info.detail::<Ingest>().events_by_day.len().saturating_sub(1) / 28;
    Some(if whole >= PERIODS || whole == 0 {
        "No change beyond the usual ups and downs.".to_owned()
    } else {
        format!("News can be told from {PERIODS} whole periods of 28 days on; the log has {whole}.")
    })
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
            glance.notes.insert(0, format!("{before} on {}", terms.zone.date(then)));
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
            let days = terms.inactive_days.map_or_else(String::new, |days| format!(" within {} d", number(days)));
            let active = format!("of {} active{days}", thousands(of.active));
            (thousands(of.users), vec![active, format!("from {} on", short_percent(of.threshold))])
        }),
        sorted_by_revenue(glance("money_at_stake", "Money at stake", &page.money_at_stake, risk.as_deref(), |of| {
            let days = terms.horizon_days.map_or_else(String::new, |days| format!(" in {} d", number(days)));
            (money(*of), vec![format!("lost{days} if those at risk leave")])
        })),
        with_query(
            best_query(page, info),
            glance("best_customers", "Best customers", &page.best_customers, best.as_deref(), |of| {
                let share = format!("{} of all spending in 365 d", percent(of.share));
                (thousands(of.users), vec![share, format!("{} or more each", money(of.least))])
            }),
        ),
        glance("gone_quiet", "Gone quiet", &page.gone_quiet, quiet.as_deref(), |of| {
            // Without prices nobody knows who is among the best.
            let best = page.best_customers.value.map(|_| counted(of.best_customers, "best customers"));
            let silent = format!("silent for over {:.1} own gaps", of.threshold);
            (thousands(of.users), best.map(|best| format!("{best} among them")).into_iter().chain([silent]).collect())
        }),
    ]
}

/// A percentage without the decimal that says nothing: `90 %`, `87.5 %`.
fn short_percent(share: f64) -> String {
    percent(share).replace(".0 ", " ")
}

fn spans_a_year_at_most(info: &RunInfo) -> bool {
    let days = info.detail::<Ingest>().events_by_day;
    days.first().is_some_and(|first| first.0 > info.zone().date(info.as_of - 365 * DAY_MS))
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
            format!("{}{} on ", if share < 0.0 { "-" } else { "+" }, percent(share.abs()))
        } else {
            String::new()
        };
        format!("{change}{when} ({})", shown(earlier))
    };
    let before = of.before.map(|before| against(before, "28 d before"));
    let year = of.year_ago.map(|year| against(year, "a year ago"));
    before.into_iter().chain(year).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::front_page::{AtRisk, BestCustomers, GoneQuiet};

    fn page(quiet: u64, best: Option<u64>) -> FrontPage {
        let best = best.map(|users| BestCustomers { users, net: 100.0, share: 0.5, least: 1.0 });
        FrontPage {
            best_customers: best.map_or_else(|| Told::none("the log tells no prices"), Told::of),
            gone_quiet: Told::of(GoneQuiet { users: 20, best_customers: quiet, threshold: 2.2 }),
            at_risk: Told::of(AtRisk { users: 16, active: 458, threshold: 0.9 }),
            money_at_stake: Told::of(61.51),
            orders: Told::of(Compared { last: 90.0, before: Some(120.0), year_ago: None }),
            revenue: Told::none("the log tells no prices"),
            active_customers: Told::none("not asked for"),
            cohorts: Told::none("not asked for"),
            funnel: Told::none("not asked for"),
            funnel_weeks: Vec::new(),
            rfm_grid: Told::none("not asked for"),
            days_between_orders: Told::none("not asked for"),
            sentences: Vec::new(),
        }
    }

    fn notes(page: &FrontPage, name: &str) -> Vec<String> {
        let terms = Terms { horizon_days: Some(60.0), inactive_days: Some(30.0), ..Terms::default() };
        let record = serde_json::json!({
            "format": 1, "id": "", "engine": "", "version": "", "created_ms": 0, "as_of": 0, "config": {}, "inputs": {},
            "input": {}, "users": 0, "items": 0, "stages": []
        });
        let all = of_page(page, &serde_json::from_value(record).unwrap(), &terms);
        all.into_iter().find(|glance| glance.name == name).map(|glance| glance.notes).unwrap_or_default()
    }

    #[test]
    fn figures_tell_the_days_they_are_of_and_nothing_that_is_unknown() {
        let unpriced = page(0, None);
        assert_eq!(notes(&unpriced, "at_risk"), ["of 458 active within 30 d", "from 90 % on"]);
        assert_eq!(notes(&unpriced, "money_at_stake"), ["lost in 60 d if those at risk leave"]);
        assert_eq!(notes(&unpriced, "orders"), ["-25.0 % on 28 d before (120)"]);
        assert_eq!(notes(&unpriced, "gone_quiet"), ["silent for over 2.2 own gaps"]);
        assert_eq!(notes(&page(0, Some(7)), "gone_quiet")[0], "0 best customers among them");
    }

    #[test]
    fn one_has_and_several_have_gone_quiet() {
        let said = |quiet, best| best_gone_quiet(&page(quiet, best)).unwrap_or_default();
        assert!(said(1, Some(7)).starts_with("1 of the 7 best customers has gone quiet"), "{}", said(1, Some(7)));
        assert!(
            said(38, Some(93)).starts_with("38 of the 93 best customers have gone quiet"),
            "{}",
            said(38, Some(93))
        );
        assert!(said(1, Some(1)).starts_with("The best customer has"));
        assert_eq!((said(0, Some(7)), said(1, None)), (String::new(), String::new()));
    }
}
