//! Columns that folders tell: `dt=2024-01-01/` in the path of a file, as Hive and Spark write them.

use std::path::{Component, Path};

/// The columns that the folders of a path add to each of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Partition {
    /// Their names, outer folders first.
    pub(in crate::ingest) names: Vec<String>,
    /// Their values, those of a missing key empty.
    pub(in crate::ingest) values: Vec<String>,
}

impl Partition {
    /// Reads the path of a file. Keys are names; values are unescaped as Hive escapes them (`%3A`), and its word for none is
    /// an empty cell.
    pub(in crate::ingest) fn of(path: &Path) -> Self {
        let mut partition = Self::default();
        let folders = path.parent().into_iter().flat_map(Path::components);
        for folder in folders {
            let Component::Normal(name) = folder else { continue };
            let Some((key, value)) = name.to_str().and_then(|name| name.split_once('=')) else { continue };
            let mut letters = key.chars();
            let is_name = letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
                && letters.all(|letter| letter.is_alphanumeric() || letter == '_');
            if is_name && !value.is_empty() {
                let value = if value == "__HIVE_DEFAULT_PARTITION__" { String::new() } else { unescaped(value) };
                partition.names.push(key.to_owned());
                partition.values.push(value);
            }
        }
        partition
    }
}

/// A value with every `%XX` as the byte it stands for.
fn unescaped(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = hex.filter(|_| first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_named_like_a_key_and_a_value_are_columns() {
        let partition =
            Partition::of(Path::new("/logs/dt=2024-01-01/shop=a%2Fb/x=__HIVE_DEFAULT_PARTITION__/part-0.csv"));
        assert_eq!(partition.names, ["dt", "shop", "x"]);
        assert_eq!(partition.values, ["2024-01-01", "a/b", ""]);
        assert_eq!(Partition::of(Path::new("/logs/a b=c/1=2/dt=/k=v.csv")), Partition::default());
    }
}
