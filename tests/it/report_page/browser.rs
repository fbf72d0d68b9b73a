//! The page in a real browser, headless: it prints on A4, it paints wide and narrow, and the browser has nothing to
//! complain of.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::headless::{path, succeeded, user360};
use crate::sample;
use crate::unchecked::unchecked;

/// What the browser is called, as far as it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(90);

fn browser() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let paths = || std::env::split_paths(&folders);
    NAMES.iter().find_map(|name| paths().map(|folder| folder.join(name)).find(|place| place.is_file()))
}

/// Opens the page and gives what the browser said on stderr.
fn open(browser: &Path, folder: &Path, page: &Path, options: &[String]) -> String {
    let said = folder.join("said");
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(options)
        .arg(format!("file://{}", page.display()))
        .stdout(Stdio::null())
        .stderr(fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("the browser is still busy: {}", fs::read_to_string(&said).unwrap());
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    let said = String::from_utf8_lossy(&fs::read(&said).unwrap()).into_owned();
    assert!(status.success(), "{said}");
    said
}

#[track_caller]
fn no_complaint(said: &str) {
    let complaint = said.lines().find(|line| line.contains("CONSOLE") || line.contains("Content Security Policy"));
    assert_eq!(complaint, None, "{said}");
}

/// Width and height of every page of a PDF, in points.
fn pages(pdf: &[u8]) -> Vec<(f64, f64)> {
    let text = String::from_utf8_lossy(pdf);
    let boxes = text.split("/MediaBox [").skip(1).map(|rest| rest.split(']').next().unwrap().to_owned());
    boxes
        .map(|sides| {
            let sides: Vec<f64> = sides.split_whitespace().map(|side| side.parse().unwrap()).collect();
            (sides[2] - sides[0], sides[3] - sides[1])
        })
        .collect()
}

#[test]
fn a_browser_prints_and_paints_it_without_complaint() {
    let Some(browser) = browser() else {
        return unchecked("how the page looks in a browser", "no chromium is installed (apt-get install chromium)");
    };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let shop = path(sample::shop());
    succeeded(user360(&["report", "--workspace", shop, "--with-users", "--html", path(&page)]));
    let pdf = folder.path().join("page.pdf");
    let print = ["--no-pdf-header-footer".to_owned(), format!("--print-to-pdf={}", pdf.display())];
    no_complaint(&open(&browser, folder.path(), &page, &print));
    let sides = pages(&fs::read(&pdf).unwrap());
    assert!((4..=16).contains(&sides.len()), "{} pages", sides.len());
    for (width, height) in sides {
        assert!((width - 595.0).abs() < 2.0 && (height - 842.0).abs() < 2.0, "{width} × {height} is no A4");
    }
    for (width, height) in [(1200_u32, 3000_u32), (500, 3000)] {
        let png = folder.path().join(format!("{width}.png"));
        let paint = [format!("--window-size={width},{height}"), format!("--screenshot={}", png.display())];
        no_complaint(&open(&browser, folder.path(), &page, &paint));
        let bytes = fs::read(&png).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!((side(16), side(20)), (width, height));
        // A blank picture of this size packs into a few kilobytes.
        assert!(bytes.len() > 50_000, "{} bytes", bytes.len());
    }
}
