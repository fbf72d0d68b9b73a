//! Exports that tell how orders stand: newer ones replace what older ones told.

use super::*;

const HEADER: &str = "order,user,time,item,price,status,changed\n";

/// Settings of a log of orders whose status is told, and with `more` columns.
fn settings(more: &str) -> IngestSettings {
    let text = format!(
        "layout = \"custom\"\ndefault_event = \"transaction\"\nfiles = \"**/*.csv\"\n[columns]\ntime = \"time\"\nuser = \"user\"\n\
         item = \"item\"\ntransaction = \"order\"\nprice = \"price\"\nstatus = \"status\"\n{more}"
    );
    toml::from_str(&text).unwrap()
}

/// A folder of exports, each a name and its rows.
fn exports(files: &[(&str, &str)]) -> Folder {
    let mut folder = Folder::new();
    for (name, rows) in files {
        if let Some(parent) = folder.path(name).parent() {
            std::fs::create_dir_all(parent).unwrap();
        }
        folder = folder.file(name, format!("{HEADER}{rows}"));
    }
    folder
}

#[track_caller]
fn assert_accounted(ingested: &Ingested) {
    let counts = &ingested.counts;
    let others: u64 = counts.rejected.values().chain(counts.ignored.values()).sum();
    assert_eq!(counts.read, counts.accepted + counts.duplicates + counts.replaced + others, "{counts:?}");
}

/// What was spent in all.
fn spent(ingested: &Ingested) -> f64 {
    let log = &ingested.log;
    let bought = log.kind.iter().zip(&log.price).filter(|(kind, _)| **kind == EventKind::Transaction);
    bought.map(|(_, price)| Money::of(*price)).sum::<Money>().amount()
}

const JANUARY: &str = "A1,1,2023-01-01 10:00:01,a,10.00,paid,2023-01-02 00:00:00\n\
    A1,1,2023-01-01 10:00:01,b,5.00,paid,2023-01-02 00:00:00\n\
    A2,2,2023-01-03 10:00:01,a,10.00,pending,2023-01-03 12:00:00\n\
    A3,3,2023-01-04 10:00:01,c,7.00,paid,2023-01-05 00:00:00\n";
/// A1 lost a line, A2 was paid, A3 paid back, A4 is new.
const FEBRUARY: &str = "A1,1,2023-01-01 10:00:01,a,10.00,shipped,2023-02-01 00:00:00\n\
    A2,2,2023-01-03 10:00:01,a,10.00,paid,2023-02-02 00:00:00\n\
    A3,3,2023-01-04 10:00:01,c,7.00,refunded,2023-02-03 00:00:00\n\
    A4,3,2023-02-04 10:00:01,a,2.50,paid,2023-02-05 00:00:00\n";

#[track_caller]
fn assert_newest(ingested: &Ingested) {
    assert_eq!(
        lines(&ingested.log),
        ["1 1672567201000 transaction a A1", "2 1672740001000 transaction a A2", "3 1675504801000 transaction a A4",]
    );
    // 10 + 10 + 2.50; replaced are two lines of A1, one each of A2 (pending) and A3.
    let counts = &ingested.counts;
    assert_eq!((counts.read, counts.accepted, counts.replaced, counts.duplicates), (8, 3, 4, 0));
    assert_eq!(counts.ignored.iter().collect::<Vec<_>>(), [(&"order refunded".to_owned(), &1)]);
    assert!((spent(ingested) - 22.5).abs() < 1e-9);
    assert!(
        ingested.notes.iter().any(|note| note.starts_with("4 rows of orders are replaced")),
        "{:?}",
        ingested.notes
    );
    assert_accounted(ingested);
}

#[test]
fn the_export_whose_lines_were_changed_last_counts() {
    let by_change = settings("updated = \"changed\"\n");
    // Whichever is read first.
    for [older, newer] in [["1.csv", "2.csv"], ["2.csv", "1.csv"]] {
        assert_newest(&exports(&[(older, JANUARY), (newer, FEBRUARY)]).ingest_with(&by_change).unwrap());
    }
    // Of an order that the newer export does not tell any more, the older one is the last word.
    let (_, without_first) = FEBRUARY.split_once('\n').unwrap();
    let ingested = exports(&[("1.csv", JANUARY), ("2.csv", without_first)]).ingest_with(&by_change).unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.replaced), (4, 2));
    assert_accounted(&ingested);
}

