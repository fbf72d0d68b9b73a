//! What was written into prompts.

pub use crate::ui::history::write_down;
use crate::ui::session::{SavedQuery, SavedView};

/// What was written into prompts before, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// SQL conditions.
    pub filters: Vec<String>,
    /// SQL queries.
    pub queries: Vec<String>,
    /// Views that were given a name, by name.
    pub views: Vec<SavedView>,
    /// Queries that were given a name, by name.
    pub saved: Vec<SavedQuery>,
}
