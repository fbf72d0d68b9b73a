//! Which inputs are no paths, but logs that lie elsewhere.

use std::path::Path;

use crate::{objects, postgres};

/// What the file of a query's rows is called, its hash behind it.
pub(super) const QUERY: &str = "query-";
/// What the file of standard input is called, its hash behind it.
pub(super) const STANDARD_INPUT: &str = "stdin-";

/// Whether an input is no path: a log that [`Fetched`](crate::ingest::Fetched) brings.
pub fn is_remote(input: &Path) -> bool {
    is_database(input) || is_objects(input) || is_standard_input(input)
}

/// Whether an input is a database: its rows are told by a query.
pub fn is_database(input: &Path) -> bool {
    input.to_str().is_some_and(postgres::is_address)
}

/// Whether an input is objects: what they are is told before they are brought.
pub fn is_objects(input: &Path) -> bool {
    input.to_str().is_some_and(objects::is_address)
}

/// Whether an input is standard input.
pub fn is_standard_input(input: &Path) -> bool {
    input == Path::new("-")
}

/// Why a file of this name is read whole whenever it differs from what was read before; `None` for one that lies here.
pub(in crate::ingest) fn read_whole(name: &str) -> Option<&'static str> {
    if name.starts_with(QUERY) {
        return Some("a query's rows may be any others than they were");
    }
    name.starts_with(STANDARD_INPUT).then_some("what comes by standard input may be anything else than it was")
}
