//! What the page says of a run, in its order: the figures of the front page, the segments, the course of the shop, each
//! model with how sure it is, and what every word means. No section but `users` names anybody.

mod cohorts;
mod course;
mod definitions;
mod figures;
mod front;
mod history;
mod made;
mod models;
mod segments;
mod sentences;
mod source;
mod users;

use std::path::Path;

use crate::cli::report::content::source::Source;
use crate::cli::report::page::Page;
use crate::error::Result;
use crate::job::Job;
use crate::stage::StageId;
use crate::store::Run;

/// The page of a run of the workspace at `root`, as of `now` (UTC milliseconds); with `with_users` it names some of them.
///
/// # Errors
/// [`crate::error::Error::Damaged`] where a table of the run cannot be read, [`crate::error::Error::Cancelled`] once the
/// job is.
pub fn page(run: &Run, root: &Path, now: i64, with_users: bool, job: &Job) -> Result<Page> {
    let source = Source::of(run);
    let mut sections = vec![front::section(&source)];
    sections.extend(segments::section(&source));
    sections.extend(cohorts::sections(&source));
    sections.extend(course::sections(&source, job)?);
    sections.extend(history::section(&source, job)?);
    let stages = StageId::ALL.into_iter().skip(2);
    sections.extend(stages.filter_map(|stage| models::section(&source, stage)));
    if with_users {
        sections.extend(users::sections(&source, job)?);
    }
    sections.push(definitions::section(&source));
    sections.push(made::section(&source, with_users));
    Ok(Page {
        shop: source::shop(root),
        as_of: source::minute(run.info().as_of, &source.terms.zone),
        freshness: source::freshness(run.info().as_of, now),
        sections,
        made_by: format!("User360 {}, {}", env!("CARGO_PKG_VERSION"), source::minute(now, &source.terms.zone)),
    })
}
