//! A valid log with some bytes flipped, lines cut and fields doubled: every row is accounted for, and nothing panics.

use proptest::prelude::*;

use super::*;

/// One change of a text, at a place between 0 and 1 of it.
#[derive(Clone, Debug)]
enum Change {
    Set(u8),
    Insert(u8),
    CutLine,
    DoubleField,
    DoubleLine,
    End,
}

fn change() -> impl Strategy<Value = (Change, f64)> {
    let byte =
        || prop_oneof![Just(b'"'), Just(b','), Just(b';'), Just(b'\n'), Just(b'\r'), Just(0), Just(0xff), any::<u8>()];
    let kind = prop_oneof![
        4 => byte().prop_map(Change::Set),
        4 => byte().prop_map(Change::Insert),
        2 => Just(Change::CutLine),
        2 => Just(Change::DoubleField),
        2 => Just(Change::DoubleLine),
        1 => Just(Change::End),
    ];
    (kind, 0.0..1.0_f64)
}

fn changed(mut text: Vec<u8>, changes: &[(Change, f64)]) -> Vec<u8> {
    for (change, share) in changes {
        let at = (share * text.len() as f64) as usize;
        let line = |text: &[u8]| {
            let start = text[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let end = text[at..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |more| at + more + 1);
            start..end
        };
        match change {
            Change::Set(byte) if at < text.len() => text[at] = *byte,
            Change::Insert(byte) => text.insert(at, *byte),
            Change::CutLine => {
                text.drain(line(&text));
            }
            Change::DoubleLine => {
                let line = text[line(&text)].to_vec();
                text.splice(at..at, line);
            }
            Change::DoubleField => {
                text.splice(at..at, *b",10");
            }
            Change::Set(_) => {}
            Change::End => text.truncate(at),
        }
    }
    text
}

fn accounted(read: Result<Ingested>) -> std::result::Result<(), TestCaseError> {
    match read {
        Ok(Ingested { counts, log, .. }) => {
            let (rejected, ignored) = (counts.rejected.values().sum::<u64>(), counts.ignored.values().sum::<u64>());
            prop_assert_eq!(counts.read, counts.accepted + counts.duplicates + rejected + ignored);
            prop_assert_eq!(log.len() as u64, counts.accepted);
        }
        Err(error) => {
            prop_assert!(matches!(error, Error::Rejected(_) | Error::Input { .. } | Error::Config(_)), "{}", error);
        }
    }
    Ok(())
}

fn own() -> Vec<u8> {
    let rows = (0..30_i64).map(|at| {
        let (kind, order) = [("view", ""), ("addtocart", ""), ("transaction", "7")][at as usize % 3];
        format!("{},{},{kind},{},{order}\n", 1_433_193_132_535 + at * 1_000, at % 5, at % 7)
    });
    format!("{HEADER}{}", rows.collect::<String>()).into_bytes()
}

fn other() -> Vec<u8> {
    let rows = (0..30_i64).map(|at| {
        let kind = ["view", "cart", "purchase"][at as usize % 3];
        format!(
            "2019-10-01 00:00:{:02} UTC,{kind},{},20530,a.b.c,brand,{}.5,{},s{}\n",
            at,
            at % 7,
            at % 11,
            at % 5,
            at % 4
        )
    });
    let header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
    format!("{header}{}", rows.collect::<String>()).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_changed_log_adds_up(changes in proptest::collection::vec(change(), 1..8)) {
        for log in [own(), other()] {
            let log = changed(log, &changes);
            accounted(Folder::new().file("events.csv", &log).try_ingest(1.0))?;
            let compressed = changed(zstd::encode_all(log.as_slice(), 1).unwrap(), &changes[..1]);
            match Folder::new().file("events.csv.zst", compressed).try_ingest(1.0) {
                Err(Error::Io { .. }) => {}
                read => accounted(read)?,
            }
        }
    }

    /// The Parquet library answers some damage with a panic: here it is an error that names the file.
    #[test]
    fn a_changed_parquet_file_is_read_or_refused(changes in proptest::collection::vec(change(), 1..4)) {
        let mut table = polars::df!(
            "timestamp" => (0..50_i64).map(|at| 1_433_193_132_535 + at).collect::<Vec<_>>(),
            "visitorid" => (0..50_i64).map(|at| at % 5).collect::<Vec<_>>(),
            "event" => vec!["view"; 50],
            "itemid" => (0..50).map(|at| format!("item {at}")).collect::<Vec<_>>(),
        ).unwrap();
        let mut bytes = Vec::new();
        polars::prelude::ParquetWriter::new(&mut bytes).finish(&mut table).unwrap();
        let folder = Folder::new().file("events.parquet", changed(bytes, &changes));
        accounted(folder.try_ingest(1.0))?;
    }
}
