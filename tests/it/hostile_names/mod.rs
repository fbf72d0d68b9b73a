//! What a log holds reaches no terminal active: every command in every format and every screen, on names that a terminal
//! would obey, with Persian and emoji names beside them that must arrive whole.

mod clean;

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::every_command::{About, Call, calls};
use crate::pty::{self, CLEAR, ENTER, ESC, Place, Start, Terminal, USER360};
use clean::{is_clean, no_forged_line, no_formula, terminal_is_clean};

/// What a terminal would obey, what turns text around or hides in it, and what would pose as a line of the program's.
const HOSTILE: [&str; 17] = [
    "\u{1b}]0;PWNED\u{7}",
    "\u{1b}]52;c;UFdORUQ=\u{7}",
    "\u{1b}[2J\u{1b}[HPWNED",
    "\u{1b}[31mPWNED",
    "\u{1b}P+q\u{1b}\\",
    "\u{9b}31mC1",
    "\u{85}nel\u{9d}0;x\u{9c}",
    "\u{7}\u{8}\u{8}bell",
    "\u{7f}del",
    "\u{202e}turned\u{202c}",
    "a\u{2066}isolated\u{2069}",
    "\u{200b}zero\u{200d}",
    "\u{feff}mark\u{2060}",
    "tab\tand\rreturn",
    "line\nFORGED line\u{2028}FORGED",
    "tag\u{e0041}\u{e0042}",
    "=1+1",
];

/// Users and events of the log.
const USERS: usize = 800;
const EVENTS: usize = 6_000;

const PERSIAN: &str = "کتاب\u{200c}ها";
const EMOJI: &str = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
const FLAG: &str = "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";

/// A line at the end of a program on a terminal.
const END: &str = "__THE_END__";

fn name(at: usize) -> String {
    let harmless = [PERSIAN, EMOJI, FLAG];
    let kinds = HOSTILE.len() + harmless.len();
    let kind = HOSTILE.iter().chain(&harmless).nth(at % kinds).unwrap();
    format!("{kind}{}", at / kinds)
}

struct Hostile {
    place: Place,
    log: PathBuf,
    shop: PathBuf,
    campaign: PathBuf,
    pairs: PathBuf,
    other_pairs: PathBuf,
    out: PathBuf,
}

