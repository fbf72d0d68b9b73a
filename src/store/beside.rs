//! What a query sees beside the tables of runs: files of the shop, columns of its own, the result of the query before.

use std::path::{Path, PathBuf};

use polars::prelude::{Column, DataFrame, NamedFrom as _, Series};

use crate::error::{Error, Result};
use crate::files;
use crate::spreadsheet;

/// The name of the result of the query before.
pub const LAST: &str = "last";

/// Bytes of a file at most: it is held whole.
const LARGEST: u64 = 256 << 20;

/// Tables and columns that stand in no run.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// CSV files by the names of their tables.
    pub files: Vec<(String, PathBuf)>,
    /// Columns of `users` by name, with their SQL.
    pub columns: Vec<(String, String)>,
    /// The rows of the query before.
    pub last: Option<DataFrame>,
}

impl Beside {
    /// The names of its tables.
    pub(super) fn names(&self) -> Vec<&str> {
        let files = self.files.iter().map(|(name, _)| name.as_str());
        files.chain(self.last.is_some().then_some(LAST)).collect()
    }

    /// The rows of a table; `None` for a name that is none of these.
    ///
    /// # Errors
    /// Those of reading its file.
    pub(super) fn rows(&self, name: &str) -> Result<Option<DataFrame>> {
        if name == LAST {
            return Ok(self.last.clone());
        }
        self.files.iter().find(|(known, _)| known == name).map(|(_, file)| read(file)).transpose()
    }
}

/// A CSV file as a table: the first row names the columns, in small letters; a column is of whole numbers, of numbers or of
/// text, as all of its values allow; an empty field is null.
fn read(path: &Path) -> Result<DataFrame> {
    let bytes = files::read_regular(path, LARGEST)?;
    let wrong = |line: Option<u64>, what: String| Error::Input { path: path.to_path_buf(), line, what };
    let text = String::from_utf8(bytes).map_err(|_| wrong(None, "is no UTF-8 text".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(|separator| {
        // Of equally many the earlier one, which max_by_key would pass over.
        (head.bytes().filter(|byte| byte == separator).count(), std::cmp::Reverse(*separator != b','))
    });
    let mut reader = csv::ReaderBuilder::new().delimiter(separator.unwrap_or(b',')).from_reader(text.as_bytes());
    let failed = |error: csv::Error| wrong(error.position().map(csv::Position::line), error.to_string());
    let mut names: Vec<String> = Vec::new();
    for name in reader.headers().map_err(failed)? {
        let name = name.trim().to_lowercase();
        if name.is_empty() || names.contains(&name) {
            return Err(wrong(Some(1), format!("names the column {name:?} twice, or has one without a name")));
        }
        names.push(name);
    }
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
    for row in reader.records() {
        for (column, field) in columns.iter_mut().zip(row.map_err(failed)?.iter()) {
            let field = spreadsheet::original(field.trim());
            column.push((!field.is_empty()).then(|| field.to_owned()));
        }
    }
    let rows = columns.first().map_or(0, Vec::len);
    let columns = names.iter().zip(&columns).map(|(name, values)| typed(name, values)).collect();
    Ok(DataFrame::new(rows, columns)?)
}

fn typed(name: &str, values: &[Option<String>]) -> Column {
    let all = |is: fn(&str) -> bool| values.iter().flatten().all(|value| is(value));
    let some = values.iter().any(Option::is_some);
    // A number with a zero before it is a code.
    let is_code = |value: &str| value.len() > 1 && value.starts_with('0') && !value.starts_with("0.");
    let plain = !values.iter().flatten().any(|value| is_code(value) || value.starts_with('+'));
    if some && plain && all(|value| value.parse::<i64>().is_ok()) {
        let numbers: Vec<Option<i64>> = values.iter().map(|value| value.as_ref()?.parse().ok()).collect();
        return Series::new(name.into(), numbers).into();
    }
    if some && plain && all(|value| value.parse::<f64>().is_ok_and(f64::is_finite)) {
        let numbers: Vec<Option<f64>> = values.iter().map(|value| value.as_ref()?.parse().ok()).collect();
        return Series::new(name.into(), numbers).into();
    }
    Series::new(name.into(), values.to_vec()).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use polars::prelude::DataType;

    use super::*;

    #[test]
    fn a_file_is_a_table_of_numbers_and_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("costs.csv");
        std::fs::write(&file, "\u{feff}Item_ID;Cost;Postcode;Note\n1;2.5;01099;\"a;b\"\n2;;20095;\n").unwrap();
        let table = read(&file).unwrap();
        let kinds: Vec<(String, DataType)> =
            table.columns().iter().map(|column| (column.name().to_string(), column.dtype().clone())).collect();
        let names = ["item_id", "cost", "postcode", "note"].map(str::to_owned);
        let types = [DataType::Int64, DataType::Float64, DataType::String, DataType::String];
        assert_eq!(kinds, names.into_iter().zip(types).collect::<Vec<_>>());
        assert_eq!((table.height(), table.column("cost").unwrap().null_count()), (2, 1));
        std::fs::write(&file, "a,A\n1,2\n").unwrap();
        assert!(read(&file).unwrap_err().to_string().contains("twice"));
        std::fs::write(&file, "a,b\n1,2\n1\n").unwrap();
        assert!(read(&file).unwrap_err().to_string().contains("costs.csv"));
    }
}
