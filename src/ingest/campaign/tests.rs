#![allow(clippy::unwrap_used)]

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
    read(&path, settings, &Job::new()).unwrap_err().to_string()
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
    let read = read(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    assert_eq!(read.users, Some(vec!["7".to_owned(), "8".to_owned(), "9".to_owned()]));
    assert_eq!((read.arms.clone(), read.arm.clone()), (vec!["treated".to_owned()], vec![1, 0, 1]));
    assert_eq!((read.outcome.clone(), read.counts()), (vec![false, true, true], vec![1, 2]));
    let names: Vec<&str> = read.predictors.iter().map(|predictor| predictor.name.as_str()).collect();
    assert_eq!(names, ["age", "zip=a", "zip=b"]);
}

#[test]
fn named_arms_other_arms_and_spend() {
    let text = "segment,visit,spend,age\nmens,1,2.5,30\nnone,0,,31\nwomens,1,9,32\nnone,1,0,33\n";
    let (_folder, path) = file(text);
    let settings = CampaignSettings { spend: "spend".to_owned(), ..arms() };
    let both = read(&path, &settings, &Job::new()).unwrap();
    assert_eq!((both.arms.clone(), both.arm.clone()), (vec!["mens".to_owned(), "womens".to_owned()], vec![1, 0, 2, 0]));
    assert!(both.spend[1].is_nan() && both.users.is_none() && both.predictors.len() == 1);
    let settings = CampaignSettings { arms: vec!["womens".to_owned()], ..settings };
    let one = read(&path, &settings, &Job::new()).unwrap();
    assert_eq!((one.row.clone(), one.arm.clone()), (vec![1, 2, 3], vec![0, 1, 0]));
    assert!(one.notes.iter().any(|note| note.contains("1 of 4 rows are of other arms")));
    // crc32 of "1", "2", "3" modulo 5: Python's zlib.crc32(b"1") % 5 and so on.
    assert_eq!(one.held_out(), [b"1", b"2", b"3"].map(|row| crc32fast::hash(row).is_multiple_of(5)));
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
        read(&path, &CampaignSettings { features, ..CampaignSettings::default() }, &Job::new()).unwrap()
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
    assert!(told_of("treatment,outcome\n1,0\n0,7\n").contains(":3: outcome is \"7\"; an outcome is 0 or 1"));
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
    let plain = read(&path, &CampaignSettings::default(), &Job::new()).unwrap();
    let zipped = folder.path().join("campaign.csv.gz");
    let mut out = flate2::write::GzEncoder::new(std::fs::File::create(&zipped).unwrap(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap();
    assert_eq!(read(&zipped, &CampaignSettings::default(), &Job::new()).unwrap(), plain);
}
