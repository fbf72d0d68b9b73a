//! A service that keeps objects, opened and waited for. The client is asynchronous and everybody who calls is not: each
//! store drives its own.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, ObjectStore, RetryConfig};
use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::objects::address::{Address, Service};
use crate::objects::credentials;
use crate::objects::failure::of_opening;
use crate::objects::patience::Patience;

/// Between two looks at the cancel flag.
const LOOK: Duration = Duration::from_millis(50);
/// Pauses before a request is made again.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// For a connection to stand, TLS included.
const CONNECT: &str = "10 seconds";

/// A service that keeps objects.
pub struct Store {
    pub(super) address: Address,
    pub(super) patience: Patience,
    pub(super) client: Arc<dyn ObjectStore>,
    runtime: Runtime,
}

impl Store {
    /// Opens the service that an address names; nothing is asked of it yet.
    ///
    /// # Errors
    /// [`Error::Config`] for settings of the environment that cannot be used.
    pub fn open(address: Address, patience: Patience) -> Result<Self> {
        // Asked again as often as the time allows.
        let backoff = BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 };
        let retry = RetryConfig { backoff, max_retries: usize::MAX, retry_timeout: patience.answer };
        // An answer may last as long as its bytes keep coming: `transfer` waits for them, and asks of each request anew.
        let whole = format!("{} seconds", (patience.answer + patience.stall).as_secs().max(1) * 20);
        let client: object_store::Result<Arc<dyn ObjectStore>> = match &address.service {
            Service::S3 { bucket } => {
                let timeouts = [(ClientConfigKey::Timeout, whole.as_str()), (ClientConfigKey::ConnectTimeout, CONNECT)];
                let builder = timeouts.into_iter().fold(credentials::s3(&address, bucket)?, |builder, (key, value)| {
                    builder.with_config(object_store::aws::AmazonS3ConfigKey::Client(key), value)
                });
                builder.with_retry(retry).build().map(|store| Arc::new(store) as _)
            }
            Service::Google { bucket } => {
                let timeouts = [(ClientConfigKey::Timeout, whole.as_str()), (ClientConfigKey::ConnectTimeout, CONNECT)];
                let builder = timeouts.into_iter().fold(credentials::google(bucket), |builder, (key, value)| {
                    builder.with_config(object_store::gcp::GoogleConfigKey::Client(key), value)
                });
                builder.with_retry(retry).build().map(|store| Arc::new(store) as _)
            }
            Service::Azure { container, account } => {
                let timeouts = [(ClientConfigKey::Timeout, whole.as_str()), (ClientConfigKey::ConnectTimeout, CONNECT)];
                let builder = credentials::azure(&address, container, account.as_deref())?;
                let builder = timeouts.into_iter().fold(builder, |builder, (key, value)| {
                    builder.with_config(object_store::azure::AzureConfigKey::Client(key), value)
                });
                builder.with_retry(retry).build().map(|store| Arc::new(store) as _)
            }
            Service::Web(url) => {
                let options = ClientOptions::new()
                    .with_allow_http(url.scheme() == "http")
                    .with_config(ClientConfigKey::Timeout, whole.as_str())
                    .with_config(ClientConfigKey::ConnectTimeout, CONNECT);
                let builder = HttpBuilder::new().with_url(url.as_str()).with_client_options(options);
                builder.with_retry(retry).build().map(|store| Arc::new(store) as _)
            }
        };
        let client = client.map_err(|error| of_opening(&address, &error))?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| Error::Io { path: address.to_string().into(), source })?;
        Ok(Self { address, patience, client, runtime })
    }

    /// How long one request may last until its answer begins: the client itself asks again for as long as `answer`, and what
    /// lasts longer is a server that takes a request and says nothing.
    pub(super) fn longest(&self) -> Duration {
        self.patience.answer * 2 + self.patience.stall
    }

    /// Waits for work, unless the job is cancelled.
    pub(super) fn wait<T>(&self, job: &Job, work: impl Future<Output = Result<T>>) -> Result<T> {
        let cancelled = async {
            while !job.is_cancelled() {
                tokio::time::sleep(LOOK).await;
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done,
                () = cancelled => Err(Error::Cancelled),
            }
        })
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client holds keys.
        out.debug_struct("Store").field("address", &self.address).finish_non_exhaustive()
    }
}
