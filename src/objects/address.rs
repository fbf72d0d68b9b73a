//! The address of objects: `s3://bucket/key`, `gs://bucket/key`, `az://container/key`,
//! `abfss://container@account.dfs.core.windows.net/key`, `https://host/file`.

use std::fmt::{self, Display};

use reqwest::Url;

use crate::error::{Error, Result};

/// What may stand before `://`.
const SCHEMES: [&str; 10] = ["s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "adl", "http", "https"];
/// What makes a part of a key a pattern.
const SPECIAL: [char; 3] = ['*', '?', '['];
/// Parameters, or parts of their names, that hold a right to read what they stand behind.
const SECRETS: [&str; 8] = ["sig", "signature", "token", "secret", "password", "key", "credential", "auth"];

/// Whether a text is the address of objects.
pub fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| SCHEMES.contains(&scheme))
}

/// The folder and the pattern below it of an address such as `s3://bucket/logs/2024-*.csv`; `None` for one without `*`, `?`
/// or `[`, and for a web server's, which lists nothing.
pub fn split_pattern(text: &str) -> Option<(String, String)> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| SCHEMES.contains(scheme))?;
    if scheme.starts_with("http") {
        return None;
    }
    let (container, key) = rest.split_once('/')?;
    let at = key.find(SPECIAL)?;
    let start = key[..at].rfind('/').map_or(0, |slash| slash + 1);
    Some((format!("{scheme}://{container}/{}", &key[..start]), key[start..].to_owned()))
}

/// Who keeps the objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Amazon S3 and what speaks like it.
    S3 { bucket: String },
    /// Google Cloud Storage.
    Google { bucket: String },
    /// Azure Blob Storage; the account as the address names it.
    Azure { container: String, account: Option<String> },
    /// A web server, which keeps one file at this address.
    Web(Url),
}

/// Where objects lie: one of them, or all below a prefix. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) service: Service,
    /// Behind the bucket, as it is written, without a slash before it.
    pub(super) key: String,
    text: String,
}

impl Address {
    /// Reads an address. A key is taken as it stands, `%20` and the like included.
    ///
    /// # Errors
    /// [`Error::Config`], which never quotes the address: it may hold a secret.
    pub fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong("it has no scheme such as s3://"))?;
        if scheme.starts_with("http") {
            return Ok(Self { service: web(text)?, key: String::new(), text: text.to_owned() });
        }
        let (container, key) = rest.split_once('/').unwrap_or((rest, ""));
        let is_azure = !matches!(scheme, "s3" | "s3a" | "gs");
        let (container, account) = match container.split_once('@') {
            Some((container, host)) if is_azure && !container.contains(':') => {
                (container, host.split('.').next().map(ToOwned::to_owned))
            }
            Some(_) => return Err(secret()),
            None => (container, None),
        };
        if container.contains(':') {
            return Err(secret());
        }
        if container.is_empty() {
            return Err(wrong("it names no bucket"));
        }
        let container = container.to_owned();
        let service = match scheme {
            "s3" | "s3a" => Service::S3 { bucket: container },
            "gs" => Service::Google { bucket: container },
            _ => Service::Azure { container, account },
        };
        Ok(Self { service, key: key.trim_start_matches('/').to_owned(), text: text.to_owned() })
    }

    /// The last part of its key, by which a file of its content is named; empty for a whole bucket.
    pub fn file_name(&self) -> &str {
        let key = match &self.service {
            Service::Web(url) => url.path(),
            _ => &self.key,
        };
        key.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }

    /// The address of what lies below it under a name.
    pub fn below(&self, name: &str) -> String {
        format!("{}/{name}", self.text.trim_end_matches('/'))
    }
}

impl Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// The address of a web server's file.
fn web(text: &str) -> Result<Service> {
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRETS.iter().any(|word| name.contains(word))
    };
    if !url.username().is_empty() || url.password().is_some() || url.query_pairs().any(|(name, _)| is_secret(&name)) {
        return Err(Error::Config(
            "an address must not hold a password, a token or a signature: settings and reports keep it, and lists of \
             processes show it; let a tool that knows the secret fetch the file: curl … | user360 run --input -"
                .to_owned(),
        ));
    }
    if url.scheme() == "http" && !is_this_machine(&url) {
        return Err(Error::Config(format!(
            "{text}: what comes by http can be read and changed on its way; name it by https, or fetch it yourself"
        )));
    }
    Ok(Service::Web(url))
}

/// Whether a server is this machine, to which nobody listens on the way.
pub(super) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn secret() -> Error {
    Error::Config(
        "an address of objects must not hold a key: settings and reports keep it, and lists of processes show it; put it \
         where the vendor's tools look for it: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or ~/.aws/credentials, \
         GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY"
            .to_owned(),
    )
}

fn wrong(what: &str) -> Error {
    Error::Config(format!(
        "the address of the objects cannot be read: {what}; it is s3://BUCKET/KEY, gs://BUCKET/KEY, az://CONTAINER/KEY, \
         abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY or https://HOST/FILE"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_tells_the_service_and_the_key() {
        let address = Address::parse("s3://shop-logs/2024/dt=2024-01-01/a b%20.csv").unwrap();
        assert_eq!(address.service, Service::S3 { bucket: "shop-logs".to_owned() });
        assert_eq!((address.key.as_str(), address.file_name()), ("2024/dt=2024-01-01/a b%20.csv", "a b%20.csv"));
        let azure = Address::parse("abfss://logs@shop.dfs.core.windows.net/2024/").unwrap();
        let account = Some("shop".to_owned());
        assert_eq!(azure.service, Service::Azure { container: "logs".to_owned(), account });
        assert_eq!((azure.key.as_str(), azure.file_name()), ("2024/", "2024"));
        assert_eq!(Address::parse("gs://bucket").unwrap().key, "");
        assert_eq!(Address::parse("https://shop.example/logs/a.csv?v=2").unwrap().file_name(), "a.csv");
        assert!(!is_address("postgres://db/shop") && !is_address("s3:/x") && is_address("https://x/y"));
    }

    #[test]
    fn a_secret_is_refused_and_never_shown() {
        for address in [
            "s3://AKIA1:geheim@bucket/a.csv",
            "https://ana:geheim@shop.example/a.csv",
            "https://shop.blob.core.windows.net/logs/a.csv?sv=2022&sig=geheim",
            "https://bucket.s3.amazonaws.com/a.csv?X-Amz-Signature=geheim",
        ] {
            let error = Address::parse(address).unwrap_err().to_string();
            assert!(error.contains("must not hold") && !error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        assert!(Address::parse("http://127.0.0.1:9000/a.csv").is_ok());
        assert!(Address::parse("http://[::1]:9000/a.csv").is_ok());
        let error = Address::parse("http://shop.example/a.csv").unwrap_err().to_string();
        assert!(error.contains("https"), "{error}");
    }

    #[test]
    fn a_pattern_is_split_where_it_begins() {
        let split = |text: &str| split_pattern(text).map(|(folder, pattern)| format!("{folder} {pattern}"));
        assert_eq!(split("s3://b/logs/2024-*/a?.csv").as_deref(), Some("s3://b/logs/ 2024-*/a?.csv"));
        assert_eq!(split("s3://b/*.csv").as_deref(), Some("s3://b/ *.csv"));
        assert_eq!(split("s3://b/logs/a.csv"), None);
        assert_eq!(split("https://host/a.csv?v=1"), None);
    }
}
