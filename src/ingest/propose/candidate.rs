//! A table of a folder as the log: the tables that belong to it by their keys, and what its columns then are.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::format::{percent, thousands};
use crate::ingest::expected::rows_of_file;
use crate::ingest::grammar::is_empty;
use crate::ingest::joined::{Dimension, JoinSettings, KeyColumns, key_of, rows_of, whole_key};
use crate::ingest::layout::{AUTO, Meaning, Role};
use crate::ingest::propose::columns::{Looked, Taken, assign};
use crate::ingest::propose::events::meaning;
use crate::ingest::propose::grouped::Group;
use crate::ingest::propose::keys::is_key_to;
use crate::ingest::propose::profile::Profile;
use crate::ingest::settings::IngestSettings;
use crate::job::Job;

/// Rows of each table that are looked at.
const SAMPLE: usize = 2_000;
/// Bytes of a table that may be held in memory by its key.
const LARGEST: u64 = 512 << 20;
/// Rows of one, whatever their bytes: Parquet holds many in few.
const MOST_ROWS: u64 = 10_000_000;
/// The same where the key is of several columns, which are tried one after the other.
const MOST_ROWS_OF_SEVERAL: u64 = 1_000_000;
/// Columns that a table shares with a log, at most, where the key may be of several.
const MOST_SHARED: usize = 5;
/// Keys that are tried of one table.
const MOST_KEYS: usize = 4;
/// Share of a log's keys that a table has to hold.
const OVERLAP: f64 = 0.2;
/// Tables that are joined at most.
const MOST: usize = 8;

/// The first rows of a table.
pub(super) struct Table {
    /// The name of its first file.
    pub(super) name: String,
    /// Whether it has others.
    pub(super) is_in_parts: bool,
    pub(super) bytes: u64,
    /// How many rows its first file has, about.
    pub(super) count: u64,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Whether its own columns tell who did something when.
    pub(super) fn is_log(&self) -> bool {
        is_log(&roles(&self.header, &self.rows))
    }
}

/// A log to which tables are joined, as far as it was followed.
pub(super) struct Candidate {
    pub(super) table: usize,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) joins: Vec<JoinSettings>,
    /// The columns that each of them adds.
    pub(super) adds: Vec<Vec<String>>,
    pub(super) told: Vec<String>,
}

/// The first rows of every table.
pub(super) fn read(folder: &Path, groups: &[Group], job: &Job) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for group in groups {
        job.check()?;
        let name = group.names[0].clone();
        let (mut header, mut rows) = (None, Vec::new());
        rows_of(&folder.join(&name), SAMPLE as u64, job, |row| {
            let row: Vec<String> = row.iter().map(|cell| (*cell).to_owned()).collect();
            if header.is_none() {
                header = Some(row);
            } else {
                rows.push(row);
            }
            Ok(())
        })?;
        let size = |file: &PathBuf| std::fs::metadata(file).map_or(0, |there| there.len());
        let bytes = group.files(folder).iter().map(size).sum();
        let is_in_parts = group.names.len() > 1;
        let count = rows_of_file(&folder.join(&name), job)?;
        tables.push(Table { name, is_in_parts, bytes, count, header: header.unwrap_or_default(), rows });
    }
    Ok(tables)
}

pub(super) fn has(taken: &[Taken], role: Role) -> bool {
    !column(taken, role).is_empty()
}

pub(super) fn column(taken: &[Taken], role: Role) -> &str {
    taken.iter().find(|taken| taken.role == role).map_or("", |taken| taken.column.as_str())
}

pub(super) fn is_log(taken: &[Taken]) -> bool {
    has(taken, Role::Time) && has(taken, Role::User)
}

fn cells_of(rows: &[Vec<String>], at: usize) -> Vec<&str> {
    rows.iter().map(|row| row.get(at).map_or("", |cell| cell.trim())).collect()
}

/// What is known of a column.
fn profile(header: &[String], rows: &[Vec<String>], at: usize) -> Profile {
    Profile::new(header[at].clone(), true, &cells_of(rows, at), Some(b','), AUTO)
}

/// Columns that are a key: where they stand in the log, and in the table.
type Key = Vec<(usize, usize)>;

/// What a row has in the columns of a key; `None` where one of them is empty.
fn key_in(row: &[String], columns: impl Iterator<Item = usize>) -> Option<String> {
    whole_key(columns.map(|at| row.get(at).map_or("", String::as_str))).map(Cow::into_owned)
}

/// What each column of a table is for, by its name and these rows.
fn roles(header: &[String], rows: &[Vec<String>]) -> Vec<Taken> {
    let cells: Vec<Vec<&str>> = (0..header.len()).map(|at| cells_of(rows, at)).collect();
    let profiles: Vec<Profile> = (0..header.len()).map(|at| profile(header, rows, at)).collect();
    assign(Looked { profiles: &profiles, cells: &cells }, &IngestSettings::default(), &[])
}

