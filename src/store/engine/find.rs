//! The rows of a stored table in which a column has one of some values: of an ordered column only the row groups that may
//! hold one are read, and of the other columns only the rows found.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result as EngineResult, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{col, in_list, lit};
use polars::prelude::DataFrame;

use crate::error::{Error, Result};
use crate::store::cell::Cell;
use crate::store::engine::rows::Rows;
use crate::store::engine::stored::Stored;
use crate::store::engine::{convert, trouble};

impl Stored {
    /// The rows whose `column` has one of `values`, in the table's order, with every column. A value of another kind than
    /// the column's is found nowhere.
    pub(in crate::store) fn rows_with(self: &Arc<Self>, column: &str, values: &[Cell]) -> Result<DataFrame> {
        let schema = Arc::clone(self.schema());
        let kind = schema.field_with_name(column).map_err(|error| Error::Query(error.to_string()))?.data_type().clone();
        let wanted: Vec<ScalarValue> = values.iter().filter_map(|value| scalar(value, &kind)).collect();
        let gather = || -> EngineResult<_> {
            let listed: Vec<Arc<dyn PhysicalExpr>> = wanted.into_iter().map(lit).collect();
            let condition = in_list(col(column, &schema)?, listed, &false, &schema)?;
            let all = 0..self.group_rows().len();
            let columns = (0..schema.fields().len()).collect();
            let mut rows = Rows::new(Arc::clone(self), columns, Arc::clone(&schema), Some(condition), all, None);
            let mut found = Vec::new();
            while let Some(batch) = rows.next()? {
                found.push(batch);
            }
            Ok(found)
        };
        if values.is_empty() {
            return convert::frame(&schema, &[]);
        }
        convert::frame(&schema, &gather().map_err(|error| trouble::told(error, "", &[]))?)
    }
}

fn scalar(value: &Cell, kind: &DataType) -> Option<ScalarValue> {
    let text = value.to_string();
    match kind {
        DataType::Utf8 => Some(ScalarValue::Utf8(Some(text))),
        DataType::LargeUtf8 => Some(ScalarValue::LargeUtf8(Some(text))),
        kind => ScalarValue::try_from_string(text.trim().to_owned(), kind).ok(),
    }
}
