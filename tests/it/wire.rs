//! What the screen writes and how soon, at 120 × 40 on a workspace of full size. By hand:
//!
//! ```text
//! USER360_WIRE_WORKSPACE=/data/workspace USER360_WIRE_INPUT=/data/raw USER360_WIRE_BINARY=target/release/user360 \
//!     cargo test --test it wire:: -- --ignored --nocapture --test-threads 1
//! ```
//!
//! The workspace is written to only where an input is named: the measurement during a run starts one and gives it up.
#![allow(clippy::print_stdout, reason = "the table of what was measured is for a reader")]

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::pty::{ENTER, LARGE, Place, Start, Terminal, USER360};

/// Reading a workspace of full size takes a while.
const PATIENCE: Duration = Duration::from_mins(2);
/// Keys measured.
const KEYS: usize = 200;
/// Between two keys: a key held down repeats about this often.
const PACE: Duration = Duration::from_millis(50);

fn workspace() -> PathBuf {
    env::var_os("USER360_WIRE_WORKSPACE").expect("USER360_WIRE_WORKSPACE names no workspace").into()
}

/// The program measured, with a reader's folders that are empty.
fn open(place: &Place, input: Option<OsString>) -> Terminal {
    let binary = env::var_os("USER360_WIRE_BINARY").unwrap_or_else(|| USER360.into());
    let mut start = Start::of(binary, place).argument("--workspace").argument(workspace());
    if let Some(input) = input {
        start = start.argument("--input").argument(input);
    }
    start.size(LARGE).open()
}

/// Waits for the user table; returns how many users there are.
fn to_users(terminal: &mut Terminal) -> String {
    terminal.wait_within("a run", PATIENCE, |screen| screen.contents().contains("stages done"));
    terminal.send("2");
    let (screen, _) = terminal.wait_within("users", PATIENCE, |screen| screen.contents().contains(" users · row 1"));
    terminal.come_to_rest();
    let line = screen.lines().find(|line| line.contains(" users · row 1")).unwrap();
    line.trim().split(' ').next().unwrap().to_owned()
}

/// The status line's `row N`.
fn row(screen: &vt100::Screen) -> Option<usize> {
    let line = screen.rows(0, LARGE.1).nth(usize::from(LARGE.0) - 2)?.clone();
    let digits: String = line.split_once("row ")?.1.chars().take_while(|letter| *letter != ' ').collect();
    digits.replace(',', "").parse().ok()
}

/// Bytes written from a key until the screen rests again.
fn bytes_of(terminal: &mut Terminal, keys: &str) -> usize {
    let before = terminal.written();
    let start = Instant::now();
    terminal.send(keys);
    while terminal.written() == before {
        assert!(start.elapsed() < PATIENCE, "{keys:?} changes nothing");
        terminal.bytes_while_idle(Duration::from_millis(200));
    }
    terminal.come_to_rest();
    terminal.written() - before
}

/// From a key to the last byte of the frame that shows the row it leads to.
fn key_to_frame(terminal: &mut Terminal, key: &str, to: usize) -> Duration {
    let start = Instant::now();
    terminal.send(key);
    let (_, shown) = terminal.wait_within(&format!("row {to}"), PATIENCE, |screen| row(screen) == Some(to));
    shown.saturating_duration_since(start)
}

/// Moves down and up again and again; the median and the worst time from key to frame.
fn latencies(terminal: &mut Terminal) -> (Duration, Duration) {
    let mut at = terminal.look(row).unwrap();
    let mut times: Vec<Duration> = (0..KEYS)
        .map(|key| {
            // Thirty down, thirty up: within the page and beyond its end.
            let down = key / 30 % 2 == 0;
            at = if down { at + 1 } else { at - 1 };
            let time = key_to_frame(terminal, if down { "j" } else { "k" }, at);
            terminal.bytes_while_idle(PACE);
            time
        })
        .collect();
    times.sort_unstable();
    (times[KEYS / 2], times[KEYS - 1])
}

