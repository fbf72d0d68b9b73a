//! The category tree: read, then cut where it is not a tree.

use std::collections::HashMap;
use std::path::Path;

use crate::error::Result;
use crate::files::file_name;
use crate::ingest::log::NONE;
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::shape::{Columns, Rows};
use crate::ingest::table::read_table;
use crate::job::Job;

const COLUMNS: Columns<2> = Columns { names: ["categoryid", "parentid"], optional: None };

/// Levels of the tree, roots included: as many as its paths have. Shops have up to ten; without a limit a chain of
/// categories would take the square of its length in time and memory.
pub const LEVELS: usize = 32;
/// Categories between two looks at the cancel flag.
const PER_CHECK: usize = 1 << 16;

/// How many ids a note names before it says how many more there are.
const NAMED: usize = 10;
/// Letters of an id in a note.
const LETTERS: usize = 100;

/// The tree's rows as read.
#[derive(Default)]
pub(super) struct TreeRows {
    pub(super) read: u64,
    /// Category and parent; an empty parent is a root's.
    rows: Vec<(Box<str>, Box<str>)>,
    pub(super) rejected: Quarantine,
    /// Names of more than [`LEVELS`] levels, where names are paths.
    deeper: Vec<String>,
}

impl Rows<2> for TreeRows {
    fn row(&mut self, &[category, parent]: &[&str; 2]) -> Result<(), Reason> {
        if category.is_empty() {
            return Err(Reason::BadValue);
        }
        self.read += 1;
        self.rows.push((category.into(), parent.into()));
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.read += 1;
        self.rejected.add(line, reason, raw);
    }
}

/// Reads a category tree.
pub(super) fn read_tree(path: &Path, job: &Job) -> Result<TreeRows> {
    let name = file_name(path);
    let mut tree = TreeRows::default();
    read_table(path, &COLUMNS, None, job, TreeRows::default, |mut chunk, first_line| {
        tree.read += chunk.read;
        tree.rows.append(&mut chunk.rows);
        tree.rejected.append(chunk.rejected, &name, first_line);
        Ok(())
    })?;
    Ok(tree)
}

