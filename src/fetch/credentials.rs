//! Who asks: a Kaggle token from the environment or from Kaggle's own file. Its value never reaches a message.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reqwest::header::HeaderValue;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::files;

/// Where tokens are made.
pub const SETTINGS_PAGE: &str = "https://www.kaggle.com/settings";

/// A Kaggle token and where it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    secret: Secret,
    source: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Secret {
    Key { username: String, key: String },
    Token(String),
}

/// What a search for credentials gave.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The first ones found.
    pub credentials: Option<Credentials>,
    /// What the user should know about them.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct KeyFile {
    username: String,
    key: String,
}

impl Credentials {
    /// A user name and key, as in `kaggle.json`; `source` says in messages where they came from.
    pub fn key(username: &str, key: &str, source: &str) -> Self {
        let secret = Secret::Key { username: username.to_owned(), key: key.to_owned() };
        Self { secret, source: source.to_owned() }
    }

    /// A bearer token, as in `KAGGLE_API_TOKEN`; `source` says in messages where it came from.
    pub fn token(token: &str, source: &str) -> Self {
        Self { secret: Secret::Token(token.to_owned()), source: source.to_owned() }
    }

    /// Looks where Kaggle's own client looks: `KAGGLE_API_TOKEN`, then `KAGGLE_USERNAME` with `KAGGLE_KEY`, then the
    /// files `access_token` and `kaggle.json` in `KAGGLE_CONFIG_DIR`, `~/.kaggle` or `~/.config/kaggle`. `variable`
    /// gives the value of an environment variable that is set and not empty.
    ///
    /// # Errors
    /// [`Error::Io`] for a file that is there and cannot be read, [`Error::Input`] for one that holds no token.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Result<Found> {
        let mut found = Found::default();
        if let Some(token) = variable("KAGGLE_API_TOKEN") {
            found.credentials = Some(Self::token(token.trim(), "KAGGLE_API_TOKEN"));
            return Ok(found);
        }
        match (variable("KAGGLE_USERNAME"), variable("KAGGLE_KEY")) {
            (Some(username), Some(key)) => {
                let source = "KAGGLE_USERNAME and KAGGLE_KEY";
                found.credentials = Some(Self::key(username.trim(), key.trim(), source));
                return Ok(found);
            }
            (Some(_), None) => found.warnings.push("KAGGLE_USERNAME is set but KAGGLE_KEY is not".to_owned()),
            (None, Some(_)) => found.warnings.push("KAGGLE_KEY is set but KAGGLE_USERNAME is not".to_owned()),
            (None, None) => {}
        }
        for folder in folders(&variable) {
            for (name, read) in
                [("access_token", token_file as fn(&Path, &str) -> Result<Self>), ("kaggle.json", key_file)]
            {
                let path = folder.join(name);
                let text = match files::read_regular(&path, 1 << 20) {
                    Ok(text) => String::from_utf8_lossy(&text).into_owned(),
                    Err(Error::Io { source, .. })
                        if matches!(source.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
                    {
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                found.credentials = Some(read(&path, &text)?);
                found.warnings.extend(open_to_others(&path));
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// Where they came from: names of variables, or the path of a file.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The value of the `Authorization` header.
    pub(super) fn header(&self) -> Result<HeaderValue> {
        let text = match &self.secret {
            Secret::Key { username, key } => {
                format!("Basic {}", crate::fetch::checksum::to_base64(format!("{username}:{key}").as_bytes()))
            }
            Secret::Token(token) => format!("Bearer {token}"),
        };
        let mut header = HeaderValue::from_str(&text).map_err(|_| {
            Error::Fetch(format!(
                "the token from {} holds a line break or another character that no token has",
                self.source
            ))
        })?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// A text of the service without the secret, should the service have repeated it.
    pub(super) fn hide(&self, text: &str) -> String {
        let (Secret::Key { key: secret, .. } | Secret::Token(secret)) = &self.secret;
        if secret.is_empty() { text.to_owned() } else { text.replace(secret.as_str(), "…") }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials").field("source", &self.source).finish_non_exhaustive()
    }
}

fn folders(variable: &impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    if let Some(folder) = variable("KAGGLE_CONFIG_DIR") {
        return vec![PathBuf::from(folder)];
    }
    let home = variable("HOME").map(PathBuf::from);
    let config =
        variable("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(".config")));
    home.map(|home| home.join(".kaggle")).into_iter().chain(config.map(|config| config.join("kaggle"))).collect()
}

fn token_file(path: &Path, text: &str) -> Result<Credentials> {
    match text.trim() {
        "" => Err(no_token(path, None, "the file is empty")),
        token => Ok(Credentials::token(token, &path.display().to_string())),
    }
}

/// The parser's own complaint may quote the key, so only its line is told.
fn key_file(path: &Path, text: &str) -> Result<Credentials> {
    let file: KeyFile = serde_json::from_str(text).map_err(|error| {
        no_token(path, Some(error.line() as u64), "not of the form {\"username\": \"…\", \"key\": \"…\"}")
    })?;
    Ok(Credentials::key(file.username.trim(), file.key.trim(), &path.display().to_string()))
}

fn no_token(path: &Path, line: Option<u64>, what: &str) -> Error {
    let what = format!("{what}; make a new token at {SETTINGS_PAGE}");
    Error::Input { path: path.to_path_buf(), line: line.filter(|line| *line > 0), what }
}

fn open_to_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.permissions().mode();
    let file = path.display();
    (mode & 0o077 != 0)
        .then(|| format!("{file} can be read by other users of this machine; close it with `chmod 600 {file}`"))
}
