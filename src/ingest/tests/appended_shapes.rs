//! Logs of other shapes that grew give what a whole reading gives.

use super::*;

/// Everything that a reading gives but the note that tells how the log was read.
fn told(ingested: &Ingested) -> String {
    let Ingested { log, catalogue, counts, quarantine, details, read, orders, layout, notes, items, customers } =
        ingested;
    let notes: Vec<&String> = notes.iter().filter(|note| !is_about_reading(note)).collect();
    let labels: Vec<Vec<Option<&str>>> =
        details.labels.iter().map(|labels| (0..labels.codes.len()).map(|event| labels.of(event)).collect()).collect();
    format!(
        "{log:?} {catalogue:?} {counts:?} {quarantine:?} {:?} {:?} {:?} {:?} {labels:?} {read:?} {orders} {layout} \
         {notes:?} {items:?} {customers:?}",
        details.price, details.quantity, details.amounts, details.session
    )
}

fn is_about_reading(note: &str) -> bool {
    note.contains("taken over from the run before") || note.starts_with("the log was read whole")
}

/// Cuts the log behind each of its rows, reads the first part, adds the rest, and compares with a whole reading. Returns
/// how often only what was new was read.
#[track_caller]
fn grown(log: &str, settings: &str) -> usize {
    let settings: IngestSettings = toml::from_str(settings).unwrap();
    let (header, rows) = log.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let files = |folder: &Folder| discover(&folder.path("log.csv"), &settings).unwrap();
    let whole = Folder::new().file("log.csv", log);
    let whole = ingest(&files(&whole), &settings, &Job::new()).unwrap();
    let mut continued = 0;
    for cut in 1..rows.len() {
        let (first, second) = rows.split_at(cut);
        let folder = Folder::new().file("log.csv", format!("{header}\n{}\n", first.join("\n")));
        let Ok(read) = ingest(&files(&folder), &settings, &Job::new()) else { continue };
        let Ingested { log, details, counts, quarantine, read, orders, .. } = read;
        let earlier = Earlier { log, details, counts, quarantine, files: read, orders };
        let mut text = std::fs::read_to_string(folder.path("log.csv")).unwrap();
        text.push_str(&format!("{}\n", second.join("\n")));
        std::fs::write(folder.path("log.csv"), text).unwrap();
        let more = ingest_more(&files(&folder), &settings, &earlier, &Job::new()).unwrap();
        // The files differ in when they were written, and in nothing else.
        let without_times = |ingested: &Ingested| {
            let mut ingested = ingested.clone();
            ingested.read.clear();
            told(&ingested)
        };
        assert_eq!(without_times(&more), without_times(&whole), "cut behind row {cut}: {:?}", more.notes);
        continued += usize::from(more.notes.iter().any(|note| note.contains("taken over")));
    }
    continued
}

const CUSTOM: &str = "layout = \"custom\"\nrejected_limit = 1.0\ndefault_event = \"transaction\"\n";

#[test]
fn customers_dates_and_amounts() {
    let rows: String = (0..12).map(|at| format!("{},2023-03-{:02},{}.50\n", at % 4, 1 + at, 10 + at)).collect();
    let columns = "[columns]\nuser = \"cust\"\ntime = \"day\"\nprice = \"amount\"\n";
    assert!(grown(&format!("cust,day,amount\n{rows}"), &format!("{CUSTOM}{columns}")) > 8);
}

#[test]
fn returns_and_who_only_sends_back() {
    let rows = "1,2023-03-01 10:00:01,a,A1,10.00,2\n2,2023-03-02 10:00:01,b,A2,20.00,-1\n\
        1,2023-03-03 10:00:01,a,A3,10.00,-1\n3,2023-03-04 10:00:01,c,A4,7.00,1\n2,2023-03-05 10:00:01,b,A5,20.00,1\n\
        3,2023-03-01 09:00:01,c,A6,(3.00),1\n";
    let columns = "[columns]\nuser = \"user\"\ntime = \"time\"\nitem = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n\
        quantity = \"pieces\"\n";
    assert!(grown(&format!("user,time,item,order,price,pieces\n{rows}"), &format!("{CUSTOM}{columns}")) > 0);
}

