//! Archives that are unsafe or damaged: nothing of them is unpacked, inside the target or outside.

use std::fs;

use super::service::Service;
use super::zips::{Entry, file, zip};
use super::{fetched, names, refused, target, zips};

/// The message for an archive, and that neither the target nor anything else is there afterwards.
#[track_caller]
fn told(archive: Vec<u8>) -> String {
    let (folder, out) = target();
    let service = Service::with(archive, []);
    let message = refused(&service.request(&out));
    assert!(names(folder.path()).is_empty(), "left {:?}: {message}", names(folder.path()));
    assert!(message.contains("nothing was unpacked"), "{message}");
    message
}

#[test]
fn names_that_leave_the_folder_are_refused() {
    let evil = std::env::temp_dir().join("user360-evil.csv");
    for (name, what) in [
        ("../evil.csv", "leads out of the folder"),
        ("a/../../evil.csv", "leads out of the folder"),
        ("..", "leads out of the folder"),
        (evil.to_str().unwrap(), "has an absolute path"),
        ("//evil.csv", "has an absolute path"),
        ("C:evil.csv", "has an absolute path"),
        ("..\\evil.csv", "has a backslash"),
        ("a\0.csv", "has a control character"),
        ("./", "has no name"),
        ("", "has no name"),
    ] {
        let message = told(zip(&[file("events.csv", "good"), file(name, "evil")]));
        assert!(message.contains(what), "{name:?}: {message}");
    }
    assert!(!evil.exists());
}

#[test]
fn links_devices_and_encrypted_entries_are_refused() {
    for (mode, flags, what) in [
        (0o120_777, 0, "is a symbolic link"),
        (0o020_666, 0, "is neither file nor folder"),
        (0o060_666, 0, "is neither file nor folder"),
        (0o010_666, 0, "is neither file nor folder"),
        (0o140_666, 0, "is neither file nor folder"),
        (0o040_755, 0, "is a folder with content"),
        (0o100_644, 1, "is encrypted"),
    ] {
        let odd = Entry { mode, flags, ..file("odd", "/etc/passwd") };
        let message = told(zip(&[file("events.csv", "good"), odd]));
        assert!(message.contains(what), "{mode:o}: {message}");
    }
    let unknown = Entry { method: 14, ..file("odd", "lzma") };
    assert!(told(zip(&[unknown])).contains("method (14)"));
}

#[test]
fn a_name_is_there_only_once() {
    for pair in [["a.csv", "a.csv"], ["a.csv", "./a.csv"], ["b/a.csv", "b//a.csv"], ["a.csv", "A.CSV"], ["a/b", "a"]] {
        let message = told(zip(&[file(pair[0], "1"), file(pair[1], "2")]));
        assert!(message.contains("is there twice"), "{pair:?}: {message}");
    }
    assert!(told(zip(&[file("a", "1"), file("a/b", "2")])).contains("lies in a file"));
}

#[test]
fn bombs_are_known_by_their_directory() {
    let zeros = vec![0_u8; 11_000_000];
    assert!(told(zip(&[file("bomb.csv", zeros)])).contains("more than 200 times its size"));
    let many: Vec<Entry> = (0..10_001).map(|n| file(&format!("{n}"), "")).collect();
    assert!(told(zip(&many)).contains("more than 10000 entries"));
    let (_folder, out) = target();
    let mut request = Service::with(zips::shop(), []).request(&out);
    request.limits.bytes = 80_010;
    assert!(refused(&request).contains("more than 80010 bytes"), "the archive itself is that long");
    let two = zip(&[file("a.csv", "a".repeat(50_000)), file("b.csv", "b".repeat(50_000))]);
    let mut request = Service::with(two, []).request(&out);
    request.limits.bytes = 80_010;
    assert!(refused(&request).contains("would unpack to 100000 bytes; the limit is 80010"));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut archive = zip(&[file("a.csv", zips::events()), file("b.csv", zips::events())]);
    // The directory's second entry points to the first one's bytes.
    let at = archive.windows(6).rposition(|bytes| bytes == b"PK\x01\x02\x14\x03").unwrap();
    archive[at + 42..at + 46].copy_from_slice(&[0; 4]);
    assert!(told(archive).contains("share their bytes"));
}

#[test]
fn an_entry_longer_or_shorter_than_it_claims_is_refused() {
    let claims = |bytes| Entry { claimed_bytes: Some(bytes), ..file("a.csv", "x".repeat(1_000)) };
    assert!(told(zip(&[claims(10)])).contains("is longer than the 10 bytes it claims"));
    assert!(told(zip(&[claims(2_000)])).contains("ends after 1000 of 2000 bytes"));
}

#[test]
fn damaged_archives_are_refused() {
    let whole = zips::shop();
    assert!(told(whole[..whole.len() / 2].to_vec()).contains("damaged or cut off"));
    assert!(told(whole[..whole.len() - 1].to_vec()).contains("damaged or cut off"));
    let wrong = Entry { crc: Some(7), ..file("a.csv", "content") };
    assert!(told(zip(&[wrong])).contains("has the CRC-32"));
    let mut torn = zip(&[Entry { method: 8, ..file("a.csv", "abc".repeat(9_000)) }]);
    torn[40] ^= 0xff;
    assert!(told(torn).contains("\"a.csv\""));
    let mut miscounted = zips::shop();
    let end = miscounted.len() - 22;
    (miscounted[end + 8], miscounted[end + 10]) = (1, 1);
    assert!(told(miscounted).contains("lists 2 entries of 1"));
    assert!(told(zip(&[])).contains("holds no file"));
    let folder = Entry { mode: 0o040_755, method: 0, ..file("only/", "") };
    assert!(told(zip(&[folder])).contains("holds no file"));
}

#[test]
fn stored_files_folders_and_harmless_dots_are_fine() {
    let (_folder, out) = target();
    let folder = Entry { mode: 0o040_755, method: 0, ..file("data/", "") };
    let stored = Entry { method: 0, ..file("./data//é..csv", "stored") };
    // Archives made on Windows carry no mode.
    let plain = Entry { mode: 0, ..file("empty.csv", "") };
    let fetched = fetched(&Service::with(zip(&[folder, stored, plain]), []).request(&out));
    assert_eq!(fetched.files, [("data/é..csv".to_owned(), 6), ("empty.csv".to_owned(), 0)]);
    assert_eq!(fs::read_to_string(out.join("data/é..csv")).unwrap(), "stored");
}
