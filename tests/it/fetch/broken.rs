//! Downloads that break, stall, are cancelled, or meet a file that is not what it was.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use user360::error::Error;
use user360::fetch::fetch;
use user360::job::Job;

use super::service::{Fault, Service};
use super::zips::Entry;
use super::{assert_is_shop, fetched, names, refused, target, zips};

#[test]
fn a_download_cut_off_goes_on_where_it_broke() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::CutAfter(30_000), Fault::CutAfter(20_000)]);
    let fetched = fetched(&service.request(&out));
    assert_is_shop(&out);
    let ranges: Vec<_> = service.asked().iter().map(|asked| asked.headers.get("range").cloned()).collect();
    assert_eq!(ranges, [None, Some("bytes=30000-".to_owned()), Some("bytes=50000-".to_owned())]);
    assert_eq!(service.asked()[1].headers["if-range"], "\"v1\"");
    assert_eq!(fetched.notes.len(), 2, "{:?}", fetched.notes);
    assert_eq!(fetched.compared, ["md5", "crc32c"]);
    assert_eq!(names(folder.path()), ["shop"]);
}

#[test]
fn a_stalled_connection_is_left_and_the_download_goes_on() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::StallAfter(1_000)]);
    let fetched = fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(fetched.notes[0].contains("sent nothing for 0.3 s"), "{:?}", fetched.notes);
    assert_eq!(service.asked()[1].headers["range"], "bytes=1000-");
}

#[test]
fn after_the_last_attempt_what_arrived_is_kept_for_the_next_time() {
    let (folder, out) = target();
    let cuts = [Fault::CutAfter(10_000), Fault::CutAfter(10_000), Fault::CutAfter(10_000)];
    let service = Service::with(zips::shop(), cuts);
    let request = service.request(&out);
    let message = refused(&request);
    assert!(message.contains("gave up after 3 attempts") && message.contains("30000 bytes are kept"), "{message}");
    assert!(!out.exists());
    assert_eq!(request.kept_bytes(), Some(30_000));
    assert_eq!(fetched(&request).resumed_from, 30_000);
    assert_is_shop(&out);
    assert_eq!(names(folder.path()), ["shop"]);
    assert_eq!(request.kept_bytes(), None);
}

#[test]
fn a_cancelled_download_leaves_the_target_untouched_and_is_resumed() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::StallAfter(40_000)]);
    let mut request = service.request(&out);
    request.patience.stall = Duration::from_mins(1);
    let job = Job::new();
    let begun = Instant::now();
    let result = thread::scope(|scope| {
        let download = scope.spawn(|| fetch(&request, &job));
        while job.progress().done < 40_000 {
            assert!(!download.is_finished(), "it ended before it could be cancelled");
            thread::yield_now();
        }
        job.cancel();
        download.join().unwrap()
    });
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert!(begun.elapsed() < Duration::from_secs(10), "a stalled connection holds up the cancel");
    assert_eq!(names(folder.path()), [".shop.part", ".shop.part.json"]);
    assert!(
        fs::read(folder.path().join(".shop.part")).unwrap() == zips::shop()[..40_000],
        "other bytes than were sent"
    );
    assert_eq!(fetched(&request).resumed_from, 40_000);
    assert_is_shop(&out);
}

#[test]
fn two_fetches_to_one_place_do_not_mix() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::StallAfter(100)]);
    let mut request = service.request(&out);
    request.patience.stall = Duration::from_mins(1);
    let job = Job::new();
    thread::scope(|scope| {
        let download = scope.spawn(|| fetch(&request, &job));
        while job.progress().done < 100 {
            assert!(!download.is_finished());
            thread::yield_now();
        }
        let message = refused(&request);
        assert!(message.contains("another user360 is fetching"), "{message}");
        job.cancel();
        assert!(matches!(download.join().unwrap(), Err(Error::Cancelled)));
    });
}

#[test]
fn a_file_that_changed_meanwhile_is_taken_from_its_beginning() {
    for careless in [false, true] {
        let (_folder, out) = target();
        let other = zips::zip(&[zips::file("events.csv", "older and longer ".repeat(9_000))]);
        let service = Service::with(other, [Fault::CutAfter(300)]);
        let mut request = service.request(&out);
        request.patience.attempts = 1;
        refused(&request);
        {
            let mut store = service.store.lock().unwrap();
            (store.archive, store.etag, store.careless) = (zips::shop(), "\"v2\"", careless);
        }
        request.patience.attempts = 3;
        let fetched = fetched(&request);
        assert_is_shop(&out);
        assert_eq!(fetched.resumed_from, 0);
        assert!(fetched.notes.iter().any(|note| note.contains("has changed")), "{:?}", fetched.notes);
    }
}

