//! Notes and tags of users, and the pages that begin with a sentence.

use std::fs;

use serde_json::Value;
use user360::files::Share;
use user360::store::{Writing, write_notes};

use crate::bench::Bench;
use crate::headless::{path, succeeded, user360};
use crate::sample;

fn bench(width: u16, height: u16) -> Bench {
    let place = tempfile::tempdir().unwrap();
    let run = sample::copy(sample::shop(), place.path());
    let folder = place.path().to_path_buf();
    let mut bench = Bench::on(place, run, width, height);
    // Notes are written where the workspace really is.
    bench.app.workspace = folder;
    bench
}

#[test]
fn a_note_and_tags_are_written_shown_and_filtered_by() {
    let place = tempfile::tempdir().unwrap();
    sample::copy(sample::shop(), place.path());
    let root = path(place.path()).to_owned();
    let ask = |args: &[&str]| succeeded(user360(&[args, &["--workspace", &root]].concat()));
    assert_eq!(ask(&["note", "1001"]), "1001: no note\n");
    // Without notes there is no such column.
    assert_eq!(user360(&["users", "--where", "tag = 'vip'", "--workspace", &root]).status.code(), Some(2));
    assert!(ask(&["note", "1001", "call back #VIP"]).starts_with("1001: call back #vip ("));
    ask(&["note", "1002", "#vip #b2b"]);
    let listed = |condition: &str| {
        let rows: Value = serde_json::from_str(&ask(&["users", "--where", condition, "--format", "json"])).unwrap();
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| (row["user_id"].as_i64().unwrap(), row["tag"].clone()))
            .collect::<Vec<_>>()
    };
    let both: [(i64, Value); 2] = [(1001, "vip".into()), (1002, "vip b2b".into())];
    assert_eq!(listed("tag = 'vip'"), both, "whoever has the tag, others beside it or not");
    assert_eq!(listed("tag in ('b2b', 'x')"), both[1..]);
    assert_eq!(listed("tag <> 'b2b'"), both[..1]);
    assert_eq!(listed("tag = 'vi'"), []);
    let counted = ask(&["sql", "select count(*) as users, count(tag) as tagged from users", "--format", "csv"]);
    assert!(counted.trim_end().ends_with(",2"), "{counted}");
    let page = ask(&["user", "1001"]);
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[1].starts_with("A ") && lines[1].ends_with('.'), "{page}");
    assert!(lines[2].starts_with("note: call back #vip ("), "{page}");
    // A crash while a line was written loses that line alone, and it is told.
    let mut text = fs::read_to_string(place.path().join("notes.jsonl")).unwrap();
    text.push_str("{\"user\":\"1003\",\"ti");
    fs::write(place.path().join("notes.jsonl"), text).unwrap();
    let told = user360(&["note", "1002", "--workspace", &root]);
    assert!(String::from_utf8_lossy(&told.stderr).contains("line 3 is no note"), "{told:?}");
    assert!(ask(&["note", "1002", "-#b2b"]).starts_with("1002: #vip ("));
    // Runs that go take no notes with them.
    ask(&["run", "--input", path(&sample::sample_data()), "--only", "features"]);
    assert_eq!(listed("tag = 'vip'").len(), 2);
}

#[test]
fn the_workbench_writes_notes_and_tags_marked_users() {
    let mut bench = bench(120, 40);
    bench.strokes("2<enter>T");
    assert!(bench.says("About user 1001: words and #tags"), "{:#?}", bench.lines());
    bench.strokes("likes green tea #vip<enter>");
    assert!(bench.says("Note: likes green tea #vip (") && bench.says("written about 1 user"), "{:#?}", bench.lines());
    // What stands there is what one begins with.
    bench.strokes("T #b2b<enter>");
    assert!(bench.says("Note: likes green tea #vip #b2b ("), "{:#?}", bench.lines());
    bench.strokes("<esc>j j T");
    assert!(bench.says("About the 2 marked users"), "{:#?}", bench.lines());
    bench.strokes("#spring<enter>");
    assert!(bench.says("written about 2 users"), "{:#?}", bench.lines());
    bench.strokes("ftag = 'spring'<enter>");
    assert_eq!(bench.ids(), ["1002", "1004"], "{:#?}", bench.lines());
    // The filter is asked again once the tags are others.
    bench.strokes("T-#spring<enter>");
    assert!(bench.says("no users match this view"), "{:#?}", bench.lines());
}

#[test]
fn what_another_session_has_written_meanwhile_is_not_lost() {
    let mut bench = bench(120, 40);
    bench.strokes("2<enter>Tmine");
    let workspace = bench.app.workspace.clone();
    write_notes(&workspace, Share::Private, &Writing::Beside(vec!["1001".to_owned()]), "theirs").unwrap();
    bench.strokes("<enter>");
    assert!(bench.says("another has written about user 1001 meanwhile: theirs"), "{:#?}", bench.lines());
    assert!(bench.says("mine"), "what was typed is still there: {:#?}", bench.lines());
}

#[test]
fn pages_begin_with_a_sentence_and_fit_every_screen() {
    for (width, height) in [(80, 24), (120, 40), (200, 60)] {
        let mut bench = bench(width, height);
        bench.strokes("2<enter>");
        assert!(bench.says("(segment ") && bench.says("quiet for"), "{:#?}", bench.lines());
        bench.strokes("G");
        assert!(bench.says("Timeline"), "{:#?}", bench.lines());
        // Segments: who, and what sets them apart.
        bench.strokes("3o");
        assert!(bench.says(" users, ") && bench.says("Most unlike everybody:"), "{:#?}", bench.lines());
    }
    let mut two = Bench::with_two_runs(120, 40);
    two.strokes("3o");
    // Who came and who left, or that the other run knows no such segment.
    assert!(two.says(" since 2") || two.says("has no segment of this name"), "{:#?}", two.lines());
    let mut bench = bench(120, 40);
    bench.strokes("2<enter>o156<enter>");
    assert!(
        bench.says("Sencha green tea 250 g, Tea / Green tea, ") && bench.says(" users touched it, "),
        "{:#?}",
        bench.lines()
    );
}

#[test]
fn reasons_add_up_to_the_score() {
    let root = path(sample::shop()).to_owned();
    let user: Value =
        serde_json::from_str(&succeeded(user360(&["user", "1001", "--format", "json", "--workspace", &root]))).unwrap();
    let parts: f64 =
        user["churn_reasons"].as_array().unwrap().iter().map(|it| it["contribution"].as_f64().unwrap()).sum();
    let why = &user["churn_log_odds"];
    assert!((why["base"].as_f64().unwrap() + parts - why["log_odds"].as_f64().unwrap()).abs() < 1e-9, "{why}");
    let churn = user["attributes"]["churn"]["value"].as_f64().unwrap();
    assert!((why["churn"].as_f64().unwrap() - churn).abs() < 1e-6, "{why} and {churn}");
    let words = |it: &Value| it["words"].as_str().unwrap().to_owned();
    assert!(
        user["churn_reasons"].as_array().unwrap().iter().map(words).any(|it| it.starts_with("not seen for ")),
        "{user}"
    );
}
