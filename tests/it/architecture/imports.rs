//! Which file takes names from which: the crate's own paths, resolved through re-exports to the file that defines the
//! name. Written for this crate's way of writing; macros that make paths are not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A module's path from the root: `["ui", "grid"]`.
type Module = Vec<String>;

/// A source file without its tests, comments and strings.
struct Source {
    module: Module,
    text: String,
    uses: Vec<Use>,
}

impl Source {
    /// A path as it would be written from the root, where its first part was brought in by a `use`.
    fn whole(&self, path: &[String]) -> Vec<String> {
        let brought = self.uses.iter().find(|found| found.name == path[0] && found.path != path);
        match brought {
            Some(found) if path[0] != "crate" => found.path.iter().chain(&path[1..]).cloned().collect(),
            _ => path.to_vec(),
        }
    }
}

/// One name that a `use` brings in.
struct Use {
    public: bool,
    /// As written, `crate`, `super` or `self` included.
    path: Vec<String>,
    name: String,
}

/// The files of a crate and what they take from each other.
pub struct Imports {
    sources: BTreeMap<PathBuf, Source>,
    files: BTreeMap<Module, PathBuf>,
}

impl Imports {
    /// Reads every source below `src` but tests.
    pub fn of(src: &Path) -> Self {
        let mut paths = Vec::new();
        collect(src, &mut paths);
        let mut sources = BTreeMap::new();
        let mut files = BTreeMap::new();
        for path in paths {
            let inner = path.strip_prefix(src).unwrap().with_extension("");
            let mut module: Module = inner.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if ["mod", "lib", "main"].contains(&module.last().unwrap().as_str()) {
                let last = module.pop().unwrap();
                if last == "main" {
                    continue;
                }
            }
            let text = without_tests(&bare(&fs::read_to_string(&path).unwrap()));
            let uses = uses(&text);
            files.insert(module.clone(), path.clone());
            sources.insert(path, Source { module, text, uses });
        }
        Self { sources, files }
    }

    /// The files that each file takes names from, with one of those names. A re-export takes nothing: it is followed to
    /// where the name is defined. Nor does a `mod.rs` take from the files of its own folder: it is the folder's front,
    /// and hands on to them.
    pub fn edges(&self) -> BTreeMap<&Path, BTreeMap<&Path, String>> {
        let mut edges: BTreeMap<&Path, BTreeMap<&Path, String>> = BTreeMap::new();
        for (file, source) in &self.sources {
            let mut paths: Vec<Vec<String>> =
                source.uses.iter().filter(|found| !found.public).map(|found| found.path.clone()).collect();
            paths.extend(inline(&source.text));
            for path in paths {
                if let Some(target) = self.defined_in(&source.module, &path, 0)
                    && target != file
                    && !(file.ends_with("mod.rs") && target.starts_with(file.parent().unwrap()))
                {
                    edges.entry(file).or_default().entry(target).or_insert_with(|| path.join("::"));
                }
            }
        }
        edges
    }

    /// What each top module hands on of another one, as `module: crate::path`: by `pub use`, by way of a private `use`
    /// before it, or by a `pub type`.
    pub fn handed_on(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for source in self.sources.values() {
            let Some(own) = source.module.first() else { continue };
            let public = source.uses.iter().filter(|found| found.public).map(|found| found.path.clone());
            for path in public.chain(aliases(&source.text)) {
                let path = source.whole(&path);
                if path[0] == "crate" && path.get(1).is_some_and(|other| other != own) {
                    found.insert(format!("{own}: {}", path.join("::")));
                }
            }
        }
        found
    }

    /// The file that defines what a path names; `None` for a module itself and for what is not of this crate.
    fn defined_in(&self, from: &Module, path: &[String], depth: usize) -> Option<&Path> {
        if depth > 8 {
            return None;
        }
        let mut module = from.clone();
        let mut rest = path;
        let first = path.first()?;
        match first.as_str() {
            "crate" => {
                module.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    module.pop()?;
                    rest = &rest[1..];
                }
            }
            name => {
                let is_child = self.files.contains_key(&child(&module, name));
                if !is_child {
                    // A module that a `use` brought in, or nothing of ours.
                    let source = &self.sources[self.files.get(&module)?];
                    let found = source.uses.iter().find(|found| found.name == name)?;
                    let whole: Vec<String> = found.path.iter().chain(&rest[1..]).cloned().collect();
                    return (rest.len() > 1 && found.path != path)
                        .then(|| self.defined_in(from, &whole, depth + 1))
                        .flatten();
                }
            }
        }
        while let Some(name) = rest.first() {
            let deeper = child(&module, name);
            if self.files.contains_key(&deeper) {
                module = deeper;
                rest = &rest[1..];
                continue;
            }
            let file = self.files.get(&module)?;
            if let Some(found) = self.sources[file].uses.iter().find(|found| found.name == *name) {
                let whole: Vec<String> = found.path.iter().chain(&rest[1..]).cloned().collect();
                return self.defined_in(&module, &whole, depth + 1);
            }
            return Some(file);
        }
        None
    }
}

