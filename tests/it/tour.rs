//! The README's screens are the program's own: the sample data is run, the tour is walked in a real pseudo-terminal, and
//! what is seen is compared with what stands between the README's markers.
//!
//! Where the program shows something else on purpose, `cargo test --test it draw_the_screens_anew -- --ignored` writes
//! the README's screens anew; look at the difference before it is committed.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::bench::undated;
use crate::sample;

/// The program's binary.
const USER360: &str = env!("CARGO_BIN_EXE_user360");
/// No condition takes this long on a machine that is merely slow.
const DEADLINE: Duration = Duration::from_mins(1);
/// A screen on which nothing has changed for so long has come to rest.
const REST: Duration = Duration::from_millis(500);
/// Columns of the terminal.
const COLUMNS: u16 = 100;
/// Writes the README's screens anew.
const DRAW_ANEW: &str = "cargo test --test it draw_the_screens_anew -- --ignored";
const RIGHT: &str = "\u{1b}[C";
const ESC: &str = "\u{1b}";
/// Deletes what a line of text holds.
const CLEAR: &str = "\u{15}";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    fs::read_to_string(file()).unwrap()
}

/// Where the screens stand in the README, by name: what is between their markers.
fn places(readme: &str) -> Vec<(&str, Range<usize>)> {
    let (begin, end) = ("<!-- screen: ", "<!-- end -->");
    let place = |(at, _): (usize, &str)| {
        let (name, rest) = readme[at + begin.len()..].split_once(" -->\n").unwrap();
        let start = readme.len() - rest.len();
        (name, start..start + rest.find(end).unwrap_or_else(|| panic!("{name} has no {end}")))
    };
    readme.match_indices(begin).map(place).collect()
}

/// The README with these screens in their places.
fn with_screens(readme: &str, screens: &[(&str, String)]) -> String {
    let mut text = String::new();
    let mut written = 0;
    for (name, place) in places(readme) {
        let (_, screen) =
            screens.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no screen {name}"));
        text.push_str(&readme[written..place.start]);
        text.extend(["```text\n", screen.trim_end(), "\n```\n"]);
        written = place.end;
    }
    text + &readme[written..]
}

/// What the program has written so far.
struct Seen {
    parser: vt100::Parser,
    /// When it wrote last.
    last: Instant,
    /// Whether it has written since the last key.
    answered: bool,
}

