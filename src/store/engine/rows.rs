//! The rows of a part of a table, row group by row group: what a condition asks about is decoded first, and of the other
//! columns only the rows for which it holds.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{concat, filter, prep_null_mask_filter};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use parquet::arrow::arrow_reader::RowSelection;

use crate::error::Error;
use crate::store::engine::prune;
use crate::store::engine::stored::{BATCH, Groups, Stored};

/// Reads rows of some row groups.
pub(super) struct Rows {
    table: Arc<Stored>,
    /// The columns wanted, as places in the table.
    columns: Vec<usize>,
    schema: SchemaRef,
    condition: Option<Arc<dyn PhysicalExpr>>,
    groups: Range<usize>,
    /// Rows that are still wanted.
    left: usize,
    open: Option<Open>,
}

/// A row group being read.
enum Open {
    /// Every column from its file.
    Plain(Groups),
    /// The rows that a condition left.
    Chosen {
        /// Columns that the condition does not ask about, with their places in the result; `None` without any.
        others: Option<(Groups, Vec<usize>)>,
        /// Columns that it asks about, of the rows chosen.
        asked: Vec<(usize, ArrayRef)>,
        /// How many of the rows chosen were given.
        given: usize,
        /// Rows chosen.
        rows: usize,
    },
    /// No column at all: rows to be counted.
    Counted(usize),
}

impl Rows {
    pub(super) fn new(
        table: Arc<Stored>,
        columns: Vec<usize>,
        schema: SchemaRef,
        condition: Option<Arc<dyn PhysicalExpr>>,
        groups: Range<usize>,
        limit: Option<usize>,
    ) -> Self {
        Self { table, columns, schema, condition, groups, left: limit.unwrap_or(usize::MAX), open: None }
    }

