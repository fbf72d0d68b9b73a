//! Tables of a folder that tell of one another: which of them is the log, and by which keys the others belong to it.

use std::collections::HashSet;
use std::path::Path;

use crate::error::Result;
use crate::files::file_name;
use crate::format::{percent, thousands};
use crate::ingest::grammar::is_empty;
use crate::ingest::joined::{Dimension, JoinSettings, key_of, rows_of};
use crate::ingest::layout::{AUTO, Role};
use crate::ingest::propose::columns::{Looked, Taken, assign};
use crate::ingest::propose::profile::Profile;
use crate::ingest::settings::IngestSettings;
use crate::job::Job;

/// Rows of each table that are looked at.
const SAMPLE: usize = 2_000;
/// Bytes of a table that may be held in memory by its key.
const LARGEST: u64 = 512 << 20;
/// Share of a log's keys that a table has to hold.
const OVERLAP: f64 = 0.2;
/// Tables that are joined at most.
const MOST: usize = 8;

/// The log of a folder, and what belongs to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Related {
    /// The file of the log.
    pub(super) log: String,
    pub(super) joins: Vec<JoinSettings>,
    /// The file that tells of users alone.
    pub(super) customers: Option<String>,
    /// What speaks for it, a sentence each.
    pub(super) told: Vec<String>,
}

/// The first rows of a table.
struct Table {
    name: String,
    bytes: u64,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A log to which tables are joined, as far as it was followed.
struct Candidate {
    table: usize,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    joins: Vec<JoinSettings>,
    /// The columns that each of them adds.
    adds: Vec<Vec<String>>,
    told: Vec<String>,
}

/// Finds the log among tables of different columns; `None` where none of them is one, or nothing belongs to it.
pub(super) fn related(folder: &Path, names: &[String], job: &Job) -> Result<Option<Related>> {
    let mut tables = Vec::new();
    for name in names {
        job.check()?;
        let path = folder.join(name);
        let (mut header, mut rows) = (None, Vec::new());
        rows_of(&path, SAMPLE as u64, job, |row| {
            let row: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
            if header.is_none() {
                header = Some(row);
            } else {
                rows.push(row);
            }
            Ok(())
        })?;
        let bytes = std::fs::metadata(&path).map_or(0, |there| there.len());
        tables.push(Table { name: name.clone(), bytes, header: header.unwrap_or_default(), rows });
    }
    let mut best: Option<(usize, u64, Candidate, Vec<Taken>)> = None;
    for at in 0..tables.len() {
        job.check()?;
        let candidate = Candidate::follow(folder, &tables, at, job)?;
        let taken = candidate.roles();
        let has = |role: Role| taken.iter().any(|taken| taken.role == role && !taken.column.is_empty());
        if !has(Role::Time) || !has(Role::User) {
            continue;
        }
        let money = has(Role::Price) || has(Role::Total);
        let told = [has(Role::Item), money, has(Role::Transaction), has(Role::Event)];
        let points = told.into_iter().filter(|told| *told).count();
        if best.as_ref().is_none_or(|(most, bytes, ..)| (points, tables[at].bytes) > (*most, *bytes)) {
            best = Some((points, tables[at].bytes, candidate, taken));
        }
    }
    Ok(best.map(|(_, _, candidate, taken)| candidate.related(&tables, &taken)).filter(|found| !found.is_alone()))
}

impl Related {
    fn is_alone(&self) -> bool {
        self.joins.is_empty() && self.customers.is_none()
    }
}

impl Candidate {
    /// Joins every table that tells of one of the columns, and of those that come with it.
    fn follow(folder: &Path, tables: &[Table], log: usize, job: &Job) -> Result<Self> {
        let mut found = Self {
            table: log,
            header: tables[log].header.clone(),
            rows: tables[log].rows.clone(),
            joins: Vec::new(),
            adds: Vec::new(),
            told: Vec::new(),
        };
        let mut left: Vec<usize> = (0..tables.len()).filter(|&at| at != log).collect();
        while found.joins.len() < MOST {
            let Some((at, column)) = left.iter().find_map(|&at| Some((at, found.key_to(&tables[at])?))) else { break };
            left.retain(|&other| other != at);
            found.add(folder, &tables[at], column, job)?;
        }
        Ok(found)
    }

