//! One request: time limits, cancel, redirects that never carry credentials to another host.

use std::future::Future;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url};
use tokio::runtime::Runtime;

use crate::error::{Error, Result};
use crate::fetch::address::Address;
use crate::fetch::credentials::Credentials;
use crate::fetch::failure::Failure;
use crate::fetch::network;
use crate::fetch::patience::Patience;
use crate::job::Job;

/// How often a wait looks whether the job was cancelled.
const TICK: Duration = Duration::from_millis(50);
/// A longer chain of redirects is a loop.
const REDIRECTS: usize = 10;

/// A client and the thread it runs on: this one, while it waits.
pub struct Client {
    runtime: Option<Runtime>,
    http: reqwest::Client,
    patience: Patience,
}

impl Client {
    /// A client that trusts the machine's certificates and uses the proxy that the environment names.
    ///
    /// # Errors
    /// [`Error::Fetch`] for a machine without certificates.
    pub fn new(address: &Address, patience: &Patience) -> Result<Self> {
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("user360/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                // Seldom are two requests for one host, and minutes may lie between them.
                .pool_max_idle_per_host(0)
                .connect_timeout(patience.connect);
            if address.is_loopback() { builder.no_proxy() } else { builder }
        };
        let http = match builder().build() {
            // A service without TLS needs no certificates.
            Err(_) if address.is_plain() => builder().tls_built_in_root_certs(false).build(),
            built => built,
        };
        let http = http.map_err(|error| {
            Error::Fetch(format!(
                "no HTTPS on this machine: {}; install its certificates (the package ca-certificates) or name them in \
                 SSL_CERT_FILE",
                network::innermost(&error)
            ))
        })?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::io("network"))?;
        Ok(Self { runtime: Some(runtime), http, patience: *patience })
    }

    /// Asks for the data set's archive and follows redirects until something else is answered.
    ///
    /// # Errors
    /// [`Failure`] for a service that cannot be reached or sends the request in circles.
    pub fn get(
        &self,
        address: &Address,
        credentials: Option<&Credentials>,
        headers: &HeaderMap,
        job: &Job,
    ) -> Result<Answer<'_>, Failure> {
        let mut url = address.download();
        for _ in 0..=REDIRECTS {
            let mut request = self.http.get(url.clone()).headers(headers.clone());
            if let Some(credentials) = credentials.filter(|_| address.trusts(&url)) {
                request = request.header(AUTHORIZATION, credentials.header()?);
            }
            let host = url.host_str().unwrap_or_default().to_owned();
            let limit = self.patience.connect + self.patience.stall;
            let response = match self.wait(request.send(), limit, job)? {
                Some(Ok(response)) => response,
                Some(Err(error)) => return Err(network::told(&error, &host)),
                None => return Err(Failure::passing(format!("{host} did not answer within {} s", seconds(limit)))),
            };
            match next(&url, &response)? {
                Some(further) => url = further,
                None => return Ok(Answer { client: self, response, host }),
            }
        }
        Err(Failure::last(format!("{} redirects in circles; check the service's address", address.host())))
    }

    /// Sleeps, unless the job is cancelled.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn pause(&self, pause: Duration, job: &Job) -> Result<()> {
        self.wait(std::future::pending::<()>(), pause, job).map(|_| ())
    }

    /// The future's result, or `None` when it took longer than `limit`.
    fn wait<T>(&self, future: impl Future<Output = T>, limit: Duration, job: &Job) -> Result<Option<T>> {
        let Some(runtime) = &self.runtime else { return Ok(None) };
        let end = Instant::now() + limit;
        runtime.block_on(async {
            let mut future = std::pin::pin!(future);
            loop {
                job.check()?;
                let left = end.saturating_duration_since(Instant::now());
                match tokio::time::timeout(left.min(TICK), &mut future).await {
                    Ok(value) => return Ok(Some(value)),
                    Err(_) if left <= TICK => return Ok(None),
                    Err(_) => {}
                }
            }
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A look-up of a name that hangs must not hold up a cancelled job.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What the service answered; its body is still on the way.
pub struct Answer<'a> {
    client: &'a Client,
    response: Response,
    /// The host that answered.
    pub host: String,
}

impl Answer<'_> {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// Every value of a header.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let values = self.response.headers().get_all(name);
        values.iter().filter_map(|value| value.to_str().ok()).map(ToOwned::to_owned).collect()
    }

    /// Bytes of the body, where the service announces them.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// First byte and length of the whole, from `Content-Range: bytes 100-199/200`.
    pub fn range(&self) -> Option<(u64, Option<u64>)> {
        content_range(self.response.headers().get(CONTENT_RANGE)?.to_str().ok()?)
    }

    /// Whether the body is a page for people.
    pub fn is_page(&self) -> bool {
        self.header(CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
    }

    /// The next bytes of the body, or `None` at its end.
    ///
    /// # Errors
    /// [`Failure`] for a connection that broke or stalled.
    pub fn chunk(&mut self, job: &Job) -> Result<Option<impl AsRef<[u8]> + use<>>, Failure> {
        let stall = self.client.patience.stall;
        match self.client.wait(self.response.chunk(), stall, job)? {
            Some(Ok(chunk)) => Ok(chunk),
            Some(Err(error)) => Err(network::told(&error, &self.host)),
            None => Err(Failure::passing(format!("{} sent nothing for {} s", self.host, seconds(stall)))),
        }
    }

    /// The beginning of the body as text; what of it arrives counts, whatever then breaks.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn text(&mut self, job: &Job) -> Result<String> {
        const ENOUGH: usize = 16 * 1024;
        let mut bytes = Vec::new();
        while bytes.len() < ENOUGH {
            match self.chunk(job) {
                Ok(Some(chunk)) => bytes.extend_from_slice(chunk.as_ref()),
                Err(Failure::Final(Error::Cancelled)) => return Err(Error::Cancelled),
                Ok(None) | Err(_) => break,
            }
        }
        bytes.truncate(ENOUGH);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// First byte and length of the whole, from the value of `Content-Range`.
pub fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, total))
}

/// Where a redirect leads. The address may be signed, so no message shows more of it than the host.
fn next(from: &Url, response: &Response) -> Result<Option<Url>, Failure> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let host = from.host_str().unwrap_or_default();
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    match to {
        Some(to) if from.scheme() == "https" && to.scheme() != "https" => Err(Failure::last(format!(
            "{host} redirects to {} without TLS; that is not followed",
            to.host_str().unwrap_or("an address")
        ))),
        Some(to) if matches!(to.scheme(), "http" | "https") => Ok(Some(to)),
        _ => Err(Failure::last(format!("{host} redirects to nowhere; check the service's address"))),
    }
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}
