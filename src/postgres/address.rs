//! The address of a database: `postgres://user@host:port/database`, or `postgres:///database?host=/folder` for a socket.

use std::fmt::{self, Display};
use std::path::PathBuf;

use reqwest::Url;

use crate::error::{Error, Result};

/// Where a server listens when nothing says otherwise.
const PORT: u16 = 5432;
/// The folders in which a server's socket usually lies.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];
/// What may stand behind the question mark.
const PARAMETERS: [&str; 5] = ["host", "port", "user", "sslmode", "sslrootcert"];

/// Whether a text is the address of a database.
pub fn is_address(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// A database, and maybe a table in it. It holds no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) host: Host,
    pub(super) port: u16,
    /// The user; the system's own where `None`.
    pub(super) user: Option<String>,
    /// The database; the user's own where `None`.
    pub(super) database: Option<String>,
    /// The table, with its schema before it where one is named.
    pub(super) table: Option<(Option<String>, String)>,
    pub(super) encryption: Encryption,
    /// Certificates that are trusted beside the system's.
    pub(super) root_certificate: Option<PathBuf>,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Name(String),
    /// The folder of its socket.
    Socket(PathBuf),
}

/// Whether the connection is encrypted, and whether the server must show who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    Disable,
    Prefer,
    Require,
    VerifyFull,
}

impl Address {
    /// Reads an address. What it leaves out, `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `PGSSLMODE` and `PGSSLROOTCERT`
    /// tell as they do for the vendor's tools.
    ///
    /// # Errors
    /// [`Error::Config`], which never quotes the address: it may hold a password.
    pub fn parse(text: &str) -> Result<Self> {
        Self::with(text, |name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn with(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let url = Url::parse(text).map_err(|error| wrong(&format!("it is no address: {error}")))?;
        if url.password().is_some() || url.query_pairs().any(|(key, _)| key.eq_ignore_ascii_case("password")) {
            return Err(Error::Config(
                "an address of a database must not hold a password: command lines, histories and lists of processes show \
                 it; put it into ~/.pgpass (or the file that PGPASSFILE names), into PGPASSWORD, or into a file that \
                 database.password_file in the configuration names"
                    .to_owned(),
            ));
        }
        let mut parameters = [const { None }; PARAMETERS.len()];
        for (key, value) in url.query_pairs() {
            let Some(at) = PARAMETERS.iter().position(|known| *known == key) else {
                let known = PARAMETERS.join(", ");
                return Err(wrong(&format!("it has a parameter {key}, and the known ones are {known}")));
            };
            parameters[at] = Some(value.into_owned());
        }
        let [host, port, user, mode, root] = parameters;
        let named = url.host_str().filter(|host| !host.is_empty()).map(decoded).transpose()?;
        let host = match host.or(named).or_else(|| variable("PGHOST")) {
            Some(folder) if folder.starts_with('/') => Host::Socket(PathBuf::from(folder)),
            Some(name) => Host::Name(name),
            None => Host::Socket(usual_socket_folder()),
        };
        let port = match port.or_else(|| variable("PGPORT").filter(|_| url.port().is_none())) {
            Some(port) => port.parse().map_err(|_| wrong("its port is no number from 1 to 65535"))?,
            None => url.port().unwrap_or(PORT),
        };
        let of_url = (!url.username().is_empty()).then(|| decoded(url.username())).transpose()?;
        let user = user.or(of_url).or_else(|| variable("PGUSER"));
        let mut parts = url.path().trim_start_matches('/').splitn(2, '/').map(decoded);
        let database = parts.next().transpose()?.filter(|name| !name.is_empty()).or_else(|| variable("PGDATABASE"));
        let table = parts.next().transpose()?.filter(|name| !name.is_empty());
        let table = table.map(|name| match name.split_once('.') {
            Some((schema, table)) => (Some(schema.to_owned()), table.to_owned()),
            None => (None, name),
        });
        let encryption = match mode.or_else(|| variable("PGSSLMODE")).as_deref() {
            None | Some("prefer" | "allow") => Encryption::Prefer,
            Some("disable") => Encryption::Disable,
            Some("require") => Encryption::Require,
            Some("verify-full" | "verify-ca") => Encryption::VerifyFull,
            Some(other) => {
                let what = format!("sslmode is {other}, and may be disable, prefer, require or verify-full");
                return Err(wrong(&what));
            }
        };
        let root_certificate = root.or_else(|| variable("PGSSLROOTCERT")).map(PathBuf::from);
        Ok(Self { host, port, user, database, table, encryption, root_certificate })
    }

    /// The table that it names, as a statement writes it.
    pub(super) fn table(&self) -> Result<String> {
        match &self.table {
            Some((Some(schema), table)) => Ok(format!("{}.{}", quoted(schema), quoted(table))),
            Some((None, table)) => Ok(quoted(table)),
            None => Err(Error::Config(format!("{self}: name the table behind the database: {self}/schema.table"))),
        }
    }

    /// The same without the table.
    ///
    /// # Errors
    /// [`Error::Config`] where it names one.
    pub fn of_query(self) -> Result<Self> {
        match &self.table {
            None => Ok(self),
            Some((_, table)) => {
                let what =
                    format!("{self} names a table; its rows are told by a query: --query 'select * from {table}'");
                Err(Error::Config(what))
            }
        }
    }
}

impl Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("postgres://")?;
        if let Some(user) = &self.user {
            write!(out, "{user}@")?;
        }
        if let Host::Name(host) = &self.host {
            write!(out, "{host}:{}", self.port)?;
        }
        write!(out, "/{}", self.database.as_deref().unwrap_or_default())?;
        match &self.table {
            Some((Some(schema), table)) => write!(out, "/{schema}.{table}"),
            Some((None, table)) => write!(out, "/{table}"),
            None => Ok(()),
        }
    }
}

