//! Files beside a log that tell of its items and users: those that the settings name, and those that were found.

use std::path::Path;

use crate::files::file_name;
use crate::ingest::customer_file::CustomerSettings;
use crate::ingest::files::InputFiles;
use crate::ingest::item_file::ItemSettings;
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::beside;

impl InputFiles {
    /// The same with the file of items that the settings name, which goes before one that was found.
    #[must_use]
    pub fn with_items(mut self, settings: &ItemSettings, input: &Path) -> Self {
        if let Some(named) = settings.file(input) {
            let found = self.items.replace(named).map(|found| file_name(&found.path));
            self.is_not_read(found);
        } else if let Some(found) = &mut self.items {
            found.columns = settings.clone();
        }
        if !settings.categories.is_empty() {
            let named = beside(input, &settings.categories);
            let found = self.categories.replace(named).map(|found| file_name(&found));
            self.is_not_read(found);
        }
        self
    }

    /// The same with the file of customers that the settings name, which goes before one that was found.
    #[must_use]
    pub fn with_customers(mut self, settings: &CustomerSettings, input: &Path) -> Self {
        if let Some(named) = settings.file(input) {
            let found = self.customers.replace(named).map(|found| file_name(&found.path));
            self.is_not_read(found);
        } else if let Some(found) = &mut self.customers {
            found.columns = settings.clone();
        }
        self
    }

    /// The same with the tables that the settings join to the log, which are none of it themselves.
    #[must_use]
    pub fn with_joined(mut self, settings: &IngestSettings, input: &Path) -> Self {
        self.joined = settings.joins().map(|join| input.join(&join.file)).collect();
        self.joined.sort();
        self.joined.dedup();
        self.events.retain(|event| !self.joined.contains(event));
        self.is_not_read(None);
        self
    }

    /// Counts a file that another took the place of among those nobody reads, and no file that is read.
    fn is_not_read(&mut self, found: Option<String>) {
        self.unread.extend(found);
        self.unread.sort();
        self.unread.dedup();
        let read: Vec<String> = self.all().map(file_name).collect();
        self.unread.retain(|name| !read.contains(name));
    }
}
