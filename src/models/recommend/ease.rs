//! EASE (Steck, *Embarrassingly Shallow Autoencoders for Sparse Data*, 2019): the weights `B` of items on items, with none of
//! an item on itself, that minimise `‖X − XB‖² + λ‖B‖²` over the users × items matrix `X` of what was touched. In closed
//! form `B = I − P · diag(1 / P)`, with `P = (XᵀX + λI)⁻¹`.

use nalgebra::{Cholesky, DMatrix, DMatrixView};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::interactions::Interactions;

/// Items beyond which no model is fitted: it takes the square of their number in memory, and the cube in time.
pub const MOST_ITEMS: usize = 4_000;

/// Each item's weight on each item.
#[derive(Clone, Debug)]
pub struct Ease {
    /// The touched items, ascending.
    items: Vec<u32>,
    /// The place of each column among them, [`NONE`] where nobody touched it.
    place: Vec<u32>,
    /// Items × items: the line of an item holds what it says of every other.
    weights: Vec<f32>,
}

impl Ease {
    /// Fits the weights.
    ///
    /// # Errors
    /// [`Error::Model`] where there are more than [`MOST_ITEMS`] items, or the matrix has no inverse.
    pub fn fit(interactions: &Interactions, penalty: f64, job: &Job) -> Result<Self> {
        let counts = interactions.column_counts();
        let items: Vec<u32> = (0..counts.len() as u32).filter(|&item| counts[item as usize] > 0).collect();
        let count = items.len();
        if count > MOST_ITEMS {
            return Err(Error::Model(format!("EASE is for at most {MOST_ITEMS} items, and there are {count}")));
        }
        let mut place = vec![NONE; counts.len()];
        for (at, &item) in items.iter().enumerate() {
            place[item as usize] = at as u32;
        }
        let mut gram = common_users(interactions, &place, count);
        for at in 0..count {
            gram[(at, at)] += penalty;
        }
        let inverse = inverse(gram, job)?;
        let diagonal: Vec<f64> = inverse.diagonal().iter().copied().collect();
        let mut weights = vec![0.0; count * count];
        weights.par_chunks_mut(count.max(1)).enumerate().for_each(|(of, line)| {
            // The inverse is symmetric.
            for (on, (weight, value)) in line.iter_mut().zip(inverse.column(of)).enumerate() {
                *weight = if on == of { 0.0 } else { (-value / diagonal[on]) as f32 };
            }
        });
        Ok(Self { items, place, weights })
    }

    /// How many items were touched.
    pub fn touched(&self) -> usize {
        self.items.len()
    }

    /// Room for scoring histories.
    pub fn room(&self) -> Vec<f32> {
        vec![0.0; self.items.len()]
    }

    /// Every item with a sum of the history's weights on it above 0, and that sum; `known` ones (ascending) and those that
    /// `allowed` stops are left out.
    pub fn scored(
        &self,
        history: &[u32],
        known: &[u32],
        allowed: impl Fn(u32) -> bool,
        sums: &mut [f32],
    ) -> Vec<(u32, f32)> {
        sums.fill(0.0);
        let count = self.items.len();
        for &item in history {
            let place = self.place[item as usize];
            if place != NONE {
                let line = &self.weights[place as usize * count..][..count];
                for (sum, weight) in sums.iter_mut().zip(line) {
                    *sum += weight;
                }
            }
        }
        let scored = self.items.iter().copied().zip(sums.iter().copied()).filter(|entry| entry.1 > 0.0);
        scored.filter(|&(item, _)| allowed(item) && known.binary_search(&item).is_err()).collect()
    }
}

/// `XᵀX`: how many users touched both items.
fn common_users(interactions: &Interactions, place: &[u32], count: usize) -> DMatrix<f64> {
    let mut gram = DMatrix::zeros(count, count);
    for user in 0..interactions.rows() {
        let items = interactions.row(user).0;
        for &a in items {
            for &b in items {
                gram[(place[a as usize] as usize, place[b as usize] as usize)] += 1.0;
            }
        }
    }
    gram
}

/// Matrices of at most this many rows are inverted at once.
const AT_ONCE: usize = 128;
/// Columns of a product that are computed together.
const COLUMNS_AT_ONCE: usize = 256;

/// The inverse of a symmetric positive definite matrix, by halves: with `A = [P Q; Qᵀ R]` and the Schur complement
/// `S = R − QᵀP⁻¹Q` it is `[P⁻¹ + P⁻¹Q S⁻¹ QᵀP⁻¹, −P⁻¹Q S⁻¹; −S⁻¹QᵀP⁻¹, S⁻¹]`. Nearly all of the work are products.
fn inverse(matrix: DMatrix<f64>, job: &Job) -> Result<DMatrix<f64>> {
    job.check()?;
    let count = matrix.nrows();
    if count <= AT_ONCE {
        let singular = || Error::Model("the items' matrix is singular; raise recommend.ease_penalty".to_owned());
        return Ok(Cholesky::new(matrix).ok_or_else(singular)?.inverse());
    }
    let half = count / 2;
    let rest = count - half;
    let first = inverse(matrix.view((0, 0), (half, half)).clone_owned(), job)?;
    let across = matrix.view((half, 0), (rest, half)).clone_owned();
    let turned = product(&across, &first);
    let schur = matrix.view((half, half), (rest, rest)) - product(&turned, &across.transpose());
    drop(matrix);
    let second = inverse(schur, job)?;
    let below = product(&second, &turned);
    let mut whole = DMatrix::zeros(count, count);
    whole.view_mut((0, 0), (half, half)).copy_from(&(first + product(&turned.transpose(), &below)));
    whole.view_mut((half, 0), (rest, half)).copy_from(&(-&below));
    whole.view_mut((0, half), (half, rest)).copy_from(&(-below.transpose()));
    whole.view_mut((half, half), (rest, rest)).copy_from(&second);
    Ok(whole)
}

/// `a · b`, on every thread.
fn product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let mut out = DMatrix::zeros(a.nrows(), b.ncols());
    let parts = out.as_mut_slice().par_chunks_mut((a.nrows() * COLUMNS_AT_ONCE).max(1));
    parts.zip(b.as_slice().par_chunks((b.nrows() * COLUMNS_AT_ONCE).max(1))).for_each(|(out, b)| {
        let right = DMatrixView::from_slice(b, a.ncols(), b.len() / a.ncols());
        out.copy_from_slice((a * right).as_slice());
    });
    out
}
