//! Where the bytes of a raw table lie, and how they become rows of text.
//!
//! A table is named by a path. [`origin`] tells what it names: a file, a member of a zip archive (`shop.zip/orders.csv`) or
//! a sheet of a workbook (`shop.xlsx/Orders`). [`text`] unpacks what is packed (`packed`), reads members from where they
//! lie (`member`) and turns JSON (`json`) and sheets (`sheet`) into CSV, each on a thread of its own (`piped`); nothing is
//! written to disk. `partition` tells the columns that folders named `key=value` add, `listing` the tables that lie in a
//! folder, an archive or a workbook. `fetched` brings a log that lies in a database.

mod container;
mod fault;
mod fetched;
mod json;
mod lines;
mod listing;
mod member;
mod origin;
mod packed;
mod partition;
mod piped;
mod sheet;
mod text;
mod written;

pub(super) use fault::read_error;
pub(super) use fetched::is_query;
pub use fetched::{Fetched, is_remote};
pub(super) use lines::{key_of_pairs, order_lines};
pub(super) use listing::{PACKED, is_container, is_table, listing, tables_of};
pub(super) use origin::{Origin, container_of};
pub(super) use partition::Partition;
pub(super) use text::{Storage, Until, storage, text};
