//! Whether a file is more of a log that is read already.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{file_name, open_regular};
use crate::format::percent;
use crate::ingest::InputFiles;
use crate::ingest::exports::tells_its_date;
use crate::ingest::files::tables_in;
use crate::ingest::grammar::is_empty;
use crate::ingest::layout::{LayoutName, recognised};
use crate::ingest::propose::logs::difference;
use crate::ingest::propose::sample::{first_row, names_columns, sample};
use crate::ingest::propose::{Preview, preview};
use crate::ingest::settings::IngestSettings;
use crate::ingest::several::log_of;
use crate::job::Job;
use crate::text;

/// Letters of a rejected row that are shown.
const SHOWN: usize = 100;

/// What the reader makes of a file's first rows when it is read as the log is.
#[derive(Clone, Debug)]
pub struct Addition {
    /// What became of its first rows.
    pub seen: Preview,
    /// How its columns differ from the log's.
    pub notes: Vec<String>,
    /// The orders of the rows looked at where the log tells how each stands, and nothing tells which of two exports is newer:
    /// a file that tells anew of an older order does not add to such a log.
    pub states_of: Vec<String>,
}

/// Reads a file's first rows by the settings of a log, or of the one of several that it is more of; `log` are the files that
/// there are.
///
/// # Errors
/// [`Error::Input`] where the file has another shape or lacks a column that is read, [`Error::Rejected`] where more of its
/// rows are rejected than may be.
pub fn check_addition(file: &Path, log: &InputFiles, settings: &IngestSettings, job: &Job) -> Result<Addition> {
    let logs = settings.of_logs();
    open_regular(file)?;
    let mut whole: Option<Addition> = None;
    // Of an archive or a workbook, every table.
    for table in tables_in(file)? {
        let own = if logs.len() > 1 { log_of(&table, &logs)? } else { 0 };
        let like = log.events.iter().find(|file| log.of_log.get(*file).is_none_or(|log| *log == own));
        let addition = check_table(&table, like.map(PathBuf::as_path), &logs[own], job)?;
        match &mut whole {
            Some(whole) => {
                whole.notes.extend(addition.notes);
                whole.states_of.extend(addition.states_of);
            }
            None => whole = Some(addition),
        }
    }
    whole.ok_or_else(|| Error::Input { path: file.to_path_buf(), line: None, what: "holds no table".to_owned() })
}

fn check_table(file: &Path, like: Option<&Path>, settings: &IngestSettings, job: &Job) -> Result<Addition> {
    let refused = |what: String| Error::Input { path: file.to_path_buf(), line: None, what };
    let shape = recognised(file, settings)?;
    let wanted = match (settings.layout, like) {
        (LayoutName::Auto, Some(like)) if settings.columns.given().next().is_none() => recognised(like, settings)?,
        (LayoutName::Auto, None) if settings.columns.given().next().is_none() && shape.is_none() => {
            return Err(refused(
                "nothing says how it is read; `user360 init` proposes settings for a log of a new shape".to_owned(),
            ));
        }
        _ => shape,
    };
    if shape != wanted {
        let name = |shape: Option<LayoutName>| shape.map_or("another one", LayoutName::name);
        let what = format!("is of the shape {}, the log is of {}; it is not more of it", name(shape), name(wanted));
        return Err(refused(what));
    }
    let files = InputFiles { events: vec![file.to_path_buf()], ..InputFiles::default() };
    let seen = preview::preview(&files, settings, job)?;
    let rejected: u64 = seen.counts.rejected.values().sum();
    let share = rejected as f64 / seen.counts.read.max(1) as f64;
    if share > settings.rejected_limit {
        let example = seen.examples.first().map_or_else(String::new, |row| {
            format!(
                "; line {} is rejected for {}: {}",
                row.line,
                row.reason.name(),
                text::shown(&row.raw.chars().take(SHOWN).collect::<String>())
            )
        });
        return Err(Error::Rejected(format!(
            "{}: {} of its first rows are rejected, {} may be{example}",
            file_name(file),
            percent(share),
            percent(settings.rejected_limit)
        )));
    }
    let notes = like.map(|like| differing(file, like, settings)).transpose()?.flatten().into_iter().collect();
    Ok(Addition { seen, notes, states_of: states_of(file, like, settings, job)? })
}

/// The orders of a file's rows, where orders have a status and rows are no events.
fn states_of(file: &Path, like: Option<&Path>, settings: &IngestSettings, job: &Job) -> Result<Vec<String>> {
    let columns = &settings.columns;
    if columns.status.is_empty() || columns.transaction.is_empty() || !columns.event.is_empty() {
        return Ok(Vec::new());
    }
    // Which of two exports is newer, the reader will see.
    if !columns.updated.is_empty() || [Some(file), like].into_iter().flatten().all(tells_its_date) {
        return Ok(Vec::new());
    }
    let looked = sample(file, settings.separator_byte()?, job)?;
    let name = columns.transaction.text();
    let header = looked.names.as_ref().or(looked.rows.first().filter(|_| settings.header));
    let at = header.and_then(|names| names.iter().position(|known| known == name)).or(columns.transaction.number());
    let Some(at) = at else { return Ok(Vec::new()) };
    let skipped = usize::from(looked.names.is_none() && settings.header);
    let mut orders: Vec<String> = looked.rows.iter().skip(skipped).filter_map(|row| row.get(at).cloned()).collect();
    orders.retain(|order| !is_empty(order));
    orders.sort_unstable();
    orders.dedup();
    Ok(orders)
}

/// How a file's columns differ from those of a file of the log, in a sentence.
fn differing(file: &Path, like: &Path, settings: &IngestSettings) -> Result<Option<String>> {
    let separator = settings.separator_byte()?;
    let first = first_row(like, separator)?;
    let header = settings.header && names_columns(&first);
    let differs = difference(&first, &first_row(file, separator)?, header);
    Ok(differs.map(|differs| format!("{} {differs}, compared with {}", file_name(file), file_name(like))))
}
