//! Which column is for what: by its name and by its values.

use std::collections::{BTreeMap, HashSet};

use super::times::{self, Written};
use super::words::{fit, meaning};
use crate::ingest::layout::{MARKS, Role};
use crate::ingest::settings::Meaning;

/// Different texts that event names may be.
const EVENT_NAMES: usize = 60;
/// Points below which a column is not taken for a role that a log can do without.
const ENOUGH: u32 = 60;

/// The roles in the order in which they choose, and whether values alone may decide.
const ROLES: [(Role, bool); 9] = [
    (Role::Time, true),
    (Role::Event, true),
    (Role::User, true),
    (Role::Item, true),
    (Role::Session, false),
    (Role::Transaction, false),
    (Role::Price, true),
    (Role::Quantity, false),
    (Role::Category, false),
];

/// What is known about a column.
pub(super) struct Profile {
    /// Its name, or its number from 1.
    pub(super) name: String,
    named: bool,
    pub(super) times: Option<Written>,
    /// Its values and how often each occurs, where they are few.
    pub(super) names: BTreeMap<String, u64>,
    filled: usize,
    distinct: usize,
    numbers: f64,
    decimals: f64,
    whole: f64,
    empty: f64,
}

/// A column taken for a role.
pub(super) struct Taken {
    pub(super) role: Role,
    /// Index of the column.
    pub(super) column: usize,
    pub(super) points: u32,
    pub(super) reason: String,
    /// The other columns that could be it, the likelier first.
    pub(super) rivals: Vec<String>,
}

impl Profile {
    pub(super) fn new(name: String, named: bool, cells: &[&str]) -> Self {
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !cell.is_empty()).collect();
        let distinct: HashSet<&str> = filled.iter().copied().collect();
        let share = |fits: &dyn Fn(&str) -> bool| {
            filled.iter().filter(|cell| fits(cell)).count() as f64 / filled.len().max(1) as f64
        };
        let number = |cell: &str| {
            let plain = cell.bytes().all(|byte| byte.is_ascii_digit() || b".,-".contains(&byte));
            plain && cell.bytes().any(|byte| byte.is_ascii_digit()) && !cell.contains(MARKS)
        };
        let mut names = BTreeMap::new();
        if distinct.len() <= EVENT_NAMES {
            for cell in &filled {
                *names.entry((*cell).to_owned()).or_default() += 1;
            }
        }
        Self {
            name,
            named,
            times: times::written(&filled),
            names,
            distinct: distinct.len(),
            numbers: share(&number),
            decimals: share(&|cell| number(cell) && cell.contains(['.', ','])),
            whole: share(&|cell| cell.len() < 6 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')),
            empty: 1.0 - filled.len() as f64 / cells.len().max(1) as f64,
            filled: filled.len(),
        }
    }

    /// How well the column fits a role, with the reason; `None` where its values cannot be it.
    fn points(&self, role: Role) -> Option<(u32, String)> {
        let by_name = if self.named { fit(&self.name, role) } else { 0 };
        let named = if by_name > 0 { "by its name" } else { "by its values" };
        let repeats = self.distinct > 1 && self.distinct < self.filled;
        let is_text = self.numbers < 0.5 && self.times.is_none();
        match role {
            Role::Time => {
                let times = self.times.as_ref()?;
                let points = if times.number { 30 } else { 70 };
                Some((by_name + points, format!("{named}; {}", times.reason())))
            }
            Role::Event => {
                if self.numbers > 0.5 || self.times.is_some() || self.names.is_empty() || self.empty > 0.5 {
                    return None;
                }
                let known = self.names.keys().filter(|name| meaning(name) != Meaning::Ignore).count();
                if known == 0 && by_name < 60 {
                    return None;
                }
                let points = 60 * known as u32 / self.names.len() as u32 + if known > 0 { 40 } else { 0 };
                let count = self.names.len();
                Some((by_name + points, format!("{named}; {count} different texts, {known} of them words for events")))
            }
            Role::User | Role::Item => {
                if self.decimals > 0.2 || self.filled == 0 || self.empty > 0.5 {
                    return None;
                }
                let fits = u32::from(repeats) * 20 + u32::from(self.distinct > 2) * 15;
                let text = format!("{named}; {} different in {} rows", self.distinct, self.filled);
                Some((by_name + fits, text))
            }
            Role::Price => {
                if self.numbers < 0.8 {
                    return None;
                }
                let points = if self.decimals > 0.3 { 60 } else { 0 };
                Some((by_name + points, format!("{named}; {:.0} % with decimals", self.decimals * 100.0)))
            }
            Role::Quantity => (self.whole >= 0.8).then(|| (by_name, format!("{named}; small whole numbers"))),
            Role::Session | Role::Transaction => (self.filled > 0 && self.decimals < 0.2)
                .then(|| (by_name, format!("{named}; {} different", self.distinct))),
            Role::Category | Role::CategoryId => (self.filled > 0)
                .then(|| (by_name + u32::from(is_text) * 5, format!("{named}; {} different", self.distinct))),
        }
    }
}

/// Gives each role the column that fits best of those left.
pub(super) fn assign(profiles: &[Profile]) -> Vec<Taken> {
    let mut taken: Vec<Taken> = Vec::new();
    for (role, by_values) in ROLES {
        let mut fitting: Vec<(u32, usize, String)> = Vec::new();
        for (column, profile) in profiles.iter().enumerate() {
            if taken.iter().any(|other| other.column == column) {
                continue;
            }
            let Some((points, reason)) = profile.points(role) else { continue };
            // Where columns have names, one that says nothing of the role is not taken for its values alone.
            let named = !profile.named || fit(&profile.name, role) > 0 || matches!(role, Role::Time | Role::Event);
            if named && (by_values || points >= ENOUGH) {
                fitting.push((points, column, reason));
            }
        }
        // Of columns that fit alike, the first: logs tell who before what.
        fitting.sort_by_key(|&(points, column, _)| (std::cmp::Reverse(points), column));
        let rivals = fitting.iter().skip(1).take(3).map(|&(_, column, _)| profiles[column].name.clone()).collect();
        let Some((points, column, reason)) = fitting.into_iter().next() else { continue };
        if role == Role::Price && points < ENOUGH {
            continue;
        }
        taken.push(Taken { role, column, points, reason, rivals });
    }
    taken
}
