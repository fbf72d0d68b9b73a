//! Who would want an item: the users whose lists hold it.

use crate::error::{Error, Result};
use crate::format::thousands;
use crate::job::Job;
use crate::store::activity::rows_with;
use crate::store::cell::{Cell, cell_of};
use crate::store::engine::catalog;
use crate::store::engine::sql_counted;
use crate::store::run::Run;
use crate::store::table::DataTable;

/// Users who are told at most.
const MOST: usize = 100_000;

/// The users whose lists hold an item.
#[derive(Clone, Debug)]
pub struct WantedBy {
    /// A row per user and list, the best first: user, list, the item's place in it, score where the model gave one, and
    /// segment where known.
    pub users: DataTable,
    /// How many there are, in words, and how many of them are told.
    pub told: String,
}

/// The lists: what each is called, and its columns of items and scores.
const LISTS: [(&str, &str, &str); 2] = [("discover", "items", "scores"), ("buy again", "again_items", "again_scores")];

/// The users whose lists hold an item, those where it stands first before others, the higher score first among equals.
///
/// # Errors
/// [`Error::Missing`] where the run does not know the item, or recommends nothing.
pub fn wanted_by(run: &Run, id: &str, job: &Job) -> Result<WantedBy> {
    let row = rows_with(run, "items", "item_id", &[Cell::Text(id.trim().to_owned())])?;
    if row.height() == 0 {
        return Err(Error::Missing(format!("no item {id} in run {}", run.info().id)));
    }
    let item = match cell_of(row.column("item_id")?, 0) {
        Cell::Int(number) => number.to_string(),
        text => format!("'{}'", text.to_string().replace('\'', "''")),
    };
    let stored = catalog::open(run, "recommendations")?.ok_or_else(|| run.lacks("recommendations"))?;
    let has = |column: &str| stored.place_of(column).is_some();
    let one = |(list, items, scores): &(&str, &str, &str)| {
        format!(
            "select user_id, '{list}' as list, cast(array_position({items}, {item}) as bigint) as place, \
             {scores}[cast(array_position({items}, {item}) as bigint)] as score \
             from recommendations where array_has({items}, {item})"
        )
    };
    // Runs of earlier versions tell nothing of what is bought again.
    let lists: Vec<String> = LISTS.iter().filter(|(_, items, _)| has(items)).map(one).collect();
    let (segment, join) = if run.has("segments") {
        (", segments.segment", " left join segments on segments.user_id = held.user_id")
    } else {
        ("", "")
    };
    let query = format!(
        "select held.user_id, held.list, held.place, held.score{segment} from ({}) as held{join} \
         order by held.place, held.list, held.score desc nulls last, held.user_id",
        lists.join(" union all ")
    );
    let answer = sql_counted(run, &query, MOST, job)?;
    let (shown, all) = (answer.frame.height() as u64, answer.rows as u64);
    let told =
        if all > shown { format!("the first {} of {}", thousands(shown), thousands(all)) } else { thousands(all) };
    Ok(WantedBy { users: DataTable::of_frame(answer.frame), told })
}
