//! A table in memory with its columns named and typed: the user table (every per-user result of a run side by side, one
//! row per user), a query's result, a list of items.

use std::sync::Arc;

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::cell::{Cell, cell_of};
use crate::store::columns;
use crate::store::order::{self, View};
use crate::store::run::Run;
use crate::store::unknown::unknown_column;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Int,
    /// Real numbers.
    Float,
    /// Text.
    Text,
    /// Times.
    Time,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name, in filters, exports and on screen.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Rows with named columns, the first of which names the row. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DataTable {
    frame: DataFrame,
    columns: Vec<ColumnInfo>,
}

impl DataTable {
    /// Every user of a run: the per-user tables that it has, side by side; features must be among them.
    pub fn users(run: &Run) -> Result<Self> {
        Self::side_by_side(run, |_| true, |table| run.table(table))
    }

    /// The same with `user_id` and the named columns alone; others are not read. Missing columns are left out.
    pub fn users_of(run: &Run, names: &[String]) -> Result<Self> {
        let wanted = |column: &str| names.iter().any(|name| name == column);
        Self::side_by_side(run, wanted, |table| run.columns(table, &|column| column == "user_id" || wanted(column)))
    }

    /// The same with every column of these users alone, in the order of the table.
    pub fn users_among(run: &Run, ids: &Column) -> Result<Self> {
        let ids = lit(ids.as_materialized_series().clone()).implode(true);
        Self::side_by_side(run, |_| true, |table| run.filtered(table, col("user_id").is_in(ids.clone(), false)))
    }

    /// The per-user tables that have a `wanted` column, as `read` gives them.
    fn side_by_side(
        run: &Run,
        wanted: impl Fn(&str) -> bool,
        read: impl Fn(&str) -> Result<DataFrame>,
    ) -> Result<Self> {
        let mut tables = columns::user_tables().map(|table| table.name);
        let mut joined = read(tables.next().unwrap_or_default())?;
        for name in tables {
            if !run.has(name) || !run.shape(name)?.1.iter().any(|name| name != "user_id" && wanted(name)) {
                continue;
            }
            let table = read(name)?;
            if table.height() != joined.height() {
                let what = format!("{} rows where features has {}", table.height(), joined.height());
                return Err(Error::damaged_run(run.path(&format!("{name}.parquet")), what));
            }
            if !table.column("user_id")?.equals_missing(joined.column("user_id")?) {
                let what = "its users are not those of features, row by row".to_owned();
                return Err(Error::damaged_run(run.path(&format!("{name}.parquet")), what));
            }
            let others = table.columns().iter().filter(|column| column.name() != "user_id").cloned();
            joined.hstack_mut(&others.collect::<Vec<_>>())?;
        }
        let names: Vec<PlSmallStr> = joined.get_column_names_owned();
        let leading: Vec<&str> = columns::leading().collect();
        let first = leading.iter().filter_map(|first| names.iter().find(|name| name.as_str() == *first));
        let rest = names.iter().filter(|name| !leading.contains(&name.as_str()));
        let ordered: Vec<PlSmallStr> = first.chain(rest).cloned().collect();
        Ok(Self::of_frame(joined.select(ordered)?))
    }

    /// The rows of a frame.
    pub fn of_frame(mut frame: DataFrame) -> Self {
        frame.rechunk_mut_par();
        let columns = frame
            .columns()
            .iter()
            .map(|column| ColumnInfo { name: column.name().to_string(), kind: kind(column.dtype()) })
            .collect();
        Self { frame, columns }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns in display order.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The table itself.
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// One cell; null beyond the table's end.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        self.frame.columns().get(column).map_or(Cell::Null, |column| cell_of(column, row))
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The first row whose first column reads like this. Quick in tables whose rows ascend by it, as users do.
    pub fn row_of(&self, id: &str) -> Option<usize> {
        let ids = self.frame.columns().first()?;
        if let Ok(known) = ids.i64() {
            let wanted: i64 = id.trim().parse().ok()?;
            let quick = known.cont_slice().ok().and_then(|values| values.binary_search(&wanted).ok());
            return quick.or_else(|| known.iter().position(|known| known == Some(wanted)));
        }
        let Ok(known) = ids.str() else {
            return (0..self.len()).find(|&row| self.cell(row, 0).to_string() == id.trim());
        };
        let (mut low, mut high) = (0, known.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if known.get(middle).is_some_and(|known| known < id) { low = middle + 1 } else { high = middle }
        }
        if low < known.len() && known.get(low) == Some(id) {
            Some(low)
        } else {
            known.iter().position(|known| known == Some(id))
        }
    }

    /// The numbers of a column, NaN for null; `None` where there is no such column or it holds no numbers.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let column = self.frame.column(name).ok().filter(|column| column.dtype().is_primitive_numeric())?;
        let values = column.cast(&DataType::Float64).ok()?;
        let values = values.f64().ok()?;
        Some(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }

    /// The rows of a view, in its order: those for which the filter is true, sorted, nulls last, equal rows in table
    /// order. Errors tell what is wrong with the filter or which column a sort key names in vain.
    pub fn order(&self, view: &View, job: &Job) -> Result<Arc<[u32]>> {
        order::order(&self.frame, view, job)
    }

    /// The rows named, in that order, with these columns; every column where `None`.
    pub fn select(&self, rows: &[u32], columns: Option<&[String]>) -> Result<DataFrame> {
        let chosen = match columns {
            Some(names) => {
                let known: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
                if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
                    return Err(Error::Query(unknown_column(unknown, &known)));
                }
                self.frame.select(names.iter().map(String::as_str))?
            }
            None => self.frame.clone(),
        };
        let rows = IdxCa::from_slice("row".into(), rows);
        Ok(chosen.take(&rows)?)
    }
}

fn kind(dtype: &DataType) -> ColumnKind {
    if dtype.is_integer() {
        ColumnKind::Int
    } else if dtype.is_float() {
        ColumnKind::Float
    } else if dtype.is_temporal() {
        ColumnKind::Time
    } else {
        ColumnKind::Text
    }
}
