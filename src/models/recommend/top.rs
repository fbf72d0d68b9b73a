//! The items with the highest dot products, exactly, without looking at them all.
//!
//! Items stand in descending order of their norm. By Cauchy–Schwarz no item scores above `‖x‖·‖y‖`, so the search ends at
//! the first item whose bound does not exceed the worst score kept.
#![allow(clippy::inline_always, reason = "the search is compiled for wide registers where it is inlined")]

use crate::models::recommend::als::Factors;
use crate::models::vector::{Kernel, dot, on_widest};

/// Items by descending norm.
#[derive(Clone, Debug)]
pub struct NormOrder {
    rank: usize,
    items: Vec<u32>,
    norms: Vec<f32>,
    factors: Vec<f32>,
}

/// A ranked list under construction: at most `k` entries, best first, equal scores by item.
#[derive(Clone, Debug)]
pub struct TopK {
    k: usize,
    entries: Vec<(f32, u32)>,
}

impl TopK {
    /// An empty list of at most `k` entries.
    pub fn new(k: usize) -> Self {
        Self { k, entries: Vec::with_capacity(k + 1) }
    }

    /// The score that a new entry must exceed (or equal, with a smaller item).
    fn worst(&self) -> f32 {
        if self.entries.len() < self.k { f32::NEG_INFINITY } else { self.entries[self.k - 1].0 }
    }

    /// Adds an item if it belongs among the best.
    pub fn offer(&mut self, item: u32, score: f32) {
        if score < self.worst() {
            return;
        }
        let place = self
            .entries
            .partition_point(|&(kept, of)| score.total_cmp(&kept).then(of.cmp(&item)) == std::cmp::Ordering::Less);
        if place < self.k {
            self.entries.insert(place, (score, item));
            self.entries.truncate(self.k);
        }
    }

    /// (score, item), best first.
    pub fn entries(&self) -> &[(f32, u32)] {
        &self.entries
    }
}

impl NormOrder {
    /// Orders the items that `allowed` lets through.
    pub fn new(factors: &Factors, allowed: impl Fn(u32) -> bool) -> Self {
        let rank = factors.rank;
        let count = factors.items.len() / rank;
        let norm = |item: u32| dot(factors.item(item as usize), factors.item(item as usize)).sqrt();
        let mut ordered: Vec<(f32, u32)> =
            (0..count as u32).filter(|&item| allowed(item)).map(|item| (norm(item), item)).collect();
        ordered.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut packed = Vec::with_capacity(ordered.len() * rank);
        for &(_, item) in &ordered {
            packed.extend_from_slice(factors.item(item as usize));
        }
        let (norms, items) = ordered.into_iter().unzip();
        Self { rank, items, norms, factors: packed }
    }

    /// The `k` items with the highest scores for `user`, `known` ones (ascending) left out; and how many were looked at.
    pub fn top(&self, user: &[f32], known: &[u32], k: usize) -> (TopK, usize) {
        on_widest(Search { order: self, user, known, k })
    }
}

/// A search for the items with the highest scores.
struct Search<'a> {
    order: &'a NormOrder,
    user: &'a [f32],
    known: &'a [u32],
    k: usize,
}

impl Kernel for Search<'_> {
    type Output = (TopK, usize);

    #[inline(always)]
    fn run(self) -> (TopK, usize) {
        let Self { order, user, known, k } = self;
        let length = dot(user, user).sqrt();
        let mut top = TopK::new(k);
        let mut looked_at = 0;
        if length == 0.0 {
            return (top, looked_at);
        }
        for ((&item, &norm), factor) in order.items.iter().zip(&order.norms).zip(order.factors.chunks(order.rank)) {
            // A little slack keeps rounding from cutting an item whose score equals the bound.
            if norm * length * 1.000_01 < top.worst() {
                break;
            }
            looked_at += 1;
            let score = dot(user, factor);
            if score >= top.worst() && known.binary_search(&item).is_err() {
                top.offer(item, score);
            }
        }
        (top, looked_at)
    }
}
