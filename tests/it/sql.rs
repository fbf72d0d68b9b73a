//! Queries answer as another database does: rows, values to nine digits, kinds of values. `tests/data/sql` has the queries
//! and what DuckDB answers to them on the workspace of 0.1.0, and those that are refused.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use polars::prelude::{AnyValue, DataFrame, DataType};
use serde_json::Value;
use user360::job::Job;
use user360::store::{Cell, Run, Workspace, cell_at, sql, sql_blocks, sql_counted};

use crate::trust::place::{Place, fixture};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sql").join(name)
}

fn run() -> Run {
    Workspace::open(fixture("0.1.0/workspace")).current().unwrap().unwrap()
}

/// The lines of a file that are no comments.
fn lines(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(data(name)).unwrap();
    text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("--")).map(str::to_owned).collect()
}

/// What a column holds, in the words of `answers.py`.
fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Boolean => "bool",
        DataType::String => "text",
        DataType::Date => "date",
        DataType::Datetime(..) => "time",
        DataType::List(_) => "list",
        kind if kind.is_integer() => "int",
        kind if kind.is_float() => "real",
        DataType::Null => "null",
        _ => "other",
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn same(frame: &DataFrame, row: usize, column: usize, wanted: &Value) -> bool {
    match (cell_at(frame, row, column), wanted) {
        (Cell::Null, Value::Null) => true,
        (Cell::Bool(found), Value::Bool(wanted)) => found == *wanted,
        (Cell::Int(found), Value::Number(wanted)) => wanted.as_i64() == Some(found),
        (Cell::Float(found), Value::String(wanted)) => found.to_string() == *wanted,
        (Cell::Float(found), Value::Number(wanted)) => {
            // A cell shows the shortest decimal of a number of single precision; DuckDB tells it in double.
            let single = matches!(frame.columns()[column].get(row), Ok(AnyValue::Float32(_)));
            let found = if single { f64::from(found as f32) } else { found };
            close(found, wanted.as_f64().unwrap())
        }
        (Cell::Time(_), Value::String(wanted)) => cell_at(frame, row, column).to_string() == *wanted,
        (Cell::Text(found), Value::String(wanted)) => found == *wanted,
        (Cell::Text(found), Value::Array(parts)) => {
            let parts: Vec<String> =
                parts.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
            found == parts.join(", ")
        }
        _ => false,
    }
}

