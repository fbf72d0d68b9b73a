//! Wrong settings and logs of no known shape: what an analyst is told.

use super::*;

fn told(folder: &Folder, settings: &str) -> String {
    folder.ingest_with(&toml::from_str(settings).unwrap()).expect_err("should fail").to_string()
}

#[test]
fn a_column_that_is_not_there_is_named_with_the_likely_one() {
    let folder = Folder::with_events("1433193132535,11,view,100,\n");
    let message = told(&folder, "columns = { user = \"visitor\" }");
    assert!(
        message.ends_with(
            "events.csv:1: no column \"visitor\" in events.csv; its columns are timestamp, visitorid, event, itemid, \
             transactionid; did you mean visitorid? set ingest.columns.user"
        ),
        "{message}"
    );
    let message = told(&folder, "layout = \"rees46\"");
    assert!(message.contains("no column \"event_time\" in events.csv; its columns are timestamp,"), "{message}");
    assert!(message.ends_with("set ingest.columns.time"), "{message}");
    let message = told(&folder, "layout = \"custom\"\ncolumns = { user = \"visitorid\", time = \"timestamp\" }");
    assert!(
        message.contains("which column is the event?") || message.contains("which column is the item?"),
        "{message}"
    );
    let message =
        told(&folder, "layout = \"custom\"\nheader = false\ncolumns = { user = 1, time = 2, item = 9, event = 3 }");
    assert!(
        message.contains("no column 9 in events.csv; its rows have 5 fields; set ingest.columns.item"),
        "{message}"
    );
}

#[test]
fn times_that_cannot_be_read_are_shown_with_what_was_tried() {
    let folder = Folder::new().file(
        "events.csv",
        "event_time,event_type,product_id,user_id\n1.10.2019,view,1,2\n2.10.2019,view,1,2\n2.10.2019,cart,1,2\n3.10.2019,view,1,2\n4.10.2019,view,1,2\n",
    );
    let message = told(&folder, "");
    assert_eq!(
        message,
        "no time could be read; column event_time holds \"1.10.2019\", \"2.10.2019\", \"3.10.2019\"\n\
         read as: a date and time such as 2019-10-01 00:00:00 (iso)\n\
         set ingest.time_format to \"s\", \"ms\", \"us\", \"iso\" or a pattern such as \"%d.%m.%Y %H:%M\", \
         or ingest.columns.time to another column"
    );
    let read = folder.ingest_with(&toml::from_str("time_format = \"%d.%m.%Y\"").unwrap()).unwrap();
    assert_eq!(read.counts.accepted, 5);
}

#[test]
fn event_names_that_are_not_known_are_listed_with_counts() {
    let rows = "1569888000,look,1,2\n".repeat(3) + "1569888000,buy now,1,2\n";
    let folder = Folder::new().file("events.csv", format!("at,action,sku,who\n{rows}"));
    let columns = "columns = { time = \"at\", event = \"action\", item = \"sku\", user = \"who\" }\n";
    let message = told(&folder, columns);
    assert_eq!(
        message,
        "no row is a view, addtocart or transaction; the log's events are look (3), buy now (1)\n\
         say what they mean in the configuration, for instance:\n[ingest.events]\nlook = \"view\""
    );
}

#[test]
fn too_many_rejected_rows_are_explained_in_the_layout_s_terms() {
    let good = "2019-10-01 00:00:00 UTC,view,1,7\n".repeat(3);
    let folder =
        Folder::new().file("log.csv", format!("event_time,event_type,product_id,user_id\n{good}soon,view,1,7\n"));
    assert_eq!(
        told(&folder, ""),
        "1 of 4 event rows (25.0 %) were rejected, 5 % are allowed:\
         \n  bad_time (not written as a date and time such as 2019-10-01 00:00:00 (iso); ingest.time_format sets it): 1, first at log.csv:5: soon,view,1,7\
         \ncorrect the log, or raise ingest.rejected_limit"
    );
}

#[test]
fn files_that_do_not_fit_together_are_refused() {
    let folder = Folder::new()
        .file("a.csv", "event_time,event_type,product_id,user_id\n2019-10-01,view,1,7\n")
        .file("b.csv", "timestamp,visitorid,event,itemid\n1433193132535,11,view,100\n");
    let message = told(&folder, "");
    assert!(
        message.contains("holds a.csv, a log in the layout rees46, and b.csv, one in the layout retailrocket"),
        "{message}"
    );
    assert!(folder.ingest_with(&toml::from_str("files = [\"b.csv\"]").unwrap()).is_ok());
    let message = told(&folder, "files = [\"c*.csv\"]");
    assert!(message.starts_with("ingest.files: no file \"c*.csv\" in "), "{message}");
    let unknown = Folder::new().file("log.csv", "when,who\n1,2\n");
    let message = told(&unknown, "");
    assert!(message.contains("holds log.csv, but no event log") && message.contains("set ingest.files"), "{message}");
}
