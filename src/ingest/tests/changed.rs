//! Files that change while they are read.

use std::fs::{self, OpenOptions};
use std::io::Write;

use super::*;
use crate::ingest::parquet_file::ParquetFile;

const ROWS: &str = "1433193132535,1,view,10,\n1433193132536,2,view,10,\n";

fn settings() -> IngestSettings {
    IngestSettings::default()
}

/// What a reading is answered with whose folder changed so after its beginning.
fn after(change: impl Fn(&Folder)) -> String {
    let folder = Folder::with_events(ROWS).file("item_properties.csv", "timestamp,itemid,property,value\n");
    let files = discover(folder.0.path(), &settings()).unwrap();
    let seen = files.seen().unwrap();
    change(&folder);
    let judged = judged(&files, &settings(), &seen, whole(&files, &settings(), &Job::new()));
    judged.err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named() {
    assert_eq!(after(|_| {}), "");
    let write =
        |name: &'static str, bytes: &'static str| move |folder: &Folder| fs::write(folder.path(name), bytes).unwrap();
    let shrunk =
        after(|folder| OpenOptions::new().write(true).open(folder.path("events.csv")).unwrap().set_len(60).unwrap());
    assert!(
        shrunk
            .contains("events.csv: changed while it was read, from 97 bytes to 60; nothing of it was kept: run again"),
        "{shrunk}"
    );
    let emptied = after(write("events.csv", ""));
    assert!(emptied.contains("from 97 bytes to 0"), "the cause, and not that the file is empty: {emptied}");
    let grown = after(|folder| {
        let mut file = OpenOptions::new().append(true).open(folder.path("events.csv")).unwrap();
        file.write_all(b"1433193132537,3,view,10,\n").unwrap();
    });
    assert!(grown.contains("events.csv: changed while it was read, from 97 bytes to 122"), "{grown}");
    let replaced = after(|folder| {
        fs::write(folder.path("new"), format!("{HEADER}{ROWS}")).unwrap();
        fs::rename(folder.path("new"), folder.path("events.csv")).unwrap();
    });
    assert!(replaced.contains("events.csv: was replaced by another file while it was read"), "{replaced}");
    let removed = after(|folder| fs::remove_file(folder.path("item_properties.csv")).unwrap());
    assert!(removed.contains("item_properties.csv: was removed while it was read"), "{removed}");
    let more = after(write("item_properties_part2.csv", "timestamp,itemid,property,value\n"));
    assert!(more.contains("item_properties_part2.csv: appeared while the others of its folder were read"), "{more}");
    assert_eq!(after(write("readme.txt", "no raw file")), "");
}

/// Same size, same samples, same time of last change: only the kernel's own clock tells.
#[test]
fn a_change_between_the_samples_with_the_time_set_back_is_seen() {
    let rows: String = (0..40_000).map(|at| format!("{},{at},view,10,\n", 1_433_193_132_535_i64 + at)).collect();
    let folder = Folder::with_events(&rows);
    let (path, seen) = (folder.path("events.csv"), discover(folder.0.path(), &settings()).unwrap().seen().unwrap());
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let place = bytes.len() / 4;
    bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
    let before = fingerprint(&path).unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all(&bytes).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(fingerprint(&path).unwrap(), before);
    assert!(seen.check().unwrap_err().to_string().contains("was written to while it was read"));
}

#[test]
fn a_parquet_file_that_is_cut_off_while_it_is_read_is_an_error_and_no_signal() {
    let folder = Folder::new();
    let path = folder.path("events.parquet");
    let mut table = polars::df!("id" => (0..200_000_i64).map(|id| id * 7_919 % 1_000_003).collect::<Vec<_>>()).unwrap();
    polars::prelude::ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut table).unwrap();
    let file = ParquetFile::open(&path, &Job::new()).unwrap();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(1_000).unwrap();
    let group = file.groups().next().unwrap();
    let read = file.columns(group, &[0], usize::MAX, &Job::new());
    assert!(matches!(&read, Err(Error::Io { path: named, .. }) if *named == path), "{read:?}");
}

#[test]
fn pairs_and_campaigns_that_change_are_named() {
    let folder =
        Folder::new().file("pairs.csv", "user,item,weight\n1,2,1\n").file("test.csv", "user,item,weight\n1,2,1\n");
    let paths = [folder.path("pairs.csv"), folder.path("test.csv")];
    let seen = Seen::of(paths.iter().map(PathBuf::as_path)).unwrap();
    let read = read_pairs(&paths[0], &paths[1], &Job::new());
    assert_eq!(seen.judge(read).unwrap().train.len(), 1);
    fs::write(&paths[1], "user,item,weight\n").unwrap();
    let read = seen.judge(read_pairs(&paths[0], &paths[1], &Job::new())).unwrap_err().to_string();
    assert!(read.contains("test.csv: changed while it was read"), "{read}");
}

#[test]
fn a_cancel_is_no_failed_reading() {
    let rows = ROWS.repeat(20_000);
    let text = format!("{HEADER}{rows}");
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes) in [("events.csv", text.as_bytes()), ("events.csv.gz", &gzip), ("events.csv.zst", &zstd)] {
        let folder = Folder::new().file(name, bytes);
        let job = Job::new();
        let files = discover(folder.0.path(), &settings()).unwrap();
        job.cancel();
        assert!(matches!(ingest(&files, &settings(), &job), Err(Error::Cancelled)), "{name}");
    }
}
