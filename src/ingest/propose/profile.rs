//! What is known about a column: its name, and what its values are.

use std::collections::{BTreeMap, HashMap};

use crate::format::percent;
use crate::ingest::grammar::{Evidence, Numbers, is_empty, is_nobody, whole_of};
use crate::ingest::layout::{AUTO, Role, StatusMeaning, TIME_PREFIXES, status_meaning, time_of_day};
use crate::ingest::propose::times::{self, Written};
use crate::ingest::propose::words::fit;
use crate::ingest::propose::zone::{ZoneFound, zone_of};

/// Event names that are listed; of more, the commonest.
pub(super) const EVENT_NAMES: usize = 60;
/// Values that are shown of a column, and letters of each.
const SHOWN: (usize, usize) = (3, 20);
/// Points below which a column is not taken for a role that a log can do without.
pub(super) const ENOUGH: u32 = 60;
/// How payment services begin the key of a customer.
const CUSTOMER_KEYS: [&str; 3] = ["cus_", "cust_", "customer_"];
/// Letters of the longest name that an event has.
const LONGEST_NAME: usize = 200;

/// What is known about a column.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Its name, or its number from 1.
    pub(super) name: String,
    pub(super) named: bool,
    pub(super) times: Option<Written>,
    /// The zone that its times tell of.
    pub(super) zone: Option<ZoneFound>,
    /// What its numbers tell of their decimal sign.
    pub(super) decimal: Evidence,
    /// Share of the values that are times of day.
    pub(super) clocks: f64,
    /// Share of the values that are known statuses of orders.
    pub(super) statuses: f64,
    /// Its commonest values, at most [`EVENT_NAMES`], and how often each occurs.
    pub(super) names: BTreeMap<String, u64>,
    /// Its first values, for a reader.
    shown: Vec<String>,
    pub(super) filled: usize,
    pub(super) distinct: usize,
    pub(super) numbers: f64,
    pub(super) decimals: f64,
    pub(super) whole: f64,
    pub(super) empty: f64,
    /// The currencies that stand beside its numbers, where they are several.
    pub(super) currencies: Vec<String>,
    /// The one that stands beside most of its numbers, where it is one.
    pub(super) currency: Option<String>,
    /// Share of the rows whose cell is empty and told by the first row of their order.
    pub(super) inherited: f64,
    /// Share of the values that are e-mail addresses, or keys of customers such as Stripe's `cus_…`.
    pub(super) customers: f64,
    /// Share of the rows that name nobody, were it the user: empty cells and words such as `guest`.
    pub(super) nobody: f64,
}

impl Profile {
    /// Looks at a column's cells; its times may be written as `given`, whatever else is known.
    pub(super) fn new(name: String, named: bool, cells: &[&str], separator: Option<u8>, given: &str) -> Self {
        let filled: Vec<&str> = cells.iter().copied().filter(|cell| !is_empty(cell)).collect();
        let decimal = Numbers::decide(filled.iter().copied(), separator);
        let numbers = Numbers { decimal: decimal.decimal };
        let mut counts: HashMap<&str, u64> = HashMap::new();
        let mut shown = Vec::new();
        for cell in &filled {
            let count = counts.entry(cell).or_default();
            *count += 1;
            if *count == 1 && shown.len() < SHOWN.0 {
                shown.push(times::shown(cell).chars().take(SHOWN.1).collect());
            }
        }
        // Each different text is judged once.
        let share = |fits: &dyn Fn(&str) -> bool| {
            let fitting: u64 = counts.iter().filter(|(cell, _)| fits(cell)).map(|(_, count)| count).sum();
            fitting as f64 / filled.len().max(1) as f64
        };
        let number = |cell: &str| !cell.starts_with(TIME_PREFIXES) && numbers.parse(cell).is_some();
        let times = if given == AUTO { times::written(&filled) } else { times::written_as(&filled, given) };
        let zone = times.as_ref().filter(|times| !times.number).and_then(|times| zone_of(&filled, &times.format));
        let begins_with = |cell: &str, fits: fn(char) -> bool| cell.starts_with(fits);
        let customers = share(&|cell| is_address(cell) || CUSTOMER_KEYS.iter().any(|key| cell.starts_with(key)));
        let numeric = share(&number);
        let decimals = share(&|cell| number(cell) && cell.contains(['.', ',']) && whole_of(cell).is_none());
        let clocks = share(&|cell| begins_with(cell, |first| first.is_ascii_digit()) && time_of_day(cell).is_some());
        let statuses = share(&|cell| begins_with(cell, char::is_alphabetic) && status_meaning(cell).is_some());
        let whole = share(&|cell| {
            let cell = whole_of(cell).unwrap_or(cell);
            cell.len() < 6 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        });
        let distinct = counts.len();
        let (currencies, currency) =
            currencies(counts.iter().filter(|(cell, _)| number(cell)).map(|(cell, rows)| (*cell, *rows)));
        // Whole texts are no names of events.
        let mut commonest: Vec<(&str, u64)> =
            counts.into_iter().filter(|(text, _)| text.chars().count() <= LONGEST_NAME).collect();
        commonest.sort_by_key(|&(text, count)| (std::cmp::Reverse(count), text));
        commonest.truncate(EVENT_NAMES);
        let names = commonest.into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
        Self {
            name,
            named,
            times,
            zone,
            customers,
            nobody: cells.iter().filter(|cell| is_nobody(cell)).count() as f64 / cells.len().max(1) as f64,
            names,
            shown,
            distinct,
            numbers: numeric,
            decimals,
            clocks,
            statuses,
            decimal,
            whole,
            currencies,
            currency,
            empty: 1.0 - filled.len() as f64 / cells.len().max(1) as f64,
            inherited: 0.0,
            filled: filled.len(),
        }
    }

