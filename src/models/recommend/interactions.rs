//! Who touched what, how much: a sparse users × items matrix.

use rayon::prelude::*;

/// A sparse matrix by rows: row `r` holds the columns `column[offsets[r]..offsets[r + 1]]`, ascending, with their weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Interactions {
    /// Number of columns.
    pub columns: usize,
    /// Where each row starts; one more entry than rows.
    pub offsets: Vec<u32>,
    /// Column of each entry.
    pub column: Vec<u32>,
    /// Weight of each entry, above 0.
    pub weight: Vec<f32>,
}

impl Interactions {
    /// A matrix of the rows given as (column, weight) lists, each ascending by column.
    pub fn from_rows(columns: usize, rows: impl Iterator<Item = Vec<(u32, f32)>>) -> Self {
        let mut made = Self::empty(columns);
        for row in rows {
            made.push(&row);
        }
        made
    }

    /// A matrix without rows.
    pub fn empty(columns: usize) -> Self {
        Self { columns, offsets: vec![0], column: Vec::new(), weight: Vec::new() }
    }

    /// Adds a row of (column, weight), ascending by column.
    pub fn push(&mut self, row: &[(u32, f32)]) {
        self.column.extend(row.iter().map(|entry| entry.0));
        self.weight.extend(row.iter().map(|entry| entry.1));
        self.offsets.push(self.column.len() as u32);
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Columns and weights of a row.
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        (&self.column[range.clone()], &self.weight[range])
    }

    /// How many rows touch each column.
    pub fn column_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.columns];
        for &column in &self.column {
            counts[column as usize] += 1;
        }
        counts
    }

    /// Columns that occur in any row, those of most rows first, the smaller one among equals.
    pub fn by_popularity(&self) -> Vec<u32> {
        let counts = self.column_counts();
        let mut columns: Vec<u32> = (0..counts.len() as u32).filter(|&column| counts[column as usize] > 0).collect();
        columns.sort_by_key(|&column| std::cmp::Reverse(counts[column as usize]));
        columns
    }

    /// Columns × rows.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut offsets = vec![0_u32; self.columns + 1];
        for &column in &self.column {
            offsets[column as usize + 1] += 1;
        }
        for column in 0..self.columns {
            offsets[column + 1] += offsets[column];
        }
        let mut next = offsets.clone();
        let mut column = vec![0; self.column.len()];
        let mut weight = vec![0.0; self.weight.len()];
        for row in 0..self.rows() {
            let (columns, weights) = self.row(row);
            for (&of, &value) in columns.iter().zip(weights) {
                let at = &mut next[of as usize];
                column[*at as usize] = row as u32;
                weight[*at as usize] = value;
                *at += 1;
            }
        }
        Self { columns: self.rows(), offsets, column, weight }
    }

    /// Only the rows named; the columns stay.
    #[must_use]
    pub fn select(&self, rows: &[u32]) -> Self {
        let row = |&row: &u32| {
            let (columns, weights) = self.row(row as usize);
            columns.iter().copied().zip(weights.iter().copied()).collect()
        };
        Self::from_rows(self.columns, rows.iter().map(row))
    }

    /// The same pairs with other weights.
    #[must_use]
    pub fn weighted(&self, weight: impl Fn(f32) -> f32 + Sync) -> Self {
        Self { weight: self.weight.par_iter().map(|&value| weight(value)).collect(), ..self.clone() }
    }
}