#[test]
fn the_tag_alone_tells_a_file_of_the_same_length_apart() {
    let (_folder, out) = target();
    let stored = |content: Vec<u8>| zips::zip(&[Entry { method: 0, ..zips::file("events.csv", content) }]);
    let service = Service::with(stored(vec![b'1'; 50_000]), [Fault::CutAfter(30_000)]);
    service.store.lock().unwrap().announces_hash = false;
    let mut request = service.request(&out);
    request.patience.attempts = 1;
    refused(&request);
    {
        let mut store = service.store.lock().unwrap();
        (store.archive, store.etag, store.careless) = (stored(vec![b'2'; 50_000]), "\"v2\"", true);
    }
    request.patience.attempts = 3;
    let fetched = fetched(&request);
    assert!(fs::read(out.join("events.csv")).unwrap() == vec![b'2'; 50_000], "two versions are mixed");
    assert!(fetched.compared.is_empty());
}

#[test]
fn another_range_than_the_one_asked_is_not_appended() {
    let (_folder, out) = target();
    let other_range = Fault::Answer(206, "Content-Range: bytes 5-9/*\r\n", "abcde");
    let service = Service::with(zips::shop(), [Fault::CutAfter(30_000), other_range]);
    fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(!service.asked()[2].headers.contains_key("range"));
}

#[test]
fn a_part_from_one_service_is_not_continued_from_another() {
    let (_folder, out) = target();
    let first = Service::with(zips::shop(), [Fault::CutAfter(30_000)]);
    let mut request = first.request(&out);
    request.patience.attempts = 1;
    refused(&request);
    let second = Service::with(zips::shop(), []);
    assert_eq!(fetched(&second.request(&out)).resumed_from, 0);
    assert!(!second.asked()[0].headers.contains_key("range"));
    assert_is_shop(&out);
}

#[test]
fn a_service_that_does_not_resume_is_asked_for_all_of_it() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::CutAfter(30_000)]);
    service.store.lock().unwrap().resumes = false;
    let fetched = fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(fetched.notes.iter().any(|note| note.contains("does not resume")), "{:?}", fetched.notes);
}

#[test]
fn a_length_that_is_never_reached_ends_in_an_error() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), vec![Fault::TooLong(5); 9]);
    let message = refused(&service.request(&out));
    assert!(message.contains("gave up after 3 attempts"), "{message}");
    assert!(!out.exists() && !names(folder.path()).contains(&"shop".to_owned()));
}

#[test]
fn bytes_that_are_not_the_announced_ones_are_not_unpacked() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let request = service.request(&out);
    // What a broken disk or proxy would leave: the right length, another byte.
    {
        let mut cut = service.request(&out);
        cut.patience.attempts = 1;
        service.store.lock().unwrap().faults.push_back(Fault::CutAfter(50_000));
        refused(&cut);
        let part = folder.path().join(".shop.part");
        let mut bytes = fs::read(&part).unwrap();
        bytes[20_000] ^= 1;
        fs::write(&part, bytes).unwrap();
    }
    let fetched = fetched(&request);
    assert_is_shop(&out);
    assert!(fetched.notes[0].contains("its md5 is") && fetched.notes[0].contains("begins anew"), "{:?}", fetched.notes);
    assert_eq!(fetched.resumed_from, 0);
}

#[test]
fn a_part_that_nothing_is_known_of_is_not_resumed() {
    let (folder, out) = target();
    fs::write(folder.path().join(".shop.part"), "left by who knows").unwrap();
    let service = Service::with(zips::shop(), []);
    fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(!service.asked()[0].headers.contains_key("range"));
}

#[test]
fn an_archive_that_waits_whole_is_not_sent_again() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    // Everything arrives, then the target turns out to hold a folder where a file should be.
    fs::create_dir_all(out.join("events.csv")).unwrap();
    request.overwrite = true;
    fetch(&request, &Job::new()).unwrap_err();
    fs::remove_dir_all(&out).unwrap();
    let bytes = zips::shop().len() as u64;
    assert_eq!(fetched(&request).resumed_from, bytes - 1);
    assert_eq!(service.asked()[1].headers["range"], format!("bytes={}-", bytes - 1));
    assert_is_shop(&out);
}
