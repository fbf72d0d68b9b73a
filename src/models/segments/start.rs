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
use crate::models::kmeans;
use crate::models::metrics::clustering::silhouette;

use super::SegmentSettings;

/// The most segments the scan tries.
pub const SCAN_TO: usize = 10;
/// Starts per k of the scan.
const SCAN_STARTS: u32 = 3;
/// linfa's bound on iterations over the sample; what is left is done over all users.
const SAMPLE_ITERATIONS: u64 = 100;

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

/// `size` rows drawn without replacement, and the rows `distinct` besides, ascending; every row where there are no more.
pub fn sample_rows(rows: usize, size: usize, seed: u64, distinct: &[u32]) -> Vec<u32> {
    if rows <= size {
        return (0..rows as u32).collect();
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut drawn: Vec<u32> = rand::seq::index::sample(&mut rng, rows, size)
        .into_iter()
        .map(|row| row as u32)
        .chain(distinct.iter().copied())
        .collect();
    drawn.sort_unstable();
    drawn.dedup();
    drawn
}

/// Centres from one k-means++ start (Arthur and Vassilvitskii 2007) refined on the sample by linfa. The generator is
/// seeded from the seed, k and the start's number, so starts may run in any order.
fn start_centres(sample: &Array2<f64>, k: usize, seed: u64, start: u32) -> Result<Vec<Vec<f32>>> {
    let stream =
        seed ^ (k as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(start).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let rng = Xoshiro256PlusPlus::seed_from_u64(stream);
    let model = KMeans::params_with_rng(k, rng)
        .n_runs(1)
        .max_n_iterations(SAMPLE_ITERATIONS)
        .tolerance(1e-4)
        .fit(&DatasetBase::from(sample.view()))
        .map_err(|error| Error::Model(format!("segments: no start for k = {k}: {error}")))?;
    Ok(model.centroids().rows().into_iter().map(|centre| centre.iter().map(|&value| value as f32).collect()).collect())
}

/// Centres from every start for one k, in the order of the starts.
pub fn starts(
    sample: &Matrix,
    k: usize,
    settings: &SegmentSettings,
    count: u32,
    job: &Job,
) -> Result<Vec<Vec<Vec<f32>>>> {
    let rows = to_array(sample)?;
    (0..count)
        .into_par_iter()
        .map(|start| {
            job.check()?;
            let centres = start_centres(&rows, k, settings.seed, start)?;
            job.advance(1);
            Ok(centres)
        })
        .collect()
}

/// The elbow table on the sample for k from 2 to 10, or to the number of distinct rows where that is less.
pub fn scan(sample: &Matrix, distinct: usize, settings: &SegmentSettings, job: &Job) -> Result<Vec<ScanRow>> {
    let last = SCAN_TO.min(distinct);
    let count = SCAN_STARTS.min(settings.restarts);
    job.begin("segment scan: starts", (2..=last).count() as u64 * u64::from(count) + (2..=last).count() as u64);
    let mut table = Vec::new();
    for k in 2..=last {
        let mut best: Option<kmeans::Clustering> = None;
        for centres in starts(sample, k, settings, count, job)? {
            let clustering = kmeans::assign(sample, &centres, job)?;
            if best.as_ref().is_none_or(|best| clustering.inertia < best.inertia) {
                best = Some(clustering);
            }
        }
        if let Some(best) = best {
            let smallest = best.sizes.iter().min().copied().unwrap_or(0);
            table.push(ScanRow {
                k: k as u8,
                inertia: best.inertia,
                silhouette: silhouette(sample, &best.labels, job)?,
                smallest_share: smallest as f64 / sample.rows as f64,
            });
        }
        job.advance(1);
    }
    Ok(table)
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

fn to_array(matrix: &Matrix) -> Result<Array2<f64>> {
    let values = matrix.values.iter().map(|&value| f64::from(value)).collect();
    Array2::from_shape_vec((matrix.rows, matrix.columns), values)
        .map_err(|error| Error::Model(format!("segments: {error}")))
}
