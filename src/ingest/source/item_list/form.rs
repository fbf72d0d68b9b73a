//! How the lines of an order are written in one cell.

use serde_json::{Map, Value};

/// Share of the cells that must be lists, and of those that tell pieces.
const MOST: f64 = 0.95;
const MANY: f64 = 0.5;
/// Signs between pieces and a name.
const TIMES: [char; 4] = ['×', 'x', 'X', '*'];
/// What parts lines whose pieces stand behind the name.
const PARTS: [char; 4] = [';', '|', '\n', ','];

/// The cells of a line of an order that its list tells.
pub(super) struct Line(pub(super) Vec<String>);

/// How a list is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `2× Shirt, 1× Cap`.
    Before,
    /// `sku1 x2; sku2`, parted by this sign.
    Behind(char),
    /// A list of JSON objects with these fields.
    Json(Vec<String>),
}

impl Form {
    /// Whether a text can hold any such list, told quickly.
    pub(super) fn may_be_in(text: &str) -> bool {
        let before = |at: usize| text[..at].ends_with(|letter: char| letter.is_ascii_digit() || letter == ' ');
        text.contains('×')
            || text.contains("{\"")
            || text.match_indices(['x', 'X', '*']).any(|(at, sign)| {
                before(at)
                    && text[at + sign.len()..].starts_with(|letter: char| letter.is_ascii_digit() || letter == ' ')
            })
    }

    /// The form of a column's cells, none of which is empty.
    pub(super) fn of(cells: &[&str]) -> Option<Self> {
        let share =
            |is: &dyn Fn(&str) -> bool| cells.iter().filter(|cell| is(cell)).count() as f64 / cells.len() as f64;
        if share(&|cell| objects(cell).is_some()) >= MOST {
            let mut fields: Vec<String> = Vec::new();
            for (name, value) in cells.iter().filter_map(|cell| objects(cell)).flatten().flatten() {
                if !value.is_object() && !value.is_array() && !fields.contains(&name) {
                    fields.push(name);
                }
            }
            return (!fields.is_empty()).then_some(Self::Json(fields));
        }
        if share(&|cell| !counted_before(cell).is_empty()) >= MOST {
            return Some(Self::Before);
        }
        let told = |cell: &str, part: char| cell.split(part).any(|line| counted_behind(line).1.is_some());
        let part = PARTS.into_iter().find(|part| cells.iter().any(|cell| cell.contains(*part) && told(cell, *part)))?;
        (share(&|cell| told(cell, part)) >= MANY).then_some(Self::Behind(part))
    }

    /// The columns of its lines, of a column of this name.
    pub(super) fn names(&self, column: &str) -> Line {
        let column = column.trim();
        match self {
            Self::Before | Self::Behind(_) => Line(vec![format!("{column}[].item"), format!("{column}[].quantity")]),
            Self::Json(fields) => Line(fields.iter().map(|field| format!("{column}[].{field}")).collect()),
        }
    }

    /// The lines of a cell: one without anything of an empty one.
    pub(super) fn lines(&self, cell: &str) -> Vec<Line> {
        let mut lines: Vec<Line> = match self {
            Self::Before => {
                let counted = counted_before(cell);
                if counted.is_empty() && !cell.trim().is_empty() {
                    vec![Line(vec![cell.trim().to_owned(), String::new()])]
                } else {
                    counted.into_iter().map(|(pieces, name)| Line(vec![name, pieces])).collect()
                }
            }
            Self::Behind(part) => cell
                .split(*part)
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| {
                    let (name, pieces) = counted_behind(line);
                    Line(vec![name.to_owned(), pieces.unwrap_or("1").to_owned()])
                })
                .collect(),
            Self::Json(fields) => {
                let of = |object: &Map<String, Value>| fields.iter().map(|field| text(object.get(field))).collect();
                objects(cell).unwrap_or_default().iter().map(|object| Line(of(object))).collect()
            }
        };
        if lines.is_empty() {
            let width = if let Self::Json(fields) = self { fields.len() } else { 2 };
            lines.push(Line(vec![String::new(); width]));
        }
        lines
    }
}

/// The objects of a list of JSON.
fn objects(cell: &str) -> Option<Vec<Map<String, Value>>> {
    if !cell.trim_start().starts_with('[') {
        return None;
    }
    serde_json::from_str(cell).ok()
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The lines of `2× Shirt, blue, 1× Cap` as pieces and name; none where it does not begin with pieces.
fn counted_before(cell: &str) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for part in cell.split(", ") {
        match (pieces_before(part), lines.last_mut()) {
            (Some((pieces, name)), _) => lines.push((pieces.to_owned(), name.to_owned())),
            // A comma within a name.
            (None, Some((_, name))) => {
                name.push_str(", ");
                name.push_str(part);
            }
            (None, None) => return Vec::new(),
        }
    }
    lines
}

/// The pieces and the name of `2× Shirt`.
fn pieces_before(part: &str) -> Option<(&str, &str)> {
    let part = part.trim();
    let digits = part.find(|letter: char| !letter.is_ascii_digit()).filter(|at| (1..=6).contains(at))?;
    let (pieces, rest) = part.split_at(digits);
    let name = rest.trim_start().strip_prefix(TIMES)?;
    // `2x4` is a size, and `2xl` another one.
    let apart = rest.trim_start().starts_with('×') || name.starts_with(' ');
    let name = name.trim();
    (apart && !name.is_empty()).then_some((pieces, name))
}

/// The name and the pieces of `sku1 x2`; no pieces where the line tells none.
fn counted_behind(line: &str) -> (&str, Option<&str>) {
    let line = line.trim();
    let none = (line, None);
    let start = line.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    if start == line.len() || line.len() - start > 6 {
        return none;
    }
    let Some(before) = line[..start].trim_end().strip_suffix(TIMES) else { return none };
    let name = before.trim_end();
    // The sign is a word of its own.
    if name.is_empty() || name.len() == before.len() { none } else { (name, Some(&line[start..])) }
}
