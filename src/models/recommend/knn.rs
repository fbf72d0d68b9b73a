//! Item neighbours (Sarwar et al. 2001): on sparse shop logs better than factors, at a fraction of the time.
//!
//! Two similarities. *Co-occurrence*: how many users touched both items, each counting less the more items they touched,
//! discounted by powers of both items' popularity, as RP3-beta does (Paudel et al. 2017); full discounts would make it the
//! cosine. *BM25*: the cosine of items' BM25-weighted user vectors (Robertson & Walker 1994).
//!
//! Measured on RetailRocket's 5-core matrix, a fifth of the pairs held out: weights of events make recall worse, and so
//! does a strong discount of what is recommended; co-occurrence hence counts pairs and not weights.

use rayon::prelude::*;

use crate::error::Result;
use crate::job::Job;
use crate::models::recommend::histories::LONGEST;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::similarity::Similarity;

/// How neighbours are found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnnSettings {
    /// How near two items are.
    pub similarity: Similarity,
    /// Neighbours kept per item.
    pub neighbours: usize,
    /// Users with more items than this tell nothing about taste and cost the square of their items: left out.
    pub longest_history: usize,
}

impl KnnSettings {
    /// With the bounds that recommending uses.
    pub fn of(similarity: Similarity) -> Self {
        Self { similarity, neighbours: NEIGHBOURS, longest_history: LONGEST }
    }
}

/// Neighbours kept per item: of twice as many, recall gains less than a hundredth of itself.
pub const NEIGHBOURS: usize = 100;
/// The power of a user's number of items that divides what the user tells.
const USER_DISCOUNT: f32 = 0.35;
/// The power of the known item's number of users that divides.
const KNOWN_DISCOUNT: f32 = 0.35;
/// BM25's saturation of weights.
const K1: f32 = 1.2;
/// BM25's normalisation by an item's popularity.
const B: f32 = 0.75;

/// Each item's nearest items.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// How near they are.
    similarity: Similarity,
    /// Where each item's neighbours start.
    offsets: Vec<u32>,
    /// Neighbours, nearest first, and their similarity.
    entries: Vec<(u32, f32)>,
    /// Users left out for their long history.
    pub left_out: usize,
}

/// Items per unit of parallel work.
const ITEMS_PER_CHUNK: usize = 512;

impl Neighbours {
    /// Finds the neighbours of every item.
    pub fn fit(interactions: &Interactions, settings: &KnnSettings, job: &Job) -> Result<Self> {
        let left_out = (0..interactions.rows()).filter(|&user| is_long(interactions, user, settings)).count();
        let by_user = match settings.similarity {
            Similarity::CoOccurrence { .. } => counted(interactions, settings),
            Similarity::Bm25 => bm25(interactions, settings),
        };
        let by_item = by_user.transposed();
        let divisors = Divisors::of(&by_item, settings.similarity);
        let starts: Vec<usize> = (0..by_item.rows()).step_by(ITEMS_PER_CHUNK).collect();
        let chunks: Vec<Vec<Vec<(u32, f32)>>> = starts
            .par_iter()
            .map(|&start| {
                job.check()?;
                let mut sums = Sums::of(by_item.rows());
                let items = start..(start + ITEMS_PER_CHUNK).min(by_item.rows());
                Ok(items.map(|item| nearest(item, &by_item, &by_user, &divisors, settings, &mut sums)).collect())
            })
            .collect::<Result<_>>()?;
        let mut made = Self { similarity: settings.similarity, offsets: vec![0], entries: Vec::new(), left_out };
        for neighbours in chunks.into_iter().flatten() {
            made.entries.extend(neighbours);
            made.offsets.push(made.entries.len() as u32);
        }
        Ok(made)
    }

    /// How near they are.
    pub fn similarity(&self) -> Similarity {
        self.similarity
    }

    /// The neighbours of an item with their similarity, nearest first.
    pub fn of(&self, item: usize) -> &[(u32, f32)] {
        &self.entries[self.offsets[item] as usize..self.offsets[item + 1] as usize]
    }

    /// Room for scoring histories.
    pub fn room(&self) -> Sums {
        Sums::of(self.offsets.len() - 1)
    }

    /// Every neighbour of a history, in no particular order, with its score: the sum over the history's items of the
    /// similarity, for BM25 times the item's weight. `known` items (ascending) and those that `allowed` stops are left
    /// out.
    pub fn scored(
        &self,
        (items, weights): (&[u32], &[f32]),
        known: &[u32],
        allowed: impl Fn(u32) -> bool,
        sums: &mut Sums,
    ) -> Vec<(u32, f32)> {
        for (&item, &weight) in items.iter().zip(weights) {
            let weight = if self.similarity == Similarity::Bm25 { weight } else { 1.0 };
            for &(near, similarity) in self.of(item as usize) {
                sums.add(near, weight * similarity);
            }
        }
        sums.drain().filter(|&(item, _)| allowed(item) && known.binary_search(&item).is_err()).collect()
    }
}

