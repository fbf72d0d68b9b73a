//! Conditions: which rows of a table they keep. The same SQL as that of queries.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{CatalogProvider, MemTable, SchemaProvider, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::TreeNode;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::collect_partitioned;
use datafusion::sql::parser::Statement as EngineStatement;
use polars::prelude::{Column, DataFrame, PlSmallStr};
use sqlparser::ast::{
    Expr, SelectItem, SetExpr, Statement, Visit, VisitMut, Visitor, VisitorMut, WindowSpec, WindowType,
};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::condition::{self, start};
use crate::store::engine::scan::StoredTable;
use crate::store::engine::stored::Stored;
use crate::store::engine::wait::wait_for;
use crate::store::engine::{anywhere, convert, dialect, session, tags, trouble};

/// The table that a condition asks about.
const ROWS: &str = "rows";

/// A table that a condition asks about.
pub(in crate::store) enum Asked {
    /// One in memory.
    Held(DataFrame),
    /// One in a run's files.
    Stored(Arc<Stored>),
}

/// Which rows of a table a condition keeps, one answer per row.
///
/// # Errors
/// [`Error::Query`] says what is wrong, where, and which column was probably meant.
pub(in crate::store) fn answers(asked: Asked, text: &str, job: &Job) -> Result<Vec<bool>> {
    let text = text.to_owned();
    wait_for(job, async move {
        let mut read = condition::read(&text)?;
        let mut named = names(&read);
        let (rows, table) = match &asked {
            Asked::Held(frame) => {
                let known: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
                condition::require_known(&text, &named, &known)?;
                anywhere::in_columns(&mut read, &known);
                named = names(&read);
                let columns =
                    frame.columns().iter().filter(|column| named.iter().any(|name| name == column.name().as_str()));
                (frame.height(), in_memory(columns, frame.height())?)
            }
            Asked::Stored(stored) => {
                let known: Vec<&str> = stored.schema().fields().iter().map(|field| field.name().as_str()).collect();
                condition::require_known(&text, &named, &known)?;
                anywhere::in_columns(&mut read, &known);
                if stored.has_tags() {
                    tags::one_by_one(&mut read);
                }
                (stored.rows(), Arc::new(StoredTable(Arc::clone(stored))) as Arc<dyn TableProvider>)
            }
        };
        let told = |error| match trouble::told(error, "", &[]) {
            Error::Query(what) => Error::Query(format!("{}: {what}", start(&text))),
            other => other,
        };
        let kept = keep(table, read, &text).await.map_err(told)?;
        if kept.len() != rows {
            return Err(Error::Query(format!("{}: {} answers for {rows} rows", start(&text), kept.len())));
        }
        Ok(kept)
    })
}

/// Columns of a table in memory, of so many rows.
pub(super) fn in_memory<'a>(chosen: impl Iterator<Item = &'a Column>, rows: usize) -> Result<Arc<dyn TableProvider>> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for column in chosen {
        let array = convert::array(column)?;
        fields.push(Field::new(column.name().as_str(), array.data_type().clone(), true));
        columns.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let rows = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
        .map_err(|error| Error::Query(error.to_string()))?;
    let table = MemTable::try_new(rows.schema(), vec![vec![rows]]);
    Ok(Arc::new(table.map_err(|error| Error::Query(error.to_string()))?))
}

/// Evaluates a condition for every row, in their order.
async fn keep(rows: Arc<dyn TableProvider>, mut condition: Expr, text: &str) -> Result<Vec<bool>, DataFusionError> {
    dialect::rewrite_expression(&mut condition);
    let _: ControlFlow<()> = VisitMut::visit(&mut condition, &mut OverAllRows);
    let mut statements = dialect::parse(&format!("select 1 as kept from {ROWS}"))?;
    if let Some(Statement::Query(query)) = statements.first_mut()
        && let SetExpr::Select(select) = query.body.as_mut()
        && let Some(SelectItem::ExprWithAlias { expr, .. }) = select.projection.first_mut()
    {
        *expr = condition;
    }
    let statement = statements.swap_remove(0);
    let mut state: SessionState = session::session(Arc::new(Alone(rows)), ROWS)?;
    let plan = state.statement_to_plan(EngineStatement::Statement(Box::new(statement))).await?;
    let kind = plan.schema().field(0).data_type().clone();
    if kind != DataType::Boolean {
        let what = condition::no_condition(text, &kind.to_string());
        return Err(DataFusionError::External(Box::new(what)));
    }
    // Parts of the table come in its order as long as nothing deals their rows out anew or looks at several of them.
    state.config_mut().options_mut().optimizer.enable_round_robin_repartition = false;
    if plan.exists(|node| Ok(!matches!(node, LogicalPlan::Projection(_) | LogicalPlan::TableScan(_))))? {
        state.config_mut().options_mut().execution.target_partitions = 1;
    }
    let parts = collect_partitioned(state.create_physical_plan(&plan).await?, state.task_ctx()).await?;
    let answers = parts.iter().flatten().flat_map(|batch| {
        let kept = batch.column(0).as_boolean();
        (0..kept.len()).map(move |row| kept.is_valid(row) && kept.value(row))
    });
    Ok(answers.collect())
}

/// The columns that an expression names, each once.
fn names(expression: &Expr) -> Vec<String> {
    struct Names(Vec<String>);
    impl Visitor for Names {
        type Break = ();

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            let name = match expression {
                Expr::Identifier(name) => Some(dialect::folded(name)),
                Expr::CompoundIdentifier(parts) => {
                    Some(parts.iter().map(dialect::folded).collect::<Vec<_>>().join("."))
                }
                _ => None,
            };
            if let Some(name) = name
                && !self.0.contains(&name)
            {
                self.0.push(name);
            }
            ControlFlow::Continue(())
        }
    }
    let mut names = Names(Vec::new());
    let _: ControlFlow<()> = Visit::visit(expression, &mut names);
    names.0
}

/// Makes of every aggregate one over all rows of the table: `views > avg(views)`.
struct OverAllRows;

impl VisitorMut for OverAllRows {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression
            && function.over.is_none()
            && AGGREGATES.contains(&function.name.to_string().to_lowercase().as_str())
        {
            function.over = Some(WindowType::WindowSpec(WindowSpec {
                window_name: None,
                partition_by: Vec::new(),
                order_by: Vec::new(),
                window_frame: None,
            }));
        }
        ControlFlow::Continue(())
    }
}

/// Aggregates that a condition may ask for.
const AGGREGATES: [&str; 12] = [
    "avg",
    "mean",
    "count",
    "max",
    "min",
    "sum",
    "median",
    "stddev",
    "stddev_samp",
    "stddev_pop",
    "var_samp",
    "var_pop",
];

/// A table, alone in its catalogue.
#[derive(Clone, Debug)]
struct Alone(Arc<dyn TableProvider>);

impl CatalogProvider for Alone {
    fn schema_names(&self) -> Vec<String> {
        vec![ROWS.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        (name == ROWS).then(|| Arc::new(self.clone()) as Arc<dyn SchemaProvider>)
    }
}

#[async_trait]
impl SchemaProvider for Alone {
    fn table_names(&self) -> Vec<String> {
        vec![ROWS.to_owned()]
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        Ok((name == ROWS).then(|| Arc::clone(&self.0)))
    }

    fn table_exist(&self, name: &str) -> bool {
        name == ROWS
    }
}
