//! The download from the workbench: asked for, watched, cancelled, and run on.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crossterm::event::KeyCode;
use tempfile::TempDir;
use user360::error::Error;
use user360::ui::{Action, Effect, FetchService, update};

use super::service::{Fault, Service};
use super::zips::{self, file, zip};
use super::{assert_is_shop, names, target};
use crate::bench::Bench;
use crate::headless::sample;
use crate::pty::{CLEAR, LARGE, Place, typed};

/// A workbench without a log, whose data sets come from `service`, and a folder for them.
fn workbench(service: Service) -> (Bench, TempDir, PathBuf) {
    let mut bench = Bench::empty(120, 30);
    bench.app.input = None;
    bench.app.service = FetchService::new(move |dataset, out| {
        let mut request = service.request(out);
        dataset.clone_into(&mut request.dataset);
        // A test that stalls waits until it cancels.
        request.patience.stall = Duration::from_mins(1);
        Ok((request, vec!["kaggle.json can be read by others".to_owned()]))
    });
    let (folder, out) = target();
    (bench, folder, out)
}

/// Answers both questions.
fn ask(bench: &mut Bench, dataset: &str, out: &Path) {
    bench.strokes(&format!("D<Ctrl-u>{dataset}<Enter><Ctrl-u>{}", out.display()));
}

#[test]
fn a_log_is_downloaded_and_then_r_runs_on_it() {
    let (mut bench, folder, out) = workbench(Service::with(zips::shop(), []));
    assert!(bench.says("holds no run yet") && bench.says("D downloads a log from Kaggle"));
    assert!(bench.lines().last().unwrap().contains("D download"), "{:?}", bench.lines().last());
    bench.keys("r");
    assert!(bench.started.is_empty() && bench.says("nothing to run"));
    bench.press(KeyCode::Enter).keys("D");
    assert!(bench.says("OWNER/NAME") && bench.says("retailrocket/ecommerce-dataset"));
    bench.press(KeyCode::Enter);
    assert!(bench.says("Folder for the files of retailrocket/ecommerce-dataset"));
    let here = std::env::current_dir().unwrap().join("ecommerce-dataset");
    assert!(bench.says(&here.display().to_string()), "the data set's own name is proposed");
    bench.press(KeyCode::Esc);
    ask(&mut bench, "shop/log", &out);
    bench.press(KeyCode::Enter);
    assert_is_shop(&out);
    assert_eq!(names(folder.path()), ["shop"]);
    assert!(bench.says("Downloaded") && bench.says("2 files, 78.2 KiB; md5 and crc32c as announced"));
    assert!(bench.says("r on the Overview runs the stages on it"));
    bench.press(KeyCode::Enter);
    assert!(bench.says("kaggle.json can be read by others"), "a warning about the credentials is shown");
    bench.press(KeyCode::Enter).keys("r");
    assert_eq!((bench.started.as_slice(), bench.ran_on.as_slice()), (&[false][..], &[out][..]));
    assert!(!bench.lines().last().unwrap().contains("D download"), "there is a log now");
}

#[test]
fn a_refused_download_says_why_and_changes_nothing() {
    let (mut bench, folder, out) = workbench(Service::with(zips::shop(), []));
    ask(&mut bench, "shop/other", &out);
    bench.press(KeyCode::Enter);
    assert!(bench.says("Download failed") && bench.says("shop/other"), "{:?}", bench.lines());
    assert!(names(folder.path()).is_empty() && bench.app.input.is_none() && bench.app.fetching.is_none());
    bench.press(KeyCode::Enter).press(KeyCode::Enter);
    ask(&mut bench, "no data set", &out);
    bench.press(KeyCode::Enter);
    assert!(bench.says("is no data set; name it as OWNER/NAME"), "{:?}", bench.lines());
}

#[test]
fn questions_without_an_answer_are_asked_again() {
    let (mut bench, _folder, out) = workbench(Service::with(zips::shop(), []));
    bench.strokes("D<Ctrl-u><Enter>");
    assert!(bench.says("name a data set as OWNER/NAME"));
    bench.strokes("shop/log<Enter><Ctrl-u><Enter>");
    assert!(bench.says("name a folder for the files"));
    bench.strokes("/<Enter>");
    assert!(bench.says("name a folder to fetch into"), "{:?}", bench.lines());
    assert!(bench.app.fetching.is_none());
    bench.press(KeyCode::Esc);

    let wrong = "kaggle.json holds no key";
    bench.app.service = FetchService::new(move |_, _| Err(Error::Config(wrong.to_owned())));
    ask(&mut bench, "shop/log", &out);
    bench.press(KeyCode::Enter);
    assert!(bench.says(wrong) && bench.app.fetching.is_none());
}

