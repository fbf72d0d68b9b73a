//! The documentation: its keys, commands and examples are those of the program, and its links lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::{CommandFactory, Parser};
use user360::cli::Args;
use user360::ui::Key;
use user360::ui::bindings::Bindings;
use user360::ui::command::{COMMANDS, Context};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every page of text: those beside the README, and those of the folders.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in [".", "docs", "benches", "sample-data", "tests/data"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// The code blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Rows of the table of keys: where, keys and commands.
fn key_rows(text: &str) -> Vec<(&str, Vec<&str>, Vec<&str>)> {
    let table = text.split_once("| where | keys | command |").expect("a table of keys").1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [place, keys, commands, _] = cells[..] else { panic!("four cells: {row}") };
        (place, quoted(keys), quoted(commands))
    })
    .collect()
}

#[test]
fn the_table_of_keys_is_what_is_bound() {
    let bindings = Bindings::built_in();
    let text = page("docs/keys.md");
    let rows = key_rows(&text);
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

/// The words of a line as a shell would take it apart; its comment, and what it pipes into, left out.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '#' | '|' if !quoted && words.last().is_some_and(String::is_empty) => break,
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_of_the_documentation_is_understood() {
    let mut lines = 0;
    for (path, text) in pages() {
        for block in blocks(&text, "sh") {
            let joined = block.replace("\\\n", " ");
            for line in joined.lines().filter(|line| line.starts_with("user360")) {
                let parsed = Args::try_parse_from(words(line));
                assert!(parsed.is_ok(), "{}: {line}\n{}", path.display(), parsed.unwrap_err());
                lines += 1;
            }
        }
    }
    assert!(lines > 20, "{lines}");
    let table = page("docs/commands.md");
    for command in Args::command().get_subcommands() {
        let name = command.get_name();
        assert!(table.contains(&format!("| `{name}`")), "docs/commands.md does not name {name}");
    }
}

/// The exit codes of the page are those of the help.
#[test]
fn every_exit_code_is_told() {
    let help = Args::command().render_help().to_string();
    let (_, status) = help.split_once("Exit status:").expect("the help tells the exit codes");
    let table = page("docs/commands.md");
    let lines: Vec<&str> = status.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(lines.len() >= 5, "{status}");
    for line in lines {
        let (code, meaning) = line.split_once("  ").unwrap_or_else(|| panic!("a code and its meaning: {line}"));
        assert!(table.contains(&format!("| {code} | {meaning} |")), "docs/commands.md lacks {line}");
    }
}

/// The examples of settings, keys and themes are written where they say, and looked at.
#[test]
fn the_examples_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    let pages = pages();
    let place = |example: &'_ str| {
        let first = example.lines().next().unwrap();
        let own = first.strip_prefix("# ~/.config/").map(|name| format!("config/{name}"));
        let shops = first.strip_suffix(" in the workspace").and_then(|name| name.strip_prefix("# "));
        own.or(shops.map(|name| format!("shop/{name}"))).expect("where the file lies")
    };
    let examples: Vec<(String, &str)> =
        pages.iter().flat_map(|(_, text)| blocks(text, "toml")).map(|example| (place(example), example)).collect();
    for name in [
        "shop/user360.toml",
        "config/user360/config.toml",
        "config/user360/keys.toml",
        "config/user360/themes/plum.toml",
    ] {
        assert!(examples.iter().any(|(known, _)| *known == name), "no example of {name}");
    }
    let write = |name: &str, example: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, example).unwrap();
    };
    for (name, example) in &examples {
        write(name, example);
    }
    // A file that is shown in several parts is looked at part by part.
    for (name, example) in &examples {
        write(name, example);
        let own = |name: &str| folder.path().join(name);
        let doctor = Command::new(env!("CARGO_BIN_EXE_user360"))
            .args(["doctor", "--workspace"])
            .arg(own("shop"))
            .envs([("XDG_STATE_HOME", own("state")), ("XDG_CONFIG_HOME", own("config"))])
            .env("XDG_DATA_HOME", own("data"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&doctor.stdout);
        assert!(doctor.status.success(), "{said}");
        for kind in ["config", "keys", "theme"] {
            assert!(said.lines().any(|line| line.starts_with(kind) && line.ends_with("is sound")), "{kind}: {said}");
        }
    }
}

#[test]
fn links_lead_to_files_that_are_there() {
    let mut followed = 0;
    for (page, text) in pages() {
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            if target.starts_with("https://") || target.starts_with('#') {
                continue;
            }
            let file = page.parent().unwrap().join(target.split('#').next().unwrap());
            assert!(file.exists(), "{} links to {target}, which is not there", page.display());
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed}");
}

/// A map with a street that is gone is worse than none: the files that these two pages name are there.
#[test]
fn the_pages_for_engineers_name_files_that_are_there() {
    let tops = ["src/", "tests/", "docs/", "themes/", "sample-data/", "benches/"];
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = page(name);
        let named: Vec<&str> =
            quoted(&text).into_iter().filter(|word| tops.iter().any(|top| word.starts_with(top))).collect();
        assert!(named.len() > 20, "{name} names {named:?}");
        for file in named.into_iter().filter(|file| !file.contains(['*', '<', ' '])) {
            assert!(root().join(file).exists(), "{name} names {file}, which is not there");
        }
    }
}
