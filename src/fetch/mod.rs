//! Download of a data set from Kaggle, or from a mirror that answers like it, into a folder of raw files.
//!
//! May import [`crate::error`] and [`crate::job`]. Gives [`fetch`], which blocks and therefore belongs on a thread of
//! its own: archive into a partial file beside the target ([`download`]), its checksums ([`checksum`]), its entries
//! judged before one byte is written ([`archive`]), unpacked aside ([`extract`]) and put in place ([`install`]).
//! Nothing else of the program talks to the network but [`crate::postgres`] and [`crate::objects`].

mod address;
mod checksum;
mod credentials;
mod download;
mod extract;
mod failure;
mod http;
mod install;
mod network;
mod partial;
mod patience;
mod place;
mod refusal;
#[cfg(test)]
mod tests;

use std::env;
use std::path::PathBuf;

pub use credentials::{Credentials, Found};
pub use patience::Patience;

use crate::archive::{Flaw, Limits};
use crate::error::{Error, Result};
use crate::job::Job;
use address::Address;
use place::Place;

/// The data set that is meant when none is named.
pub const DATASET: &str = "retailrocket/ecommerce-dataset";
/// The service that is asked when no other is named.
pub const BASE_URL: &str = "https://www.kaggle.com";
/// The environment variable that names another service.
pub const BASE_URL_VARIABLE: &str = "USER360_KAGGLE_URL";

/// What to fetch and where to.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// The data set as OWNER/NAME, or the address of its page.
    pub dataset: String,
    /// The folder that will hold its files.
    pub out: PathBuf,
    /// The service: scheme, host and perhaps port and path.
    pub base_url: String,
    /// Who asks; without it the service may refuse.
    pub credentials: Option<Credentials>,
    /// Replace files of the folder that have the same names.
    pub overwrite: bool,
    /// Keep the archive beside the folder.
    pub keep_zip: bool,
    /// How long to wait and how often to try.
    pub patience: Patience,
    /// What an archive may hold.
    pub limits: Limits,
}

impl FetchRequest {
    /// A request without credentials to the usual service.
    pub fn new(dataset: &str, out: impl Into<PathBuf>) -> Self {
        Self {
            dataset: dataset.to_owned(),
            out: out.into(),
            base_url: BASE_URL.to_owned(),
            credentials: None,
            overwrite: false,
            keep_zip: false,
            patience: Patience::default(),
            limits: Limits::default(),
        }
    }

    /// A request with the service and the credentials that the environment names, and what the user should hear about
    /// them.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Input`] for a credentials file that cannot be read.
    pub fn from_environment(dataset: &str, out: impl Into<PathBuf>) -> Result<(Self, Vec<String>)> {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let found = Credentials::find(variable)?;
        let mut request = Self::new(dataset, out);
        request.base_url = variable(BASE_URL_VARIABLE).unwrap_or(request.base_url);
        request.credentials = found.credentials;
        Ok((request, found.warnings))
    }

    /// The folder for a data set that is named without one: the data set's own name, in the folder of the program.
    pub fn default_folder(dataset: &str) -> PathBuf {
        PathBuf::from(dataset.trim_end_matches('/').rsplit('/').next().unwrap_or(dataset))
    }

    /// Whether the folder holds files already.
    ///
    /// # Errors
    /// [`Error::Config`] for a folder without a name, such as `/`; [`Error::Io`], also for what is no folder.
    pub fn is_taken(&self) -> Result<bool> {
        Place::of(self)?.is_taken()
    }

    /// How many bytes of a broken or cancelled download wait to be resumed by this request.
    pub fn kept_bytes(&self) -> Option<u64> {
        let part = Place::of(self).ok()?.part();
        part.symlink_metadata().ok().map(|data| data.len()).filter(|bytes| *bytes > 0)
    }
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The folder that holds the files.
    pub folder: PathBuf,
    /// The files, in the archive's order: name under the folder, and bytes.
    pub files: Vec<(String, u64)>,
    /// Bytes of the archive.
    pub bytes: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub sha256: String,
    /// Which checksums of the service the archive was compared with: "md5", "crc32c", or none.
    pub compared: Vec<&'static str>,
    /// Bytes that an earlier, broken download had left and that were not downloaded again.
    pub resumed_from: u64,
    /// The archive, where it was to be kept.
    pub archive: Option<PathBuf>,
    /// What happened on the way: breaks, resumptions, a server that does not resume.
    pub notes: Vec<String>,
}

/// Downloads, checks and unpacks a data set. Afterwards the folder holds all of it, or nothing of it.
///
/// Progress is in bytes: "bytes downloaded", "bytes checked", "bytes unpacked". A broken or cancelled download leaves a
/// hidden partial file beside the folder, and the next request resumes it if the service still has the same file.
///
/// Blocks until done; not to be called from an asynchronous task.
///
/// # Errors
/// [`Error::Fetch`] says what happened and what to do; [`Error::Config`] for a name or an address that is none;
/// [`Error::Io`]; [`Error::Cancelled`].
pub fn fetch(request: &FetchRequest, job: &Job) -> Result<Fetched> {
    let address = Address::new(&request.base_url, &request.dataset)?;
    let place = Place::of(request)?;
    place.require_free(request)?;
    let arrived = download::download(request, &address, &place, job)?;
    let unpacked = match extract::extract(&arrived.partial, &place, &request.limits, job) {
        Ok(unpacked) => unpacked,
        Err(Flaw::Other(error)) => return Err(error),
        // Resuming would bring back the same bytes.
        Err(Flaw::Content(what)) => {
            arrived.partial.discard()?;
            return Err(Error::Fetch(format!("the archive of {}: {what}; nothing was unpacked", request.dataset)));
        }
    };
    let files = install::install(unpacked, &place, request.overwrite)?;
    let archive = request.keep_zip.then(|| place.zip());
    match &archive {
        Some(zip) => arrived.partial.keep_as(zip)?,
        None => arrived.partial.discard()?,
    }
    Ok(Fetched {
        folder: request.out.clone(),
        files,
        bytes: arrived.bytes,
        sha256: arrived.digests.sha256,
        compared: arrived.compared,
        resumed_from: arrived.resumed_from,
        archive,
        notes: arrived.notes,
    })
}
