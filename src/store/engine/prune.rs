//! Row groups in which no row can satisfy a condition, by the least and greatest values that the file tells of them.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr_common::physical_expr::snapshot_physical_expr;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;

use crate::store::engine::stored::Stored;

/// Whether a row group may hold a row for which a condition over `columns` holds. What cannot be told is a yes.
pub(super) fn may_hold(
    table: &Stored,
    columns: &[usize],
    schema: &SchemaRef,
    group: usize,
    condition: &Arc<dyn PhysicalExpr>,
) -> bool {
    let known = || -> datafusion::common::Result<bool> {
        let condition = snapshot_physical_expr(Arc::clone(condition))?;
        let predicate = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema)).try_build(condition)?;
        if predicate.always_true() {
            return Ok(true);
        }
        let kept = predicate.prune(&Told { table, columns, schema, group })?;
        Ok(kept.first().copied().unwrap_or(true))
    };
    known().unwrap_or(true)
}

/// What the files tell of one row group.
struct Told<'a> {
    table: &'a Stored,
    columns: &'a [usize],
    schema: &'a SchemaRef,
    group: usize,
}

impl Told<'_> {
    /// Asks the statistics of a column; real numbers are left out, whose greatest value need not count NaN.
    fn ask(
        &self,
        column: &Column,
        question: impl FnOnce(&StatisticsConverter<'_>, &parquet::file::metadata::RowGroupMetaData) -> Option<ArrayRef>,
    ) -> Option<ArrayRef> {
        let place = self.schema.index_of(column.name()).ok()?;
        let wanted = matches!(
            self.schema.field(place).data_type(),
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 | DataType::Timestamp(..)
        );
        if !wanted {
            return None;
        }
        let source = self.table.file_of(self.columns[place])?;
        let described = source.metadata().file_metadata().schema_descr();
        let converter = StatisticsConverter::try_new(column.name(), source.schema(), described).ok()?;
        question(&converter, source.metadata().row_groups().get(self.group)?)
    }
}

impl PruningStatistics for Told<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ask(column, |converter, group| converter.row_group_mins([group]).ok())
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ask(column, |converter, group| converter.row_group_maxes([group]).ok())
    }

    fn num_containers(&self) -> usize {
        1
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        self.ask(column, |converter, group| Some(Arc::new(converter.row_group_null_counts([group]).ok()?)))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(UInt64Array::from(vec![self.table.group_rows()[self.group] as u64])))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
