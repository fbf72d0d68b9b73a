//! Which file beside a log tells what its items are called.

use std::path::{Path, PathBuf};

use crate::ingest::source::beside;

crate::settings! {
    /// The file that tells what the log's items are called.
    pub struct ItemSettings in "items" {
        /// The file: CSV, TSV or Parquet, plain or compressed, relative to the input folder; empty for `items.*` or
        /// `products.*` in it.
        pub file: String = String::new();
        /// The column with the item's id; empty for the one that holds the log's items.
        pub id: String = String::new();
        /// The column with its name; empty for the one called so: name, title, product_name and the like.
        pub name: String = String::new();
        /// The column with the product that the item is a variant of; empty for item_group, parent_id and the like.
        pub group: String = String::new();
        /// The column with the name of its category; empty for category, category_name and the like.
        pub category: String = String::new();
        /// The file that tells what the categories are called, by the ids of the log or of category_tree: relative to the
        /// input folder; empty for `categories.*` in it. It names the categories of items that no other file does.
        pub categories: String = String::new();
    }
}

/// Names of files that are looked for in the input folder.
pub(super) const FILES: [&str; 2] = ["items", "products"];

/// A file of items, and what is known of its columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemFile {
    /// The file.
    pub path: PathBuf,
    /// Its columns, as far as the settings name them.
    pub columns: ItemSettings,
}

impl ItemSettings {
    /// The file that the settings name, for an input.
    pub fn file(&self, input: &Path) -> Option<ItemFile> {
        let path = beside(input, &self.file);
        (!self.file.is_empty()).then(|| ItemFile { path, columns: self.clone() })
    }
}