#[test]
fn a_folder_with_files_is_taken_only_when_asked_twice() {
    let (mut bench, _folder, out) = workbench(Service::with(zips::shop(), []));
    fs::create_dir(&out).unwrap();
    fs::write(out.join("events.csv"), "mine").unwrap();
    ask(&mut bench, "shop/log", &out);
    bench.press(KeyCode::Enter);
    assert!(bench.says("holds files. Enter again replaces"), "{:?}", bench.lines());
    assert_eq!(fs::read(out.join("events.csv")).unwrap(), b"mine");
    bench.press(KeyCode::Enter);
    assert_is_shop(&out);
    assert!(bench.says("Downloaded"));
}

#[test]
fn a_cancelled_download_keeps_its_part_and_goes_on_from_there() {
    let (mut bench, folder, out) = workbench(Service::with(zips::shop(), [Fault::StallAfter(40_000)]));
    bench.strokes("D<Ctrl-u>shop/log<Enter>");
    bench.strokes(&format!("<Ctrl-u>{}", out.display()));
    let effects = update(&mut bench.app, Action::Command(user360::ui::command::Dialog::Accept.into()));
    let Some((work, job)) = effects.into_iter().find_map(|effect| match effect {
        Effect::Work(work, job) => Some((work, job)),
        _ => None,
    }) else {
        panic!("no work for the background");
    };
    bench.press(KeyCode::Enter);
    assert!(bench.says("asking for shop/log (X cancels)"), "{:?}", bench.lines().last());
    let done = job.clone();
    let download = thread::spawn(move || Action::Answered(work.perform(&done)));
    while job.progress().done < 40_000 {
        assert!(!download.is_finished(), "it ended before it could be cancelled");
        thread::yield_now();
    }
    bench.act(Action::PollProgress);
    let last = bench.lines().last().unwrap().clone();
    assert!(last.contains("39.1 KiB of") && last.contains("downloaded (X cancels)"), "{last}");
    // Every pane shows it; another one is not begun beside it, and quitting asks first.
    bench.keys("2D");
    assert!(bench.app.popups.is_empty() && bench.says("downloaded (X cancels)"), "{:#?}", bench.lines());
    bench.press(KeyCode::Enter).keys("q");
    assert!(!bench.quit && bench.says("A download is under way. Quitting stops it"));
    bench.press(KeyCode::Esc).keys("X");
    let ended = download.join().unwrap();
    bench.act(ended);
    assert!(bench.says("Download cancelled") && bench.says("40,000 bytes are kept"), "{:?}", bench.lines());
    assert_eq!(names(folder.path()), [".shop.part", ".shop.part.json"]);
    assert!(bench.app.input.is_none());
    bench.press(KeyCode::Enter).keys("X");
    assert!(bench.says("no export or download is under way"));
    bench.press(KeyCode::Enter);
    ask(&mut bench, "shop/log", &out);
    bench.press(KeyCode::Enter);
    assert!(bench.says("resumed at 40,000 bytes"), "{:?}", bench.lines());
    assert_is_shop(&out);
}

#[test]
fn the_program_in_a_terminal_downloads_a_log_and_runs_on_it() {
    let log = fs::read(sample().join("events.csv")).unwrap();
    let service = Service::with(zip(&[file("events.csv", log.clone())]), []);
    let place = Place::empty();
    let out = place.file("log");
    let start = place.start().size(LARGE).environment("USER360_KAGGLE_URL", &service.base_url);
    let mut terminal = start.environment("KAGGLE_USERNAME", "ada").environment("KAGGLE_KEY", "s3cret").open();
    terminal.wait_for("D downloads a log from Kaggle");
    terminal.send("D");
    terminal.wait_for("OWNER/NAME");
    terminal.send(&format!("{CLEAR}shop/log\r"));
    terminal.wait_for("Folder for the files of shop/log");
    terminal.send(&format!("{CLEAR}{}\r", typed(&out)));
    terminal.wait_for("r on the Overview runs the stages on it");
    assert!(fs::read(out.join("events.csv")).unwrap() == log, "other bytes than the log's");
    // A message that is only told goes away by the key that goes on.
    terminal.send("\r");
    terminal.wait_without("r on the Overview");
    terminal.send("r");
    let (screen, _) = terminal
        .wait_within("finished run", Duration::from_mins(3), |screen| screen.contents().contains("7 of 7 stages done"));
    assert!(screen.contains("Customers                    1,830"), "{screen}");
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}
