//! Columns that predict: numbers as they are, categories one column per value.

use std::collections::BTreeMap;

use crate::ingest::grammar::{Numbers, is_empty};

/// A category with more values than this predicts nothing that would hold for the next campaign.
const MOST_VALUES: usize = 50;

/// A column of numbers that predicts.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictor {
    /// The column, with `=value` behind it for a value of a category.
    pub name: String,
    /// One value per row; NaN where unknown.
    pub values: Vec<f32>,
}

/// What a column of the file becomes.
#[derive(Debug, PartialEq)]
pub(super) enum Column {
    /// Predictors.
    Used(Vec<Predictor>),
    /// Nothing, because of this.
    LeftOut(String),
}

/// Turns a column's cells into predictors.
pub(super) fn predictors(name: &str, cells: &[String]) -> Column {
    if let Some(values) = numbers(cells) {
        if values.iter().all(|value| value.is_nan()) {
            return Column::LeftOut(format!("{name} is empty"));
        }
        return Column::Used(vec![Predictor { name: name.to_owned(), values }]);
    }
    let mut values: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells.iter().map(|cell| cell.trim()).filter(|cell| !is_empty(cell)) {
        *values.entry(cell).or_default() += 1;
    }
    if values.len() > MOST_VALUES {
        let many = values.len();
        return Column::LeftOut(format!("{name} has {many} different values, more than {MOST_VALUES}: no category"));
    }
    let of_value = |value: &&str| Predictor {
        name: format!("{name}={value}"),
        values: cells.iter().map(|cell| f32::from(u8::from(cell.trim() == *value))).collect(),
    };
    Column::Used(values.keys().map(of_value).collect())
}

/// Whether a column numbers its rows: whole numbers, hardly any of them twice.
pub(super) fn is_id(cells: &[String]) -> bool {
    /// In fewer rows ages and amounts may all differ by chance.
    const LEAST_ROWS: usize = 100;
    let mut numbers = Vec::with_capacity(cells.len());
    for cell in cells {
        match cell.trim().parse::<u64>() {
            Ok(number) => numbers.push(number),
            Err(_) => return false,
        }
    }
    let rows = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    rows >= LEAST_ROWS && numbers.len() * 100 >= rows * 99
}

/// A column's numbers, in the spelling that most of its cells have, NaN for a cell without a value; `None` where one is
/// text.
fn numbers(cells: &[String]) -> Option<Vec<f32>> {
    let spelling = spelling(cells);
    cells.iter().map(|cell| number(cell, spelling)).collect()
}

/// How a column's numbers are written.
pub(super) fn spelling(cells: &[String]) -> Numbers {
    let filled = cells.iter().map(|cell| cell.trim()).filter(|cell| !is_empty(cell));
    Numbers { decimal: Numbers::decide(filled, None).decimal }
}

/// A cell's number, NaN for one without a value; `None` for text.
pub(super) fn number(cell: &str, spelling: Numbers) -> Option<f32> {
    let cell = cell.trim();
    if is_empty(cell) {
        return Some(f32::NAN);
    }
    // `zone 3` is a category; of an amount a currency's letters would be the same.
    if cell.chars().any(|letter| letter.is_alphabetic() && !matches!(letter, 'e' | 'E')) {
        return None;
    }
    spelling.parse(cell).map(|value| value as f32).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn numbers_stay_and_categories_become_one_column_per_value() {
        let Column::Used(used) = predictors("age", &cells(&["31", "", "4.5"])) else { panic!("age is left out") };
        assert_eq!((used.len(), used[0].values[0], used[0].values[2]), (1, 31.0, 4.5));
        assert!(used[0].values[1].is_nan());
        let Column::Used(used) = predictors("zip", &cells(&["b", "a", "", "b"])) else { panic!("zip is left out") };
        let names: Vec<&str> = used.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["zip=a", "zip=b"]);
        assert_eq!(used[1].values, [1.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn names_and_empty_columns_are_left_out() {
        let many: Vec<String> = (0..60).map(|row| format!("name {row}")).collect();
        assert!(matches!(predictors("name", &many), Column::LeftOut(why) if why.contains("60 different values")));
        assert!(matches!(predictors("void", &cells(&["", " "])), Column::LeftOut(why) if why == "void is empty"));
    }
}
