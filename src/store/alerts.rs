//! Alerts: conditions over how the shop stands, for a program that watches over night.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::front_page::{Compared, FrontPage, Told};
use crate::store::order::View;
use crate::store::record::RunInfo;
use crate::store::results::Input;
use crate::store::table::DataTable;

/// What became of an alert's condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// It is true.
    Holds,
    /// It is false.
    Quiet,
    /// It is neither: a figure that it asks for is not known.
    Unknown,
}

/// How a shop stands after a run: one row of figures, which alerts ask about. What is not known is null.
#[derive(Debug)]
pub struct Status(DataTable);

impl Status {
    /// The row of `after`, with its changes since `before`; `now` is in UTC milliseconds.
    ///
    /// # Errors
    /// Those of building the table.
    pub fn of(before: Option<&RunInfo>, after: &RunInfo, now: i64) -> Result<Self> {
        let input = after.read_input();
        let earlier = before.map(RunInfo::read_input);
        let rejected: u64 = input.events.rejected.iter().map(|(_, rows)| *rows).sum();
        let read = input.events.read.map(|read| rejected as f64 / read.max(1) as f64);
        let change = |of: fn(&Input) -> Option<u64>| {
            let (was, is) = (of(earlier.as_ref()?)?, of(&input)?);
            (was > 0).then(|| is as f64 / was as f64 - 1.0)
        };
        let mut columns = vec![
            ("age_hours", Some((now - after.as_of) as f64 / 3.6e6)),
            ("rows", input.events.accepted.map(|rows| rows as f64)),
            ("rows_change", change(|input| input.events.accepted)),
            ("rejected_share", read),
            ("users", Some(after.users as f64)),
            ("users_change", change(|input| input.users)),
        ];
        columns.extend(figures(after.figures.as_ref()));
        let columns = columns.into_iter().map(|(name, value)| Column::new(name.into(), [value])).collect();
        Ok(Self(DataTable::of_frame(DataFrame::new(1, columns)?)))
    }

    /// The names of its figures.
    pub fn names(&self) -> Vec<&str> {
        self.0.columns().iter().map(|column| column.name.as_str()).collect()
    }

    /// Whether a condition over the row holds.
    ///
    /// # Errors
    /// [`Error::Query`] for what is no condition over these figures.
    pub fn asks(&self, name: &str, when: &str) -> Result<Alert> {
        let is = |condition: String| -> Result<bool> {
            let view = View { filter: Some(condition), sort: Vec::new() };
            let found = self.0.order(&view, &Job::new());
            Ok(!found.map_err(|error| Error::Query(format!("the alert {name:?}: {error}")))?.is_empty())
        };
        Ok(match (is(when.to_owned())?, is(format!("not ({when})"))?) {
            (true, _) => Alert::Holds,
            (false, true) => Alert::Quiet,
            (false, false) => Alert::Unknown,
        })
    }
}

/// The figures of the front page, as far as they are one number.
fn figures(page: Option<&FrontPage>) -> Vec<(&'static str, Option<f64>)> {
    let of = |number: &dyn Fn(&FrontPage) -> Option<f64>| page.and_then(number);
    let last = |told: &Told<Compared>| told.value.map(|figure| figure.last);
    let change = |told: &Told<Compared>| {
        let figure = told.value?;
        figure.before.filter(|before| *before > 0.0).map(|before| figure.last / before - 1.0)
    };
    vec![
        ("best_customers", of(&|page| page.best_customers.value.map(|best| best.users as f64))),
        ("gone_quiet", of(&|page| page.gone_quiet.value.map(|quiet| quiet.users as f64))),
        ("best_gone_quiet", of(&|page| page.gone_quiet.value.map(|quiet| quiet.best_customers as f64))),
        ("at_risk", of(&|page| page.at_risk.value.map(|risk| risk.users as f64))),
        ("money_at_stake", of(&|page| page.money_at_stake.value)),
        ("orders", of(&|page| last(&page.orders))),
        ("orders_change", of(&|page| change(&page.orders))),
        ("revenue", of(&|page| last(&page.revenue))),
        ("revenue_change", of(&|page| change(&page.revenue))),
        ("active_customers", of(&|page| last(&page.active_customers))),
        ("active_customers_change", of(&|page| change(&page.active_customers))),
    ]
}
