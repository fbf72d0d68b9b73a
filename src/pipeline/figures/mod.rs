//! The figures of the front page, computed at the end of a run from its log, its features and what its models say.
//!
//! [`history`] tells what each buyer ordered; [`periods`], [`cohorts`] and [`customers`] make numbers of it; [`sentences`] says
//! what is news. Each figure stands in [`FrontPage`], typed, or the reason why there is none.

mod cohorts;
mod customers;
mod history;
mod periods;
mod said;
mod sentences;
#[cfg(test)]
mod tests;

use crate::features::FeatureTable;
use crate::ingest::{EventKind, EventLog};
use crate::store::front_page::{FrontPage, Told};
use periods::Periods;
pub(super) use said::Kept;

/// What the models say of every user as of T, in the order of the features' rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    /// How likely each leaves and whether each is active, with the share that left of those active at the cutoff; or why
    /// that is not known.
    pub churn: Result<(Vec<f32>, Vec<bool>, f64), String>,
    /// The revenue expected of each, or why that is not known.
    pub revenue: Result<Vec<f32>, String>,
}

/// Every figure.
pub(super) fn front_page(log: &EventLog, now: &FeatureTable, said: &Said) -> FrontPage {
    let buyers = history::buyers(log);
    let has_money = log.price.iter().any(|price| !price.is_nan());
    let no_money = || "the log tells no prices".to_owned();
    let nobody = "nobody bought anything";
    let periods = Periods::of(log, &buyers);
    let best = customers::best(log, &buyers);
    let best_users = best.as_ref().map_or(&[][..], |(_, users)| users);
    let compared = |numbers: &[f64], is_known: bool, why: &str| match periods::compared(numbers) {
        Some(compared) if is_known => Told::of(compared),
        Some(_) => Told::none(why),
        None => Told::none("the log is shorter than 28 days"),
    };
    let (at_risk, money_at_stake) = match (&said.churn, &said.revenue) {
        (Err(why), _) => (Told::none(why.clone()), Told::none(why.clone())),
        (Ok((churn, active, base)), revenue) => {
            let (at_risk, rows) = customers::at_risk(churn, active, *base);
            let stake = revenue.as_ref().map(|revenue| customers::at_stake(&rows, churn, revenue));
            (Told::of(at_risk), stake.map_or_else(|why| Told::none(why.clone()), Told::of))
        }
    };
    let grid = customers::grid(now);
    let gaps = customers::days_between(&buyers);
    let has_views = log.kind.contains(&EventKind::View);
    let funnel_weeks = if has_views { periods::funnels(log) } else { Vec::new() };
    let mut page = FrontPage {
        best_customers: match &best {
            Some((best, _)) => Told::of(*best),
            None if !has_money => Told::none(no_money()),
            None => Told::none("nobody spent anything in the last 365 days"),
        },
        gone_quiet: customers::quiet(now, &buyers, best_users),
        at_risk,
        money_at_stake,
        orders: compared(&periods.orders, !buyers.is_empty(), nobody),
        revenue: compared(&periods.revenue, has_money, &no_money()),
        active_customers: compared(&periods.active, true, ""),
        cohorts: cohorts::cohorts(log, &buyers).map_or_else(|| Told::none("nobody came"), Told::of),
        funnel: funnel_weeks.last().map_or_else(|| Told::none("the log tells no views"), |last| Told::of(*last)),
        funnel_weeks,
        rfm_grid: if buyers.is_empty() || grid.is_empty() { Told::none(nobody) } else { Told::of(grid) },
        days_between_orders: if gaps.is_empty() {
            Told::none("nobody has ordered on two days")
        } else {
            Told::of(gaps)
        },
        sentences: Vec::new(),
    };
    page.sentences = sentences::sentences(&page, &periods);
    page
}
