//! What was predicted of each held-out user by models that never saw it, beside what came: the file from which anybody can
//! compute the figures of an evaluation again.

use polars::prelude::*;

use crate::error::Result;
use crate::features::FeatureTable;
use crate::ingest::EventLog;
use crate::models::evaluate::Split;
use crate::pipeline::tables;

/// The rows of a past that were held out.
#[derive(Clone, Copy)]
pub(super) struct HeldOut<'a> {
    pub(super) log: &'a EventLog,
    /// Its users as of the cutoff.
    pub(super) past: &'a FeatureTable,
    pub(super) split: &'a Split,
    /// Their rows, in the order in which they were judged.
    pub(super) rows: &'a [u32],
}

impl HeldOut<'_> {
    /// A Parquet file of the user, its fold and these columns, each with a value for every row of the past; users in the
    /// order of their ids.
    pub(super) fn file(&self, columns: Vec<Column>) -> Result<Vec<u8>> {
        let mut rows = self.rows.to_vec();
        rows.sort_unstable();
        let fold = (0..self.past.len() as u32).map(|row| Some(u32::from(self.split.fold(row))));
        let mut all = vec![
            tables::user_column(self.log, self.past),
            UInt32Chunked::from_iter_options("fold".into(), fold).into_column(),
        ];
        all.extend(columns);
        let mut held = DataFrame::new_infer_height(all)?.take(&IdxCa::from_vec("rows".into(), rows))?;
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut held)?;
        Ok(bytes)
    }

    /// A column of what was predicted, `values` in the order of the judged rows; null elsewhere.
    pub(super) fn predicted(&self, name: &str, values: &[f32]) -> Column {
        let mut all = vec![f32::NAN; self.past.len()];
        for (&row, &value) in self.rows.iter().zip(values) {
            all[row as usize] = value;
        }
        tables::float_column(name, &all)
    }
}
