//! Some customers by name: whom to keep, whom to thank, whom to write to. Only where it is asked for.

use crate::cli::report::content::source::{Source, heading};
use crate::cli::report::page::{Block, Section, Table};
use crate::error::Result;
use crate::format::thousands;
use crate::job::Job;
use crate::stage::StageId;
use crate::store::{Cell, DataTable, SortKey, View};

/// How many of each list are named.
const NAMED: usize = 10;

/// A list of users.
struct List {
    title: &'static str,
    filter: String,
    sort: &'static str,
    /// Those that the run has are shown.
    columns: &'static [&'static str],
}

/// The section; empty where the run has no table of users.
pub fn sections(source: &Source<'_>, job: &Job) -> Result<Option<Section>> {
    if !source.run.has(StageId::Features.name()) {
        return Ok(None);
    }
    let users = DataTable::users(source.run)?;
    let mut made = heading("customers", "Customers by name");
    let mut lists = Vec::new();
    if let Some(risk) = source.front.and_then(|front| front.at_risk.value)
        && users.column("active").is_some()
    {
        lists.push(List {
            title: "likeliest to leave among the active",
            filter: format!("active and churn >= {}", risk.threshold),
            sort: "churn",
            columns: &["user_id", "customer_name", "segment", "churn", "recency_days", "revenue", "ltv"],
        });
    }
    let has_money = users.column("spend").is_some()
        && users.numbers("spend")?.is_some_and(|spend| spend.iter().any(|one| *one > 0.0));
    let (title, by) =
        if has_money { ("best by what they spent", "spend") } else { ("best by their purchases", "transactions") };
    lists.push(List {
        title,
        filter: format!("{by} > 0"),
        sort: by,
        columns: &["user_id", "customer_name", "segment", "spend", "transactions", "recency_days", "churn"],
    });
    if users.column("uplift_group").is_some() && !source.info.uplift_is_simulated() {
        lists.push(List {
            title: "persuadable, the most first",
            filter: "uplift_group = 'persuadable'".to_owned(),
            sort: "uplift",
            columns: &["user_id", "customer_name", "segment", "uplift", "net", "best_arm"],
        });
    }
    for list in lists {
        made.blocks.push(named(&users, &list, job)?);
    }
    if source.info.uplift_is_simulated() {
        let why = "Nobody is named as persuadable: the campaign is simulated, and nothing of it is true of a person.";
        made.blocks.push(Block::Aside(why.to_owned()));
    }
    Ok(Some(made))
}

fn named(users: &DataTable, list: &List, job: &Job) -> Result<Block> {
    let key = SortKey { column: list.sort.to_owned(), descending: true };
    let found = users.order(&View { filter: Some(list.filter.clone()), sort: vec![key] }, job)?;
    let mut columns: Vec<usize> = list.columns.iter().filter_map(|name| users.column(name)).collect();
    let first: Vec<u32> = found.first(NAMED).rows().collect();
    users.look(&first, &columns)?;
    // What the log does not tell is left out.
    columns.retain(|column| first.iter().any(|row| users.cell(*row as usize, *column) != Cell::Null));
    let row = |row: &u32| columns.iter().map(|column| users.shown(*row as usize, *column)).collect();
    let all = thousands(found.len() as u64);
    let said = if found.len() > NAMED { format!("first {NAMED} of {all}") } else { format!("all {all}") };
    let caption = format!("{said} · {}", list.title);
    let info = |column: &usize| &users.columns()[*column];
    let texts = ["user_id", "customer_name", "segment", "best_arm"];
    let rows: Vec<Vec<String>> = first.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(Block::Words(format!("Nobody is {}.", list.title)));
    }
    Ok(Block::Table(Table {
        caption,
        head: columns.iter().map(|column| info(column).label.clone()).collect(),
        numbers_from: columns.iter().take_while(|column| texts.contains(&info(column).name.as_str())).count(),
        rows,
    }))
}
