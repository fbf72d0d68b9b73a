//! What a query sees beside the tables of runs: files and columns that the workspace names, and the result before it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::headless::{path, succeeded, user360};
use crate::sample;

fn rows(workspace: &Path, query: &str) -> Value {
    let told = succeeded(user360(&["sql", query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

fn refused(workspace: &Path, query: &str, words: &str) {
    let ended = user360(&["sql", query, "--workspace", path(workspace)]);
    let told = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{told}");
    assert!(told.contains(words), "{told}");
}

#[test]
fn files_and_columns_of_the_workspace_are_seen_by_queries() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path();
    sample::copy(sample::workspace(), root);
    fs::write(root.join("costs.csv"), "user_id,contact_cost,team\n1,0.5,north\n2,1.25,south\n7,2,\n").unwrap();
    let settings = "[tables]\ncosts = \"costs.csv\"\n[[columns]]\nname = \"busy\"\nsql = \"views > 2 and segment is not null\"\n\
                    [[columns]]\nname = \"twice\"\nsql = \"views * 2\"\n";
    fs::write(root.join("user360.toml"), settings).unwrap();
    let joined =
        rows(root, "select user_id, team, contact_cost from users join costs using (user_id) order by user_id");
    assert_eq!(joined[0], json!({"user_id": 1, "team": "north", "contact_cost": 0.5}));
    assert_eq!((joined.as_array().unwrap().len(), &joined[2]["team"]), (3, &Value::Null));
    let counted = rows(root, "select count(*) as n, sum(twice) as t from users where busy");
    let same =
        rows(root, "select count(*) as n, sum(views * 2) as t from users where views > 2 and segment is not null");
    assert_eq!(counted, same);
    assert!(counted[0]["n"].as_u64().unwrap() > 5, "{counted}");
    assert!(rows(root, "select * from users limit 1")[0]["twice"].is_number());
    let names = rows(root, "show tables");
    assert!(names.as_array().unwrap().contains(&json!({"name": "costs"})), "{names}");
    let columns = rows(root, "describe users");
    assert!(columns.as_array().unwrap().iter().any(|column| column["column_name"] == "busy"), "{columns}");
    // Nothing else of the folder can be read.
    refused(root, "select * from 'costs.csv'", "");
    refused(root, "select * from cost", "did you mean costs?");

    let wrong = |settings: &str, words: &str| {
        fs::write(root.join("user360.toml"), settings).unwrap();
        refused(root, "select user_id from users limit 1", words);
    };
    wrong("[tables]\nusers = \"costs.csv\"\n", "[tables] users is a table already");
    wrong("[[columns]]\nname = \"views\"\nsql = \"1\"\n", "the column views of [[columns]]");
    wrong("[[columns]]\nname = \"x\"\nsql = \"vieuws + 1\"\n", "the column x of [[columns]]");
    wrong("[[columns]]\nname = \"x\"\nsql = \"(select 1)\"\n", "the column x of [[columns]]");
    wrong("[[columns]]\nname = \"x\"\nsqll = \"1\"\n", "user360.toml:");
    fs::write(root.join("user360.toml"), "[tables]\ngone = \"gone.csv\"\n").unwrap();
    assert_eq!(
        rows(root, "select 1 as one from users limit 1"),
        json!([{"one": 1}]),
        "a file that nobody asks for is not read"
    );
    let missing = user360(&["sql", "select * from gone", "--workspace", path(root)]);
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("gone.csv"));
}

#[test]
fn the_result_in_sight_is_the_table_last() {
    let mut bench = Bench::new(120, 40);
    bench.strokes("8wselect * from last<enter>");
    assert!(bench.says("no table last"), "{:#?}", bench.lines());
    bench.strokes("<ctrl-u>select user_id, views as seen from users where views > 5<enter>");
    let first = bench.app.grid().unwrap().rows().len();
    assert!(first > 3, "{:#?}", bench.lines());
    bench.strokes("w<ctrl-u>select count(*) as n, min(seen) as fewest from last<enter>");
    let cells = |bench: &Bench, column| bench.app.grid().unwrap().table().unwrap().cell(0, column).to_string();
    assert_eq!(cells(&bench, 0), first.to_string());
    assert!(cells(&bench, 1).parse::<u64>().unwrap() > 5);
    // Now this is the last one.
    bench.strokes("w<ctrl-u>select n + 1 as more from last<enter>");
    assert_eq!(cells(&bench, 0), (first + 1).to_string());
}
