use super::*;

#[test]
fn events_are_sorted_by_user_then_time_and_repeated_rows_dropped() {
    let ingested = Folder::with_events(
        "1433193132600,10,transaction,7,500\n\
         1433193132535,9,view,7,\n\
         1433193132500,10,view,8,\n\
         1433193132600,10,view,7,\n\
         1433193132600,10,transaction,7,500\n\
         1433193132600,10,addtocart,7,\n\
         1433193132600,10,transaction,7,500\n\
         1433193132600,10,transaction,7,40\n\
         1433193132600,10,transaction,6,\n",
    )
    .ingest();
    assert_eq!(
        lines(&ingested.log),
        [
            "9 1433193132535 view 7 -",
            "10 1433193132500 view 8 -",
            "10 1433193132600 view 7 -",
            "10 1433193132600 addtocart 7 -",
            "10 1433193132600 transaction 6 -",
            "10 1433193132600 transaction 7 40",
            "10 1433193132600 transaction 7 500",
        ]
    );
    let counts = &ingested.counts;
    assert_eq!((counts.read, counts.accepted, counts.duplicates), (9, 7, 2));
    assert_eq!((counts.users, counts.items), (2, 3));
    assert_eq!((counts.views, counts.addtocarts, counts.transactions), (3, 1, 3));
    assert_eq!(counts.transactions_without_id, 1);
    assert_eq!(ingested.notes, ["1 of 3 transaction events have no transaction id"]);
    assert_eq!(ingested.log.as_of, 1_433_193_132_600);
    assert!(ingested.log.price.is_empty() && ingested.log.session.is_empty());
}

#[test]
fn ids_are_integers_only_if_every_one_is_written_like_one() {
    let users = |ids: &[&str]| {
        let rows: String = ids.iter().map(|id| format!("1433193132535,{id},view,1,\n")).collect();
        Folder::with_events(&rows).ingest().log.users
    };
    assert_eq!(users(&["10", "9", "-3", "0", " 9 "]), Ids::Integer(vec![-3, 0, 9, 10]));
    assert_eq!(
        users(&["9223372036854775807", "5", "-9223372036854775808"]),
        Ids::Integer(vec![i64::MIN, 5, i64::MAX]),
        "ids too far apart for a table"
    );
    let text = |ids: &[&str]| Ids::Text(ids.iter().map(|&id| id.into()).collect());
    assert_eq!(users(&["10", "9", "007"]), text(&["007", "10", "9"]));
    assert_eq!(users(&["10", "-0"]), text(&["-0", "10"]));
    assert_eq!(users(&["10", "+9"]), text(&["+9", "10"]));
    assert_eq!(users(&["9223372036854775808", "1"]), text(&["1", "9223372036854775808"]));
    assert_eq!(users(&["anna", "1", "Zoë", "anna"]), text(&["1", "Zoë", "anna"]));
}

/// About 9 MB, more than one block: ids and line numbers must survive every cut, whatever the threads do.
#[test]
fn a_log_of_several_blocks_is_the_same_at_any_thread_count() {
    let mut rows = String::new();
    let mut state = 1_u64;
    for row in 0..300_000_u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let user = (state >> 40) % 90_000;
        // Late in the file one user's id turns text, so integers read before must follow.
        let user = if row == 239_000 { "guest".to_owned() } else { user.to_string() };
        let item = (state >> 33) % 5_000;
        match row {
            5 | 120_000 | 299_999 => rows.push_str("broken\n"),
            77_777 => rows.push_str("1433193132535,\"1\n1\",view,10,\n"),
            _ => rows.push_str(&format!("{},{user},view,{item},\n", 1_433_193_132_535 + state % 1_000_000_007)),
        }
    }
    assert!(rows.len() > 8 << 20, "{} bytes are one block", rows.len());
    let folder = Folder::with_events(&rows);
    let with_threads =
        |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(|| folder.ingest());
    let (one, two) = (with_threads(1), with_threads(2));
    let bad: Vec<u64> = one.quarantine.iter().map(|row| row.line).collect();
    assert_eq!(bad, [7, 120_003, 300_002], "the quoted id takes two lines");
    assert_eq!(one.counts.read, 300_000);
    assert!(one.log.users.code("guest").is_some() && one.log.users.code("1\n1").is_some());
    assert_eq!(one.log, two.log);
    assert_eq!(one.counts, two.counts);
    assert_eq!(one.quarantine, two.quarantine);
    assert!(one.log.offsets.windows(2).all(|user| one.log.time[user[0] as usize..user[1] as usize].is_sorted()));
}

