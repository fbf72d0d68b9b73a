//! Measures of a partition: the silhouette, and the adjusted Rand index between two partitions.
//!
//! linfa has a silhouette too. It was tried and serves as the test oracle only: it allocates per pair and uses one
//! thread (20,000 rows of 5 columns on two busy cores took it 93 s, and 1.2 s here), and it scores a row alone in its
//! cluster, and a single cluster, as 1, where scikit-learn says 0 and "undefined".

use std::collections::BTreeMap;
use std::ops::Range;

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
/// `None` when it is undefined: fewer than two clusters, or as many clusters as rows. Time is quadratic in the rows, each
/// of which advances `job` by one.
///
/// # Errors
/// `Error::Model` when there is not one label per row; `Error::Cancelled`.
pub fn silhouette(matrix: &Matrix, labels: &[u8], job: &Job) -> Result<Option<f64>> {
    Ok(silhouettes(matrix, &[labels], job)?.into_iter().next().flatten())
}

/// The [`silhouette`] of several partitions of the same rows, for little more than the price of one.
///
/// Rows that no partition separates form a cell. The distances from a row to each cell are added up once; the sum over
/// a cluster of any of the partitions is a sum over its cells.
///
/// # Errors
/// As [`silhouette`].
pub fn silhouettes(matrix: &Matrix, partitions: &[&[u8]], job: &Job) -> Result<Vec<Option<f64>>> {
    if let Some(labels) = partitions.iter().find(|labels| labels.len() != matrix.rows) {
        return Err(Error::Model(format!("silhouette: {} labels for {} rows", labels.len(), matrix.rows)));
    }
    let cells = Cells::new(matrix, partitions);
    let clusterings: Vec<Clusters> = (0..partitions.len()).map(|which| Clusters::new(&cells, which)).collect();
    let blocks = matrix.rows.div_ceil(ROWS_PER_BLOCK);
    let sums = (0..blocks)
        .into_par_iter()
        .map(|block| {
            job.check()?;
            let rows = block * ROWS_PER_BLOCK..((block + 1) * ROWS_PER_BLOCK).min(matrix.rows);
            job.advance(rows.len() as u64);
            Ok(cells.silhouette_sums(rows, &clusterings))
        })
        .collect::<Result<Vec<Vec<f64>>>>()?;
    let mean = |(which, clusters): (usize, &Clusters)| {
        let defined = clusters.occupied() >= 2 && clusters.occupied() < matrix.rows;
        defined.then(|| sums.iter().map(|block| block[which]).sum::<f64>() / matrix.rows as f64)
    };
    Ok(clusterings.iter().enumerate().map(mean).collect())
}

/// The rows ordered by cell, column by column: distances from one row to a cell are then one straight loop.
struct Cells {
    /// One vector per column of the matrix.
    columns: Vec<Vec<f32>>,
    /// Where each cell lies, in order.
    ranges: Vec<Range<usize>>,
    /// Per cell its cluster in each partition.
    clusters: Vec<Vec<usize>>,
}

impl Cells {
    fn new(matrix: &Matrix, partitions: &[&[u8]]) -> Self {
        let key = |row: u32| partitions.iter().map(move |labels| usize::from(labels[row as usize]));
        let mut order: Vec<u32> = (0..matrix.rows as u32).collect();
        order.sort_by(|&a, &b| key(a).cmp(key(b)));
        let columns = (0..matrix.columns)
            .map(|column| order.iter().map(|&row| matrix.row(row as usize)[column]).collect())
            .collect();
        let mut ranges = Vec::new();
        let mut clusters = Vec::new();
        let mut start = 0;
        for cell in order.chunk_by(|&a, &b| key(a).eq(key(b))) {
            ranges.push(start..start + cell.len());
            clusters.push(key(cell[0]).collect());
            start += cell.len();
        }
        Self { columns, ranges, clusters }
    }

    /// The cell of the row at `place`.
    fn cell_of(&self, place: usize) -> usize {
        self.ranges.partition_point(|range| range.end <= place)
    }

    /// Per partition the sum of the silhouettes of the rows at `places`.
    fn silhouette_sums(&self, places: Range<usize>, clusterings: &[Clusters]) -> Vec<f64> {
        let mut sums = vec![0.0; clusterings.len()];
        for place in places {
            let to_cells: Vec<f64> = self.ranges.iter().map(|range| self.distance_sum(place, range)).collect();
            let cell = self.cell_of(place);
            for (which, (sum, clusters)) in sums.iter_mut().zip(clusterings).enumerate() {
                *sum += clusters.silhouette(self.clusters[cell][which], &to_cells);
            }
        }
        sums
    }

    /// Sum of the distances from the row at `place` to those of `range`.
    fn distance_sum(&self, place: usize, range: &Range<usize>) -> f64 {
        let mut sum = 0.0;
        let mut squares = [0.0_f32; TILE];
        for start in range.clone().step_by(TILE) {
            let width = TILE.min(range.end - start);
            // The last group may be wider than what is left: its rest stays 0.
            let squares = &mut squares[..width.next_multiple_of(LANES)];
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

/// The clusters of one partition, as sets of cells.
struct Clusters {
    sizes: Vec<usize>,
    cells: Vec<Vec<usize>>,
}

impl Clusters {
    fn new(cells: &Cells, which: usize) -> Self {
        let count = cells.clusters.iter().map(|clusters| clusters[which] + 1).max().unwrap_or(0);
        let mut clusters = Self { sizes: vec![0; count], cells: vec![Vec::new(); count] };
        for (cell, (range, of)) in cells.ranges.iter().zip(&cells.clusters).enumerate() {
            clusters.sizes[of[which]] += range.len();
            clusters.cells[of[which]].push(cell);
        }
        clusters
    }

    /// How many clusters have rows.
    fn occupied(&self) -> usize {
        self.sizes.iter().filter(|&&size| size > 0).count()
    }

    /// The silhouette of a row of cluster `own` whose distances to the rows of each cell sum to `to_cells`.
    fn silhouette(&self, own: usize, to_cells: &[f64]) -> f64 {
        if self.sizes[own] == 1 {
            return 0.0;
        }
        let mut within = 0.0;
        let mut nearest_other = f64::INFINITY;
        for (cluster, (&size, cells)) in self.sizes.iter().zip(&self.cells).enumerate() {
            let sum: f64 = cells.iter().map(|&cell| to_cells[cell]).sum();
            if cluster == own {
                within = sum / (size - 1) as f64;
            } else if size > 0 {
                nearest_other = nearest_other.min(sum / size as f64);
            }
        }
        let greater = within.max(nearest_other);
        if greater > 0.0 { (nearest_other - within) / greater } else { 0.0 }
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
    let room = greatest - expected;
    // Without room both partitions are trivial (one cluster, or one row each): they agree.
    Some(if room > 0.0 { (together - expected) / room } else { 1.0 })
}

#[cfg(test)]
mod tests;
