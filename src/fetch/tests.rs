//! The pure parts: names, headers, pauses, checksums.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use reqwest::Url;

use crate::archive::safe_name;
use crate::fetch::address::Address;
use crate::fetch::checksum::{Announced, digests, to_base64};
use crate::fetch::http::content_range;
use crate::fetch::partial::Origin;
use crate::fetch::patience::{Patience, retry_after};
use crate::job::Job;

#[test]
fn addresses_are_put_together_from_base_and_name() {
    let usual = Address::new(crate::fetch::BASE_URL, crate::fetch::DATASET).unwrap();
    let download = "https://www.kaggle.com/api/v1/datasets/download/retailrocket/ecommerce-dataset";
    assert_eq!(usual.download().as_str(), download);
    assert_eq!(usual.page(), "https://www.kaggle.com/datasets/retailrocket/ecommerce-dataset");
    let mirror = Address::new("https://mirror.example:8443/kaggle/?x#y", "a/b").unwrap();
    assert_eq!(mirror.download().as_str(), "https://mirror.example:8443/kaggle/api/v1/datasets/download/a/b");
}

#[test]
fn credentials_go_to_the_same_origin_and_in_the_clear_only_to_this_machine() {
    let trusts = |base: &str, url: &str| Address::new(base, "a/b").unwrap().trusts(&Url::parse(url).unwrap());
    assert!(trusts("https://www.kaggle.com", "https://www.kaggle.com/other"));
    assert!(!trusts("https://www.kaggle.com", "https://kaggle.com/"));
    assert!(!trusts("https://www.kaggle.com", "https://www.kaggle.com:444/"));
    assert!(!trusts("https://www.kaggle.com", "http://www.kaggle.com/"));
    assert!(!trusts("https://www.kaggle.com", "https://www.kaggle.com.evil.example/"));
    assert!(!trusts("http://mirror.example", "http://mirror.example/"));
    assert!(trusts("http://127.0.0.1:80", "http://127.0.0.1/"));
    assert!(trusts("http://[::1]:8080", "http://[::1]:8080/x"));
    assert!(!trusts("http://127.0.0.1:80", "http://127.0.0.1:81/"));
}

#[test]
fn content_ranges_are_read_or_refused() {
    assert_eq!(content_range("bytes 100-199/200"), Some((100, Some(200))));
    assert_eq!(content_range("bytes 0-0/*"), Some((0, None)));
    for wrong in
        ["bytes */200", "bytes 100-99/200", "bytes 100-200/200", "items 0-1/2", "bytes 1-2", "bytes -1-2/3", ""]
    {
        assert_eq!(content_range(wrong), None, "{wrong}");
    }
}

#[test]
fn pauses_double_up_to_the_longest_and_lose_at_most_half_to_jitter() {
    let patience = Patience::default();
    let seconds: Vec<u64> = (1..9).map(|failures| patience.pause(failures, 0.0).as_secs()).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(patience.pause(3, 1.0), Duration::from_secs(2));
    assert_eq!(patience.pause(u32::MAX, 0.0), Duration::from_mins(1));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = "2026-03-01T12:00:00Z".parse().unwrap();
    let read = |text| retry_after(text, now).map(|wait| wait.as_secs());
    assert_eq!(read("120"), Some(120));
    assert_eq!(read("Sun, 01 Mar 2026 12:01:30 GMT"), Some(90));
    assert_eq!(read("Sun, 01 Mar 2026 11:00:00 GMT"), Some(0));
    assert_eq!(read("soon"), None);
    assert_eq!(read("-1"), None);
}

/// RFC 4648, section 10.
#[test]
fn base64_is_as_in_its_definition() {
    let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")];
    for (text, coded) in pairs {
        assert_eq!(to_base64(text.as_bytes()), coded);
    }
    assert_eq!(to_base64(&[0xfb, 0xff, 0xfe]), "+//+");
}

/// The check values of "123456789": CRC-32C e3069283 (RFC 3720), MD5 25f9e794323b453885f5181f1b624d0b (RFC 1321's
/// method), SHA-256 15e2b0d3… (`printf 123456789 | sha256sum`).
#[test]
fn checksums_are_those_of_their_definitions() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "123456789").unwrap();
    let digests = digests(file.path(), 9, &Job::new()).unwrap();
    assert_eq!(digests.crc32c, to_base64(&[0xe3, 0x06, 0x92, 0x83]));
    assert_eq!(digests.md5, "JfnnlDI7RTiF9RgfG2JNCw==");
    assert_eq!(digests.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    let good = Announced::read(&[format!("crc32c={}, md5={}", digests.crc32c, digests.md5), "sha1=x".to_owned()]);
    assert_eq!(good.compare(&digests), Ok(vec!["md5", "crc32c"]));
    let bad = Announced { crc32c: Some("AAAAAA==".to_owned()), md5: None };
    assert_eq!(bad.compare(&digests).unwrap_err(), format!("its crc32c is {} and should be AAAAAA==", digests.crc32c));
    assert_eq!(Announced::read(&["nonsense".to_owned(), "md5=short".to_owned()]), Announced::default());
}

#[test]
fn only_strong_tags_and_dates_vouch_for_a_part() {
    let date = "Sun, 01 Mar 2026 12:00:00 GMT";
    let origin = |etag: Option<&str>, date: Option<&str>| Origin {
        etag: etag.map(ToOwned::to_owned),
        last_modified: date.map(ToOwned::to_owned),
        ..Origin::default()
    };
    assert_eq!(origin(Some("\"v1\""), Some(date)).validator(), Some("\"v1\""));
    assert_eq!(origin(Some("W/\"v1\""), Some(date)).validator(), Some(date));
    assert_eq!(origin(Some("W/\"v1\""), None).validator(), None);
}

#[test]
fn safe_names_are_cleaned_and_others_refused() {
    assert_eq!(safe_name(b"a/./b//c.csv"), Ok("a/b/c.csv".to_owned()));
    assert_eq!(safe_name("Größe…/..x".as_bytes()), Ok("Größe…/..x".to_owned()));
    for wrong in [&b"\xff.csv"[..], b"/a", b"a/..", b"c:\\a", b"a\\b", b"a\nb", b".", b""] {
        assert!(safe_name(wrong).is_err(), "{wrong:?}");
    }
}