impl TreeRows {
    /// The tree of categories whose names are paths, such as `electronics.smartphone` or `Home/Kitchen`.
    pub(super) fn of_paths<'a>(names: impl Iterator<Item = &'a str>, separators: &[char]) -> Self {
        let mut listed = std::collections::BTreeSet::new();
        let mut deeper = Vec::new();
        for name in names {
            if name.match_indices(separators).nth(LEVELS - 1).is_some() {
                deeper.push(name.to_owned());
            }
            let mut name = name;
            while listed.insert(name) {
                name = path_above(name, separators);
                if name.is_empty() {
                    break;
                }
            }
        }
        let row = |name: &'a str| (name.into(), path_above(name, separators).into());
        Self { rows: listed.into_iter().map(row).collect(), deeper, ..Self::default() }
    }

    /// The ids that have a row of their own.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(category, _)| &**category)
    }

    /// The parent of each category by code ([`NONE`] for a root), without cycles, and what had to be cut.
    ///
    /// A category listed twice keeps its first parent; a parent that has no row of its own is dropped; of each cycle
    /// the member with the lowest code becomes a root. A category that lies deeper than [`LEVELS`] hangs directly below
    /// the one above it on the last level but one.
    pub(super) fn parents(
        &self,
        code_of: &HashMap<&str, u32>,
        categories: usize,
        job: &Job,
    ) -> Result<(Vec<u32>, Vec<String>)> {
        let mut listed = vec![false; categories];
        for id in self.ids() {
            listed[code_of[id] as usize] = true;
        }
        let mut parent = vec![NONE; categories];
        let mut seen = vec![false; categories];
        let (mut twice, mut orphans, mut cycles) = (Vec::new(), Vec::new(), Vec::new());
        for (row, (id, above)) in self.rows.iter().enumerate() {
            if row.is_multiple_of(PER_CHECK) {
                job.check()?;
            }
            let code = code_of[&**id] as usize;
            let known = code_of.get(&**above).copied().filter(|&above| listed[above as usize]);
            if seen[code] {
                if known.unwrap_or(NONE) != parent[code] {
                    twice.push(id.to_string());
                }
                continue;
            }
            seen[code] = true;
            match known {
                Some(above) => parent[code] = above,
                None if above.is_empty() => {}
                None => orphans.push(format!("{id} below {above}")),
            }
        }
        // Visited in which walk; walks start at ascending codes, and a walk that meets itself has found a cycle.
        let mut walk = vec![NONE; categories];
        let mut names: Vec<&str> = vec![""; categories];
        for (id, &code) in code_of {
            names[code as usize] = id;
        }
        for start in 0..categories as u32 {
            if (start as usize).is_multiple_of(PER_CHECK) {
                job.check()?;
            }
            let mut at = start;
            while at != NONE && walk[at as usize] == NONE {
                walk[at as usize] = start;
                at = parent[at as usize];
            }
            if at == NONE || walk[at as usize] != start {
                continue;
            }
            let mut lowest = at;
            let mut member = parent[at as usize];
            while member != at {
                lowest = lowest.min(member);
                member = parent[member as usize];
            }
            parent[lowest as usize] = NONE;
            cycles.push(names[lowest as usize].to_owned());
        }
        let cut = flattened(&mut parent, job)?;
        let deep = cut.into_iter().map(|code| names[code as usize].to_owned());
        let deep: Vec<String> = deep.chain(self.deeper.iter().cloned()).collect();
        let mut notes = Vec::new();
        note(&mut notes, "categories listed again with another parent, where the first one counts", &twice);
        note(&mut notes, "categories whose parent the tree does not list, now roots", &orphans);
        note(&mut notes, "cycles in the category tree, cut above these categories", &cycles);
        let what =
            format!("categories deeper than {LEVELS} levels, hung below the one above them on level {}", LEVELS - 1);
        note(&mut notes, &what, &deep);
        Ok((parent, notes))
    }
}

/// The path above a category whose name is one, empty for a root; of a path of too many levels the first ones.
fn path_above<'a>(name: &'a str, separators: &[char]) -> &'a str {
    let last = name.match_indices(separators).take(LEVELS - 1).last();
    last.map_or("", |(at, _)| &name[..at])
}

/// Hangs categories that lie too deep below their ancestor on the last level but one, and tells which. `parent` is free
/// of cycles.
fn flattened(parent: &mut [u32], job: &Job) -> Result<Vec<u32>> {
    // The level of each category, 1 for roots, 0 where it is not yet known; where it lies deep, its last ancestor that
    // may have categories below it.
    let mut level = vec![0_usize; parent.len()];
    let mut last = vec![NONE; parent.len()];
    let mut chain = Vec::new();
    let mut cut = Vec::new();
    for start in 0..parent.len() as u32 {
        if (start as usize).is_multiple_of(PER_CHECK) {
            job.check()?;
        }
        let mut at = start;
        while at != NONE && level[at as usize] == 0 {
            chain.push(at);
            at = parent[at as usize];
        }
        while let Some(code) = chain.pop() {
            let above = parent[code as usize];
            let place = code as usize;
            level[place] = if above == NONE { 1 } else { level[above as usize] + 1 };
            last[place] = if level[place] < LEVELS { code } else { last[above as usize] };
            if level[place] > LEVELS {
                cut.push(code);
            }
        }
    }
    for &code in &cut {
        parent[code as usize] = last[code as usize];
    }
    cut.sort_unstable();
    Ok(cut)
}

/// Adds "<what>: <count> (<ids>)" unless there are none.
pub(super) fn note(notes: &mut Vec<String>, what: &str, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    let more = ids.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let shown: Vec<String> = ids.iter().take(NAMED).map(|id| id.chars().take(LETTERS).collect()).collect();
    notes.push(format!("{what}: {} ({}{more})", ids.len(), shown.join(", ")));
}
