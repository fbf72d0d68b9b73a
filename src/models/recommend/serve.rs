//! The list that a user gets: the model's best items, filled up with popular ones. What is judged goes the same way.

use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::Sums;
use crate::models::recommend::popular::{Entry, Popular};
use crate::models::recommend::scorer::Scorer;

/// A fitted model, what it was fitted on, and what fills its lists.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// The model.
    pub scorer: &'a Scorer,
    /// The users' histories.
    pub histories: &'a Interactions,
    /// What fills a list that the model leaves short.
    pub popular: &'a Popular<'a>,
    /// Whether items that a user knows are left out.
    pub exclude_known: bool,
}

impl<'a> Server<'a> {
    /// Items that are left out of a user's list, ascending.
    pub fn left_out(&self, user: u32) -> &'a [u32] {
        if self.exclude_known { self.histories.row(user as usize).0 } else { &[] }
    }

    /// A user's `k` best items, fewer only where no more exist, and how many items the exact search looked at.
    pub fn list(&self, user: u32, k: usize, room: &mut Option<Sums>) -> (Vec<Entry>, usize) {
        let known = self.left_out(user);
        let (top, looked_at) = self.scorer.top(user as usize, self.histories, known, k, room);
        let source = self.scorer.candidate().source();
        let mut list: Vec<Entry> = top.entries().iter().map(|&(score, item)| Entry { item, score, source }).collect();
        self.popular.fill(&mut list, self.histories.row(user as usize), known, k);
        (list, looked_at)
    }
}
