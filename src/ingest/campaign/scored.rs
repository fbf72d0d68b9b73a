//! A file of users to be scored by a model that a campaign taught.

use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::campaign::cells::{Cells, cells};
use crate::ingest::campaign::columns::{Predictor, number, spelling};
use crate::ingest::shape::shown;
use crate::job::Job;

/// Users with the columns that a model reads.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredFile {
    /// The users' ids, one per row; `None` where the file has no such column.
    pub users: Option<Vec<String>>,
    /// What predicts, in the order asked for.
    pub predictors: Vec<Predictor>,
    /// How many rows there are.
    pub rows: usize,
}

/// Reads the predictors `names` (`column`, or `column=value` for a value of a category) and the users of a file.
///
/// # Errors
/// [`Error::Config`] for a column that the file lacks, [`Error::Input`] for text where the model learnt from numbers.
pub fn read_scored(path: &Path, user: &str, names: &[String], job: &Job) -> Result<ScoredFile> {
    let Cells { header, columns, lines } = cells(path, "campaign rows", job)?;
    let place = |name: &str| header.iter().position(|known| known == name);
    let predictors = names.iter().map(|name| {
        if let Some(at) = place(name) {
            let spelling = spelling(&columns[at]);
            let cells = columns[at].iter().zip(&lines);
            let values = cells.map(|(cell, line)| {
                number(cell, spelling).ok_or_else(|| Error::Input {
                    path: path.to_path_buf(),
                    line: Some(*line),
                    what: format!("{name} is {cell:?}; the campaign's file has numbers there"),
                })
            });
            return Ok(Predictor { name: name.clone(), values: values.collect::<Result<_>>()? });
        }
        // Of a category only the column stands in the file; its name may hold a sign of equality.
        let split = name.match_indices('=').find_map(|(at, _)| Some((place(&name[..at])?, &name[at + 1..])));
        let Some((at, value)) = split else {
            let missing = name.split('=').next().unwrap_or(name);
            return Err(Error::Config(format!(
                "{}: no column {missing:?}, which the model reads; its columns are {}",
                path.display(),
                shown(&header)
            )));
        };
        let is = |cell: &String| f32::from(u8::from(cell.trim() == value));
        Ok(Predictor { name: name.clone(), values: columns[at].iter().map(is).collect() })
    });
    Ok(ScoredFile {
        predictors: predictors.collect::<Result<_>>()?,
        users: place(user).map(|at| columns[at].clone()),
        rows: lines.len(),
    })
}
