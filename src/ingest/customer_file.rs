//! Which file beside a log tells who its users are.

use std::path::{Path, PathBuf};

use crate::ingest::source::beside;

crate::settings! {
    /// The file that tells who the log's users are.
    pub struct CustomerSettings in "customers" {
        /// The file: CSV, TSV or Parquet, plain or compressed, relative to the input folder; empty for `customers.*` in it.
        /// Its further columns are kept too, as `customer_*`.
        pub file: String = String::new();
        /// The column with the customer's id; empty for the one that holds the log's users.
        pub id: String = String::new();
        /// The column with the name; empty for the one called so, or for a first name and a last name.
        pub name: String = String::new();
        /// The column with the e-mail address; empty for email, mail and the like.
        pub email: String = String::new();
        /// The column with the phone number; empty for phone, mobile and the like.
        pub phone: String = String::new();
        /// The column that tells whether the customer may be written to; empty for consent, newsletter,
        /// accepts_marketing and the like.
        pub consent: String = String::new();
        /// The column with the country; empty for country, country_code and the like.
        pub country: String = String::new();
        /// The column with the household; empty for household, household_id and the like.
        pub household: String = String::new();
    }
}

/// Names of files that are looked for in the input folder.
pub(super) const FILES: [&str; 1] = ["customers"];

/// A file of customers, and what is known of its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerFile {
    /// The file.
    pub path: PathBuf,
    /// Its columns, as far as the settings name them.
    pub columns: CustomerSettings,
}

impl CustomerSettings {
    /// The file that the settings name, for an input.
    pub fn file(&self, input: &Path) -> Option<CustomerFile> {
        let path = beside(input, &self.file);
        (!self.file.is_empty()).then(|| CustomerFile { path, columns: self.clone() })
    }
}
