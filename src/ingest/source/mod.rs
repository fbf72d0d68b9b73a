//! Where the bytes of a raw table lie, and how they become rows of text.
//!
//! A table is named by a path. [`origin`] tells what it names: a file, a member of a zip archive (`shop.zip/orders.csv`) or
//! a sheet of a workbook (`shop.xlsx/Orders`). [`text`] unpacks what is packed (`packed`), reads members from where they
//! lie (`member`), turns JSON (`json`) and sheets (`sheet`) into CSV, and takes orders apart whose lines stand in a cell
//! (`item_list`), each on a thread of its own (`piped`); nothing is written to disk. `whole` gives what is read by position. `partition` tells the columns that
//! folders named `key=value` add, `listing` the tables that lie in a folder, an archive or a workbook.
//!
//! `remote` tells which inputs are no paths; `bring` brings such a log here (`fetched`): from a database, as objects
//! (`listed`) or by `standard_input`.

mod bring;
mod container;
mod fault;
mod fetched;
mod item_list;
mod json;
mod lines;
mod listed;
mod listing;
mod member;
mod origin;
mod packed;
mod partition;
mod piped;
mod remote;
mod sheet;
mod standard_input;
mod text;
mod whole;
mod written;

pub(super) use fault::read_error;
pub use fetched::Fetched;
pub(super) use lines::{key_of_pairs, order_lines};
pub use listed::Listed;
pub(super) use listing::{PACKED, beside, is_container, is_table, listing, tables_of};
pub(super) use origin::{Origin, container_of};
pub(super) use partition::Partition;
pub(super) use remote::read_whole;
pub use remote::{is_database, is_objects, is_remote, is_standard_input};
pub(super) use text::{Storage, Until, storage, text};
pub(super) use whole::Whole;
