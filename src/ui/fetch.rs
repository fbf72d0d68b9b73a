//! The download under way, as the screen sees it, and where its requests come from.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::Result;
use crate::fetch::FetchRequest;
use crate::format;
use crate::job::Job;
use crate::ui::widgets::text;

/// Makes the request for a data set and a folder, and says what the reader should know about the credentials.
type Request = dyn Fn(&str, &Path) -> Result<(FetchRequest, Vec<String>)> + Send + Sync;

/// Who is asked for data sets, and on whose behalf.
#[derive(Clone)]
pub struct FetchService(Arc<Request>);

impl FetchService {
    /// The service and the credentials that the environment names.
    pub fn of_environment() -> Self {
        Self::new(|dataset, out| FetchRequest::from_environment(dataset, out))
    }

    /// A service given by the caller.
    pub fn new(request: impl Fn(&str, &Path) -> Result<(FetchRequest, Vec<String>)> + Send + Sync + 'static) -> Self {
        Self(Arc::new(request))
    }

    /// A request to it, and warnings about the credentials.
    pub fn request(&self, dataset: &str, out: &Path) -> Result<(FetchRequest, Vec<String>)> {
        (self.0)(dataset, out)
    }
}

impl fmt::Debug for FetchService {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("FetchService")
    }
}

/// A download under way.
#[derive(Debug)]
pub struct Fetching {
    /// Progress and cancel.
    pub job: Job,
    /// What was asked for.
    pub request: FetchRequest,
    /// How far it is, as last shown.
    pub shown: String,
}

impl Fetching {
    /// A download that begins.
    pub fn new(job: Job, request: FetchRequest) -> Self {
        let shown = format!("asking for {}", text::clean(&request.dataset));
        Self { job, request, shown }
    }

    /// Looks how far it has come; whether that reads differently than before.
    pub fn poll(&mut self) -> bool {
        let progress = self.job.progress();
        // The units are "bytes downloaded", "bytes checked" and "bytes unpacked".
        let Some(done) = progress.unit.strip_prefix("bytes ") else { return false };
        let words = match (100 * progress.done.min(progress.total)).checked_div(progress.total) {
            Some(share) => {
                format!("{share} %, {} of {} {done}", format::bytes(progress.done), format::bytes(progress.total))
            }
            None => format!("{} {done}", format::bytes(progress.done)),
        };
        let changed = words != self.shown;
        self.shown = words;
        changed
    }
}

/// A path as the reader wrote it, in full; `~/` is the home folder.
pub fn in_full(written: &str) -> PathBuf {
    let written = written.trim();
    let path = match (written.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => PathBuf::from(written),
    };
    std::path::absolute(&path).unwrap_or(path)
}
