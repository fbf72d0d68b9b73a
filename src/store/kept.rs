//! The kept runs as people name them, and which of them stay: pinned ones until they are unpinned, others until they are
//! removed or newer runs take their place.

use crate::error::{Error, Result};
use crate::store::manifest::Manifest;
use crate::store::workspace::{Workspace, Writer};

impl Workspace {
    /// Ids of the runs that stay whatever comes after them, newest first.
    pub fn pinned(&self) -> Result<Vec<String>> {
        let manifest = self.announced()?;
        Ok(manifest.runs.into_iter().filter(|id| manifest.pinned.contains(id)).collect())
    }

    /// The id of the kept run that a text means: `current`, `previous`, an id or its beginning, or a day such as
    /// `2026-11-22`.
    ///
    /// # Errors
    /// [`Error::Missing`] where no run is meant, or several are.
    pub fn run_named(&self, text: &str) -> Result<String> {
        let runs = self.runs()?;
        let place = match text {
            "current" => Some(0),
            "previous" => Some(1),
            _ => None,
        };
        if let Some(place) = place {
            let none = "there is no run before the current one; a workspace keeps as many as [run] keep says";
            return runs.into_iter().nth(place).ok_or_else(|| {
                Error::Missing(format!("{}: {}", self.root().display(), if place == 0 { "no run yet" } else { none }))
            });
        }
        if runs.iter().any(|run| run == text) {
            return Ok(text.to_owned());
        }
        let day = text.replace('-', "");
        let begins = |run: &&String| run.starts_with(text) || run.replace('-', "").starts_with(&day);
        let found: Vec<&String> = runs.iter().filter(|_| !day.is_empty()).filter(begins).collect();
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Error::Missing(format!(
                "{}: no run {text}; {}",
                self.root().display(),
                if runs.is_empty() { "there is none yet".to_owned() } else { format!("there are {}", runs.join(", ")) }
            ))),
            several => {
                let ids: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
                Err(Error::Missing(format!("{text} may mean any of the runs {}; name more of the id", ids.join(", "))))
            }
        }
    }
}

/// What became of a run that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// Its files are gone.
    Gone,
    /// No reader finds it any more; its files go at a later start, when nobody reads them and nothing else lies among
    /// them.
    Later,
}

impl Writer {
    /// Pins a run, or unpins it; false where it was so before.
    ///
    /// # Errors
    /// [`Error::Missing`] for no kept run; those of writing the manifest.
    pub fn pin(&self, id: &str, pinned: bool) -> Result<bool> {
        let workspace = self.workspace();
        let mut manifest = workspace.announced()?;
        known(&manifest, id)?;
        if manifest.pinned.iter().any(|run| run == id) == pinned {
            return Ok(false);
        }
        manifest.pinned.retain(|run| run != id);
        manifest.pinned.extend(pinned.then(|| id.to_owned()));
        manifest.write(workspace.root(), workspace.share())?;
        Ok(true)
    }

    /// Removes a kept run.
    ///
    /// # Errors
    /// [`Error::Refused`] for the current run, a pinned one, and the only one that is complete; [`Error::Missing`] for no
    /// kept run; those of writing the manifest.
    pub fn remove(&self, id: &str) -> Result<Removed> {
        let workspace = self.workspace();
        let manifest = workspace.announced()?;
        known(&manifest, id)?;
        let path = workspace.runs_folder().join(id);
        let refused = |what: &str| Err(Error::Refused { path: path.clone(), what: what.to_owned() });
        if manifest.current.as_deref() == Some(id) {
            return refused("is the current run, which every command reads; make another one first");
        }
        if manifest.pinned.iter().any(|run| run == id) {
            return refused(&format!("is pinned; `user360 runs unpin {id}` first"));
        }
        let complete = |id: &str| workspace.run(id).is_ok_and(|run| run.info().is_complete());
        if complete(id) && !manifest.runs.iter().any(|run| run != id && complete(run)) {
            return refused("is the only complete run; make another one first");
        }
        let Manifest { mut runs, records, pinned, .. } = manifest;
        runs.retain(|run| run != id);
        Manifest::of(runs, records).pinning(pinned).write(workspace.root(), workspace.share())?;
        self.erase(id);
        Ok(if path.exists() { Removed::Later } else { Removed::Gone })
    }
}

fn known(manifest: &Manifest, id: &str) -> Result<()> {
    if manifest.runs.iter().any(|run| run == id) {
        return Ok(());
    }
    Err(Error::Missing(format!("no run {id} is kept; `user360 runs list` shows those that are")))
}
