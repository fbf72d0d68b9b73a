//! Which event files are exports of their own, and when each was made by its name.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::files::file_name;
use crate::ingest::layout::{Layout, Role};
use crate::ingest::log::EventKind;
use crate::ingest::source::Origin;

/// Files that were written together and tell one state of their orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Export {
    /// Its file, or its folder.
    pub(super) path: PathBuf,
    /// The date in its name.
    pub(super) date: Option<NameDate>,
}

/// The exports of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Exports {
    pub(super) all: Vec<Export>,
    /// The export of each file.
    pub(super) of_file: Vec<usize>,
    /// Whether the rows of each file tell how orders stand, and newer ones may replace older ones.
    pub(super) tells_states: Vec<bool>,
}

impl Exports {
    /// The exports of a log whose rows tell how its orders stand; `None` where they tell what happened, or where there is
    /// one export alone, in which nothing is older than anything else. Each of several logs is judged by itself.
    pub(super) fn of_states(files: &[impl AsRef<Path>], layouts: &[Layout]) -> Option<Self> {
        let mut exports = Self::of(files);
        let of_states = |log: usize| {
            let own = || layouts.iter().zip(&exports.of_file).filter(move |(layout, _)| layout.log == log);
            let several = own().any(|(_, export)| own().next().is_some_and(|(_, first)| first != export));
            several && own().all(|(layout, _)| tells_states(layout))
        };
        let logs = layouts.iter().map(|layout| layout.log + 1).max().unwrap_or_default();
        let of_log: Vec<bool> = (0..logs).map(of_states).collect();
        exports.tells_states = layouts.iter().map(|layout| of_log[layout.log]).collect();
        exports.tells_states.contains(&true).then_some(exports)
    }

    fn of(files: &[impl AsRef<Path>]) -> Self {
        let mut exports = Self::default();
        let mut known: HashMap<PathBuf, usize> = HashMap::new();
        for file in files {
            let path = together(file.as_ref());
            let next = exports.all.len();
            let at = *known.entry(path.clone()).or_insert(next);
            if at == next {
                exports.all.push(Export { date: NameDate::of_path(&path), path });
            }
            exports.of_file.push(at);
        }
        exports
    }
}

/// Whether a file's name tells when it was made.
pub(super) fn tells_its_date(file: &Path) -> bool {
    NameDate::of(&file_name(file)).is_some()
}

/// Whether rows are lines of orders as they stand, and no events.
fn tells_states(layout: &Layout) -> bool {
    layout.has(Role::Transaction)
        && !layout.has(Role::Event)
        && layout.default_event == Some(EventKind::Transaction)
        && [Role::Status, Role::Refunded, Role::Updated].into_iter().any(|role| layout.has(role))
}

/// What a file was written together with: its archive, the folder of `part-00000…`, the one above `dt=2024-01-01/`, the name without
/// its part; else itself.
fn together(file: &Path) -> PathBuf {
    // A path through an archive or a workbook is no file of its own.
    if std::fs::symlink_metadata(file).is_err()
        && let Ok(container) = Origin::of(file)
    {
        return container.file().to_path_buf();
    }
    let mut above = PathBuf::new();
    let folders = file.parent().into_iter().flat_map(Path::components);
    for folder in folders {
        let Component::Normal(name) = folder else {
            above.push(folder);
            continue;
        };
        let name = name.to_string_lossy();
        if name.split_once('=').is_some_and(|(key, value)| !key.is_empty() && !value.is_empty()) {
            return above;
        }
        above.push(folder);
    }
    let name = file_name(file);
    let lower = name.to_lowercase();
    let numbered = |at: usize| {
        let rest = lower[at + "part".len()..].trim_start_matches(['-', '_', ' ']);
        rest.starts_with(|letter: char| letter.is_ascii_digit())
    };
    // Where lower case has other lengths the name is taken as it is.
    match lower.rfind("part").filter(|&at| numbered(at) && name.is_char_boundary(at) && lower.len() == name.len()) {
        Some(0) => above,
        Some(at) => above.join(&name[..at]),
        None => file.to_path_buf(),
    }
}

/// A date in a name: year and month, and as far as they are told day, hour, minute and second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameDate(Vec<u32>);

impl NameDate {
    /// The date in the last part of a path, else in the folder it lies in.
    fn of_path(path: &Path) -> Option<Self> {
        let folder = || path.parent().and_then(Path::file_name).and_then(|name| Self::of(&name.to_string_lossy()));
        Self::of(&file_name(path)).or_else(folder)
    }

