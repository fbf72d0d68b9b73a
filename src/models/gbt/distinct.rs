//! Equal rows told once: most users of a shop's log have done the same few things, and a tree cannot tell apart what lies
//! in the same bins. Sums over distinct rows are exactly those over all rows, at a fraction of the work.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use crate::models::gbt::bins::BinnedTable;

/// Rows per unit of parallel work.
const ROWS_PER_CHUNK: usize = 16_384;

/// The distinct rows of a table, in the order of their first appearance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distinct {
    /// How many columns a row has.
    pub columns: usize,
    /// The codes, row after row, each one higher than in the table, so that null is 0.
    pub codes: Vec<u8>,
    /// Where the codes of each column begin when all columns' are numbered through; the last one is how many there are.
    pub offsets: Vec<usize>,
    /// For each row asked for, its distinct row.
    pub group_of: Vec<u32>,
}

impl Distinct {
    /// Groups the rows `rows` of a table by all their codes. Two rows are equal when 128-bit hashes of their codes are.
    pub fn of(table: &BinnedTable, rows: &[u32]) -> Self {
        let columns = table.columns.len();
        let hashed: Vec<(Vec<u8>, Vec<u128>)> = rows
            .par_chunks(ROWS_PER_CHUNK)
            .map(|rows| {
                let mut codes = vec![0; rows.len() * columns];
                for (column, of_column) in table.columns.iter().enumerate() {
                    for (at, &row) in rows.iter().enumerate() {
                        codes[at * columns + column] = of_column[row as usize].wrapping_add(1);
                    }
                }
                let hashes = match columns {
                    0 => vec![0; rows.len()],
                    _ => codes.chunks_exact(columns).map(xxh3_128).collect(),
                };
                (codes, hashes)
            })
            .collect();
        let mut groups: HashMap<u128, u32, BuildHasherDefault<Hashed>> = HashMap::default();
        let group_of = Vec::with_capacity(rows.len());
        let mut distinct = Self { columns, codes: Vec::new(), offsets: vec![0], group_of };
        for (codes, hashes) in hashed {
            for (at, hash) in hashes.into_iter().enumerate() {
                let next = groups.len() as u32;
                let group = *groups.entry(hash).or_insert(next);
                if group == next {
                    distinct.codes.extend_from_slice(&codes[at * columns..(at + 1) * columns]);
                }
                distinct.group_of.push(group);
            }
        }
        let mut most = vec![0; columns];
        for row in distinct.codes.chunks_exact(columns.max(1)) {
            most.iter_mut().zip(row).for_each(|(most, &code)| *most = code.max(*most));
        }
        for most in most {
            let end = distinct.offsets[distinct.offsets.len() - 1] + usize::from(most) + 1;
            distinct.offsets.push(end);
        }
        distinct
    }

    /// Groups all rows of a table.
    pub fn of_all(table: &BinnedTable) -> Self {
        Self::of(table, &(0..table.rows as u32).collect::<Vec<u32>>())
    }

    /// No row, of the same columns.
    pub(super) fn none(of: &Self) -> Self {
        Self { columns: of.columns, codes: Vec::new(), offsets: of.offsets.clone(), group_of: Vec::new() }
    }

    /// Some of the rows that were asked for, by their place among them.
    #[must_use]
    pub fn part(&self, places: &[u32]) -> Self {
        let mut part = Self::none(self);
        let mut known = vec![u32::MAX; self.len()];
        for &place in places {
            let group = &mut known[self.group_of[place as usize] as usize];
            if *group == u32::MAX {
                *group = part.codes.len().checked_div(self.columns).unwrap_or_default() as u32;
                part.codes.extend_from_slice(self.row(self.group_of[place as usize] as usize));
            }
            part.group_of.push(*group);
        }
        part
    }

    /// How many distinct rows there are.
    pub fn len(&self) -> usize {
        self.codes.len().checked_div(self.columns).unwrap_or(usize::from(!self.group_of.is_empty()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The codes of a distinct row.
    pub fn row(&self, row: usize) -> &[u8] {
        &self.codes[row * self.columns..(row + 1) * self.columns]
    }

    /// One value for each row asked for, from one for each distinct row.
    pub fn spread(&self, values: &[f32]) -> Vec<f32> {
        self.group_of.iter().map(|&group| values[group as usize]).collect()
    }
}

/// What is observed of distinct rows: how many rows each stands for, and their targets.
#[derive(Clone, Debug)]
pub struct Observations<'a> {
    /// The distinct rows.
    pub rows: &'a Distinct,
    /// How many rows each stands for.
    pub count: Vec<u32>,
    /// The sum of their targets.
    pub sum: Vec<f64>,
    /// How many of them have a target above 0.
    pub positive: Vec<u32>,
    /// The largest target.
    pub most: f64,
    /// How many rows have a target above 0.
    pub positives: usize,
    /// How many rows there are.
    pub total: usize,
}

impl<'a> Observations<'a> {
    /// Sums the targets, one for each row that `rows` was asked for.
    pub fn new(rows: &'a Distinct, targets: impl Iterator<Item = f32>) -> Self {
        Self::weighted(rows, targets.map(|target| (target, 1)))
    }

    /// Sums the targets of rows each of which stands for some.
    pub fn weighted(rows: &'a Distinct, targets: impl Iterator<Item = (f32, u32)>) -> Self {
        let (count, sum, positive) = (vec![0; rows.len()], vec![0.0; rows.len()], vec![0; rows.len()]);
        let mut observed = Self { rows, count, sum, positive, most: 0.0, positives: 0, total: 0 };
        for (&group, (target, weight)) in rows.group_of.iter().zip(targets) {
            let target = f64::from(target);
            observed.count[group as usize] += weight;
            observed.sum[group as usize] += f64::from(weight) * target;
            observed.most = observed.most.max(target);
            let positive = if target > 0.0 { weight } else { 0 };
            observed.positive[group as usize] += positive;
            observed.positives += positive as usize;
            observed.total += weight as usize;
        }
        observed
    }

    /// The mean target; 0 without rows.
    pub fn mean(&self) -> f64 {
        self.sum.iter().sum::<f64>() / self.total.max(1) as f64
    }
}

/// A key that is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}
