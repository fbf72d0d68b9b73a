//! Logs in object stores and at web servers, against a server of the test's own.

mod azure;
mod faults;
mod google;
pub mod server;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::headless::{path, succeeded};
use crate::sources::{csv, gzip, rows};
use server::{Fault, SECRET, Server};

fn report(server: &Server, workspace: &Path) -> Value {
    let told = succeeded(server.user360(&["report", "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

/// The bytes of a table of the current run.
fn table(workspace: &Path, name: &str) -> Vec<u8> {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    fs::read(workspace.join("runs").join(manifest["current"].as_str().unwrap()).join(name)).unwrap()
}

/// Every file below a folder that holds the secret.
fn with_secret(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(with_secret(&path));
        } else if fs::read(&path).unwrap().windows(SECRET.len()).any(|part| part == SECRET.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn left(workspace: &Path) -> Vec<String> {
    let names = fs::read_dir(workspace).into_iter().flatten();
    names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

const ONLY: [&str; 3] = ["--only", "ingest", "--workspace"];

fn run(server: &Server, input: &[&str], workspace: &Path) -> std::process::Output {
    server.user360(&[&["run"], input, &ONLY[..], &[path(workspace)]].concat())
}

#[test]
fn an_object_is_read_like_its_file_and_not_fetched_again_while_it_is_the_same() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let (file, of_file, of_object) = (folder.path().join("log.csv"), folder.path().join("a"), folder.path().join("b"));
    fs::write(&file, csv(&rows(0))).unwrap();
    server.put("shop/logs/2024/log.csv.gz", gzip(csv(&rows(1)).as_bytes()));
    succeeded(run(&server, &["--input", path(&file)], &of_file));
    let told = run(&server, &["--input", "s3://shop/logs/2024/log.csv.gz"], &of_object);
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    succeeded(told);
    for name in ["events.parquet", "items.parquet", "event_details.parquet"] {
        assert!(table(&of_file, name) == table(&of_object, name), "{name}");
    }
    let settings = fs::read_to_string(of_object.join("user360.toml")).unwrap();
    assert!(settings.contains("input = \"s3://shop/logs/2024/log.csv.gz\""), "{settings}");
    let notes = report(&server, &of_object)["stages"][0]["notes"].to_string();
    assert!(notes.contains("bytes were read from s3://shop/logs/2024/log.csv.gz"), "{notes}");

    let first = report(&server, &of_object);
    server.fail(Fault::None);
    succeeded(run(&server, &[], &of_object));
    assert_eq!(report(&server, &of_object)["run"], first["run"], "nothing was due");
    // Another stage is: it reads the run's tables, not the object.
    succeeded(server.user360(&["run", "--only", "segments", "--workspace", path(&of_object)]));
    assert_ne!(report(&server, &of_object)["run"], first["run"]);
    assert_eq!(server.answers(), 0, "the object was not fetched again");

    let mut more = rows(0);
    more.push((230, 101, false, 900, 100, 1));
    server.put("shop/logs/2024/log.csv.gz", gzip(csv(&more).as_bytes()));
    succeeded(run(&server, &[], &of_object));
    assert_eq!(report(&server, &of_object)["input"]["events"]["read"], 201);
    assert_eq!(server.answers(), 1);

    assert!(!left(&of_object).iter().any(|name| name.starts_with(".scratch")), "{:?}", left(&of_object));
    assert!(!said.contains(SECRET), "{said}");
    assert_eq!([with_secret(&of_object), with_secret(server.home())].concat(), Vec::<String>::new());
}

#[test]
fn prefixes_and_patterns_are_logs_to_which_a_new_object_belongs() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let all = rows(0);
    for (at, part) in all.chunks(40).take(4).enumerate() {
        server.put(&format!("shop/logs/dt=2023-03-{}/part-0.csv", 13 + at), csv(part));
    }
    server.put("shop/logs/_SUCCESS", "");
    server.put("shop/logs/readme.md", "# A log");
    let read = |input: &str| {
        let workspace = tempfile::tempdir_in(folder.path()).unwrap().keep();
        succeeded(server.user360(&["init", input, "--yes", "--workspace", path(&workspace)]));
        succeeded(run(&server, &[], &workspace));
        (report(&server, &workspace)["input"]["events"]["accepted"].clone(), workspace)
    };
    let (accepted, workspace) = read("s3://shop/logs");
    assert_eq!(accepted, 160);
    assert_eq!(read("s3://shop/logs/dt=2023-03-1[34]/*.csv").0, 80);
    let settings = fs::read_to_string(workspace.join("user360.toml")).unwrap();
    assert!(settings.contains("files = [\"**/*.csv\"]"), "{settings}");

    server.put("shop/logs/dt=2023-03-17/part-0.csv", csv(&all[160..]));
    succeeded(run(&server, &[], &workspace));
    let grown = report(&server, &workspace);
    assert_eq!(grown["input"]["events"]["accepted"], 200);
    let notes = grown["stages"][0]["notes"].to_string();
    assert!(notes.contains("5 objects were read from s3://shop/logs"), "{notes}");
    assert!(notes.contains("160 event rows taken over"), "{notes}");
}

#[test]
fn a_web_servers_file_is_read_and_objects_are_added() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let all = rows(0);
    server.put("public/log.csv", csv(&all[..150]));
    server.put("shop/week/a.csv", csv(&all[150..180]));
    server.put("shop/week/b.csv", csv(&all[180..]));
    let workspace = folder.path().join("workspace");
    succeeded(run(&server, &["--input", &server.web("public/log.csv")], &workspace));
    assert_eq!(report(&server, &workspace)["input"]["events"]["accepted"], 150);
    let add = ["add", "s3://shop/week/", "--workspace", path(&workspace)];
    let told = succeeded(server.user360(&add));
    assert!(told.contains("of the first 30 rows 30 are accepted"), "{told}");
    succeeded(run(&server, &[], &workspace));
    assert_eq!(report(&server, &workspace)["input"]["events"]["accepted"], 200);
    assert!(succeeded(server.user360(&add)).contains("is read already"));
}

#[test]
fn keys_are_found_in_a_profile() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    server.put("shop/log.csv", csv(&rows(0)));
    let aws = server.home().join(".aws");
    fs::create_dir(&aws).unwrap();
    fs::write(
        aws.join("credentials"),
        format!("[work]\naws_access_key_id = {}\naws_secret_access_key = {SECRET}\n", server::KEY),
    )
    .unwrap();
    let workspace = folder.path().join("workspace");
    let args = [&["run", "--input", "s3://shop/log.csv"], &ONLY[..], &[path(&workspace)]].concat();
    succeeded(server.keyless(&args).env("AWS_PROFILE", "work").output().unwrap());
    let other = server.keyless(&args).env("AWS_PROFILE", "gone").output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&other.stderr).contains("no profile of this name"), "{other:?}");
    // The key is not what the profile says: the server's refusal names where keys are looked for.
    let mut wrong = server.keyless(&args);
    wrong.env("AWS_ACCESS_KEY_ID", "AKIAOTHER").env("AWS_SECRET_ACCESS_KEY", "x");
    let said = String::from_utf8_lossy(&wrong.output().unwrap().stderr).into_owned();
    assert!(said.contains("403 Forbidden"), "{said}");
    assert!(said.contains("~/.aws"), "{said}");
}

