//! What stands where a raw file should, and is none.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use super::*;

fn refusal(folder: &Folder) -> String {
    folder.try_ingest(1.0).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn links_to_nothing_folders_and_sockets_are_refused_by_name() {
    for name in ["events.csv", "item_properties.csv", "category_tree.csv", "events.csv.gz"] {
        let shop = || {
            if name.starts_with("events") { Folder::new() } else { Folder::with_events("1433193132535,1,view,10,\n") }
        };
        let folder = shop();
        symlink("nowhere", folder.path(name)).unwrap();
        assert!(
            refusal(&folder)
                .ends_with(&format!("{name} is a link to a file that is not there; mend the link or remove it")),
            "{name}"
        );
        let folder = shop();
        std::fs::create_dir(folder.path(name)).unwrap();
        assert!(
            refusal(&folder).contains(&format!("{name} is a folder where a file is needed; to read the files in it")),
            "{name}"
        );
        let folder = shop();
        let _socket = UnixListener::bind(folder.path(name)).unwrap();
        assert!(refusal(&folder).ends_with(&format!("{name} is a socket where a file is needed")), "{name}");
        let folder = shop();
        symlink("/dev/zero", folder.path(name)).unwrap();
        assert!(refusal(&folder).ends_with(&format!("{name} is a device where a file is needed")), "{name}");
    }
}

#[test]
fn a_link_to_a_file_is_that_file() {
    let folder = Folder::new().file("may", format!("{HEADER}1433193132535,1,view,10,\n"));
    symlink("may", folder.path("events.csv")).unwrap();
    assert_eq!(folder.ingest().counts.accepted, 1);
    let alone = discover(&folder.path("events.csv"), &IngestSettings::default()).unwrap();
    assert_eq!(alone.events.len(), 1);
}

#[test]
fn what_cannot_be_opened_among_possible_logs_is_no_log_left_out() {
    let folder = Folder::new().file("a.csv", format!("{HEADER}1433193132535,1,view,10,\n"));
    assert_eq!(folder.ingest().counts.accepted, 1);
    symlink("nowhere", folder.path("b.csv")).unwrap();
    assert!(refusal(&folder).contains("b.csv is a link to a file that is not there"), "{}", refusal(&folder));
    let named = IngestSettings { files: vec!["*.csv".to_owned()], ..IngestSettings::default() };
    assert!(matches!(folder.ingest_with(&named), Err(Error::Refused { .. })));
}

#[test]
fn a_header_longer_than_any_sample_is_found_whole() {
    let more: String = (0..9_000).map(|at| format!(",a_column_of_its_own_{at}")).collect();
    let fields = ",x".repeat(9_000);
    let text = |rows: &str| format!("{}{more}\n{rows}", HEADER.trim_end());
    let folder = Folder::new().file("events.csv", text(&format!("1433193132535,1,view,10,{fields}\n")));
    assert_eq!(folder.ingest().counts.accepted, 1);
    let wide = format!("{}{}\n", HEADER.trim_end(), ",x".repeat(20_000));
    let refused = refusal(&Folder::new().file("events.csv", wide));
    assert!(refused.contains("its first row has 20005 fields, more than 10000"), "{refused}");
}

#[test]
fn long_names_of_events_are_counted_by_their_beginning() {
    let row = |at: i64, event: &str| format!("2019-10-01 00:00:{at:02} UTC,{event},1,1,a,b,1.5,{at},s\n");
    let long = "e".repeat(70_000);
    let header = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
    let rows = [row(1, "view"), row(2, &long), row(3, &format!("{long}f"))].concat();
    let ingested = Folder::new().file("events.csv", format!("{header}{rows}")).ingest();
    assert_eq!(ingested.counts.ignored, [(format!("{}…", "e".repeat(100)), 2)].into_iter().collect());
}