impl Candidate {
    /// Joins every table that tells of one of the columns, and of those that come with it.
    pub(super) fn follow(folder: &Path, tables: &[Table], log: usize, job: &Job) -> Result<Self> {
        let mut found = Self::alone(tables, log);
        let mut left: Vec<usize> = (0..tables.len()).filter(|&at| at != log).collect();
        while found.joins.len() < MOST {
            let next = left.iter().map(|&at| (at, found.keys_to(&tables[at]))).find(|(_, keys)| !keys.is_empty());
            let Some((at, keys)) = next else { break };
            left.retain(|&other| other != at);
            for key in keys.iter().take(MOST_KEYS) {
                if found.add(folder, &tables[at], key, job)? {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// A table by itself.
    pub(super) fn alone(tables: &[Table], at: usize) -> Self {
        let Table { header, rows, .. } = &tables[at];
        let (header, rows) = (header.clone(), rows.clone());
        Self { table: at, header, rows, joins: Vec::new(), adds: Vec::new(), told: Vec::new() }
    }

    /// The different values of a role's column.
    pub(super) fn values(&self, taken: &[Taken], role: Role) -> HashSet<String> {
        let at = self.header.iter().position(|name| name == column(taken, role));
        let cells = self.rows.iter().filter_map(|row| row.get(at?)).filter(|cell| !is_empty(cell));
        cells.map(|cell| key_of(cell).into_owned()).collect()
    }

    pub(super) fn users(&self, taken: &[Taken]) -> HashSet<String> {
        self.values(taken, Role::User)
    }

    /// Whether a column of events names any that is known.
    pub(super) fn names_events(&self, taken: &[Taken]) -> bool {
        self.values(taken, Role::Event).iter().any(|name| meaning(name) != Meaning::Ignore)
    }

    pub(super) fn names_purchases(&self, taken: &[Taken]) -> bool {
        self.values(taken, Role::Event).iter().any(|name| meaning(name) == Meaning::Transaction)
    }

    /// The keys by which a table could be found, the simplest first: columns that are called alike in both, and that in the
    /// table's own sample tell every row apart. Several columns together are none of a log's: there they are what happened
    /// to be seen once.
    fn keys_to(&self, table: &Table) -> Vec<Key> {
        if table.bytes > LARGEST || table.count > MOST_ROWS || table.is_in_parts {
            return Vec::new();
        }
        let place = |own: &String| table.header.iter().position(|other| is_key_to(own, &table.name, other));
        let shared: Key = (0..self.header.len()).filter_map(|at| Some((at, place(&self.header[at])?))).collect();
        let tells_apart = |columns: &[(usize, usize)]| {
            let mut seen = HashSet::new();
            let mut keys = table.rows.iter().filter_map(|row| key_in(row, columns.iter().map(|&(_, at)| at)));
            keys.all(|key| seen.insert(key)) && !seen.is_empty()
        };
        // What happened at the same moment is not the same thing.
        let names_things = |&&(_, there): &&(usize, usize)| !profile(&table.header, &table.rows, there).is_moment();
        let single = shared.iter().filter(names_things).map(|&one| vec![one]);
        let single: Vec<Key> = single.filter(|one| tells_apart(one)).collect();
        if !single.is_empty() || table.count > MOST_ROWS_OF_SEVERAL || shared.len() > MOST_SHARED || table.is_log() {
            return single;
        }
        let pairs = (0..shared.len()).flat_map(|at| shared[at + 1..].iter().map(move |&two| (at, two)));
        let pairs = pairs.map(|(at, two)| vec![shared[at], two]);
        let mut found: Vec<Key> = pairs.filter(|pair| tells_apart(pair)).collect();
        if shared.len() > 2 && tells_apart(&shared) {
            found.push(shared);
        }
        found
    }

    /// Joins a table by a key, where the whole table has each of its keys once and the log has enough of them; whether it has.
    fn add(&mut self, folder: &Path, table: &Table, columns: &[(usize, usize)], job: &Job) -> Result<bool> {
        let on = KeyColumns::of(columns.iter().map(|&(own, _)| self.header[own].clone()));
        let key = KeyColumns::of(columns.iter().map(|&(_, there)| table.header[there].clone()));
        let dimension = Dimension::read(&folder.join(&table.name), &key, job)?;
        let own = || columns.iter().map(|&(own, _)| own);
        let keys: Vec<Option<String>> = self.rows.iter().map(|row| key_in(row, own())).collect();
        let filled = keys.iter().flatten().count();
        let known = keys.iter().flatten().filter(|key| dimension.cells(key).is_some()).count();
        let share = known as f64 / filled.max(1) as f64;
        if dimension.repeated > 0 || share < OVERLAP {
            return Ok(false);
        }
        let mut adds = Vec::new();
        for name in &dimension.names {
            let taken = self.header.iter().any(|known| known.eq_ignore_ascii_case(name));
            let stem = table.name.split('.').next().unwrap_or_default();
            adds.push(if taken { format!("{stem}.{name}") } else { name.clone() });
            self.header.push(adds[adds.len() - 1].clone());
        }
        for (row, key) in self.rows.iter_mut().zip(&keys) {
            let found: Vec<String> = key
                .as_deref()
                .and_then(|key| dimension.cells(key))
                .map_or_else(|| vec![String::new(); dimension.names.len()], |cells| cells.map(str::to_owned).collect());
            row.extend(found);
        }
        self.told.push(format!(
            "{} belongs to it by {on}{}: {} of the rows looked at have one of its {} keys, each of which it has once",
            table.name,
            if on == key { String::new() } else { format!(", which is {key} there") },
            percent(share),
            thousands(dimension.keys() as u64)
        ));
        self.adds.push(adds);
        let key = if on == key { KeyColumns::default() } else { key };
        self.joins.push(JoinSettings { file: table.name.clone(), on, key });
        Ok(true)
    }

    /// What each column is for.
    pub(super) fn roles(&self) -> Vec<Taken> {
        roles(&self.header, &self.rows)
    }
}
