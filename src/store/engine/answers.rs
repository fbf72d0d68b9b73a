//! Conditions: which rows of a table in memory they keep. The same SQL as that of queries.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{CatalogProvider, MemTable, SchemaProvider, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::physical_plan::collect;
use datafusion::sql::parser::Statement as EngineStatement;
use polars::prelude::{DataFrame, PlSmallStr};
use sqlparser::ast::{
    Expr, SelectItem, SetExpr, Statement, Visit, VisitMut, Visitor, VisitorMut, WindowSpec, WindowType,
};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::condition::{self, start};
use crate::store::engine::wait::wait_for;
use crate::store::engine::{convert, dialect, session, trouble};

/// The table that a condition asks about.
const ROWS: &str = "rows";

/// The columns that a condition names; `None` where it does not read.
pub fn columns_of(text: &str) -> Option<Vec<String>> {
    let text = text.to_owned();
    wait_for(&Job::new(), async move { Ok(names(&condition::read(&text)?)) }).ok()
}

/// Which rows of a table a condition keeps.
///
/// # Errors
/// [`Error::Query`] says what is wrong, where, and which column was probably meant.
pub(in crate::store) fn answers(frame: &DataFrame, text: &str, job: &Job) -> Result<Vec<bool>> {
    let (frame, text) = (frame.clone(), text.to_owned());
    wait_for(job, async move {
        let read = condition::read(&text)?;
        let known: Vec<&str> = frame.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
        let named = names(&read);
        condition::require_known(&text, &named, &known)?;
        let wanted = known.iter().filter(|column| named.iter().any(|name| name == *column));
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for column in wanted {
            let array = convert::array(frame.column(column)?)?;
            fields.push(Field::new(*column, array.data_type().clone(), true));
            columns.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(frame.height()));
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let rows = RecordBatch::try_new_with_options(schema, columns, &options)
            .map_err(|error| Error::Query(error.to_string()))?;
        let told = |error| match trouble::told(error, "", &[]) {
            Error::Query(what) => Error::Query(format!("{}: {what}", start(&text))),
            other => other,
        };
        let kept = keep(rows, read, &text).await.map_err(told)?;
        if kept.len() != frame.height() {
            return Err(Error::Query(format!("{}: {} answers for {} rows", start(&text), kept.len(), frame.height())));
        }
        Ok(kept)
    })
}

/// Evaluates a condition for every row, in their order.
async fn keep(rows: RecordBatch, mut condition: Expr, text: &str) -> Result<Vec<bool>, DataFusionError> {
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
    let mut state: SessionState = session::session(Arc::new(InMemory(rows)), ROWS)?;
    state.config_mut().options_mut().execution.target_partitions = 1;
    let plan = state.statement_to_plan(EngineStatement::Statement(Box::new(statement))).await?;
    let kind = plan.schema().field(0).data_type().clone();
    if kind != DataType::Boolean {
        let what = condition::no_condition(text, &kind.to_string());
        return Err(DataFusionError::External(Box::new(what)));
    }
    let batches = collect(state.create_physical_plan(&plan).await?, state.task_ctx()).await?;
    let answers = batches.iter().flat_map(|batch| {
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

/// A table of rows in memory, alone in its catalogue.
#[derive(Clone, Debug)]
struct InMemory(RecordBatch);

impl CatalogProvider for InMemory {
    fn schema_names(&self) -> Vec<String> {
        vec![ROWS.to_owned()]
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        (name == ROWS).then(|| Arc::new(self.clone()) as Arc<dyn SchemaProvider>)
    }
}

#[async_trait]
impl SchemaProvider for InMemory {
    fn table_names(&self) -> Vec<String> {
        vec![ROWS.to_owned()]
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        if name != ROWS {
            return Ok(None);
        }
        let table = MemTable::try_new(self.0.schema(), vec![vec![self.0.clone()]])?;
        Ok(Some(Arc::new(table)))
    }

    fn table_exist(&self, name: &str) -> bool {
        name == ROWS
    }
}
