//! What each stage gives on `sample-data`, held to what it gave when its code had the version that it has now.
//!
//! `tests/it/golden/<stage>.json` has the version of the stage's code and of the stages it needs, its part of `run.json`
//! but for times and checksums, and a fingerprint of every column of its tables. Whole numbers and texts are compared
//! exactly, other numbers to a millionth: machines do not all round alike.

use std::fs;
use std::path::PathBuf;

use polars::prelude::*;
use serde_json::{Map, Value, json};
use user360::pipeline::code_version;
use user360::stage::StageId;
use user360::store::{Run, StageRecord};
use xxhash_rust::xxh3::xxh3_64;

use crate::headless::{path, succeeded, user360};
use crate::sample;

const REDRAW: &str = "cargo test --test it draw_the_golden_stages_anew -- --ignored";

fn file(stage: StageId) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/golden/{stage}.json"))
}

/// The version of the stage's code and of those it needs.
fn versions(stage: StageId) -> Value {
    let all = stage.needs().iter().copied().chain([stage]);
    all.map(|stage| (stage.name().to_owned(), json!(code_version(stage)))).collect::<Map<_, _>>().into()
}

/// The record without what no two runs have in common.
fn record(record: &StageRecord) -> Value {
    let mut told = serde_json::to_value(record).unwrap();
    for differs in ["seconds", "peak_rss_bytes", "key", "files"] {
        assert!(told.as_object_mut().unwrap().shift_remove(differs).is_some(), "{differs}");
    }
    let names: Vec<&str> = record.files.iter().map(|file| file.name.as_str()).collect();
    told["files"] = json!(names);
    if let Some(read) = told.pointer_mut("/detail/read") {
        read["settings"] = Value::Null;
        for file in read["files"].as_array_mut().unwrap() {
            file["print"]["modified_ms"] = Value::Null;
        }
    }
    told
}

/// Type, nulls and contents of a column. Numbers are told by their mean and by their mean under weights that differ from
/// row to row, so that values which change places are seen too; texts by a hash.
fn column(column: &Column) -> Value {
    let nulls = column.null_count();
    let kind = column.dtype().to_string();
    let rows = column.len();
    let flat = match column.dtype() {
        DataType::List(_) => column.explode(ExplodeOptions { empty_as_null: true, keep_nulls: true }).unwrap(),
        _ => column.clone(),
    };
    if flat.dtype().is_float() {
        let values = flat.cast(&DataType::Float64).unwrap();
        let (mut sum, mut weighted, mut known) = (0.0, 0.0, 0_u64);
        for (row, value) in values.f64().unwrap().iter().enumerate() {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                let weight = (xxh3_64(&(row as u64).to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64;
                sum += value;
                weighted += value * weight;
                known += 1;
            }
        }
        let of = known.max(1) as f64;
        return json!({"type": kind, "rows": rows, "nulls": nulls, "mean": sum / of, "weighted": weighted / of});
    }
    let texts = flat.cast(&DataType::String).unwrap();
    let texts: Vec<&str> = texts.str().unwrap().iter().map(|text| text.unwrap_or("∅")).collect();
    let joined = texts.join("\n");
    json!({"type": kind, "rows": rows, "nulls": nulls, "hash": format!("{:016x}", xxh3_64(joined.as_bytes()))})
}

fn tables(run: &Run, record: &StageRecord) -> Value {
    let names = record.files.iter().filter_map(|file| file.name.strip_suffix(".parquet"));
    let table = |name: &str| {
        let table = run.table(name).unwrap();
        let columns = table.columns().iter().map(|found| (found.name().to_string(), column(found)));
        (name.to_owned(), Value::Object(columns.collect()))
    };
    Value::Object(names.map(table).collect())
}

fn given(run: &Run, stage: StageId) -> Value {
    let found = run.info().stage(stage).unwrap();
    json!({"versions": versions(stage), "record": record(found), "tables": tables(run, found)})
}

/// Where two values differ first, keys and their order included; `None` where they are the same.
fn difference(old: &Value, new: &Value, at: &str) -> Option<String> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let (before, after): (Vec<_>, Vec<_>) = (old.keys().collect(), new.keys().collect());
            if before != after {
                return Some(format!("{at}: the keys are {after:?} where they were {before:?}"));
            }
            old.iter().find_map(|(key, value)| difference(value, &new[key], &format!("{at}/{key}")))
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            (0..old.len()).find_map(|place| difference(&old[place], &new[place], &format!("{at}/{place}")))
        }
        (Value::Number(old), Value::Number(new)) if old.is_f64() && new.is_f64() => {
            let (old, new) = (old.as_f64().unwrap(), new.as_f64().unwrap());
            let alike = (old - new).abs() <= 1e-6 * old.abs().max(new.abs()).max(1e-6);
            (!alike).then(|| format!("{at}: {new} where it was {old}"))
        }
        _ => (old != new).then(|| format!("{at}: {new} where it was {old}")),
    }
}

