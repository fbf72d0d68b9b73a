//! The fuzz targets of `fuzz/`, fed with inputs that are the same every time: no panic, no abort, and what each asserts.
//!
//! Ten times as many: `cargo test --locked --test it trust::targets:: -- --include-ignored`

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cases::Dice;
use super::mutants::{condition, mutant};
use super::place::fixture;

#[path = "../../../fuzz/targets/condition.rs"]
mod conditions;
#[path = "../../../fuzz/targets/csv_log.rs"]
mod csv_log;
#[path = "../../../fuzz/targets/keys_file.rs"]
mod keys_file;
#[path = "../../../fuzz/targets/manifest.rs"]
mod manifest;
#[path = "../../../fuzz/targets/place.rs"]
mod place;
#[path = "../../../fuzz/targets/settings.rs"]
mod settings;
#[path = "../../../fuzz/targets/terminal_input.rs"]
mod terminal_input;

/// Feeds a target `inputs` times and names the input that it did not survive.
fn feed(target: fn(&[u8]), inputs: usize, mut input: impl FnMut(&mut Dice) -> Vec<u8>) {
    for seed in 0..inputs as u64 {
        let bytes = input(&mut Dice::new(seed));
        let survived = catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_ok();
        assert!(survived, "input {seed}:\n{}", bytes.escape_ascii());
    }
}

fn read(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

/// The first lines of a text.
fn first(lines: usize, text: &[u8]) -> Vec<u8> {
    text.split_inclusive(|&byte| byte == b'\n').take(lines).flatten().copied().collect()
}

fn logs(inputs: usize) {
    let known = [
        first(60, &read("0.1.0/log/events.csv")),
        first(60, crate::init::german().as_bytes()),
        b"event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n2019-10-01 00:00:01 UTC,purchase,3900821,2053013552326770905,appliances,aqua,33.20,554748717,9333dfbd\n".to_vec(),
        b"{\"user\":1,\"time\":\"2024-01-01T00:00:00Z\",\"event\":\"view\"}\n".to_vec(),
        Vec::new(),
    ];
    feed(csv_log::run, inputs, |dice| {
        let known = &known[dice.below(known.len())];
        mutant(dice, known)
    });
}

fn conditions_in_order(inputs: usize) {
    feed(conditions::run, inputs, |dice| {
        let depth = dice.below(5);
        let text = condition(dice, depth).into_bytes();
        if dice.below(4) == 0 { mutant(dice, &text) } else { text }
    });
}

fn settings_in_order(inputs: usize) {
    let known =
        [read("0.1.0/config.toml"), read("0.1.0/user360.toml"), b"[run]\nkeep = 2\n[ui]\ntheme = \"dark\"\n".to_vec()];
    feed(settings::run, inputs, |dice| {
        let known = &known[dice.below(known.len())];
        mutant(dice, known)
    });
}

fn keys_files(inputs: usize) {
    let known = [read("0.1.0/keys.toml"), read("0.1.0/themes/shop.toml")];
    feed(keys_file::run, inputs, |dice| {
        let known = &known[dice.below(known.len())];
        mutant(dice, known)
    });
}

fn manifests(inputs: usize) {
    let runs = user360::store::Workspace::open(fixture("0.1.0/workspace")).runs().unwrap();
    let known = [
        read("0.1.0/workspace/manifest.json"),
        read("newer/manifest-today.json"),
        read(&format!("0.1.0/workspace/runs/{}/run.json", runs[0])),
    ];
    feed(manifest::run, inputs, |dice| {
        let known = &known[dice.below(known.len())];
        mutant(dice, known)
    });
}

/// What terminals send, whole and in pieces, between any other bytes.
fn terminal_inputs(inputs: usize) {
    const SENT: [&[u8]; 22] = [
        b"q",
        b"\x1b[A",
        b"\x1b[1;5C",
        b"\x1bOP",
        b"\x1b[?2026;2$y",
        b"\x1b[?997;1n",
        b"\x1b[<0;1",
        b"\x1b[<0;12;7M",
        b"\x1b[200~paste\x1b[201~",
        b"\x1b[200~unfinished",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        b"\x1bP>|tmux 3.4\x1b\\",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b[97;5u",
        b"\x1b",
        b"\x1b\x1b",
        b"\x1b[",
        b"\xc3",
        "ж".as_bytes(),
        "👩‍👩‍👧".as_bytes(),
    ];
    feed(terminal_input::run, inputs, |dice| {
        let sent: Vec<u8> = (0..=dice.below(12)).flat_map(|_| SENT[dice.below(SENT.len())]).copied().collect();
        if dice.below(2) == 0 { mutant(dice, &sent) } else { sent }
    });
}

#[test]
fn any_bytes_from_the_terminal_leave_the_keyboard_alive() {
    terminal_inputs(600);
}

#[test]
fn any_log_is_read_with_every_row_accounted_for_or_refused() {
    logs(400);
}

#[test]
fn any_condition_is_answered_or_refused() {
    conditions_in_order(600);
}

#[test]
fn any_settings_are_read_or_refused_with_their_line() {
    settings_in_order(300);
}

#[test]
fn any_keys_and_theme_are_read_or_refused_with_their_line() {
    keys_files(400);
}

#[test]
fn any_manifest_and_record_is_read_or_refused_by_name() {
    manifests(400);
}

#[test]
#[ignore = "a minute: ten times as many inputs"]
fn ten_times_as_many() {
    logs(4_000);
    conditions_in_order(6_000);
    settings_in_order(3_000);
    keys_files(4_000);
    manifests(4_000);
    terminal_inputs(20_000);
}
