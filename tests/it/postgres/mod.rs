//! Logs in PostgreSQL and exports to it, against a real server.

mod export;
mod faults;
pub mod server;
mod values;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::headless::{path, succeeded};
use server::{PASSWORD, Server};

/// Six hundred rows of forty customers: views, carts and orders.
const LOG: &str = "create table log as select \
    timestamptz '2024-01-01 08:00+00' + n * interval '97 minutes 13.25 seconds' as ts, \
    1000 + n * 7 % 40 as customer, \
    (array['view', 'view', 'add_to_cart', 'purchase'])[1 + n % 4] as event, \
    'sku-' || n * 13 % 55 as sku, \
    case when n % 4 = 3 then 5000 + n / 4 end as order_id, \
    case when n % 4 = 3 then (100 + n * 37 % 9000)::numeric(10, 2) / 100 end as price \
    from generate_series(0, 599) n";
const QUERY: &str = "select ts, customer, event, sku, order_id, price from log order by ts -- all of it";

fn report(server: &Server, workspace: &Path) -> Value {
    let told = succeeded(server.user360(&["report", "--format", "json", "--workspace", path(workspace)]));
    serde_json::from_str(&told).unwrap()
}

/// The bytes of a table of the current run.
fn table(workspace: &Path, name: &str) -> Vec<u8> {
    let manifest: Value = serde_json::from_slice(&fs::read(workspace.join("manifest.json")).unwrap()).unwrap();
    fs::read(workspace.join("runs").join(manifest["current"].as_str().unwrap()).join(name)).unwrap()
}

/// Every file below a folder that holds the password.
fn with_password(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(with_password(&path));
        } else if fs::read(&path).unwrap().windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_query_is_read_like_the_csv_of_its_rows() {
    let Some(server) = Server::start() else { return };
    server.sql(LOG);
    let folder = tempfile::tempdir().unwrap();
    let (file, of_file, of_query) = (folder.path().join("log.csv"), folder.path().join("a"), folder.path().join("b"));
    let rows = server.sql(&format!("copy ({QUERY}\n) to stdout (format csv, header)"));
    fs::write(&file, rows + "\n").unwrap();
    let only = ["--only", "ingest", "--workspace"];
    succeeded(server.user360(&[&["run", "--input", path(&file)], &only[..], &[path(&of_file)]].concat()));

    // No settings say how it is read: they are proposed from its rows, which are asked for once, and written.
    let scans = || server.sql("select seq_scan from pg_stat_user_tables where relname = 'log'").parse::<u64>().unwrap();
    // The server counts a scan when its connection has ended.
    while scans() == 0 {
        std::thread::yield_now();
    }
    let before = scans();
    let address = server.address("");
    let named = ["run", "--input", address.as_str(), "--query", QUERY];
    let run = server.user360(&[&named[..], &only[..], &[path(&of_query)]].concat());
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    succeeded(run);
    while scans() == before {
        std::thread::yield_now();
    }
    assert_eq!(scans(), before + 1);
    for name in ["events.parquet", "items.parquet", "event_details.parquet"] {
        assert!(table(&of_file, name) == table(&of_query, name), "{name}");
    }
    let settings = fs::read_to_string(of_query.join("user360.toml")).unwrap();
    assert!(settings.contains(&format!("input = \"{address}\"")), "{settings}");
    assert!(settings.contains(&format!("query = \"{QUERY}\"")), "{settings}");
    let notes = report(&server, &of_query)["stages"][0]["notes"].to_string();
    assert!(notes.contains("600 rows of a query were read from postgres://shop@/postgres"), "{notes}");

    // The settings say it all; equal rows are known again, another row is not.
    let again = |accept: &[&str]| {
        succeeded(server.user360(&[&["run"], &only[..], &[path(&of_query)], accept].concat()));
        report(&server, &of_query)
    };
    let first = report(&server, &of_query);
    assert_eq!(again(&[])["run"], first["run"], "nothing was due");
    server.sql("insert into log values ('2024-03-01', 1001, 'view', 'sku-1', null, null)");
    let grown = again(&[]);
    assert_ne!(grown["run"], first["run"]);
    assert_eq!(grown["input"]["events"]["read"], 601);
    let notes = grown["stages"][0]["notes"].to_string();
    assert!(notes.contains("read whole: a query's rows"), "{notes}");

    let left: Vec<_> = fs::read_dir(&of_query).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".scratch")), "{left:?}");
    assert!(!said.contains(PASSWORD), "{said}");
    assert_eq!([with_password(&of_query), with_password(&server.state())].concat(), Vec::<String>::new());
}

#[test]
fn init_proposes_how_a_query_is_read() {
    let Some(server) = Server::start() else { return };
    server.sql(LOG);
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("shop");
    // The password of the configuration, not of the environment.
    let config = folder.path().join("config/user360");
    fs::create_dir_all(&config).unwrap();
    let named = format!("[database]\npassword_file = \"{}\"\n", server.password_file().display());
    fs::write(config.join("config.toml"), named).unwrap();
    let user360 = |args: &[&str]| {
        let args = [args, &["--workspace", path(&workspace)]].concat();
        let mut command = server.command(&args);
        command.env_remove("PGPASSWORD").env("XDG_CONFIG_HOME", folder.path().join("config")).output().unwrap()
    };
    let address = server.address("");
    let told = succeeded(user360(&["init", &address, "--query", QUERY, "--yes"]));
    assert!(told.contains("customer") && told.contains("ts"), "{told}");
    succeeded(user360(&["run", "--only", "ingest"]));
    assert_eq!(report(&server, &workspace)["input"]["users"], 40);

    let without = user360(&["init", &address, "--yes", "--overwrite"]);
    assert_eq!(without.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&without.stderr).contains("--query"));
    let file = user360(&["run", "--input", "nowhere.csv", "--query", "select 1"]);
    assert!(String::from_utf8_lossy(&file.stderr).contains("is none"), "{file:?}");
}
