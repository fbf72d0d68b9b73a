//! How a table on screen begins.

use crate::store::{self, DataTable, SortKey, View};
use crate::ui::grid::{Columns, view};

/// How a grid looks before the reader arranges it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// What its rows are: `users`.
    pub noun: &'static str,
    /// The columns shown; every column where it is empty.
    pub columns: &'static [&'static str],
    /// The flag whose rows stand above all others, where the table has it.
    pub above: Option<&'static str>,
    /// The column sorted by, largest first: of these the first that the table has.
    pub descending: &'static [&'static str],
    /// Whether that order is turned round.
    pub turned: bool,
}

impl Start {
    /// The view it begins with; on a table, by the names that the table has.
    pub(in crate::ui) fn view_on(&self, table: Option<&DataTable>) -> View {
        let has = |column: &&&str| {
            table.is_some_and(|table| {
                let other = store::other_name(column).is_some_and(|other| table.column(other).is_some());
                table.column(column).is_some() || other
            })
        };
        let column = self.descending.iter().find(has).or(self.descending.last());
        let key = column.map(|&column| SortKey { column: column.to_owned(), descending: !self.turned });
        let above = self.above.filter(|flag| table.is_none_or(|table| table.column(flag).is_some()));
        let above = above.map(|flag| SortKey { column: flag.to_owned(), descending: true });
        let view = View { filter: None, sort: above.into_iter().chain(key).collect() };
        match table {
            Some(table) => view::named_as_in(view, table),
            None => view,
        }
    }

    /// The columns it begins with.
    pub(super) fn columns(&self, table: &DataTable) -> Columns {
        Columns::of(table, self.columns)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use polars::prelude::*;

    use super::*;

    #[test]
    fn a_table_begins_sorted_by_the_first_of_the_columns_that_it_has() {
        let start = Start { noun: "users", descending: &["net", "uplift"], ..Start::default() };
        let sorted_by = |columns: &[&str]| {
            let columns = columns.iter().map(|name| Column::new((*name).into(), [0.5_f32, 0.1])).collect();
            let table = DataTable::of_frame(DataFrame::new_infer_height(columns).unwrap());
            start.view_on(Some(&table)).sort
        };
        let key = |column: &str| vec![SortKey { column: column.to_owned(), descending: true }];
        assert_eq!(sorted_by(&["churn", "uplift", "net"]), key("net"));
        assert_eq!(sorted_by(&["churn", "uplift"]), key("uplift"));
        assert_eq!(sorted_by(&["churn", "simulated_uplift"]), key("simulated_uplift"));
        assert_eq!(start.view_on(None).sort, key("uplift"));
    }

    #[test]
    fn rows_of_a_flag_stand_above_all_others_and_the_order_can_be_turned() {
        let start = Start { noun: "users", above: Some("active"), descending: &["churn"], ..Start::default() };
        let table = |columns: &[&str]| {
            let columns = columns.iter().map(|name| Column::new((*name).into(), [0.5_f32, 0.1])).collect();
            DataTable::of_frame(DataFrame::new_infer_height(columns).unwrap())
        };
        let keys = |start: Start, columns: &[&str]| {
            let sort = start.view_on(Some(&table(columns))).sort;
            sort.into_iter().map(|key| (key.column, key.descending)).collect::<Vec<_>>()
        };
        let key = |column: &str, descending| (column.to_owned(), descending);
        assert_eq!(keys(start, &["churn", "active"]), [key("active", true), key("churn", true)]);
        let turned = Start { turned: true, ..start };
        assert_eq!(keys(turned, &["churn", "active"]), [key("active", true), key("churn", false)]);
        // A run of version 0.1 does not tell who is active.
        assert_eq!(keys(start, &["churn"]), [key("churn", true)]);
    }
}
