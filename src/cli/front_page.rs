//! The figures of the front page as lines of the report.

use crate::format::{number, percent, thousands};
use crate::store::FrontPage;
use crate::store::front_page::{Cohorts, Compared, Told};

/// One line for each figure.
pub fn lines(page: &FrontPage) -> Vec<String> {
    vec![
        line("best customers", &page.best_customers, |best| {
            let (net, share, least) = (number(best.net), percent(best.share), number(best.least));
            format!("{} spent {net}, {share} of all, from {least} each", thousands(best.users))
        }),
        line("gone quiet", &page.gone_quiet, |quiet| {
            // Without prices nobody knows who is among the best.
            let best = page
                .best_customers
                .value
                .map(|_| format!(", {} of them best customers", thousands(quiet.best_customers)));
            let (users, best) = (thousands(quiet.users), best.unwrap_or_default());
            format!("{users}{best}, beyond {:.1} of their own gaps", quiet.threshold)
        }),
        line("at risk", &page.at_risk, |risk| {
            let (users, active) = (thousands(risk.users), thousands(risk.active));
            format!("{users} of {active} active, from a probability of {:.2}", risk.threshold)
        }),
        line("money at stake", &page.money_at_stake, |money| number(*money)),
        line("orders", &page.orders, compared),
        line("revenue", &page.revenue, compared),
        line("active customers", &page.active_customers, compared),
        line("funnel of 7 days", &page.funnel, |funnel| {
            let (view, cart, purchase) = (thousands(funnel.view), thousands(funnel.cart), thousands(funnel.purchase));
            format!("{view} viewed, {cart} put into a cart, {purchase} bought")
        }),
        line("cohorts", &page.cohorts, cohorts),
        line("RFM grid", &page.rfm_grid, |cells| {
            let best = cells.iter().filter(|cell| cell.r >= 4 && cell.f >= 4).map(|cell| cell.users).sum();
            let all = cells.iter().map(|cell| cell.users).sum();
            format!("{} of {} buyers score 4 or 5 in both recency and frequency", thousands(best), thousands(all))
        }),
        line("days between orders", &page.days_between_orders, |bins| {
            let bins = bins.iter().filter(|bin| bin.gaps > 0).map(|bin| {
                let to = if bin.to == u32::MAX { " or more".to_owned() } else { format!(" to {}", bin.to) };
                format!("{}{to}: {}", bin.from, thousands(bin.gaps))
            });
            bins.collect::<Vec<_>>().join(", ")
        }),
    ]
}

fn line<T>(name: &str, told: &Told<T>, text: impl Fn(&T) -> String) -> String {
    let told = match (&told.value, &told.reason) {
        (Some(value), _) => text(value),
        (None, Some(reason)) => format!("– ({reason})"),
        (None, None) => "–".to_owned(),
    };
    format!("{name:<20} {told}")
}

fn compared(of: &Compared) -> String {
    let against = |earlier: Option<f64>, when: &str| {
        earlier.map_or_else(String::new, |earlier| {
            let change = if earlier > 0.0 {
                format!(" ({}{})", if of.last < earlier { "−" } else { "+" }, percent((of.last / earlier - 1.0).abs()))
            } else {
                String::new()
            };
            format!(", {} {when}{change}", number(earlier))
        })
    };
    let (before, year) = (against(of.before, "in the 28 before"), against(of.year_ago, "a year ago"));
    format!("{} in 28 days{before}{year}", number(of.last))
}

fn cohorts(of: &Cohorts) -> String {
    let whole = of.rows.iter().filter(|cohort| cohort.shares.len() >= 2);
    let (users, again) = whole.fold((0.0, 0.0), |(users, again), cohort| {
        (users + cohort.users as f64, again + cohort.users as f64 * cohort.shares[0])
    });
    let (count, period, by) = (of.rows.len(), &of.period, &of.by);
    let next = if users > 0.0 {
        format!("; {} came again in the next {period}", percent(again / users))
    } else {
        String::new()
    };
    format!("{count} by the {period} of the first {by}{next}")
}