#[test]
fn visits_messages_and_views() {
    let kinds = ["look", "look", "mail", "buy", "click", "stop"];
    let rows: String = (0..18)
        .map(|at| {
            let item = if at % 3 == 0 { String::new() } else { format!("i{}", at % 4) };
            format!("{},2023-03-01 10:{at:02}:01,{},{item}\n", at % 4, kinds[at % 6])
        })
        .collect();
    let settings = "layout = \"custom\"\nrejected_limit = 1.0\n[columns]\nuser = \"user\"\ntime = \"time\"\nevent = \"kind\"\n\
        item = \"item\"\n[events]\nlook = \"view\"\nmail = \"contact\"\nbuy = \"transaction\"\nclick = \"response\"\n\
        stop = \"optout\"\n";
    assert!(grown(&format!("user,time,kind,item\n{rows}"), settings) > 0);
}

#[test]
fn orders_with_discounts_and_currencies() {
    let rows: String = (0..12)
        .map(|at| {
            let (order, currency) = (at / 2, if at < 8 { "EUR" } else { "USD" });
            format!("A{order},{},2023-03-01 10:{at:02}:01,i{at},{}.00,2.00,{currency}\n", order % 3, 20 + at)
        })
        .collect();
    let columns = "[columns]\nuser = \"user\"\ntime = \"time\"\nitem = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n\
        discount = \"off\"\ncurrency = \"currency\"\n";
    let log = format!("order,user,time,item,price,off,currency\n{rows}");
    assert!(grown(&log, &format!("{CUSTOM}{columns}")) > 8);
    assert!(grown(&log, &format!("{CUSTOM}rates = {{ EUR = 1.0, USD = 0.5 }}\n{columns}")) > 8);
}

#[test]
fn orders_whose_first_row_alone_tells_whose_they_are() {
    let rows: String = (0..8)
        .map(|at| {
            let status = ["paid", "refunded", "odd"][at % 3];
            format!(
                "#{at},U{}@X.org,{status},2023-03-01 10:{at:02}:01,A,1.00\n#{at},,,,B,2.00\n#{at},,,,B,2.00\n",
                at % 3
            )
        })
        .collect();
    let columns = "[columns]\nuser = \"email\"\ntime = \"time\"\nitem = \"item\"\ntransaction = \"order\"\nprice = \"price\"\n\
        status = \"status\"\n";
    assert!(grown(&format!("order,email,status,time,item,price\n{rows}"), &format!("{CUSTOM}{columns}")) > 0);
}

#[test]
fn rows_that_repeat_others_in_all_that_is_read() {
    let rows = "1,2023-03-01 10:00:01,a,S\n1,2023-03-01 10:00:01,a,M\n2,2023-03-01 10:00:01,a,S\n1,2023-03-01 10:00:01,a,M\n\
        2,2023-03-02 10:00:01,a,S\n2,2023-03-01 10:00:01,a,S\n";
    let columns = "[columns]\nuser = \"user\"\ntime = \"time\"\nitem = \"item\"\n";
    // The last row may repeat an earlier one, which only a whole reading tells.
    assert_eq!(grown(&format!("user,time,item,size\n{rows}"), &format!("{CUSTOM}{columns}")), 0);
}

#[test]
fn items_whose_names_change() {
    let rows: String = (0..12)
        .map(|at| {
            format!("{},2023-03-{:02} 10:00:01,i{},Name {},g{}\n", at % 3, 1 + at * 5 % 12, at % 4, at % 5, at % 2)
        })
        .collect();
    let columns =
        "[columns]\nuser = \"user\"\ntime = \"time\"\nitem = \"item\"\nitem_name = \"name\"\nitem_group = \"group\"\n";
    assert!(grown(&format!("user,time,item,name,group\n{rows}"), &format!("{CUSTOM}{columns}")) > 8);
}