impl Hostile {
    fn new() -> Self {
        let place = Place::empty();
        let folder = place.file("files \u{1b}]0;folder\u{7}\nFORGED");
        let log = folder.join("log");
        fs::create_dir_all(&log).unwrap();
        let out = folder.join("out");
        fs::create_dir_all(&out).unwrap();
        let file = |path: PathBuf, rows: &mut dyn Iterator<Item = Vec<String>>| {
            let mut writer = csv::Writer::from_path(&path).unwrap();
            rows.for_each(|row| writer.write_record(row).unwrap());
            writer.flush().unwrap();
            path
        };
        let row = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect::<Vec<String>>();
        let start = 1_430_622_004_384_i64;
        let events = (0..EVENTS).map(|at| {
            // Each user is about for a month, some early and some late.
            let user = at * 7 % USERS;
            let time = start + (user % 5) as i64 * 2_500_000_000 + (at as i64 * 7_919 % 2_500) * 1_000_000;
            let kind = ["view", "view", "view", "addtocart", "transaction"][at / 3 % 5];
            let order = if kind == "transaction" { name(at) } else { String::new() };
            row(&[&time.to_string(), &name(user), kind, &name(at * 11 / 7 % 60), &order])
        });
        let odd = (0..20).map(|at| row(&[&start.to_string(), &name(at), &format!("{}BAD", name(at)), "x", ""]));
        file(
            log.join("events.csv"),
            &mut std::iter::once(row(&["timestamp", "visitorid", "event", "itemid", "transactionid"]))
                .chain(events)
                .chain(odd),
        );
        let tree =
            (0..40).map(|at| row(&[&format!("c{}", name(at)), if at < 20 { "" } else { "nowhere\u{1b}[31mPWNED" }]));
        file(log.join("category_tree.csv"), &mut std::iter::once(row(&["categoryid", "parentid"])).chain(tree));
        let properties =
            (0..60).map(|at| row(&[&start.to_string(), &name(at), "categoryid", &format!("c{}", name(at % 40))]));
        file(
            log.join("item_properties_part1.csv"),
            &mut std::iter::once(row(&["timestamp", "itemid", "property", "value"])).chain(properties),
        );
        let shop = (0..400).map(|at| {
            let day = format!("2024-0{}-{:02} 10:00:00", at / 28 % 9 + 1, at % 28 + 1);
            row(&[
                &day,
                &name(at % 60),
                ["view", "cart", "buy", "odd\u{1b}[31mPWNED\u{7}"][at % 4],
                &name(at % 31),
                &format!("{at}.5"),
            ])
        });
        let head = row(&["when", "customer\u{1b}[31mPWNED", "action", "sku\u{202e}", "amount"]);
        let shop = file(folder.join("shop\u{1b}[31mPWNED.csv"), &mut std::iter::once(head).chain(shop));
        let campaign = (0..1_200_usize).map(|at| {
            let arm = ["ctl", "arm\u{1b}]0;PWNED\u{7}", "arm\nFORGED"][at % 3];
            row(&[&name(at), arm, &(at * 7 % 5 / 4).to_string(), &(at * 31 % 83).to_string(), &name(at % 5)])
        });
        let head = row(&["user", "treatment", "outcome", "age\u{1b}[31mPWNED", "seg\nFORGED"]);
        let campaign = file(folder.join("campaign.csv"), &mut std::iter::once(head).chain(campaign));
        let pairs = (0..600_usize).map(|at| row(&[&name(at % 60), &name(at * 7 % 31), "1"]));
        let pairs = file(folder.join("pairs.csv"), &mut std::iter::once(row(&["user", "item", "weight"])).chain(pairs));
        let others = (0..60_usize).map(|at| row(&[&name(at), &name((at * 7 + 1) % 31), "1"]));
        let other_pairs = folder.join("other pairs.csv");
        let other_pairs = file(other_pairs, &mut std::iter::once(row(&["user", "item", "weight"])).chain(others));
        let hostile = Self { place, log, shop, campaign, pairs, other_pairs, out };
        let made = pty::headless(&hostile.place).args(["run", "--input"]).arg(&hostile.log).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        is_clean(&made.stdout, "run");
        is_clean(&made.stderr, "run, stderr");
        hostile
    }

    fn about<'a>(&'a self, user: &'a str) -> About<'a> {
        let Self { log, shop, campaign, pairs, other_pairs, out, .. } = self;
        About { log, shop, campaign, pairs, other_pairs, out, user }
    }

    /// Runs a call on a terminal and returns what it drew, stdout and stderr.
    fn on_terminal(&self, call: &[&OsStr]) -> Vec<u8> {
        let script = format!("\"$0\" \"$@\"; echo; echo {END}");
        let mut start = Start::of("/bin/sh", &self.place).size((50, 200)).arguments(&["-c", &script, USER360]);
        start = start.argument("--workspace").argument(self.place.workspace());
        for argument in call {
            start = start.argument(argument);
        }
        let mut terminal = start.open();
        // Where one asks whether a folder shall be made.
        terminal.send("n\r");
        terminal.wait_within(END, Duration::from_mins(2), |screen| {
            screen.contents().lines().any(|line| line.trim_end() == END)
        });
        terminal.bytes()
    }
}

