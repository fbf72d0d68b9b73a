//! Answers that are no archive, and services that cannot be reached: each message says what to do.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use user360::error::Error;
use user360::fetch::{Credentials, FetchRequest, fetch};
use user360::job::Job;

use super::service::{Fault, Service, quick, serve};
use super::{assert_is_shop, fetched, names, refused, target, zips};

/// The message for an answer of the store, and that nothing is left behind.
fn told(status: u16, headers: &'static str, body: &'static str) -> String {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), vec![Fault::Answer(status, headers, body); 3]);
    let message = refused(&service.request(&out));
    assert!(names(folder.path()).is_empty(), "{status} leaves {:?}", names(folder.path()));
    assert!(!message.contains("s3cret") && !message.contains("hush"), "{message} holds a secret");
    message
}

#[test]
fn a_token_that_is_not_accepted_is_named_but_not_shown() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.credentials = Some(Credentials::key("ada", "wr0ng", "KAGGLE_USERNAME and KAGGLE_KEY"));
    let message = refused(&request);
    assert!(message.contains("does not accept the token from KAGGLE_USERNAME and KAGGLE_KEY"), "{message}");
    assert!(message.contains("https://www.kaggle.com/settings") && !message.contains("wr0ng"), "{message}");
    assert!(!format!("{request:?}").contains("wr0ng"), "{request:?}");
    request.credentials = None;
    let message = refused(&request);
    assert!(message.contains("KAGGLE_API_TOKEN") && message.contains("kaggle.json"), "{message}");
    assert!(service.asked().is_empty());
}

#[test]
fn terms_not_accepted_name_the_page() {
    let body = r#"{"code":403,"message":"Permission 'datasets.get' was denied for s3cret"}"#;
    let message = told(403, "", body);
    assert!(message.contains("/datasets/shop/log") && message.contains("accept its terms"), "{message}");
    assert!(message.contains("Permission 'datasets.get' was denied"), "{message}");
}

#[test]
fn an_unknown_data_set_is_named() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), []);
    let mut request = service.request(&out);
    request.dataset = "shop/lgo".to_owned();
    let message = refused(&request);
    assert!(message.contains("knows no data set shop/lgo") && message.contains("/datasets/shop/lgo"), "{message}");
}

#[test]
fn too_many_requests_wait_as_long_as_asked_or_say_how_long() {
    let (_folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::Answer(429, "Retry-After: 0\r\n", "")]);
    let fetched = fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(fetched.notes[0].contains("too many requests and asks for 0 s"), "{:?}", fetched.notes);
    let message = told(429, "Retry-After: 3600\r\n", "");
    assert!(message.contains("too many requests; try again in 3600 s"), "{message}");
    let message = told(429, "", "");
    assert!(message.contains("too many requests") && message.contains("gave up after 3 attempts"), "{message}");
}

#[test]
fn a_service_in_trouble_is_asked_again() {
    let (_folder, out) = target();
    let service =
        Service::with(zips::shop(), [Fault::Answer(500, "", "oops"), Fault::Answer(503, "Retry-After: 0\r\n", "")]);
    let fetched = fetched(&service.request(&out));
    assert_is_shop(&out);
    assert!(fetched.notes[0].contains("500 (Internal Server Error)"), "{:?}", fetched.notes);
    assert!(told(502, "", "").contains("502 (Bad Gateway); gave up after 3 attempts"));
}

#[test]
fn a_web_page_is_not_taken_for_an_archive() {
    let page = "<!DOCTYPE html><html><head><title>Sign in to\n the hotel</title></head></html>";
    for headers in ["Content-Type: text/html; charset=utf-8\r\n", "Content-Type: application/zip\r\n"] {
        let message = told(200, headers, page);
        assert!(message.contains("a web page titled \"Sign in to the hotel\" instead of a zip"), "{message}");
    }
    assert!(told(200, "", "{\"no\": \"archive\"}").contains("something else instead of a zip"));
}

#[test]
fn a_web_page_in_the_way_costs_nothing_of_what_had_arrived() {
    let (_folder, out) = target();
    let page = Fault::Answer(200, "Content-Type: text/html\r\n", "<html></html>");
    let service = Service::with(zips::shop(), [Fault::CutAfter(30_000), page]);
    let request = service.request(&out);
    refused(&request);
    assert_eq!(fetched(&request).resumed_from, 30_000);
    assert_is_shop(&out);
}

#[test]
fn a_disk_too_small_is_known_before_the_first_byte() {
    let (folder, out) = target();
    let service = Service::with(zips::shop(), [Fault::TooLong(1 << 60)]);
    let mut request = service.request(&out);
    request.limits.bytes = u64::MAX;
    let message = refused(&request);
    let needed = (1_u64 << 60) + zips::shop().len() as u64;
    assert!(message.contains(&format!("the disk is full: {needed} bytes are needed and ")), "{message}");
    assert!(message.contains(folder.path().to_str().unwrap()), "{message}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn redirects_in_circles_end() {
    let circle = serve(Arc::default(), |asked, stream| {
        use std::io::Write;
        let _ = write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: {}x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            asked.path
        );
    });
    let (_folder, out) = target();
    let mut request = FetchRequest::new("shop/log", &out);
    request.base_url = format!("http://{circle}");
    request.patience = quick();
    assert!(refused(&request).contains("redirects in circles"));
}

