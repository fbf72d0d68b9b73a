//! The cards of a run's models: written beside them, checked like every file of a run, and worded as a person reads them.

use std::fs;

use user360::store::{Run, Workspace};

use crate::headless::{path, user360};
use crate::sample;

const STAGES: [&str; 5] = ["segments", "churn", "ltv", "recommend", "uplift"];

fn cards(run: &Run) -> String {
    let card = |stage: &str| String::from_utf8(run.bytes(&format!("models/{stage}-card.md")).unwrap()).unwrap();
    STAGES.map(card).join("\n")
}

#[test]
fn the_cards_say_what_the_models_are() {
    insta::assert_snapshot!("cards", cards(&sample::current(sample::shop())));
}

#[test]
fn the_cards_of_a_simulated_campaign_and_of_few_buyers_say_so() {
    let told = cards(&sample::current(sample::workspace()));
    assert!(told.contains("The campaign is simulated"), "{told}");
    assert!(told.contains("(UTC)") && told.contains("## Limits"), "{told}");
    assert!(!told.contains("NaN") && !told.contains("None"), "{told}");
}

#[test]
fn a_card_is_a_file_of_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let id = sample::copy(sample::workspace(), folder.path());
    let run = Workspace::open(folder.path()).run(&id).unwrap();
    for stage in STAGES {
        let name = format!("models/{stage}-card.md");
        assert!(run.info().files().any(|file| file.name == name), "{name}");
    }
    run.verify().unwrap();
    // A card that was written over is named like any damaged file, and is not taken over.
    let card = run.path("models/churn-card.md");
    fs::write(&card, "# Churn: all is well\n").unwrap();
    let error = run.verify().unwrap_err().to_string();
    assert!(error.contains("churn-card.md"), "{error}");
    let doctor = user360(&["doctor", "--verify", "--workspace", path(folder.path())]);
    assert!(!doctor.status.success());
}
