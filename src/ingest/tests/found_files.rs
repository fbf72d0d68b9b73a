use super::*;

fn message(outcome: Result<impl Sized>) -> String {
    outcome.err().expect("should fail").to_string()
}

#[test]
fn files_are_found_by_name_in_every_format_and_parts_in_order() {
    let folder = Folder::new()
        .file("events.csv.gz", "")
        .file("item_properties_part10.csv", "")
        .file("item_properties_part2.csv.zst", "")
        .file("item_properties_part1.parquet", "")
        .file("category_tree.csv", "")
        .file("readme.txt", "");
    let files = discover(folder.0.path(), &IngestSettings::default()).unwrap();
    assert_eq!(files.events, [folder.path("events.csv.gz")]);
    let parts = ["item_properties_part1.parquet", "item_properties_part2.csv.zst", "item_properties_part10.csv"];
    assert_eq!(files.properties, parts.map(|name| folder.path(name)));
    assert_eq!(files.category_tree, Some(folder.path("category_tree.csv")));
    assert_eq!(files.all().count(), 5);
}

#[test]
fn a_file_alone_is_an_event_log() {
    let folder = Folder::new().file("log-of-may.csv", HEADER.to_owned() + "1433193132535,1,view,10,\n");
    let files = discover(&folder.path("log-of-may.csv"), &IngestSettings::default()).unwrap();
    assert_eq!(ingest(&files, &IngestSettings::default(), &Job::new()).unwrap().counts.accepted, 1);
}

#[test]
fn a_folder_that_will_not_do_says_what_it_holds() {
    let empty = Folder::new();
    assert!(
        message(discover(empty.0.path(), &IngestSettings::default())).ends_with(
            "is empty, but no event log: expected events.csv, events.csv.gz, events.csv.zst, events.csv.bz2, events.csv.xz, events.parquet"
        )
    );
    let other = Folder::new().file("orders.csv", "").file("readme.txt", "");
    assert!(
        message(discover(other.0.path(), &IngestSettings::default()))
            .contains("holds orders.csv, readme.txt, but no event log")
    );
    let both = Folder::new().file("events.csv", "").file("events.parquet", "");
    assert!(
        message(discover(both.0.path(), &IngestSettings::default()))
            .contains("holds both events.csv and events.parquet; keep one of them")
    );
    assert!(matches!(discover(&empty.path("nowhere"), &IngestSettings::default()), Err(Error::Io { .. })));
    assert!(ingest(&InputFiles::default(), &IngestSettings::default(), &Job::new()).is_err());
}

#[test]
fn files_that_are_no_table_say_why() {
    let fails = |bytes: &[u8]| message(Folder::new().file("events.csv", bytes).try_ingest(1.0));
    assert!(
        fails(b"").ends_with(
            "events.csv: is empty; expected a header with timestamp, visitorid, event, itemid, transactionid"
        )
    );
    assert!(fails(b"\xef\xbb\xbf").contains("is empty; expected a header"));
    assert!(fails(b"\n\n \r\n").contains("no column `timestamp`"));
    assert!(fails(HEADER.as_bytes()).ends_with("events.csv: holds a header but no event"));
    assert!(
        fails(b"timestamp,visitor,event,itemid\n1,2,view,3\n")
            .ends_with("events.csv:1: no column `visitorid`; the header has: timestamp, visitor, event, itemid")
    );
    assert!(fails(b"timestamp,visitorid,event,itemid,ItemID\n").contains("names column `itemid` twice"));
    assert!(fails(b"\xff\xfet\0i\0m\0e\0").ends_with("no column `timestamp`; the header has: time"));
    let gzip = Folder::new().file("events.csv.gz", HEADER);
    assert!(message(gzip.try_ingest(1.0)).contains("is named like a gzip file but does not start like one"));
    let parquet = Folder::new().file("events.parquet", "PAR1 and then nothing");
    assert!(message(parquet.try_ingest(1.0)).contains("cannot be read as Parquet"));
}

#[test]
fn a_fingerprint_changes_with_the_content() {
    let mut bytes = vec![b'x'; 1 << 20];
    let folder = Folder::new().file("a.csv", &bytes).file("same.csv", &bytes);
    let of = |name: &str| fingerprint(&folder.path(name)).unwrap();
    assert_eq!((of("a.csv").name.as_str(), of("a.csv").bytes), ("a.csv", 1 << 20));
    assert_eq!(of("a.csv").sample, of("same.csv").sample);
    for place in [0, 1 << 19, (1 << 20) - 1] {
        bytes[place] = b'y';
        std::fs::write(folder.path("b.csv"), &bytes).unwrap();
        assert_ne!(of("a.csv").sample, of("b.csv").sample, "byte {place}");
        bytes[place] = b'x';
    }
    assert!(of("a.csv").modified_ms > 1_500_000_000_000);
    assert_eq!(fingerprint(&Folder::new().file("e", "").path("e")).unwrap().bytes, 0);
}
