//! The sample of users, and what linfa-clustering does on it: start centres and the scan over k.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::KMeans;
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::job::Job;
use crate::models::kmeans::{self, Clustering};
use crate::models::metrics::clustering::silhouettes;

use crate::models::segments::SegmentSettings;

/// The most segments the scan tries.
pub const SCAN_TO: usize = 10;
/// Rows of the sample that linfa works on, and its iterations there. One iteration over 20,000 rows takes it 12 ms where
/// the project's own loop takes 0.5, so that one does the rest; more starts gain more than longer ones.
const LINFA_ROWS: usize = 4_000;
const LINFA_ITERATIONS: u64 = 3;

/// One line of the elbow table, measured on the sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanRow {
    /// Number of segments.
    pub k: u8,
    /// Sum over the sample of the squared distance to the nearest centre.
    pub inertia: f64,
    /// Mean silhouette over the sample; null where undefined.
    pub silhouette: Option<f64>,
    /// Share of the sample in the smallest segment.
    pub smallest_share: f64,
}

/// The rows that differ first, at most `limit` of them: each holds values that no earlier one holds.
pub fn distinct_rows(matrix: &Matrix, limit: usize) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for row in 0..matrix.rows {
        if found.len() == limit {
            break;
        }
        if found.iter().all(|&seen| matrix.row(seen as usize) != matrix.row(row)) {
            found.push(row as u32);
        }
    }
    found
}

/// `size` rows drawn without replacement, and [`distinct_rows`] besides, ascending; every row where there are no more.
fn sample_rows(matrix: &Matrix, size: usize, seed: u64, distinct: usize) -> Vec<u32> {
    if matrix.rows <= size {
        return (0..matrix.rows as u32).collect();
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let drawn = rand::seq::index::sample(&mut rng, matrix.rows, size);
    let mut rows: Vec<u32> = drawn.into_iter().map(|row| row as u32).collect();
    rows.extend(distinct_rows(matrix, distinct));
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// The sample of users.
pub struct Sample {
    /// Its rows of the model matrix.
    pub matrix: Matrix,
    /// Those of them that linfa seeks start centres on.
    for_linfa: Array2<f64>,
}

impl Sample {
    /// Draws the sample. It holds as many distinct rows as `matrix` does, up to `distinct`.
    pub fn draw(matrix: &Matrix, distinct: usize, settings: &SegmentSettings) -> Result<(Self, Vec<u32>)> {
        let rows = sample_rows(matrix, settings.sample, settings.seed, distinct);
        let sample = matrix.select(&rows);
        let few = sample.select(&sample_rows(&sample, LINFA_ROWS, settings.seed, distinct));
        let values = few.values.iter().map(|&value| f64::from(value)).collect();
        let for_linfa = Array2::from_shape_vec((few.rows, few.columns), values)
            .map_err(|error| Error::Model(format!("segments: {error}")))?;
        Ok((Self { matrix: sample, for_linfa }, rows))
    }

    /// One clustering per start, in the order of the starts: k-means++ (Arthur and Vassilvitskii 2007) and first
    /// iterations by linfa, the rest by [`kmeans::lloyd`].
    pub fn clusterings(&self, k: usize, count: u32, settings: &SegmentSettings, job: &Job) -> Result<Vec<Clustering>> {
        (0..count)
            .into_par_iter()
            .map(|start| {
                job.check()?;
                let centres = self.linfa_centres(k, settings.seed, start)?;
                let clustering = kmeans::lloyd(&self.matrix, &centres, settings.stop(), job)?;
                job.advance(1);
                Ok(clustering)
            })
            .collect()
    }

    /// The generator is seeded from the seed, k and the start's number, so starts may run in any order.
    fn linfa_centres(&self, k: usize, seed: u64, start: u32) -> Result<Vec<Vec<f32>>> {
        let number = (k as u64) << 32 | u64::from(start);
        let rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let model = KMeans::params_with_rng(k, rng)
            .n_runs(1)
            .max_n_iterations(LINFA_ITERATIONS)
            .tolerance(1e-4)
            .fit(&DatasetBase::from(self.for_linfa.view()))
            .map_err(|error| Error::Model(format!("segments: no start for k = {k}: {error}")))?;
        let centres = model.centroids();
        Ok(centres.rows().into_iter().map(|centre| centre.iter().map(|&value| value as f32).collect()).collect())
    }

    /// A clustering with one centre more than `clustering`, begun at the row furthest from its centre. Its inertia is
    /// less, which keeps the elbow table falling even where every random start was poor.
    fn grown(&self, clustering: &Clustering, settings: &SegmentSettings, job: &Job) -> Result<Clustering> {
        let distance = |row: usize| -> f32 {
            let centre = &clustering.centroids[usize::from(clustering.labels[row])];
            self.matrix.row(row).iter().zip(centre).map(|(x, y)| (x - y).powi(2)).sum()
        };
        let mut furthest = (0, f32::NEG_INFINITY);
        for row in 0..self.matrix.rows {
            let distance = distance(row);
            if distance > furthest.1 {
                furthest = (row, distance);
            }
        }
        let mut centres = clustering.centroids.clone();
        centres.push(self.matrix.row(furthest.0).to_vec());
        kmeans::lloyd(&self.matrix, &centres, settings.stop(), job)
    }

    /// The elbow table for k from 2 to 10, or to the number of distinct rows where that is less.
    pub fn scan(&self, distinct: usize, settings: &SegmentSettings, job: &Job) -> Result<Vec<ScanRow>> {
        let last = SCAN_TO.min(distinct);
        let count = settings.restarts;
        job.begin("segment scan: starts", u64::from(count) * last.saturating_sub(1) as u64);
        let mut best_of_k: Vec<Clustering> = Vec::new();
        for k in 2..=last {
            let mut tried = self.clusterings(k, count, settings, job)?;
            if let Some(smaller) = best_of_k.last() {
                tried.push(self.grown(smaller, settings, job)?);
            }
            best_of_k.extend(tried.into_iter().min_by(|a, b| a.inertia.total_cmp(&b.inertia)));
        }
        job.begin("segment scan: silhouettes", self.matrix.rows as u64);
        let partitions: Vec<&[u8]> = best_of_k.iter().map(|clustering| &*clustering.labels).collect();
        let scores = silhouettes(&self.matrix, &partitions, job)?;
        Ok(best_of_k.iter().zip(scores).map(|(clustering, silhouette)| self.scan_row(clustering, silhouette)).collect())
    }

    fn scan_row(&self, clustering: &Clustering, silhouette: Option<f64>) -> ScanRow {
        let smallest = clustering.sizes.iter().min().copied().unwrap_or(0);
        ScanRow {
            k: clustering.sizes.len() as u8,
            inertia: clustering.inertia,
            silhouette,
            smallest_share: smallest as f64 / self.matrix.rows as f64,
        }
    }
}

/// The k with the best silhouette among those whose smallest segment is no handful, or among all if each has one.
pub fn best_k(table: &[ScanRow], min_share: f64) -> Option<u8> {
    let best = |rows: &mut dyn Iterator<Item = &ScanRow>| {
        rows.filter_map(|row| row.silhouette.map(|score| (row.k, score)))
            // The smaller k of two with the same score.
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            .map(|(k, _)| k)
    };
    best(&mut table.iter().filter(|row| row.smallest_share >= min_share)).or_else(|| best(&mut table.iter()))
}
