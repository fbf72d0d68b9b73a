//! A server of objects that fails: what comes back is read to its end, what does not is an error with the object's address,
//! and nothing is left of it.

use std::fs;
use std::time::{Duration, Instant};

use user360::error::{Error, Result};
use user360::job::Job;
use user360::objects::{Address, Patience, Store};

use super::server::{Fault, SECRET, Server};
use super::{ONLY, left, report, run};
use crate::headless::{path, succeeded};
use crate::sources::{csv, rows};

/// Bytes of an object of three ranges.
const BYTES: usize = 20 << 20;

/// Bytes that differ from place to place.
fn bytes() -> Vec<u8> {
    (0..BYTES as u32 / 4).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

/// Brings a web server's object, with little patience.
fn bring(server: &Server, place: &str, job: &Job) -> Result<Vec<u8>> {
    let patience = Patience { answer: Duration::from_millis(800), stall: Duration::from_secs(3), breaks: 2 };
    let store = Store::open(Address::parse(&server.web(place))?, patience)?;
    let found = store.find(job)?;
    let folder = tempfile::tempdir().unwrap();
    store.bring(&found.objects, found.alone, folder.path(), job)?;
    Ok(fs::read(folder.path().join(&found.objects[0].name)).unwrap())
}

#[track_caller]
fn refused(brought: Result<Vec<u8>>, words: &[&str]) {
    let error = brought.unwrap_err();
    let told = error.to_string();
    assert!(matches!(error, Error::Fetch(_)), "{error:?}");
    assert!(words.iter().all(|word| told.contains(word)), "{told}");
}

#[test]
fn what_comes_back_is_read_to_its_end() {
    let server = Server::start();
    server.put("public/big.bin", bytes());
    let whole = bytes();
    for fault in [Fault::None, Fault::Cut(2), Fault::Busy(2), Fault::Whole] {
        server.fail(fault);
        let brought =
            bring(&server, "public/big.bin", &Job::new()).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(brought == whole, "{fault:?}");
        assert!(server.answers() >= 2, "{fault:?}: {}", server.answers());
    }
}

#[test]
fn what_does_not_come_back_is_an_error_in_a_bounded_time() {
    let server = Server::start();
    server.put("public/big.bin", bytes());
    let begun = Instant::now();
    server.fail(Fault::Busy(usize::MAX));
    refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin", "503", "SlowDown"]);
    server.fail(Fault::Cut(usize::MAX));
    refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin", "broke"]);
    server.fail(Fault::Short);
    refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin"]);
    server.fail(Fault::Gone);
    refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin", "cannot be read"]);
    server.fail(Fault::Silent);
    refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin", "the server does not answer"]);
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[test]
fn an_object_that_changes_in_the_middle_is_refused_by_name() {
    let server = Server::start();
    for fault in [Fault::ChangesAfter(2), Fault::ChangesUnasked(2)] {
        server.put("public/big.bin", bytes());
        server.fail(fault);
        refused(bring(&server, "public/big.bin", &Job::new()), &["/public/big.bin", "changed while it was read"]);
    }
}

#[test]
fn what_may_not_be_read_or_is_not_there_is_told_with_its_address() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    server.put("shop/log.csv", csv(&rows(0)));
    let workspace = folder.path().join("workspace");
    let told = |input: &str| {
        let output = run(&server, &["--input", input], &workspace);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains(SECRET) && said.contains(input), "{said}");
        said
    };
    assert!(told("s3://closed/log.csv").contains("403 Forbidden"));
    assert!(told("s3://closed/logs/").contains("AccessDenied"));
    assert!(told("s3://shop/gone.csv").contains("it is not there"));
    assert!(told("s3://shop/gone/").contains("nothing lies there"));
    assert!(told(&server.web("public/gone.csv")).contains("404"));
    let odd = server
        .user360(&[&["run", "--input", "s3://AKIA:geheim@shop/log.csv"], &ONLY[..], &[path(&workspace)]].concat());
    let said = String::from_utf8_lossy(&odd.stderr).into_owned();
    assert!(said.contains("must not hold a key") && !said.contains("geheim"), "{said}");
}

#[test]
fn a_run_whose_object_changes_leaves_the_workspace_as_it_was() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let workspace = folder.path().join("workspace");
    server.put("shop/log.csv", csv(&rows(0)));
    succeeded(run(&server, &["--input", "s3://shop/log.csv"], &workspace));
    let before = report(&server, &workspace);
    server.put("shop/log.csv", csv(&rows(0)[..150]));
    server.fail(Fault::ChangesAfter(0));
    let output = run(&server, &[], &workspace);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("s3://shop/log.csv: it was changed while it was read"), "{said}");
    assert_eq!(report(&server, &workspace)["run"], before["run"]);
    assert!(!left(&workspace).iter().any(|name| name.starts_with(".scratch")), "{:?}", left(&workspace));
}

#[test]
fn a_cancelled_transfer_ends_at_once() {
    let server = Server::start();
    server.put("public/big.bin", bytes());
    server.fail(Fault::Busy(usize::MAX));
    let job = Job::new();
    job.cancel();
    assert!(matches!(bring(&server, "public/big.bin", &job), Err(Error::Cancelled)));
}
