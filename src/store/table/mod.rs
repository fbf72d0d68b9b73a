//! Tables with their columns named and typed: the user table (every per-user result of a run side by side, one row per
//! user), a query's result, a list of items.
//!
//! What lies in a run's files is not loaded: a table of a run reads the cells that are looked at, and a whole column only
//! to sort, filter, search or count by it.

mod find;
mod order;
pub(super) mod sorted;
mod stored;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType as ArrowType;
use polars::prelude::*;

use crate::error::{Error, Result};
use crate::store::blocks::Blocks;
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::Shown;
use crate::store::engine::catalog::{self, USERS};
use crate::store::engine::stored::Stored;
use crate::store::order::{KeptOrder, Order, kept_orders};
use crate::store::run::Run;
use crate::store::table::stored::StoredTable;
use crate::store::terms::{Terms, USERS as USER_TABLE};
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
    /// Its name, in filters and exports.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it is called on screen.
    pub label: String,
    /// How its values are shown.
    pub shown: Shown,
}

impl ColumnInfo {
    /// A column of which nothing more is known.
    fn plain(name: String, kind: ColumnKind) -> Self {
        Self { label: name.clone(), name, kind, shown: Shown::Plain }
    }
}

/// Rows with named columns, the first of which names the row. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DataTable {
    rows: Rows,
    columns: Arc<[ColumnInfo]>,
    /// What stands behind money.
    currency: Arc<str>,
}

/// Where the rows are.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// In memory.
    Held(DataFrame),
    /// In a run's files.
    Stored(Arc<StoredTable>),
}

impl DataTable {
    /// Every user of a run: the per-user tables that it has, side by side; features must be among them.
    ///
    /// # Errors
    /// [`Error::Missing`] without features, [`Error::Damaged`] where the tables do not go together.
    pub fn users(run: &Run) -> Result<Self> {
        let stored = catalog::open(run, USERS)?.ok_or_else(|| run.lacks("features"))?;
        Ok(Self::of_stored(stored, kept_orders(run)?).worded(USER_TABLE, &Terms::of(run.info())))
    }

    /// A run whose queries know this result of another query as the table `last`; the run as it is for what is no result.
    pub fn as_last_of(&self, run: &Run) -> Run {
        match &self.rows {
            Rows::Held(frame) => run.with_last(frame.clone()),
            Rows::Stored(_) => run.clone(),
        }
    }

    /// A table of a run by its name.
    ///
    /// # Errors
    /// [`Error::Missing`] where the run has none of this name, [`Error::Damaged`] where it cannot be read.
    pub fn of_run(run: &Run, name: &str) -> Result<Self> {
        let stored = catalog::open(run, name)?.ok_or_else(|| run.lacks(name))?;
        Ok(Self::of_stored(stored, Vec::new()).worded(name, &Terms::of(run.info())))
    }

    pub(super) fn of_stored(stored: Stored, orders: Vec<KeptOrder>) -> Self {
        let columns = stored.schema().fields().iter();
        let columns = columns.map(|field| ColumnInfo::plain(field.name().clone(), stored_kind(field.data_type())));
        Self {
            columns: columns.collect(),
            currency: Arc::default(),
            rows: Rows::Stored(Arc::new(StoredTable::new(stored, orders))),
        }
    }

    /// The rows of a frame.
    pub fn of_frame(mut frame: DataFrame) -> Self {
        frame.rechunk_mut_par();
        let columns = frame
            .columns()
            .iter()
            .map(|column| ColumnInfo::plain(column.name().to_string(), kind(column.dtype())))
            .collect();
        Self { rows: Rows::Held(frame), columns, currency: Arc::default() }
    }

    /// The same table, its columns called and shown as the catalogue says of the table of this name.
    #[must_use]
    pub fn worded(mut self, table: &str, terms: &Terms) -> Self {
        let columns = self.columns.iter().map(|column| ColumnInfo {
            label: terms.label(table, &column.name),
            shown: terms.shown(table, &column.name).unwrap_or(column.shown),
            ..column.clone()
        });
        self.columns = columns.collect();
        self.currency = terms.currency.as_str().into();
        self
    }

