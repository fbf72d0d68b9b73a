// Rows read best as the text they will be in the file.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use std::path::PathBuf;

use super::*;
use crate::job::Job;

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("campaign.csv");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn told(text: &str, settings: &CampaignSettings) -> String {
    let (_folder, path) = file(text);
    read_as(&path, settings, &Job::new()).unwrap_err().to_string()
}

/// As `user360 uplift` asks.
fn read_as(path: &std::path::Path, settings: &CampaignSettings, job: &Job) -> Result<CampaignFile> {
    read(path, Asked { settings, zone: "UTC", options: true }, job)
}

fn arms() -> CampaignSettings {
    CampaignSettings {
        treatment: "segment".to_owned(),
        control: "none".to_owned(),
        outcome: "visit".to_owned(),
        ..CampaignSettings::default()
    }
}

#[test]
fn treatment_outcome_and_predictors_are_read() {
    let (_folder, path) = file("user,treatment,outcome,age,zip\n7,1,0,31,a\n8,0,1,,b\n9,1,1,40,a\n");
    let read = read_as(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    assert_eq!(read.users, Some(vec!["7".to_owned(), "8".to_owned(), "9".to_owned()]));
    assert_eq!((read.arms.clone(), read.arm.clone()), (vec!["treated".to_owned()], vec![1, 0, 1]));
    assert_eq!((read.outcome.clone(), read.counts()), (vec![0.0, 1.0, 1.0], vec![1, 2]));
    let names: Vec<&str> = read.predictors.iter().map(|predictor| predictor.name.as_str()).collect();
    assert_eq!(names, ["age", "zip=a", "zip=b"]);
}

#[test]
fn named_arms_other_arms_and_spend() {
    let text = "segment,visit,spend,age\nmens,1,2.5,30\nnone,0,,31\nwomens,1,9,32\nnone,1,0,33\n";
    let (_folder, path) = file(text);
    let settings = CampaignSettings { spend: "spend".to_owned(), ..arms() };
    let both = read_as(&path, &settings, &Job::new()).unwrap();
    assert_eq!((both.arms.clone(), both.arm.clone()), (vec!["mens".to_owned(), "womens".to_owned()], vec![1, 0, 2, 0]));
    assert!(both.spend[1].is_nan() && both.users.is_none() && both.predictors.len() == 1);
    let settings = CampaignSettings { arms: vec!["womens".to_owned()], ..settings };
    let one = read_as(&path, &settings, &Job::new()).unwrap();
    assert_eq!((one.row.clone(), one.arm.clone()), (vec![1, 2, 3], vec![0, 1, 0]));
    assert!(one.notes.iter().any(|note| note.contains("1 of 4 rows are of other arms")));
    // crc32 of "1", "2", "3" modulo 5: Python's zlib.crc32(b"1") % 5 and so on.
    assert_eq!(one.folds(), [b"1", b"2", b"3"].map(|row| (crc32fast::hash(row) % 5) as u8));
}

#[test]
fn what_only_the_outcome_can_have_brought_about_predicts_nothing() {
    // Of 40 rows every second has the outcome: 19 that differ happen by chance in 2^-19 of all columns, 20 in 2^-20.
    let text = |bought: usize| {
        let row = |row: usize| format!("{},{},{}\n", row % 4 / 2, row % 2, u8::from(row % 2 == 1 && row < 2 * bought));
        format!("treatment,outcome,order\n{}", (0..40).map(row).collect::<String>())
    };
    let read_with = |text: &str, features: &[&str]| {
        let (_folder, path) = file(text);
        let features = features.iter().map(|name| (*name).to_owned()).collect();
        read_as(&path, &CampaignSettings { features, ..CampaignSettings::default() }, &Job::new()).unwrap()
    };
    let told = read_with(&text(20), &[]);
    assert!(told.predictors.is_empty());
    assert!(told.notes[0].starts_with("left out: order is \"0\" wherever outcome is 0"), "{:?}", told.notes);
    for kept in [read_with(&text(19), &[]), read_with(&text(20), &["order"])] {
        assert_eq!((kept.predictors.len(), kept.notes.len()), (1, 0));
    }
}

#[test]
fn mistakes_are_told_by_line_column_and_what_to_do() {
    let default = CampaignSettings::default();
    let told_of = |text: &str| told(text, &default);
    assert!(
        told_of("id,outcome\n1,0\n")
            .contains("no column \"treatment\"; its columns are id, outcome; set campaign.treatment")
    );
    assert!(told_of("treatment,outcome\n1,0\nmaybe,1\n").contains(":3: treatment is \"maybe\""));
    assert!(
        told_of("treatment,outcome\n1,0\n0,much\n").contains(":3: outcome is \"much\"; an outcome is 0 or 1, or an")
    );
    assert!(told_of("user,treatment,outcome\n1,1,0\n1,0,0\n").contains(":3: user 1 has a row before"));
    assert!(told_of("treatment,outcome\n1,0\n1,1\n").contains("there is no control"));
    assert!(told_of("treatment,outcome\n0,0\n").contains("nobody was treated"));
    assert!(told_of("treatment,outcome\n1\n").contains("1 fields where the header has 2"));
    let settings = CampaignSettings { arms: vec!["kids".to_owned()], ..arms() };
    assert!(told("segment,visit\nmens,1\nnone,0\nkids?,1\n", &settings).contains("no row of segment is \"kids\""));
}

#[test]
fn compressed_files_read_alike() {
    use std::io::Write;
    let text = "treatment,outcome,age\n1,0,5\n0,1,6\n";
    let (folder, path) = file(text);
    let plain = read_as(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    let zipped = folder.path().join("campaign.csv.gz");
    let mut out = flate2::write::GzEncoder::new(std::fs::File::create(&zipped).unwrap(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap();
    assert_eq!(read_as(&zipped, &CampaignSettings::default(), &Job::new()).unwrap(), plain);
}

#[test]
fn money_flags_and_controls_are_known_by_what_they_are() {
    let default = CampaignSettings::default();
    let of = |text: &str| {
        let (_folder, path) = file(text);
        read_as(&path, &default, &Job::new()).unwrap()
    };
    let money = of("treatment,outcome\ny,0\nn,12.50\ny,3\n");
    assert!(money.money && money.notes.iter().any(|note| note.contains("taken as money")), "{:?}", money.notes);
    assert_eq!((money.outcome, money.arm), (vec![0.0, 12.5, 3.0], vec![1, 0, 1]));
    let named = of("treatment,outcome\nA,0\nNo E-Mail,1\nB,1\n");
    assert_eq!((named.arms, named.arm), (vec!["A".to_owned(), "B".to_owned()], vec![1, 0, 2]));
    assert!(named.notes[0].contains("the control is \"No E-Mail\""), "{:?}", named.notes);
    // A number that is another one in every row tells rows apart, and teaches nothing.
    let rows: Vec<String> =
        (0..200).map(|row| format!("{},{},{},{}", row % 2, row % 3 / 2, 9_000 + row, row % 50)).collect();
    let rows = rows.join("\n");
    let numbered = of(&format!("treatment,outcome,customer,age\n{rows}"));
    let names: Vec<&str> = numbered.predictors.iter().map(|predictor| predictor.name.as_str()).collect();
    assert_eq!(names, ["age"]);
    assert!(numbered.notes.iter().any(|note| note.contains("customer is another number in every row")));
}

#[test]
fn the_date_is_a_column_a_setting_or_the_end() {
    let of = |text: &str, date: &str| {
        let (_folder, path) = file(text);
        read_as(&path, &CampaignSettings { date: date.to_owned(), ..CampaignSettings::default() }, &Job::new())
            .map(|read| (read.when, read.predictors.len()))
            .map_err(|error| error.to_string())
    };
    let day = 86_400_000;
    let dated = "treatment,outcome,date\n1,0,1990-01-03\n0,1,1990-01-03 06:00\n";
    assert_eq!(of(dated, "").unwrap(), (When::Rows(vec![7307 * day, 7307 * day + day / 4]), 0));
    assert_eq!(of("treatment,outcome\n1,0\n0,1\n", "").unwrap().0, When::Unknown);
    assert_eq!(of("treatment,outcome\n1,0\n0,1\n", "end").unwrap().0, When::End);
    assert_eq!(of("treatment,outcome\n1,0\n0,1\n", "1990-01-03").unwrap().0, When::At(7307 * day));
    assert_eq!(
        of("treatment,outcome,sent\n1,0,1990-01-03\n0,1,1990-01-03\n", "sent").unwrap(),
        (When::At(7307 * day), 0)
    );
    assert!(of("treatment,outcome,date\n1,0,soon\n0,1,1990-01-03\n", "").unwrap_err().contains(":2: date is \"soon\""));
    assert!(of("treatment,outcome\n1,0\n0,1\n", "soon").unwrap_err().contains("campaign.date is \"soon\""));
}

/// `run` has no `--treatment`: an error that names it would send the analyst in a circle.
#[test]
fn mistakes_name_options_that_the_command_has() {
    let (_folder, path) = file("id,outcome\n1,0\n");
    let settings = CampaignSettings::default();
    let told = |options: bool| {
        read(&path, Asked { settings: &settings, zone: "UTC", options }, &Job::new()).unwrap_err().to_string()
    };
    assert!(told(true).ends_with("set campaign.treatment or --treatment"), "{}", told(true));
    assert!(told(false).ends_with("set campaign.treatment"), "{}", told(false));
}

#[test]
fn another_file_gives_what_the_model_reads() {
    let (_folder, path) = file("user,age,zip\n7,31,a\n8,,b\n");
    let names = ["zip=a", "age"].map(str::to_owned);
    let scored = read_scored(&path, "user", &names, &Job::new()).unwrap();
    assert_eq!((scored.rows, scored.users), (2, Some(vec!["7".to_owned(), "8".to_owned()])));
    assert_eq!(scored.predictors[0].values, [1.0, 0.0]);
    assert!(scored.predictors[1].values[1].is_nan());
    let refused = |names: &[String]| read_scored(&path, "user", names, &Job::new()).unwrap_err().to_string();
    assert!(refused(&["channel=web".to_owned()]).contains("no column \"channel\", which the model reads"));
    assert!(refused(&["zip".to_owned()]).contains(":2: zip is \"a\"; the campaign's file has numbers there"));
}

#[test]
fn a_file_from_a_spreadsheet_is_read_as_a_log_is() {
    // Semicolons, decimal commas, a line for Excel before the header, R's word for no value, arms in any case, days first.
    let text = "sep=;\nuser;treatment;outcome;age;income;date\nAnna@Shop.example;E-Mail;12,50;31;1.200,5;24.12.2023\n\
                b@shop.example;Control;NO;NA;900,25;24.12.2023\n";
    let line = told(text, &CampaignSettings::default());
    assert!(line.contains("campaign.csv:4") && line.contains("outcome is \"NO\""), "{line}");
    let (_folder, path) =
        file(&text.replace(";NO;", ";0;").replace("\nb@", "\nc@shop.example;e-mail;0;40;1,5;24.12.2023\nb@"));
    let read = read_as(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    assert_eq!(read.users.unwrap()[0], "anna@shop.example");
    assert_eq!((read.arms, read.arm), (vec!["E-Mail".to_owned()], vec![1, 1, 0]));
    assert_eq!((read.outcome, read.money), (vec![12.5, 0.0, 0.0], true));
    // 2023-12-24 00:00 UTC.
    assert_eq!(read.when, When::At(1_703_376_000_000));
    let values: Vec<(&str, &[f32])> =
        read.predictors.iter().map(|one| (one.name.as_str(), one.values.as_slice())).collect();
    assert_eq!(values[1], ("income", [1_200.5, 1.5, 900.25].as_slice()));
    assert!(values[0].0 == "age" && values[0].1[..2] == [31.0, 40.0] && values[0].1[2].is_nan(), "{values:?}");
}

#[test]
fn what_only_the_treatment_brings_about_predicts_nothing() {
    // `exposure` is 0 for all of the control and 1 for two of five who were treated; `lucky` differs in one of them.
    let mut rows = String::new();
    for row in 0..200 {
        let (treated, exposed) = (row % 2, i32::from(row % 10 == 1 || row % 10 == 3));
        rows += &format!("{treated},{},{},{exposed},{}\n", i32::from(row % 7 == 0), row % 13, i32::from(row == 11));
    }
    let (_folder, path) = file(&format!("treatment,outcome,age,exposure,lucky\n{rows}"));
    let read = read_as(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    let names: Vec<&str> = read.predictors.iter().map(|predictor| predictor.name.as_str()).collect();
    assert_eq!(names, ["age", "lucky"]);
    assert!(read.notes.iter().any(|note| note.starts_with("left out: exposure is \"0\" for all of the control")));
    let named = CampaignSettings { features: vec!["exposure".to_owned()], ..CampaignSettings::default() };
    assert_eq!(read_as(&path, &named, &Job::new()).unwrap().predictors.len(), 1, "who names a column knows it");
}
