//! Tables of a folder that tell of one another: which of them is the log, and by which keys the others belong to it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::files::file_name;
use crate::format::{percent, thousands};
use crate::ingest::grammar::is_empty;
use crate::ingest::joined::{Dimension, JoinSettings, key_of, rows_of};
use crate::ingest::layout::{AUTO, Meaning, Role};
use crate::ingest::propose::columns::{Looked, Taken, assign};
use crate::ingest::propose::events::{meaning, meaning_of_file};
use crate::ingest::propose::grouped::Group;
use crate::ingest::propose::profile::Profile;
use crate::ingest::settings::IngestSettings;
use crate::job::Job;

/// Rows of each table that are looked at.
const SAMPLE: usize = 2_000;
/// Rows of two logs that are looked at for users of both, where the first ones have none.
const USERS: u64 = 500_000;
/// Bytes of a table that may be held in memory by its key.
const LARGEST: u64 = 512 << 20;
/// Share of a log's keys that a table has to hold.
const OVERLAP: f64 = 0.2;
/// Tables that are joined at most.
const MOST: usize = 8;

/// The log of a folder, and what belongs to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Related {
    /// The table that is the log, by its place.
    pub(super) log: usize,
    /// Tables that are logs of their own, read with it.
    pub(super) others: Vec<usize>,
    pub(super) joins: Vec<JoinSettings>,
    /// The file that tells of users alone.
    pub(super) customers: Option<String>,
    /// What speaks for it, a sentence each.
    pub(super) told: Vec<String>,
}

/// The first rows of a table.
struct Table {
    /// The name of its first file.
    name: String,
    /// Whether it has others.
    is_in_parts: bool,
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
pub(super) fn related(folder: &Path, groups: &[Group], job: &Job) -> Result<Option<Related>> {
    let tables = read(folder, groups, job)?;
    let mut best: Option<(usize, u64, Candidate, Vec<Taken>)> = None;
    for at in 0..tables.len() {
        job.check()?;
        let candidate = Candidate::follow(folder, &tables, at, job)?;
        let taken = candidate.roles();
        if !is_log(&taken) {
            continue;
        }
        let has = |role: Role| has(&taken, role);
        let money = has(Role::Price) || has(Role::Total);
        let told = [has(Role::Item), money, has(Role::Transaction), has(Role::Event)];
        let points = told.into_iter().filter(|told| *told).count();
        if best.as_ref().is_none_or(|(most, bytes, ..)| (points, tables[at].bytes) > (*most, *bytes)) {
            best = Some((points, tables[at].bytes, candidate, taken));
        }
    }
    let Some((_, _, candidate, taken)) = best else { return Ok(None) };
    let users = candidate.users(&taken);
    let told_by_column = has(&taken, Role::Event);
    let buys = told_by_column && candidate.names_purchases(&taken)
        || !told_by_column && meaning_of(&tables[candidate.table]) != Meaning::View;
    let mut found = candidate.related(&tables, &taken);
    let log = Main { user: column(&taken, Role::User).to_owned(), users, buys, told_by_column };
    found.add_logs(folder, &tables, groups, &log, job)?;
    found.tell_unread(&tables);
    Ok(Some(found).filter(|found| !found.is_alone()))
}

/// Files of different columns that were named as logs: several, where each tells time and user, and not by the first one's
/// columns. `None` where they are one log as they are.
pub(super) fn separate(folder: &Path, groups: &[Group], job: &Job) -> Result<Option<Related>> {
    let tables = read(folder, groups, job)?;
    let mut columns = Vec::new();
    for at in 0..tables.len() {
        let taken = Candidate::alone(&tables, at).roles();
        if !is_log(&taken) {
            return Ok(None);
        }
        columns.push([Role::Time, Role::User].map(|role| column(&taken, role).to_owned()));
    }
    let as_first = |at: usize| columns[0].iter().all(|column| tables[at].header.contains(column));
    let named = |at: usize| meaning_of(&tables[at]);
    if (1..tables.len()).all(|at| as_first(at) && (named(at) == named(0) || named(at) == Meaning::Ignore)) {
        return Ok(None);
    }
    let told = vec![format!("{} and the others are logs of their own columns, read as one", tables[0].name)];
    Ok(Some(Related { log: 0, others: (1..tables.len()).collect(), told, ..Related::default() }))
}

/// What the others are compared with.
struct Main {
    /// The column of its users.
    user: String,
    /// Those of the rows looked at.
    users: HashSet<String>,
    /// Whether it tells what was bought.
    buys: bool,
    /// Whether a column of it tells its events.
    told_by_column: bool,
}

/// The users of a table's first rows; none where its own columns do not tell them.
fn users_of(path: &Path, column: &str, job: &Job) -> Result<HashSet<String>> {
    let (mut users, mut at) = (HashSet::new(), None);
    let mut is_first = true;
    rows_of(path, USERS, job, |row| {
        if std::mem::take(&mut is_first) {
            at = row.iter().position(|name| *name == column);
        } else if let Some(cell) = at.and_then(|at| row.get(at)).filter(|cell| !is_empty(cell)) {
            users.insert(key_of(cell).into_owned());
        }
        Ok(())
    })?;
    Ok(users)
}

/// The first rows of every table.
fn read(folder: &Path, groups: &[Group], job: &Job) -> Result<Vec<Table>> {
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
        tables.push(Table { name, is_in_parts, bytes, header: header.unwrap_or_default(), rows });
    }
    Ok(tables)
}

