//! A server that refuses, fails, ends or is told to stop.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use user360::error::Error;
use user360::job::Job;
use user360::postgres::{Address, select};

use crate::headless::path;
use crate::postgres::server::{PASSWORD, Server};

#[test]
fn what_is_wrong_with_a_query_or_a_login_is_told() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("shop");
    let refused = |address: &str, query: &str, code: i32| {
        let args = ["run", "--workspace", path(&workspace), "--input", address, "--query", query];
        let output = server.user360(&args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
        said
    };
    let address = server.address("");
    let said = refused(&address, "select 1,\n  nothing.at_all", 2);
    assert!(said.contains("missing FROM-clause entry for table \"nothing\""), "{said}");
    assert!(said.contains("line 2, column 3:\n    nothing.at_all\n    ^"), "{said}");
    assert!(refused(&address, "select $1::int, 2", 2).contains("has a parameter"));
    assert!(refused(&address, "select 1; select 2", 2).contains("multiple commands"));
    server.sql("create table kept (a int)");
    assert!(refused(&address, "insert into kept values (1) returning a", 2).contains("read-only transaction"));
    assert_eq!(server.sql("select count(*) from kept"), "0");
    assert!(
        refused(&address.replace("/postgres?", "/nowhere?"), "select 1, 2", 1).contains("\"nowhere\" does not exist")
    );
    assert!(refused("postgres:///postgres?host=/nonexistent", "select 1, 2", 1).contains("cannot connect"));
    let inside = format!("postgres://shop:{PASSWORD}@localhost/postgres");
    assert!(refused(&inside, "select 1, 2", 2).contains("must not hold a password"));

    let wrong = folder.path().join("wrong");
    fs::write(&wrong, "*:*:*:shop:no\n").unwrap();
    let mut command =
        server.command(&["run", "--workspace", path(&workspace), "--input", &address, "--query", "select 1, 2"]);
    command.env_remove("PGPASSWORD").env("PGPASSFILE", &wrong);
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("may be read by others"), "{said}");
    assert!(std::process::Command::new("chmod").arg("600").arg(&wrong).status().unwrap().success());
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("password authentication failed") && said.contains("PGPASSFILE"), "{said}");
    fs::write(&wrong, "").unwrap();
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.contains("~/.pgpass"), "{said}");
}

#[test]
fn a_server_that_ends_in_the_middle_leaves_nothing_half_done() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("shop");
    fs::create_dir(&workspace).unwrap();
    let settings = "[ingest]\nlayout = \"custom\"\ncolumns = { time = \"ts\", user = \"customer\" }\n";
    fs::write(workspace.join("user360.toml"), settings).unwrap();
    let query = "select now() as ts, n as customer, pg_sleep(0.01)::text from generate_series(1, 1000000) n";
    let args = ["run", "--workspace", path(&workspace), "--input", &server.address(""), "--query", query];
    let run = server.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    server.wait_for_queries(1);
    server.kill();
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("postgres://shop@/postgres: ") && said.contains("nothing of its rows was kept"), "{said}");
    let mut left: Vec<String> =
        fs::read_dir(&workspace).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert!(!left.iter().any(|name| name.starts_with(".scratch") || name == "manifest.json"), "{left:?}");
    assert!(fs::read_dir(workspace.join("runs")).is_ok_and(|mut runs| runs.next().is_none()), "{left:?}");
}

/// Cancels a job when the first rows come.
struct Cancels(Job);

impl Write for Cancels {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.cancel();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_cancel_ends_the_query_on_the_server_too() {
    let Some(server) = Server::start() else { return };
    let address = Address::parse(&server.address("")).unwrap();
    let read = |query: &str, job: &Job| {
        select(&address, query, Some(&server.password_file()), None, &mut Cancels(job.clone()), job)
    };
    let job = Job::new();
    let endless = "select repeat('x', 10000) from generate_series(1, 100000000)";
    assert!(matches!(read(endless, &job), Err(Error::Cancelled)));
    server.wait_for_queries(0);
    // Before any row has come.
    let job = Job::new();
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| read("select pg_sleep(600)::text", &job));
        server.wait_for_queries(1);
        job.cancel();
        assert!(matches!(reading.join().unwrap(), Err(Error::Cancelled)));
    });
    server.wait_for_queries(0);
}