    /// The same table, in whose columns of real numbers the points stand under each other. What a query answers has no
    /// words but its own.
    #[must_use]
    pub fn aligned(mut self) -> Self {
        let Rows::Held(frame) = &self.rows else { return self };
        let columns = self.columns.iter().zip(frame.columns()).map(|(column, values)| {
            let shown = match column.kind {
                ColumnKind::Float => of_values(values),
                ColumnKind::Int if !is_id(&column.name) => Shown::Count,
                _ => column.shown,
            };
            ColumnInfo { shown, ..column.clone() }
        });
        self.columns = columns.collect();
        self
    }

    /// The same table, some of its columns called and shown as `words` says.
    pub(super) fn called(mut self, words: impl Fn(&str) -> Option<(String, Shown)>) -> Self {
        let columns = self.columns.iter().map(|column| match words(&column.name) {
            Some((label, shown)) => ColumnInfo { label, shown, ..column.clone() },
            None => column.clone(),
        });
        self.columns = columns.collect();
        self
    }

    /// The same table, whose money is in the currency of another.
    pub(super) fn paid_as(mut self, other: &Self) -> Self {
        self.currency = Arc::clone(&other.currency);
        self
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Held(frame) => frame.height(),
            Rows::Stored(table) => table.stored().rows(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns in display order.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// Where the rows are.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Makes cells ready that are soon asked for: the rows and the columns by number.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where they cannot be read.
    pub fn look(&self, rows: &[u32], columns: &[usize]) -> Result<()> {
        match &self.rows {
            Rows::Held(_) => Ok(()),
            Rows::Stored(table) => table.look(rows, columns),
        }
    }

    /// One cell; null beyond the table's end. One that cannot be read is [`Cell::Unreadable`].
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        match &self.rows {
            Rows::Held(frame) => frame.columns().get(column).map_or(Cell::Null, |column| cell_of(column, row)),
            Rows::Stored(table) => table.cell(row, column),
        }
    }

    /// One cell as it is shown.
    pub fn shown(&self, row: usize, column: usize) -> String {
        self.show(&self.cell(row, column), column)
    }

    /// A value as the cells of a column are shown.
    pub fn show(&self, cell: &Cell, column: usize) -> String {
        self.columns.get(column).map_or(Shown::Plain, |info| info.shown).cell(cell, &self.currency)
    }

    /// The texts of a column's cells in these rows.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn texts(&self, rows: &[u32], column: usize) -> Result<Vec<String>> {
        let info = self.columns.get(column).map(|info| info.name.clone());
        let Some(name) = info else { return Ok(vec![Cell::Null.to_string(); rows.len()]) };
        let frame = self.select(rows, Some(&[name]))?;
        Ok(frame
            .columns()
            .iter()
            .flat_map(|column| (0..rows.len()).map(|row| cell_of(column, row).to_string()))
            .collect())
    }

