//! What a file beside the log calls its categories.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::format::thousands;
use crate::ingest::attribute_table::AttributeTable;
use crate::ingest::catalogue::Catalogue;
use crate::ingest::grammar::{is_empty, whole_of};
use crate::ingest::item_names::ItemNames;
use crate::ingest::log::NONE;
use crate::job::Job;

/// How the column of names is called, in lower-case letters and digits alone.
const NAME: &[&str] =
    &["name", "categoryname", "category", "title", "label", "bezeichnung", "kategorie", "nom", "nombre", "nome"];
/// What stands between a category and the one below it.
const BELOW: &str = " / ";

/// Names the categories of items that have no name yet, by the names on the way from the root; a sentence about it. A file
/// that tells of no category of the log is named and not read.
///
/// # Errors
/// As reading the file.
pub(super) fn fill(items: &mut ItemNames, path: &Path, catalogue: &Catalogue, job: &Job) -> Result<String> {
    let file = file_name(path);
    let table = match AttributeTable::read(path.to_path_buf(), "items", job) {
        Err(Error::Input { what, .. }) => return Ok(format!("{file} is not read: {what}")),
        table => table?,
    };
    let categories = &catalogue.categories;
    let by_id: HashMap<String, u32> =
        (0..categories.len() as u32).map(|code| (categories.text(code).into_owned(), code)).collect();
    let code = |cell: &str| by_id.get(cell).or_else(|| by_id.get(whole_of(cell)?)).copied();
    let Ok(id) = table.ids("", "categories", |cell| code(cell).is_some()) else {
        return Ok(format!("{file} is not read: no column holds a category of the log"));
    };
    let Some(name) = table.called(NAME).filter(|&name| name != id) else {
        return Ok(format!("{file} is not read: no column is called name"));
    };
    let mut names: Vec<Option<&str>> = vec![None; categories.len()];
    for (cell, name) in table.columns[id].iter().zip(&table.columns[name]).filter(|(_, name)| !is_empty(name)) {
        // Of rows that name a category differently, the first text: no rule hangs on the order of rows.
        if let Some(code) = code(cell)
            && names[code as usize].is_none_or(|known| name.as_str() < known)
        {
            names[code as usize] = Some(name);
        }
    }
    let known = names.iter().flatten().count();
    let path_of = |category: u32| -> Option<Box<str>> {
        names[category as usize]?;
        let steps = catalogue.path(category);
        Some(steps.iter().filter_map(|&step| names[step as usize]).collect::<Vec<_>>().join(BELOW).into())
    };
    let mut filled = 0;
    if items.category.is_empty() {
        items.category = vec![None; catalogue.category.len()];
    }
    for (name, &category) in items.category.iter_mut().zip(&catalogue.category) {
        if name.is_none() && category != NONE {
            *name = path_of(category);
            filled += u64::from(name.is_some());
        }
    }
    if items.category.iter().all(Option::is_none) {
        items.category.clear();
    }
    let (known, all) = (thousands(known as u64), thousands(categories.len() as u64));
    let filled = thousands(filled);
    Ok(format!(
        "{file} names {known} of {all} categories, and by them those of {filled} items that no other file names"
    ))
}
