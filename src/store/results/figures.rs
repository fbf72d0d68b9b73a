//! Figures with their intervals, as metrics write them: `auc`, `auc_low`, `auc_high`, and `auc_enough` where users are too few to
//! tell or `auc_rough` where the interval is rough.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

pub use crate::models::evaluate::Figure;

/// What stands behind a figure's name for what is told of it.
const SUFFIXES: [&str; 4] = ["_low", "_high", "_enough", "_rough"];

/// Named figures in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(Vec<(String, Option<Figure>)>);

impl Figures {
    /// A figure by its name.
    pub fn get(&self, name: &str) -> Option<Figure> {
        self.0.iter().find(|(known, _)| known == name).and_then(|(_, figure)| *figure)
    }

    /// The figures with their names, `None` where one is undefined.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<Figure>)> {
        self.0.iter().map(|(name, figure)| (name.as_str(), *figure))
    }

    /// Adds a figure, `None` where it is undefined.
    pub fn add(&mut self, name: &str, figure: Option<Figure>) {
        self.0.push((name.to_owned(), figure));
    }

    /// Adds a number that has no interval.
    pub fn add_plain(&mut self, name: &str, value: Option<f64>) {
        self.add(name, value.map(plain));
    }
}

fn plain(value: f64) -> Figure {
    Figure { value, low: None, high: None, rough: false, enough: true }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut told: Vec<(String, Value)> = Vec::new();
        for (name, figure) in &self.0 {
            let Some(figure) = figure.filter(|figure| figure.value.is_finite()) else {
                told.push((name.clone(), Value::Null));
                continue;
            };
            told.push((name.clone(), figure.value.into()));
            if let (Some(low), Some(high)) = (figure.low, figure.high) {
                told.extend([(format!("{name}_low"), low.into()), (format!("{name}_high"), high.into())]);
            }
            if !figure.enough {
                told.push((format!("{name}_enough"), false.into()));
            } else if figure.rough {
                told.push((format!("{name}_rough"), true.into()));
            }
        }
        serializer.collect_map(told)
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let told: Map<String, Value> = Map::deserialize(deserializer)?;
        let is_about = |name: &str| {
            SUFFIXES.iter().any(|suffix| name.strip_suffix(suffix).is_some_and(|of| told.contains_key(of)))
        };
        let names = told.iter().filter(|(name, value)| (value.is_number() || value.is_null()) && !is_about(name));
        let figure = |(name, value): (&String, &Value)| {
            let number = |suffix: &str| told.get(&format!("{name}{suffix}")).and_then(Value::as_f64);
            let is = |suffix: &str| told.get(&format!("{name}{suffix}")).and_then(Value::as_bool);
            let figure = value.as_f64().map(|value| {
                let enough = is("_enough").unwrap_or(true);
                let rough = is("_rough").unwrap_or(false) || !enough;
                Figure { value, low: number("_low"), high: number("_high"), rough, enough }
            });
            (name.clone(), figure)
        };
        Ok(Self(names.map(figure).collect()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn figures_are_read_as_they_were_written() {
        let mut figures = Figures::default();
        let sure = Figure { value: 0.8, low: Some(0.7), high: Some(0.9), rough: false, enough: true };
        figures.add("auc", Some(sure));
        figures.add("active_auc", Some(Figure { rough: true, enough: false, ..sure }));
        figures.add("brier", Some(Figure { rough: true, ..sure }));
        figures.add("gini", None);
        figures.add_plain("base_rate", Some(0.25));
        let text = serde_json::to_string(&figures).unwrap();
        assert_eq!(
            text,
            "{\"auc\":0.8,\"auc_low\":0.7,\"auc_high\":0.9,\"active_auc\":0.8,\"active_auc_low\":0.7,\
             \"active_auc_high\":0.9,\"active_auc_enough\":false,\"brier\":0.8,\"brier_low\":0.7,\"brier_high\":0.9,\
             \"brier_rough\":true,\"gini\":null,\"base_rate\":0.25}"
        );
        let again: Figures = serde_json::from_str(&text).unwrap();
        assert_eq!(again, figures);
        // Version 0.1 wrote numbers alone.
        let old: Figures = serde_json::from_str(r#"{"auc":0.9,"base_rate":null}"#).unwrap();
        assert_eq!((old.get("auc").unwrap().value, old.get("base_rate")), (0.9, None));
    }
}
