//! Who came back, by when they came first; and what each cohort has brought.

use crate::cli::report::content::source::{Source, heading, period};
use crate::cli::report::page::{Block, Heat, Section, Shade};
use crate::format::{percent, thousands};
use crate::store::front_page::{Cohort, Cohorts};

/// Cohorts of the page at most: as many as stand side by side on paper.
const MOST: usize = 14;

/// The section; `None` where older versions told no figures.
pub fn sections(source: &Source<'_>) -> Option<Section> {
    let mut made = heading("cohorts", "Do they come back?");
    let told = &source.front?.cohorts;
    let Some(cohorts) = &told.value else {
        let why = told.reason.as_deref().unwrap_or("not known");
        made.blocks.push(Block::Words(format!("No cohorts: {why}.")));
        return Some(made);
    };
    made.blocks.extend(lead(cohorts).map(Block::Lead));
    made.blocks.push(Block::Heat(retention(cohorts)));
    if cohorts.rows.iter().any(|cohort| !cohort.net_per_user.is_empty()) {
        made.blocks.push(Block::Heat(net(source, cohorts)));
    }
    Some(made)
}

/// The share that came again in the next period, over all cohorts with a whole one.
fn lead(of: &Cohorts) -> Option<String> {
    let whole = of.rows.iter().filter(|cohort| cohort.shares.len() >= 2);
    let (users, again) = whole.fold((0.0, 0.0), |(users, again), cohort| {
        (users + cohort.users as f64, again + cohort.users as f64 * cohort.shares[0])
    });
    let (did, again_words) =
        if of.by == "order" { ("first ordered", "ordered again") } else { ("first came", "came again") };
    let period = &of.period;
    (users > 0.0)
        .then(|| format!("Of those who {did} in one {period}, {} {again_words} in the next.", percent(again / users)))
}

/// The latest cohorts, and what to say of those left out.
fn latest(of: &Cohorts) -> (&[Cohort], String) {
    let first = of.rows.len().saturating_sub(MOST);
    let said = if first > 0 { format!(" The latest {MOST} of {} cohorts.", of.rows.len()) } else { String::new() };
    (&of.rows[first..], said)
}

fn name(of: &Cohorts, cohort: &Cohort) -> String {
    format!("{} · {}", period(&cohort.start, of.period == "month"), thousands(cohort.users))
}

fn corner(of: &Cohorts) -> String {
    format!("First {}, customers", of.by)
}

fn retention(of: &Cohorts) -> Heat {
    let (rows, left_out) = latest(of);
    let most = rows.iter().flat_map(|cohort| &cohort.shares).copied().fold(0.0, f64::max);
    let longest = rows.iter().map(|cohort| cohort.shares.len()).max().unwrap_or(0);
    let shade = |cohort: &Cohort, at: usize| {
        let Some(share) = cohort.shares.get(at) else { return Shade::default() };
        let depth = if most > 0.0 { share / most } else { 0.0 };
        Shade { words: hundredths(*share), depth: Some(depth), running: at + 1 == cohort.shares.len() }
    };
    let again = if of.by == "order" { "ordered" } else { "came" };
    let period = &of.period;
    Heat {
        caption: format!("Share of each cohort that {again} again, {period} by {period}, in %"),
        corner: corner(of),
        head: (1..=longest).map(|at| format!("+{at}")).collect(),
        rows: rows
            .iter()
            .map(|cohort| (name(of, cohort), (0..longest).map(|at| shade(cohort, at)).collect()))
            .collect(),
        note: format!("+1 is the {period} after the first. Hatched: the {period} still runs.{left_out}"),
    }
}

fn net(source: &Source<'_>, of: &Cohorts) -> Heat {
    let (rows, left_out) = latest(of);
    let most = rows.iter().flat_map(|cohort| &cohort.net_per_user).copied().fold(0.0, f64::max);
    let longest = rows.iter().map(|cohort| cohort.net_per_user.len()).max().unwrap_or(0);
    let shade = |cohort: &Cohort, at: usize| {
        let Some(net) = cohort.net_per_user.get(at) else { return Shade::default() };
        let depth = if most > 0.0 { (net / most).max(0.0) } else { 0.0 };
        let words = if most >= 100.0 { whole(*net) } else { format!("{net:.1}") };
        Shade { words, depth: Some(depth), running: at + 1 == cohort.net_per_user.len() }
    };
    let unit = if source.terms.currency.is_empty() { "the log's money" } else { &source.terms.currency };
    let period = &of.period;
    Heat {
        caption: format!("Net spend per customer of each cohort, summed up to the end of each {period}, in {unit}"),
        corner: corner(of),
        head: (0..longest).map(|at| if at == 0 { "first".to_owned() } else { format!("+{at}") }).collect(),
        rows: rows
            .iter()
            .map(|cohort| (name(of, cohort), (0..longest).map(|at| shade(cohort, at)).collect()))
            .collect(),
        note: format!("Purchases less returns. Hatched: the {period} still runs.{left_out}"),
    }
}

fn whole(value: f64) -> String {
    let text = thousands(value.abs().round() as u64);
    if value <= -0.5 { format!("-{text}") } else { text }
}

/// A share in hundredths, short enough for a narrow cell.
fn hundredths(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.05 {
        "<0.1".to_owned()
    } else if value < 9.95 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_period_of_a_cohort_still_runs_and_what_is_left_out_is_said() {
        let cohort = |at: usize| Cohort {
            start: format!("2024-{:02}-01", at % 12 + 1),
            users: 100,
            shares: vec![0.25; 15 - at],
            net_per_user: Vec::new(),
        };
        let cohorts =
            Cohorts { period: "month".to_owned(), by: "order".to_owned(), rows: (0..16).map(cohort).collect() };
        let heat = retention(&cohorts);
        assert_eq!((heat.rows.len(), heat.head.len()), (MOST, 13));
        assert!(heat.note.ends_with("The latest 14 of 16 cohorts."), "{}", heat.note);
        let (first, cells) = &heat.rows[0];
        assert_eq!(first, "Mar 2024 · 100");
        assert!(cells.iter().enumerate().all(|(at, cell)| cell.running == (at == 12) && cell.words == "25"));
        assert_eq!(heat.rows[13].1[0], Shade::default(), "the latest cohort has no later period");
        assert_eq!(
            lead(&cohorts).as_deref(),
            Some("Of those who first ordered in one month, 25.0 % ordered again in the next.")
        );
        assert_eq!([0.0, 0.0002, 0.031, 0.5].map(hundredths), ["0.0", "<0.1", "3.1", "50"]);
    }
}
