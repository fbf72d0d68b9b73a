//! A log that grew gives what a whole reading gives.

use proptest::prelude::*;

use super::*;

/// What an earlier reading left, as a run keeps it.
fn left(read: Ingested) -> Earlier {
    let Ingested { log, details, counts, quarantine, read, orders, .. } = read;
    Earlier { log, details, counts, quarantine, files: read, orders }
}

impl Folder {
    fn ingest_since(&self, earlier: &Earlier) -> Ingested {
        let settings = IngestSettings { rejected_limit: 1.0, ..IngestSettings::default() };
        ingest_more(&discover(self.0.path(), &settings).unwrap(), &settings, earlier, &Job::new()).unwrap()
    }

    fn add(&self, name: &str, text: &str) {
        use std::io::Write;
        std::fs::OpenOptions::new().append(true).open(self.path(name)).unwrap().write_all(text.as_bytes()).unwrap();
    }
}

/// Everything but the last note, which tells how the log was read.
fn comparable(ingested: &Ingested, notes: usize) -> String {
    let details = &ingested.details;
    let categories: Vec<_> = (0..ingested.log.len()).map(|event| details.labels[0].of(event)).collect();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {categories:?} {:?} {}",
        ingested.log,
        ingested.catalogue,
        ingested.counts,
        ingested.quarantine,
        details.price,
        details.quantity,
        details.session,
        ingested.read,
        ingested.orders
    ) + &format!(" {} {:?}", ingested.layout, &ingested.notes[..notes])
}

/// Reads the folder by what `earlier` left and whole; both must agree. Returns how it was read.
fn agreed(folder: &Folder, earlier: &Earlier) -> String {
    let whole = folder.ingest();
    let more = folder.ingest_since(earlier);
    assert_eq!(more.notes.len(), whole.notes.len() + 1, "{:?}", more.notes);
    assert_eq!(comparable(&more, whole.notes.len()), comparable(&whole, whole.notes.len()));
    more.notes.last().unwrap().clone()
}

const FIRST: &str = "1433193132600,10,view,7,\n1433193132700,10,transaction,7,500\nnever,10,view,7,\n\
                     1433193132600,10,view,7,\n";
const SECOND: &str = "1433193132500,11,view,8,\n1433193132600,10,view,7,\n1433193132800,10,transaction,9,501\n\
                      1433193132801,,view,9,\n";

#[test]
fn of_a_grown_file_only_the_end_is_read() {
    let folder = Folder::with_events(FIRST);
    let earlier = left(folder.ingest());
    folder.add("events.csv", SECOND);
    let told = agreed(&folder, &earlier);
    assert_eq!(told, "4 event rows taken over from the run before; 4 new ones read: events.csv from line 6");
    let counts = folder.ingest_since(&earlier).counts;
    assert_eq!((counts.read, counts.accepted, counts.duplicates), (8, 4, 2));
    // And on from there.
    let earlier = left(folder.ingest_since(&earlier));
    folder.add("events.csv", "1433193132900,12,view,7,\n");
    assert!(agreed(&folder, &earlier).contains("1 new ones read: events.csv from line 10"));
}

#[test]
fn new_files_are_read_and_old_ones_are_not() {
    let folder = Folder::with_events(FIRST);
    let earlier = left(folder.ingest());
    let settings = IngestSettings { rejected_limit: 1.0, files: vec!["events*.csv".to_owned()], ..Default::default() };
    let folder = folder.file("events2.csv", format!("{HEADER}{SECOND}"));
    let files = discover(folder.0.path(), &settings).unwrap();
    let whole = ingest(&files, &settings, &Job::new()).unwrap();
    let more = ingest_more(&files, &settings, &earlier, &Job::new()).unwrap();
    assert_eq!(comparable(&more, whole.notes.len()), comparable(&whole, whole.notes.len()));
    let told = "4 event rows taken over from the run before; 4 new ones read: events2.csv";
    assert_eq!(more.notes.last().unwrap(), told);
}

#[test]
fn what_has_changed_otherwise_is_read_whole() {
    let first = FIRST.to_owned();
    let reasons = [
        ("changed", FIRST.replace("500", "501"), "other contents"),
        ("shorter", "1433193132600,10,view,7,\n".to_owned(), "shorter than it was"),
        ("text", first.clone() + "1433193132900,anna,view,7,\n", "so no more"),
        ("rejected", first + &"never,1,view,1,\n".repeat(90), "taken over"),
    ];
    for (name, rows, reason) in reasons {
        let folder = Folder::with_events(FIRST);
        let earlier = left(folder.ingest());
        folder.rewrite(&rows);
        let told = agreed(&folder, &earlier);
        assert!(told.contains(reason), "{name}: {told}");
    }
    // Without a line end the next row may be the rest of the last.
    let folder = Folder::with_events(FIRST.trim_end());
    let earlier = left(folder.ingest());
    folder.add("events.csv", "1,\n1433193132900,12,view,7,\n");
    assert!(agreed(&folder, &earlier).contains("its last row had no end"));
    // So may it behind a quote that is still open.
    let folder = Folder::with_events(&format!("{FIRST}1433193132600,\"10,view,7,\n"));
    let earlier = left(folder.ingest());
    folder.add("events.csv", "\",view,7,\n1433193132900,12,view,7,\n");
    assert!(agreed(&folder, &earlier).contains("its last row had no end"));
}

impl Folder {
    fn rewrite(&self, rows: &str) {
        std::fs::write(self.path("events.csv"), format!("{HEADER}{rows}")).unwrap();
    }
}

#[test]
fn a_log_that_tells_more_is_gone_on_with_too() {
    let (header, rows) = layouts::REES46.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for cut in 1..rows.len() {
        let (first, second) = rows.split_at(cut);
        let folder = Folder::new().file("2019-Oct.csv", format!("\u{feff}{header}\n{}\n", first.join("\n")));
        let Ok(read) = folder.try_ingest(1.0) else { continue };
        let earlier = left(read);
        folder.add("2019-Oct.csv", &format!("{}\n", second.join("\n")));
        let told = agreed(&folder, &earlier);
        // Equal rows are pieces until a time tells seconds.
        let told_apart = told.contains("its times tell seconds now");
        // Of a new row that is equal to an old one in all that is read, only a whole reading tells whether it repeats it.
        let may_repeat = cut == 5 && told.contains("new rows may repeat old ones");
        assert!(told_apart || may_repeat || told.contains(&format!("2019-Oct.csv from line {}", cut + 2)), "{told}");
        assert!(!told_apart || cut < 3, "{told}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_log_may_grow_anywhere(
        rows in prop::collection::vec((0_i64..50, 0_i64..6, 0_usize..4, 0_i64..5, prop::option::of(0_i64..4)), 1..60),
        cut in 0_usize..60,
        ids in prop::sample::select(vec!["", "u", "0"]),
    ) {
        let kinds = ["view", "addtocart", "transaction", "swim"];
        let text: Vec<String> = rows
            .iter()
            .map(|(time, user, kind, item, order)| {
                let order = order.map_or_else(String::new, |order| order.to_string());
                format!("{},{ids}{user},{},{item},{order}\n", 1_433_193_132_000 + time, kinds[*kind])
            })
            .collect();
        let cut = cut.min(text.len());
        let folder = Folder::with_events(&text[..cut].concat());
        if let Ok(read) = folder.try_ingest(1.0) {
            let earlier = left(read);
            folder.add("events.csv", &text[cut..].concat());
            let told = agreed(&folder, &earlier);
            prop_assert!(cut == text.len() || told.contains("taken over") || told.contains("no more"), "{}", told);
        }
    }
}
