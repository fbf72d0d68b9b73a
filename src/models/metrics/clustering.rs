//! Measures of a partition: the silhouette, and the adjusted Rand index between two partitions.
//!
//! linfa has a silhouette too. It was tried and serves as the test oracle only: it allocates per pair and uses one
//! thread (20,000 rows take tens of seconds against a fraction of one here), and it scores a cluster of one row as 1,
//! and a single cluster as 1, where scikit-learn says 0 and "undefined".

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::job::Job;

/// Rows whose silhouettes one unit of work computes.
const ROWS_PER_BLOCK: usize = 64;
/// Distances computed at once: small enough for the first-level cache.
const TILE: usize = 256;
/// Independent sums in a tile, so that they vectorise and no single f32 sum grows long.
const LANES: usize = 8;

/// Mean silhouette of the rows of `matrix` under `labels` with Euclidean distance (Rousseeuw 1987; scikit-learn's
/// `silhouette_score`): `(b − a) / max(a, b)` where `a` is a row's mean distance to the other rows of its cluster and
/// `b` the least mean distance to another cluster; a row alone in its cluster scores 0.
///
/// `None` when it is undefined: fewer than two clusters, or as many clusters as rows. Time is quadratic in the rows.
///
/// # Errors
/// `Error::Model` when there is not one label per row; `Error::Cancelled`.
pub fn silhouette(matrix: &Matrix, labels: &[u8], job: &Job) -> Result<Option<f64>> {
    if labels.len() != matrix.rows {
        return Err(Error::Model(format!("silhouette: {} labels for {} rows", labels.len(), matrix.rows)));
    }
    let sorted = ByCluster::new(matrix, labels);
    let clusters = sorted.ranges.iter().filter(|range| !range.is_empty()).count();
    if clusters < 2 || clusters >= matrix.rows {
        return Ok(None);
    }
    let blocks = matrix.rows.div_ceil(ROWS_PER_BLOCK);
    let sums = (0..blocks)
        .into_par_iter()
        .map(|block| {
            job.check()?;
            let rows = block * ROWS_PER_BLOCK..((block + 1) * ROWS_PER_BLOCK).min(matrix.rows);
            Ok(rows.map(|row| sorted.silhouette_of(row)).sum::<f64>())
        })
        .collect::<Result<Vec<f64>>>()?;
    Ok(Some(sums.iter().sum::<f64>() / matrix.rows as f64))
}

/// The rows ordered by cluster, column by column: distances from one row to a cluster are then one straight loop.
struct ByCluster {
    /// One vector per column of the matrix.
    columns: Vec<Vec<f32>>,
    /// Where each cluster lies.
    ranges: Vec<std::ops::Range<usize>>,
}

impl ByCluster {
    fn new(matrix: &Matrix, labels: &[u8]) -> Self {
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        order.sort_by_key(|&row| labels[row as usize]);
        let columns = (0..matrix.columns)
            .map(|column| order.iter().map(|&row| matrix.row(row as usize)[column]).collect())
            .collect();
        let clusters = labels.iter().max().map_or(0, |&last| usize::from(last) + 1);
        let mut sizes = vec![0; clusters];
        for &label in labels {
            sizes[usize::from(label)] += 1;
        }
        let mut start = 0;
        let ranges = sizes
            .into_iter()
            .map(|size: usize| {
                start += size;
                start - size..start
            })
            .collect();
        Self { columns, ranges }
    }

    /// The silhouette of the row at `place` in the order by cluster.
    fn silhouette_of(&self, place: usize) -> f64 {
        let mut within = 0.0;
        let mut nearest_other = f64::INFINITY;
        for range in self.ranges.iter().filter(|range| !range.is_empty()) {
            if range.contains(&place) {
                if range.len() == 1 {
                    return 0.0;
                }
                within = self.distance_sum(place, range.clone()) / (range.len() - 1) as f64;
            } else {
                nearest_other = nearest_other.min(self.distance_sum(place, range.clone()) / range.len() as f64);
            }
        }
        let greater = within.max(nearest_other);
        if greater > 0.0 { (nearest_other - within) / greater } else { 0.0 }
    }

    /// Sum of the distances from the row at `place` to those of `range`.
    fn distance_sum(&self, place: usize, range: std::ops::Range<usize>) -> f64 {
        let mut sum = 0.0;
        let mut squares = [0.0_f32; TILE];
        for start in range.clone().step_by(TILE) {
            let width = TILE.min(range.end - start);
            squares.fill(0.0);
            for column in &self.columns {
                let own = column[place];
                for (square, value) in squares.iter_mut().zip(&column[start..start + width]) {
                    let difference = value - own;
                    *square += difference * difference;
                }
            }
            let mut lanes = [0.0_f32; LANES];
            for group in squares.as_chunks::<LANES>().0 {
                for (lane, square) in lanes.iter_mut().zip(group) {
                    *lane += square.sqrt();
                }
            }
            sum += lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>();
        }
        sum
    }
}

/// Adjusted Rand index of two partitions of the same rows (Hubert and Arabie 1985; scikit-learn's
/// `adjusted_rand_score`): 1 for the same partition under any names, about 0 for independent ones. `None` when the two
/// differ in length.
pub fn adjusted_rand<A: Ord + Copy, B: Ord + Copy>(first: &[A], second: &[B]) -> Option<f64> {
    if first.len() != second.len() {
        return None;
    }
    let pairs = |count: u64| count as f64 * (count as f64 - 1.0) / 2.0;
    let mut both: BTreeMap<(A, B), u64> = BTreeMap::new();
    let mut rows: BTreeMap<A, u64> = BTreeMap::new();
    let mut columns: BTreeMap<B, u64> = BTreeMap::new();
    for (&a, &b) in first.iter().zip(second) {
        *both.entry((a, b)).or_default() += 1;
        *rows.entry(a).or_default() += 1;
        *columns.entry(b).or_default() += 1;
    }
    let together: f64 = both.values().map(|&count| pairs(count)).sum();
    let in_first: f64 = rows.values().map(|&count| pairs(count)).sum();
    let in_second: f64 = columns.values().map(|&count| pairs(count)).sum();
    let all = pairs(first.len() as u64);
    let expected = if all > 0.0 { in_first * in_second / all } else { 0.0 };
    let greatest = f64::midpoint(in_first, in_second);
    // Both partitions trivial (one cluster, or one row each): they agree.
    Some(if greatest == expected { 1.0 } else { (together - expected) / (greatest - expected) })
}

#[cfg(test)]
#[path = "clustering_tests.rs"]
mod tests;
