//! What the operating system refused, with what its own words leave out: who a file belongs to, what to do about a full
//! disk.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::text::{shown, shown_path};

/// The text of an I/O error on one line.
pub(super) fn told(path: &Path, source: &io::Error) -> String {
    let what = format!("{}: {}", shown_path(path), shown(&source.to_string()));
    match source.kind() {
        ErrorKind::PermissionDenied => match owner(path) {
            Some(owner) => format!("{what}; {owner}"),
            None => what,
        },
        ErrorKind::StorageFull if path != Path::new("stdout") => {
            format!("{what}; the disk is full: make room on it, then do the same again")
        }
        ErrorKind::QuotaExceeded => {
            format!("{what}; your share of the disk is used up: make room, then do the same again")
        }
        _ => what,
    }
}

/// Who owns the file, or the nearest folder above it that can be looked at, and what its permissions are.
fn owner(path: &Path) -> Option<String> {
    let above = path.ancestors().filter(|above| !above.as_os_str().is_empty());
    let (place, there) = above
        .map(|place| (place, fs::symlink_metadata(place)))
        .find_map(|(place, there)| Some((place, there.ok()?)))?;
    let uid = there.uid();
    let user = match name_of(uid) {
        Some(name) => format!("{} (uid {uid})", shown(&name)),
        None => format!("uid {uid}"),
    };
    let whose = if place == path { "it".to_owned() } else { shown_path(place) };
    let me = rustix::process::geteuid().as_raw();
    Some(format!("{whose} belongs to {user}, permissions {:o}, and you are uid {me}", there.mode() & 0o7777))
}

/// The name of a user, where the system's list of users has it.
fn name_of(uid: u32) -> Option<String> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let uid = uid.to_string();
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1) == Some(uid.as_str())).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_fits_the_refusal() {
        let told = |path: &str, kind: ErrorKind| told(Path::new(path), &io::Error::from(kind));
        let denied = told("/", ErrorKind::PermissionDenied);
        assert!(denied.starts_with("/: permission denied; it belongs to ") && denied.contains("uid 0"), "{denied}");
        let below = told("/nowhere/at\u{1b}/all", ErrorKind::PermissionDenied);
        assert!(below.starts_with(r"/nowhere/at\x1b/all: ") && below.contains("; / belongs to "), "{below}");
        assert!(told("/x", ErrorKind::StorageFull).contains("the disk is full"));
        assert_eq!(told("stdout", ErrorKind::StorageFull), "stdout: no storage space");
        assert!(!told("/x", ErrorKind::NotFound).contains("force"));
    }
}