#[test]
fn every_command_in_every_format_through_a_pipe_and_on_a_terminal() {
    let hostile = Hostile::new();
    let user = name(7);
    let mut calls: Vec<Call> = calls(&hostile.about(&user));
    // Errors quote what was typed.
    let esc = "\u{1b}[31mPWNED\u{202e}";
    let folder = hostile.out.join("none\u{1b}[31mPWNED\nFORGED");
    for wrong in [
        vec!["users", "--where", &format!("{esc} > 1")],
        vec!["users", "--where", &format!("\"{esc}\" > 1")],
        vec!["users", "--sort", esc],
        vec!["users", "--columns", esc],
        vec!["sql", &format!("select {esc} from users")],
        vec!["sql", &format!("select * from \"{esc}\"")],
        vec!["sql", &format!("select 1 as \"{esc}\" from users limit 1")],
        vec!["user", esc],
        vec!["run", "--input", folder.to_str().unwrap()],
        vec!["run", "--input", hostile.log.to_str().unwrap(), "--only", esc],
        vec!["run", "--input", hostile.log.to_str().unwrap(), "--config", folder.to_str().unwrap()],
        vec![
            "run",
            "--input",
            hostile.shop.to_str().unwrap(),
            "--workspace",
            hostile.out.join("shop").to_str().unwrap(),
        ],
        vec!["uplift", "--campaign", hostile.campaign.to_str().unwrap(), "--treatment", esc],
        vec!["uplift", "--campaign", folder.to_str().unwrap()],
        vec!["export", "--out", folder.join("a.csv").to_str().unwrap()],
        vec!["export", "--out", hostile.out.join("list.csv").to_str().unwrap()],
        vec!["export", "--out", folder.to_str().unwrap()],
        vec!["init", folder.to_str().unwrap(), "--yes"],
        vec!["init", hostile.shop.to_str().unwrap(), "--yes", "--set", esc],
        vec!["fetch", esc],
        vec!["config", "--config", folder.to_str().unwrap()],
        vec!["doctor", "--config", folder.to_str().unwrap()],
        vec!["completions", esc],
        vec!["report", &format!("--{esc}")],
        vec![esc],
    ] {
        calls.push(Call { arguments: wrong.into_iter().map(str::to_owned).collect(), data: false });
    }
    for call in &calls {
        let what = format!("{:?}", call.arguments);
        let piped = pty::headless(&hostile.place).args(&call.arguments).output().unwrap();
        is_clean(&piped.stderr, &what);
        if call.data {
            let text = String::from_utf8(piped.stdout).unwrap();
            if call.arguments.last().unwrap() == "csv" {
                no_formula(text.as_bytes(), &what);
            }
            if piped.status.success() && call.arguments.last().unwrap() == "json" {
                serde_json::from_str::<Value>(&text).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
                assert!(!text.chars().any(|letter| ('\u{7f}'..='\u{9f}').contains(&letter)), "{what}");
            }
        } else {
            is_clean(&piped.stdout, &what);
            if call.arguments[0] == "users" && piped.status.success() {
                let text = String::from_utf8(piped.stdout).unwrap();
                for whole in [PERSIAN, EMOJI, FLAG] {
                    assert!(text.contains(&format!("{whole}1 ")), "{whole} did not arrive whole:\n{text}");
                }
            }
        }
        if call.arguments[0] == "demo" {
            // On a terminal it is the workbench, which is driven below.
            continue;
        }
        let arguments: Vec<&OsStr> = call.arguments.iter().map(OsStr::new).collect();
        let drawn = hostile.on_terminal(&arguments);
        terminal_is_clean(&drawn, &[], &format!("{what} on a terminal"));
        if !call.data {
            no_forged_line(&String::from_utf8_lossy(&drawn), &what);
        }
        if call.arguments[0] == "users" && call.arguments.contains(&"5000".to_owned()) {
            for whole in [PERSIAN, EMOJI, FLAG] {
                assert!(pty::holds(&drawn, format!("{whole}1").as_bytes()), "{what}: {whole} did not arrive whole");
            }
        }
    }
    for name in ["list.csv", "ranking.csv"] {
        no_formula(&fs::read(hostile.out.join(name)).unwrap(), name);
    }
    // Data in a pipe is what the log held.
    let rows = pty::headless(&hostile.place)
        .args(["sql", "select distinct user_id from events", "--format", "json", "--limit", "9999"])
        .output()
        .unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&rows.stdout).unwrap();
    for at in 0..20 {
        assert!(rows.iter().any(|row| row["user_id"] == name(at)), "{:?} is not in the answer", name(at));
    }
    // What the log file of the program holds is clean as well.
    let logged = fs::read(hostile.place.state("user360/user360.log")).unwrap();
    is_clean(&logged, "the log file");
}

