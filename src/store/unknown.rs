//! What is said of names that do not exist.

use crate::nearest::nearest;
use crate::store::columns::{SIMULATED, other_name};
use crate::text::shown;

/// What to say of a column that does not exist.
pub(super) fn unknown_column(name: &str, known: &[&str]) -> String {
    if let Some(other) = other_name(name).filter(|other| known.contains(other)) {
        let campaign = if SIMULATED.iter().any(|(real, _)| *real == name) { "is simulated" } else { "is a real one" };
        return format!("no column {name}: this run's campaign {campaign}, and the column is called {other}");
    }
    match nearest(name, known) {
        Some(nearest) => format!("no column {}; did you mean {nearest}?", shown(name)),
        None => format!("no column {}; the columns are {}", shown(name), shown(&known.join(", "))),
    }
}
