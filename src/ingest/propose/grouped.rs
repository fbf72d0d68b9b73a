//! Tables of a folder, those that are parts of one taken together.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::ingest::propose::events::{letters_of_name, meaning_of_file};
use crate::ingest::propose::sample::first_row;

/// Files of one table.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Their names below the folder.
    pub(super) names: Vec<String>,
    /// The patterns that tell them: one for all, where no other file of the folder fits it.
    pub(super) patterns: Vec<String>,
    header: Vec<String>,
}

impl Group {
    /// The tables that files are of: those of one header, unless their names say that they hold different events, and those of
    /// one name of which one has more columns than the other. `None` where all are of one table.
    pub(super) fn all(folder: &Path, files: &[PathBuf]) -> Result<Option<Vec<Self>>> {
        let mut groups: Vec<Self> = Vec::new();
        let mut names = Vec::new();
        for file in files {
            let Some(name) = file.strip_prefix(folder).ok().and_then(Path::to_str) else { return Ok(None) };
            let header = first_row(file, None)?;
            names.push(name.to_owned());
            match groups.iter_mut().find(|group| group.holds(name, &header)) {
                Some(group) => group.names.push(name.to_owned()),
                None => groups.push(Self { names: vec![name.to_owned()], patterns: Vec::new(), header }),
            }
        }
        for group in &mut groups {
            group.patterns = patterns(&group.names, &names);
        }
        Ok((groups.len() > 1).then_some(groups))
    }

    /// Whether another file is one of these.
    fn holds(&self, name: &str, header: &[String]) -> bool {
        let (own, other) = (Path::new(&self.names[0]), Path::new(name));
        if self.header == header {
            return meaning_of_file(own) == meaning_of_file(other);
        }
        let has = |one: &[String], all: &[String]| one.iter().all(|column| all.contains(column));
        let more = has(&self.header, header) || has(header, &self.header);
        more && letters_of_name(own) == letters_of_name(other)
    }

    /// Whether two tables have one header.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.header == other.header
    }

    /// The files.
    pub(super) fn files(&self, folder: &Path) -> Vec<PathBuf> {
        self.names.iter().map(|name| folder.join(name)).collect()
    }
}

/// The names of files as the settings want them: one pattern that a new part fits too, where it fits no other of `all`.
fn patterns(names: &[String], all: &[String]) -> Vec<String> {
    let escaped = || names.iter().map(|name| glob::Pattern::escape(name)).collect();
    let [first, rest @ ..] = names else { return Vec::new() };
    if rest.is_empty() {
        return escaped();
    }
    let alike = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let begin = rest.iter().map(|name| alike(first, name)).min().unwrap_or_default();
    let backwards = |name: &str| name.chars().rev().collect::<String>();
    let end = rest.iter().map(|name| alike(&backwards(first), &backwards(name))).min().unwrap_or_default();
    let letters: Vec<char> = first.chars().collect();
    // `orders-2024-01.csv` and `orders-2024-02.csv` are told by what stands before their numbers: a year more fits too.
    let is_name = |letter: &char| !letter.is_ascii_digit() && !matches!(letter, '-' | '_' | '.' | ' ');
    let name = letters[..begin].iter().rposition(is_name).map_or(0, |at| at + 1);
    let begin = (name..begin).find(|&at| letters[at].is_ascii_digit()).unwrap_or(begin);
    let end = end.min(letters.len() - begin);
    let ending: String = letters[letters.len() - end..].iter().collect();
    let ending = ending.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let text = |part: String| glob::Pattern::escape(&part);
    let pattern = format!("{}*{}", text(letters[..begin].iter().collect()), text(ending.to_owned()));
    let Ok(told) = glob::Pattern::new(&pattern) else { return escaped() };
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    let is_ours = all.iter().all(|name| told.matches_with(name, options) == names.contains(name));
    if is_ours { vec![pattern] } else { escaped() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_by_one_pattern_where_it_fits_no_other_file() {
        let of = |names: &[&str], all: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            patterns(&owned(names), &owned(all))
        };
        let all = ["orders-2024-01.csv", "orders-2024-02.csv", "views-1.csv", "views-12.csv", "views.csv"];
        assert_eq!(of(&all[..2], &all), ["orders-*.csv"]);
        assert_eq!(of(&all[2..4], &all), ["views-*.csv"]);
        assert_eq!(of(&all[2..], &all), ["views*.csv"]);
        assert_eq!(of(&all[4..], &all), ["views.csv"]);
        assert_eq!(of(&["views-1.csv", "orders-2024-01.csv"], &all), ["views-1.csv", "orders-2024-01.csv"]);
    }
}
