//! What a user will buy again: items bought before, by how often, how recently and the user's own rhythm.
//!
//! Learnt from the log itself: of every item a user had bought by an earlier cutoff, whether the user bought it within the
//! days that followed. Where there is too little to learn from, items go by how often and how recently they were bought.

mod bought;
mod chance;
mod evaluate;
mod ranker;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::error::Result;
use crate::features::{DAY_MS, span_days};
use crate::ingest::{EventLog, NONE};
use crate::job::Job;
use crate::models::recommend::RecommendSettings;
use bought::Bought;
use chance::Chances;
pub use evaluate::AgainEvaluation;
use ranker::{Entry, Ranker};

/// Of the pairs of a user and an item bought, the share bought on another day too below which a shop sells what nobody buys
/// twice.
const LEAST_SHARE: f64 = 0.01;

/// What every user is likely to buy again.
#[derive(Debug, Default)]
pub struct BuyAgain {
    /// Users × `settings.top` item codes, best first, padded with [`NONE`]; all are, where nothing is bought twice.
    pub items: Vec<u32>,
    /// How likely each is bought within `settings.cutoff_days`; NaN where there is too little to learn it from.
    pub chances: Vec<f32>,
    /// Days until each is due by the user's rhythm, negative where it is overdue.
    pub due_days: Vec<f32>,
    /// On the days after the cutoff; `None` where there is nothing to judge, with a note.
    pub evaluation: Option<AgainEvaluation>,
}

/// The list of every user as of T, of items of which `allowed` is true.
///
/// # Errors
/// [`Error::Cancelled`](crate::error::Error::Cancelled).
pub fn buy_again(
    log: &EventLog,
    allowed: &[bool],
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<BuyAgain> {
    let (users, top) = (log.users.len(), settings.top);
    let mut served = BuyAgain {
        items: vec![NONE; users * top],
        chances: vec![f32::NAN; users * top],
        due_days: vec![f32::NAN; users * top],
        evaluation: None,
    };
    let bought = Bought::until(log, log.as_of);
    let (twice, pairs) = (bought.twice(), bought.len());
    if pairs == 0 {
        notes.push("buy again is empty: the log holds no purchase of a named item".to_owned());
        return Ok(served);
    }
    if (twice as f64) < LEAST_SHARE * pairs as f64 {
        notes.push(format!(
            "buy again is empty: of {pairs} pairs of a user and an item bought {twice} ({:.1} %) were bought on another day \
             too, and {:.0} % are needed",
            100.0 * twice as f64 / pairs as f64,
            100.0 * LEAST_SHARE
        ));
        return Ok(served);
    }
    let ahead = (settings.cutoff_days * DAY_MS as f64) as i64;
    served.evaluation = held_out_days(log, ahead, settings.cutoff_days, notes, job)?;
    let learnt = Chances::learn(log, log.as_of, ahead, job)?;
    if let Err(why) = &learnt {
        notes.push(format!("buy again goes by how often and how recently an item was bought: {why}"));
    }
    let ranker = Ranker { bought: &bought, chances: learnt.ok() };
    job.begin("users ranked for buying again", users as u64);
    let lists: Vec<Vec<Entry>> =
        (0..users as u32).into_par_iter().map(|user| ranker.list(user, top, |item| allowed[item as usize])).collect();
    job.check()?;
    for (user, list) in lists.into_iter().enumerate() {
        for (place, entry) in list.into_iter().enumerate() {
            let at = user * top + place;
            (served.items[at], served.chances[at], served.due_days[at]) = (entry.item, entry.chance, entry.due_days);
        }
    }
    Ok(served)
}

/// How good the lists are on the last days, learnt on the days before those; or a note why that is not known.
fn held_out_days(
    log: &EventLog,
    ahead: i64,
    days: f64,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Option<AgainEvaluation>> {
    let span = span_days(log);
    if span < 2.0 * days {
        notes.push(format!(
            "buy again is not evaluated: the log spans {span:.1} days; {:.0} are needed to hold out the last {days:.0}",
            2.0 * days
        ));
        return Ok(None);
    }
    let cutoff = log.as_of - ahead;
    let known = log.known_at(cutoff);
    let log = known.as_ref().map_or(log, |known| &known.log);
    let bought = Bought::until(log, cutoff);
    let chances = match Chances::learn(log, cutoff, ahead, job)? {
        Ok(chances) => Some(chances),
        Err(why) => {
            notes.push(format!("buy again is judged as it goes by how often and how recently: {why}"));
            None
        }
    };
    let found = evaluate::evaluate(log, &Ranker { bought: &bought, chances }, cutoff, job)?;
    if found.is_none() {
        notes.push("buy again is not evaluated: no known user bought a known item after the cutoff".to_owned());
    }
    Ok(found)
}
