//! An object laid out in columns.

use std::collections::{HashMap, HashSet};
use std::io::Result;

use serde_json::{Map, Value};

use crate::ingest::source::lines::{key_of_pairs, order_lines};
use crate::ingest::source::written::RowWriter;

/// The columns of a JSON table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    names: Vec<String>,
    place: HashMap<String, usize>,
    /// The keys that lead to the list whose elements are rows.
    lines: Option<Vec<String>>,
    /// Fields beside that list which stand where an object has no such list, by the column of its elements that takes them:
    /// one call tells of the product that was viewed, another of those that were bought.
    instead: HashMap<String, String>,
}

/// Objects within objects that are looked into for the list of rows.
const DEEPEST: usize = 8;

/// What an interface tells of a page of rows, beside them.
const OF_A_PAGE: [&str; 26] = [
    "object",
    "url",
    "has_more",
    "count",
    "total",
    "total_count",
    "next",
    "previous",
    "prev",
    "page",
    "pages",
    "per_page",
    "limit",
    "offset",
    "success",
    "ok",
    "cursor",
    "next_cursor",
    "links",
    "meta",
    "pagination",
    "paging",
    "kind",
    "etag",
    "size",
    "version",
];

/// The elements of the one list of objects that an object holds, or an object in it; `None` where it holds none or more, or
/// the list of lines of an order that the object is itself.
pub(super) fn only_list(object: &mut Value) -> Option<Vec<Value>> {
    let path = path_to_list(object, DEEPEST)?;
    let list = path.iter().try_fold(object, |within, key| within.get_mut(key))?;
    match list.take() {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

/// The keys that lead to that list.
fn path_to_list(object: &Value, deepest: usize) -> Option<Vec<String>> {
    let fields = object.as_object()?;
    let is_list =
        |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_object) && !list.is_empty());
    // Beside rows a file tells how many they are and such things; an order has its own id, time and user there.
    let is_other = |(key, value): &(&String, &Value)| !value.is_null() && !OF_A_PAGE.contains(&key.as_str());
    let others = fields.iter().filter(is_other).count().saturating_sub(1);
    if others > 2 || deepest == 0 {
        return None;
    }
    let mut lists = fields.iter().filter(|(_, value)| is_list(value)).map(|(key, _)| key.clone());
    match (lists.next(), lists.next()) {
        (Some(key), None) => Some(vec![key]),
        (Some(_), Some(_)) => None,
        (None, _) => {
            let mut within = fields.iter().filter_map(|(key, value)| Some((key, path_to_list(value, deepest - 1)?)));
            let (key, path) = within.next()?;
            within.next().is_none().then(|| std::iter::once(key.clone()).chain(path).collect())
        }
    }
}

impl Columns {
    /// The columns of some objects, in the order in which they first appear.
    pub(super) fn of(objects: &[Value]) -> Self {
        let mut lists = Lists::default();
        for object in objects {
            lists.look(object, &mut Vec::new());
        }
        let lines = lists.order_lines();
        let mut columns = Self { lines, ..Self::default() };
        columns.instead = columns.found_instead(objects);
        for object in objects {
            let mut found = Vec::new();
            columns.walk(object, &mut |path, _| {
                found.push(columns.instead.get(path).map_or(path, String::as_str).to_owned());
            });
            for element in columns.elements(object) {
                columns.walk_element(element, &mut |path, _| found.push(path.to_owned()));
            }
            for path in found {
                let next = columns.names.len();
                if !columns.place.contains_key(&path) {
                    columns.place.insert(path.clone(), next);
                    columns.names.push(path);
                }
            }
        }
        columns
    }

    /// Their names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Writes the rows of an object: one, or as many as its list has elements.
    pub(super) fn write(&self, object: &Value, rows: &mut RowWriter<'_>) -> Result<()> {
        let mut cells = vec![String::new(); self.names.len()];
        let fill = |cells: &mut Vec<String>, path: &str, value: &Value| {
            let path = self.instead.get(path).map_or(path, String::as_str);
            if let Some(&at) = self.place.get(path)
                && cells[at].is_empty()
            {
                cells[at] = text_of(value);
            }
        };
        self.walk(object, &mut |path, value| fill(&mut cells, path, value));
        let elements = self.elements(object);
        let mut row = |cells: &[String]| {
            for cell in cells {
                rows.cell(cell);
            }
            rows.end()
        };
        if elements.is_empty() {
            return row(&cells);
        }
        for element in elements {
            let mut cells = cells.clone();
            self.walk_element(element, &mut |path, value| fill(&mut cells, path, value));
            row(&cells)?;
        }
        Ok(())
    }

