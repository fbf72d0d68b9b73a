//! Principal components of a model matrix, to two dimensions for a map of the users.
//!
//! linfa-reduction's PCA was tried: version 0.8.1 stops with "NaN values" on Gaussian data and its variance ratio is
//! wrong. The covariance of a narrow matrix takes one pass and its eigenvectors microseconds, so that is what is done.

use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::job::Job;

/// Rows of one chunk. Fixed, because partial sums depend on it.
const ROWS_PER_CHUNK: usize = 8192;

/// The first two principal components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pca {
    /// Mean of each column.
    pub mean: Vec<f64>,
    /// Two unit vectors of the matrix's width. The sign is fixed: the loading with the greatest absolute value (the
    /// first of equals) is positive. Of a one-column matrix the second is zero.
    pub components: [Vec<f64>; 2],
    /// Variance along each (divisor n − 1).
    pub explained_variance: [f64; 2],
    /// The same as a share of the total variance; 0 where nothing varies.
    pub explained_variance_ratio: [f64; 2],
}

impl Pca {
    /// Fits by the eigenvectors of the covariance (scikit-learn's `PCA(2)` up to sign).
    ///
    /// # Errors
    /// `Error::Model` with fewer than two rows or no column; `Error::Cancelled`.
    pub fn fit(matrix: &Matrix, job: &Job) -> Result<Self> {
        if matrix.rows < 2 || matrix.columns == 0 {
            return Err(Error::Model(format!(
                "principal components need two rows and a column, there are {} rows and {} columns",
                matrix.rows, matrix.columns
            )));
        }
        let (mean, covariance) = covariance(matrix, job)?;
        let total: f64 = covariance.diagonal().iter().sum();
        let eigen = SymmetricEigen::new(covariance);
        let mut order: Vec<usize> = (0..matrix.columns).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]).then(a.cmp(&b)));
        let variance = |nth: usize| order.get(nth).map_or(0.0, |&at| eigen.eigenvalues[at].max(0.0));
        let component = |nth: usize| {
            order.get(nth).map_or_else(
                || vec![0.0; matrix.columns],
                |&at| with_fixed_sign(eigen.eigenvectors.column(at).iter().copied().collect()),
            )
        };
        let explained_variance = [variance(0), variance(1)];
        let share = |variance: f64| if total > 0.0 { variance / total } else { 0.0 };
        Ok(Self {
            mean,
            components: [component(0), component(1)],
            explained_variance,
            explained_variance_ratio: explained_variance.map(share),
        })
    }

    /// The two coordinates of every row.
    ///
    /// # Errors
    /// `Error::Model` when the matrix has another width than the fitted one.
    pub fn project(&self, matrix: &Matrix) -> Result<Vec<[f32; 2]>> {
        if matrix.columns != self.mean.len() || matrix.columns == 0 {
            return Err(Error::Model(format!(
                "principal components of {} columns cannot project {}",
                self.mean.len(),
                matrix.columns
            )));
        }
        let coordinate = |row: &[f32], component: &[f64]| -> f32 {
            let centred = row.iter().zip(&self.mean).map(|(&value, mean)| f64::from(value) - mean);
            centred.zip(component).map(|(value, loading)| value * loading).sum::<f64>() as f32
        };
        let [first, second] = &self.components;
        Ok(matrix
            .values
            .par_chunks_exact(matrix.columns)
            .map(|row| [coordinate(row, first), coordinate(row, second)])
            .collect())
    }
}

/// Column means and the sample covariance in one pass. The model matrix is standardised, so that the difference of
/// squares loses nothing.
fn covariance(matrix: &Matrix, job: &Job) -> Result<(Vec<f64>, DMatrix<f64>)> {
    let width = matrix.columns;
    let parts = matrix
        .values
        .par_chunks(ROWS_PER_CHUNK * width)
        .map(|chunk| {
            job.check()?;
            let mut sums = vec![0.0; width];
            let mut products = vec![0.0; width * width];
            for row in chunk.chunks_exact(width) {
                for (i, &left) in row.iter().enumerate() {
                    let left = f64::from(left);
                    sums[i] += left;
                    for (product, &right) in products[i * width..=i * width + i].iter_mut().zip(row) {
                        *product += left * f64::from(right);
                    }
                }
            }
            Ok((sums, products))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut sums = vec![0.0; width];
    let mut products = vec![0.0; width * width];
    for (chunk_sums, chunk_products) in parts {
        sums.iter_mut().zip(chunk_sums).for_each(|(sum, part)| *sum += part);
        products.iter_mut().zip(chunk_products).for_each(|(sum, part)| *sum += part);
    }
    let rows = matrix.rows as f64;
    let mean: Vec<f64> = sums.iter().map(|sum| sum / rows).collect();
    let covariance = DMatrix::from_fn(width, width, |i, j| {
        let (i, j) = (i.max(j), i.min(j));
        (products[i * width + j] - rows * mean[i] * mean[j]) / (rows - 1.0)
    });
    Ok((mean, covariance))
}

fn with_fixed_sign(mut vector: Vec<f64>) -> Vec<f64> {
    let greatest = vector.iter().copied().fold(0.0_f64, |best, x| if x.abs() > best.abs() + 1e-12 { x } else { best });
    if greatest < 0.0 {
        for loading in &mut vector {
            *loading = -*loading;
        }
    }
    vector
}

#[cfg(test)]
mod tests;
