//! What breaks or hangs: a stage, and the screen itself. Both run in this test binary, started anew in a terminal of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use user360::config::Config;
use user360::ui::{RunStages, UiOptions, run_with};

use crate::pty::{ENTER, LARGE, Place, Start, Terminal, typed};
use crate::sample::{ALL_USERS, LOADED};

/// Names the workspace to the test that runs inside the terminal.
const WORKSPACE: &str = "USER360_TEST_WORKSPACE";

/// Runs one of the ignored tests below in a terminal.
fn child(place: &Place, name: &str) -> Terminal {
    let this = std::env::current_exe().unwrap();
    let test = format!("{}::{name}", module_path!().split_once("::").unwrap().1);
    Start::of(this, place)
        .arguments(&["--exact", &test, "--ignored", "--nocapture"])
        .environment(WORKSPACE, typed(&place.workspace()))
        .size(LARGE)
        .open()
}

/// The workbench on the workspace that the test outside names.
fn workbench(stages: RunStages) {
    let workspace = PathBuf::from(std::env::var_os(WORKSPACE).unwrap());
    let log = Some(workspace.with_file_name("user360.log"));
    let input = Some(PathBuf::from("/srv/logs"));
    run_with(
        UiOptions {
            workspace,
            config: Config::default(),
            input,
            log_request: None,
            view: None,
            watch: false,
            demo: false,
            tour: false,
            log,
        },
        stages,
    )
    .unwrap();
}

#[test]
#[ignore = "runs in a terminal, started by a_run_that_panics_leaves_the_screen_alive"]
fn child_with_a_panicking_run() {
    workbench(Arc::new(|_, _, _| panic!("the fourth bin is empty")));
}

#[test]
#[ignore = "runs in a terminal, started by a_panic_of_the_screen_gives_the_terminal_back_first"]
fn child_with_a_panicking_screen() {
    /// The loop drops the stages when it ends, on the screen's own thread and with the terminal still taken.
    struct Breaks;
    impl Drop for Breaks {
        fn drop(&mut self) {
            panic!("the screen breaks");
        }
    }
    let breaks = Breaks;
    workbench(Arc::new(move |_, _, _| {
        let _held = &breaks;
        Err(user360::Error::Cancelled)
    }));
}

#[test]
#[ignore = "runs in a terminal, started by a_run_that_hangs_does_not_hold_up_the_end"]
fn child_with_a_run_that_hangs() {
    workbench(Arc::new(|_, _, _| {
        loop {
            thread::park();
        }
    }));
}

#[test]
fn a_run_that_hangs_does_not_hold_up_the_end() {
    let place = Place::shop();
    let mut terminal = child(&place, "child_with_a_run_that_hangs");
    terminal.wait_for(LOADED);
    terminal.send("r");
    terminal.wait_for("a run is under way");
    terminal.send("\u{3}");
    // A second, and one more for a machine that is slow.
    terminal.program.is_over(Duration::from_secs(2));
    assert!(terminal.assert_restored().success());
}

#[test]
fn a_run_that_panics_leaves_the_screen_alive() {
    let place = Place::shop();
    let mut terminal = child(&place, "child_with_a_panicking_run");
    terminal.wait_for(LOADED);
    terminal.send("r");
    let screen = terminal.wait_for_all(&["Run failed", "broke down"]);
    assert!(terminal.look(vt100::Screen::alternate_screen), "{screen}");
    terminal.send(ENTER);
    // The run of before is shown, and another can be started.
    terminal.wait("the last run", |screen| {
        let text = screen.contents();
        !text.contains("Run failed") && text.contains(LOADED) && text.contains("stages done")
    });
    terminal.send("r");
    terminal.wait_for("Run failed");
    terminal.send(ENTER);
    terminal.wait_without("Run failed");
    terminal.send("2");
    terminal.wait_for(ALL_USERS);
    terminal.send("q");
    assert!(terminal.assert_restored().success());
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_first() {
    let place = Place::shop();
    let mut terminal = child(&place, "child_with_a_panicking_screen");
    terminal.wait_for(LOADED);
    terminal.send("q");
    let screen = terminal.wait("main screen with what happened", |screen| {
        let text = screen.contents();
        !screen.alternate_screen() && text.contains("the screen breaks") && text.contains("user360.log")
    });
    assert!(screen.contains("the log is "), "{screen}");
    // The test binary says so of the test inside.
    assert_eq!(terminal.assert_restored().exit_code(), 101);
}
