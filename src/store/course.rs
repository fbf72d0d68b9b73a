//! The course of the front page's figures over the kept history: one value a date of the log, the earliest first.

use std::path::Path;

use polars::prelude::*;

use crate::error::Result;
use crate::store::history;

/// The figures that are followed, by their columns in `history.parquet`.
const FOLLOWED: [&str; 8] = [
    "users",
    "active_customers_28d",
    "orders_28d",
    "revenue_28d",
    "at_risk",
    "money_at_stake",
    "best_customers",
    "gone_quiet",
];

/// Figures of the runs that were made, one for each date up to which a log was read: of several runs the latest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// The dates, milliseconds since 1970, ascending.
    pub as_of: Vec<i64>,
    /// The runs, kept or not.
    pub runs: Vec<DatedRun>,
    /// Name and values of each figure, as many as there are dates; `None` where a run did not tell it.
    pub figures: Vec<(&'static str, Vec<Option<f64>>)>,
}

/// When a run was made, and up to when its log went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedRun {
    /// Its id.
    pub id: String,
    /// When it was made, milliseconds since 1970.
    pub created: i64,
    /// The latest time of its log, the same way.
    pub as_of: i64,
}

impl Course {
    /// The values of a figure.
    pub fn of(&self, name: &str) -> &[Option<f64>] {
        self.figures.iter().find(|(known, _)| *known == name).map_or(&[], |(_, values)| values.as_slice())
    }

    /// The latest date before `as_of`, and what a figure was then; `None` where no run tells it.
    pub fn before(&self, name: &str, as_of: i64) -> Option<(i64, f64)> {
        let place = self.as_of.partition_point(|&date| date < as_of).checked_sub(1)?;
        Some((self.as_of[place], (*self.of(name).get(place)?)?))
    }
}

/// Reads the course from a workspace's history; empty where it has none.
///
/// # Errors
/// [`Error::Damaged`](crate::error::Error::Damaged) where the file is damaged, [`Error::Io`](crate::error::Error::Io) where
/// it cannot be read.
pub fn course(root: &Path) -> Result<Course> {
    history::read(root)?.map_or_else(|| Ok(Course::default()), |table| of_table(&table))
}

fn of_table(table: &DataFrame) -> Result<Course> {
    let as_of: Vec<Option<i64>> = table.column("as_of")?.cast(&DataType::Int64)?.i64()?.iter().collect();
    let created = table.column("created")?.cast(&DataType::Int64)?;
    let ids = table.column("run")?.str()?.iter().zip(created.i64()?.iter()).zip(&as_of);
    let runs = ids.filter_map(|((id, created), as_of)| {
        Some(DatedRun { id: id?.to_owned(), created: created?, as_of: (*as_of)? })
    });
    let runs = runs.collect();
    // Later rows are of later runs.
    let mut latest: Vec<(i64, usize)> =
        as_of.iter().enumerate().filter_map(|(row, time)| Some(((*time)?, row))).collect();
    latest.sort_unstable();
    let latest: Vec<(i64, usize)> =
        latest.chunk_by(|a, b| a.0 == b.0).filter_map(|runs| runs.last().copied()).collect();
    let mut figures = Vec::new();
    for name in FOLLOWED {
        let Ok(column) = table.column(name) else { continue };
        let column = column.cast(&DataType::Float64)?;
        let values = column.f64()?;
        figures.push((name, latest.iter().map(|(_, row)| values.get(*row)).collect()));
    }
    Ok(Course { as_of: latest.into_iter().map(|(time, _)| time).collect(), runs, figures })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_runs_on_one_date_the_latest_counts() -> Result<()> {
        let as_of = Column::new("as_of".into(), [20_i64, 10, 20]);
        let run = Column::new("run".into(), ["a", "b", "c"]);
        let created = Column::new("created".into(), [1_i64, 2, 3]);
        let users = Column::new("users".into(), [5_u64, 3, 6]);
        let at_risk = Column::new("at_risk".into(), [None, Some(1_u64), Some(2)]);
        let course = of_table(&DataFrame::new_infer_height(vec![run, created, as_of, users, at_risk])?)?;
        assert_eq!(course.as_of, [10, 20]);
        assert_eq!(course.runs[2], DatedRun { id: "c".to_owned(), created: 3, as_of: 20 });
        assert_eq!(course.of("users"), [Some(3.0), Some(6.0)]);
        assert_eq!(course.before("at_risk", 20), Some((10, 1.0)));
        assert_eq!((course.before("users", 10), course.of("revenue_28d")), (None, [].as_slice()));
        Ok(())
    }
}