#[test]
fn files_beside_the_events_are_brought_where_they_are_asked_for() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    server.put("shop/logs/2023-03.csv", csv(&rows(0)));
    server.put("shop/logs/catalogue.csv", "product_id,name\n900,Green tea\n901,Black tea\n");
    server.put("shop/logs/else.csv", "a,b\n1,2\n");
    let workspace = folder.path().join("workspace");
    succeeded(server.user360(&["init", "s3://shop/logs/2023-*.csv", "--yes", "--workspace", path(&workspace)]));
    let settings = workspace.join("user360.toml");
    let mut told = fs::read_to_string(&settings).unwrap();
    told.push_str("\n[items]\nfile = \"catalogue.csv\"\n");
    fs::write(&settings, told).unwrap();
    server.fail(Fault::None);
    succeeded(run(&server, &[], &workspace));
    assert_eq!(server.answers(), 2, "nothing else was fetched");
    let query = "select count(*) as named from items where name like '% tea'";
    let named = succeeded(server.user360(&["sql", query, "--format", "csv", "--workspace", path(&workspace)]));
    assert_eq!(named.lines().collect::<Vec<_>>(), ["named", "2"]);
}

#[test]
fn several_logs_each_with_tables_of_its_own_are_read_from_a_bucket() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let (mut views, mut lines) = (String::from("ts,visitor,page\n"), String::from("order_id,sku,price,quantity\n"));
    let (mut orders, mut pages) = (String::from("order_id,ordered_at,customer\n"), String::from("page,sku\n"));
    for row in 0..120_u32 {
        writeln!(views, "{},c{},p{}", 1_704_067_207 + row * 4_000, row % 30, row % 11).unwrap();
        writeln!(lines, "o{},s{},{}.25,2", row / 2, row % 11, row % 9 + 1).unwrap();
        if row % 2 == 0 {
            writeln!(orders, "o{},2024-01-{:02} 10:{:02}:11,c{}", row / 2, row % 28 + 1, row % 60, row % 30).unwrap();
        }
        if row < 11 {
            writeln!(pages, "p{row},s{row}").unwrap();
        }
    }
    for (name, text) in [("views", views), ("lines", lines), ("orders", orders), ("pages", pages)] {
        server.put(&format!("shop/all/{name}.csv"), text);
    }
    server.put("shop/all/else.csv", "a,b\n1,2\n");
    let workspace = folder.path().join("workspace");
    let told = succeeded(server.user360(&["init", "s3://shop/all/", "--yes", "--workspace", path(&workspace)]));
    assert!(told.contains("lines.csv is the log") && told.contains("views.csv is a log of its own"), "{told}");
    let file = workspace.join("user360.toml");
    let settings = fs::read_to_string(&file).unwrap();
    assert!(settings.contains("input = \"s3://shop/all/\"") && settings.contains("\"orders.csv\""), "{settings}");
    // Which item a page shows is told by a table of the views alone.
    let (first, second) = settings.split_at(settings.rfind("[[ingest.logs]]").unwrap());
    let joined = second
        .replace("[[ingest.logs]]\n", "[[ingest.logs]]\njoin = [{ file = \"pages.csv\", on = \"page\" }]\n")
        .replace("item = \"page\"", "item = \"sku\"");
    let joined = if joined.contains("item = ") {
        joined
    } else {
        joined.replace("[ingest.logs.columns]\n", "[ingest.logs.columns]\nitem = \"sku\"\n")
    };
    fs::write(&file, format!("{first}{joined}")).unwrap();
    server.fail(Fault::None);
    succeeded(run(&server, &["--accept-settings"], &workspace));
    assert_eq!(server.answers(), 4, "nothing else was fetched");
    let query = "select event, count(*) as n, count(distinct item_id) as items, count(distinct user_id) as users, \
                 sum(price) as net from events group by event order by event";
    let found = succeeded(server.user360(&["sql", query, "--format", "csv", "--workspace", path(&workspace)]));
    let net: f64 = (0..120_u32).map(|row| f64::from(row % 9 + 1) * 2.0 + 0.5).sum();
    assert_eq!(
        found.lines().skip(1).collect::<Vec<_>>(),
        [format!("transaction,120,11,15,{net}"), "view,120,11,30,".to_owned()]
    );
    let notes = report(&server, &workspace)["stages"][0]["notes"].to_string();
    assert!(
        notes.contains("pages.csv is joined by page") && notes.contains("orders.csv is joined by order_id"),
        "{notes}"
    );
    assert!(!left(&workspace).iter().any(|name| name.starts_with(".scratch")), "{:?}", left(&workspace));
}
