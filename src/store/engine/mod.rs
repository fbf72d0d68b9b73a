//! Queries over a run's tables: SQL as other databases read it, by `DataFusion`.
//!
//! May import the rest of the store. Gives [`sql`], [`sql_counted`] and, for filters, the answers of a condition. A query
//! reads the run's tables and those of the runs kept before it, nothing else: no files, no network, no changes. Tables are
//! never loaded whole: [`stored`] reads the columns and row groups that a query needs.
//!
//! ```text
//! text ─ admit ─ dialect ─ plan (functions, rules) ─ scan ─ rows ─ stored ─ source
//!        │        └ other databases' words              └ prune      └ files side by side
//!        └ too long, too deep, not a query
//! ```

pub(super) mod admit;
pub(super) mod answers;
mod anywhere;
mod calls;
pub(super) mod catalog;
pub(super) mod convert;
mod dialect;
mod find;
mod flow;
mod functions;
mod letters;
pub(super) mod limits;
mod own;
mod pick;
mod prune;
mod query;
mod rows;
mod rules;
mod scan;
mod session;
mod source;
mod spans;
mod spill;
mod stars;
pub(super) mod stored;
mod tags;
mod trouble;
mod wait;
mod whole_numbers;
mod widen;
mod wrong;

pub use flow::sql_blocks;
pub use functions::names as sql_functions;
pub use query::{Answer, sql, sql_counted, sql_of_job};
pub use session::set_query_memory;
pub use spill::remove_spilled;
