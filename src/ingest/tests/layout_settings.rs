//! Logs told by the configuration.

use super::*;

fn settings(text: &str) -> IngestSettings {
    let settings: IngestSettings = toml::from_str(text).unwrap();
    settings.check().unwrap();
    settings
}

/// The times of one row each, as they are written.
fn times(written: &[&str], more: &str) -> Vec<i64> {
    let rows: String = written.iter().enumerate().map(|(n, time)| format!("{n}|\"{time}\"|1\n")).collect();
    let folder = Folder::new().file("log.csv", format!("who|when|what\n{rows}"));
    let text =
        format!("default_event = \"view\"\n{more}\n[columns]\nuser = \"who\"\ntime = \"when\"\nitem = \"what\"\n");
    let ingested = folder.ingest_with(&settings(&text)).unwrap();
    assert!(ingested.counts.rejected.values().all(|count| *count == 0), "{:?}", ingested.quarantine);
    ingested.log.time
}

#[test]
fn a_log_of_any_shape_is_told_by_its_columns() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("shop")).unwrap();
    let folder = folder
        .file("shop/january.txt", "Kunde;Zeit;Aktion;Artikel;Betrag;Bestellung\nk-1;01.02.2024 08:30;Ansicht;A/1;1.299,50 €;\nk-1;01.07.2024 08:30;Kauf;A/1;12,5;B7\n")
        .file("shop/february.txt", "Kunde;Zeit;Aktion;Artikel;Betrag;Bestellung\nk-2;02.02.2024 00:10;Suche;;;\n")
        .file("shop/notes.md", "none");
    let settings = settings(
        "layout = \"custom\"\nfiles = \"shop/*.txt\"\ntime_format = \"%d.%m.%Y %H:%M\"\ntime_zone = \"Europe/Berlin\"\n\
         [columns]\nuser = \"Kunde\"\ntime = \"zeit\"\nevent = \"Aktion\"\nitem = \"Artikel\"\nprice = \"Betrag\"\ntransaction = \"Bestellung\"\n\
         [events]\nAnsicht = \"view\"\n\"Kauf\" = \"transaction\"\nWarenkorb = \"addtocart\"\n",
    );
    let ingested = folder.ingest_with(&settings).unwrap();
    // 08:30 in Berlin is 07:30 UTC in winter and 06:30 UTC in summer.
    assert_eq!(lines(&ingested.log), ["k-1 1706772600000 view A/1 -", "k-1 1719815400000 transaction A/1 B7"]);
    assert_eq!(ingested.log.price, [1299.5, 12.5]);
    assert_eq!(ingested.counts.ignored["Suche"], 1);
}

#[test]
fn files_without_a_header_number_their_columns() {
    let folder = Folder::new().file("events.csv", "7\t1569888000\tsee\tx\n8\t1569888001\tsee\ty\n");
    let text = "layout = \"custom\"\nheader = false\nevents = { see = \"view\" }\n\
                columns = { user = 1, time = 2, event = 3, item = \"4\" }\n";
    let ingested = folder.ingest_with(&settings(text)).unwrap();
    assert_eq!(lines(&ingested.log), ["7 1569888000000 view x -", "8 1569888001000 view y -"]);
    let named = toml::from_str::<IngestSettings>("header = false\ncolumns = { user = \"who\" }\n").unwrap();
    let told = named.check().unwrap_err().to_string();
    assert_eq!(told, "ingest.columns: user is \"who\", but without a header a column is a number from 1");
}

#[test]
fn a_preset_bends_to_the_settings() {
    let folder =
        Folder::with_events("1433193132535,11,see,100,\n1433193132536,11,view,100,\n1433193132537,11,buy,100,5\n");
    assert_eq!(folder.ingest().counts.accepted, 1, "as it is, RetailRocket knows one of them");
    let ingested = folder.ingest_with(&settings("events = { see = \"view\", buy = \"transaction\" }\n")).unwrap();
    assert_eq!((ingested.layout, ingested.counts.accepted, ingested.counts.views), ("retailrocket", 3, 2));
    let folder =
        Folder::new().file("events.csv", "timestamp,visitorid,event,itemid,visit\n1433193132535,11,view,100,v1\n");
    let ingested = folder.ingest_with(&settings("columns = { session = \"visit\" }\n")).unwrap();
    assert_eq!((ingested.layout, ingested.log.session), ("retailrocket", vec![0]));
}

#[test]
fn one_column_may_have_two_roles() {
    let folder = Folder::new().file("events.csv", "order,at,sku\n5,2024-01-01,a\n6,2024-01-02,b\n");
    let text = "default_event = \"transaction\"\ncolumns = { user = \"order\", transaction = \"order\", time = \"at\", item = \"sku\" }\n";
    let ingested = folder.ingest_with(&settings(text)).unwrap();
    assert_eq!(lines(&ingested.log), ["5 1704067200000 transaction a 5", "6 1704153600000 transaction b 6"]);
}

#[test]
fn times_are_read_as_they_are_written() {
    let noon = 1_569_931_200_000; // 2019-10-01 12:00 UTC
    for (written, more) in [
        (&["1569931200", "1569931200.0", "1569931200000", "1569931200000000"][..], ""),
        (&["2019-10-01 12:00:00 UTC", "2019-10-01T12:00:00.000Z", "2019-10-01T14:00+02:00", "2019-10-01 12:00"], ""),
        (&["1569931200"], "time_format = \"s\""),
        (&["1569931200000"], "time_format = \"ms\""),
        (&["1569931200000000"], "time_format = \"us\""),
        (&["2019-10-01 12:00:00 UTC"], "time_format = \"%Y-%m-%d %H:%M:%S UTC\"\ntime_zone = \"+05:00\""),
        (&["10/1/19 12:00 PM", "10/01/19 12:00 pm"], "time_format = \"%m/%d/%y %I:%M %p\""),
        (&["2019-10-01 14:00:00", "2019-10-01T10:00:00-02:00"], "time_zone = \"Europe/Berlin\""),
        (&["2019-10-01 17:30:00"], "time_zone = \"+05:30\""),
        (&["01 October 2019 12:00:00"], "time_format = \"%d %B %Y %H:%M:%S\""),
        (&["Tue, 01 Oct 2019 14:00:00 +0200"], "time_format = \"%a, %d %b %Y %H:%M:%S %z\""),
    ] {
        assert_eq!(times(written, more), vec![noon; written.len()], "{written:?} {more}");
    }
    assert_eq!(times(&["1569931200.25"], "time_format = \"s\""), [noon + 250]);
    // The hour that Berlin's clocks show twice counts as the first one; the one they leave out moves on.
    let berlin = "time_zone = \"Europe/Berlin\"";
    assert_eq!(times(&["2019-10-27 02:30:00"], berlin), [1_572_136_200_000]);
    assert_eq!(times(&["2019-03-31 02:30:00"], berlin), [1_553_995_800_000]);
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    for (text, complaint) in [
        ("separator = \"ab\"", "ingest.separator must be one character, \"tab\", \"space\" or \"auto\", not \"ab\""),
        ("time_zone = \"Mars\"", "ingest.time_zone must be \"UTC\", an offset"),
        (
            "time_format = \"days\"",
            "ingest.time_format must be \"auto\", \"s\", \"ms\", \"us\", \"ns\", \"iso\", \"excel\" or a pattern",
        ),
        ("time_format = \"%H:%M\"", "it lacks a year (%Y), a month (%m) or a day (%d)"),
    ] {
        let settings: IngestSettings = toml::from_str(text).unwrap();
        let told = settings.check().unwrap_err().to_string();
        assert!(told.contains(complaint), "{told}");
    }
}
