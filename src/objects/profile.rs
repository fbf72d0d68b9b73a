//! The keys of `~/.aws/credentials` and `~/.aws/config`, by profile.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::read_regular;

/// No such file is longer.
const LONGEST: u64 = 1 << 20;
/// Ways to a key that need the vendor's own tool.
const ELSEWHERE: [&str; 4] = ["credential_process", "sso_session", "sso_start_url", "role_arn"];

/// What a profile tells.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) key_id: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) token: Option<String>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
}

impl Profile {
    /// The profile that `AWS_PROFILE` names, else the one called `default`, of the usual files or those that
    /// `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE` name.
    ///
    /// # Errors
    /// [`Error::Config`] for a profile that is named and not there, or that only the vendor's own tool can use;
    /// [`Error::Io`].
    pub(super) fn find(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let named = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
        let name = named.as_deref().unwrap_or("default");
        let home = variable("HOME").map(PathBuf::from);
        let usual = |file: &str| home.as_ref().map(|home| home.join(".aws").join(file));
        let place = |told: &str, file: &str| variable(told).map(PathBuf::from).or_else(|| usual(file));
        let mut profile = Self::default();
        let (mut known, mut elsewhere) = (false, None);
        let of_config = if name == "default" { name.to_owned() } else { format!("profile {name}") };
        let files = [
            (place("AWS_SHARED_CREDENTIALS_FILE", "credentials"), name),
            (place("AWS_CONFIG_FILE", "config"), of_config.as_str()),
        ];
        for (file, section) in files {
            let Some(text) = file.as_deref().map(text_of).transpose()?.flatten() else { continue };
            for (key, value) in entries(&text, section) {
                known = true;
                let value = value.to_owned();
                match key.as_str() {
                    "aws_access_key_id" => _ = profile.key_id.get_or_insert(value),
                    "aws_secret_access_key" => _ = profile.secret.get_or_insert(value),
                    "aws_session_token" => _ = profile.token.get_or_insert(value),
                    "region" => _ = profile.region.get_or_insert(value),
                    "endpoint_url" => _ = profile.endpoint.get_or_insert(value),
                    key => elsewhere = elsewhere.or_else(|| ELSEWHERE.iter().find(|known| **known == key)),
                }
            }
        }
        if named.is_some() && !known {
            return Err(Error::Config(format!("AWS_PROFILE names {name}, and ~/.aws holds no profile of this name")));
        }
        match elsewhere.filter(|_| profile.secret.is_none()) {
            Some(way) => Err(Error::Config(format!(
                "the profile {name} of ~/.aws gets its keys by {way}, which is the vendor's tool's to do: \
                 eval \"$(aws configure export-credentials --profile {name} --format env)\", then run this again"
            ))),
            None => Ok(profile),
        }
    }
}

/// A file's text, where there is one.
fn text_of(file: &Path) -> Result<Option<String>> {
    if !file.exists() {
        return Ok(None);
    }
    let bytes = read_regular(file, LONGEST)?;
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| Error::Refused { path: file.to_path_buf(), what: "is no UTF-8 text".to_owned() })
}

/// The keys and values of a section; what is indented belongs to the key above it and is passed over.
fn entries<'a>(text: &'a str, section: &'a str) -> impl Iterator<Item = (String, &'a str)> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        if let Some(name) = line.trim().strip_prefix('[').and_then(|line| line.split(']').next()) {
            inside = name.trim() == section;
            return None;
        }
        if !inside || line.starts_with([' ', '\t', '#', ';']) {
            return None;
        }
        let (key, value) = line.split_once('=')?;
        Some((key.trim().to_ascii_lowercase(), value.trim()))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(profile: Option<&str>, credentials: &str, config: &str) -> Result<Profile> {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("credentials"), credentials).unwrap();
        std::fs::write(folder.join("config"), config).unwrap();
        Profile::find(&|name| match name {
            "HOME" => home.path().to_str().map(ToOwned::to_owned),
            "AWS_PROFILE" => profile.map(ToOwned::to_owned),
            _ => None,
        })
    }

    #[test]
    fn both_files_of_a_profile_are_read() {
        let credentials = "[default]\naws_access_key_id = A\naws_secret_access_key=b=c\n\n[shop]\naws_access_key_id=S\n\
                           aws_secret_access_key = t\naws_session_token = u\n";
        let config = "[default]\nregion = eu-west-1\ns3 =\n  region = no\n[profile shop]\nregion=eu-central-1\n\
                      endpoint_url = http://localhost:9000\n";
        let default = found(None, credentials, config).unwrap();
        assert_eq!((default.key_id.as_deref(), default.secret.as_deref()), (Some("A"), Some("b=c")));
        assert_eq!((default.region.as_deref(), default.endpoint), (Some("eu-west-1"), None));
        let shop = found(Some("shop"), credentials, config).unwrap();
        assert_eq!((shop.token.as_deref(), shop.region.as_deref()), (Some("u"), Some("eu-central-1")));
        assert_eq!(shop.endpoint.as_deref(), Some("http://localhost:9000"));
    }

    #[test]
    fn what_a_profile_cannot_give_is_told() {
        let error = |profile, config| found(profile, "", config).err().unwrap().to_string();
        assert!(error(Some("gone"), "").contains("AWS_PROFILE names gone"));
        let told = error(Some("work"), "[profile work]\nsso_session = x\n");
        assert!(told.contains("sso_session") && told.contains("export-credentials --profile work"), "{told}");
        assert!(found(None, "", "").unwrap() == Profile::default());
    }
}