fn has(taken: &[Taken], role: Role) -> bool {
    !column(taken, role).is_empty()
}

fn column(taken: &[Taken], role: Role) -> &str {
    taken.iter().find(|taken| taken.role == role).map_or("", |taken| taken.column.as_str())
}

fn is_log(taken: &[Taken]) -> bool {
    has(taken, Role::Time) && has(taken, Role::User)
}

fn meaning_of(table: &Table) -> Meaning {
    meaning_of_file(Path::new(&table.name))
}

impl Related {
    fn is_alone(&self) -> bool {
        self.joins.is_empty() && self.customers.is_none() && self.others.is_empty()
    }

    /// Takes tables as logs of their own whose names, or whose events, say what their rows are, and whose users are among
    /// those of the log. What is bought counts once: of a log that tells it another is not taken for it too.
    fn add_logs(&mut self, folder: &Path, tables: &[Table], groups: &[Group], log: &Main, job: &Job) -> Result<()> {
        for (at, table) in tables.iter().enumerate() {
            if self.reads(&table.name, tables) || log.told_by_column && groups[at].is_like(&groups[self.log]) {
                continue;
            }
            let alone = Candidate::alone(tables, at);
            let taken = alone.roles();
            let named = meaning_of(table);
            let tells_events = has(&taken, Role::Event) && alone.names_events(&taken);
            let is_event = matches!(
                named,
                Meaning::View | Meaning::Visit | Meaning::AddToCart | Meaning::Transaction | Meaning::Return
            );
            if !is_log(&taken) || !(tells_events || is_event) {
                continue;
            }
            let bought = if tells_events { alone.names_purchases(&taken) } else { named == Meaning::Transaction };
            if log.buys && bought {
                self.told
                    .push(format!("{} tells of purchases too, and is not read: they would count twice", table.name));
                continue;
            }
            let mut own = alone.users(&taken);
            let user = column(&taken, Role::User);
            let mut known = own.intersection(&log.users).count();
            if known == 0 {
                // Sorted by time, two logs of many users may begin with others.
                own = users_of(&folder.join(&table.name), user, job)?;
                let more = users_of(&folder.join(&tables[self.log].name), &log.user, job)?;
                known = own.intersection(&more).count();
            }
            let log = &tables[self.log].name;
            if known == 0 {
                self.told.push(format!("{} is not read: no {user} looked at there is a user of {log}", table.name));
                continue;
            }
            let (known, all) = (thousands(known as u64), thousands(own.len() as u64));
            let name = &table.name;
            self.told.push(format!(
                "{name} is a log of its own, read with it: {known} of {all} {user} looked at are users of {log}"
            ));
            self.others.push(at);
        }
        Ok(())
    }

    /// Whether a table is one of those that are read.
    fn reads(&self, name: &str, tables: &[Table]) -> bool {
        self.joins.iter().any(|join| join.file == name)
            || self.customers.as_deref() == Some(name)
            || tables[self.log].name == name
            || self.others.iter().any(|&other| tables[other].name == name)
    }

    fn tell_unread(&mut self, tables: &[Table]) {
        let unread = tables.iter().filter(|table| !self.reads(&table.name, tables));
        let unread: Vec<String> = unread.map(|table| file_name(Path::new(&table.name))).collect();
        if !unread.is_empty() {
            self.told.push(format!("not read: {}", unread.join(", ")));
        }
    }
}

impl Candidate {
    /// Joins every table that tells of one of the columns, and of those that come with it.
    fn follow(folder: &Path, tables: &[Table], log: usize, job: &Job) -> Result<Self> {
        let mut found = Self::alone(tables, log);
        let mut left: Vec<usize> = (0..tables.len()).filter(|&at| at != log).collect();
        while found.joins.len() < MOST {
            let Some((at, column)) = left.iter().find_map(|&at| Some((at, found.key_to(&tables[at])?))) else { break };
            left.retain(|&other| other != at);
            found.add(folder, &tables[at], column, job)?;
        }
        Ok(found)
    }

    /// A table by itself.
    fn alone(tables: &[Table], at: usize) -> Self {
        let Table { header, rows, .. } = &tables[at];
        let (header, rows) = (header.clone(), rows.clone());
        Self { table: at, header, rows, joins: Vec::new(), adds: Vec::new(), told: Vec::new() }
    }

    /// The different values of a role's column.
    fn values(&self, taken: &[Taken], role: Role) -> HashSet<String> {
        let at = self.header.iter().position(|name| name == column(taken, role));
        let cells = self.rows.iter().filter_map(|row| row.get(at?)).filter(|cell| !is_empty(cell));
        cells.map(|cell| key_of(cell).into_owned()).collect()
    }

    fn users(&self, taken: &[Taken]) -> HashSet<String> {
        self.values(taken, Role::User)
    }

    /// Whether a column of events names any that is known.
    fn names_events(&self, taken: &[Taken]) -> bool {
        self.values(taken, Role::Event).iter().any(|name| meaning(name) != Meaning::Ignore)
    }

    fn names_purchases(&self, taken: &[Taken]) -> bool {
        self.values(taken, Role::Event).iter().any(|name| meaning(name) == Meaning::Transaction)
    }

    /// The column by which a table could be found: called alike in both, and in its own sample no key twice.
    fn key_to(&self, table: &Table) -> Option<usize> {
        if table.bytes > LARGEST || table.is_in_parts {
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
        Related { log: self.table, joins, customers, told, others: Vec::new() }
    }
}
