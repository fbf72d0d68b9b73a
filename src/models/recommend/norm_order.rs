//! The items with the highest dot products, exactly, without looking at them all.
//!
//! Items stand in descending order of their norm. By Cauchy–Schwarz no item scores above `‖x‖·‖y‖`, so a user's search ends
//! at the first items whose bound does not exceed the worst score kept. The products of a block of items with some users are
//! one product of matrices; what comes near a list is computed again as the plain dot product, so that a score does not
//! depend on who else is asked for, nor on the processor.

use nalgebra::{DMatrix, DMatrixView};

use crate::models::recommend::als::Factors;
use crate::models::recommend::top::TopK;
use crate::models::vector::{Kernel, dot, on_widest};

/// Items by descending norm.
#[derive(Clone, Debug)]
pub struct NormOrder {
    rank: usize,
    items: Vec<u32>,
    norms: Vec<f32>,
    /// Of each [`BLOCK`] of items the first number of every factor, then the second, and so on.
    blocks: Vec<f32>,
}

/// A user who is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The factor.
    pub factor: &'a [f32],
    /// The items that are left out, ascending.
    pub known: &'a [u32],
}

/// Items multiplied at once.
const BLOCK: usize = 256;
/// Users multiplied at once.
const USERS: usize = 128;
/// By how much a product of matrices may be off, as a share of the product of both norms. A sum of `n` products in single
/// precision is off by less than `n · 2⁻²⁴` of it; there are at most 1,024.
const SLACK: f32 = 1e-4;

impl NormOrder {
    /// Orders the items that `allowed` lets through.
    pub fn new(factors: &Factors, allowed: impl Fn(u32) -> bool) -> Self {
        let rank = factors.rank;
        let count = factors.items.len() / rank;
        let norm = |item: u32| dot(factors.item(item as usize), factors.item(item as usize)).sqrt();
        let mut ordered: Vec<(f32, u32)> =
            (0..count as u32).filter(|&item| allowed(item)).map(|item| (norm(item), item)).collect();
        ordered.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut blocks = Vec::with_capacity(ordered.len() * rank);
        for block in ordered.chunks(BLOCK) {
            for number in 0..rank {
                blocks.extend(block.iter().map(|&(_, item)| factors.item(item as usize)[number]));
            }
        }
        let (norms, items) = ordered.into_iter().unzip();
        Self { rank, items, norms, blocks }
    }

    /// The `k` items with the highest scores for each user; and how many items were looked at in all. `factors` are those
    /// that the order was made of.
    pub fn tops(&self, factors: &Factors, users: &[Asked<'_>], k: usize) -> (Vec<TopK>, usize) {
        let mut tops = Vec::with_capacity(users.len());
        let mut looked_at = 0;
        for users in users.chunks(USERS) {
            looked_at += self.some(factors, users, k, &mut tops);
        }
        (tops, looked_at)
    }

    /// Adds the lists of at most [`USERS`] users.
    fn some(&self, factors: &Factors, users: &[Asked<'_>], k: usize, tops: &mut Vec<TopK>) -> usize {
        let first = tops.len();
        tops.extend(users.iter().map(|_| TopK::new(k)));
        let lengths: Vec<f32> = users.iter().map(|user| dot(user.factor, user.factor).sqrt()).collect();
        let mut searching: Vec<usize> = (0..users.len()).filter(|&user| lengths[user] > 0.0).collect();
        let mut stacked = self.stack(users, &searching);
        let mut products = DMatrix::zeros(BLOCK, users.len());
        let mut looked_at = 0;
        for (block, items) in self.items.chunks(BLOCK).enumerate() {
            let at = block * BLOCK;
            let longest = self.norms[at];
            let before = searching.len();
            // A little slack keeps rounding from cutting an item whose score equals the bound.
            searching.retain(|&user| longest * lengths[user] * 1.000_01 >= tops[first + user].worst());
            if searching.is_empty() {
                break;
            }
            if searching.len() < before {
                stacked = self.stack(users, &searching);
            }
            let numbers = &self.blocks[at * self.rank..(at + items.len()) * self.rank];
            let numbers = DMatrixView::from_slice(numbers, items.len(), self.rank);
            products.view_mut((0, 0), (items.len(), searching.len())).gemm(1.0, &numbers, &stacked, 0.0);
            for (column, &user) in searching.iter().enumerate() {
                let Asked { factor, known } = users[user];
                let top = &mut tops[first + user];
                let products = &products.as_slice()[column * BLOCK..][..items.len()];
                let slack = SLACK * longest * lengths[user];
                on_widest(Offer { items, factors, products, slack, factor, known, top });
                looked_at += items.len();
            }
        }
        looked_at
    }

    /// The factors of some of the users, side by side.
    fn stack(&self, users: &[Asked<'_>], chosen: &[usize]) -> DMatrix<f32> {
        let factors = chosen.iter().flat_map(|&user| users[user].factor.iter().copied());
        DMatrix::from_iterator(self.rank, chosen.len(), factors)
    }
}

/// Offers the items of a block to a list.
struct Offer<'a> {
    items: &'a [u32],
    factors: &'a Factors,
    products: &'a [f32],
    slack: f32,
    factor: &'a [f32],
    known: &'a [u32],
    top: &'a mut TopK,
}

impl Kernel for Offer<'_> {
    type Output = ();

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "compiled for wide registers where it is inlined")]
    fn run(self) {
        let Self { items, factors, products, slack, factor, known, top } = self;
        let mut least = top.worst() - slack;
        for (at, &product) in products.iter().enumerate() {
            if product >= least {
                let score = dot(factor, factors.item(items[at] as usize));
                if top.takes(score) && known.binary_search(&items[at]).is_err() {
                    top.offer(items[at], score);
                    least = top.worst() - slack;
                }
            }
        }
    }
}
