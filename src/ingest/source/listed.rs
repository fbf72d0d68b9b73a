//! A log of objects: which of those at an address belong to it, told before one of them is brought.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use glob::{MatchOptions, Pattern};
use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::format::thousands;
use crate::ingest::fingerprint::Fingerprint;
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::fetched::Fetched;
use crate::ingest::source::listing::{is_hidden, is_table};
use crate::job::Job;
use crate::objects::{Address, Found, Object, Patience, Store};

/// What the name of a file begins with that belongs to a log beside its events.
const BESIDE: [&str; 7] =
    ["item_properties", "category_tree", "campaign.", "items.", "products.", "categories.", "customers."];
/// Names are told apart by folders, as the shell does it.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// The objects of a log.
#[derive(Debug)]
pub struct Listed {
    store: Store,
    found: Found,
    address: String,
}

impl Listed {
    /// Looks at what lies at an address: the object it names, else those below it that the settings name, or, where they
    /// name none, those directly below it that are tables. `also` are files that other settings name.
    ///
    /// # Errors
    /// As [`Address::parse`] and [`Store::find`]; [`Error::Config`] where the settings name files and none of them is there.
    pub fn find(input: &Path, settings: &IngestSettings, also: &[&str], job: &Job) -> Result<Self> {
        let patterns = settings.patterns().map(|pattern| {
            Pattern::new(pattern).map_err(|error| Error::Config(format!("ingest.files: {pattern:?}: {error}")))
        });
        let patterns = patterns.collect::<Result<Vec<_>>>()?;
        let of_settings: Vec<&str> = settings.files_beside().collect();
        let mut listed = Self::all(input, job)?;
        let named = |name: &str| patterns.iter().any(|pattern| pattern.matches_with(name, OPTIONS));
        if !listed.found.alone {
            listed.found.objects.retain(|object| {
                let name = object.name.as_str();
                let is_beside = !name.contains('/') && BESIDE.iter().any(|own| name.starts_with(own));
                let directly = patterns.is_empty() && !name.contains('/') && is_table(name);
                named(name) || is_beside || directly || also.contains(&name) || of_settings.contains(&name)
            });
            if !patterns.is_empty() && !listed.found.objects.iter().any(|object| named(&object.name)) {
                let what = format!(
                    "ingest.files: no object {:?} in {}",
                    settings.patterns().collect::<Vec<_>>(),
                    listed.address
                );
                return Err(Error::Config(what));
            }
        }
        listed.not_empty()
    }

    /// Looks at all tables at an address, whatever the settings name: to tell how they are read.
    ///
    /// # Errors
    /// As [`Listed::find`].
    pub(super) fn every_table(input: &Path, settings: &IngestSettings, job: &Job) -> Result<Self> {
        if settings.patterns().next().is_some() {
            return Self::find(input, settings, &[], job);
        }
        let mut listed = Self::all(input, job)?;
        if !listed.found.alone {
            listed.found.objects.retain(|object| is_table(&object.name));
        }
        listed.not_empty()
    }

    fn all(input: &Path, job: &Job) -> Result<Self> {
        let address = Address::parse(input.to_str().unwrap_or_default())?;
        let told = address.to_string();
        let store = Store::open(address, Patience::default())?;
        let mut found = store.find(job)?;
        if !found.alone {
            found.objects.retain(|object| !is_hidden(&object.name));
        }
        Ok(Self { store, found, address: told })
    }

    fn not_empty(self) -> Result<Self> {
        if self.found.objects.is_empty() {
            return Err(Error::Fetch(format!("{}: no object there is named like a table", self.address)));
        }
        Ok(self)
    }

    /// What tells these versions of the objects from others: their etags and sizes. An object of which its service tells
    /// neither etag nor time is never the one that was read before.
    pub fn prints(&self) -> Vec<Fingerprint> {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let print = |object: &Object| Fingerprint {
            name: object.name.clone(),
            bytes: object.bytes,
            modified_ms: object.modified_ms,
            sample: match &object.etag {
                Some(etag) => etag.trim_matches('"').to_owned(),
                None if object.modified_ms > 0 => String::new(),
                None => format!("unknown-{:x}", now()),
            },
        };
        self.found.objects.iter().map(print).collect()
    }

    /// Whether a campaign lies beside the log.
    pub fn has_campaign(&self) -> bool {
        !self.found.alone && self.found.objects.iter().any(|object| object.name.starts_with("campaign."))
    }

    /// Brings them into a folder.
    ///
    /// # Errors
    /// As [`Store::bring`].
    pub fn bring(&self, folder: TempDir, job: &Job) -> Result<Fetched> {
        let Found { objects, alone } = &self.found;
        self.store.bring(objects, *alone, folder.path(), job)?;
        let bytes = thousands(objects.iter().map(|object| object.bytes).sum());
        let told = match objects.as_slice() {
            [_] => format!("{bytes} bytes were read from {}", self.address),
            several => format!("{bytes} bytes of {} objects were read from {}", several.len(), self.address),
        };
        let here = match objects.first().filter(|_| *alone) {
            Some(object) => folder.path().join(&object.name),
            None => folder.path().to_path_buf(),
        };
        Ok(Fetched { _folder: folder, here, from: self.address.clone(), told })
    }
}