    /// Rows that tell what the table's cells look like, about 200 where it has more.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn sample(&self) -> Result<Self> {
        let frame = match &self.rows {
            Rows::Held(_) => self.select(&self.sampled(SAMPLED), None)?,
            Rows::Stored(table) => table.sample(|| self.select(&self.sampled(SAMPLED), None))?,
        };
        Ok(Self { columns: Arc::clone(&self.columns), currency: Arc::clone(&self.currency), ..Self::of_frame(frame) })
    }

    /// Rows from the whole table, at most about so many; of a large one they lie close together in some places, so that they
    /// are read at once.
    fn sampled(&self, most: usize) -> Vec<u32> {
        let rows = self.len();
        let spread = |from: usize, rows: usize, most: usize| {
            let step = rows.div_ceil(most.max(1)).max(1);
            (from..from + rows).step_by(step).map(|row| row as u32)
        };
        let last = rows.checked_sub(1).map(|row| row as u32);
        match &self.rows {
            Rows::Stored(table) if table.stored().group_rows().len() > SAMPLED_PLACES => {
                let (part, each) = (rows / SAMPLED_PLACES, most / SAMPLED_PLACES);
                (0..SAMPLED_PLACES).flat_map(|place| spread(place * part, each.min(part), each)).chain(last).collect()
            }
            _ => spread(0, rows, most).chain(last).collect(),
        }
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The numbers of a column, NaN for null; `None` where there is no such column or it holds no numbers.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn numbers(&self, name: &str) -> Result<Option<Vec<f64>>> {
        let Some(place) = self.column(name) else { return Ok(None) };
        match &self.rows {
            Rows::Held(frame) => {
                let column = &frame.columns()[place];
                if !column.dtype().is_primitive_numeric() && !column.dtype().is_bool() {
                    return Ok(None);
                }
                let values = column.cast(&DataType::Float64)?;
                Ok(Some(values.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect()))
            }
            Rows::Stored(table) => table.numbers(place),
        }
    }

    /// The rows named, in that order, with these columns; every column where `None`.
    ///
    /// # Errors
    /// [`Error::Query`] names a column that is not there; else as [`Self::look`].
    pub fn select(&self, rows: &[u32], columns: Option<&[String]>) -> Result<DataFrame> {
        let places = self.places(columns)?;
        match &self.rows {
            Rows::Held(frame) => {
                let chosen = frame.select(places.iter().map(|place| self.columns[*place].name.as_str()))?;
                Ok(chosen.take(&IdxCa::from_slice("row".into(), rows))?)
            }
            Rows::Stored(table) => table.stored().rows_at(rows, &places),
        }
    }

    /// The rows of an order with these columns, some at a time; every column where `None`.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn blocks(&self, rows: Order, columns: Option<&[String]>) -> Result<Blocks<'static>> {
        let table = self.clone();
        let chosen = columns.map(<[String]>::to_vec);
        let head = self.select(&[], columns)?;
        let count = rows.len();
        let step = match &self.rows {
            Rows::Held(_) => count.max(1),
            Rows::Stored(stored) => stored.rows_at_once(&rows, head.width()),
        };
        let parts = (0..count).step_by(step).map(move |from| {
            let part = rows.part(from..(from + step).min(count));
            table.select(&part, chosen.as_deref())
        });
        Ok(Blocks::new(head, count as u64, parts))
    }

    fn places(&self, columns: Option<&[String]>) -> Result<Vec<usize>> {
        let Some(names) = columns else { return Ok((0..self.columns.len()).collect()) };
        let place = |name: &String| {
            self.column(name).ok_or_else(|| {
                let known: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
                Error::Query(unknown_column(name, &known))
            })
        };
        names.iter().map(place).collect()
    }
}

/// Rows that tell what cells look like.
const SAMPLED: usize = 200;
/// Places of a large table at which its cells are sampled.
const SAMPLED_PLACES: usize = 4;

/// How many values tell how a column of real numbers is shown.
const LOOKED_AT: usize = 10_000;

fn of_values(column: &Column) -> Shown {
    let values = column.slice(0, LOOKED_AT);
    let values = values.cast(&DataType::Float64).ok();
    let values = values.as_ref().and_then(|values| values.f64().ok());
    values.map_or(Shown::Plain, |values| Shown::of_values(values.iter().flatten()))
}

/// Whether whole numbers of this name are names rather than counts.
fn is_id(name: &str) -> bool {
    let words = name.split('_');
    words.into_iter().any(|word| matches!(word, "id" | "user" | "item" | "order" | "year" | "session" | "run"))
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

fn stored_kind(of: &ArrowType) -> ColumnKind {
    if of.is_integer() {
        ColumnKind::Int
    } else if of.is_floating() {
        ColumnKind::Float
    } else if of.is_temporal() {
        ColumnKind::Time
    } else {
        ColumnKind::Text
    }
}
