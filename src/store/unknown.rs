//! What is said of names that do not exist.

use crate::nearest::nearest;
use crate::text::shown;

/// What to say of a column that does not exist.
pub(super) fn unknown_column(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(nearest) => format!("no column {}; did you mean {nearest}?", shown(name)),
        None => format!("no column {}; the columns are {}", shown(name), shown(&known.join(", "))),
    }
}