/// What is wrong with a stage, and what to do about it.
fn judged(stage: StageId, old: &Value, new: &Value) -> Option<String> {
    let differs = difference(old, new, "")?;
    if old["versions"] == new["versions"] {
        return Some(format!(
            "{stage} gives something else than under the same version {} of its code: {differs}\nIf that is meant, raise \
             `version` in src/pipeline/stages/{stage}.rs (for features, `VERSION` in src/features/definitions.rs; or in the \
             stage it needs whose code you changed), then: {REDRAW}",
            code_version(stage)
        ));
    }
    Some(format!("{stage}: the golden file is of other versions: {differs}\nLook at what has changed, then: {REDRAW}"))
}

#[test]
fn no_stage_gives_anything_else_under_the_same_version() {
    let run = sample::current(sample::shop());
    let wrong = StageId::ALL.into_iter().filter_map(|stage| {
        let Ok(text) = fs::read(file(stage)) else { return Some(format!("{stage} has no golden file: {REDRAW}")) };
        judged(stage, &serde_json::from_slice(&text).unwrap(), &given(&run, stage))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_change_is_seen_and_told_with_the_version_to_raise() {
    let run = sample::current(sample::shop());
    let now = given(&run, StageId::Churn);
    assert_eq!(judged(StageId::Churn, &now, &now), None);
    let mut rounded = now.clone();
    rounded["record"]["metrics"]["auc"] = json!(now["record"]["metrics"]["auc"].as_f64().unwrap() * (1.0 + 1e-9));
    assert_eq!(judged(StageId::Churn, &now, &rounded), None);
    for place in
        ["/record/metrics/auc", "/record/detail/cutoff", "/tables/churn/churn/weighted", "/tables/churn/reason1/hash"]
    {
        let mut changed = now.clone();
        *changed.pointer_mut(place).unwrap() = json!(7);
        let told = judged(StageId::Churn, &now, &changed).unwrap();
        assert!(told.contains(place) && told.contains("src/pipeline/stages/churn.rs"), "{told}");
    }
    let mut renamed = now.clone();
    let metrics = renamed["record"]["metrics"].as_object_mut().unwrap();
    let auc = metrics.shift_remove("auc").unwrap();
    metrics.insert("area".to_owned(), auc);
    assert!(judged(StageId::Churn, &now, &renamed).unwrap().contains("the keys are"));
    let mut raised = now.clone();
    raised["versions"]["features"] = json!(0);
    assert!(judged(StageId::Churn, &raised, &now).unwrap().contains("other versions"));
}

#[test]
fn values_that_change_places_change_the_fingerprint() {
    let told = |values: &[f64]| column(&Column::new("a".into(), values));
    assert!(difference(&told(&[1.0, 2.0, 3.0]), &told(&[2.0, 1.0, 3.0]), "").is_some());
    assert_eq!(difference(&told(&[1.0, 2.0]), &told(&[1.0 + 1e-12, 2.0]), ""), None);
}

/// The report of `--format json` is made of the same record.
#[test]
fn the_report_tells_what_the_record_does() {
    let told = succeeded(user360(&["report", "--format", "json", "--workspace", path(sample::workspace())]));
    let report: Value = serde_json::from_str(&told).unwrap();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["format", "run", "engine", "as_of", "input", "figures", "stages"]);
    let info = serde_json::to_value(sample::current(sample::workspace()).info()).unwrap();
    assert_eq!(report["input"], info["input"]);
    assert_eq!(report["figures"], info["figures"]);
    for (stage, record) in report["stages"].as_array().unwrap().iter().zip(info["stages"].as_array().unwrap()) {
        let keys: Vec<&String> = stage.as_object().unwrap().keys().collect();
        let wanted = ["id", "state", "reason", "seconds", "rows", "peak_rss_bytes", "metrics", "notes"];
        assert_eq!(keys, wanted, "{}", stage["id"]);
        assert!(wanted.iter().all(|key| stage[*key] == record[*key]), "{}", stage["id"]);
    }
}

#[test]
#[ignore = "writes the golden files of tests/it/golden; by hand, when a stage's results have changed for a reason"]
fn draw_the_golden_stages_anew() {
    let run = sample::current(sample::shop());
    for stage in StageId::ALL {
        let text = serde_json::to_string_pretty(&given(&run, stage)).unwrap() + "\n";
        fs::write(file(stage), text).unwrap();
    }
}
