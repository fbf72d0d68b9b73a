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
    /// By category the places of its items in `overall`, ascending.
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
        for (place, &item) in (0..).zip(&overall) {
            if let Some(&of) = category.get(item as usize).filter(|&&of| of != NONE) {
                by_category.entry(of).or_default().push(place);
            }
        }
        Self { overall, by_category, category }
    }

    /// Fills a list up to `k` items: with the most popular of the categories in the user's history, then of the shop;
    /// `known` ones (ascending) are left out.
    pub fn fill(&self, list: &mut Vec<Entry>, history: &[u32], known: &[u32], k: usize) {
        if list.len() >= k {
            return;
        }
        let missing = k - list.len();
        let new = |item: u32, list: &[Entry]| {
            known.binary_search(&item).is_err() && list.iter().all(|entry| entry.item != item)
        };
        let mut places: Vec<u32> = Vec::new();
        for category in self.categories_of(history) {
            let own = self.by_category.get(&category).into_iter().flatten().copied();
            places.extend(own.filter(|&place| new(self.overall[place as usize], list)).take(missing));
        }
        places.sort_unstable();
        let own = places.into_iter().map(|place| (self.overall[place as usize], Source::Category));
        for (item, source) in own.chain(self.overall.iter().map(|&item| (item, Source::Shop))) {
            if list.len() == k {
                break;
            }
            if new(item, list) {
                list.push(Entry { item, score: f32::NAN, source });
            }
        }
    }

    /// The categories of a history, each once.
    fn categories_of(&self, history: &[u32]) -> Vec<u32> {
        let category = history.iter().filter_map(|&item| self.category.get(item as usize).copied());
        let mut categories: Vec<u32> = category.filter(|&category| category != NONE).collect();
        categories.sort_unstable();
        categories.dedup();
        categories
    }
}
