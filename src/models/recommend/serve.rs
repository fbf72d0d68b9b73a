//! The list that a user gets: the model's best items, filled up with popular ones. What is judged goes the same way.

use crate::models::recommend::histories::Histories;
use crate::models::recommend::popular::{Entry, Popular};
use crate::models::recommend::scorer::{Room, Scorer};
use crate::models::recommend::top::TopK;

/// A fitted model, what it was fitted on, and what fills its lists.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// The model.
    pub scorer: &'a Scorer,
    /// The users' histories.
    pub histories: &'a Histories,
    /// What fills a list that the model leaves short.
    pub popular: &'a Popular<'a>,
    /// Whether items that a user knows are left out.
    pub exclude_known: bool,
}

impl<'a> Server<'a> {
    /// Items that are left out of a user's list, ascending.
    pub fn left_out(&self, user: u32) -> &'a [u32] {
        if self.exclude_known { self.histories.known(user) } else { &[] }
    }

    /// The `k` best items of each of some users, fewer only where no more exist, and how many items the exact search looked
    /// at for all of them.
    pub fn lists(&self, users: &[u32], k: usize, room: &mut Room) -> (Vec<Vec<Entry>>, usize) {
        let counted = &self.histories.counted;
        let (tops, looked_at) = self.scorer.tops(users, counted, |user| self.left_out(user), k, room);
        let source = self.scorer.candidate().source();
        let list = |(&user, top): (&u32, &TopK)| {
            let mut list: Vec<Entry> =
                top.entries().iter().map(|&(score, item)| Entry { item, score, source }).collect();
            self.popular.fill(&mut list, counted.row(user as usize).0, self.left_out(user), k);
            list
        };
        (users.iter().zip(&tops).map(list).collect(), looked_at)
    }
}
