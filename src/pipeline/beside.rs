//! What the shop's settings put beside the tables of its runs.

use std::path::Path;

use crate::config::{ColumnRule, Extras, shop_file};
use crate::error::{Error, Result};
use crate::store::{Beside, LAST, catalogue};

/// The tables and columns of `[tables]` and `[[columns]]`; files are relative to the workspace.
///
/// # Errors
/// Those of reading the settings; [`Error::Config`] for a name that no query could use or that means something already.
pub fn beside(workspace: &Path) -> Result<Beside> {
    let file = shop_file(workspace);
    let extras = Extras::read(&file)?;
    let wrong = |what: String| Error::Config(format!("{}: {what}", file.display()));
    let usable = |name: &str| {
        let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        letters && name.starts_with(|first: char| first.is_ascii_lowercase())
    };
    let mut beside = Beside::default();
    for (name, path) in extras.tables {
        let known = name == LAST || name == "users" || catalogue().iter().any(|table| table.name == name);
        if known || !usable(&name) {
            let why = if known { "is a table already" } else { "is no name: small letters, digits and _" };
            return Err(wrong(format!("[tables] {name} {why}")));
        }
        beside.files.push((name, workspace.join(path)));
    }
    for ColumnRule { name, sql } in extras.columns {
        if !usable(&name) || beside.columns.iter().any(|(known, _)| *known == name) {
            return Err(wrong(format!("[[columns]] {name} is no name, or stands twice: small letters, digits and _")));
        }
        beside.columns.push((name, sql));
    }
    Ok(beside)
}
