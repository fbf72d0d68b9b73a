//! Conditions for the rows that have a value, or one within bounds.

use crate::store::cell::Cell;

/// A column's name as SQL takes it.
pub fn quoted_name(column: &str) -> String {
    let plain = column.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && column.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if plain { column.to_owned() } else { format!("\"{}\"", column.replace('"', "\"\"")) }
}

/// A text as SQL takes it.
pub fn quoted_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The condition that holds for rows with this value; `None` where SQL has no word for it. Real numbers are told by the
/// values before and after, since not every one of a column in single precision can be written down.
pub(super) fn equal(column: &str, cell: &Cell, before: Option<f64>, value: f64, after: Option<f64>) -> Option<String> {
    let name = quoted_name(column);
    Some(match cell {
        Cell::Null => format!("{name} is null"),
        Cell::Bool(yes) => format!("{name} = {yes}"),
        Cell::Int(value) => format!("{name} = {value}"),
        Cell::Text(text) => format!("{name} = {}", quoted_text(text)),
        Cell::Float(_) if f64::from(value as f32).to_bits() == value.to_bits() => {
            format!("{name} = {}", literal(value)?)
        }
        Cell::Float(_) => {
            let from = before.map(|before| halfway(before, value));
            let below = after.map(|after| halfway(value, after));
            within(column, from, below)?
        }
        Cell::Time(_) | Cell::Unreadable(_) => return None,
    })
}

/// The condition that holds for numbers from one on and below another; `None` without either.
pub(super) fn within(column: &str, from: Option<f64>, below: Option<f64>) -> Option<String> {
    let name = quoted_name(column);
    let parts = [(">=", from), ("<", below)];
    let parts = parts.into_iter().filter_map(|(sign, bound)| Some(format!("{name} {sign} {}", literal(bound?)?)));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { None } else { Some(parts.join(" and ")) }
}

/// A number that is above the one and at most the other, about half-way, with as few decimals as that takes.
pub(super) fn halfway(low: f64, high: f64) -> f64 {
    let middle = low / 2.0 + high / 2.0;
    let parts = |number: &f64| *number > low && *number <= high;
    let rounded = |decimals: usize| format!("{middle:.decimals$}").parse().ok().filter(parts);
    (0..DECIMALS).find_map(rounded).or(Some(middle).filter(parts)).unwrap_or(high)
}

/// Decimals that a boundary is written with at most, where fewer part its neighbours.
const DECIMALS: usize = 12;

/// A number as SQL takes it; `None` for an infinite one.
fn literal(value: f64) -> Option<String> {
    let size = value.abs();
    if !value.is_finite() {
        None
    } else if size == 0.0 || (1e-6..1e15).contains(&size) {
        Some(value.to_string())
    } else {
        Some(format!("{value:e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_sql() {
        let told = |cell: &Cell, value| equal("a", cell, Some(0.1), value, Some(0.9)).unwrap_or_default();
        assert_eq!(told(&Cell::Text("O'Neil".to_owned()), f64::NAN), "a = 'O''Neil'");
        assert_eq!(told(&Cell::Float(0.5), 0.5), "a = 0.5");
        assert_eq!(told(&Cell::Float(0.3), 0.3), "a >= 0.2 and a < 0.6");
        assert_eq!(equal("a", &Cell::Float(0.3), None, 0.3, None), None);
        assert_eq!(equal("a", &Cell::Time(0), None, 0.0, None), None);
        assert_eq!(within("count(*)", Some(1e20), None), Some("\"count(*)\" >= 1e20".to_owned()));
    }

    #[test]
    fn halfway_parts_even_neighbours() {
        let next = f64::from_bits(1.0_f64.to_bits() + 1);
        assert!(halfway(1.0, next) > 1.0 && halfway(1.0, next) <= next);
        for (low, high, between) in
            [(0.0, 1.0, "0.5"), (0.1231, 0.1299, "0.127"), (-3.0, 7.0, "2"), (1e6, 3e6, "2000000")]
        {
            assert_eq!(halfway(low, high).to_string(), between);
        }
    }
}