/// Sums for few of many items, again and again.
#[derive(Debug)]
pub struct Sums {
    sums: Vec<f32>,
    /// The items whose sum is above 0.
    touched: Vec<u32>,
}

impl Sums {
    fn of(items: usize) -> Self {
        Self { sums: vec![0.0; items], touched: Vec::new() }
    }

    /// Adds something above 0.
    fn add(&mut self, item: u32, value: f32) {
        let sum = &mut self.sums[item as usize];
        if *sum == 0.0 {
            self.touched.push(item);
        }
        *sum += value;
    }

    /// The items with their sums, which are 0 again afterwards.
    fn drain(&mut self) -> impl Iterator<Item = (u32, f32)> {
        self.touched.drain(..).map(|item| (item, std::mem::take(&mut self.sums[item as usize])))
    }
}

fn is_long(interactions: &Interactions, user: usize, settings: &KnnSettings) -> bool {
    interactions.row(user).0.len() > settings.longest_history
}

/// What a user tells of each pair of items, as a factor of either.
fn counted(interactions: &Interactions, settings: &KnnSettings) -> Interactions {
    let rows = (0..interactions.rows()).map(|user| {
        let items = interactions.row(user).0;
        if is_long(interactions, user, settings) {
            return Vec::new();
        }
        let share = (items.len() as f32).powf(-USER_DISCOUNT / 2.0);
        items.iter().map(|&item| (item, share)).collect()
    });
    Interactions::from_rows(interactions.columns, rows)
}

/// BM25 weights of users × items: items are the documents, users the terms.
fn bm25(interactions: &Interactions, settings: &KnnSettings) -> Interactions {
    let mut totals = vec![0.0_f32; interactions.columns];
    for (&item, &weight) in interactions.column.iter().zip(&interactions.weight) {
        totals[item as usize] += weight;
    }
    let average = totals.iter().sum::<f32>() / interactions.columns.max(1) as f32;
    let documents = interactions.columns as f32;
    let rows = (0..interactions.rows()).map(|user| {
        let (items, weights) = interactions.row(user);
        if is_long(interactions, user, settings) {
            return Vec::new();
        }
        let rarity = (documents / (1.0 + items.len() as f32)).ln().max(0.0);
        let bm25 = |(&item, &weight): (&u32, &f32)| {
            let length = 1.0 - B + B * totals[item as usize] / average;
            (item, weight * (K1 + 1.0) / (K1 * length + weight) * rarity)
        };
        items.iter().zip(weights).map(bm25).collect()
    });
    Interactions::from_rows(interactions.columns, rows)
}

/// What the sum over common users is divided by, one number per item on either side.
struct Divisors {
    known: Vec<f32>,
    recommended: Vec<f32>,
}

impl Divisors {
    fn of(by_item: &Interactions, similarity: Similarity) -> Self {
        let items = 0..by_item.rows();
        match similarity {
            Similarity::CoOccurrence { popularity_discount } => {
                let users: Vec<f32> = items.map(|item| by_item.row(item).0.len().max(1) as f32).collect();
                let power = |exponent: f32| users.iter().map(|users| users.powf(exponent)).collect();
                Self { known: power(KNOWN_DISCOUNT), recommended: power(popularity_discount) }
            }
            Similarity::Bm25 => {
                let length = |item| by_item.row(item).1.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
                let lengths: Vec<f32> = items.map(length).collect();
                Self { known: lengths.clone(), recommended: lengths }
            }
        }
    }
}

fn nearest(
    item: usize,
    by_item: &Interactions,
    by_user: &Interactions,
    divisors: &Divisors,
    settings: &KnnSettings,
    sums: &mut Sums,
) -> Vec<(u32, f32)> {
    let (users, weights) = by_item.row(item);
    for (&user, &weight) in users.iter().zip(weights) {
        let (others, other_weights) = by_user.row(user as usize);
        for (&other, &other_weight) in others.iter().zip(other_weights) {
            if weight * other_weight > 0.0 {
                sums.add(other, weight * other_weight);
            }
        }
    }
    let similarity =
        |(other, sum): (u32, f32)| (other, sum / (divisors.known[item] * divisors.recommended[other as usize]));
    let mut near: Vec<(u32, f32)> = sums.drain().filter(|&(other, _)| other as usize != item).map(similarity).collect();
    let nearer = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if near.len() > settings.neighbours {
        near.select_nth_unstable_by(settings.neighbours, nearer);
        near.truncate(settings.neighbours);
    }
    near.sort_unstable_by(nearer);
    near
}