#[test]
fn else_the_date_in_its_name_tells_which_is_newer() {
    for [older, newer] in [
        ["orders-2023-01-31.csv", "orders-2023-02-28.csv"],
        ["b_20230131.csv", "a_20230228.csv"],
        ["2023-01-31/orders.csv", "2023-02-28/orders.csv"],
        ["2023-01-31/part-0.csv", "2023-02-28/part-0.csv"],
    ] {
        let folder = exports(&[(older, JANUARY), (newer, FEBRUARY)]);
        assert_newest(&folder.ingest_with(&settings("")).unwrap());
    }
}

#[test]
fn exports_that_disagree_with_nothing_to_tell_which_is_newer_are_refused() {
    let disagreeing = exports(&[("one.csv", JANUARY), ("two.csv", FEBRUARY)]);
    let told = disagreeing.ingest_with(&settings("")).unwrap_err().to_string();
    for words in ["two.csv", "order A1 (and 2 other orders)", "one.csv", "ingest.columns.updated"] {
        assert!(told.contains(words), "{told}");
    }
    // Changed at the same moment, and otherwise: no answer either.
    let same_moment =
        |rows: &str| rows.replace("2023-02-0", "2023-01-0").replace("2023-01-01 00:00:00", "2023-01-02 00:00:00");
    let first = |rows: &str| same_moment(rows).lines().take(1).map(|line| format!("{line}\n")).collect::<String>();
    let files = [("one.csv", first(JANUARY)), ("two.csv", first(FEBRUARY))];
    let folder = exports(&files.each_ref().map(|(name, rows)| (*name, rows.as_str())));
    assert!(folder.ingest_with(&settings("updated = \"changed\"\n")).unwrap_err().to_string().contains("order A1"));
}

#[test]
fn exports_that_agree_count_once_and_orders_may_be_parted() {
    // The second repeats A1's first line in another spelling, and has a line of it that the first has not.
    let more = "A1,1,2023-01-01 10:00:01,a,10.0,paid,2023-01-02 00:00:00\n\
        A1,1,2023-01-01 10:00:01,z,1.00,paid,2023-01-02 00:00:00\n";
    let ingested = exports(&[("one.csv", JANUARY), ("two.csv", more)]).ingest_with(&settings("")).unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.duplicates, ingested.counts.replaced), (4, 1, 0));
    assert!((spent(&ingested) - 23.0).abs() < 1e-9);
    assert_accounted(&ingested);
}

#[test]
fn files_written_together_are_one_export() {
    // Parts of one folder, and partitions of one tree: nothing is older than anything else, all lines are lines.
    for [one, other] in [["part-0.csv", "part-1.csv"], ["dt=2023-01-01/a.csv", "dt=2023-02-01/a.csv"]] {
        let ingested = exports(&[(one, JANUARY), (other, FEBRUARY)]).ingest_with(&settings("")).unwrap();
        // The 3 lines of January that were paid, and 3 of February.
        assert_eq!((ingested.counts.accepted, ingested.counts.replaced), (6, 0));
        assert_accounted(&ingested);
    }
}

#[test]
fn in_a_log_of_events_every_row_happened() {
    let events = |rows: &str| rows.lines().map(|line| format!("{line},buy\n")).collect::<String>();
    let header = HEADER.replace('\n', ",event\n");
    let folder = Folder::new()
        .file("orders-2023-01-31.csv", format!("{header}{}", events(JANUARY)))
        .file("orders-2023-02-28.csv", format!("{header}{}", events(FEBRUARY)));
    let settings = settings("event = \"event\"\n[events]\nbuy = \"transaction\"\n");
    let ingested = folder.ingest_with(&IngestSettings { default_event: crate::ingest::DefaultEvent::None, ..settings });
    let ingested = ingested.unwrap();
    assert_eq!((ingested.counts.accepted, ingested.counts.replaced), (6, 0));
}
