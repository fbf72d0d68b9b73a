#![allow(clippy::unwrap_used, clippy::panic)]
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use polars::prelude::{DataFrame, IntoColumn as _, NamedFrom as _, ParquetWriter, Series, TimeUnit, df};
use tempfile::TempDir;

use super::*;
use crate::error::Error;
use crate::ingest::ColumnSettings;
use crate::ingest::layout::DefaultEvent;
use crate::ingest::layout::{LayoutName, Meaning};
use crate::ingest::synth::{SynthSettings, generate};
use crate::job::Job;

/// A folder of logs, and a look at them.
struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn log(text: &str) -> (Self, PathBuf) {
        let shop = Self::new();
        let path = shop.write("log.csv", text);
        (shop, path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

fn draft_of(path: PathBuf) -> Draft {
    given(vec![path], IngestSettings::default())
}

fn given(paths: Vec<PathBuf>, given: IngestSettings) -> Draft {
    let draft = Draft::inspect(&Request { paths, given, ..Request::default() }, &Job::new()).unwrap();
    draft.check().unwrap();
    draft
}

/// The columns of roles that have one, in the order shown.
fn columns(draft: &Draft) -> Vec<(String, String)> {
    let columns = draft.choices().into_iter().filter(|choice| !choice.value.is_empty());
    columns.filter_map(|choice| Some((choice.key.strip_prefix("columns.")?.to_owned(), choice.value))).collect()
}

fn choice(draft: &Draft, key: &str) -> Choice {
    let choices = draft.choices();
    choices.iter().find(|choice| choice.key == key).unwrap_or_else(|| panic!("no {key} in {choices:#?}")).clone()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|&(role, column)| (role.to_owned(), column.to_owned())).collect()
}

/// 200 rows by a function of the row's number.
fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    let mut log = String::from(header);
    for at in 0..200 {
        writeln!(log, "{}", row(at)).unwrap();
    }
    log
}

#[test]
fn a_known_shape_is_taken_as_it_is() {
    let shop = Shop::new();
    let settings = SynthSettings { scale: 0.0005, ..SynthSettings::lively() };
    generate(shop.0.path(), &settings, &Job::new()).unwrap();
    let draft = draft_of(shop.0.path().to_path_buf());
    let choices = draft.choices();
    assert_eq!((choices.len(), choices[0].value.as_str()), (1, "retailrocket"));
    assert_eq!(draft.settings(), IngestSettings { layout: LayoutName::Retailrocket, ..IngestSettings::default() });
    let seen = draft.preview(&Job::new()).unwrap();
    assert!(seen.counts.accepted > 100 && seen.counts.rejected.values().sum::<u64>() == 0, "{:?}", seen.counts);

    let rees46 = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n\
                  2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde\n";
    let (_shop, path) = Shop::log(rees46);
    assert_eq!(choice(&draft_of(path), "layout").value, "rees46");
}

#[test]
fn four_fields_without_a_header_are_yoochooses_only_where_all_rows_are() {
    let clicks = rows("", |at| format!("{at},2014-04-07T10:51:09.277Z,{},0", 214_536_502 + at % 7));
    let (_shop, path) = Shop::log(&clicks);
    assert_eq!(choice(&draft_of(path), "layout").value, "yoochoose");
    let clicks =
        rows("1,2014-04-07T10:51:09.277Z,7,0\n", |at| format!("{at},2014-04-07T10:51:09.277Z,sku{},0", at % 7));
    let (_shop, path) = Shop::log(&clicks);
    let draft = draft_of(path);
    assert_eq!((choice(&draft, "layout").value.as_str(), draft.settings().header), ("custom", false));
}

#[test]
fn a_known_shape_can_be_read_by_its_columns_and_back() {
    let retailrocket = "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n\
                        1433224214164,992329,view,248676,\n1433221999827,257597,addtocart,355908,\n";
    let (_shop, path) = Shop::log(retailrocket);
    let mut draft = draft_of(path);
    assert!(matches!(draft.choose("layout", "custom"), Changed::Settings));
    let all = [("time", "timestamp"), ("user", "visitorid"), ("item", "itemid"), ("event", "event")];
    assert_eq!(columns(&draft)[..4], pairs(&all));
    assert_eq!(draft.settings().layout, LayoutName::Custom);
    let Changed::Shape(request) = draft.choose("header", "false") else { panic!("a header changes all columns") };
    let numbered = Draft::inspect(&request, &Job::new()).unwrap();
    assert_eq!(choice(&numbered, "layout").value, "custom", "the choice outlives the second look");
    draft.choose("layout", "retailrocket");
    assert_eq!(draft.settings().layout, LayoutName::Retailrocket);
}

