//! Why a user is likely to leave: what moves the churn score, group by group, in words.

use polars::prelude::*;

use crate::models::churn::{Group, told};
use crate::models::logistic::logistic;
use crate::store::cell::{Cell, cell_of};
use crate::store::columns::{self, Shown};

/// What moves the churn score.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The group of features; in runs of version 0.1 the model's column.
    pub feature: String,
    /// What is seen of the user there: `not seen for 41 days`.
    pub words: String,
    /// What it adds to the log-odds; above 0 it pushes towards leaving.
    pub contribution: f64,
}

/// What is left of the log-odds beside the groups that are told.
const REST: &str = "together with the rest";

/// A contribution below which a group is told with the rest: it would be shown as 0.
const LEAST: f64 = 0.005;

/// The log-odds of leaving in parts that add up.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// Those of an average user.
    pub base: f64,
    /// What is seen of this one, the strongest first; what is left over is last.
    pub parts: Vec<Reason>,
    /// The base and all parts together.
    pub sum: f64,
    /// The probability that they give.
    pub probability: f64,
}

impl Why {
    /// The parts of a score; `None` where the base is not known.
    pub(super) fn of(base: Option<f64>, reasons: &[Reason]) -> Option<Self> {
        let base = base?;
        let is_told = |reason: &&Reason| reason.feature != REST && reason.contribution.abs() >= LEAST;
        let mut parts: Vec<Reason> = reasons.iter().filter(is_told).cloned().collect();
        let left: Vec<f64> =
            reasons.iter().filter(|reason| !is_told(reason)).map(|reason| reason.contribution).collect();
        if !left.is_empty() {
            let rest = Reason { feature: REST.to_owned(), words: REST.to_owned(), contribution: left.iter().sum() };
            parts.push(rest);
        }
        let sum = base + reasons.iter().map(|reason| reason.contribution).sum::<f64>();
        Some(Self { base, parts, sum, probability: logistic(sum) })
    }
}

/// The reasons in a row of the user table, the strongest first, and the log-odds of an average user where they are known.
pub(super) fn reasons(frame: &DataFrame, row: usize, currency: &str) -> (Vec<Reason>, Option<f64>) {
    let cell = |name: &str| frame.column(name).map_or(Cell::Null, |column| cell_of(column, row));
    let number = |name: &str| match cell(name) {
        Cell::Float(value) => Some(value),
        Cell::Int(value) => Some(value as f64),
        _ => None,
    };
    let mut found = Vec::new();
    let mut told_of = |feature: &str, words: String, contribution: f64| {
        found.push(Reason { feature: feature.to_owned(), words, contribution });
    };
    for group in Group::ALL {
        let Some(contribution) = number(&format!("because_{}", group.name())) else { continue };
        let words = match (group, number("spend")) {
            (Group::Money, Some(spent)) => format!("{} spent", Shown::Money.number(spent, currency)),
            _ => told(group, number),
        };
        told_of(group.name(), words, contribution);
    }
    if let Some(contribution) = number("because_rest") {
        told_of(REST, REST.to_owned(), contribution);
    }
    // Runs of version 0.1 tell single features.
    for direction in ["up", "down"] {
        for place in 1.. {
            let name = format!("{direction}{place}");
            if frame.column(&name).is_err() {
                break;
            }
            if let (Cell::Text(feature), Some(contribution)) = (cell(&name), number(&format!("{name}_value"))) {
                told_of(&feature, columns::feature_label(&feature), contribution);
            }
        }
    }
    found.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    (found, number("base"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use super::*;

    #[test]
    fn the_parts_of_a_score_are_told_in_words_and_add_up() {
        let frame = df!(
            "base" => [-1.0_f32], "because_recency" => [2.5_f32], "because_visits" => [-0.25_f32],
            "because_money" => [0.5_f32], "because_carts" => [0.002_f32], "because_rest" => [0.248_f32],
            "because_rhythm" => [None::<f32>],
            "recency_days" => [41.7], "sessions" => [1_u32], "spend" => [213.5], "addtocarts" => [0_u32],
        )
        .unwrap();
        let (reasons, base) = reasons(&frame, 0, "€");
        let why = Why::of(base, &reasons).unwrap();
        let parts: Vec<(&str, f64)> =
            why.parts.iter().map(|part| (part.words.as_str(), (part.contribution * 1e3).round() / 1e3)).collect();
        // Carts would be shown as 0 and are told with the rest.
        assert_eq!(
            parts,
            [
                ("not seen for 41 days", 2.5),
                ("213.50 € spent", 0.5),
                ("1 visit", -0.25),
                ("together with the rest", 0.25)
            ]
        );
        assert!((why.sum - 2.0).abs() < 1e-6 && (why.probability - 0.880_797).abs() < 1e-5, "{why:?}");
        assert!((why.base + why.parts.iter().map(|part| part.contribution).sum::<f64>() - why.sum).abs() < 1e-12);
    }
}
