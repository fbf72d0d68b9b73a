//! The conditions that hold for rows like a cell and unlike it.

use crate::store::{Cell, Shown, quoted_name, quoted_text};

/// An SQL condition that is true of the rows that look like this one in a column whose values are shown so.
pub fn condition(column: &str, cell: &Cell, shown: Shown) -> Result<String, String> {
    let name = quoted_name(column);
    Ok(match cell {
        Cell::Null => format!("{name} is null"),
        Cell::Bool(yes) => format!("{name} = {yes}"),
        Cell::Int(value) => format!("{name} = {value}"),
        Cell::Float(value) if shown.half_step(*value) == 0.0 => format!("{name} = {value}"),
        Cell::Float(value) => {
            let half = shown.half_step(*value);
            format!("{name} >= {} and {name} < {}", value - half, value + half)
        }
        Cell::Text(text) => format!("{name} = {}", quoted_text(text)),
        Cell::Unreadable(why) => return Err(why.clone()),
        Cell::Time(_) => return Err(format!("filter {column} with an expression (f): times are seldom equal")),
    })
}

/// An SQL condition that is true of all other rows, those without a value among them.
pub fn other(column: &str, cell: &Cell, shown: Shown) -> Result<String, String> {
    let like = condition(column, cell, shown)?;
    let name = quoted_name(column);
    Ok(match cell {
        Cell::Null => format!("{name} is not null"),
        _ => format!("({name} is null or not ({like}))"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sql_would_misread_are_quoted() {
        assert_eq!(condition("churn", &Cell::Null, Shown::Share), Ok("churn is null".to_owned()));
        assert_eq!(condition("count(*)", &Cell::Int(3), Shown::Count), Ok("\"count(*)\" = 3".to_owned()));
        assert_eq!(
            condition("Name", &Cell::Text("O'Neil".to_owned()), Shown::Plain),
            Ok("\"Name\" = 'O''Neil'".to_owned())
        );
        assert!(condition("time", &Cell::Time(0), Shown::Plain).is_err());
        let other = |cell: &Cell| other("views", cell, Shown::Count);
        assert_eq!(other(&Cell::Int(3)), Ok("(views is null or not (views = 3))".to_owned()));
        assert_eq!(other(&Cell::Null), Ok("views is not null".to_owned()));
    }
}
