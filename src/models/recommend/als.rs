//! Implicit alternating least squares (Hu, Koren, Volinsky, *Collaborative Filtering for Implicit Feedback Datasets*,
//! 2008): minimises `Σ c_ui (p_ui − x_uᵀy_i)² + λ(Σ‖x_u‖² + Σ‖y_i‖²)` over all pairs, touched or not.
//!
//! Rows with few entries, which are most users of a shop, are solved exactly: with `G = YᵀY + λI`, `Z = G⁻¹Y` shared by
//! all rows and `M = Y_SᵀZ_S` over the row's items `S`, `x = Z_S (I + (C−I)M)⁻¹ c` (Woodbury). Longer rows take three
//! conjugate gradient steps from where they stood (Takács, Pilászy, Tikk 2011), as Python's `implicit` does.
//!
//! Users of the same single item with the same weight have the same factor: they are fitted once and count as often as
//! they are.
#![allow(clippy::inline_always, reason = "kernels are compiled for wide registers where they are inlined")]

use std::collections::HashMap;

use nalgebra::{Cholesky, DMatrix};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::interactions::Interactions;
use crate::models::vector::{Kernel, add_scaled, dot, multiply, on_widest};

/// How the factors are fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlsSettings {
    /// Numbers per factor.
    pub rank: usize,
    /// λ of the penalty.
    pub regularisation: f64,
    /// Rounds over users and items.
    pub iterations: usize,
    /// Draws the start.
    pub seed: u64,
}

/// Factors of users and items; the score of a pair is their dot product.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    /// Numbers per factor.
    pub rank: usize,
    /// Distinct users × rank, row after row: users of the same single item with the same weight share one.
    pub users: Vec<f32>,
    /// The row of each user.
    pub row_of: Vec<u32>,
    /// Items × rank, row after row.
    pub items: Vec<f32>,
}

/// Rows per unit of parallel work; fixed, so that the result does not depend on the number of threads.
const ROWS_PER_CHUNK: usize = 1024;

/// Rows solved between two looks at the cancel flag; each is solved by itself, and popular items have long ones.
const SOLVED_AT_ONCE: usize = 64;

/// Conjugate gradient steps per row and round.
pub const STEPS: usize = 3;

/// Rows with at most this many entries are solved exactly.
pub const EXACT: usize = 6;

impl Factors {
    /// The factor of a user.
    pub fn user(&self, user: usize) -> &[f32] {
        let row = self.row_of[user] as usize;
        &self.users[row * self.rank..(row + 1) * self.rank]
    }

    /// The same, with a row of factors for each of `items` items: that of the thing it is, or zeros where it is none.
    #[must_use]
    pub fn of_items(&self, items: usize, thing: impl Fn(u32) -> u32) -> Self {
        let none = vec![0.0; self.rank];
        let factor = |item| match thing(item) {
            NONE => none.as_slice(),
            thing => self.item(thing as usize),
        };
        let items = (0..items as u32).flat_map(|item| factor(item).iter().copied()).collect();
        Self { rank: self.rank, users: self.users.clone(), row_of: self.row_of.clone(), items }
    }

    /// The factor of an item.
    pub fn item(&self, item: usize) -> &[f32] {
        &self.items[item * self.rank..(item + 1) * self.rank]
    }
}

/// Fits factors to users × items confidences `c_ui`: the weights of `confidence`, taken as they are.
///
/// # Errors
/// [`Error::Model`] when the matrix is empty, [`Error::Cancelled`] within a fraction of a round.
pub fn fit_als(confidence: &Interactions, settings: &AlsSettings, job: &Job) -> Result<Factors> {
    if confidence.column.is_empty() || settings.rank == 0 {
        return Err(Error::Model("there is no interaction to learn from, or recommend.rank is 0".to_owned()));
    }
    let rank = settings.rank;
    let distinct = Distinct::new(confidence);
    let users = Terms::new(distinct.rows, |_| 1.0);
    let items = Terms::new(users.rows.transposed(), |user| distinct.copies[user as usize]);
    let ones = vec![1.0; confidence.columns];
    let mut user_factors = random(users.rows.rows() * rank, settings.seed);
    let mut item_factors = random(confidence.columns * rank, settings.seed.wrapping_add(1));
    for _ in 0..settings.iterations {
        solve(&users, &item_factors, &ones, &mut user_factors, settings, job)?;
        solve(&items, &user_factors, &distinct.copies, &mut item_factors, settings, job)?;
        job.advance(1);
    }
    Ok(Factors { rank, users: user_factors, row_of: distinct.of, items: item_factors })
}

/// The rows that differ, rows with one entry being taken together.
struct Distinct {
    rows: Interactions,
    /// How often each distinct row occurs.
    copies: Vec<f32>,
    /// The distinct row of each row.
    of: Vec<u32>,
}

