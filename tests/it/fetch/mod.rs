//! The download against a service like Kaggle's on this machine, faults included.

mod archives;
mod broken;
mod command;
mod refused;
mod screen;
mod service;
pub mod zips;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use user360::error::Error;
use user360::fetch::{Credentials, FetchRequest, Fetched, fetch};
use user360::job::Job;

use service::Service;

/// A folder for a test and the target in it, which is not there yet.
fn target() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("shop");
    (folder, out)
}

fn fetched(request: &FetchRequest) -> Fetched {
    fetch(request, &Job::new()).unwrap()
}

/// The message of a fetch that fails.
#[track_caller]
fn refused(request: &FetchRequest) -> String {
    match fetch(request, &Job::new()) {
        Err(Error::Fetch(message)) => message,
        other => panic!("{other:?} is no failed fetch"),
    }
}

/// Every name in a folder, hidden ones included.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn assert_is_shop(out: &Path) {
    assert!(fs::read(out.join("events.csv")).unwrap() == zips::events(), "other bytes than the shop's");
    assert_eq!(fs::read_to_string(out.join("more/tree.csv")).unwrap(), "categoryid,parentid\n1,\n2,1\n");
    assert_eq!(names(out), ["events.csv", "more"]);
}

#[test]
fn a_data_set_arrives_whole_and_nothing_else_stays() {
    let (folder, out) = target();
    let archive = zips::shop();
    let service = Service::with(archive.clone(), []);
    let job = Job::new();
    let fetched = fetch(&service.request(&out), &job).unwrap();
    assert_is_shop(&out);
    assert_eq!(names(folder.path()), ["shop"]);
    assert_eq!(fetched.folder, out);
    assert_eq!(fetched.files, [("events.csv".to_owned(), 80_000), ("more/tree.csv".to_owned(), 27)]);
    assert_eq!(fetched.bytes, archive.len() as u64);
    let sha256 = ring::digest::digest(&ring::digest::SHA256, &archive);
    assert_eq!(fetched.sha256, sha256.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat());
    assert_eq!(fetched.compared, ["md5", "crc32c"]);
    assert_eq!((fetched.resumed_from, fetched.archive, fetched.notes), (0, None, Vec::new()));
    let progress = job.progress();
    assert_eq!((progress.unit.as_str(), progress.done, progress.total), ("bytes unpacked", 80_027, 80_027));
}

#[test]
fn credentials_go_to_the_service_and_never_to_its_store() {
    for (credentials, header) in [
        (Credentials::key("ada", "s3cret", "a test"), "Basic YWRhOnMzY3JldA=="),
        (Credentials::token("t0ken", "a test"), "Bearer t0ken"),
    ] {
        let (_folder, out) = target();
        let service = Service::with(zips::shop(), []);
        let mut request = service.request(&out);
        request.credentials = Some(credentials);
        fetched(&request);
        let (front, store) = (service.front(), service.asked());
        assert_eq!((front.len(), store.len()), (1, 1));
        assert_eq!(front[0].path, "/api/v1/datasets/download/shop/log");
        assert_eq!(front[0].headers["authorization"], header);
        assert_eq!(store[0].path, "/bucket/log.zip?signature=hush");
        assert!(!store[0].headers.contains_key("authorization"), "{:?}", store[0].headers);
        assert!(front[0].headers["user-agent"].starts_with("user360/"));
    }
}

#[test]
fn the_page_of_a_data_set_names_it_too() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.dataset = "https://www.kaggle.com/datasets/shop/log/".to_owned();
    fetched(&request);
    assert_is_shop(&out);
}

#[test]
fn the_archive_is_kept_beside_the_folder_when_asked() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.keep_zip = true;
    let kept = fetched(&request).archive.unwrap();
    assert!(fs::read(&kept).unwrap() == zips::shop(), "other bytes than the service's");
    assert_eq!(names(folder.path()), ["shop", "shop.zip"]);
    fs::remove_dir_all(&out).unwrap();
    let again = refused(&request);
    assert!(again.contains("shop.zip exists already") && again.contains("--overwrite"), "{again}");
}

#[test]
fn a_folder_with_files_is_left_alone_unless_they_may_be_replaced() {
    let (folder, out) = target();
    fs::create_dir_all(out.join("more")).unwrap();
    fs::write(out.join("events.csv"), "mine").unwrap();
    fs::write(out.join("notes.txt"), "mine too").unwrap();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    let message = refused(&request);
    assert!(message.contains("shop holds files already") && message.contains("--overwrite"), "{message}");
    assert!(service.front().is_empty(), "refused before anything is asked");
    assert_eq!(fs::read_to_string(out.join("events.csv")).unwrap(), "mine");
    request.overwrite = true;
    fetched(&request);
    assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine too");
    fs::remove_file(out.join("notes.txt")).unwrap();
    assert_is_shop(&out);
    assert_eq!(names(folder.path()), ["shop"]);
}

#[test]
fn replacing_is_undone_when_one_file_cannot_be_replaced() {
    let (folder, out) = target();
    fs::create_dir_all(out.join("more/tree.csv/mine")).unwrap();
    fs::write(out.join("events.csv"), "mine").unwrap();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.overwrite = true;
    let error = fetch(&request, &Job::new()).unwrap_err().to_string();
    assert!(error.contains("tree.csv"), "{error}");
    assert_eq!(fs::read_to_string(out.join("events.csv")).unwrap(), "mine");
    assert!(out.join("more/tree.csv/mine").is_dir());
    assert_eq!(
        names(folder.path()),
        [".shop.part", ".shop.part.json", "shop"],
        "what arrived is kept for the next time"
    );
    fs::remove_dir_all(out.join("more")).unwrap();
    assert!(fetched(&request).resumed_from > 0);
    assert_is_shop(&out);
}

#[test]
fn no_file_is_written_through_a_link_in_the_target() {
    let (folder, out) = target();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir_all(&elsewhere).unwrap();
    fs::create_dir_all(&out).unwrap();
    std::os::unix::fs::symlink(&elsewhere, out.join("more")).unwrap();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.overwrite = true;
    let message = refused(&request);
    assert!(message.contains("symbolic link"), "{message}");
    assert!(names(&elsewhere).is_empty());
    assert_eq!(names(&out), ["more"]);
}