fn child(module: &Module, name: &str) -> Module {
    let mut child = module.clone();
    child.push(name.to_owned());
    child
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The text without comments, and with strings and characters emptied.
fn bare(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        match (letters[at], next) {
            ('/', '/') => {
                while at < letters.len() && letters[at] != '\n' {
                    at += 1;
                }
            }
            ('"', _) => {
                at += 1;
                while at < letters.len() && letters[at] != '"' {
                    at += if letters[at] == '\\' { 2 } else { 1 };
                }
                out.push_str("\"\"");
                at += 1;
            }
            ('r', '#' | '"') if !out.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') => {
                let marks = letters[at + 1..].iter().take_while(|letter| **letter == '#').count();
                if letters.get(at + 1 + marks) != Some(&'"') {
                    out.push('r');
                    at += 1;
                    continue;
                }
                let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
                let rest: String = letters[at + 2 + marks..].iter().collect();
                let length = rest.find(&end).map_or(rest.len(), |place| place + end.len());
                at += 2 + marks + rest[..length.min(rest.len())].chars().count();
                out.push_str("\"\"");
            }
            ('\'', '\\') => {
                at += 3;
                while at < letters.len() && letters[at] != '\'' {
                    at += 1;
                }
                at += 1;
            }
            ('\'', _) if letters.get(at + 2) == Some(&'\'') => at += 3,
            (letter, _) => {
                out.push(letter);
                at += 1;
            }
        }
    }
    out
}

/// The text up to its tests, which stand at a file's end.
fn without_tests(text: &str) -> String {
    let inline = text.match_indices("#[cfg(test)]").find(|(at, mark)| {
        let after = text[at + mark.len()..].trim_start();
        after.starts_with("mod ") && after.find('{').is_some_and(|open| !after[..open].contains(';'))
    });
    inline.map_or(text, |(at, _)| &text[..at]).to_owned()
}

fn uses(text: &str) -> Vec<Use> {
    let mut found = Vec::new();
    for line in statements(text) {
        let line = line.trim();
        let (public, rest) = match line.split_once("use ") {
            Some(("", rest)) => (false, rest),
            Some((before, rest)) if before.starts_with("pub") && !before.contains(['{', ';']) => (true, rest),
            _ => continue,
        };
        tree(rest, &[], public, &mut found);
    }
    found
}

/// What the public aliases of types in a text stand for.
fn aliases(text: &str) -> Vec<Vec<String>> {
    let alias = |line: &str| {
        let (_, meant) = line.trim().strip_prefix("pub")?.split_once("type ")?.1.split_once('=')?;
        let path = meant.trim().split(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter))).next()?;
        Some(path.split("::").map(str::to_owned).collect::<Vec<_>>())
    };
    text.lines().filter_map(alias).filter(|path| !path[0].is_empty()).collect()
}

/// The `use` statements of a text, whole.
fn statements(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let start = line.trim_start();
        if start.starts_with("use ") || (start.starts_with("pub") && start.contains(" use ")) {
            let mut whole = start.to_owned();
            while !whole.contains(';') {
                let Some(more) = lines.next() else { break };
                whole.push(' ');
                whole.push_str(more.trim());
            }
            found.push(whole.split(';').next().unwrap().to_owned());
        }
    }
    found
}

/// Takes a `use` tree apart.
fn tree(text: &str, before: &[String], public: bool, found: &mut Vec<Use>) {
    let text = text.trim();
    if let Some((head, list)) = text.split_once('{') {
        let mut path = before.to_vec();
        path.extend(
            head.trim_end_matches("::").split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned),
        );
        let (mut depth, mut start) = (0, 0);
        let list = &list[..list.rfind('}').unwrap_or(list.len())];
        for (at, letter) in list.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    tree(&list[start..at], &path, public, found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        tree(&list[start..], &path, public, found);
        return;
    }
    if text.is_empty() {
        return;
    }
    let (path_text, alias) = text.split_once(" as ").map_or((text, None), |(path, alias)| (path, Some(alias.trim())));
    let mut path = before.to_vec();
    path.extend(path_text.split("::").map(|part| part.trim().to_owned()));
    if path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let name = alias.map_or_else(|| path.last().cloned().unwrap_or_default(), str::to_owned);
    found.push(Use { public, path, name });
}

/// Paths written where they are used: `super::log::open`, `text::fit`.
fn inline(text: &str) -> BTreeSet<Vec<String>> {
    let part_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut found = BTreeSet::new();
    let code: String = text
        .lines()
        .filter(|line| {
            let start = line.trim_start();
            !(start.starts_with("use ") || (start.starts_with("pub") && start.contains(" use ")))
        })
        .collect::<Vec<_>>()
        .join("\n");
    for (at, _) in code.match_indices("::") {
        let start = code[..at].rfind(|letter: char| !part_of_name(letter)).map_or(0, |place| place + 1);
        // Only the first `::` of a path.
        if start == at || code[..start].ends_with("::") {
            continue;
        }
        let end = code[at..].find(|letter: char| !part_of_name(letter) && letter != ':').map_or(code.len(), |n| at + n);
        let path: Vec<String> =
            code[start..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        if path.len() > 1 && path[0].starts_with(char::is_lowercase) {
            found.insert(path);
        }
    }
    found
}

/// Groups of files each of which reaches every other, by following edges; single files are no group.
pub fn circles<'a>(edges: &BTreeMap<&'a Path, BTreeMap<&'a Path, String>>) -> Vec<Vec<&'a Path>> {
    let reach = |from: &'a Path| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for next in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(*next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&Path, BTreeSet<&Path>> = edges.keys().map(|file| (*file, reach(file))).collect();
    let mut found: Vec<Vec<&Path>> = Vec::new();
    for (file, all) in &reached {
        if !all.contains(file) || found.iter().flatten().any(|known| known == file) {
            continue;
        }
        found.push(
            all.iter().copied().filter(|other| reached.get(other).is_some_and(|back| back.contains(file))).collect(),
        );
    }
    found
}