impl Distinct {
    fn new(all: &Interactions) -> Self {
        let mut first: HashMap<(u32, u32), u32> = HashMap::new();
        let (mut named, mut copies, mut of): (Vec<u32>, Vec<f32>, _) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..all.rows() {
            let next = named.len() as u32;
            let place = match all.row(row) {
                ([column], [weight]) => *first.entry((*column, weight.to_bits())).or_insert(next),
                _ => next,
            };
            if place == next {
                named.push(row as u32);
                copies.push(0.0);
            }
            copies[place as usize] += 1.0;
            of.push(place);
        }
        Self { rows: all.select(&named), copies, of }
    }
}

/// What each entry adds to its row's equations `(G + Σ excess·yyᵀ) x = Σ pull·y`.
struct Terms {
    /// `pull = m·c`, with `m` the copies of the entry's column.
    rows: Interactions,
    /// `excess = m·(c − 1)`.
    excess: Vec<f32>,
}

impl Terms {
    fn new(mut rows: Interactions, copies: impl Fn(u32) -> f32) -> Self {
        let mut excess = Vec::with_capacity(rows.weight.len());
        for (&column, weight) in rows.column.iter().zip(&mut rows.weight) {
            let copies = copies(column);
            excess.push(copies * (*weight - 1.0));
            *weight *= copies;
        }
        Self { rows, excess }
    }

    fn row(&self, row: usize) -> Row<'_> {
        let (columns, pull) = self.rows.row(row);
        Row { columns, pull, excess: &self.excess[self.rows.offsets[row] as usize..][..columns.len()] }
    }
}

#[derive(Clone, Copy)]
struct Row<'a> {
    columns: &'a [u32],
    pull: &'a [f32],
    excess: &'a [f32],
}

impl Row<'_> {
    /// (column, pull, excess) of each entry.
    fn entries(&self) -> impl Iterator<Item = (u32, f32, f32)> {
        self.columns.iter().zip(self.pull).zip(self.excess).map(|((&column, &pull), &excess)| (column, pull, excess))
    }
}

fn random(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    (0..count).map(|_| random.r#gen::<f32>() * 0.01).collect()
}

/// One half round: the factors `own` of the rows of `terms`, given those of its columns and how often each occurs.
fn solve(
    terms: &Terms,
    others: &[f32],
    copies: &[f32],
    own: &mut [f32],
    settings: &AlsSettings,
    job: &Job,
) -> Result<()> {
    let rank = settings.rank;
    let mut gram = gram(others, copies, rank);
    for at in 0..rank {
        gram[at * rank + at] += settings.regularisation;
    }
    let inverse = Cholesky::new(DMatrix::from_row_slice(rank, rank, &gram))
        .ok_or_else(|| Error::Model("the factors' Gram matrix is singular; raise recommend.regularisation".to_owned()))?
        .inverse();
    let inverse: Vec<f32> = inverse.iter().map(|&value| value as f32).collect();
    let gram: Vec<f32> = gram.iter().map(|&value| value as f32).collect();
    // Z pays where columns are met by many short rows; users of an item are met once.
    let shared = terms.rows.rows() > terms.rows.columns;
    let solved = if shared { multiplied(others, &inverse, rank) } else { Vec::new() };
    let chunks = own.par_chunks_mut(SOLVED_AT_ONCE * rank).enumerate();
    chunks
        .map(|(chunk, own)| {
            job.check()?;
            let first = chunk * SOLVED_AT_ONCE;
            on_widest(SolveRows { terms, first, own, others, solved: &solved, gram: &gram, rank });
            Ok(())
        })
        .collect()
}

/// Solves the rows from `first` on; `solved` is empty where no row is solved exactly.
struct SolveRows<'a> {
    terms: &'a Terms,
    first: usize,
    own: &'a mut [f32],
    others: &'a [f32],
    solved: &'a [f32],
    gram: &'a [f32],
    rank: usize,
}

impl Kernel for SolveRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { terms, first, own, others, solved, gram, rank } = self;
        let mut scratch = Scratch::new(rank);
        for (offset, factor) in own.chunks_mut(rank).enumerate() {
            let row = terms.row(first + offset);
            if row.columns.is_empty() {
                factor.fill(0.0);
            } else if !solved.is_empty() && row.columns.len() <= EXACT {
                exact(factor, row, others, solved);
            } else {
                conjugate_gradient(factor, row, others, gram, &mut scratch);
            }
        }
    }
}

/// `AᵀA` of a row-major matrix with `rank` columns, each row counted as often as it occurs.
fn gram(rows: &[f32], copies: &[f32], rank: usize) -> Vec<f64> {
    let chunks = rows.par_chunks(ROWS_PER_CHUNK * rank).zip(copies.par_chunks(ROWS_PER_CHUNK));
    let parts: Vec<Vec<f32>> = chunks.map(|(rows, copies)| on_widest(GramPart { rows, copies, rank })).collect();
    let mut sum = vec![0.0; rank * rank];
    for part in parts {
        for (sum, value) in sum.iter_mut().zip(part) {
            *sum += f64::from(value);
        }
    }
    sum
}

