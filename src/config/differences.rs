//! Which deciding settings differ from those of an earlier run.

use serde_json::Value;

use crate::config::{Config, decides};
use crate::error::{Error, Result};
use crate::setting::Setting;

/// Letters of a value that are shown.
const SHOWN: usize = 60;

/// What differs between the settings that a run recorded and those now, a line each such as
/// `churn.inactive_days = 14, was 30`. Where the log lies is no setting of this kind, nor is what answers nothing.
///
/// # Errors
/// [`Error::Config`] for a number that JSON cannot hold.
pub fn differences(recorded: &Value, now: &Config) -> Result<Vec<String>> {
    let (now, default) = (as_recorded(now)?, as_recorded(&Config::default())?);
    let mut told = Vec::new();
    for setting in Config::settings().filter(|setting| decides(setting) && !is_place(setting)) {
        let of = |settings: &Value| settings.get(setting.section).and_then(|section| section.get(setting.key)).cloned();
        // A program that did not know the setting went by what is its default now.
        let Some(now) = of(&now) else { continue };
        let before = of(recorded).or_else(|| of(&default)).unwrap_or(Value::Null);
        let name = format!("{}.{}", setting.section, setting.key);
        match (&before, &now) {
            (Value::Object(before), Value::Object(now)) => {
                let mut keys: Vec<&String> = before.keys().chain(now.keys()).collect();
                keys.sort_unstable();
                keys.dedup();
                for key in keys.into_iter().filter(|key| before.get(*key) != now.get(*key)) {
                    told.push(line(&format!("{name}.{key}"), before.get(key), now.get(key)));
                }
            }
            _ if before == now || is_former_default(&name, &before) && of_default(&default, setting) == Some(&now) => {}
            _ => told.push(line(&name, Some(&before), Some(&now))),
        }
    }
    Ok(told)
}

/// Whether a value is what was the default of a setting before it became another: nobody has decided that.
fn is_former_default(name: &str, value: &Value) -> bool {
    const FORMER: [(&str, f64); 1] = [("churn.l2", 1.0)];
    FORMER.iter().any(|(setting, former)| *setting == name && value.as_f64() == Some(*former))
}

fn of_default<'a>(default: &'a Value, setting: &Setting) -> Option<&'a Value> {
    default.get(setting.section)?.get(setting.key)
}

/// Whether a setting says where the files are, or when a campaign ran, and not how they are read; or is asked for with the
/// run, as a thorough search is.
fn is_place(setting: &Setting) -> bool {
    match setting.section {
        "recommend" => setting.key == "thorough",
        "ingest" => ["input", "files", "query"].contains(&setting.key),
        "campaign" => setting.key == "date",
        _ => false,
    }
}

/// Settings as `run.json` holds them, read back: a number has lost there what JSON does not keep.
fn as_recorded(config: &Config) -> Result<Value> {
    let unwritable = |error: serde_json::Error| Error::Config(format!("the settings cannot be written: {error}"));
    let text = serde_json::to_string(&serde_json::to_value(config).map_err(unwritable)?).map_err(unwritable)?;
    serde_json::from_str(&text).map_err(unwritable)
}

fn line(name: &str, before: Option<&Value>, now: Option<&Value>) -> String {
    format!("{name} = {}, was {}", short(now), short(before))
}

fn short(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return "nothing".to_owned(),
        // A single-precision 1.2 is told as such.
        Some(Value::Number(number)) => match number.as_f64() {
            Some(double) if f64::from(double as f32).to_bits() == double.to_bits() => (double as f32).to_string(),
            _ => number.to_string(),
        },
        Some(value) => value.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_decides_is_listed_with_both_values_and_the_rest_is_not() {
        let before = Config::default();
        let recorded = serde_json::to_value(&before).unwrap();
        assert_eq!(differences(&recorded, &before).unwrap(), Vec::<String>::new());
        let now: Config = toml::from_str(
            "[churn]\ninactive_days = 14\n[recommend]\nalpha = 1.2\n[run]\nkeep = 9\n[ui]\ntheme = \"x\"\n\
             [ingest]\ninput = \"a.csv\"\nfiles = \"b*.csv\"\n[ingest.columns]\nprice = \"Preis\"\n[ingest.events]\nkauf = \"transaction\"\n",
        )
        .unwrap();
        let told = differences(&recorded, &now).unwrap();
        let wanted = [
            "ingest.columns.price = \"Preis\", was nothing",
            "ingest.events.kauf = \"transaction\", was nothing",
            "churn.inactive_days = 14, was 30",
            "recommend.alpha = 1.2, was 10",
        ];
        assert_eq!(told, wanted);
        let again = as_recorded(&now).unwrap();
        assert_eq!(differences(&again, &now).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_setting_that_an_older_program_did_not_know_had_its_default() {
        let mut recorded = serde_json::to_value(Config::default()).unwrap();
        recorded["ingest"].as_object_mut().unwrap().remove("decimal");
        assert!(differences(&recorded, &Config::default()).unwrap().is_empty());
        let now: Config = toml::from_str("[ingest]\ndecimal = \"comma\"\n").unwrap();
        assert_eq!(differences(&recorded, &now).unwrap(), ["ingest.decimal = \"comma\", was \"auto\""]);
    }
}