#[test]
fn a_few_events_in_the_future_are_named_and_left_out() {
    let rows: String = (0..1_001).map(|n| format!("{},{},view,10,\n", 1_433_193_132_000_i64 + n, n % 7)).collect();
    // Of a day in the year 2100, by a user of the log and by one of whom nothing else is known.
    let late = "4102444800000,1,view,10,\n4102444801000,99,view,77,\n";
    let ingested = Folder::with_events(&format!("{rows}{late}")).ingest();
    assert_eq!(ingested.log.as_of, 1_433_193_133_000);
    assert_eq!((ingested.counts.read, ingested.counts.accepted, ingested.counts.users), (1_003, 1_001, 7));
    assert_eq!(ingested.counts.ignored["time in the future"], 2);
    assert_eq!(ingested.log.items, Ids::Integer(vec![10]));
    assert!(
        ingested.notes[0]
            .starts_with("2 events lie in the future and far behind all others, 2100-01-01T00:00:00Z, 2100"),
        "{:?}",
        ingested.notes
    );
    // More than one in a hundred are no typing errors, but for a day that stands for no date.
    let dated = |count: i64, apart: i64| -> String {
        (0..count).map(|n| format!("{},1,view,10,\n", 4_102_444_800_000_i64 + n * apart)).collect()
    };
    let accepted = |late: String| Folder::with_events(&format!("{rows}{late}")).ingest().counts.accepted;
    assert_eq!(accepted(dated(11, 86_400_000)), 1_012);
    assert_eq!(accepted(dated(150, 1)), 1_001);
    assert_eq!(accepted(dated(400, 1)), 1_401);
}

#[test]
fn a_few_events_long_after_all_others_are_noted() {
    let usual = "1433193132535,1,view,10,\n1433193132536,1,view,10,\n";
    let rows: String = (0..1_001).map(|n| format!("{},1,view,10,\n", 1_433_193_132_000_i64 + n)).collect();
    let ingested = Folder::with_events(&format!("{rows}1577836800000,1,view,10,\n")).ingest();
    assert_eq!(
        ingested.notes,
        ["only 1 of 1002 events lie in the 90 days up to the latest one, 2020-01-01T00:00:00Z; check the latest times"]
    );
    assert!(Folder::with_events(usual).ingest().notes.is_empty());
}

#[test]
fn a_cancelled_job_stops() {
    let folder = Folder::with_events("1433193132535,1,view,10,\n");
    let job = Job::new();
    job.cancel();
    let files = discover(folder.0.path(), &IngestSettings::default()).unwrap();
    assert!(matches!(ingest(&files, &IngestSettings::default(), &job), Err(Error::Cancelled)));
}

#[test]
fn progress_counts_the_bytes_of_the_file() {
    let folder = Folder::with_events("1433193132535,1,view,10,\n");
    let job = Job::new();
    let size = std::fs::metadata(folder.path("events.csv")).unwrap().len();
    job.begin("bytes of events", size);
    events::read_events(&[folder.path("events.csv")], None, &job).unwrap();
    assert_eq!(job.progress().done, size);
}

/// A small log with a column that nobody asked for, as real exports have, and its first hundred rows once more. The
/// counts are those of Polars: `read_csv`, then `unique` over the five columns and `n_unique` of each id column.
#[test]
fn the_sample_with_repeated_rows_and_an_odd_column_is_read_as_polars_reads_it() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sample-v1");
    let text = std::fs::read_to_string(sample.join("events.csv")).unwrap();
    let rows: Vec<&str> = text.lines().skip(1).collect();
    let again = rows.iter().chain(&rows[..100]).map(|row| format!("{row},2015-09-18\n")).collect::<String>();
    let mut folder = Folder::new().file("events.csv", format!("{},datetime\n{again}", HEADER.trim_end()));
    for name in ["item_properties_part1.csv", "item_properties_part2.csv", "category_tree.csv"] {
        folder = folder.file(name, std::fs::read(sample.join(name)).unwrap());
    }
    let ingested = folder.ingest();
    let counts = &ingested.counts;
    assert_eq!((counts.read, counts.accepted, counts.duplicates), (7_351, 7_251, 100));
    assert_eq!((counts.users, counts.items, counts.categories), (1_830, 1_154, 60));
    assert_eq!((counts.views, counts.addtocarts, counts.transactions), (6_262, 725, 264));
    assert!(ingested.quarantine.is_empty());
}
