//! The next row whose cell holds a text.

use crate::error::Result;
use crate::job::Job;
use crate::store::DataTable;

/// Rows between two looks at the cancel flag.
const CHECK_EVERY: usize = 4096;

/// The position of the next such row in the view `rows`, behind `from` or before it; the search goes round.
pub(in crate::ui::update) fn search(
    table: &DataTable,
    rows: &[u32],
    column: usize,
    text: &str,
    from: usize,
    backwards: bool,
    job: &Job,
) -> Result<Option<usize>> {
    let all = rows.len();
    for step in 1..=all {
        if step % CHECK_EVERY == 0 {
            job.check()?;
        }
        let position = if backwards { (from + all - step % all) % all } else { (from + step) % all };
        if table.cell(rows[position] as usize, column).to_string().contains(text) {
            return Ok(Some(position));
        }
    }
    Ok(None)
}
