//! One user's list: the items bought before, the likeliest first.

use std::collections::HashSet;

use crate::ingest::NONE;
use crate::models::recommend::again::bought::Bought;
use crate::models::recommend::again::chance::Chances;
use crate::models::recommend::again::goods::Goods;

/// An item of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The item.
    pub item: u32,
    /// What the list is sorted by.
    pub score: f32,
    /// NaN where it was not learnt.
    pub chance: f32,
    /// Days until it is due by the user's rhythm.
    pub due_days: f32,
}

/// What users bought as of a cutoff, and what was learnt of buying again by then.
#[derive(Debug)]
pub struct Ranker<'a> {
    /// What users bought.
    pub bought: &'a Bought,
    /// What was learnt; `None` where items go by how often and how recently alone.
    pub chances: Option<Chances>,
}

impl Ranker<'_> {
    /// A user's `k` best items that `allowed` lets through, of one product the best alone; the smallest code first among
    /// equals.
    pub fn list(&self, user: u32, k: usize, allowed: impl Fn(u32) -> bool, goods: &Goods<'_>) -> Vec<Entry> {
        let entry = |at: usize| {
            let chance = self.chances.as_ref().map_or(f32::NAN, |chances| chances.of(self.bought, user, at));
            let score = if chance.is_nan() { self.bought.often_and_recently(at) } else { chance };
            Entry { item: self.bought.item[at], score, chance, due_days: self.bought.due_days(at) }
        };
        let pairs = self.bought.of(user).filter(|&at| allowed(self.bought.item[at]));
        let mut entries: Vec<Entry> = pairs.map(entry).collect();
        entries.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        if let Some(group) = goods.group {
            let mut seen = HashSet::new();
            entries.retain(|entry| {
                let group = group[entry.item as usize];
                group == NONE || seen.insert(group)
            });
        }
        entries.truncate(k);
        entries
    }
}