#[test]
fn a_service_out_of_reach_says_why() {
    let (folder, out) = target();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut request = FetchRequest::new("shop/log", &out);
    request.patience = quick();
    request.base_url = format!("http://{closed}");
    let message = refused(&request);
    assert!(message.contains("cannot reach 127.0.0.1: the connection was refused"), "{message}");
    let plain = Service::with(zips::shop(), []);
    request.base_url = plain.base_url.replace("http:", "https:");
    let message = refused(&request);
    assert!(message.contains("cannot reach 127.0.0.1: no TLS connection"), "{message}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn what_is_no_name_or_address_is_a_usage_error() {
    let (_folder, out) = target();
    for (dataset, base_url) in [
        ("log", "http://127.0.0.1"),
        ("../log", "http://127.0.0.1"),
        ("shop/log/more", "http://127.0.0.1"),
        ("shop/log?x", "http://127.0.0.1"),
        ("shop/log", "127.0.0.1"),
        ("shop/log", "ftp://127.0.0.1"),
        ("shop/log", "http://ada:s3cret@127.0.0.1"),
    ] {
        let mut request = FetchRequest::new(dataset, &out);
        request.base_url = base_url.to_owned();
        let error = fetch(&request, &Job::new()).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{dataset} at {base_url}: {error:?}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    let root = FetchRequest::new("shop/log", "/");
    assert!(matches!(fetch(&root, &Job::new()), Err(Error::Config(_))));
}

/// Looks for credentials with these variables set and no others.
fn find(variables: &[(&str, &str)]) -> user360::Result<user360::fetch::Found> {
    Credentials::find(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

fn write_private(path: &Path, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn credentials_are_found_where_kaggle_keeps_them() {
    let home = tempfile::tempdir().unwrap();
    let home_text = home.path().to_str().unwrap();
    assert!(find(&[("HOME", home_text)]).unwrap().credentials.is_none());
    let file = home.path().join(".kaggle/kaggle.json");
    write_private(&file, r#"{"username":"ada","key":"s3cret"}"#, 0o600);
    let found = find(&[("HOME", home_text)]).unwrap();
    assert_eq!(found.credentials, Some(Credentials::key("ada", "s3cret", file.to_str().unwrap())));
    assert!(found.warnings.is_empty());
    write_private(&file, r#"{"username":"ada","key":"s3cret"}"#, 0o644);
    let warning = find(&[("HOME", home_text)]).unwrap().warnings.concat();
    assert!(warning.contains("kaggle.json can be read by other users") && warning.contains("chmod 600"), "{warning}");
    let half = find(&[("HOME", home_text), ("KAGGLE_USERNAME", "eve")]).unwrap();
    assert_eq!(half.credentials.unwrap().source(), file.to_str().unwrap());
    assert!(half.warnings[0].contains("KAGGLE_KEY is not"), "{:?}", half.warnings);
    let both = [("HOME", home_text), ("KAGGLE_USERNAME", "eve"), ("KAGGLE_KEY", "k")];
    assert_eq!(find(&both).unwrap().credentials.unwrap().source(), "KAGGLE_USERNAME and KAGGLE_KEY");
    let token = [("KAGGLE_API_TOKEN", "t0ken\n"), ("KAGGLE_USERNAME", "eve"), ("KAGGLE_KEY", "k")];
    assert_eq!(find(&token).unwrap().credentials, Some(Credentials::token("t0ken", "KAGGLE_API_TOKEN")));
    let other = home.path().join("elsewhere");
    write_private(&other.join("access_token"), "t0ken\n", 0o600);
    let elsewhere = find(&[("HOME", home_text), ("KAGGLE_CONFIG_DIR", other.to_str().unwrap())]).unwrap();
    assert!(elsewhere.credentials.unwrap().source().ends_with("elsewhere/access_token"));
}

#[test]
fn a_credentials_file_that_is_none_is_told_without_its_content() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".kaggle/kaggle.json");
    let variables = [("HOME", home.path().to_str().unwrap())];
    for text in ["\"s3cret\"", "{\n\"username\": \"s3cret\",\n\"key\": s3cret}", "", r#"{"username":"s3cret"}"#] {
        write_private(&file, text, 0o600);
        let error = find(&variables).unwrap_err().to_string();
        assert!(error.contains("kaggle.json") && error.contains("/settings") && !error.contains("s3cret"), "{error}");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(matches!(find(&variables), Err(Error::Refused { path, .. }) if path == file));
}