/// The program in a terminal of its own, with nothing of the developer's machine around it.
struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    /// Opens the workspace by its name alone; `own` is a folder for what the program keeps beside it.
    fn open(workspace: &Path, own: &Path) -> Self {
        let pair = native_pty_system().openpty(size(30)).unwrap();
        let mut command = CommandBuilder::new(USER360);
        command.args(["--workspace".as_ref(), workspace.file_name().unwrap()]);
        command.cwd(workspace.parent().unwrap());
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", "/home/ana");
        for (name, value) in own_folders(own) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let parser = vt100::Parser::new(NonZeroU16::new(30).unwrap(), NonZeroU16::new(COLUMNS).unwrap(), 0);
        let seen = Arc::new((Mutex::new(Seen { parser, last: Instant::now(), answered: false }), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(read) = reader.read(&mut buffer) {
                if read == 0 {
                    break;
                }
                let mut now = shared.0.lock().unwrap();
                now.parser.process(&buffer[..read]);
                now.last = Instant::now();
                now.answered = true;
                shared.1.notify_all();
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self { seen, writer, master: pair.master, child }
    }

    /// Types keys and waits until the screen has changed, shows these words and has come to rest.
    fn step(&mut self, keys: &str, words: &str) {
        self.seen.0.lock().unwrap().answered = false;
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
        self.wait_for(words);
    }

    fn wait_for(&self, words: &str) {
        let (seen, changed) = &*self.seen;
        let start = Instant::now();
        let mut now = seen.lock().unwrap();
        loop {
            let shown = now.parser.screen().contents().contains(words);
            if shown && now.answered && now.last.elapsed() >= REST {
                return;
            }
            assert!(start.elapsed() < DEADLINE, "no {words} at rest on\n{}", now.parser.screen().contents());
            now = changed.wait_timeout(now, REST).unwrap().0;
        }
    }

    /// Gives the terminal so many rows and waits until the screen has come to rest in them.
    fn resize(&mut self, rows: u16, words: &str) {
        {
            let mut now = self.seen.0.lock().unwrap();
            let rows = NonZeroU16::new(rows).unwrap();
            now.parser.screen_mut().set_size(rows, NonZeroU16::new(COLUMNS).unwrap());
        }
        self.master.resize(size(rows)).unwrap();
        self.step("\u{c}", words);
    }

    /// The screen's rows without trailing blanks.
    fn screen(&self) -> String {
        let now = self.seen.0.lock().unwrap();
        let rows: Vec<String> = now.parser.screen().rows(0, COLUMNS).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n")
    }
}

fn size(rows: u16) -> PtySize {
    PtySize { rows, cols: COLUMNS, pixel_width: 0, pixel_height: 0 }
}

/// Folders for state, settings and data that nobody has written to.
fn own_folders(folder: &Path) -> [(&'static str, PathBuf); 3] {
    [("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data")]
        .map(|(name, own)| (name, folder.join(own)))
}

/// Walks the way of the tour and looks at every screen on it.
fn walk(terminal: &mut Terminal) -> Vec<(&'static str, String)> {
    let mut screens = Vec::new();
    terminal.wait_for("stages done");
    terminal.resize(34, "stages done");
    screens.push(("overview", terminal.screen()));

    terminal.step("3", "Profile of");
    terminal.step("lllllss", "Purchases expected, 60 d, mean ▼");
    terminal.step("g", "Profile of Fairly recent loyal buyers");
    screens.push(("segments", terminal.screen()));

    terminal.resize(16, "Profile of");
    terminal.step("\r", "where segment = 'Fairly recent loyal buyers'");
    terminal.step("f", "Filter");
    terminal.step(" and churn > 0.6 and uplift_group = 'persuadable'\r", "of 2,804 users");
    terminal.step("llllss", "Purchases expected, 60 d ▼");
    terminal.step("g   ", "3 marked");
    screens.push(("users", terminal.screen()));

    terminal.resize(26, "3 marked");
    terminal.step("g\r", "Why so likely to leave");
    screens.push(("user", terminal.screen()));

    terminal.step(ESC, "3 marked");
    terminal.resize(17, "3 marked");
    terminal.step("e", "the 3 marked users");
    terminal.step(&format!("\t\t\t\t{CLEAR}~/save.csv"), "/home/ana/save.csv");
    screens.push(("export", terminal.screen()));
    terminal.step(ESC, "3 marked");

    terminal.resize(20, "3 marked");
    terminal.step("4", "threshold 50 %");
    terminal.step(&RIGHT.repeat(40), "threshold 90 %");
    screens.push(("churn", terminal.screen()));

    terminal.step("6", "For user");
    terminal.resize(18, "For user");
    screens.push(("recommendations", terminal.screen()));

    terminal.step("7", "What a budget buys");
    terminal.resize(20, "What a budget buys");
    terminal.step(&RIGHT.repeat(2), "budget 400 users");
    screens.push(("persuadables", terminal.screen()));

    terminal.resize(16, "budget");
    terminal.step("8", "Tables");
    terminal.step("w", "Enter");
    terminal.step(
        "select segment, count(*) as users, avg(churn) as churn, sum(ltv) as purchases from users group by segment \
         order by purchases desc\r",
        "5 rows",
    );
    screens.push(("sql", terminal.screen()));
    screens
}

/// The tour's screens, walked once.
fn screens() -> &'static [(&'static str, String)] {
    static SCREENS: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    SCREENS.get_or_init(|| {
        let own = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::open(sample::shop(), own.path());
        let screens = walk(&mut terminal);
        terminal.writer.write_all(b"\x03").unwrap();
        assert!(terminal.child.wait().unwrap().success());
        screens
    })
}

/// A screen with zeros for what no two runs have in common: the run's id, and the seconds of each stage.
fn comparable(screen: &str) -> String {
    let digit = |letter: char| letter.is_ascii_hexdigit() || "TZ-".contains(letter);
    let masked = |line: &str| {
        let mut line = line.to_owned();
        if let Some((before, id)) = line.split_once("Stages of run ") {
            let after = id.trim_start_matches(digit);
            line = format!("{before}Stages of run {}{after}", "0".repeat(id.len() - after.len()));
        }
        // How long ago the log ended, too, and where it lies.
        if let Some((before, rest)) = line.split_once(" · as of ")
            && let Some((as_of, rest)) = rest.split_once(" UTC, ")
            && let Some((_, rest)) = rest.split_once(" ago")
        {
            let _ = before;
            line = format!(" shop · as of {as_of} UTC, 100 days ago{rest}");
        }
        line = undated(&line);
        if let Some(end) = line.find(" s  ").filter(|_| line.contains(" done ")) {
            let seconds = line[..end].trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
            let width = line[..end].len() - seconds.trim_end().len();
            line = format!("{}{}{}", seconds.trim_end(), " ".repeat(width), &line[end..]);
        }
        line
    };
    screen.lines().map(|line| masked(line.trim_end())).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_screen_of_the_readme_is_what_the_program_shows() {
    let readme = readme();
    let places = places(&readme);
    let names: Vec<&str> = places.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, screens().iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for ((name, place), (_, shown)) in places.into_iter().zip(screens()) {
        let written = readme[place].trim().trim_start_matches("```text\n").trim_end_matches("\n```");
        let (written, shown) = (comparable(written), comparable(shown.trim_end()));
        assert!(
            written == shown,
            "the README's screen {name} is not what the program shows; `{DRAW_ANEW}` draws it anew.\n\
             The README has\n{written}\nand the program shows\n{shown}"
        );
    }
    assert!(!readme.contains("/tmp/"), "a folder of the machine that drew the screens is in them");
}

#[test]
fn what_differs_from_run_to_run_is_not_compared_and_everything_else_is() {
    let (first, second) = (
        " a · as of 2025-09-30 21:17 UTC, 424 days ago · run of 2026-11-29 02:01 UTC\n│  ✓ ingest    done              0.1 s  7,251 rows  │",
        " b · as of 2025-09-30 21:17 UTC, 9 days ago · run of 2027-01-01 00:00 UTC\n│  ✓ ingest    done             12.3 s  7,251 rows  │",
    );
    assert_eq!(comparable(first), comparable(second));
    assert_ne!(comparable(first), comparable(&second.replace("7,251", "7,252")));
    assert_ne!(comparable(first), comparable(&second.replace("done", "cached")));
}

#[test]
#[ignore = "rewrites the screens of the README"]
fn draw_the_screens_anew() {
    fs::write(file(), with_screens(&readme(), screens())).unwrap();
}