/// How an answer differs from the wanted one; nothing where it does not. Rows that no clause orders may come in any order.
fn difference(query: &str, frame: &DataFrame, answer: &Value) -> Option<String> {
    let kinds: Vec<&str> = answer["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    let found: Vec<&str> = frame.columns().iter().map(|column| kind(column.dtype())).collect();
    if found != kinds && frame.height() > 0 {
        return Some(format!("kinds {found:?}, not {kinds:?}"));
    }
    let rows = answer["rows"].as_array().unwrap();
    if rows.len() != frame.height() {
        return Some(format!("{} rows, not {}", frame.height(), rows.len()));
    }
    let alike = |at: usize, wanted: &Value| {
        (0..frame.width()).all(|column| same(frame, at, column, &wanted.as_array().unwrap()[column]))
    };
    let ordered = query.rsplit(')').next().unwrap().contains("order by") || query.ends_with("order by 1");
    let mut free: Vec<usize> = (0..rows.len()).collect();
    for (at, wanted) in rows.iter().enumerate() {
        let found =
            if ordered { alike(at, wanted).then_some(at) } else { free.iter().copied().find(|&at| alike(at, wanted)) };
        let Some(found) = found else {
            let shown: Vec<String> = (0..frame.width()).map(|column| cell_at(frame, at, column).to_string()).collect();
            return Some(format!("row {at}: {shown:?}, not {wanted}"));
        };
        free.retain(|&other| other != found);
    }
    None
}

#[test]
fn every_query_answers_as_duckdb_does() {
    let run = run();
    let answers: Vec<Value> = lines("answers.jsonl").iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let asked: Vec<&str> = answers.iter().map(|answer| answer["query"].as_str().unwrap()).collect();
    assert_eq!(asked, lines("queries.sql"), "answers.py has not been run since queries.sql changed");
    let mut wrong = Vec::new();
    for answer in &answers {
        let query = answer["query"].as_str().unwrap();
        match sql(&run, query, usize::MAX) {
            Ok(frame) => wrong.extend(difference(query, &frame, answer).map(|what| format!("{query}\n    {what}"))),
            Err(error) => wrong.push(format!("{query}\n    {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), answers.len(), wrong.join("\n"));
}

#[test]
fn what_is_not_answered_is_refused_by_name_in_a_line() {
    let run = run();
    for line in lines("refused.sql") {
        let (query, words) = line.rsplit_once(" | ").unwrap();
        let told = match sql(&run, query, 10) {
            Ok(frame) => panic!("{query} answers {frame}"),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(words), "{query}\n    {told}");
        assert!(told.lines().count() <= 3, "{query}\n    {told}");
        assert!(!told.contains("Internal error") && !told.contains("DataFusion"), "{query}\n    {told}");
    }
}

#[test]
fn what_is_too_deep_is_refused_and_the_program_goes_on() {
    let run = run();
    let terms = format!("select {} as n", vec!["1"; 10_000].join(" + "));
    let unions = vec!["select 1 as n"; 600].join(" union all ");
    let brackets = format!("select {}1{} as n", "(".repeat(3000), ")".repeat(3000));
    let signs = format!("select {}1 as n", "- ".repeat(450));
    let deep_enough = format!("select {} as n", vec!["1"; 480].join(" + "));
    for query in [terms, unions, brackets] {
        let told = sql(&run, &query, 1).unwrap_err().to_string();
        assert!(told.contains("most") && told.len() < 300, "{told}");
    }
    // Whether it is read or refused: the program stands.
    let _ = sql(&run, &signs, 1);
    assert_eq!(cell_at(&sql(&run, &deep_enough, 1).unwrap(), 0, 0), Cell::Int(480));
}

#[test]
fn a_query_without_end_stops_when_its_job_is_cancelled() {
    let run = run();
    let job = Job::new();
    let endless =
        "select count(*) as n from events a, events b, events c, events d where a.price + b.price < c.price - d.price";
    let watched = job.clone();
    let asked = std::thread::spawn(move || sql_counted(&run, endless, 10, &watched).map(|_| ()));
    while job.progress().unit != "rows" {
        std::thread::yield_now();
    }
    let begun = Instant::now();
    job.cancel();
    let told = asked.join().unwrap().unwrap_err().to_string();
    assert_eq!(told, "cancelled");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(sql(&self::run(), "select 1 as a", 1).unwrap().height(), 1, "the next query runs");
}

#[test]
fn rows_without_an_order_are_the_same_each_time() {
    let run = run();
    for query in ["select * from events limit 7", "select user_id from users where churn > 0.5 limit 5"] {
        let first = sql(&run, query, 100).unwrap();
        assert!((0..5).all(|_| sql(&run, query, 100).unwrap().equals_missing(&first)), "{query}");
    }
}

#[test]
fn kept_runs_are_read_by_name() {
    let run = run();
    let id = run.info().id.clone();
    let before = "select count(*) as n from previous.users";
    assert_eq!(cell_at(&sql(&run, before, 1).unwrap(), 0, 0), Cell::Int(103));
    let named = format!("run_{}.features", id.to_lowercase().replace('-', "_"));
    assert_eq!(cell_at(&sql(&run, &format!("select count(*) as n from {named}"), 1).unwrap(), 0, 0), Cell::Int(103));
    assert_eq!(cell_at(&sql(&run, "select count(*) as n from run_20261127.events", 1).unwrap(), 0, 0), Cell::Int(1809));
    let told = sql(&run, "select uplift from previous.users", 1).unwrap_err().to_string();
    assert!(told.contains("no column uplift"), "{told}");
    let told = sql(&run, "select 1 from previous.uplift", 1).unwrap_err().to_string();
    assert!(told.contains("no table previous.uplift"), "{told}");
}

/// What `sql -` answers to a query on its standard input.
fn from_stdin(place: &Place, query: &str) -> String {
    let mut command = place.command(&["sql", "-", "--format", "csv"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(query.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rows_for_a_file_come_as_they_are_made_and_a_failure_among_them_leaves_no_file() {
    let run = run();
    let every = "select user_id, time, item_id from events";
    let whole = sql(&run, every, usize::MAX).unwrap();
    for limit in [0, 1, 1000, usize::MAX] {
        let mut rows = DataFrame::empty();
        for block in sql_blocks(&run, every, limit, &Job::new()).unwrap() {
            rows = if rows.width() == 0 { block.unwrap() } else { rows.vstack(&block.unwrap()).unwrap() };
        }
        assert_eq!(rows.height(), limit.min(whole.height()));
        assert!(rows.height() == 0 || rows.equals_missing(&whole.head(Some(limit))), "the first {limit}");
    }
    let described = sql_blocks(&run, "describe events", 2, &Job::new()).unwrap();
    assert_eq!(described.map(|block| block.unwrap().height()).sum::<usize>(), 2);
    assert!(sql_blocks(&run, "select nothing from events", 9, &Job::new()).is_err());
    // It fails at some row, not before the first.
    let place = Place::of_0_1_0();
    let failing = "select cast(case when n > 1000 then event else '1' end as int) as made
        from (select event, row_number() over (order by time, item_id) as n from events) numbered";
    let names =
        || std::fs::read_dir(place.work("")).unwrap().map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>();
    let before = names();
    let output = place.run(&["sql", failing, "--out", "rows.csv"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(names(), before, "nothing half-written");
}

#[test]
fn the_command_reads_its_query_from_anywhere_and_writes_its_rows_anywhere() {
    let place = Place::of_0_1_0();
    let query = "select event, count(*) as n from events group by event order by n desc";
    let printed = place.answer(&["sql", query, "--format", "csv"]);
    assert_eq!(printed, "event,n\r\nview,1297\r\naddtocart,365\r\ntransaction,147\r\n");
    std::fs::write(place.work("query.sql"), query).unwrap();
    assert_eq!(place.answer(&["sql", "--file", "query.sql", "--format", "csv"]), printed);
    assert_eq!(place.answer(&["sql", query, "--out", "-"]), printed);
    assert_eq!(from_stdin(&place, query), printed);
    let lines = place.answer(&["sql", query, "--format", "jsonl"]);
    assert_eq!(lines.lines().next(), Some("{\"event\":\"view\",\"n\":1297}"));
    for name in ["rows.csv", "rows.parquet", "rows.jsonl", "rows.json"] {
        let told = place.answer(&["sql", query, "--out", name]);
        assert!(told.contains("3 rows") && place.work(name).exists(), "{told}");
    }
    let every = "select user_id from events";
    for format in ["csv", "jsonl"] {
        let rows = place.answer(&["sql", every, "--format", format]).lines().count();
        assert_eq!(rows, 1809 + usize::from(format == "csv"), "{format}");
        let users = place.answer(&["users", "--format", format]).lines().count();
        assert_eq!(users, 103 + usize::from(format == "csv"), "{format}");
    }
    assert_eq!(place.answer(&["sql", every]).lines().count(), 501, "a table is for people");
}

#[test]
fn the_page_about_sql_shows_queries_that_run() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/sql.md");
    let page = std::fs::read_to_string(page).unwrap();
    let blocks: Vec<&str> = page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 8, "{}", blocks.len());
    let run = run();
    for block in blocks {
        let found = sql(&run, block, 100).unwrap_or_else(|error| panic!("{block}\n{error}"));
        assert!(found.height() > 0, "{block}");
    }
}