    /// The next rows; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>> {
        while self.left > 0 {
            let Some(open) = &mut self.open else {
                let Some(group) = self.groups.next() else { return Ok(None) };
                self.open = self.open_group(group)?;
                continue;
            };
            match open.next_batch(self.columns.len()).map_err(outer)? {
                Some((columns, rows)) => {
                    let rows_wanted = rows.min(self.left);
                    self.left -= rows_wanted;
                    let options = RecordBatchOptions::new().with_row_count(Some(rows));
                    let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?;
                    return Ok(Some(batch.slice(0, rows_wanted)));
                }
                None => self.open = None,
            }
        }
        Ok(None)
    }

    /// Opens a row group; `None` where no row of it is wanted.
    fn open_group(&self, group: usize) -> Result<Option<Open>> {
        let Some(condition) = &self.condition else {
            if self.columns.is_empty() {
                return Ok(Some(Open::Counted(self.table.group_rows()[group])));
            }
            return Ok(Some(Open::Plain(self.table.read(group, &self.columns, None).map_err(outer)?)));
        };
        if !prune::may_hold(&self.table, &self.columns, &self.schema, group, condition) {
            return Ok(None);
        }
        let mut asked: Vec<usize> = collect_columns(condition).iter().map(Column::index).collect();
        asked.sort_unstable();
        let Some(chosen) = self.choose(group, &asked, condition)? else { return Ok(None) };
        let others: Vec<usize> = (0..self.columns.len()).filter(|place| !asked.contains(place)).collect();
        let others = if others.is_empty() {
            None
        } else {
            let columns: Vec<usize> = others.iter().map(|&place| self.columns[place]).collect();
            Some((self.table.read(group, &columns, chosen.selection.as_ref()).map_err(outer)?, others))
        };
        Ok(Some(Open::Chosen {
            others,
            asked: asked.into_iter().zip(chosen.columns).collect(),
            given: 0,
            rows: chosen.rows,
        }))
    }

    /// Decodes the columns that a condition asks about and keeps the rows for which it holds; `None` where it holds for
    /// none.
    fn choose(&self, group: usize, asked: &[usize], condition: &Arc<dyn PhysicalExpr>) -> Result<Option<Chosen>> {
        let mut kept: Vec<Vec<ArrayRef>> = vec![Vec::new(); asked.len()];
        let mut masks: Vec<BooleanArray> = Vec::new();
        let mut look = |columns: Vec<ArrayRef>, rows: usize| -> Result<()> {
            let mask = self.mask(asked, &columns, rows, condition)?;
            for (kept, column) in kept.iter_mut().zip(&columns) {
                if mask.true_count() > 0 {
                    kept.push(filter(column, &mask)?);
                }
            }
            masks.push(mask);
            Ok(())
        };
        if asked.is_empty() {
            let mut left = self.table.group_rows()[group];
            while left > 0 {
                look(Vec::new(), left.min(BATCH))?;
                left -= left.min(BATCH);
            }
        } else {
            let columns: Vec<usize> = asked.iter().map(|&place| self.columns[place]).collect();
            let mut reader = self.table.read(group, &columns, None).map_err(outer)?;
            while let Some(columns) = reader.next_batch().map_err(outer)? {
                let rows = columns[0].len();
                look(columns, rows)?;
            }
        }
        let rows: usize = masks.iter().map(BooleanArray::true_count).sum();
        if rows == 0 {
            return Ok(None);
        }
        let columns = kept.iter().map(|parts| {
            let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
            concat(&parts)
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let all = rows == self.table.group_rows()[group];
        let selection = (!all).then(|| RowSelection::from_filters(&masks));
        Ok(Some(Chosen { columns, selection, rows }))
    }

    /// For which rows a condition holds.
    fn mask(
        &self,
        asked: &[usize],
        columns: &[ArrayRef],
        rows: usize,
        condition: &Arc<dyn PhysicalExpr>,
    ) -> Result<BooleanArray> {
        // The condition knows columns by their place among those wanted: the others are there and empty of values.
        let mut fields = Vec::with_capacity(self.columns.len());
        for (place, field) in self.schema.fields().iter().enumerate() {
            let column = match asked.binary_search(&place) {
                Ok(at) => Arc::clone(&columns[at]),
                Err(_) => datafusion::arrow::array::new_null_array(&datafusion::arrow::datatypes::DataType::Null, rows),
            };
            fields.push((field.name().clone(), column));
        }
        let schema = fields
            .iter()
            .map(|(name, column)| datafusion::arrow::datatypes::Field::new(name, column.data_type().clone(), true));
        let schema = Arc::new(datafusion::arrow::datatypes::Schema::new(schema.collect::<Vec<_>>()));
        let columns = fields.into_iter().map(|(_, column)| column).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema, columns, &options)?;
        let mask = condition.evaluate(&batch)?.into_array(rows)?;
        let mask = mask.as_boolean_opt().ok_or_else(|| {
            DataFusionError::Plan(format!("a condition gives {} where yes or no is wanted", mask.data_type()))
        })?;
        Ok(if mask.null_count() > 0 { prep_null_mask_filter(mask) } else { mask.clone() })
    }
}

/// Rows of a row group for which a condition holds.
struct Chosen {
    /// The columns it asked about.
    columns: Vec<ArrayRef>,
    /// Which rows; `None` for all.
    selection: Option<RowSelection>,
    /// How many.
    rows: usize,
}

impl Open {
    /// The next rows of all columns and their number; `None` at the row group's end.
    fn next_batch(&mut self, width: usize) -> crate::error::Result<Option<(Vec<ArrayRef>, usize)>> {
        match self {
            Self::Plain(reader) => Ok(reader.next_batch()?.map(|columns| {
                let rows = columns.first().map_or(0, Array::len);
                (columns, rows)
            })),
            Self::Counted(left) => {
                let rows = std::mem::take(left);
                Ok((rows > 0).then(|| (Vec::new(), rows)))
            }
            Self::Chosen { others, asked, given, rows } => {
                let others = match others {
                    Some((reader, places)) => reader.next_batch()?.map(|columns| (columns, places.clone())),
                    None => Some((Vec::new(), Vec::new())),
                };
                let Some((columns, places)) = others else { return Ok(None) };
                let count = columns.first().map_or_else(|| (*rows - *given).min(BATCH), Array::len);
                if count == 0 {
                    return Ok(None);
                }
                let mut all: Vec<Option<ArrayRef>> = vec![None; width];
                for (place, column) in places.into_iter().zip(columns) {
                    all[place] = Some(column);
                }
                for (place, column) in asked.iter() {
                    all[*place] = Some(column.slice(*given, count));
                }
                *given += count;
                Ok(Some((all.into_iter().flatten().collect(), count)))
            }
        }
    }
}

/// This program's error inside one of the query engine's.
pub(super) fn outer(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
