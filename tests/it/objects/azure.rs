//! Azure Blob Storage, against the server of the test's own.

use std::fs;
use std::process::Command;

use super::server::{ACCOUNT, Fault, Server};
use super::{ONLY, report, table};
use crate::headless::{path, succeeded};
use crate::sources::{csv, gzip, rows};

/// The account's key, which is written in base 64.
const KEY: &str = "Z2VoZWltLTRiMWQ=";

/// The program with an account of Azure's, whose endpoint is the server.
fn user360(server: &Server, args: &[&str]) -> Command {
    let mut command = server.keyless(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AZURE_")) {
        command.env_remove(name);
    }
    command
        .env("AZURE_STORAGE_ACCOUNT", ACCOUNT)
        .env("AZURE_STORAGE_KEY", KEY)
        .env("AZURE_STORAGE_ENDPOINT", server.web("").trim_end_matches('/'));
    command
}

#[test]
fn blobs_of_a_container_of_azure_s_are_a_log() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let (of_file, of_blobs) = (folder.path().join("a"), folder.path().join("b"));
    let file = folder.path().join("log.csv");
    fs::write(&file, csv(&rows(0))).unwrap();
    succeeded(server.user360(&[&["run", "--input", path(&file)], &ONLY[..], &[path(&of_file)]].concat()));
    for (at, part) in rows(0).chunks(50).enumerate() {
        server.put(&format!("shop/logs/2024-0{}.csv.gz", at + 1), gzip(csv(part).as_bytes()));
    }
    server.put("shop/logs/readme.md", "# A log");
    server.put("shop/other.csv", "a,b\n1,2\n");
    let init = ["init", "az://shop/logs/*.gz", "--yes", "--workspace", path(&of_blobs)];
    succeeded(user360(&server, &init).output().unwrap());
    server.fail(Fault::None);
    let run = [&["run"], &ONLY[..], &[path(&of_blobs)]].concat();
    succeeded(user360(&server, &run).output().unwrap());
    assert_eq!(server.answers(), 4, "nothing else was fetched");
    for name in ["events.parquet", "items.parquet"] {
        assert!(table(&of_file, name) == table(&of_blobs, name), "{name}");
    }
    let notes = report(&server, &of_blobs)["stages"][0]["notes"].to_string();
    assert!(notes.contains("4 objects were read from az://shop/logs"), "{notes}");

    // What breaks off is asked for again, and who is not let in is told where keys are looked for.
    server.put("shop/whole.csv", csv(&rows(0)));
    server.fail(Fault::Cut(1));
    let one = folder.path().join("c");
    let args = [&["run", "--input", "az://shop/whole.csv"], &ONLY[..], &[path(&one)]].concat();
    succeeded(user360(&server, &args).output().unwrap());
    assert!(server.answers() >= 2, "{}", server.answers());
    assert_eq!(report(&server, &one)["input"]["events"]["accepted"], 200);
    let refused = user360(&server, &args).env("AZURE_STORAGE_ACCOUNT", "other").output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("403 Forbidden") && said.contains("AZURE_STORAGE_KEY") && !said.contains(KEY), "{said}");
}
