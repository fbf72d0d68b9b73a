//! What items are called, from a file beside the log, and logs whose events name no item.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::headless::{path, report, succeeded, user360};

/// A log of 40 users and 12 items in the layout of RetailRocket, each user with a view a day.
fn log(folder: &Path) {
    let mut log = String::from("timestamp,visitorid,event,itemid,transactionid\n");
    for at in 0..400_i64 {
        let time = 1_700_000_000_000 + at * 3_600_000;
        writeln!(log, "{time},{},view,{},", at % 40, 100 + at * 7 % 12).unwrap();
    }
    fs::write(folder.join("events.csv"), log).unwrap();
}

fn run(input: &Path, workspace: &Path, more: &[&str]) -> Value {
    let args = [&["run", "--only", "ingest,features", "--input", path(input), "--workspace", path(workspace)], more];
    succeeded(user360(&args.concat()));
    report(workspace)["stages"][0].clone()
}

fn items(workspace: &Path, columns: &str) -> Vec<Value> {
    let query = format!("SELECT {columns} FROM items ORDER BY item_id");
    let told = succeeded(user360(&["sql", &query, "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str::<Value>(&told).unwrap().as_array().unwrap().clone()
}

#[test]
fn items_are_called_as_the_file_beside_the_log_says() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    log(&input);
    // By another separator, in another order, with one item that the log does not know and one without a name.
    fs::write(
        input.join("items.csv"),
        "title;sku;category;parent_sku\nGreen tea;101;Tea;T\nBlack tea;102.0;Tea;T\n;103;Tea;\nGhost;999;None of it;\n",
    )
    .unwrap();
    let stage = run(&input, &workspace, &[]);
    let notes = stage["notes"].to_string();
    assert!(
        notes.contains("items.csv tells of 12 items, by sku: the name of 2 from title, the group of 2 from parent_sku, the category of 3 from category"),
        "{notes}"
    );
    assert!(!notes.contains("not read, being no part"), "{notes}");
    let found = items(&workspace, "item_id, name, item_group, category_name");
    assert_eq!(found.len(), 12);
    assert_eq!(
        found[1],
        serde_json::json!({"item_id": 101, "name": "Green tea", "item_group": "T", "category_name": "Tea"})
    );
    assert_eq!((&found[3]["name"], &found[3]["category_name"]), (&Value::Null, &"Tea".into()));
    // The user's page says it too.
    let user = succeeded(user360(&["user", "2", "--workspace", path(&workspace)]));
    assert!(user.contains("Green tea") || user.contains("Black tea"), "{user}");

    // Another name is another answer: the file is part of what is read.
    fs::write(input.join("items.csv"), "sku,title\n101,Sencha\n").unwrap();
    run(&input, &workspace, &[]);
    assert_eq!(items(&workspace, "name")[1]["name"], "Sencha");
}

#[test]
fn a_file_of_items_is_named_by_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir_all(&input).unwrap();
    fs::create_dir_all(&workspace).unwrap();
    log(&input);
    fs::write(input.join("range.csv"), "code,what,sold_as\n1,100,Mug\n2,101,Cup\n").unwrap();
    let settings = |text: &str| fs::write(workspace.join("user360.toml"), text).unwrap();
    settings("[items]\nfile = \"range.csv\"\nname = \"sold_as\"\n");
    run(&input, &workspace, &[]);
    let found = items(&workspace, "name");
    assert_eq!((&found[0]["name"], &found[1]["name"]), (&"Mug".into(), &"Cup".into()));

    let refused = |text: &str, more: &[&str]| {
        settings(text);
        let args =
            [&["run", "--input", path(&input), "--workspace", path(&workspace), "--accept-settings"], more].concat();
        let out = user360(&args);
        assert!(!out.status.success(), "{text}");
        String::from_utf8(out.stderr).unwrap()
    };
    let told = refused("[items]\nfile = \"range.csv\"\nname = \"label\"\n", &[]);
    assert!(told.contains("no column \"label\"; its columns are code, what, sold_as; set items.name"), "{told}");
    fs::write(input.join("other.csv"), "code,text\nx,y\n").unwrap();
    let told = refused("[items]\nfile = \"other.csv\"\n", &[]);
    assert!(told.contains("no column holds their ids; set items.id"), "{told}");
    let told = refused("[items]\nfile = \"gone.csv\"\n", &[]);
    assert!(told.contains("gone.csv"), "{told}");
}

#[test]
fn a_table_that_was_only_found_is_no_reason_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let (input, workspace) = (folder.path().join("shop"), folder.path().join("workspace"));
    fs::create_dir(&input).unwrap();
    log(&input);
    fs::write(input.join("products.csv"), "a,b\nx,y\n").unwrap();
    let stage = run(&input, &workspace, &[]);
    let notes = stage["notes"].to_string();
    assert!(notes.contains("products.csv is not read: tells nothing of the log's items"), "{notes}");
}

#[test]
fn events_without_an_item_are_told_on_a_users_page() {
    let folder = tempfile::tempdir().unwrap();
    let (file, workspace) = (folder.path().join("log.csv"), folder.path().join("workspace"));
    let mut log = String::from("time,user,event,product\n");
    for at in 0..60 {
        let (event, item) = if at % 2 == 0 { ("view_item", "tea") } else { ("page_view", "") };
        writeln!(log, "2024-03-{:02} 10:00:00,u{},{event},{item}", 1 + at % 28, at % 5).unwrap();
    }
    fs::write(&file, log).unwrap();
    let space = path(&workspace);
    succeeded(user360(&["init", path(&file), "--yes", "--workspace", space]));
    succeeded(user360(&["run", "--only", "ingest,features", "--workspace", space]));
    let told = succeeded(user360(&["user", "u1", "--format", "json", "--workspace", space]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let events = told["timeline"].as_array().unwrap();
    assert_eq!(events.len(), 12);
    assert!(events.iter().any(|event| event["event"] == "visit" && event["item"].is_null()), "{told}");
    assert!(succeeded(user360(&["user", "u1", "--workspace", space])).contains("visit"));
}
