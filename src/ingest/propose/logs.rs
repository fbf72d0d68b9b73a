//! Which logs are looked at: the paths that somebody named.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::{file_name, open_regular};
use crate::ingest::propose::sample::first_row;
use crate::ingest::shape::shown;
use crate::ingest::{IngestSettings, InputFiles, discover};
use crate::job::Job;

/// The logs named, as a run takes them.
#[derive(Clone, Debug)]
pub(super) struct Logs {
    /// What a run is given as its input.
    pub(super) input: PathBuf,
    /// The files.
    pub(super) files: InputFiles,
    /// Their names as `ingest.files` wants them; none where the input tells them.
    pub(super) names: Vec<String>,
}

impl Logs {
    /// One file, one folder of a known shape, or several files of one folder.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self> {
        if let [one] = paths {
            let files = discover(one, &IngestSettings::default())?;
            return Ok(Self { input: one.clone(), files, names: Vec::new() });
        }
        let folder_of = |path: &Path| match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let folder = paths.first().map(|path| folder_of(path)).unwrap_or_default();
        let mut names = Vec::new();
        for path in paths {
            let input = |what: &str| Error::Input { path: path.clone(), line: None, what: what.to_owned() };
            if std::fs::metadata(path).map_err(Error::io(path))?.is_dir() {
                return Err(input("is a folder; name either one folder or files"));
            }
            open_regular(path)?;
            if folder_of(path) != folder {
                return Err(input("lies in another folder than the first file; a run reads one folder"));
            }
            let name =
                path.file_name().and_then(|name| name.to_str()).ok_or_else(|| input("has a name that is no text"))?;
            // Names in the settings are patterns.
            names.push(name.chars().fold(String::new(), |mut escaped, letter| {
                if "[]*?".contains(letter) {
                    let _ = write!(escaped, "[{letter}]");
                } else {
                    escaped.push(letter);
                }
                escaped
            }));
        }
        let files = InputFiles { events: paths.to_vec(), ..InputFiles::default() };
        Ok(Self { input: folder, files, names })
    }

    /// What other files have that the first one has not, whose first row this is: a sentence for each that differs.
    pub(super) fn differing(
        &self,
        first: &[String],
        separator: Option<u8>,
        header: bool,
        job: &Job,
    ) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let Some((looked_at, rest)) = self.files.events.split_first() else { return Ok(notes) };
        for path in rest {
            job.check()?;
            let row = first_row(path, separator)?;
            let lacks = |one: &[String], other: &[String]| -> Vec<String> {
                let other: HashSet<&String> = other.iter().collect();
                one.iter().filter(|name| !other.contains(name)).cloned().collect()
            };
            let mut differs = Vec::new();
            if header {
                let (missing, more) = (lacks(first, &row), lacks(&row, first));
                differs.extend((!missing.is_empty()).then(|| format!("lacks {}", shown(&missing))));
                differs.extend((!more.is_empty()).then(|| format!("has {} beside", shown(&more))));
            } else if row.len() != first.len() {
                differs.push(format!("has rows of {} fields, not of {}", row.len(), first.len()));
            }
            if !differs.is_empty() {
                let (name, first) = (file_name(path), file_name(looked_at));
                let differs = differs.join(" and ");
                notes.push(format!("{name} {differs}; only {first} was looked at, the preview reads all"));
            }
        }
        Ok(notes)
    }
}
