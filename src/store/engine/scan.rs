//! A stored table as the query engine reads it: which columns, in how many parts, which rows.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{ColumnStatistics, Result, Statistics};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::utils::{collect_columns, conjunction};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coop::make_cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation, PushedDown,
};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};
use futures::stream;

use crate::store::engine::rows::Rows;
use crate::store::engine::stored::Stored;

/// A stored table under a name.
#[derive(Debug)]
pub(super) struct StoredTable(pub(super) Arc<Stored>);

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.0.schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns = projection.cloned().unwrap_or_else(|| (0..self.0.schema().fields().len()).collect());
        let parts = session.config().target_partitions().clamp(1, self.0.group_rows().len().max(1));
        Ok(Arc::new(Scan::new(Arc::clone(&self.0), columns, parts, limit)?))
    }
}

/// Reads columns of a stored table. Each part has row groups of its own, in the table's order.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    table: Arc<Stored>,
    columns: Vec<usize>,
    schema: SchemaRef,
    /// Which rows to read, over the columns of `schema`; filters that change while a query runs are parts of it.
    condition: Option<Arc<dyn PhysicalExpr>>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
}

impl Scan {
    fn new(table: Arc<Stored>, columns: Vec<usize>, parts: usize, limit: Option<usize>) -> Result<Self> {
        let schema: SchemaRef = Arc::new(table.schema().project(&columns)?);
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(parts),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Ok(Self { table, columns, schema, condition: None, limit, properties })
    }

    fn parts(&self) -> usize {
        self.properties.partitioning.partition_count()
    }

    /// The row groups of a part: as many as of the others, give or take one.
    fn groups(&self, part: usize) -> std::ops::Range<usize> {
        let (groups, parts) = (self.table.group_rows().len(), self.parts());
        part * groups / parts..(part + 1) * groups / parts
    }
}

impl DisplayAs for Scan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(f, "Scan: columns=[{}], parts={}", names.join(", "), self.parts())?;
        if let Some(condition) = &self.condition {
            write!(f, ", where={condition}")?;
        }
        self.limit.map_or(Ok(()), |limit| write!(f, ", limit={limit}"))
    }
}

impl ExecutionPlan for Scan {
    fn name(&self) -> &'static str {
        "Scan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.condition.as_ref().map_or(Ok(TreeNodeRecursion::Continue), f)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = Rows::new(
            Arc::clone(&self.table),
            self.columns.clone(),
            Arc::clone(&self.schema),
            self.condition.clone(),
            self.groups(part),
            self.limit,
        );
        drop(context);
        let batches = stream::try_unfold(rows, |mut rows| async move {
            let batch = rows.next()?;
            Ok(batch.map(|batch| (batch, rows)))
        });
        let schema = Arc::clone(&self.schema);
        Ok(make_cooperative(Box::pin(RecordBatchStreamAdapter::new(schema, Box::pin(batches)))))
    }

    fn statistics_from_inputs(&self, _: &[Arc<Statistics>], args: &StatisticsArgs) -> Result<Arc<Statistics>> {
        let rows = match args.partition() {
            Some(part) => self.table.group_rows()[self.groups(part)].iter().sum(),
            None => self.table.rows(),
        };
        let num_rows = match (&self.condition, self.limit) {
            (None, None) => Precision::Exact(rows),
            _ => Precision::Inexact(rows),
        };
        let column_statistics = vec![ColumnStatistics::new_unknown(); self.columns.len()];
        Ok(Arc::new(Statistics { num_rows, total_byte_size: Precision::Absent, column_statistics }))
    }

    fn handle_child_pushdown_result(
        &self,
        _: FilterPushdownPhase,
        found: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        // What asks for a column that this scan does not read stays where it is, as does what is asked after a limit.
        let known = |filter: &Arc<dyn PhysicalExpr>| {
            self.limit.is_none() && collect_columns(filter).iter().all(|column| column.index() < self.columns.len())
        };
        let taken: Vec<bool> = found.parent_filters.iter().map(|asked| known(&asked.filter)).collect();
        let filters = found.parent_filters.into_iter().map(|asked| asked.filter);
        let mine = filters.zip(&taken).filter(|(_, taken)| **taken).map(|(filter, _)| filter);
        let mine: Vec<Arc<dyn PhysicalExpr>> = self.condition.clone().into_iter().chain(mine).collect();
        let answers = taken.iter().map(|&taken| if taken { PushedDown::Yes } else { PushedDown::No }).collect();
        let answer = FilterPushdownPropagation::with_parent_pushdown_result(answers);
        if !taken.contains(&true) {
            return Ok(answer);
        }
        Ok(answer.with_updated_node(Arc::new(Self { condition: Some(conjunction(mine)), ..self.clone() })))
    }
}
