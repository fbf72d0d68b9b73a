//! Tables of a folder that tell of one another: which of them is the log, and by which keys the others belong to it.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::path::Path;

use crate::error::Result;
use crate::files::file_name;
use crate::format::thousands;
use crate::ingest::grammar::is_empty;
use crate::ingest::joined::{JoinSettings, key_of, rows_of};
use crate::ingest::layout::{Meaning, Role};
use crate::ingest::propose::candidate::{Candidate, Table, column, has, is_log, read};
use crate::ingest::propose::columns::Taken;
use crate::ingest::propose::events::meaning_of_file;
use crate::ingest::propose::grouped::Group;
use crate::job::Job;

/// Rows of two logs that are looked at for users of both, where the first ones have none.
const USERS: u64 = 500_000;

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
    Ok(Some(found).filter(|found| !found.is_alone() || found.is_the_only_log(&tables)))
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

fn meaning_of(table: &Table) -> Meaning {
    meaning_of_file(Path::new(&table.name))
}

impl Related {
    fn is_alone(&self) -> bool {
        self.joins.is_empty() && self.customers.is_none() && self.others.is_empty()
    }

    /// Whether none of the other tables is a log, nor looks like more of this one: a cover sheet, a list of branches.
    fn is_the_only_log(&self, tables: &[Table]) -> bool {
        let log = &tables[self.log];
        let others = tables.iter().enumerate().filter(|(at, _)| *at != self.log);
        others.into_iter().all(|(_, table)| {
            let shared = table.header.iter().filter(|name| !name.is_empty() && log.header.contains(name)).count();
            shared * 2 < log.header.len() && !table.is_log()
        })
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
    /// The joins that some role needs, or that lead to such a one; a table that tells of the users alone is told apart.
    fn related(self, tables: &[Table], taken: &[Taken]) -> Related {
        let is_read = |column: &String| taken.iter().any(|taken| taken.column == *column);
        let user = taken.iter().find(|taken| taken.role == Role::User).map_or("", |taken| taken.column.as_str());
        let mut needed = vec![false; self.joins.len()];
        for at in (0..self.joins.len()).rev() {
            let leads = (at + 1..self.joins.len())
                .any(|later| needed[later] && self.joins[later].on.names().iter().any(|on| self.adds[at].contains(on)));
            needed[at] = leads || self.adds[at].iter().any(is_read);
        }
        let others = (0..self.joins.len()).filter(|&at| !needed[at]);
        // Of several tables of the users, the one that tells most; what they did at some time is none.
        let is_log = |name: &str| tables.iter().any(|table| table.name == name && table.is_log());
        let of_users = others.filter(|&at| matches!(self.joins[at].on.names(), [on] if on == user));
        let of_users = of_users.filter(|&at| !is_log(&self.joins[at].file));
        let customers = of_users.max_by_key(|&at| (self.adds[at].len(), Reverse(at)));
        let customers = customers.map(|at| self.joins[at].file.clone());
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
