//! A connection: made, waited for and cancelled. The client is asynchronous and everybody who calls is not: each session
//! drives its own.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::postgres::address::{Address, Encryption, Host};
use crate::postgres::failure::of_connecting;
use crate::postgres::password::password;
use crate::postgres::tls::tls;

/// How long a server may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks at the cancel flag.
const LOOK: Duration = Duration::from_millis(50);
/// How long a server may take to be told that its work is no longer wanted.
const PARTING: Duration = Duration::from_millis(500);

/// A connection to a database.
pub(super) struct Session {
    runtime: Runtime,
    pub(super) client: Client,
    pub(super) address: Address,
    /// `None` for a socket of this machine.
    tls: Option<MakeRustlsConnect>,
}

impl Session {
    /// Connects; the password is the one that [`password`] finds.
    ///
    /// # Errors
    /// [`Error::Fetch`] where the server is not there or does not let the user in; as [`password`] and [`tls`].
    pub(super) fn open(address: Address, password_file: Option<&Path>, job: &Job) -> Result<Self> {
        let mut config = Config::new();
        config.application_name("user360").connect_timeout(PATIENCE).port(address.port);
        match &address.host {
            Host::Name(name) => config.host(name),
            Host::Socket(folder) => config.host_path(folder),
        };
        if let Some(user) = &address.user {
            config.user(user);
        }
        if let Some(database) = &address.database {
            config.dbname(database);
        }
        if let Some(password) = password(&address, password_file)? {
            config.password(password);
        }
        config.ssl_mode(match address.encryption {
            Encryption::Disable => SslMode::Disable,
            Encryption::Prefer => SslMode::Prefer,
            Encryption::Require | Encryption::VerifyFull => SslMode::Require,
        });
        let tls = match address.host {
            Host::Name(_) => Some(tls(&address)?),
            Host::Socket(_) => {
                config.ssl_mode(SslMode::Disable);
                None
            }
        };
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| Error::Io { path: address.to_string().into(), source })?;
        let client = runtime.block_on(unless_cancelled(job, async {
            if let Some(tls) = tls.clone() {
                let (client, connection) = config.connect(tls).await?;
                tokio::spawn(connection);
                Ok(client)
            } else {
                let (client, connection) = config.connect(NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }));
        let client = client?.map_err(|error: tokio_postgres::Error| of_connecting(&address, &error))?;
        Ok(Self { runtime, client, address, tls })
    }

    /// Waits for work of the server; where the job is cancelled, tells the server so.
    ///
    /// # Errors
    /// [`Error::Cancelled`]; the work's own.
    pub(super) fn wait<T>(&self, job: &Job, work: impl Future<Output = Result<T>>) -> Result<T> {
        let done = self.runtime.block_on(unless_cancelled(job, work));
        if done.is_err() {
            self.stop();
        }
        done?
    }

    /// Asks the server to stop what it does.
    fn stop(&self) {
        let token = self.client.cancel_token();
        let asked = async {
            let asked = match self.tls.clone() {
                Some(tls) => tokio::time::timeout(PARTING, token.cancel_query(tls)).await,
                None => tokio::time::timeout(PARTING, token.cancel_query(NoTls)).await,
            };
            // Whoever does not hear it sees that nobody listens any more.
            drop(asked);
        };
        self.runtime.block_on(asked);
    }
}

/// Work that is given up when a job is cancelled.
async fn unless_cancelled<T>(job: &Job, work: impl Future<Output = T>) -> Result<T> {
    let cancelled = async {
        while !job.is_cancelled() {
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        done = work => Ok(done),
        () = cancelled => Err(Error::Cancelled),
    }
}
