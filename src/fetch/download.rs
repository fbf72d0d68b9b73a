//! The archive into the partial file: attempt after attempt, each going on where the last one broke.

use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};

use crate::error::{Error, Result};
use crate::fetch::FetchRequest;
use crate::fetch::address::Address;
use crate::fetch::checksum::{self, Announced, Digests};
use crate::fetch::failure::Failure;
use crate::fetch::http::{Answer, Client};
use crate::fetch::partial::{Origin, Partial};
use crate::fetch::place::{self, Place};
use crate::fetch::refusal;
use crate::job::Job;

/// An attempt that brought this many bytes was worth it: the count of failures in a row begins anew.
const PROGRESS: u64 = 1 << 20;

/// An archive that has arrived whole.
#[derive(Debug)]
pub struct Arrived {
    /// The file.
    pub partial: Partial,
    /// Its bytes.
    pub bytes: u64,
    /// Its checksums.
    pub digests: Digests,
    /// Those of them that the service had announced.
    pub compared: Vec<&'static str>,
    /// Bytes that were there before.
    pub resumed_from: u64,
    /// What happened on the way.
    pub notes: Vec<String>,
}

/// Downloads the archive and compares it with what the service announced.
///
/// # Errors
/// [`Error::Fetch`], [`Error::Io`], [`Error::Cancelled`]; what has arrived is kept for the next time.
pub fn download(request: &FetchRequest, address: &Address, place: &Place, job: &Job) -> Result<Arrived> {
    let client = Client::new(address, &request.patience)?;
    let partial = Partial::open(place, address.download().as_str())?;
    let mut download =
        Download { request, address, place, job, client: &client, partial, resumed_from: 0, notes: Vec::new() };
    match download.until_whole() {
        Ok((digests, compared)) => {
            let Download { partial, resumed_from, notes, .. } = download;
            Ok(Arrived { bytes: partial.length(), partial, digests, compared, resumed_from, notes })
        }
        Err(error) => {
            if download.partial.length() == 0 {
                download.partial.discard()?;
            }
            Err(error)
        }
    }
}

struct Download<'a> {
    request: &'a FetchRequest,
    address: &'a Address,
    place: &'a Place,
    job: &'a Job,
    client: &'a Client,
    partial: Partial,
    resumed_from: u64,
    notes: Vec<String>,
}

