//! Google Cloud Storage, against its emulator `fake-gcs-server` where that is installed.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::headless::{path, succeeded};
use crate::sources::{csv, rows};
use crate::unchecked::unchecked;

struct Emulator(Child);

impl Emulator {
    /// An emulator whose buckets are the folders of `data`, and its port; `None` with the reason on the screen where none is
    /// installed.
    fn start(data: &Path) -> Option<(Self, u16)> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("fake-gcs-server")
            .args(["-scheme", "http", "-host", "127.0.0.1", "-backend", "memory", "-data", path(data)])
            .args(["-port", &port.to_string(), "-public-host", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            unchecked("gs://", "fake-gcs-server is not installed");
            return None;
        };
        let emulator = Self(child);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the emulator does not answer");
            std::thread::yield_now();
        }
        Some((emulator, port))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // One that has ended needs no end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn objects_of_a_bucket_of_google_s_are_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let (buckets, workspace) = (folder.path().join("buckets"), folder.path().join("workspace"));
    fs::create_dir_all(buckets.join("shop/logs")).unwrap();
    let all = rows(0);
    fs::write(buckets.join("shop/logs/a.csv"), csv(&all[..120])).unwrap();
    fs::write(buckets.join("shop/logs/b.csv"), csv(&all[120..])).unwrap();
    let Some((_emulator, port)) = Emulator::start(&buckets) else { return };
    let key = folder.path().join("key.json");
    let told = format!(
        "{{\"gcs_base_url\": \"http://127.0.0.1:{port}\", \"disable_oauth\": true, \"client_email\": \"\", \
         \"private_key\": \"\", \"private_key_id\": \"\"}}"
    );
    fs::write(&key, told).unwrap();
    let user360 = |args: &[&str]| -> Output {
        Command::new(env!("CARGO_BIN_EXE_user360"))
            .args(args)
            .args(["--workspace", path(&workspace)])
            .env("HOME", folder.path())
            .env("GOOGLE_SERVICE_ACCOUNT", &key)
            .output()
            .unwrap()
    };
    succeeded(user360(&["init", "gs://shop/logs/", "--yes"]));
    let told = succeeded(user360(&["run", "--only", "ingest", "--format", "json"]));
    assert!(told.contains("\"accepted\": 200"), "{told}");
}
