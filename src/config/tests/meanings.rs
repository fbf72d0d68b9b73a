//! Every setting is explained, ranges included.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use crate::config::{Config, print};

#[test]
fn meanings_are_sentences() {
    for setting in Config::settings() {
        let meaning = setting.meaning();
        assert!(meaning.starts_with(char::is_uppercase) && meaning.ends_with('.'), "{meaning}");
        assert!(!meaning.contains('\n') && !meaning.contains("  ") && !meaning.contains(".."), "{meaning}");
    }
}

#[test]
fn every_number_has_a_range_and_its_meaning_tells_it() {
    let defaults = print::values(&Config::default()).unwrap();
    for setting in Config::settings() {
        let value = &defaults[setting.section][setting.key];
        let number = value.is_float() || value.is_integer();
        let meaning = setting.meaning();
        if let Some((low, high)) = setting.range {
            assert!(meaning.contains(&format!("from {low} to {high}")), "{meaning}");
            assert!(low < high, "{meaning}");
        } else {
            // A seed may be any number; what may be a word too checks itself.
            let exempt = ["seed", "k", "inactive_days"].contains(&setting.key);
            assert!(!number || exempt, "[{}] {} has no range", setting.section, setting.key);
        }
    }
}

#[test]
fn no_setting_is_told_twice() {
    let names: Vec<_> = Config::settings().map(|setting| (setting.section, setting.key)).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(Config::SECTIONS.iter().all(|section| section.settings.iter().all(|one| one.section == section.name)));
}

#[test]
fn a_value_out_of_range_names_setting_range_and_value() {
    let mut config = Config::default();
    config.churn.l2 = crate::models::churn::Penalty::Fixed(-1.0);
    let told = config.check().unwrap_err().to_string();
    assert!(told.contains("churn.l2 must lie between 0 and 1000000000, not -1"), "{told}");
    config = Config::default();
    config.ltv.depths = vec![3, 65];
    assert!(config.check().unwrap_err().to_string().contains("ltv.depths must lie between 1 and 64, not 65"));
}