impl Download<'_> {
    fn until_whole(&mut self) -> Result<(Digests, Vec<&'static str>)> {
        let patience = &self.request.patience;
        self.resumed_from = self.partial.resumption().map_or(0, |(from, _)| from);
        let mut arrived = 0;
        let mut failures = 0;
        loop {
            let before = self.partial.length();
            let failure = match self.attempt().and_then(|()| self.verify()) {
                Ok(checked) => return Ok(checked),
                Err(failure) => failure,
            };
            let gained = self.partial.length().saturating_sub(before);
            arrived += gained;
            failures = if gained >= PROGRESS { 1 } else { failures + 1 };
            let (what, wait) = match failure {
                Failure::Final(error) => return Err(error),
                Failure::Unreachable(what) if arrived == 0 => return Err(Error::Fetch(what)),
                Failure::Unreachable(what) => (what, None),
                Failure::Passing { what, wait } => (what, wait),
            };
            if failures >= patience.attempts {
                return Err(Error::Fetch(self.given_up(&what, failures)));
            }
            let pause = wait.unwrap_or_else(|| patience.pause(failures, rand::random()));
            tracing::info!(%what, ?pause, bytes = self.partial.length(), "the download is tried again");
            let unit = format!("bytes downloaded; trying again in {} s: {what}", pause.as_secs_f64().ceil());
            self.begin_count(&unit);
            self.notes.push(what);
            self.client.pause(pause, self.job)?;
        }
    }

    fn given_up(&self, what: &str, failures: u32) -> String {
        let kept = match self.partial.length() {
            0 => String::new(),
            bytes => format!("; {bytes} bytes are kept, and the next fetch goes on from there"),
        };
        format!("{what}; gave up after {failures} attempts{kept}")
    }

    fn begin_count(&self, unit: &str) {
        self.job.begin(unit, self.partial.origin().total.unwrap_or(0));
        self.job.advance(self.partial.length());
    }

    /// One request, and its body to the end.
    fn attempt(&mut self) -> Result<(), Failure> {
        self.begin_count("bytes downloaded");
        let resumption = self.partial.resumption();
        let headers = headers(resumption.as_ref())?;
        let (client, address, job) = (self.client, self.address, self.job);
        let mut answer = client.get(address, self.request.credentials.as_ref(), &headers, job)?;
        match (answer.status(), resumption) {
            (StatusCode::PARTIAL_CONTENT, Some((from, _))) => self.go_on(&answer, from)?,
            (StatusCode::OK, resumption) => self.begin_anew(&mut answer, resumption.is_some())?,
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
                return Err(self.start_over("the file on the server is shorter")?);
            }
            _ => return Err(refusal::refusal(answer, self.request, address, job)?),
        }
        if let Some(total) = self.partial.origin().total {
            place::require_room(&self.place.home, total.saturating_sub(self.partial.length()))?;
        }
        self.begin_count("bytes downloaded");
        let received = self.receive(&mut answer);
        self.partial.sync()?;
        received
    }

    /// Goes on from byte `from`, if the answer is about the same file.
    fn go_on(&mut self, answer: &Answer<'_>, from: u64) -> Result<(), Failure> {
        let origin = self.partial.origin();
        let etag = answer.header("etag");
        let same = match answer.range() {
            Some((first, total)) => {
                first == from
                    && (total.is_none() || origin.total.is_none() || total == origin.total)
                    && (etag.is_none() || origin.etag.is_none() || etag == origin.etag.as_deref())
            }
            None => false,
        };
        if !same {
            return Err(self.start_over("the file on the server has changed")?);
        }
        Ok(self.partial.truncate(from)?)
    }

    /// Takes the whole file from its first byte.
    fn begin_anew(&mut self, answer: &mut Answer<'_>, had_part: bool) -> Result<(), Failure> {
        if answer.is_page() {
            return Err(refusal::page(&answer.text(self.job)?, &answer.host, self.request));
        }
        let origin = Origin {
            url: self.address.download().to_string(),
            etag: answer.header("etag").map(ToOwned::to_owned),
            last_modified: answer.header("last-modified").map(ToOwned::to_owned),
            total: answer.length(),
            hashes: answer.headers("x-goog-hash"),
        };
        if had_part {
            let same = origin.validator().is_some() && origin.validator() == self.partial.origin().validator();
            let reason = if same { "the server does not resume" } else { "the file on the server has changed" };
            self.notes.push(format!("{reason}: the download began anew"));
        }
        self.resumed_from = 0;
        Ok(self.partial.begin(origin)?)
    }

    /// Drops what has arrived, for the next attempt to begin anew.
    fn start_over(&mut self, reason: &str) -> Result<Failure> {
        self.resumed_from = 0;
        self.partial.begin(Origin { url: self.address.download().to_string(), ..Origin::default() })?;
        Ok(Failure::passing(format!("{reason}: the download begins anew")))
    }

    fn receive(&mut self, answer: &mut Answer<'_>) -> Result<(), Failure> {
        let most = self.request.limits.bytes;
        let host = answer.host.clone();
        while let Some(chunk) = answer.chunk(self.job)? {
            let bytes = chunk.as_ref();
            if self.partial.length() == 0 && !bytes.is_empty() && !begins_zip(bytes) {
                let text = String::from_utf8_lossy(bytes).into_owned();
                return Err(refusal::page(&text, &host, self.request));
            }
            self.partial.append(bytes)?;
            self.job.advance(bytes.len() as u64);
            if self.partial.length() > most {
                let error =
                    Failure::last(format!("{host} sent more than {most} bytes; nothing of the kind is expected"));
                self.partial.truncate(0)?;
                return Err(error);
            }
        }
        match self.partial.origin().total {
            Some(total) if self.partial.length() > total => {
                Err(self.start_over("the server sent more than it announced")?)
            }
            Some(total) if self.partial.length() < total => {
                Err(Failure::passing(format!("{host} ended after {} of {total} bytes", self.partial.length())))
            }
            _ => Ok(()),
        }
    }

    fn verify(&mut self) -> Result<(Digests, Vec<&'static str>), Failure> {
        let digests = checksum::digests(self.partial.path(), self.partial.length(), self.job)?;
        match Announced::read(&self.partial.origin().hashes).compare(&digests) {
            Ok(compared) => Ok((digests, compared)),
            Err(difference) => Err(self.start_over(&format!("what arrived is not the server's file ({difference})"))?),
        }
    }
}

/// Whether these may be the first bytes of a zip archive, an empty one included.
fn begins_zip(bytes: &[u8]) -> bool {
    let seen = bytes.len().min(4);
    [b"PK\x03\x04", b"PK\x05\x06"].iter().any(|magic| magic[..seen] == bytes[..seen])
}

fn headers(resumption: Option<&(u64, String)>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
    if let Some((from, validator)) = resumption {
        let told = |text: &str| {
            HeaderValue::from_str(text)
                .map_err(|error| Error::Fetch(format!("the partial file's record is damaged: {error}")))
        };
        headers.insert(RANGE, told(&format!("bytes={from}-"))?);
        headers.insert(IF_RANGE, told(validator)?);
    }
    Ok(headers)
}
