//! A manifest made anew from the runs that lie beside it.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::store::erase::entries;
use crate::store::manifest::Manifest;
use crate::store::names::is_own_run;
use crate::store::run::Run;
use crate::store::workspace::{Workspace, age};

/// What a repair found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The runs that the manifest names now, newest first, the first of them current: each whole, every checksum right.
    pub runs: Vec<String>,
    /// The runs that are not named, each with the reason. Their folders stay as they are.
    pub left: Vec<(String, String)>,
    /// Whether the manifest said something else before.
    pub changed: bool,
}

impl Workspace {
    /// Makes the manifest anew from the whole runs, newest first, and removes nothing. Without one whole run nothing is
    /// written.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no workspace; [`Error::Newer`] for a manifest of a newer program;
    /// [`Error::Refused`] for a folder that others may write or a link or pipe in the manifest's place;
    /// [`Error::Locked`]; [`Error::Io`].
    pub fn repair(&self) -> Result<Repaired> {
        let runs = self.runs_folder();
        if !runs.is_dir() {
            return Err(Error::Missing(format!("{}: there is no workspace here", self.root().display())));
        }
        let _writer = self.lock()?;
        let before = match Manifest::read(self.root()) {
            Ok(manifest) => manifest,
            Err(Error::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let known = |id: &str| before.as_ref()?.records.get(id).map(String::as_str);
        let mut repaired = Repaired::default();
        let (mut records, mut whole) = (BTreeMap::new(), Vec::new());
        for entry in entries(&runs)? {
            let (_, name, _) = entry?;
            if !is_own_run(&name) {
                continue;
            }
            match Run::open(&runs, &name, known(&name)).and_then(|run| run.verify().map(|()| run)) {
                Ok(run) => {
                    records.insert(name, run.record().to_owned());
                    whole.push(age(run.info()));
                }
                Err(error) => repaired.left.push((name, error.to_string())),
            }
        }
        whole.sort_unstable_by(|a, b| b.cmp(a));
        repaired.left.sort_unstable();
        repaired.runs = whole.into_iter().map(|(.., id)| id).collect();
        if repaired.runs.is_empty() {
            return Ok(repaired);
        }
        let pinned = before.as_ref().map(|before| before.pinned.clone()).unwrap_or_default();
        let manifest = Manifest::of(repaired.runs.clone(), records).pinning(pinned);
        repaired.changed = before.as_ref() != Some(&manifest);
        if repaired.changed {
            manifest.write(self.root(), self.share())?;
        }
        Ok(repaired)
    }
}