#[test]
fn every_screen_shows_names_and_obeys_none() {
    let hostile = Hostile::new();
    let mut terminal = hostile.place.start().size((50, 160)).argument("--input").argument(&hostile.log).open();
    // Keys, and words that tell that they were obeyed.
    terminal.wait_for("stages done");
    for (keys, words) in [
        ("2", "User360 › Users"),
        ("3", "User360 › Segments"),
        ("4", "User360 › Churn"),
        ("5", "User360 › LTV"),
        ("6", "User360 › Recommendations"),
        ("7", "User360 › Persuadables"),
        ("8", "User360 › SQL"),
        ("w", "Query: Alt-Enter"),
        ("select * from events order by item_id desc\r", "rows · row 1"),
        (ENTER, "SQL ›"),
    ] {
        terminal.send(keys);
        terminal.wait_for(words);
    }
    back(&mut terminal, "SQL ›");
    for (keys, words) in [
        ("wselect user_id as \"\u{1b}[200~x\u{1b}]0;PWNED\u{7}\u{202e}y\u{1b}[201~\" from users\r", "rows · row 1"),
        ("wselect * from \"\u{202e} nope\"\r", "nope"),
    ] {
        terminal.send(keys);
        terminal.wait_for(words);
        terminal.send(CLEAR);
    }
    terminal.send(ESC);
    terminal.wait_without("Query: Alt-Enter");
    // The reports of the stages, listed on the last line.
    terminal.send("1G");
    terminal.wait("the line of the stages under the cursor", |screen| {
        screen.contents().lines().any(|line| line.starts_with("▌") && line.contains("stages done"))
    });
    terminal.send(ENTER);
    for stage in ["ingest", "features", "segments", "churn", "ltv", "recommend", "uplift"] {
        terminal.wait("the stage under the cursor", |screen| {
            screen.contents().lines().any(|line| line.contains('▌') && line.contains(&format!(" {stage} ")))
        });
        terminal.send(ENTER);
        terminal.wait_for(&format!("Report of {stage}"));
        terminal.send(ESC);
        terminal.wait_without(&format!("Report of {stage}"));
        terminal.send("j");
    }
    // A page of each kind of name.
    terminal.send("2gsh");
    terminal.wait_for("User ▲");
    for row in (1..USERS).step_by(USERS / 20) {
        terminal.send("#");
        terminal.wait_for("Go to row");
        terminal.send(&format!("{CLEAR}{row}\r"));
        terminal.wait_without("Go to row");
        terminal.wait_for(&format!("row {row}"));
        terminal.send(ENTER);
        terminal.wait_for("Users › User");
        terminal.send("G");
        back(&mut terminal, "Users › User");
    }
    for (keys, popup) in [
        ("?", "Help, lines"),
        ("c", "Columns: "),
        ("e", "╭ Export"),
        ("/", "Search in "),
        (":", "╭ Commands"),
        ("f", "Filter: rows"),
    ] {
        terminal.send(keys);
        terminal.wait_for(popup);
        if matches!(keys, "/" | "f") {
            terminal.send("\u{1b}[200~pasted\u{202e}\u{1b}]0;PWNED\u{7}\u{9b}31m کتاب\u{200c}ها end\u{1b}[201~");
            terminal.wait_for("end");
        }
        terminal.send(ESC);
        terminal.wait_without(popup);
    }
    terminal.send("3");
    terminal.wait_for("User360 › Segments");
    terminal.send("o");
    terminal.wait_for("Segments ›");
    back(&mut terminal, "Segments ›");
    terminal.send("6");
    terminal.wait_for("User360 › Recommendations");
    terminal.send("G");
    terminal.come_to_rest();
    let drawn = terminal.bytes();
    terminal_is_clean(&drawn, &["\u{1b}7", "\u{1b}8", "\u{1b}M"], "the workbench");
    for whole in [PERSIAN, EMOJI, FLAG] {
        assert!(pty::holds(&drawn, whole.as_bytes()), "{whole} did not arrive whole on the screen");
    }
    assert!(pty::holds(&drawn, br"\x1b]0;PWNED\x07"), "the screen shows what it does not obey");
    terminal.send("\u{3}");
    assert!(terminal.assert_restored().success());
}

fn back(terminal: &mut Terminal, words: &str) {
    terminal.send(ESC);
    terminal.wait_without(words);
}

#[test]
fn the_command_line_is_quoted_without_effect() {
    let hostile = |argument: &str| {
        let output = std::process::Command::new(USER360)
            .arg(argument)
            .env("XDG_STATE_HOME", std::env::temp_dir().join("user360-test-state"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = hostile("\u{1b}]0;x\u{7}\nFORGED\u{202e}");
    assert!(told.contains(r"\x1b]0;x\x07\nFORGED\u{202e}"), "{told}");
    assert!(!told.contains('\u{1b}') && !told.contains('\u{7}'), "{told:?}");
}
