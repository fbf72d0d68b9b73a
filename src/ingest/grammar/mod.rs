//! How the cells of a raw log are written: numbers, texts that stand for no value, names of columns, and what stands
//! before a header.
//!
//! Finding a column and reading it go by the same rules, so that what one accepts the other reads.

mod empty;
mod header;
mod letters;
mod number;
mod persons;

pub(super) use empty::{is_empty, is_nobody};
pub(super) use header::{Preamble, SEPARATORS, SPACE, column_names, fields_of, most_fields};
pub(super) use letters::plain;
pub(super) use number::{Decimal, Evidence, Numbers, Signs, whole_of};
pub(super) use persons::{Persons, Spellings};
