//! What a file beside the log, or the log itself, tells of its items: how they are called, which product they are variants
//! of, and the names of their categories. It is as of the day it was written, and predicts nothing: it is shown, filtered by
//! and exported.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::format::thousands;
use crate::ingest::append::EventDetails;
use crate::ingest::attribute_table::AttributeTable;
use crate::ingest::grammar::{is_empty, whole_of};
use crate::ingest::item_file::{ItemFile, ItemSettings};
use crate::ingest::label::Label;
use crate::ingest::log::{EventLog, Ids, NONE};
use crate::job::Job;

/// What is known of each item of the log, by its code; a column that nothing tells is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemNames {
    /// How it is called.
    pub name: Vec<Option<Box<str>>>,
    /// The product that it is a variant of.
    pub group: Vec<Option<Box<str>>>,
    /// The name of its category.
    pub category: Vec<Option<Box<str>>>,
}

/// How columns are called, in lower-case letters and digits alone.
pub(super) const NAME: &[&str] = &[
    "name",
    "itemname",
    "lineitemname",
    "productname",
    "producttitle",
    "title",
    "itemtitle",
    "articlename",
    "bezeichnung",
    "artikelbezeichnung",
    "artikelname",
    "produktname",
    "designation",
    "libelle",
    "nom",
    "nombre",
    "descripcion",
    "description",
    "naam",
    "omschrijving",
    "nazwa",
    "nome",
    "descricao",
    "descrizione",
    "namn",
    "navn",
    "nimi",
    "название",
    "наименование",
];
pub(super) const GROUP: &[&str] = &[
    "itemgroup",
    "itemgroupid",
    "groupid",
    "parent",
    "parentid",
    "parentsku",
    "parentproduct",
    "productid",
    "producthandle",
    "handle",
    "masterid",
    "mastersku",
    "stylecode",
    "styleid",
    "modelid",
];
pub(super) const CATEGORY: &[&str] = &[
    "category",
    "categoryname",
    "categorypath",
    "productcategory",
    "productcategoryname",
    "producttype",
    "kategorie",
    "warengruppe",
    "categorie",
    "categoria",
    "kategoria",
    "kategori",
    "department",
    "категория",
];

impl ItemNames {
    /// What a file tells, and a sentence about it. One that was only found beside the log may turn out to be of something
    /// else: it is named then, and not read.
    ///
    /// # Errors
    /// As [`Self::read`], of a file that the settings name.
    pub(super) fn of(file: &ItemFile, items: &Ids, job: &Job) -> Result<(Self, String)> {
        match Self::read(file, items, job) {
            Err(Error::Input { line, what, .. }) if file.columns == ItemSettings::default() => {
                let line = line.map_or_else(String::new, |line| format!(", line {line}"));
                Ok((Self::default(), format!("{}{line} is not read: {what}", file_name(&file.path))))
            }
            read => read,
        }
    }

    /// What the rows of a log tell of its items, the latest text of each counting, and a sentence about it.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn of_log(log: &EventLog, details: &EventDetails, job: &Job) -> Result<(Self, Option<String>)> {
        let latest = |label: Label| -> Result<Vec<Option<Box<str>>>> {
            job.check()?;
            let labels = &details.labels[label as usize];
            if labels.texts.is_empty() {
                return Ok(Vec::new());
            }
            let mut latest: Vec<Option<(i64, &str)>> = vec![None; log.items.len()];
            for event in (0..log.len()).filter(|&event| log.item[event] != NONE) {
                let (place, time) = (&mut latest[log.item[event] as usize], log.time[event]);
                // Of two texts at the same time the first in the alphabet, whatever the order of the rows.
                if let Some(text) = labels.of(event)
                    && place.is_none_or(|known| (time, Reverse(text)) > (known.0, Reverse(known.1)))
                {
                    *place = Some((time, text));
                }
            }
            Ok(latest.into_iter().map(|latest| latest.map(|(_, text)| text.into())).collect())
        };
        let (name, group) = (latest(Label::ItemName)?, latest(Label::ItemGroup)?);
        let found = Self { name, group, category: latest(Label::CategoryName)? };
        let parts = [("name", &found.name), ("group", &found.group), ("category's name", &found.category)];
        let told = parts.into_iter().filter_map(|(what, texts)| {
            let count = texts.iter().flatten().count() as u64;
            (count > 0).then(|| format!("the {what} of {}", thousands(count)))
        });
        let told = told.collect::<Vec<_>>().join(", ");
        let all = thousands(log.items.len() as u64);
        let told = (!told.is_empty()).then(|| format!("the log tells of {all} items: {told}"));
        Ok((found, told))
    }

    /// What is told here, and elsewhere where nothing is.
    pub(super) fn or(self, other: Self) -> Self {
        let filled = |own: Vec<Option<Box<str>>>, other: Vec<Option<Box<str>>>| match (own.is_empty(), other.is_empty())
        {
            (true, _) => other,
            (_, true) => own,
            _ => own.into_iter().zip(other).map(|(own, other)| own.or(other)).collect(),
        };
        Self {
            name: filled(self.name, other.name),
            group: filled(self.group, other.group),
            category: filled(self.category, other.category),
        }
    }

    /// Reads a file for the items of a log, and says what it told.
    ///
    /// # Errors
    /// As reading the file; [`Error::Input`] where the settings name a column that is not there, or a file that tells
    /// nothing of the log's items.
    fn read(file: &ItemFile, items: &Ids, job: &Job) -> Result<(Self, String)> {
        let table = AttributeTable::read(file.path.clone(), "items", job)?;
        let code_of: HashMap<String, usize> =
            (0..items.len()).map(|code| (items.text(code as u32).into_owned(), code)).collect();
        let code = |cell: &str| code_of.get(cell).or_else(|| code_of.get(whole_of(cell)?)).copied();
        let id = table.ids(&file.columns.id, "items", |cell| code(cell).is_some())?;
        let AttributeTable { names, columns, .. } = &table;
        let mut found = Self::default();
        let mut told = Vec::new();
        let parts = [
            ("name", &file.columns.name, NAME, &mut found.name),
            ("group", &file.columns.group, GROUP, &mut found.group),
            ("category", &file.columns.category, CATEGORY, &mut found.category),
        ];
        for (key, given, words, into) in parts {
            job.check()?;
            let Some(at) = table.find(key, given, words)?.filter(|&at| at != id) else { continue };
            let mut values: Vec<Option<Box<str>>> = vec![None; items.len()];
            for (cell, value) in columns[id].iter().zip(&columns[at]).filter(|(_, value)| !is_empty(value)) {
                // Of rows that tell an item differently, the smallest text: no rule hangs on the order of rows.
                if let Some(code) = code(cell)
                    && values[code].as_deref().is_none_or(|known| value.as_str() < known)
                {
                    values[code] = Some(value.as_str().into());
                }
            }
            let count = values.iter().flatten().count();
            if count > 0 {
                told.push(format!("the {key} of {} from {}", thousands(count as u64), names[at]));
                *into = values;
            }
        }
        let (name, all, id) = (file_name(&file.path), thousands(items.len() as u64), &names[id]);
        if told.is_empty() {
            return Ok((found, format!("{name} tells neither name, group nor category of any of {all} items by {id}")));
        }
        Ok((found, format!("{name} tells of {all} items, by {id}: {}", told.join(", "))))
    }
}
