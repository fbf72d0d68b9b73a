//! Which rows a view shows and in which order.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::store::run::Run;
use crate::store::verified::Verified;

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// The column.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// What is shown of a table, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// An SQL condition over the columns; every row without one.
    pub filter: Option<String>,
    /// The first key decides, the next breaks its ties.
    pub sort: Vec<SortKey>,
}

/// Rows of a table in an order, four bytes a row; nothing is kept for all rows as they lie. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first so many rows, as they lie.
    All(u32),
    /// These, as they lie.
    Ascending(Arc<[u32]>),
    /// These, in any order.
    Sorted(Arc<[u32]>),
}

impl Default for Order {
    fn default() -> Self {
        Self::All(0)
    }
}

impl Order {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::All(rows) => *rows as usize,
            Self::Ascending(rows) | Self::Sorted(rows) => rows.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the rows come as they lie in the table.
    pub fn is_ascending(&self) -> bool {
        !matches!(self, Self::Sorted(_))
    }

    /// The row at a position.
    pub fn get(&self, position: usize) -> Option<u32> {
        match self {
            Self::All(rows) => u32::try_from(position).ok().filter(|row| row < rows),
            Self::Ascending(rows) | Self::Sorted(rows) => rows.get(position).copied(),
        }
    }

    /// The rows at positions, as far as there are some.
    pub fn part(&self, positions: Range<usize>) -> Cow<'_, [u32]> {
        let end = positions.end.min(self.len());
        let positions = positions.start.min(end)..end;
        match self {
            Self::All(_) => Cow::Owned((positions.start as u32..positions.end as u32).collect()),
            Self::Ascending(rows) | Self::Sorted(rows) => Cow::Borrowed(&rows[positions]),
        }
    }

    /// The first so many rows.
    #[must_use]
    pub fn first(&self, most: usize) -> Self {
        match self {
            Self::All(rows) => Self::All(u32::try_from(most).unwrap_or(u32::MAX).min(*rows)),
            Self::Ascending(rows) | Self::Sorted(rows) if most >= rows.len() => self.clone(),
            Self::Ascending(rows) => Self::Ascending(rows[..most].into()),
            Self::Sorted(rows) => Self::Sorted(rows[..most].into()),
        }
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        (0..self.len()).filter_map(|position| self.get(position))
    }

    /// The position of a row.
    pub fn position(&self, row: u32) -> Option<usize> {
        match self {
            Self::All(rows) => (row < *rows).then_some(row as usize),
            Self::Ascending(rows) => rows.binary_search(&row).ok(),
            Self::Sorted(rows) => rows.iter().position(|other| *other == row),
        }
    }
}

/// How a file that keeps an order of the user table is called. It lies beside the models, under the name of its stage's
/// table, where older versions of this program expect such files.
const FOLDER: &str = "models/";
const ENDING: &str = ".desc.order";

/// The name of the file that keeps the user table's order by a column of one of its tables, largest first.
pub(super) fn file_of(table: &str, column: &str) -> String {
    format!("{FOLDER}{table}.{column}{ENDING}")
}

/// The column of such a file.
fn column_of(file: &str) -> Option<&str> {
    let (_table, column) = file.strip_prefix(FOLDER)?.strip_suffix(ENDING)?.split_once('.')?;
    Some(column)
}

/// An order of the user table that the run keeps, so that nobody who opens it needs to sort.
#[derive(Debug)]
pub(super) struct KeptOrder {
    /// The column by which it is, largest first.
    pub(super) column: String,
    file: Verified,
}

impl KeptOrder {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it names other rows than the first `rows`.
    pub(super) fn read(&self, rows: usize) -> Result<Order> {
        let bytes = self.file.read_all()?;
        let numbers = bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let order: Arc<[u32]> = numbers.collect();
        if bytes.len() != rows * 4 || order.iter().any(|row| *row as usize >= rows) {
            let what = format!("it does not order the {rows} users of this run");
            return Err(Error::damaged_run(self.file.path(), what));
        }
        Ok(Order::Sorted(order))
    }
}

/// The orders that a run keeps of its user table.
pub(super) fn kept_orders(run: &Run) -> Result<Vec<KeptOrder>> {
    let named = run.info().files().filter_map(|file| Some((column_of(&file.name)?, file)));
    named.map(|(column, file)| Ok(KeptOrder { column: column.to_owned(), file: run.open_file(file)? })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_of_all_rows_is_one_of_a_list_of_them() {
        let (all, listed) = (Order::All(5), Order::Ascending((0..5).collect()));
        for order in [&all, &listed] {
            assert_eq!((order.len(), order.get(4), order.get(5), order.position(3)), (5, Some(4), None, Some(3)));
            assert_eq!(order.part(3..9).as_ref(), [3, 4]);
            assert_eq!(order.part(9..12).len(), 0);
            assert!(order.is_ascending() && order.rows().eq(0..5));
        }
        let sorted = Order::Sorted(Arc::from([4, 0, 2]));
        assert_eq!((sorted.position(2), sorted.position(1), sorted.is_ascending()), (Some(2), None, false));
    }
}
