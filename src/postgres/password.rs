//! Where a password comes from: `PGPASSWORD`, the file that the configuration names, `PGPASSFILE` or `~/.pgpass`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files::read_regular;
use crate::postgres::address::{Address, Host};

/// No file of passwords is longer.
const LONGEST: u64 = 1 << 20;

/// The password for an address; `None` where none is told, which a server may well be content with.
///
/// # Errors
/// [`Error::Io`]; [`Error::Refused`] for a file of passwords that others may read.
pub(super) fn password(address: &Address, file: Option<&Path>) -> Result<Option<String>> {
    if let Some(file) = file {
        let text = private(file)?;
        return Ok(Some(text.lines().next().unwrap_or_default().to_owned()));
    }
    if let Some(password) = std::env::var("PGPASSWORD").ok().filter(|password| !password.is_empty()) {
        return Ok(Some(password));
    }
    let named = std::env::var_os("PGPASSFILE").map(PathBuf::from);
    let usual = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".pgpass"));
    match named.or_else(usual).filter(|file| file.exists()) {
        Some(file) => Ok(of_pass_file(&private(&file)?, address)),
        None => Ok(None),
    }
}

/// The text of a file that nobody else may read.
fn private(file: &Path) -> Result<String> {
    let mode = fs::metadata(file).map_err(Error::io(file))?.permissions().mode();
    if mode & 0o077 != 0 {
        let what =
            format!("holds a password and may be read by others; make it your own: chmod 600 {}", file.display());
        return Err(Error::Refused { path: file.to_path_buf(), what });
    }
    let bytes = read_regular(file, LONGEST)?;
    String::from_utf8(bytes)
        .map_err(|_| Error::Refused { path: file.to_path_buf(), what: "is no UTF-8 text".to_owned() })
}

/// The password of the first line `host:port:database:user:password` that matches, `*` for any.
fn of_pass_file(text: &str, address: &Address) -> Option<String> {
    let host = match &address.host {
        Host::Name(name) => name.clone(),
        Host::Socket(folder) => folder.display().to_string(),
    };
    let system = std::env::var("USER").unwrap_or_default();
    let user = address.user.clone().unwrap_or(system);
    let database = address.database.clone().unwrap_or_else(|| user.clone());
    let wanted = [host, address.port.to_string(), database, user];
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let [keys @ .., password] = fields.as_slice() else { return None };
        let of_socket = matches!(address.host, Host::Socket(_)) && keys.first().is_some_and(|host| host == "localhost");
        let matches = keys.len() == wanted.len()
            && keys
                .iter()
                .zip(&wanted)
                .enumerate()
                .all(|(at, (key, wanted))| key == "*" || key == wanted || (at == 0 && of_socket));
        matches.then(|| password.clone())
    })
}

/// The parts between colons, of which a backslash keeps the next as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let kept = match letter {
            '\\' => letters.next(),
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            letter => Some(letter),
        };
        if let Some(last) = fields.last_mut() {
            last.extend(kept);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_line_that_matches_tells_the_password() {
        let address = Address::parse("postgres://ana@db:5433/shop").unwrap();
        let text = "# a word\nother:*:*:*:no\ndb:5432:*:*:no\n*:5433:shop:ana:a\\:b\\\\c\ndb:*:*:*:later\n";
        assert_eq!(of_pass_file(text, &address).as_deref(), Some("a:b\\c"));
        let socket = Address::parse("postgres://ana@/shop?host=/run/pg&port=5433");
        let socket =
            socket.unwrap_or_else(|_| Address::parse("postgres:///shop?host=/run/pg&port=5433&user=ana").unwrap());
        assert_eq!(of_pass_file("localhost:5433:shop:ana:x\n", &socket).as_deref(), Some("x"));
        assert_eq!(of_pass_file("db:*:*:*:x\n", &socket), None);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        fs::write(&file, "geheim\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let address = Address::parse("postgres://ana@db/shop").unwrap();
        let error = password(&address, Some(&file)).unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains("geheim"), "{error}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(password(&address, Some(&file)).unwrap().as_deref(), Some("geheim"));
    }
}