/// What was measured beside what it may be.
#[derive(Default)]
struct Budgets(Vec<(String, f64, f64, &'static str)>);

impl Budgets {
    fn bytes(&mut self, what: &str, budget: usize, measured: usize) {
        self.0.push((what.to_owned(), budget as f64, measured as f64, "bytes"));
    }

    fn time(&mut self, what: &str, budget: u64, measured: Duration) {
        self.0.push((what.to_owned(), budget as f64, measured.as_secs_f64() * 1000.0, "ms"));
    }

    /// Prints the table, then fails where a budget is exceeded.
    fn hold(self) {
        println!("{:<44} {:>9} {:>10}", "", "budget", "measured");
        for (what, budget, measured, unit) in &self.0 {
            println!("{what:<44} {budget:>9} {measured:>10.1} {unit}");
        }
        let exceeded: Vec<_> = self.0.iter().filter(|(_, budget, measured, _)| measured > budget).collect();
        assert!(exceeded.is_empty(), "{exceeded:?}");
    }
}

#[test]
#[ignore = "needs a workspace of full size: USER360_WIRE_WORKSPACE"]
fn at_rest_and_in_use_it_writes_little_and_soon() {
    let mut budgets = Budgets::default();
    // Several starts: the first may find nothing in the page cache.
    let mut first_frames: Vec<Duration> = (0..5)
        .map(|_| {
            let place = Place::empty();
            let mut terminal = open(&place, None);
            let shown = |screen: &vt100::Screen| screen.alternate_screen() && screen.contents().contains("User360 ›");
            let (_, first) = terminal.wait_within("first frame", PATIENCE, shown);
            let time = first.duration_since(terminal.opened());
            terminal.send("\u{3}");
            terminal.program.ends(PATIENCE);
            time
        })
        .collect();
    first_frames.sort_unstable();
    budgets.time("first frame, median of 5", 150, first_frames[2]);
    budgets.time("first frame, worst of 5", 150, first_frames[4]);

    let place = Place::empty();
    let mut terminal = open(&place, None);
    let users = to_users(&mut terminal);
    println!("{users} users");
    budgets.time("first byte of this start", 150, terminal.until_first_bytes().unwrap());
    budgets.bytes("idle for 3 s", 0, terminal.bytes_while_idle(Duration::from_secs(3)));
    budgets.bytes("j", 2048, bytes_of(&mut terminal, "j"));
    bytes_of(&mut terminal, "\u{6}");
    budgets.bytes("j beyond the page's end", 2048, {
        bytes_of(&mut terminal, &"j".repeat(usize::from(LARGE.0)));
        bytes_of(&mut terminal, "j")
    });
    budgets.bytes("page down", 16 * 1024, bytes_of(&mut terminal, "\u{6}"));
    let (median, worst) = latencies(&mut terminal);
    budgets.time("key to frame at rest, median of 200", 16, median);
    budgets.time("key to frame at rest, worst of 200", 50, worst);

    terminal.send("g");
    terminal.wait("row 1", |screen| row(screen) == Some(1));
    terminal.send("ll");
    terminal.come_to_rest();
    for (times, arrow) in [("first", "Likely to leave ▲"), ("second", "Likely to leave ▼")] {
        let start = Instant::now();
        terminal.send("s");
        let (_, shown) = terminal.wait_within(arrow, PATIENCE, |screen| screen.contents().contains(arrow));
        budgets.time(&format!("sort of all rows, {times}"), 300, shown.saturating_duration_since(start));
        terminal.come_to_rest();
    }
    // Text is the hardest to compare.
    terminal.send("h");
    terminal.come_to_rest();
    let start = Instant::now();
    terminal.send("s");
    let (_, shown) = terminal.wait_within("Segment ▲", PATIENCE, |screen| screen.contents().contains("Segment ▲"));
    budgets.time("sort of all rows by text", 300, shown.saturating_duration_since(start));
    terminal.send("q");
    assert!(terminal.assert_restored().success());
    budgets.hold();
}

#[test]
#[ignore = "needs a workspace and a raw log of full size: USER360_WIRE_WORKSPACE, USER360_WIRE_INPUT"]
fn while_all_stages_run_keys_are_answered_at_once() {
    let input = env::var_os("USER360_WIRE_INPUT").expect("USER360_WIRE_INPUT names no raw log to run on");
    let place = Place::empty();
    let mut terminal = open(&place, Some(input));
    to_users(&mut terminal);
    terminal.send("1R");
    terminal.wait_within("a run", PATIENCE, |screen| screen.contents().contains("a run is under way"));
    terminal.send("2");
    terminal.wait_within("users", PATIENCE, |screen| row(screen) == Some(1));
    let mut budgets = Budgets::default();
    // Stages differ in what they ask of the machine: measured again until the run has come to its models, or ended.
    let start = Instant::now();
    let mut round = 0;
    loop {
        round += 1;
        let (median, worst) = latencies(&mut terminal);
        terminal.send("1");
        let overview = |screen: &vt100::Screen| screen.contents().contains("Events by day");
        let (screen, _) = terminal.wait_within("the Overview", PATIENCE, overview);
        let under_way = screen.contains("a run is under way");
        let stage = screen.lines().find(|line| line.contains("running")).unwrap_or("│ between two stages");
        let stage: String =
            stage.split('│').nth(1).unwrap_or_default().split_whitespace().take(3).collect::<Vec<_>>().join(" ");
        println!(
            "round {round}, {:.0} s into the run: {stage}: median {median:?}, worst {worst:?}",
            start.elapsed().as_secs_f64()
        );
        if under_way {
            budgets.time(&format!("key to frame, round {round}, median of 200"), 16, median);
            budgets.time(&format!("key to frame, round {round}, worst of 200"), 50, worst);
        }
        if !under_way || start.elapsed() > Duration::from_mins(4) {
            break;
        }
        terminal.send("2");
        terminal.wait_within("users", PATIENCE, |screen| row(screen).is_some());
    }
    // The run is given up: the workspace stays what it was.
    terminal.send("q");
    if terminal
        .wait_within("the end", PATIENCE, |screen| {
            screen.contents().contains("A run is under way") || !screen.alternate_screen()
        })
        .0
        .contains("A run is under way")
    {
        terminal.send(ENTER);
    }
    terminal.program.ends(PATIENCE);
    assert!(round > 0);
    budgets.hold();
}
