//! The category tree: read, then cut where it is not a tree.

use std::collections::HashMap;
use std::path::Path;

use super::files::file_name;
use super::log::NONE;
use super::quarantine::{Quarantine, Reason};
use super::table::{Columns, Rows, read_table};
use crate::error::Result;
use crate::job::Job;

const COLUMNS: Columns<2> = Columns { names: ["categoryid", "parentid"], optional: None };

/// How many ids a note names before it says how many more there are.
const NAMED: usize = 10;

/// The tree's rows as read.
#[derive(Default)]
pub(super) struct TreeRows {
    pub(super) read: u64,
    /// Category and parent; an empty parent is a root's.
    rows: Vec<(Box<str>, Box<str>)>,
    pub(super) rejected: Quarantine,
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
        for name in names {
            let mut name = name;
            while listed.insert(name)
                && let Some((above, _)) = name.rsplit_once(separators)
                && !above.is_empty()
            {
                name = above;
            }
        }
        let parent = |name: &'a str| name.rsplit_once(separators).map_or("", |(above, _)| above);
        Self { rows: listed.into_iter().map(|name| (name.into(), parent(name).into())).collect(), ..Self::default() }
    }

    /// The ids that have a row of their own.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(category, _)| &**category)
    }

    /// The parent of each category by code ([`NONE`] for a root), without cycles, and what had to be cut.
    ///
    /// A category listed twice keeps its first parent; a parent that has no row of its own is dropped; of each cycle
    /// the member with the lowest code becomes a root.
    pub(super) fn parents(&self, code_of: &HashMap<&str, u32>, categories: usize) -> (Vec<u32>, Vec<String>) {
        let mut listed = vec![false; categories];
        for id in self.ids() {
            listed[code_of[id] as usize] = true;
        }
        let mut parent = vec![NONE; categories];
        let mut seen = vec![false; categories];
        let (mut twice, mut orphans, mut cycles) = (Vec::new(), Vec::new(), Vec::new());
        for (id, above) in &self.rows {
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
        let mut notes = Vec::new();
        note(&mut notes, "categories listed again with another parent, where the first one counts", &twice);
        note(&mut notes, "categories whose parent the tree does not list, now roots", &orphans);
        note(&mut notes, "cycles in the category tree, cut above these categories", &cycles);
        (parent, notes)
    }
}

/// Adds "<what>: <count> (<ids>)" unless there are none.
pub(super) fn note(notes: &mut Vec<String>, what: &str, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    let more = ids.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    notes.push(format!("{what}: {} ({}{more})", ids.len(), ids[..ids.len().min(NAMED)].join(", ")));
}
