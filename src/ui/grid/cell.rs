//! The condition that holds for rows like a cell.

use crate::store::Cell;

/// An SQL condition that is true of the rows that look like this one in a column.
pub fn condition(column: &str, cell: &Cell) -> Result<String, String> {
    let name = quoted(column);
    Ok(match cell {
        Cell::Null => format!("{name} is null"),
        Cell::Bool(yes) => format!("{name} = {yes}"),
        Cell::Int(value) => format!("{name} = {value}"),
        Cell::Float(value) => {
            let half = half_step(*value);
            format!("{name} >= {} and {name} < {}", value - half, value + half)
        }
        Cell::Text(text) => format!("{name} = '{}'", text.replace('\'', "''")),
        Cell::Unreadable(why) => return Err(why.clone()),
        Cell::Time(_) => return Err(format!("filter {column} with an expression (f): times are seldom equal")),
    })
}

/// A column's name as SQL takes it.
fn quoted(column: &str) -> String {
    let plain = column.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && column.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if plain { column.to_owned() } else { format!("\"{}\"", column.replace('"', "\"\"")) }
}

/// Half of the last digit that the table shows of a number, so that rows which look alike are kept.
fn half_step(value: f64) -> f64 {
    let size = value.abs();
    if size == 0.0 {
        5e-5
    } else if size < 1e-4 {
        size * 0.05
    } else if size < 100.0 {
        5e-5
    } else if size < 100_000.0 {
        0.05
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sql_would_misread_are_quoted() {
        assert_eq!(condition("churn", &Cell::Null), Ok("churn is null".to_owned()));
        assert_eq!(condition("count(*)", &Cell::Int(3)), Ok("\"count(*)\" = 3".to_owned()));
        assert_eq!(condition("Name", &Cell::Text("O'Neil".to_owned())), Ok("\"Name\" = 'O''Neil'".to_owned()));
        assert!(condition("time", &Cell::Time(0)).is_err());
    }
}
