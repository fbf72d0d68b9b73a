use super::*;

#[test]
fn every_reason_is_counted_and_kept_with_its_line() {
    let rows: [(&[u8], Option<Reason>); 18] = [
        (b"1433193132535,1,view,10,", None),
        (b",1,view,10,", Some(Reason::BadTime)),
        (b"yesterday,1,view,10,", Some(Reason::BadTime)),
        (b"1433193132535.5,1,view,10,", Some(Reason::BadTime)),
        (b"-,1,view,10,", Some(Reason::BadTime)),
        (b"631151999999,1,view,10,", Some(Reason::TimeOutOfRange)),
        (b"4133980800000,1,view,10,", Some(Reason::TimeOutOfRange)),
        (b"99999999999999999999999,1,view,10,", Some(Reason::TimeOutOfRange)),
        (b"1433193132535,,view,10,", Some(Reason::NoUser)),
        (b"1433193132535, ,view,10,", Some(Reason::NoUser)),
        (b"1433193132535,1,view,,", Some(Reason::NoItem)),
        (b"1433193132535,1,View,10,", Some(Reason::UnknownEvent)),
        (b"1433193132535,1,,10,", Some(Reason::UnknownEvent)),
        (b"1433193132535,1,view,10", Some(Reason::WrongFieldCount)),
        (b"1433193132535,1,view,10,,", Some(Reason::WrongFieldCount)),
        (b"1433193132535,\xff,view,10,", Some(Reason::InvalidUtf8)),
        (b"631152000000,1,view,10,", None),
        (b"4133980799999,1,view,10,", None),
    ];
    let mut file = HEADER.as_bytes().to_vec();
    for (row, _) in rows {
        file.extend_from_slice(row);
        file.push(b'\n');
    }
    let ingested = Folder::new().file("events.csv", file).ingest();

    let expected: Vec<(u64, Reason)> =
        (2..).zip(rows).filter_map(|(line, (_, reason))| reason.map(|reason| (line, reason))).collect();
    let kept: Vec<(u64, Reason)> = ingested.quarantine.iter().map(|row| (row.line, row.reason)).collect();
    assert_eq!(kept, expected);
    assert_eq!(ingested.quarantine[0].file, "events.csv");
    assert_eq!(ingested.quarantine[0].raw, ",1,view,10,");
    assert_eq!(ingested.quarantine.last().unwrap().raw, "1433193132535,\u{fffd},view,10,");
    let counts: Vec<u64> = Reason::OF_EVENTS.iter().map(|reason| ingested.counts.rejected[reason]).collect();
    assert_eq!(counts, [4, 3, 2, 1, 2, 2, 1]);
    assert_eq!((ingested.counts.read, ingested.counts.accepted), (18, 3));
}

#[test]
fn a_row_with_several_faults_counts_once() {
    let ingested = Folder::with_events("1433193132535,1,view,10,\nnever,,click,,\n1433193132535,,click,,\n").ingest();
    let rejected: Vec<Reason> = ingested.quarantine.iter().map(|row| row.reason).collect();
    assert_eq!(rejected, [Reason::BadTime, Reason::NoUser]);
}

#[test]
fn too_many_rejected_rows_stop_the_run_and_show_why() {
    let good = "1433193132535,1,view,10,\n".repeat(90);
    let bad = "x,1,view,10,\n".repeat(5) + &"1433193132535,1,click,10,\n".repeat(3) + "1433193132535,,view,10,\n1,2\n";
    let folder = Folder::with_events(&format!("{good}{bad}"));
    let message = folder.try_ingest(0.05).unwrap_err().to_string();
    assert_eq!(
        message,
        "10 of 100 event rows (10.0 %) were rejected, 5 % are allowed:\
         \n  bad_time (not a whole number of milliseconds since 1970): 5, first at events.csv:92: x,1,view,10,\
         \n  unknown_event (none of view, addtocart, transaction): 3, first at events.csv:97: 1433193132535,1,click,10,\
         \n  no_user (empty user id): 1, first at events.csv:100: 1433193132535,,view,10,\
         \ncorrect the log, or raise ingest.rejected_limit"
    );
    assert!(folder.try_ingest(0.1).is_ok(), "exactly the allowed share passes");
    assert!(matches!(folder.try_ingest(1.5), Err(Error::Config(_))));
}

#[test]
fn a_log_without_one_good_row_is_an_error_at_any_limit() {
    let folder = Folder::with_events("x,1,view,10,\n");
    assert!(matches!(folder.try_ingest(1.0), Err(Error::Rejected(_))));
}

#[test]
fn the_first_thousand_are_kept_and_all_are_counted() {
    let rows = "1433193132535,1,view,10,\n".to_owned() + &"x,1,view,10,\n".repeat(1_500) + "1433193132535,1,buy,10,\n";
    let folder = Folder::with_events(&rows);
    let ingested = folder.ingest();
    assert_eq!(ingested.quarantine.len(), QUARANTINE_LIMIT);
    assert_eq!(ingested.quarantine.last().unwrap().line, 1_002);
    assert_eq!(ingested.counts.rejected[&Reason::BadTime], 1_500);
    let message = folder.try_ingest(0.0).unwrap_err().to_string();
    assert!(message.contains("): 1, first at events.csv:1503:"), "{message}");
}

#[test]
fn a_very_long_row_is_kept_shortened() {
    let raw = format!("1433193132535,1,view,{}", "é".repeat(5_000));
    let ingested = Folder::with_events(&format!("1433193132535,1,view,10,\n{raw}\n")).ingest();
    let kept = &ingested.quarantine[0].raw;
    assert!(kept.starts_with("1433193132535,1,view,éé") && kept.ends_with('…') && kept.len() < 4_200);
}

#[test]
fn quarantine_csv_can_be_read_back() {
    let row = |line, reason, raw: &str| QuarantinedRow { file: "events.csv".into(), line, reason, raw: raw.into() };
    let rows = [row(7, Reason::UnknownEvent, "1,\"a \"\"b\"\"\",2"), row(9, Reason::WrongFieldCount, "x\ny")];
    let mut bytes = Vec::new();
    write_quarantine(&rows, &mut bytes).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(reader.headers().unwrap(), vec!["file", "line", "reason", "raw"]);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records[0], vec!["events.csv", "7", "unknown_event", "1,\"a \"\"b\"\"\",2"]);
    assert_eq!(records[1], vec!["events.csv", "9", "wrong_field_count", "x\ny"]);
}
