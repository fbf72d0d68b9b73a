//! Object stores and web servers: what lies at an address, and its bytes brought into a folder. May import `archive`,
//! `error`, `files`, `format`, `job` and `text`.
//!
//! `address` reads an address and refuses a secret in it, `credentials` and `profile` find the keys where the vendors' own
//! tools do, `store` opens the service, `listing` tells what there is, `transfer` brings ranges of it side by side, and
//! `failure` tells what went wrong without a secret.

mod address;
mod credentials;
mod failure;
mod listing;
mod patience;
mod profile;
mod store;
mod transfer;

pub use address::{Address, is_address, split_pattern};
pub use listing::{Found, Object};
pub use patience::Patience;
pub use store::Store;
