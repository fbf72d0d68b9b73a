//! Where a data set lies on the service.

use reqwest::Url;

use crate::error::{Error, Result};

/// A data set of a service.
#[derive(Clone, Debug)]
pub struct Address {
    base: Url,
    owner: String,
    name: String,
}

impl Address {
    /// Reads OWNER/NAME, or the address of the data set's page, and the service's address.
    ///
    /// # Errors
    /// [`Error::Config`] for what is neither.
    pub fn new(base: &str, dataset: &str) -> Result<Self> {
        let url = Url::parse(base).map_err(|error| Error::Config(format!("{base:?} is no address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(Error::Config(format!(
                "{base:?} is no address of a web service; one looks like {}",
                crate::fetch::BASE_URL
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Config(
                "the service's address holds a user name or password; give them as KAGGLE_USERNAME and KAGGLE_KEY"
                    .to_owned(),
            ));
        }
        let (owner, name) = split(dataset).ok_or_else(|| {
            Error::Config(format!(
                "{dataset:?} is no data set; name it as OWNER/NAME, such as {}",
                crate::fetch::DATASET
            ))
        })?;
        Ok(Self { base: url, owner: owner.to_owned(), name: name.to_owned() })
    }

    /// OWNER/NAME.
    pub fn dataset(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The page where people read about the data set and accept its terms.
    pub fn page(&self) -> String {
        self.under(&["datasets", &self.owner, &self.name]).to_string()
    }

    /// Where the archive is asked for.
    pub fn download(&self) -> Url {
        self.under(&["api", "v1", "datasets", "download", &self.owner, &self.name])
    }

    /// Whether credentials for the service may go to `url`: the same scheme, host and port, over TLS unless it never
    /// leaves this machine.
    pub fn trusts(&self, url: &Url) -> bool {
        self.base.origin() == url.origin() && (url.scheme() == "https" || is_loopback(url))
    }

    /// Whether the service is this very machine, which no proxy serves.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Whether the service itself is asked without TLS.
    pub fn is_plain(&self) -> bool {
        self.base.scheme() == "http"
    }

    fn under(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.set_query(None);
        url.set_fragment(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// Owner and name of `OWNER/NAME` or of `https://…/datasets/OWNER/NAME`.
fn split(dataset: &str) -> Option<(&str, &str)> {
    let slug = match dataset.split_once("://") {
        Some((_, page)) => page.split_once("/datasets/")?.1.trim_end_matches('/'),
        None => dataset,
    };
    let (owner, name) = slug.split_once('/')?;
    (is_slug(owner) && is_slug(name)).then_some((owner, name))
}

fn is_slug(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'))
}
