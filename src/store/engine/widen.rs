//! Columns of the shop's own beside those of `users`: each an SQL expression over them.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};

use crate::error::{Error, Result};
use crate::store::condition;
use crate::store::engine::{dialect, trouble};

/// `users` with these columns behind its own; of those that a query does not name none is computed.
///
/// # Errors
/// [`Error::Query`] names the column whose SQL is wrong.
pub(super) fn widened(
    state: &SessionState,
    users: Arc<dyn TableProvider>,
    columns: &[(String, String)],
) -> Result<Arc<dyn TableProvider>> {
    let told = |error| trouble::told(error, "", &[]);
    let plan = LogicalPlanBuilder::scan("users", provider_as_source(users), None).map_err(told)?;
    let schema = Arc::clone(plan.schema());
    let mut all: Vec<Expr> = schema.columns().into_iter().map(Expr::Column).collect();
    let taken: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    for (name, sql) in columns {
        let wrong = |what: String| Error::Query(format!("the column {name} of [[columns]]: {what}"));
        if taken.contains(&name.as_str()) {
            return Err(wrong("users have a column of this name".to_owned()));
        }
        let mut expression = condition::read(sql).map_err(|error| wrong(error.to_string()))?;
        dialect::rewrite_expression(&mut expression);
        let made = state.create_logical_expr(&expression.to_string(), &schema);
        all.push(made.map_err(|error| wrong(told(error).to_string()))?.alias(name));
    }
    let plan = plan.project(all).and_then(LogicalPlanBuilder::build).map_err(told)?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}
