//! How much work a recommender is, counted before it begins: multiply-adds, so that what is tried does not hang on the clock.

use std::collections::HashSet;

use crate::models::recommend::als::{EXACT, STEPS};
use crate::models::recommend::candidate::Candidate;
use crate::models::recommend::ease::MOST_ITEMS;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::NEIGHBOURS;

/// The size of a users × items matrix.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Users who differ: those of one item with the same weight are one.
    pub users: f64,
    /// Items that were touched.
    pub items: f64,
    /// Pairs of the users who differ.
    pairs: f64,
    /// The sum of the squares of the users' items.
    squares: f64,
    /// Users who are solved step by step.
    long: f64,
}

impl Size {
    /// Of a matrix.
    pub fn of(matrix: &Interactions) -> Self {
        let mut singles: HashSet<(u32, u32)> = HashSet::new();
        let mut size = Self { users: 0.0, items: 0.0, pairs: 0.0, squares: 0.0, long: 0.0 };
        for user in 0..matrix.rows() {
            let (items, weights) = matrix.row(user);
            let new = match (items, weights) {
                ([], _) => false,
                ([item], [weight]) => singles.insert((*item, weight.to_bits())),
                _ => true,
            };
            if new {
                let count = items.len() as f64;
                size.users += 1.0;
                size.pairs += count;
                size.squares += count * count;
                size.long += f64::from(u8::from(items.len() > EXACT));
            }
        }
        size.items = matrix.column_counts().iter().filter(|&&count| count > 0).count() as f64;
        size
    }

    /// Multiply-adds of a fit.
    pub fn fit(&self, candidate: Candidate, rounds: usize) -> f64 {
        let near = 2.0 * self.squares;
        match candidate {
            Candidate::Popularity => self.pairs,
            Candidate::ItemKnn { .. } => near,
            Candidate::Ease { .. } => self.inverse(),
            Candidate::Als { rank, .. } => rounds as f64 * self.round(rank as f64),
            Candidate::Blend { rank, .. } => rounds as f64 * self.round(rank as f64) + near,
            Candidate::EaseBlend { rank, .. } => rounds as f64 * self.round(rank as f64) + self.inverse(),
        }
    }

    /// The fit of EASE.
    fn inverse(&self) -> f64 {
        self.squares + 4.0 / 3.0 * self.items.powi(3)
    }

    /// One round over users and items.
    fn round(&self, rank: f64) -> f64 {
        let square = rank * rank;
        let grams = (self.users + self.items) * square + 2.0 * square * rank;
        let shared = self.users.min(self.items) * square;
        let steps = STEPS as f64 + 1.0;
        let stepped = (self.long + self.items) * steps * square + 2.0 * self.pairs * steps * rank;
        grams + shared + stepped + self.squares.min(self.pairs * EXACT as f64) * rank
    }

    /// Multiply-adds, at most, of the lists of so many users.
    pub fn lists(&self, candidate: Candidate, users: f64) -> f64 {
        let history = self.pairs / self.users.max(1.0);
        let near = users * history * NEIGHBOURS as f64;
        match candidate {
            Candidate::Popularity => users,
            Candidate::ItemKnn { .. } => near,
            Candidate::Ease { .. } => users * history * self.items,
            Candidate::Als { rank, .. } => users * self.items * rank as f64,
            Candidate::Blend { rank, .. } => users * self.items * rank as f64 + near,
            Candidate::EaseBlend { rank, .. } => users * self.items * (rank as f64 + history),
        }
    }

    /// Bytes of its numbers.
    pub fn bytes(&self, candidate: Candidate) -> f64 {
        let weights = 4.0 * self.items.min(MOST_ITEMS as f64).powi(2);
        // The items' factors are packed once more for the search.
        let factors = |rank: usize| 4.0 * (self.users + 2.0 * self.items) * rank as f64;
        match candidate {
            Candidate::Popularity | Candidate::ItemKnn { .. } => 0.0,
            Candidate::Ease { .. } => weights,
            Candidate::Als { rank, .. } | Candidate::Blend { rank, .. } => factors(rank),
            Candidate::EaseBlend { rank, .. } => factors(rank) + weights,
        }
    }
}
