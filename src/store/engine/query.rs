//! Whole queries: from the text to rows.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::sql::parser::Statement as EngineStatement;
use futures::StreamExt;
use polars::prelude::DataFrame;
use sqlparser::ast::Statement;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::engine::catalog::{OWN, Runs};
use crate::store::engine::rules::wants_one_part;
use crate::store::engine::wait::wait_for;
use crate::store::engine::{admit, catalog, convert, dialect, session, trouble, wrong};
use crate::store::run::Run;

/// Rows that are counted at most beyond those shown.
pub const COUNTED: usize = 10_000_000;

/// A query's rows.
#[derive(Debug)]
pub struct Answer {
    /// The first rows, as many as were wanted.
    pub frame: DataFrame,
    /// How many there are in all, counted up to [`COUNTED`] beyond the wanted ones.
    pub rows: usize,
}

impl Answer {
    /// Whether there are more rows than were counted.
    pub fn is_counted_in_part(&self) -> bool {
        self.rows > self.frame.height().saturating_add(COUNTED)
    }
}

/// Runs a query over the run's tables and returns at most `limit` rows.
///
/// The tables are those of the run, `users` (every per-user table side by side), and the same of the runs kept before it:
/// `previous.users`, `run_20261122.users`. Errors say where in the query something is wrong and name the table, column or
/// function that was probably meant, or the file that is damaged.
pub fn sql(run: &Run, query: &str, limit: usize) -> Result<DataFrame> {
    sql_of_job(run, query, limit, &Job::new())
}

/// As [`sql`], until the job is cancelled.
pub fn sql_of_job(run: &Run, query: &str, limit: usize, job: &Job) -> Result<DataFrame> {
    rows(run, query, limit, 0, job).map(|answer| answer.frame)
}

/// As [`sql_of_job`], and counts the rows beyond the limit.
pub fn sql_counted(run: &Run, query: &str, limit: usize, job: &Job) -> Result<Answer> {
    rows(run, query, limit, COUNTED, job)
}

fn rows(run: &Run, query: &str, limit: usize, counted: usize, job: &Job) -> Result<Answer> {
    let (run, query, told) = (run.clone(), query.to_owned(), job.clone());
    wait_for(job, async move {
        let runs = Arc::new(Runs::beside(&run));
        let found = gather(Arc::clone(&runs), &query, limit, counted, &told).await;
        let (schema, batches, rows) = found.map_err(|trouble| match trouble {
            Trouble::Refused(error) => error,
            Trouble::Engine(error) => trouble::told(error, &query, &runs.tables()),
        })?;
        Ok(Answer { frame: convert::frame(&schema, &batches)?, rows })
    })
}

/// Why there are no rows.
pub(super) enum Trouble {
    /// The query is none that is run.
    Refused(Error),
    /// The engine complains.
    Engine(DataFusionError),
}

