//! Records and sessions of any shape.

use std::fs;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};
use user360::store::Workspace;
use xxhash_rust::xxh3::xxh3_64;

use crate::pty::{self, LARGE};
use crate::trust::place::{Place, copy, fixture};
use crate::trust_workspace::{ends, errors};

/// The places in a JSON value, as paths of keys and indices.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().take(4).enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Records of 0.1.0 bear no checksum in the manifest: whatever such a record says is either answered or named, and ends no
/// command.
#[test]
fn a_record_of_any_shape_is_answered_or_named() {
    let place = Place::of_0_1_0();
    let current = Workspace::open(place.workspace()).runs().unwrap().remove(0);
    let path = place.workspace().join("runs").join(current).join("run.json");
    let whole = fs::read(&path).unwrap();
    let record: Value = serde_json::from_slice(&whole).unwrap();
    let mut at = Vec::new();
    for part in ["id", "as_of", "input", "users", "items", "stages"] {
        places(&record[part], &format!("/{part}"), &mut at);
    }
    let values = [
        Value::Null,
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!("x".repeat(1000)),
        json!([]),
        json!({}),
        json!([[[0]]]),
        json!([-1]),
        json!("\u{1b}[31m\u{202e}"),
        json!(true),
    ];
    let mut texts: Vec<Vec<u8>> = vec![
        b"[".repeat(100_000),
        [&b"{\"format\": 1, "[..], &whole[1..]].concat(),
        b"{\"format\": 1}".to_vec(),
        b"\"run\"".to_vec(),
        Vec::new(),
        vec![0xff; 9],
    ];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(21);
    for _ in 0..60 {
        let mut changed = record.clone();
        let place = &at[random.gen_range(0..at.len())];
        *changed.pointer_mut(place).unwrap() = values[random.gen_range(0..values.len())].clone();
        texts.push(serde_json::to_vec(&changed).unwrap());
    }
    let commands = [
        &["report", "--charts"][..],
        &["report", "--format", "json"],
        &["user", "261"],
        &["users", "--limit", "2"],
        &["doctor", "--verify"],
        &["report"],
    ];
    let (mut answered, mut named) = (0, 0);
    for (number, text) in texts.iter().enumerate() {
        fs::write(&path, text).unwrap();
        let arguments = commands[number % commands.len()];
        let output = ends(place.command(arguments));
        let told = format!("{}{}", errors(&output), String::from_utf8_lossy(&output.stdout));
        let shown = String::from_utf8_lossy(&text[..text.len().min(300)]).into_owned();
        match output.status.code() {
            Some(0) => answered += 1,
            Some(1) => named += usize::from(told.contains("run.json") || told.contains("no table")),
            other => panic!("{arguments:?} ended with {other:?} on {shown}: {told}"),
        }
        assert!(!told.contains("panicked"), "{arguments:?} on {shown}: {told}");
    }
    assert_eq!(answered + named, texts.len(), "{answered} answered, {named} named");
    assert!(answered > 0 && named > 0, "{answered} answered, {named} named");
}

/// Whatever a session says, the workbench opens, shows its panes and leaves the terminal as it was.
#[test]
fn a_session_of_any_shape_opens_the_workbench() {
    let place = pty::Place::empty();
    copy(&fixture("0.1.0/workspace"), &place.workspace());
    let real = fs::canonicalize(place.workspace()).unwrap();
    let session = place.state(&format!("user360/sessions/{:016x}.json", xxh3_64(real.as_os_str().as_encoded_bytes())));
    fs::create_dir_all(session.parent().unwrap()).unwrap();
    let whole: Value = serde_json::from_slice(&fs::read(fixture("0.1.0/session.json")).unwrap()).unwrap();
    let mut at = Vec::new();
    places(&whole, "", &mut at);
    let values = [
        json!(65535),
        json!(u64::MAX),
        json!(0),
        json!(-1),
        json!("SQL"),
        json!("churn > 0.5 and"),
        json!(vec!["x"; 500]),
        json!("\u{1b}[31m"),
        Value::Null,
        json!({}),
    ];
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let mut texts =
        vec![b"[".repeat(100_000), b"{\"pane\": 7}".to_vec(), serde_json::to_vec(&whole).unwrap()[..90].to_vec()];
    for _ in 0..6 {
        let mut changed = whole.clone();
        for _ in 0..3 {
            let place = &at[random.gen_range(1..at.len())];
            if let Some(field) = changed.pointer_mut(place) {
                *field = values[random.gen_range(0..values.len())].clone();
            }
        }
        texts.push(serde_json::to_vec(&changed).unwrap());
    }
    for text in texts {
        fs::write(&session, &text).unwrap();
        let mut terminal = place.open(LARGE);
        terminal.wait_for("Overview");
        terminal.send("23456781");
        terminal.wait_for("stages done");
        terminal.send("q");
        let shown = String::from_utf8_lossy(&text[..text.len().min(300)]).into_owned();
        assert!(terminal.assert_restored().success(), "{shown}");
    }
}
