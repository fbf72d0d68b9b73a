//! PostgreSQL: the rows of a query as CSV text, and rows into a table. May import `error`, `files`, `job` and `text`.
//!
//! `address` reads an address and refuses a password in it, `password` finds the password where the vendor's own tools do,
//! `tls` says whom to trust, `session` connects, waits and cancels, and `failure` tells what went wrong without a secret.
//! `select` streams a query by binary COPY, with `cell` and `numeric` for its values; `insert` fills a table by it in one
//! transaction.

mod address;
mod cell;
mod digits;
mod failure;
mod insert;
mod numeric;
mod password;
mod select;
mod session;
mod tls;

pub use address::{Address, is_address};
pub use insert::{Column, Mode, Rows, insert, write_cell};
pub use select::{Selected, select};
