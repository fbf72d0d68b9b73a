use proptest::prelude::*;

use super::*;
use crate::ingest::blocks::record_at;

/// The accepted time of [`csv_row`]'s rows.
const TIME: &str = "1433193132535";

/// Text that a CSV file may hold in a field, quotes and line ends included.
fn field() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop_oneof![Just("\""), Just(","), Just("\n"), Just("a"), Just("7"), Just("é")], 0..6)
        .prop_map(|parts| format!("x{}x", parts.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_row_of_any_bytes_is_accounted_for(
        rows in proptest::collection::vec(
            prop_oneof![
                Just(b"1433193132535,1,view,10,".to_vec()),
                Just(b"1433193132536,1,transaction,\"1,0\",3".to_vec()),
                Just(b"\"1433193132536".to_vec()),
                Just(b"\xff,,\"".to_vec()),
                Just(Vec::new()),
                proptest::collection::vec(any::<u8>(), 0..40),
            ],
            0..40,
        ),
        crlf in any::<bool>(),
    ) {
        let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let file = [HEADER.trim_end().as_bytes(), end, rows.join(end).as_slice()].concat();
        match Folder::new().file("events.csv", file).try_ingest(1.0) {
            Ok(Ingested { counts, log, quarantine, .. }) => {
                let rejected = counts.rejected.values().sum::<u64>();
                prop_assert_eq!(counts.read, counts.accepted + counts.duplicates + rejected);
                prop_assert_eq!(log.len() as u64, counts.accepted);
                prop_assert_eq!(quarantine.len() as u64, rejected);
                prop_assert_eq!(log.offsets.len(), log.users.len() + 1);
            }
            Err(error) => prop_assert!(matches!(error, Error::Rejected(_) | Error::Input { .. }), "{}", error),
        }
    }

    #[test]
    fn any_file_at_all_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = Folder::with_events("1433193132535,1,view,10,\n")
            .file("item_properties.csv", &bytes)
            .file("category_tree.csv", [b"categoryid,parentid\n", bytes.as_slice()].concat());
        let _: Result<Ingested> = folder.try_ingest(1.0);
        let _: Result<Ingested> = Folder::new().file("events.csv", &bytes).try_ingest(1.0);
    }

    /// What the `csv` crate writes is read back field by field.
    #[test]
    fn quoted_fields_survive(ids in proptest::collection::vec((field(), field(), field()), 1..20), crlf in any::<bool>()) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(HEADER.trim_end().split(',')).unwrap();
        for (user, item, order) in &ids {
            writer.write_record([TIME, user, "transaction", item, order]).unwrap();
        }
        let ingested = Folder::new().file("events.csv", writer.into_inner().unwrap()).ingest();
        prop_assert!(ingested.quarantine.is_empty(), "{:?}", ingested.quarantine);
        let mut expected: Vec<String> =
            ids.iter().map(|(user, item, order)| format!("{user} {TIME} transaction {item} {order}")).collect();
        let mut read = lines(&ingested.log);
        expected.sort();
        expected.dedup();
        read.sort();
        prop_assert_eq!(read, expected);
    }

    /// A block that ends inside a record must wait for more, never decide differently than the whole file would.
    #[test]
    fn a_record_ends_in_the_same_place_wherever_the_block_is_cut(
        text in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'a')], 0..60),
    ) {
        let mut start = 0;
        while let Some(span) = record_at(&text, start, b',', true) {
            for end in start..text.len() {
                let early = record_at(&text[..end], start, b',', false);
                prop_assert!(early.is_none() || early == Some(span), "{early:?} of {end} bytes, {span:?} of all");
            }
            start = span.next;
        }
        prop_assert_eq!(start, text.len());
    }
}

#[test]
fn a_quote_is_searched_for_in_64_kib_and_no_further() {
    let closed_after = |bytes: usize| format!("\"{}\",\nnext\n", "1,2\n".repeat(bytes / 4)).into_bytes();
    // The opening quote and 65,532 bytes put the closing one inside the window; four bytes more put it outside.
    for (bytes, unclosed) in [(65_532, false), (65_536, true), (200_000, true)] {
        let text = closed_after(bytes);
        let span = record_at(&text, 0, b',', true).unwrap();
        assert_eq!((span.unclosed, span.next), (unclosed, if unclosed { 5 } else { text.len() - 5 }));
        for end in [1, 4, 5, 65_532, 65_533, 65_534, 65_535, 65_536, 65_537, 65_538, 65_541, 100_000] {
            let early = text.get(..end).and_then(|text| record_at(text, 0, b',', false));
            assert!(early.is_none() || early == Some(span), "{early:?} of {end} bytes, {span:?} of all");
        }
    }
}

#[test]
fn a_stray_quote_is_a_letter_and_costs_no_row() {
    let rows = "1433193132535,1,view,10,\n".repeat(5_000);
    let quoted = format!("1433193132535,\"2,view,10,\n{rows}");
    let ingested = Folder::with_events(&format!("{rows}{quoted}")).ingest();
    assert_eq!((ingested.counts.read, ingested.counts.duplicates), (10_001, 9_999));
    assert_eq!((ingested.quarantine.len(), ingested.counts.users), (0, 2));
    let last =
        Folder::with_events("1433193132535,1,view,10,\n1433193132535,1,view,\"10,\n1433193132535,3,view,10,").ingest();
    assert_eq!((last.counts.accepted, last.quarantine.len()), (3, 0));
}
