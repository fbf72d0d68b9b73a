//! The figures run by run, as the workspace keeps them.

use crate::cli::report::content::source::{Source, heading, number_of};
use crate::cli::report::page::{Block, Section, Table};
use crate::error::Result;
use crate::format::counted;
use crate::job::Job;
use crate::store::{Cell, DataTable, sql_of_job};

/// Runs of the page at most.
const MOST: usize = 12;
/// The columns of the table, and what they are called.
const COLUMNS: [(&str, &str); 6] = [
    ("users", "Customers"),
    ("active_customers_28d", "Active, 28 d"),
    ("orders_28d", "Orders, 28 d"),
    ("revenue_28d", "Revenue, 28 d"),
    ("at_risk", "At risk"),
    ("money_at_stake", "At stake"),
];

/// The section; `None` where only one state of the log has been seen, or an older program kept no history.
pub fn section(source: &Source<'_>, job: &Job) -> Result<Option<Section>> {
    if DataTable::of_run(source.run, "history").is_err() {
        return Ok(None);
    }
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    // Of several runs on the same log the last one counts.
    let query = format!(
        "select as_of, {} from (select *, row_number() over (partition by as_of order by created desc) as place from history) \
         where place = 1 order by as_of desc",
        names.join(", ")
    );
    let found = DataTable::of_frame(sql_of_job(source.run, &query, usize::MAX, job)?);
    if found.len() < 2 {
        return Ok(None);
    }
    let number = |row: usize, column: usize| match found.cell(row, column) {
        Cell::Int(value) => Some(value as f64),
        Cell::Float(value) => Some(value),
        _ => None,
    };
    let shown = found.len().min(MOST);
    let row = |row: usize| {
        let when = match found.cell(row, 0) {
            Cell::Time(time) => source.terms.zone.told(time, "%-d %B %Y"),
            other => other.to_string(),
        };
        let cells = COLUMNS.iter().enumerate().map(|(at, (name, _))| match number(row, at + 1) {
            None => Cell::Null.to_string(),
            Some(value) if ["revenue_28d", "money_at_stake"].contains(name) => source.money(value),
            Some(value) => number_of(value),
        });
        std::iter::once(when).chain(cells).collect()
    };
    let all = counted(found.len() as u64, "states of the log");
    let caption = if shown < found.len() {
        format!("The latest {shown} of {all}, the newest first")
    } else {
        format!("{all}, the newest first")
    };
    let mut made = heading("history", "Run by run");
    made.blocks.push(Block::Table(Table {
        caption,
        head: std::iter::once("As of").chain(COLUMNS.iter().map(|(_, label)| *label)).map(str::to_owned).collect(),
        numbers_from: 1,
        rows: (0..shown).map(row).collect(),
    }));
    Ok(Some(made))
}