    /// The fields that stand beside the list of lines and never with it, but are called as fields of its elements are.
    fn found_instead(&self, objects: &[Value]) -> HashMap<String, String> {
        let Some((_, above)) = self.lines.as_deref().and_then(<[String]>::split_last) else { return HashMap::new() };
        let (mut with, mut without, mut within) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut prefix = above.join(".");
        if !prefix.is_empty() {
            prefix.push('.');
        }
        for object in objects {
            let elements = self.elements(object);
            let paths = if elements.is_empty() { &mut without } else { &mut with };
            self.walk(object, &mut |path, _| {
                if !paths.contains(path) {
                    paths.insert(path.to_owned());
                }
            });
            for element in elements {
                self.walk_element(element, &mut |path, _| {
                    within.insert(path.to_owned());
                });
            }
        }
        let element_of = |path: &String| {
            let field = path.strip_prefix(&prefix)?;
            let list = self.lines.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(".");
            let column = format!("{list}[].{field}");
            within.contains(&column).then_some(column)
        };
        let alone = without.difference(&with);
        alone.filter_map(|path| Some((path.clone(), element_of(path)?))).collect()
    }

    /// The elements of an object that are rows.
    fn elements<'a>(&self, object: &'a Value) -> &'a [Value] {
        let Some(keys) = &self.lines else { return &[] };
        let list = keys.iter().try_fold(object, |value, key| value.get(key));
        list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn walk(&self, object: &Value, each: &mut impl FnMut(&str, &Value)) {
        visit(object, &mut String::new(), &mut Vec::new(), self.lines.as_deref(), each);
    }

    fn walk_element(&self, element: &Value, each: &mut impl FnMut(&str, &Value)) {
        let path = self.lines.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(".");
        visit(element, &mut format!("{path}[]"), &mut Vec::new(), None, each);
    }
}

/// Calls `each` with the path of every value that is no object; the list at `lines` is passed over.
fn visit(
    value: &Value,
    path: &mut String,
    keys: &mut Vec<String>,
    lines: Option<&[String]>,
    each: &mut impl FnMut(&str, &Value),
) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let before = path.len();
                if before > 0 {
                    path.push('.');
                }
                path.push_str(key);
                keys.push(key.clone());
                if lines != Some(keys.as_slice()) {
                    visit(value, path, keys, lines, each);
                }
                keys.pop();
                path.truncate(before);
            }
        }
        Value::Array(list) => match pairs(list) {
            Some(pairs) => {
                for (key, value) in pairs {
                    each(&format!("{path}.{key}"), value);
                }
            }
            None => each(path, value),
        },
        value => each(path, value),
    }
}

/// The keys and values of a list of pairs, of several values of a pair the first that is there.
fn pairs(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let first = list.first()?.as_object()?;
    let key = key_of_pairs(&first.keys().map(String::as_str).collect::<Vec<_>>())?;
    list.iter()
        .map(|pair| {
            let pair = pair.as_object()?;
            let values = pair.iter().filter(|(name, _)| *name != key).map(|(_, value)| value);
            Some((
                pair.get(key)?.as_str()?,
                values.map(innermost).find(|value| !value.is_null()).unwrap_or(&Value::Null),
            ))
        })
        .collect()
}

/// A value, or the one that is there of an object of typed values such as `{"string_value": null, "int_value": 3}`.
fn innermost(value: &Value) -> &Value {
    let typed = |fields: &Map<String, Value>| fields.keys().all(|key| key.ends_with("_value"));
    match value {
        Value::Object(fields) if typed(fields) => {
            fields.values().find(|value| !value.is_null()).unwrap_or(&Value::Null)
        }
        value => value,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The lists of objects that objects hold, and the names of their elements' fields.
#[derive(Default)]
struct Lists(Vec<(Vec<String>, Vec<String>)>);

impl Lists {
    fn look(&mut self, value: &Value, keys: &mut Vec<String>) {
        let Some(fields) = value.as_object() else { return };
        for (key, value) in fields {
            keys.push(key.clone());
            match value {
                Value::Object(_) => self.look(value, keys),
                Value::Array(list) if pairs(list).is_none() => {
                    for fields in list.iter().filter_map(Value::as_object) {
                        self.note(keys, fields);
                    }
                }
                _ => {}
            }
            keys.pop();
        }
    }

    fn note(&mut self, keys: &[String], fields: &Map<String, Value>) {
        let at = self.0.iter().position(|(known, _)| known == keys);
        let at = at.unwrap_or_else(|| {
            self.0.push((keys.to_vec(), Vec::new()));
            self.0.len() - 1
        });
        for field in fields.keys() {
            if !self.0[at].1.contains(field) {
                self.0[at].1.push(field.clone());
            }
        }
    }

    fn order_lines(mut self) -> Option<Vec<String>> {
        let lists = self.0.iter().map(|(keys, fields)| {
            let name = keys.last().map(String::as_str).unwrap_or_default();
            (name, fields.iter().map(String::as_str).collect())
        });
        let at = order_lines(lists)?;
        Some(self.0.swap_remove(at).0)
    }
}
