//! The most popular items of a category and of the shop: what fills a list that the model leaves short.

use std::collections::HashMap;

use crate::ingest::NONE;
use crate::models::recommend::Source;
use crate::models::recommend::interactions::Interactions;

/// An item of a list, its score (NaN where it was filled in) and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// The item's code.
    pub item: u32,
    /// The model's score; only comparable within one user's list.
    pub score: f32,
    /// Where it comes from.
    pub source: Source,
}

/// Items that may be recommended by the number of users who touched them, most first, in all and by category; those that
/// nobody touched stand last.
#[derive(Debug)]
pub struct Popular<'a> {
    overall: Vec<u32>,
    by_category: HashMap<u32, Vec<u32>>,
    category: &'a [u32],
}

impl<'a> Popular<'a> {
    /// Counts users; `category` is each item's, [`NONE`] where unknown.
    pub fn new(interactions: &Interactions, category: &'a [u32], allowed: &[bool]) -> Self {
        let mut overall = interactions.by_popularity();
        let counts = interactions.column_counts();
        overall.extend((0..counts.len() as u32).filter(|&item| counts[item as usize] == 0));
        overall.retain(|&item| allowed[item as usize]);
        let mut by_category: HashMap<u32, Vec<u32>> = HashMap::new();
        for &item in &overall {
            if let Some(&of) = category.get(item as usize).filter(|&&of| of != NONE) {
                by_category.entry(of).or_default().push(item);
            }
        }
        Self { overall, by_category, category }
    }

    /// Fills a list up to `k` items: with the most popular of the category that weighs most in the user's history (the
    /// smallest code among equals), then of the shop; `known` ones (ascending) are left out.
    pub fn fill(&self, list: &mut Vec<Entry>, history: (&[u32], &[f32]), known: &[u32], k: usize) {
        if list.len() >= k {
            return;
        }
        let own = self.category_of(history).and_then(|category| self.by_category.get(&category));
        let own = own.into_iter().flatten().map(|&item| (item, Source::Category));
        for (item, source) in own.chain(self.overall.iter().map(|&item| (item, Source::Shop))) {
            if list.len() == k {
                break;
            }
            if known.binary_search(&item).is_err() && list.iter().all(|entry| entry.item != item) {
                list.push(Entry { item, score: f32::NAN, source });
            }
        }
    }

    fn category_of(&self, (items, weights): (&[u32], &[f32])) -> Option<u32> {
        let mut sums: Vec<(u32, f32)> = Vec::new();
        for (&item, &weight) in items.iter().zip(weights) {
            let category = self.category.get(item as usize).copied().filter(|&category| category != NONE);
            let Some(category) = category else { continue };
            match sums.iter_mut().find(|sum| sum.0 == category) {
                Some(sum) => sum.1 += weight,
                None => sums.push((category, weight)),
            }
        }
        let best = sums.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        best.map(|(category, _)| category)
    }
}
