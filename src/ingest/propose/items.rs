//! Columns that tell of the item of their row: what it is called, which product it is a variant of, how its category is
//! called. A name alone says little (`name` is a customer's as often), so the rows must agree: all of an item tell the same.

use std::collections::{HashMap, HashSet};

use crate::ingest::attribute_table::letters;
use crate::ingest::grammar::is_empty;
use crate::ingest::item_names::{CATEGORY, GROUP, NAME};
use crate::ingest::layout::Role;
use crate::ingest::propose::profile::Profile;

/// Names that are those of many things, and are believed only where items that come again tell the same.
const OF_MANY_THINGS: &[&str] = &[
    "name",
    "title",
    "description",
    "designation",
    "libelle",
    "nom",
    "nombre",
    "descripcion",
    "parent",
    "parentid",
    "nome",
];
/// Rows of items that were met before from which on they say whether a column is of the item.
const TELLING: usize = 5;
/// Share of them that must tell what the item's earlier rows told.
const AGREE: f64 = 0.95;

/// How well a column fits one of the roles of an item's texts, with the reason; `None` where it cannot be it. `cells` and
/// `items` are of the same rows; for the name of a category `items` are the categories' ids.
pub(super) fn told_of_items(profile: &Profile, role: Role, cells: &[&str], items: &[&str]) -> Option<(u32, String)> {
    let words = match role {
        Role::ItemName => NAME,
        Role::ItemGroup => GROUP,
        Role::CategoryName => CATEGORY,
        _ => return None,
    };
    let name = letters(&profile.name);
    let place = words.iter().position(|&word| profile.named && word == name)?;
    let mut first: HashMap<&str, &str> = HashMap::new();
    let (mut again, mut alike) = (0_usize, 0_usize);
    for (&cell, &item) in cells.iter().zip(items).filter(|(cell, item)| !is_empty(cell) && !is_empty(item)) {
        match first.get(item) {
            Some(&told) => {
                again += 1;
                alike += usize::from(told == cell);
            }
            None => {
                first.insert(item, cell);
            }
        }
    }
    let told: HashSet<&str> = first.values().copied().collect();
    let is_the_item = first.iter().all(|(item, told)| item == told);
    let agrees = alike as f64 >= again as f64 * AGREE;
    let believed = again >= TELLING || !OF_MANY_THINGS.contains(&words[place]);
    let groups = role != Role::ItemGroup || told.len() < first.len();
    let with_letters = told.iter().filter(|text| text.contains(char::is_alphabetic)).count();
    let reads = role == Role::ItemGroup || with_letters * 2 > told.len();
    (agrees && believed && groups && reads && !is_the_item && !told.is_empty()).then(|| {
        let reason = format!("by its name; all {} of them tell one each", first.len());
        (100 - place as u32, reason)
    })
}
