//! `manifest.json`: which runs there are, which one readers see, and checksums by which damage to either is told.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::store::names::is_run_id;

/// Format version of `manifest.json`.
const FORMAT: u32 = 1;

/// The manifest's name in the workspace.
const NAME: &str = "manifest.json";

/// The most bytes that a manifest can need.
const MOST: u64 = 16 << 20;

/// The field that holds the checksum of all others.
const CHECKSUM: &str = "checksum";

/// Which runs there are and which one readers see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub format: u32,
    pub current: Option<String>,
    /// Newest first.
    pub runs: Vec<String>,
    /// XXH3-64 of each run's `run.json`, 16 hexadecimal digits. A run of an older program has none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub records: BTreeMap<String, String>,
    /// Runs that stay until they are unpinned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<String>,
}

impl Manifest {
    /// A manifest of these runs, newest first, the first of them current; `records` may know others too.
    pub(super) fn of(runs: Vec<String>, mut records: BTreeMap<String, String>) -> Self {
        records.retain(|id, _| runs.contains(id));
        Self { format: FORMAT, current: runs.first().cloned(), runs, records, pinned: Vec::new() }
    }

    /// The same with these runs pinned, as far as it names them.
    pub(super) fn pinning(mut self, pinned: Vec<String>) -> Self {
        self.pinned = pinned;
        self.pinned.retain(|id| self.runs.contains(id));
        self
    }

    /// The manifest of a workspace; `None` where there is no file.
    ///
    /// # Errors
    /// [`Error::Damaged`] for one that does not hold what was written or names what cannot be a run; [`Error::Newer`];
    /// [`Error::Refused`] for a link or pipe in its place; [`Error::Io`].
    pub(super) fn read(root: &Path) -> Result<Option<Self>> {
        let path = root.join(NAME);
        let opened = File::open(root).map_err(Error::io(root)).and_then(|folder| files::open_below(folder, root, NAME));
        let file = match opened {
            Ok(file) => file,
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Self::parse(&path, &files::read_at_most(file, &path, MOST)?).map(Some)
    }

    fn parse(path: &Path, text: &[u8]) -> Result<Self> {
        let damaged = |what: String| Error::damaged_manifest(path, what);
        let value: Value = serde_json::from_slice(text).map_err(|error| damaged(format!("not a manifest: {error}")))?;
        refuse_newer(path, value.get("format"), FORMAT)?;
        let manifest: Self =
            serde_json::from_slice(text).map_err(|error| damaged(format!("not a manifest: {error}")))?;
        if let Some(written) = value.get(CHECKSUM)
            && written.as_str() != Some(&checksum(&value)?)
        {
            return Err(damaged("the contents do not match their checksum".to_owned()));
        }
        manifest.check().map_err(damaged)?;
        Ok(manifest)
    }

    /// Whether what it says can be; else what cannot.
    fn check(&self) -> Result<(), String> {
        if self.format == 0 {
            return Err("there is no format 0".to_owned());
        }
        if let Some(id) = self.runs.iter().chain(&self.current).find(|id| !is_run_id(id)) {
            return Err(format!("{id:?} is no run id"));
        }
        let mut seen = HashSet::new();
        if let Some(id) = self.runs.iter().find(|id| !seen.insert(id.as_str())) {
            return Err(format!("names the run {id} twice"));
        }
        match &self.current {
            Some(current) if !seen.contains(current.as_str()) => {
                Err(format!("its current run {current} is not among its runs"))
            }
            None if !self.runs.is_empty() => Err("names runs and no current one".to_owned()),
            _ => Ok(()),
        }
    }

    /// Replaces the workspace's manifest.
    pub(super) fn write(&self, root: &Path, share: Share) -> Result<()> {
        let unwritable = |error| Error::Missing(format!("the manifest cannot be written: {error}"));
        let mut value = serde_json::to_value(self).map_err(unwritable)?;
        let sum = checksum(&value)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert(CHECKSUM.to_owned(), Value::String(sum));
        }
        let text = serde_json::to_vec_pretty(&value).map_err(unwritable)?;
        files::replace(&root.join(NAME), &text, share)
    }
}

/// XXH3-64 of every field but the checksum itself, in their order and without spaces.
fn checksum(value: &Value) -> Result<String> {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.shift_remove(CHECKSUM);
    }
    let text = serde_json::to_vec(&value)
        .map_err(|error| Error::Missing(format!("the manifest cannot be written: {error}")))?;
    Ok(format!("{:016x}", xxh3_64(&text)))
}

/// Refuses what a newer program wrote, before anything else is asked of it: its fields may have other names.
pub(super) fn refuse_newer(path: &Path, format: Option<&Value>, known: u32) -> Result<()> {
    match format.and_then(Value::as_u64) {
        Some(found) if found > u64::from(known) => {
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            Err(Error::Newer { path: path.to_path_buf(), found, known })
        }
        _ => Ok(()),
    }
}
