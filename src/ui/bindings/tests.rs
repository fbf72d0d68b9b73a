#![allow(clippy::unwrap_used, clippy::panic)]
use std::fs;

use crossterm::event::KeyCode;
use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::ui::command::{self, Runs, Table};
use crate::ui::pane::Pane;

fn read(text: &str) -> Result<Bindings> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.toml");
    fs::write(&file, text).unwrap();
    Bindings::read(&file)
}

#[track_caller]
fn refused(text: &str, line: usize, what: &str) {
    match read(text) {
        Err(Error::Config(message)) => {
            let expected = format!("keys.toml:{line}: {what}");
            assert!(message.contains(&expected), "{message}\nlacks\n{expected}");
        }
        other => panic!("{text} gave {other:?}"),
    }
}

#[test]
fn without_a_file_the_table_holds() {
    let bindings = Bindings::built_in();
    for context in Context::ALL {
        for entry in bindings.in_context(context) {
            assert_eq!(bindings.keys(entry.command), entry.keys);
            for &key in &entry.keys {
                assert_eq!(bindings.lookup(context, key), command::lookup(context, key));
            }
        }
    }
    assert_eq!(read("# nothing yet\n").unwrap(), bindings);
}

#[test]
fn a_line_replaces_the_keys_of_its_command() {
    let bindings = read("sort = [\"F7\", \"Ctrl-x\", \"f7\"]\n\"reset-view\" = [\"s\"]\n").unwrap();
    assert_eq!(bindings.keys(Command::Table(Table::Sort)), [Key::named(KeyCode::F(7)), Key::ctrl('x')]);
    assert_eq!(
        bindings.lookup(Context::Pane(Pane::Users), Key::named(KeyCode::F(7))),
        Some(Command::Table(Table::Sort))
    );
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('s')), Some(Command::Table(Table::ResetView)));
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('0')), None);
    assert_eq!(bindings.lookup(Context::Pane(Pane::Overview), Key::ctrl('x')), None);
    assert_eq!(bindings.keys(Command::Table(Table::Filter)), Bindings::built_in().keys(Command::Table(Table::Filter)));
}

#[test]
fn an_empty_list_leaves_a_command_to_the_palette() {
    let bindings = read("sort = []").unwrap();
    assert!(bindings.keys(Command::Table(Table::Sort)).is_empty());
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('s')), None);
    assert!(bindings.in_context(Context::Pane(Pane::Users)).any(|entry| entry.command == Command::Table(Table::Sort)));
}

#[test]
fn keys_change_places() {
    let bindings = read("filter = [\"s\"]\nsort = [\"f\"]\n").unwrap();
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('s')), Some(Command::Table(Table::Filter)));
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('f')), Some(Command::Table(Table::Sort)));
}

/// A file that was written before a command was there goes on holding.
#[test]
fn a_later_command_leaves_its_key_to_a_line() {
    let bindings = read("sort = [\"M\"]\n").unwrap();
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('M')), Some(Command::Table(Table::Sort)));
    assert!(bindings.keys(Command::Program(Program::Messages)).is_empty());
    assert!(!bindings.keys(Command::Program(Program::CopyCommand)).is_empty());
}

#[test]
fn wrong_lines_are_named() {
    refused("sort = [\"s\"]\nsortt = [\"x\"]\n", 2, "no command \"sortt\"; did you mean sort?");
    refused("zzz = []", 1, "no command \"zzz\"; the commands are open, ");
    refused("sort = [\n  \"x\",\n  \"Strg-x\",\n]\n", 3, "sort: \"Strg-x\" is no key; write ");
    refused("\nsort = \"x\"\n", 2, "sort: write a list of keys such as ");
    refused("sort = [\"x\", 3]\n", 1, "sort: write a list of keys such as ");
    refused("[users]\nsort = [\"x\"]\n", 1, "users: write a list of keys such as ");
    refused("sort = [\"x\"\nfilter = [\"y\"]\n", 2, "");
    refused("sort = [\"x\"]\nsort = [\"y\"]\n", 2, "duplicate key");
}

