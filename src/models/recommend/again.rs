//! What a user will buy again: items bought before, by how often, how recently and the user's own rhythm.
//!
//! Learnt from the log itself: of every item a user had bought by an earlier cutoff, whether the user bought it within the
//! days that followed. Where there is too little to learn from, items go by how often and how recently they were bought.

mod bought;
mod chance;
mod evaluate;
mod goods;
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
use chance::{By, Chances};
pub use evaluate::AgainEvaluation;
pub use goods::Goods;
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

/// The list of every user as of T.
///
/// # Errors
/// [`Error::Cancelled`](crate::error::Error::Cancelled).
pub fn buy_again(
    log: &EventLog,
    goods: &Goods<'_>,
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
    let shop = Shop { log, goods, days: settings.cutoff_days };
    let by = shop.choose(notes, job)?;
    served.evaluation = shop.held_out_days(by, notes, job)?;
    let learnt = Chances::learn(by, log, log.as_of, shop.ahead(), job)?;
    if let Err(why) = &learnt {
        notes.push(format!("buy again goes by how often and how recently an item was bought, without chances: {why}"));
    }
    let ranker = Ranker { bought: &bought, chances: learnt.ok() };
    job.begin("users ranked for buying again", users as u64);
    let list = |user| ranker.list(user, top, |item| goods.now(item), goods);
    let lists: Vec<Vec<Entry>> = (0..users as u32).into_par_iter().map(list).collect();
    job.check()?;
    for (user, list) in lists.into_iter().enumerate() {
        for (place, entry) in list.into_iter().enumerate() {
            let at = user * top + place;
            (served.items[at], served.chances[at], served.due_days[at]) = (entry.item, entry.chance, entry.due_days);
        }
    }
    Ok(served)
}

/// The log, what may be listed, and how many days ahead.
struct Shop<'a> {
    log: &'a EventLog,
    goods: &'a Goods<'a>,
    days: f64,
}

impl Shop<'_> {
    fn ahead(&self) -> i64 {
        (self.days * DAY_MS as f64) as i64
    }

    /// By what lists are made: by what was learnt of rhythms, where its NDCG@5 on the days before the test days is above
    /// that of how often and how recently alone.
    fn choose(&self, notes: &mut Vec<String>, job: &Job) -> Result<By> {
        let (span, needed) = (span_days(self.log), 3.0 * self.days);
        if span < needed {
            notes.push(format!(
                "buy again goes by how often and how recently an item was bought, without a comparison: the log spans \
                 {span:.1} days, {needed:.0} are needed"
            ));
            return Ok(By::Frequency);
        }
        let until = self.log.as_of - self.ahead();
        let Judged { found, why } = self.judge(By::Rhythm, until, job)?;
        let gain = found.filter(|_| why.is_none()).map(|found| (found.lists.ndcg_at_5_gain, found.test_users));
        let Some((gain, users)) = gain else {
            let why =
                why.unwrap_or_else(|| "no known user bought a known item in the days before the test days".to_owned());
            notes.push(format!("buy again goes by how often and how recently an item was bought: {why}"));
            return Ok(By::Frequency);
        };
        let by = if gain.value > 0.0 { By::Rhythm } else { By::Frequency };
        let chosen = match by {
            By::Rhythm => "what was learnt of rhythms",
            By::Frequency => "how often and how recently an item was bought",
        };
        notes.push(format!(
            "buy again goes by {chosen}: on {users} users of the {} days before the test days the NDCG@5 of what was learnt \
             is {:+.4} beside the other",
            self.days, gain.value
        ));
        Ok(by)
    }

    /// How good the lists are on the last days, learnt on the days before those; or a note why that is not known.
    fn held_out_days(&self, by: By, notes: &mut Vec<String>, job: &Job) -> Result<Option<AgainEvaluation>> {
        let (span, needed) = (span_days(self.log), 2.0 * self.days);
        if span < needed {
            notes.push(format!(
                "buy again is not evaluated: the log spans {span:.1} days; {needed:.0} are needed to hold out the last {:.0}",
                self.days
            ));
            return Ok(None);
        }
        let Judged { found, why } = self.judge(by, self.log.as_of, job)?;
        if let Some(why) = why {
            notes.push(format!("buy again is judged without chances: {why}"));
        }
        if found.is_none() {
            notes.push("buy again is not evaluated: no known user bought a known item after the cutoff".to_owned());
        }
        Ok(found)
    }

    /// How good lists are on the days up to `until`, learnt on the days before those.
    fn judge(&self, by: By, until: i64, job: &Job) -> Result<Judged> {
        let cutoff = until - self.ahead();
        let known = self.log.known_at(cutoff);
        let log = known.as_ref().map_or(self.log, |known| &known.log);
        let bought = Bought::until(log, cutoff);
        let (chances, why) = match Chances::learn(by, log, cutoff, self.ahead(), job)? {
            Ok(chances) => (Some(chances), None),
            Err(why) => (None, Some(why)),
        };
        let ranker = Ranker { bought: &bought, chances };
        Ok(Judged { found: evaluate::evaluate(log, &ranker, (cutoff, until), self.goods, job)?, why })
    }
}

/// How good lists are.
struct Judged {
    /// `None` where nobody was there to judge them.
    found: Option<AgainEvaluation>,
    /// Why nothing was learnt, where nothing was.
    why: Option<String>,
}