struct GramPart<'a> {
    rows: &'a [f32],
    copies: &'a [f32],
    rank: usize,
}

impl Kernel for GramPart<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn run(self) -> Vec<f32> {
        let mut part = vec![0.0_f32; self.rank * self.rank];
        for (row, &copies) in self.rows.chunks(self.rank).zip(self.copies) {
            for (&x, line) in row.iter().zip(part.chunks_mut(self.rank)) {
                add_scaled(line, row, copies * x);
            }
        }
        part
    }
}

/// Every row times a symmetric `rank × rank` matrix.
fn multiplied(rows: &[f32], by: &[f32], rank: usize) -> Vec<f32> {
    let mut out = vec![0.0; rows.len()];
    out.par_chunks_mut(ROWS_PER_CHUNK * rank)
        .zip(rows.par_chunks(ROWS_PER_CHUNK * rank))
        .for_each(|(out, rows)| on_widest(MultiplyRows { out, rows, by, rank }));
    out
}

struct MultiplyRows<'a> {
    out: &'a mut [f32],
    rows: &'a [f32],
    by: &'a [f32],
    rank: usize,
}

impl Kernel for MultiplyRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (out, row) in self.out.chunks_mut(self.rank).zip(self.rows.chunks(self.rank)) {
            multiply(out, self.by, row);
        }
    }
}

/// `x = Z_S (I + E·M)⁻¹ p` with the excess `E` on a diagonal and the pull `p`.
#[inline(always)]
fn exact(factor: &mut [f32], row: Row<'_>, others: &[f32], solved: &[f32]) {
    let rank = factor.len();
    let of = |column: u32| column as usize * rank..(column as usize + 1) * rank;
    let count = row.columns.len();
    let mut system = [[0.0_f32; EXACT + 1]; EXACT];
    for (i, (own, pull, excess)) in row.entries().enumerate() {
        for (j, &column) in row.columns.iter().enumerate() {
            let m = dot(&others[of(own)], &solved[of(column)]);
            system[i][j] = excess * m + f32::from(u8::from(i == j));
        }
        system[i][count] = pull;
    }
    eliminate(&mut system, count);
    factor.fill(0.0);
    for (i, &column) in row.columns.iter().enumerate() {
        add_scaled(factor, &solved[of(column)], system[i][count]);
    }
}

/// Gauss–Jordan with row pivoting; the solution stands in the last column. `I + E·M` is never singular for `c ≥ 0`
/// with `M` positive definite.
#[inline(always)]
fn eliminate(system: &mut [[f32; EXACT + 1]; EXACT], count: usize) {
    for at in 0..count {
        let largest = (at..count).max_by(|&a, &b| system[a][at].abs().total_cmp(&system[b][at].abs())).unwrap_or(at);
        system.swap(at, largest);
        let pivot = system[at];
        for (row, line) in system.iter_mut().enumerate().take(count) {
            if row == at {
                continue;
            }
            let scale = line[at] / pivot[at];
            for (value, pivot) in line.iter_mut().zip(pivot).take(count + 1).skip(at) {
                *value -= scale * pivot;
            }
        }
    }
    for (at, line) in system.iter_mut().enumerate().take(count) {
        line[count] /= line[at];
    }
}

struct Scratch {
    residual: Vec<f32>,
    direction: Vec<f32>,
    image: Vec<f32>,
}

impl Scratch {
    fn new(rank: usize) -> Self {
        Self { residual: vec![0.0; rank], direction: vec![0.0; rank], image: vec![0.0; rank] }
    }
}

#[inline(always)]
fn conjugate_gradient(factor: &mut [f32], row: Row<'_>, others: &[f32], gram: &[f32], scratch: &mut Scratch) {
    let rank = factor.len();
    let other = |column: u32| &others[column as usize * rank..(column as usize + 1) * rank];
    let Scratch { residual, direction, image } = scratch;
    multiply(residual, gram, factor);
    for value in residual.iter_mut() {
        *value = -*value;
    }
    for (column, pull, excess) in row.entries() {
        let other = other(column);
        add_scaled(residual, other, pull - excess * dot(other, factor));
    }
    direction.copy_from_slice(residual);
    let mut square = dot(residual, residual);
    for _ in 0..STEPS {
        if square < 1e-20 {
            break;
        }
        multiply(image, gram, direction);
        for (column, _, excess) in row.entries() {
            let other = other(column);
            add_scaled(image, other, excess * dot(other, direction));
        }
        let step = square / dot(direction, image);
        add_scaled(factor, direction, step);
        add_scaled(residual, image, -step);
        let next = dot(residual, residual);
        let turn = next / square;
        for (direction, residual) in direction.iter_mut().zip(residual.iter()) {
            *direction = residual + turn * *direction;
        }
        square = next;
    }
}