#[test]
fn a_german_log_with_semicolons_and_decimal_commas() {
    let log = rows("Zeit;Kunde;Aktion;Artikel;Preis\n", |at| {
        let event = ["produktansicht", "warenkorb", "bestellung", "newsletter"][at % 4];
        format!("{:02}.{:02}.2024 {:02}:00;K{};{event};A{};{at},50", at % 28 + 1, at % 3 + 1, at % 24, at % 61, at % 31)
    });
    let (_shop, path) = Shop::log(&log);
    let draft = draft_of(path);
    let all = [("time", "Zeit"), ("user", "Kunde"), ("item", "Artikel"), ("event", "Aktion"), ("price", "Preis")];
    assert_eq!(columns(&draft), pairs(&all));
    let settings = draft.settings();
    assert_eq!((settings.separator.as_str(), settings.time_format.as_str()), (";", "%d.%m.%Y %H:%M"));
    let meanings: Vec<Meaning> = settings.events.values().copied().collect();
    assert_eq!(meanings, [Meaning::Transaction, Meaning::Ignore, Meaning::View, Meaning::AddToCart]);
    let seen = draft.preview(&Job::new()).unwrap();
    assert_eq!((seen.counts.read, seen.counts.transactions, seen.counts.ignored["newsletter"]), (200, 50, 50));
}

#[test]
fn seconds_since_1970_by_their_size_and_one_kind_of_event_by_its_money() {
    let log = rows("when,customer_no,article,amount\n", |at| {
        format!("{},{},{},{}.99", 1_700_000_000 + at * 60, at % 50, at % 30, at % 90)
    });
    let (_shop, path) = Shop::log(&log);
    let draft = draft_of(path);
    assert_eq!(choice(&draft, "time_format").value, "s");
    assert_eq!(draft.settings().default_event, DefaultEvent::Transaction);
    assert!(!choice(&draft, "default_event").sure);
    assert!(choice(&draft, "columns.event").value.is_empty());
    assert_eq!(draft.preview(&Job::new()).unwrap().counts.transactions, 200);

    let log = rows("when,customer_no,article\n", |at| format!("{},{},{}", 1_700_000_000 + at * 60, at % 50, at % 30));
    let (_shop, path) = Shop::log(&log);
    assert_eq!(draft_of(path).settings().default_event, DefaultEvent::View);
}

#[test]
fn columns_without_names_are_numbers() {
    let log = rows("", |at| {
        format!("2024-01-{:02} 10:00:00|u{}|{}|sku{}", at % 28 + 1, at % 40, ["view", "buy"][at % 2], at % 30)
    });
    let (_shop, path) = Shop::log(&log);
    let draft = draft_of(path);
    assert_eq!(columns(&draft), pairs(&[("time", "1"), ("user", "2"), ("item", "4"), ("event", "3")]));
    let settings = draft.settings();
    assert_eq!((settings.separator.as_str(), settings.header), ("|", false));
    assert_eq!(draft.preview(&Job::new()).unwrap().counts.read, 200);
}

#[test]
fn tabs_and_quoted_fields() {
    let log = rows("ts\tuser\taction\tproduct_id\tproduct_name\n", |at| {
        format!("{}\tu{}\tview\tp{}\t\"a \"\"large\"\"\n\ttent\"", 1_700_000_000_000_u64 + at as u64, at % 40, at % 30)
    });
    let (_shop, path) = Shop::log(&log);
    let draft = draft_of(path);
    let all =
        [("time", "ts"), ("user", "user"), ("item", "product_id"), ("event", "action"), ("item_name", "product_name")];
    assert_eq!(columns(&draft), pairs(&all));
    assert_eq!((draft.settings().separator.as_str(), draft.settings().time_format.as_str()), ("tab", "ms"));
    let seen = draft.preview(&Job::new()).unwrap();
    assert_eq!((seen.counts.read, seen.counts.accepted), (200, 200));
}

