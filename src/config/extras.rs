//! What a settings file holds beside its settings: lists that grow with the shop, each read by whoever needs it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::config::source::Source;
use crate::error::Result;
use crate::spreadsheet::Dialect;

/// The names of these lists in a settings file.
pub(super) const NAMES: [&str; 6] = ["alerts", "export", "commands", "links", "tables", "columns"];

/// What a settings file holds beside its settings.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// `[[alerts]]` of the shop.
    pub alerts: Vec<AlertRule>,
    /// `[export]`.
    pub export: ExportPart,
    /// `[[commands]]` of the user or the machine.
    pub commands: Vec<CommandRule>,
    /// `[links]`.
    pub links: Links,
    /// `[tables]` of the shop: CSV files by the names that queries know them by.
    pub tables: BTreeMap<String, String>,
    /// `[[columns]]` of the shop.
    pub columns: Vec<ColumnRule>,
}

/// One `[[columns]]`: a column of `users` in queries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRule {
    /// Its name.
    pub name: String,
    /// Its SQL over the columns of `users`.
    pub sql: String,
}

/// One `[[commands]]`: a program bound to a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandRule {
    /// What it is called.
    pub name: String,
    /// Its key, such as `F5`.
    pub key: String,
    /// The program and its arguments; no shell reads them.
    pub run: Vec<String>,
}

/// `[links]`: pages of other systems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Links {
    /// A user's page, such as `https://crm.example/{user_id}`.
    pub user: Option<String>,
}

/// `[export]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportPart {
    /// `[export.profiles.NAME]`.
    pub profiles: BTreeMap<String, ProfileRule>,
}

/// One `[export.profiles.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileRule {
    /// Columns as they are written for a profile: `segment`, `customer_email as Email`, `offer?`.
    pub columns: Vec<String>,
    /// Text that a spreadsheet would run stays as it is.
    #[serde(default)]
    pub raw: bool,
    /// `plain` or `excel`.
    #[serde(default)]
    pub dialect: Dialect,
}

/// One `[[alerts]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertRule {
    /// What it is called.
    pub name: String,
    /// An SQL condition over the one row of `status`.
    pub when: String,
}

impl Extras {
    /// What a file says, such as the shop's own; nothing where there is no file.
    ///
    /// # Errors
    /// [`crate::Error::Io`], and [`crate::Error::Config`] with the line of what is wrong.
    pub fn read(file: &Path) -> Result<Self> {
        if file.exists() { Self::of(&Source::read(file)?) } else { Ok(Self::default()) }
    }

    /// What a file says.
    pub(super) fn of(source: &Source) -> Result<Self> {
        toml::from_str(source.text())
            .map_err(|error| source.wrong(error.span().map_or(0, |span| span.start), error.message()))
    }
}