    /// How many of its different values are not among its names.
    pub(super) fn not_listed(&self) -> usize {
        self.distinct - self.names.len()
    }

    /// How many event names it holds, and whether all are listed.
    pub(super) fn texts(&self) -> String {
        let texts = format!("{} different texts", self.distinct);
        if self.not_listed() == 0 {
            return texts;
        }
        format!("{texts} in the rows looked at, the {EVENT_NAMES} commonest listed and all others ignored")
    }

    /// Whether its values are amounts of money by its name, and numbers.
    pub(super) fn is_money(&self) -> bool {
        let named = fit(&self.name, Role::Price).max(fit(&self.name, Role::Total)) >= ENOUGH;
        self.named && named && self.numbers >= 0.8 && self.filled > 0
    }

    /// Whether it has so many rows, and another value in each, that no customer in it ever comes back.
    pub(super) fn never_repeats(&self) -> bool {
        self.filled >= 100 && self.distinct == self.filled
    }

    /// Whether its values count pieces.
    pub(super) fn counts_pieces(&self) -> bool {
        let by_name = if self.named { fit(&self.name, Role::Quantity) } else { 0 };
        by_name >= ENOUGH && (self.whole >= 0.8 || by_name >= 80 && self.numbers >= 0.8)
    }

    /// Whether its name speaks of a role.
    pub(super) fn is_called(&self, role: Option<Role>) -> bool {
        role.is_some_and(|role| self.named && fit(&self.name, role) >= ENOUGH)
    }

    /// Whether any of its cells holds a value.
    pub(super) fn holds_any(&self) -> bool {
        self.filled > 0
    }

    /// Whether most of its values are known statuses of orders, and some say that nothing was bought.
    pub(super) fn tells_undone(&self) -> bool {
        let rows = |wanted: fn(Option<StatusMeaning>) -> bool| -> u64 {
            self.names.iter().filter(|(name, _)| wanted(status_meaning(name))).map(|(_, rows)| *rows).sum()
        };
        let all: u64 = self.names.values().sum();
        let (known, undone) = (rows(|told| told.is_some()), rows(|told| told == Some(StatusMeaning::None)));
        self.named && fit(&self.name, Role::Status) >= ENOUGH && known * 10 >= all * 8 && undone * 100 >= all && all > 0
    }

    /// How many of the rows looked at a role could not be read from, in words; nothing where all hold a value.
    pub(super) fn lacking(&self, role: Role) -> String {
        let empty = self.lack(role);
        match role {
            _ if empty <= 0.0 => String::new(),
            Role::User => format!("; {} of the rows name nobody", percent(empty)),
            _ => format!("; {} empty", percent(empty)),
        }
    }

    /// The share of the rows that a role could not be read from.
    pub(super) fn lack(&self, role: Role) -> f64 {
        let empty = if role == Role::User { self.nobody.max(self.empty) } else { self.empty };
        // Rows of an order have these in common.
        match role {
            Role::Item | Role::Price | Role::Quantity | Role::Transaction => empty,
            _ => (empty - self.inherited).max(0.0),
        }
    }

    /// What its values are, for a reader.
    pub(super) fn facts(&self) -> String {
        let such = if self.distinct > self.shown.len() { ", such as" } else { ":" };
        format!("{} different{such} {}", self.distinct, self.shown.join(", "))
    }
}

/// Rows in a hundred that a currency must stand in to be one of several.
const SEEN: u64 = 1;

/// What stands beside numbers, such as `€` and `$`: all of it where it is not the same in all rows, and where it is, and
/// stands in most of them, that one.
fn currencies<'a>(cells: impl Iterator<Item = (&'a str, u64)>) -> (Vec<String>, Option<String>) {
    let mut rows_of: BTreeMap<String, u64> = BTreeMap::new();
    let mut all = 0;
    for (cell, rows) in cells {
        let beside =
            |letter: &char| !letter.is_whitespace() && !letter.is_ascii_digit() && !".,'’-+()".contains(*letter);
        let sign: String = cell.chars().filter(beside).flat_map(char::to_uppercase).collect();
        all += rows;
        if !sign.is_empty() {
            *rows_of.entry(sign).or_default() += rows;
        }
    }
    rows_of.retain(|_, rows| *rows * 100 >= all * SEEN);
    if rows_of.len() > 1 {
        return (rows_of.into_keys().collect(), None);
    }
    (Vec::new(), rows_of.into_iter().find(|(_, rows)| *rows * 2 > all).map(|(sign, _)| sign))
}

/// Whether a text is an e-mail address: something, one `@`, and a domain with a point in it.
fn is_address(cell: &str) -> bool {
    let Some((name, domain)) = cell.split_once('@') else { return false };
    let inner = domain.trim_matches('.');
    !name.is_empty() && inner.len() == domain.len() && inner.contains('.') && !cell.contains([' ', '/'])
}
