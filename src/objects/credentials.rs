//! The settings of each service's client, found where the vendor's own tools look.

use object_store::ClientConfigKey;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::GoogleCloudStorageBuilder;
use reqwest::Url;

use crate::error::{Error, Result};
use crate::objects::address::{Address, is_this_machine};
use crate::objects::profile::Profile;

/// A variable of the environment that holds something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// S3: the environment, then `~/.aws`, then what a container or an instance is given.
///
/// # Errors
/// As [`Profile::find`]; [`Error::Config`] for an endpoint by http on another machine.
pub(super) fn s3(address: &Address, bucket: &str) -> Result<AmazonS3Builder> {
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let is_told = |key| builder_has(&builder, key);
    let by_role = is_told(AmazonS3ConfigKey::WebIdentityTokenFile);
    let (has_key, has_region) = (is_told(AmazonS3ConfigKey::AccessKeyId), is_told(AmazonS3ConfigKey::Region));
    let has_endpoint = is_told(AmazonS3ConfigKey::Endpoint) || is_told(AmazonS3ConfigKey::S3Endpoint);
    if !(has_key && has_region && has_endpoint) {
        let profile = match Profile::find(&variable) {
            // Whoever is told the keys otherwise needs no profile.
            Err(_) if has_key || by_role => Profile::default(),
            found => found?,
        };
        if let (false, false, Some(key), Some(secret)) = (has_key, by_role, profile.key_id, profile.secret) {
            builder = builder.with_access_key_id(key).with_secret_access_key(secret);
            builder = profile.token.into_iter().fold(builder, AmazonS3Builder::with_token);
        }
        builder = profile.region.into_iter().filter(|_| !has_region).fold(builder, AmazonS3Builder::with_region);
        builder = profile.endpoint.into_iter().filter(|_| !has_endpoint).fold(builder, AmazonS3Builder::with_endpoint);
    }
    let endpoint = builder
        .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
        .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
    match endpoint.as_deref().map(Url::parse) {
        Some(Err(error)) => Err(Error::Config(format!("{address}: AWS_ENDPOINT_URL is no address: {error}"))),
        Some(Ok(url)) if url.scheme() == "http" && is_this_machine(&url) => Ok(builder.with_allow_http(true)),
        Some(Ok(url)) if url.scheme() == "http" && variable("AWS_ALLOW_HTTP").is_none() => Err(Error::Config(format!(
            "{address}: AWS_ENDPOINT_URL is a server of another machine by http, by which keys and rows can be read on \
                 their way; name it by https, or set AWS_ALLOW_HTTP=true where the way is your own"
        ))),
        _ => Ok(builder),
    }
}

fn builder_has(builder: &AmazonS3Builder, key: AmazonS3ConfigKey) -> bool {
    builder.get_config_value(&key).is_some_and(|value| !value.is_empty())
}

/// Google: `GOOGLE_APPLICATION_CREDENTIALS` and the like, what `gcloud` left, then what an instance is given.
pub(super) fn google(bucket: &str) -> GoogleCloudStorageBuilder {
    GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket)
}

/// Azure: the environment by the names of the library and of `az`, then what an instance is given.
///
/// # Errors
/// [`Error::Config`] where nothing names the account.
pub(super) fn azure(address: &Address, container: &str, account: Option<&str>) -> Result<MicrosoftAzureBuilder> {
    let mut builder = MicrosoftAzureBuilder::from_env().with_container_name(container);
    let of_az =
        [("AZURE_STORAGE_ACCOUNT", AzureConfigKey::AccountName), ("AZURE_STORAGE_KEY", AzureConfigKey::AccessKey)];
    for (name, key) in of_az {
        if let (None, Some(value)) = (builder.get_config_value(&key), variable(name)) {
            builder = builder.with_config(key, value);
        }
    }
    builder = account.into_iter().fold(builder, MicrosoftAzureBuilder::with_account);
    let emulator = builder.get_config_value(&AzureConfigKey::UseEmulator).is_some_and(|value| value == "true");
    if builder.get_config_value(&AzureConfigKey::AccountName).is_none() && !emulator {
        let what = "nothing names the account: set AZURE_STORAGE_ACCOUNT, or write the address as \
                    abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY";
        return Err(Error::Config(format!("{address}: {what}")));
    }
    let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint).and_then(|endpoint| Url::parse(&endpoint).ok());
    let allowed = endpoint.is_some_and(|url| is_this_machine(&url));
    Ok(if allowed { builder.with_config(AzureConfigKey::Client(ClientConfigKey::AllowHttp), "true") } else { builder })
}