#[test]
fn the_first_of_several_wrong_lines_is_named() {
    refused("zort = [\"x\"]\naccept = []\n", 1, "no command \"zort\"");
    refused("sort = [\"\"]\nabc = [\"y\"]\n", 1, "sort: \"\" is no key");
}

#[test]
fn a_key_with_two_meanings_in_one_place_is_refused() {
    refused("filter = [\"x\"]\nsort = [\"x\"]\n", 2, "x is bound to both filter and sort in Users");
    refused("sort = [\"f\"]\n", 1, "f is bound to both filter and sort in Users");
    refused("sort = [\"q\"]\n", 1, "q is bound to both sort and close in Users");
    refused("theme = [\"2\"]\n", 1, "2 is bound to both users and theme in Everywhere");
    refused("sort = [\"Ctrl-i\"]\n", 1, "Tab is bound to both sort and next-pane in Users");
    refused("previous-choice = [\"Ctrl-m\"]\n", 1, "Enter is bound to both accept and previous-choice in Prompt");
}

#[test]
fn a_key_may_mean_other_things_in_other_places() {
    let bindings = read("sort = [\"x\"]\n\"next-choice\" = [\"Tab\"]\n").unwrap();
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('x')), Some(Command::Table(Table::Sort)));
    assert_eq!(bindings.lookup(Context::Pane(Pane::Overview), Key::letter('x')), Some(Command::Runs(Runs::Cancel)));
    assert_eq!(bindings.lookup(Context::Palette, Key::named(KeyCode::Tab)), Some(Command::Dialog(Dialog::NextChoice)));
}

#[test]
fn keys_written_for_an_earlier_version_go_on_working() {
    let bindings = read("sort = [\"V\"]\n\"next-choice\" = [\"Tab\"]\n").unwrap();
    assert_eq!(bindings.lookup(Context::Pane(Pane::Users), Key::letter('V')), Some(Command::Table(Table::Sort)));
    assert_eq!(bindings.lookup(Context::Prompt, Key::named(KeyCode::Tab)), Some(Command::Dialog(Dialog::NextChoice)));
    assert!(bindings.keys(Command::Table(Table::Views)).is_empty(), "the palette still has it");
    assert_eq!(bindings.keys(Command::Table(Table::Group)), [Key::letter('+')]);
    refused("sort = [\"V\"]\nviews = [\"V\"]\n", 2, "V is bound to both sort and views in Users");
}

#[test]
fn letters_stay_letters_where_text_is_typed() {
    refused(
        "next-choice = [\"j\"]\n",
        1,
        "next-choice: j could not be typed any more, for next-choice holds in Palette",
    );
    refused("quit = [\"Ctrl-c\",\n\"Q\"]\n", 2, "quit: Q could not be typed any more, for quit holds in Prompt");
    refused("accept = [\"Space\"]\n", 1, "accept: Space could not be typed any more");
    assert!(read("next-choice = [\"Alt-j\", \"F2\"]\n").is_ok());
}

#[test]
fn nobody_is_locked_in() {
    refused("quit = []\n", 1, "quit must have a key");
    refused("accept = []\n", 1, "accept must have a key");
    refused("sort = []\ndismiss = []\n", 2, "dismiss must have a key");
    assert!(read("back = []\nclose = []\n").is_ok());
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused(text in "[a-z\\[\\]\"=, \n#-]{0,80}") {
        match read(&text) {
            Ok(_) => {}
            Err(Error::Config(message)) => prop_assert!(message.contains("keys.toml:")),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn the_machines_keys_lie_below_the_users_own_command_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let machine = file("machine.toml", "sort = [\"F7\"]\n\"reset-view\" = [\"F8\"]\n");
    let own = file("keys.toml", "sort = [\"F9\"]\n");
    let bindings = Bindings::built_in().with(&machine).unwrap().with(&own).unwrap();
    let pressed = |key| bindings.lookup(Context::Pane(Pane::Users), Key::named(KeyCode::F(key)));
    assert_eq!((pressed(7), pressed(9)), (None, Some(Command::Table(Table::Sort))));
    assert!(pressed(8).is_some(), "what the user leaves alone is the machine's");
}