/// A name as a statement writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn wrong(what: &str) -> Error {
    Error::Config(format!(
        "the address of the database cannot be read: {what}; it is postgres://USER@HOST:PORT/DATABASE"
    ))
}

/// The first usual folder that holds a socket of the usual port.
fn usual_socket_folder() -> PathBuf {
    let folders = SOCKET_FOLDERS.map(PathBuf::from);
    let there = folders.iter().find(|folder| folder.join(format!(".s.PGSQL.{PORT}")).exists());
    there.unwrap_or(&folders[0]).clone()
}

/// A part of an address, with its `%40` and the like as the characters they stand for.
fn decoded(part: &str) -> Result<String> {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = part.get(at + 1..at + 3).filter(|_| byte == b'%');
        if let Some(escaped) = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(escaped);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).map_err(|_| wrong("it is no UTF-8 text"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Result<Address> {
        Address::with(text, |_| None)
    }

    #[test]
    fn an_address_tells_host_user_database_and_table() {
        let address = parse("postgres://ana%40shop@db.example:6000/shop/crm.churn?sslmode=verify-full").unwrap();
        assert_eq!(address.user.as_deref(), Some("ana@shop"));
        assert_eq!((&address.host, address.port), (&Host::Name("db.example".to_owned()), 6000));
        assert_eq!(address.table().unwrap(), r#""crm"."churn""#);
        assert_eq!(address.encryption, Encryption::VerifyFull);
        let socket = parse("postgresql:///shop?host=/run/pg&port=7000").unwrap();
        assert_eq!((&socket.host, socket.port), (&Host::Socket(PathBuf::from("/run/pg")), 7000));
        assert_eq!(socket.to_string(), "postgres:///shop");
        let told = Address::with("postgres://", |name| (name == "PGHOST").then(|| "/run/pg".to_owned())).unwrap();
        assert_eq!((&told.host, told.database), (&Host::Socket(PathBuf::from("/run/pg")), None));
    }

    #[test]
    fn a_password_is_refused_and_never_shown() {
        for address in ["postgres://ana:geheim@db/shop", "postgres://db/shop?user=ana&password=geheim"] {
            let error = parse(address).unwrap_err().to_string();
            assert!(error.contains("PGPASSFILE") && error.contains("PGPASSWORD"), "{error}");
            assert!(error.contains("database.password_file") && !error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        let told = |address: &str| parse(address).unwrap_err().to_string();
        assert!(told("postgres://db/shop?sslmod=require").contains("a parameter sslmod"));
        assert!(told("postgres://db/shop?sslmode=yes").contains("sslmode is yes"));
        assert!(told("postgres:///shop?host=/x&port=0x").contains("port"));
        assert!(parse("postgres://db/shop/orders").unwrap().of_query().unwrap_err().to_string().contains("--query"));
    }
}
