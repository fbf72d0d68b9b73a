//! How well buy-again lists foretell what users buy in the days after a cutoff.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::EventLog;
use crate::job::Job;
use crate::models::recommend::again::chance::bought_between;
use crate::models::recommend::again::goods::Goods;
use crate::models::recommend::again::ranker::{Entry, Ranker};
use crate::models::recommend::evaluate::{Compared, LONGEST, Measures, compared, measures};

/// How well the lists do on held-out days, beside the same items by how often and how recently they were bought.
#[derive(Clone, Copy, Debug)]
pub struct AgainEvaluation {
    /// The lists, and those by how often and how recently.
    pub lists: Compared,
    /// Users known at the cutoff who bought an item known at it afterwards.
    pub test_users: u64,
    /// Share of those purchases that are of items the user had bought before: no list of them can find more.
    pub repeat_share: f64,
}

/// Judges the lists by what was bought in `(cutoff, until]`; `None` where no known user bought a known item then.
pub fn evaluate(
    log: &EventLog,
    ranker: &Ranker<'_>,
    (cutoff, until): (i64, i64),
    goods: &Goods<'_>,
    job: &Job,
) -> Result<Option<AgainEvaluation>> {
    let mut known = vec![false; log.items.len()];
    for user in 0..log.users.len() as u32 {
        for event in log.events_until(user, cutoff) {
            if let Some(known) = known.get_mut(log.item[event] as usize) {
                *known = true;
            }
        }
    }
    let plain = Ranker { bought: ranker.bought, chances: None };
    let judged: Vec<Option<(Measures, usize, usize)>> = (0..log.users.len() as u32)
        .into_par_iter()
        .map(|user| {
            job.check()?;
            if log.events_until(user, cutoff).is_empty() {
                return Ok(None);
            }
            let mut wanted = bought_between(log, user, cutoff, until);
            wanted.retain(|&item| known[item as usize] && goods.ever(item));
            if wanted.is_empty() {
                return Ok(None);
            }
            let codes = |list: Vec<Entry>| list.into_iter().map(|entry| entry.item).collect::<Vec<u32>>();
            let list = codes(ranker.list(user, LONGEST, |item| goods.ever(item), goods));
            let other = codes(plain.list(user, LONGEST, |item| goods.ever(item), goods));
            let own = ranker.bought.items_of(user);
            let again = wanted.iter().filter(|item| own.binary_search(item).is_ok()).count();
            Ok(Some((measures(&list, &other, &wanted), again, wanted.len())))
        })
        .collect::<Result<_>>()?;
    let judged: Vec<_> = judged.into_iter().flatten().collect();
    if judged.is_empty() {
        return Ok(None);
    }
    let (again, all) = judged.iter().fold((0, 0), |sum, user| (sum.0 + user.1, sum.1 + user.2));
    Ok(Some(AgainEvaluation {
        lists: compared(&judged.iter().map(|user| &user.0).collect::<Vec<_>>()),
        test_users: judged.len() as u64,
        repeat_share: again as f64 / all as f64,
    }))
}