    /// The last date in a text, such as `2024-03-01`, `20240301`, `2024_03_01T10-15` or `2024-03`.
    fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let starts = (0..bytes.len()).filter(|&at| at == 0 || !bytes[at - 1].is_ascii_digit());
        let mut found = None;
        let mut end = 0;
        for start in starts {
            if start >= end
                && let Some((date, behind)) = Self::at(bytes, start)
            {
                (found, end) = (Some(date), behind);
            }
        }
        found
    }

    /// The date that begins at a place, and where it ends.
    fn at(bytes: &[u8], start: usize) -> Option<(Self, usize)> {
        /// Digits of each part, and what it may be.
        const PARTS: [(usize, std::ops::RangeInclusive<u32>); 6] =
            [(4, 1990..=2100), (2, 1..=12), (2, 1..=31), (2, 0..=23), (2, 0..=59), (2, 0..=59)];
        let (mut parts, mut at) = (Vec::new(), start);
        for (place, (digits, range)) in PARTS.into_iter().enumerate() {
            let between = match bytes.get(at) {
                Some(b'-' | b'_' | b'.' | b':' | b' ') if place > 0 => 1,
                Some(b'T' | b't') if place == 3 => 1,
                _ => 0,
            };
            let from = at + between;
            // A second date behind the first is no time of day.
            if place == 3 && Self::at(bytes, from).is_some() {
                break;
            }
            let number = bytes.get(from..from + digits).filter(|part| part.iter().all(u8::is_ascii_digit));
            let number = number.map(|part| part.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')));
            let Some(number) = number.filter(|number| range.contains(number)) else { break };
            parts.push(number);
            at = from + digits;
        }
        // Digits behind it make it a number of another kind; a time of day without its minutes is none.
        while parts.len() == 4 || parts.len() > 2 && bytes.get(at).is_some_and(u8::is_ascii_digit) {
            parts.pop();
            at -= 2;
            while at > start && !bytes[at - 1].is_ascii_digit() {
                at -= 1;
            }
            if bytes.get(at).is_some_and(u8::is_ascii_digit) {
                return None;
            }
        }
        (parts.len() >= 2 && !bytes.get(at).is_some_and(u8::is_ascii_digit)).then_some((Self(parts), at))
    }

    /// Which of two is later, as far as both tell.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let told = self.0.len().min(other.0.len());
        self.0[..told].cmp(&other.0[..told])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_a_name_is_read() {
        let date = |text: &str| NameDate::of(text).map(|date| date.0);
        assert_eq!(date("orders-2024-03-01.csv"), Some(vec![2024, 3, 1]));
        assert_eq!(date("orders_20240301.csv.gz"), Some(vec![2024, 3, 1]));
        assert_eq!(date("20240301_1015_orders.csv"), Some(vec![2024, 3, 1, 10, 15]));
        assert_eq!(date("orders 2024-03-01T10-15-59.csv"), Some(vec![2024, 3, 1, 10, 15, 59]));
        assert_eq!(date("20240301101559.csv"), Some(vec![2024, 3, 1, 10, 15, 59]));
        assert_eq!(date("2024.03"), Some(vec![2024, 3]));
        assert_eq!(date("2024-03-01_2024-03-31.csv"), Some(vec![2024, 3, 31]), "the last one");
        assert_eq!(date("orders-2024-03-01-2.csv"), Some(vec![2024, 3, 1]), "a number that was put behind");
        for none in ["orders-2.csv", "1234567890.csv", "orders-99-01-01.csv", "2024.csv", "2024-13-01.csv", "202403011"]
        {
            assert_eq!(date(none), None, "{none}");
        }
        let [day, minute, month] = ["2024-03-01", "2024-03-01 10:15", "2024-04"].map(NameDate::of);
        let compare = |one: &Option<NameDate>, other: &Option<NameDate>| {
            one.as_ref().zip(other.as_ref()).map(|(one, other)| one.compare(other))
        };
        assert_eq!(compare(&day, &minute), Some(Ordering::Equal));
        assert_eq!(compare(&month, &minute), Some(Ordering::Greater));
    }

    #[test]
    fn files_written_together_are_one_export() {
        let of = |paths: &[&str]| Exports::of(paths).of_file;
        assert_eq!(of(&["a/orders.csv", "a/refunds.csv"]), [0, 1]);
        assert_eq!(of(&["a/part-00000-x.csv", "a/part-00001-x.csv", "b/part-00000-x.csv"]), [0, 0, 1]);
        assert_eq!(of(&["a/dt=2024-01-01/x.csv", "a/dt=2024-01-02/x.csv", "b/y.csv"]), [0, 0, 1]);
        assert_eq!(of(&["orders_part1.csv", "orders_part2.csv", "orders_2.csv", "partner.csv"]), [0, 0, 1, 2]);
        let dated = Exports::of(&["2024-03-01/part-0.csv", "2024-03-08/orders.csv"]);
        assert!(dated.all.iter().all(|export| export.date.is_some()));
    }
}
