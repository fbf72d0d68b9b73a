//! Orders of one row each whose lines stand in a cell: `2× Shirt, 1× Cap`, `sku1 x2; sku2`, or a list of JSON objects. Such
//! a row becomes one a line of the order, as those of nested JSON do: `Products` gives `Products[].item` and
//! `Products[].quantity`, and the other cells stand in every row.
//!
//! Whether a table has such a column, and how it is written, is decided once by the table's first rows. Row `n` stands in
//! line `n` of the text, whatever lines it took in the file.

mod form;

use std::io::{Error as IoError, Read};
use std::path::Path;

use crate::error::Error;
use crate::ingest::source::piped::piped;
use form::{Form, Line};

/// Bytes of a table that decide.
pub(super) const HEAD: u64 = 64 << 10;
/// Rows that decide, at least.
const ENOUGH: usize = 3;
/// What a column is called that holds such lists, or a part of it.
const NAMES: [&str; 9] = ["product", "item", "article", "artikel", "produkt", "sku", "cart", "goods", "lines"];
/// What may part the cells of a row.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A column that holds the lines of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemList {
    delimiter: u8,
    column: usize,
    form: Form,
}

impl ItemList {
    /// Told by a table's first bytes as text; `whole` where they are all of it.
    pub(super) fn find(head: &str, whole: bool) -> Option<Self> {
        if !Form::may_be_in(head) {
            return None;
        }
        // A row that is cut off tells nothing.
        let head = if whole { head } else { &head[..=head.rfind('\n')?] };
        let first = head.lines().next()?;
        let delimiter =
            DELIMITERS.into_iter().max_by_key(|delimiter| first.bytes().filter(|byte| byte == delimiter).count())?;
        let mut rows = reader(delimiter, head.as_bytes());
        let mut records = rows.records().map_while(Result::ok);
        let header = records.next().filter(|header| header.len() > 2)?;
        // What has been taken apart already, as a copy of its first rows has, is so for good.
        let is_column = |list: &str| header.iter().any(|name| name.trim() == list);
        if header.iter().any(|name| name.split_once("[].").is_some_and(|(list, _)| is_column(list))) {
            return None;
        }
        let rows: Vec<csv::StringRecord> = records.filter(|row| row.len() == header.len()).collect();
        let named = |name: &str| {
            let name = name.to_lowercase();
            NAMES.iter().any(|known| name.contains(known))
        };
        let columns = header.iter().enumerate().filter(|(_, name)| named(name));
        let mut lists = columns.filter_map(|(column, _)| {
            let cells: Vec<&str> = rows.iter().filter_map(|row| row.get(column)).map(str::trim).collect();
            let cells: Vec<&str> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
            let form = if cells.len() < ENOUGH { None } else { Form::of(&cells) };
            form.map(|form| Self { delimiter, column, form })
        });
        lists.next()
    }
}

fn reader<R: Read>(delimiter: u8, text: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text)
}

/// The text with a row a line of an order.
pub(super) fn table(path: &Path, list: ItemList, text: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    let path = path.to_path_buf();
    piped(move |out| {
        let ItemList { delimiter, column, form } = list;
        let told = |error: csv::Error| {
            let line = error.position().map(csv::Position::line);
            match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                kind => {
                    let what = format!("cannot be read as rows: {}", csv_words(&kind));
                    IoError::other(Error::Input { path: path.clone(), line, what })
                }
            }
        };
        let mut rows = reader(delimiter, text);
        let mut written = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(out);
        let mut row = csv::ByteRecord::new();
        let mut is_header = true;
        while rows.read_byte_record(&mut row).map_err(told)? {
            let Some(cell) = row.get(column) else {
                written.write_byte_record(&row).map_err(told)?;
                continue;
            };
            let cell = String::from_utf8_lossy(cell);
            let lines = if is_header { vec![form.names(&cell)] } else { form.lines(&cell) };
            is_header = false;
            for Line(parts) in lines {
                let before = row.iter().take(column);
                // The cell itself stands behind them all: settings that name its column go on.
                let behind = row.iter().skip(column + 1).chain([cell.as_bytes()]);
                let parts = parts.iter().map(String::as_bytes);
                written.write_record(before.chain(parts).chain(behind)).map_err(told)?;
            }
        }
        written.flush()
    })
}

fn csv_words(kind: &csv::ErrorKind) -> &'static str {
    match kind {
        csv::ErrorKind::Utf8 { .. } => "text that is not UTF-8",
        csv::ErrorKind::UnequalLengths { .. } => "another number of fields",
        _ => "broken quotes",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn taken_apart(text: &'static str) -> Option<String> {
        let list = ItemList::find(text, true)?;
        let mut out = String::new();
        table(Path::new("orders.csv"), list, text.as_bytes()).read_to_string(&mut out).unwrap();
        Some(out)
    }

    #[test]
    fn pieces_before_the_name_are_lines() {
        let text =
            "Order,Product(s),Revenue\n1,\"2× Shirt, blue, 1× Cap\",9.50\n2,1× Cap,3.00\n3,1× Mug,4.00\n4,,1.00\n";
        let wanted = "Order,Product(s)[].item,Product(s)[].quantity,Revenue,Product(s)\n\
                      1,\"Shirt, blue\",2,9.50,\"2× Shirt, blue, 1× Cap\"\n1,Cap,1,9.50,\"2× Shirt, blue, 1× Cap\"\n\
                      2,Cap,1,3.00,1× Cap\n3,Mug,1,4.00,1× Mug\n4,,,1.00,\n";
        assert_eq!(taken_apart(text).unwrap(), wanted);
    }

    #[test]
    fn pieces_behind_the_name_are_lines() {
        let text = "order;items;total\n1;\"sku1 x2; sku2\";9,50\n2;sku2 x1;3,00\n3;\"sku3 x4; sku1 x 1\";4,00\n";
        let out = taken_apart(text).unwrap();
        assert!(out.contains("\n1;sku1;2;9,50;") && out.contains("\n1;sku2;1;9,50;"), "{out}");
        assert!(out.contains("\n3;sku3;4;4,00;") && out.contains("\n3;sku1;1;4,00;"), "{out}");
    }

    #[test]
    fn lists_of_json_are_lines_with_their_fields() {
        let text = "id,products\tx\n";
        assert_eq!(taken_apart(text), None);
        let text = "id,at,products\n1,a,\"[{\"\"sku\"\": \"\"s1\"\", \"\"price\"\": 2.5}, {\"\"sku\"\": 7, \"\"quantity\"\": 2}]\"\n\
                    2,b,[]\n3,c,\"[{\"\"sku\"\": \"\"s2\"\"}]\"\n";
        let out = taken_apart(text).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "id,at,products[].sku,products[].price,products[].quantity,products");
        assert!(lines[1].starts_with("1,a,s1,2.5,,") && lines[2].starts_with("1,a,7,,2,"), "{out}");
        assert!(lines[3].starts_with("2,b,,,,") && lines.len() == 5, "{out}");
    }

    #[test]
    fn names_of_things_are_no_lists() {
        let names = "id,item,price\n1,Box 2x4,1\n2,\"Pen, red\",1\n3,3 x 4 frame,1\n4,Cable x2,1\n5,Mug,2\n6,Cup,3\n";
        assert_eq!(taken_apart(names), None);
        assert_eq!(taken_apart("id,item\n1,2× A\n2,1× B\n3,1× C\n"), None, "two columns are no orders");
    }
}