impl From<DataFusionError> for Trouble {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

type Found = (SchemaRef, Vec<RecordBatch>, usize);

/// A query that is ready to run, or its rows where there is nothing to run.
pub(super) enum Prepared {
    /// The rows.
    Rows(SchemaRef, Vec<RecordBatch>),
    /// The plan and the session that runs it.
    Plan(Box<SessionState>, Arc<dyn ExecutionPlan>),
}

/// Reads and plans a query.
pub(super) async fn prepare(runs: Arc<Runs>, text: &str, job: &Job) -> Result<Prepared, Trouble> {
    let mut statement = admit::query(text)?;
    let tables = Arc::clone(&runs);
    let mut state = session::session(tables, OWN)?;
    runs.widen(&state)?;
    let told = match &statement {
        Statement::ShowTables { .. } => Some(names(&runs)?),
        Statement::ExplainTable { table_name, .. } => Some(described(&state, &table_name.to_string()).await?),
        _ => None,
    };
    if let Some((schema, batches, _)) = told {
        return Ok(Prepared::Rows(schema, batches));
    }
    dialect::rewrite(&mut statement);
    let plan = state.statement_to_plan(EngineStatement::Statement(Box::new(statement))).await?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    if let Some(what) = wrong::refusal_of_plan(&plan)? {
        return Err(Trouble::Refused(Error::Query(what)));
    }
    job.begin("rows", 0);
    if wants_one_part(&plan) {
        state.config_mut().options_mut().execution.target_partitions = 1;
    }
    let physical = state.create_physical_plan(&plan).await?;
    Ok(Prepared::Plan(Box::new(state), physical))
}

/// Runs a query and keeps its first rows.
async fn gather(runs: Arc<Runs>, text: &str, limit: usize, counted: usize, job: &Job) -> Result<Found, Trouble> {
    let (state, physical) = match prepare(runs, text, job).await? {
        Prepared::Rows(schema, batches) => {
            let rows = batches.iter().map(RecordBatch::num_rows).sum();
            return Ok((schema, batches, rows));
        }
        Prepared::Plan(state, physical) => (state, physical),
    };
    let mut batches = execute_stream(physical, state.task_ctx())?;
    let schema = batches.schema();
    let held = MemoryConsumer::new("result").register(&state.runtime_env().memory_pool);
    let (mut kept, mut rows) = (Vec::new(), 0_usize);
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        if rows < limit {
            let part = batch.slice(0, batch.num_rows().min(limit - rows));
            held.try_grow(part.get_array_memory_size())?;
            kept.push(part);
        }
        rows = rows.saturating_add(batch.num_rows());
        if rows > limit.saturating_add(counted) {
            break;
        }
    }
    Ok((schema, kept, rows))
}

/// What `show tables` answers: the run's tables, then those of the other kept runs.
fn names(runs: &Runs) -> Result<Found> {
    let own = runs.tables();
    let others = runs.beside_own().map(|run| format!("{run}.{}", catalog::USERS));
    let names: Vec<String> = own.into_iter().chain(others).collect();
    texts(&[("name", names.into_iter().map(Some).collect())])
}

/// What `describe TABLE` answers, in the columns that databases give it.
async fn described(state: &SessionState, name: &str) -> Result<Found, DataFusionError> {
    let reference = datafusion::common::TableReference::from(name);
    let schema = state.schema_for_ref(reference.clone())?;
    let missing = || DataFusionError::Plan(format!("table '{reference}' not found"));
    let table = schema.table(reference.table()).await?.ok_or_else(missing)?;
    let schema = table.schema();
    let fields = schema.fields();
    let none = || vec![None; fields.len()];
    let column = |value: &dyn Fn(&Field) -> String| fields.iter().map(|field| Some(value(field))).collect();
    let found = texts(&[
        ("column_name", column(&|field| field.name().clone())),
        ("column_type", column(&|field| kind(field.data_type()))),
        ("null", column(&|_| "YES".to_owned())),
        ("key", none()),
        ("default", none()),
        ("extra", none()),
    ]);
    found.map_err(|error| DataFusionError::External(Box::new(error)))
}

/// A type as databases write it.
fn kind(of: &DataType) -> String {
    match of {
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int8 => "TINYINT".to_owned(),
        DataType::Int16 => "SMALLINT".to_owned(),
        DataType::Int32 => "INTEGER".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::UInt8 => "UTINYINT".to_owned(),
        DataType::UInt16 => "USMALLINT".to_owned(),
        DataType::UInt32 => "UINTEGER".to_owned(),
        DataType::UInt64 => "UBIGINT".to_owned(),
        DataType::Float32 => "FLOAT".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR".to_owned(),
        DataType::Date32 => "DATE".to_owned(),
        DataType::Timestamp(_, None) => "TIMESTAMP".to_owned(),
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE".to_owned(),
        DataType::List(of) | DataType::LargeList(of) => format!("{}[]", kind(of.data_type())),
        other => other.to_string().to_uppercase(),
    }
}

fn texts(columns: &[(&str, Vec<Option<String>>)]) -> Result<Found> {
    let schema: SchemaRef = Arc::new(Schema::new(
        columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)).collect::<Vec<_>>(),
    ));
    let arrays = columns.iter().map(|(_, values)| Arc::new(StringArray::from_iter(values)) as ArrayRef).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|error| Error::Query(error.to_string()))?;
    let rows = batch.num_rows();
    Ok((schema, vec![batch], rows))
}
