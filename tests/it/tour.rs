//! The README: its screens are the program's own, and its keys, commands and examples are those of the program.
//!
//! `cargo test --test it tour -- --ignored` draws the screens anew: it runs the sample data, walks through the
//! workbench in a real pseudo-terminal as the tour tells, and writes what is seen between the README's markers.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use clap::CommandFactory;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use user360::cli::Args;
use user360::ui::Key;
use user360::ui::bindings::Bindings;
use user360::ui::command::{COMMANDS, Context};

/// The program's binary.
const USER360: &str = env!("CARGO_BIN_EXE_user360");
/// No condition takes this long on a machine that is merely slow.
const DEADLINE: Duration = Duration::from_mins(1);
/// A screen on which nothing has changed for so long has come to rest.
const REST: Duration = Duration::from_millis(500);
/// Columns of the terminal.
const COLUMNS: u16 = 100;
/// The README's screens, as they stand in it.
const SCREENS: [&str; 9] =
    ["overview", "segments", "users", "user", "export", "churn", "recommendations", "persuadables", "sql"];
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
    fn open(folder: &Path) -> Self {
        let pair = native_pty_system().openpty(size(30)).unwrap();
        let mut command = CommandBuilder::new(USER360);
        command.args(["--workspace", "shop"]);
        command.cwd(folder);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", "/home/ana");
        for (name, value) in own_folders(folder) {
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
    terminal.wait_for("recall@5");
    terminal.resize(24, "recall@5");
    screens.push(("overview", terminal.screen()));

    terminal.step("3", "Profile of");
    terminal.step("llllss", "mean_ltv ▼");
    terminal.step("g", "Profile of Recent loyal buyers");
    screens.push(("segments", terminal.screen()));

    terminal.resize(16, "Profile of");
    terminal.step("\r", "where segment = 'Recent loyal buyers'");
    terminal.step("f", "Filter");
    terminal.step(" and churn > 0.8 and uplift_group = 'persuadable'\r", "11 of 1,830 users");
    terminal.step("lllss", "ltv ▼");
    terminal.step("g   ", "3 marked");
    screens.push(("users", terminal.screen()));

    terminal.resize(26, "3 marked");
    terminal.step("g\r", "Why this churn score");
    screens.push(("user", terminal.screen()));

    terminal.step(ESC, "3 marked");
    terminal.resize(17, "3 marked");
    terminal.step("e", "the 3 marked users");
    terminal.step(&format!("\t\t\t\t{CLEAR}~/save.csv"), "/home/ana/save.csv");
    screens.push(("export", terminal.screen()));
    terminal.step(ESC, "3 marked");

    terminal.resize(20, "3 marked");
    terminal.step("4", "threshold 0.50");
    terminal.step(&RIGHT.repeat(40), "threshold 0.90");
    screens.push(("churn", terminal.screen()));

    terminal.step("6", "For user");
    terminal.resize(18, "For user");
    screens.push(("recommendations", terminal.screen()));

    terminal.step("7", "What a budget buys");
    terminal.resize(20, "What a budget buys");
    terminal.step(&RIGHT.repeat(2), "budget 300 users");
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

#[test]
#[ignore = "rewrites the screens of the README"]
fn the_screens_are_drawn_anew() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new(USER360)
        .args(["run", "--workspace", "shop", "--input"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"))
        .current_dir(folder.path())
        .env_clear()
        .envs(own_folders(folder.path()))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let mut terminal = Terminal::open(folder.path());
    let screens = walk(&mut terminal);
    terminal.writer.write_all(b"\x03").unwrap();
    assert!(terminal.child.wait().unwrap().success());
    fs::write(file(), with_screens(&readme(), &screens)).unwrap();
}

#[test]
fn every_screen_of_the_readme_is_there() {
    let readme = readme();
    let places = places(&readme);
    assert_eq!(places.iter().map(|(name, _)| *name).collect::<Vec<_>>(), SCREENS);
    for (name, place) in places {
        let screen = &readme[place];
        let rows = screen.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("```")).count();
        assert!(screen.contains("User360 ›") && rows >= 8, "{name} has not been drawn:\n{screen}");
    }
    assert!(!readme.contains("/tmp/"), "a folder of the machine that drew the screens is in them");
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Rows of the README's table of keys: where, keys and commands.
fn key_rows(readme: &str) -> Vec<(&str, Vec<&str>, Vec<&str>)> {
    let table = readme.split_once("| where | keys | command |").expect("a table of keys").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [place, keys, commands, _] = cells[..] else { panic!("four cells: {row}") };
        (place, quoted(keys), quoted(commands))
    })
    .collect()
}

#[test]
fn the_readme_names_the_keys_that_are_bound() {
    let bindings = Bindings::built_in();
    let readme = readme();
    let rows = key_rows(&readme);
    assert!(rows.len() > 10, "{rows:?}");
    for (place, keys, commands) in rows {
        // A table's keys hold in each of them; a list of panes is written with commas.
        let contexts: Vec<Context> = match place {
            "Tables" => Context::ALL.into_iter().filter(|context| context.has_table()).collect(),
            places => places
                .split(", ")
                .map(|place| {
                    let found = Context::ALL.into_iter().find(|context| context.title() == place);
                    found.unwrap_or_else(|| panic!("no place {place}"))
                })
                .collect(),
        };
        assert!(commands.len() == 1 || commands.len() == keys.len(), "{keys:?} and {commands:?} do not pair");
        for (at, text) in keys.iter().enumerate() {
            let key: Key = text.parse().unwrap();
            let id = commands[at.min(commands.len() - 1)];
            let entry = COMMANDS.iter().find(|entry| entry.id == id).unwrap_or_else(|| panic!("no command {id}"));
            for &context in &contexts {
                assert_eq!(bindings.lookup(context, key), Some(entry.command), "{text} in {place}");
            }
        }
    }
}

#[test]
fn the_readme_names_every_subcommand() {
    let readme = readme();
    for command in Args::command().get_subcommands() {
        let name = format!("user360 {}", command.get_name());
        let said = readme.match_indices(&name).any(|(at, _)| {
            let after = readme[at + name.len()..].chars().next();
            after.is_none_or(|next| !next.is_alphanumeric())
        });
        assert!(said, "{name} is not in the README");
    }
}

/// The README's settings, keys and theme are written where it says, and looked at.
#[test]
fn the_examples_of_the_readme_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    let readme = readme();
    let home = "# ~/.config/";
    let examples: Vec<(&str, &str)> = readme
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0)
        .map(|example| (example.strip_prefix(home).expect("where the file lies").lines().next().unwrap(), example))
        .collect();
    // A file may be shown in several parts.
    assert_eq!(examples.len(), 4, "settings, keys, a theme, a log's layout: {examples:?}");
    for part in [0, 1] {
        let mut seen = Vec::new();
        for (name, example) in &examples {
            seen.push(name);
            let before = seen.iter().filter(|known| *known == &name).count() - 1;
            if before == part || (part == 1 && *name != "user360/config.toml") {
                let path = folder.path().join("config").join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, example).unwrap();
            }
        }
        let doctor = Command::new(USER360)
            .args(["doctor", "--workspace"])
            .arg(folder.path().join("shop"))
            .envs(own_folders(folder.path()))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&doctor.stdout);
        assert!(doctor.status.success(), "{said}");
        for kind in ["config", "keys", "theme"] {
            assert!(said.lines().any(|line| line.starts_with(kind) && line.ends_with("is sound")), "{kind}: {said}");
        }
    }
}