    /// The column by which a table could be found: called alike in both, and in its own sample no key twice.
    fn key_to(&self, table: &Table) -> Option<usize> {
        if table.bytes > LARGEST {
            return None;
        }
        (0..self.header.len()).find(|&column| {
            let name = &self.header[column];
            let Some(key) = table.header.iter().position(|other| other.eq_ignore_ascii_case(name)) else {
                return false;
            };
            let mut seen = HashSet::new();
            let keys = table.rows.iter().filter_map(|row| row.get(key)).filter(|cell| !is_empty(cell));
            let mut any = false;
            let single = keys.into_iter().all(|cell| {
                any = true;
                seen.insert(key_of(cell).into_owned())
            });
            any && single && !name.is_empty()
        })
    }

    fn add(&mut self, folder: &Path, table: &Table, column: usize, job: &Job) -> Result<()> {
        let on = self.header[column].clone();
        let dimension = Dimension::read(&folder.join(&table.name), &on, job)?;
        let filled: Vec<&str> = self
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(String::as_str)
            .filter(|cell| !is_empty(cell))
            .collect();
        let known = filled.iter().filter(|cell| dimension.cells(cell).is_some()).count();
        let share = known as f64 / filled.len().max(1) as f64;
        if dimension.repeated > 0 || share < OVERLAP {
            return Ok(());
        }
        let mut adds = Vec::new();
        for name in &dimension.names {
            let taken = self.header.iter().any(|known| known.eq_ignore_ascii_case(name));
            let stem = table.name.split('.').next().unwrap_or_default();
            adds.push(if taken { format!("{stem}.{name}") } else { name.clone() });
            self.header.push(adds[adds.len() - 1].clone());
        }
        for row in &mut self.rows {
            let found: Vec<String> = row
                .get(column)
                .and_then(|key| dimension.cells(key))
                .map_or_else(|| vec![String::new(); dimension.names.len()], |cells| cells.map(str::to_owned).collect());
            row.extend(found);
        }
        self.told.push(format!(
            "{} belongs to it by {on}: {} of the rows looked at have one of its {} keys, each of which it has once",
            table.name,
            percent(share),
            thousands(dimension.keys() as u64)
        ));
        self.adds.push(adds);
        self.joins.push(JoinSettings { file: table.name.clone(), on, key: String::new() });
        Ok(())
    }

    /// What each column is for.
    fn roles(&self) -> Vec<Taken> {
        let cells: Vec<Vec<&str>> = (0..self.header.len())
            .map(|at| self.rows.iter().map(|row| row.get(at).map_or("", |cell| cell.trim())).collect())
            .collect();
        let profiles: Vec<Profile> = self
            .header
            .iter()
            .zip(&cells)
            .map(|(name, cells)| Profile::new(name.clone(), true, cells, Some(b','), AUTO))
            .collect();
        assign(Looked { profiles: &profiles, cells: &cells }, &IngestSettings::default(), &[])
    }

    /// The joins that some role needs, or that lead to such a one; a table that tells of the users alone is told apart.
    fn related(self, tables: &[Table], taken: &[Taken]) -> Related {
        let is_read = |column: &String| taken.iter().any(|taken| taken.column == *column);
        let user = taken.iter().find(|taken| taken.role == Role::User).map_or("", |taken| taken.column.as_str());
        let mut needed = vec![false; self.joins.len()];
        for at in (0..self.joins.len()).rev() {
            let leads =
                (at + 1..self.joins.len()).any(|later| needed[later] && self.adds[at].contains(&self.joins[later].on));
            needed[at] = leads || self.adds[at].iter().any(is_read);
        }
        let others = (0..self.joins.len()).filter(|&at| !needed[at]);
        let customers = others.map(|at| &self.joins[at]).find(|join| join.on == user).map(|join| join.file.clone());
        let mut told = vec![format!("{} is the log", tables[self.table].name)];
        let mut joins = Vec::new();
        for ((at, join), sentence) in self.joins.into_iter().enumerate().zip(self.told) {
            if needed[at] || customers.as_ref() == Some(&join.file) {
                told.push(sentence);
            }
            if needed[at] {
                joins.push(join);
            }
        }
        let used = |name: &String| {
            joins.iter().any(|join| join.file == *name)
                || customers.as_ref() == Some(name)
                || *name == tables[self.table].name
        };
        let unread: Vec<String> =
            tables.iter().map(|table| file_name(Path::new(&table.name))).filter(|name| !used(name)).collect();
        if !unread.is_empty() {
            told.push(format!("not read: {}", unread.join(", ")));
        }
        Related { log: tables[self.table].name.clone(), joins, customers, told }
    }
}