#[test]
fn parquet_with_times_of_its_own() {
    let shop = Shop::new();
    let times: Vec<i64> = (0..200).map(|at| 1_700_000_000_000 + at * 60_000).collect();
    let mut table: DataFrame = df!(
        "member" => (0..200).map(|at| format!("m{}", at % 40)).collect::<Vec<_>>(),
        "sku" => (0..200).map(|at| at % 30).collect::<Vec<i64>>(),
        "verb" => (0..200).map(|at| ["view", "cart", "purchase"][at % 3]).collect::<Vec<_>>(),
    )
    .unwrap();
    let times = Series::new("happened".into(), times);
    let times = times.cast(&polars::prelude::DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
    table.with_column(times.into_column()).unwrap();
    let path = shop.0.path().join("log.parquet");
    ParquetWriter::new(fs::File::create(&path).unwrap()).finish(&mut table).unwrap();
    let draft = draft_of(path);
    let all = [("time", "happened"), ("user", "member"), ("item", "sku"), ("event", "verb")];
    assert_eq!(columns(&draft), pairs(&all));
    assert_eq!(draft.settings().time_format, "auto");
    assert!(draft.choices().iter().all(|choice| choice.key != "separator" && choice.key != "header"));
    let (facts, role) = draft.facts("columns.item", "happened");
    assert!(facts.starts_with("200 different, such as 2023-11-14T22:13:20Z"), "{facts}");
    assert_eq!(role, "time");
    assert_eq!(draft.preview(&Job::new()).unwrap().counts.accepted, 200);
}

#[test]
fn day_and_month_that_cannot_be_told_apart_are_no_sure_thing() {
    let log =
        rows("date,user,item\n", |at| format!("{:02}/{:02}/2024,u{},i{}", at % 12 + 1, at % 11 + 1, at % 40, at % 30));
    let (_shop, path) = Shop::log(&log);
    let mut draft = draft_of(path);
    let times = choice(&draft, "time_format");
    assert_eq!((times.value.as_str(), times.sure), ("%m/%d/%Y", false));
    assert!(times.reason.contains("the month was taken to stand first"), "{}", times.reason);
    assert_eq!(times.rivals, ["%d/%m/%Y"]);
    assert_eq!(draft.options("time_format"), ["%m/%d/%Y", "%d/%m/%Y", "auto"]);
    let before = draft.preview(&Job::new()).unwrap().last_ms;
    draft.choose("time_format", "%d/%m/%Y");
    assert_eq!(draft.settings().time_format, "%d/%m/%Y");
    assert_ne!(draft.preview(&Job::new()).unwrap().last_ms, before);
}

#[test]
fn what_cannot_be_a_log_is_refused_with_what_was_looked_for() {
    let wrong = |text: &str| {
        let (_shop, path) = Shop::log(text);
        let request = Request { paths: vec![path], ..Request::default() };
        match Draft::inspect(&request, &Job::new()).and_then(|draft| draft.check()) {
            Err(Error::Input { what, .. }) => what,
            other => panic!("{text:?} gave {other:?}"),
        }
    };
    assert!(wrong("").contains("is empty"));
    assert!(wrong("\n\n").contains("is empty"));
    assert!(wrong("time,user,item\n").contains("no row that goes with it"));
    let told = wrong("user,item\na,b\nc,d\n");
    assert!(told.contains("no column could be the time") && told.contains("its columns are user, item"), "{told}");
    let told = wrong("when,item\n2024-01-01,b\n2024-01-02,d\n");
    assert!(told.contains("no column could be the user") && told.contains("customer, visitor"), "{told}");
}

#[test]
fn a_column_given_to_one_role_is_no_other_role_s() {
    let log = rows("time,user,item,type,value\n", |at| {
        format!("2024-01-{:02} 10:00:00,u{},i{},view,{at}.50", at % 28 + 1, at % 40, at % 30)
    });
    let (_shop, path) = Shop::log(&log);
    assert_eq!(choice(&draft_of(path.clone()), "columns.price").value, "value");
    let columns_given = ColumnSettings { transaction: "value".into(), ..ColumnSettings::default() };
    let known = IngestSettings { columns: columns_given, ..IngestSettings::default() };
    let draft = given(vec![path.clone()], known);
    assert_eq!(choice(&draft, "columns.transaction").reason, "given");
    assert!(choice(&draft, "columns.price").value.is_empty());
    assert!(draft.settings().columns.price.is_empty());

    let mut draft = draft_of(path);
    draft.choose("columns.user", "item");
    assert_eq!((choice(&draft, "columns.user").value.as_str(), draft.settings().columns.item.text()), ("item", ""));
    assert!(draft.check().is_ok(), "a log can do without items");
    assert_eq!(choice(&draft, "columns.item").reason, "item is the user now");
    draft.choose("columns.user", "value");
    assert_eq!(draft.settings().columns.item.text(), "item", "it comes back when the other goes on");
    draft.choose("columns.user", "item");
    draft.choose("columns.item", "user");
    assert_eq!(draft.settings().columns.item.text(), "user");
    assert_eq!(choice(&draft, "columns.item").reason, "chosen instead of item");
    assert!(matches!(draft.choose("columns.item", "user"), Changed::Nothing));
    assert!(matches!(draft.choose("columns.item", "nowhere"), Changed::Nothing));
    assert!(matches!(draft.choose("columns.item", ""), Changed::Nothing), "a log needs items");
    draft.choose("columns.price", "");
    assert_eq!(choice(&draft, "columns.price").reason, "left out instead of value");
}

#[test]
fn more_event_names_than_are_listed_are_announced() {
    let log = rows("time,user,item,event\n", |at| {
        let event = if at % 4 == 0 { format!("rare_{}", at % 320) } else { "view".to_owned() };
        format!("2024-01-{:02} 10:00:00,u{},i{},{event}", at % 28 + 1, at % 40, at % 30)
    });
    let many: String = (0..3).map(|_| log.split_once('\n').unwrap().1).collect();
    let (_shop, path) = Shop::log(&format!("time,user,item,event\n{many}"));
    let draft = draft_of(path.clone());
    assert!(choice(&draft, "columns.event").sure, "51 names are listed");
    let mut log = String::from(
        "time,user,item,event
",
    );
    for at in 0..600 {
        writeln!(log, "2024-01-01 10:00:{:02},u{},i{},name_{}", at % 60, at % 40, at % 30, at % 90).unwrap();
    }
    fs::write(&path, log).unwrap();
    let draft = draft_of(path.clone());
    let events = choice(&draft, "columns.event");
    assert_eq!((events.value.as_str(), events.sure), ("event", false));
    assert!(events.reason.contains("90 different texts in the rows looked at, the 60 commonest listed"), "{events:?}");
    assert_eq!(draft.settings().events.len(), 60);
    let known = IngestSettings {
        columns: ColumnSettings { event: "event".into(), ..ColumnSettings::default() },
        ..IngestSettings::default()
    };
    let events = choice(&given(vec![path], known), "columns.event");
    assert!(events.reason.starts_with("given; 90 different texts") && !events.sure, "{events:?}");
}

#[test]
fn files_whose_columns_differ_from_the_first_ones_are_told() {
    let shop = Shop::new();
    let row = "2024-01-01 10:00:00,u1,i1,2.50\n2024-01-02 10:00:00,u1,i2,2.50\n";
    let one = shop.write("a.csv", &format!("time,user,item,price\n{row}"));
    let two = shop.write("b.csv", &format!("time,user,item,cost\n{row}"));
    let three = shop.write("c.csv", &format!("item,price,time,user\n{row}"));
    let notes = given(vec![one.clone(), two, three], IngestSettings::default()).proposal().notes;
    assert_eq!(notes, ["b.csv lacks price and has cost beside; only a.csv was looked at, the preview reads all"]);
    assert!(draft_of(one).notes().is_empty());
    let one = shop.write("d.csv", row);
    let two = shop.write("e.csv", "2024-01-01 10:00:00,u1,i1\n");
    let request = Request { paths: vec![one, two], ..Request::default() };
    let notes = Draft::inspect(&request, &Job::new()).unwrap().notes();
    assert_eq!(notes, ["e.csv has rows of 3 fields, not of 4; only d.csv was looked at, the preview reads all"]);
}

#[test]
fn files_of_one_name_in_different_folders_are_all_previewed() {
    let shop = Shop::new();
    for (folder, month) in [("2024-01", 1), ("2024-02", 2)] {
        fs::create_dir(shop.0.path().join(folder)).unwrap();
        let log = rows("time,user,item,price\n", |at| {
            format!("2024-0{month}-{:02} 10:00:{:02},u{},i{},2.50", at % 28 + 1, at % 60, at % 9, at % 5)
        });
        shop.write(&format!("{folder}/log.csv"), &log);
    }
    let draft = draft_of(shop.0.path().to_path_buf());
    let seen = draft.preview(&Job::new()).unwrap();
    assert_eq!((seen.counts.read, seen.counts.accepted), (400, 400));
}

#[test]
fn a_header_that_is_given_is_taken_at_its_word() {
    // A header with a year in it looks like a row of values.
    let log = rows("time,user,item,2024\n", |at| {
        format!("2024-01-{:02} 10:00:00,u{},i{},{at}", at % 28 + 1, at % 40, at % 30)
    });
    let (_shop, path) = Shop::log(&log);
    let told = Draft::inspect(&Request { paths: vec![path.clone()], ..Request::default() }, &Job::new()).unwrap();
    assert!(!told.settings().header);
    let request = Request { paths: vec![path], header: Some(true), ..Request::default() };
    let draft = Draft::inspect(&request, &Job::new()).unwrap();
    assert_eq!(choice(&draft, "header").reason, "given");
    assert_eq!(draft.settings().columns.user.text(), "user");
}
