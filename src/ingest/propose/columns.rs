//! Which column is for what: by its name and by its values.

use std::collections::{BTreeMap, HashMap};

use crate::format::percent;
use crate::ingest::grammar::{Evidence, Numbers, is_empty, is_nobody, whole_of};
use crate::ingest::layout::Meaning;
use crate::ingest::layout::{AUTO, Role, TIME_PREFIXES, status_meaning, time_of_day};
use crate::ingest::propose::events::meaning;
use crate::ingest::propose::times::{self, Written};
use crate::ingest::propose::words::{fit, is_total, stand_in};
use crate::ingest::propose::zone::{ZoneFound, zone_of};

/// Event names that are listed; of more, the commonest.
pub(super) const EVENT_NAMES: usize = 60;
/// Values that are shown of a column, and letters of each.
const SHOWN: (usize, usize) = (3, 20);
/// Points below which a column is not taken for a role that a log can do without.
const ENOUGH: u32 = 60;

/// The roles in the order in which they choose, and whether values alone may decide.
pub(super) const ROLES: [(Role, bool); 18] = [
    (Role::Time, true),
    (Role::Event, true),
    (Role::User, true),
    (Role::Item, true),
    (Role::Session, false),
    (Role::Transaction, false),
    (Role::Discount, false),
    (Role::Refunded, false),
    (Role::Shipping, false),
    (Role::Tax, false),
    (Role::Currency, false),
    (Role::Price, true),
    (Role::Quantity, false),
    (Role::Total, false),
    (Role::Clock, false),
    (Role::Status, false),
    (Role::Updated, false),
    (Role::Category, false),
];

/// How payment services begin the key of a customer.
const CUSTOMER_KEYS: [&str; 3] = ["cus_", "cust_", "customer_"];
/// Share of empty cells from which on a column is doubtful for what every row needs.
const DOUBTFUL: f64 = 0.05;

/// Letters of the longest name that an event has.
const LONGEST_NAME: usize = 200;

/// What is known about a column.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// Its name, or its number from 1.
    pub(super) name: String,
    named: bool,
    pub(super) times: Option<Written>,
    /// The zone that its times tell of.
    pub(super) zone: Option<ZoneFound>,
    /// What its numbers tell of their decimal sign.
    pub(super) decimal: Evidence,
    /// Share of the values that are times of day.
    clocks: f64,
    /// Share of the values that are known statuses of orders.
    statuses: f64,
    /// Its commonest values, at most [`EVENT_NAMES`], and how often each occurs.
    pub(super) names: BTreeMap<String, u64>,
    /// Its first values, for a reader.
    shown: Vec<String>,
    filled: usize,
    distinct: usize,
    numbers: f64,
    decimals: f64,
    whole: f64,
    empty: f64,
    /// Share of the values that are e-mail addresses, or keys of customers such as Stripe's `cus_…`.
    customers: f64,
    /// Share of the rows that name nobody, were it the user: empty cells and words such as `guest`.
    nobody: f64,
}

/// The column taken for a role, if any.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) role: Role,
    /// The column's name; empty where none fits.
    pub(super) column: String,
    pub(super) sure: bool,
    pub(super) reason: String,
    /// The other columns that could be it, the likelier first.
    pub(super) rivals: Vec<String>,
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
        let share = |fits: &dyn Fn(&str) -> bool| {
            filled.iter().filter(|cell| fits(cell)).count() as f64 / filled.len().max(1) as f64
        };
        let number = |cell: &str| !cell.starts_with(TIME_PREFIXES) && numbers.parse(cell).is_some();
        let distinct = counts.len();
        // Whole texts are no names of events.
        let mut commonest: Vec<(&str, u64)> =
            counts.into_iter().filter(|(text, _)| text.chars().count() <= LONGEST_NAME).collect();
        commonest.sort_by_key(|&(text, count)| (std::cmp::Reverse(count), text));
        commonest.truncate(EVENT_NAMES);
        let names = commonest.into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
        let times = if given == AUTO { times::written(&filled) } else { times::written_as(&filled, given) };
        let zone = times.as_ref().filter(|times| !times.number).and_then(|times| zone_of(&filled, &times.format));
        Self {
            name,
            named,
            times,
            zone,
            customers: share(&|cell| is_address(cell) || CUSTOMER_KEYS.iter().any(|key| cell.starts_with(key))),
            nobody: cells.iter().filter(|cell| is_nobody(cell)).count() as f64 / cells.len().max(1) as f64,
            names,
            shown,
            distinct,
            numbers: share(&number),
            decimals: share(&|cell| number(cell) && cell.contains(['.', ',']) && whole_of(cell).is_none()),
            clocks: share(&|cell| time_of_day(cell).is_some()),
            statuses: share(&|cell| status_meaning(cell).is_some()),
            decimal,
            whole: share(&|cell| cell.len() < 6 && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')),
            empty: 1.0 - filled.len() as f64 / cells.len().max(1) as f64,
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

    /// Whether its name speaks of a role.
    pub(super) fn is_called(&self, role: Option<Role>) -> bool {
        role.is_some_and(|role| self.named && fit(&self.name, role) >= ENOUGH)
    }

    /// Whether any of its cells holds a value.
    pub(super) fn holds_any(&self) -> bool {
        self.filled > 0
    }

    /// How many of the rows looked at a role could not be read from, in words; nothing where all hold a value.
    fn lacking(&self, role: Role) -> String {
        let empty = self.lack(role);
        match role {
            _ if empty <= 0.0 => String::new(),
            Role::User => format!("; {} of the rows name nobody", percent(empty)),
            _ => format!("; {} empty", percent(empty)),
        }
    }

    /// The share of the rows that a role could not be read from.
    fn lack(&self, role: Role) -> f64 {
        if role == Role::User { self.nobody.max(self.empty) } else { self.empty }
    }

    /// What its values are, for a reader.
    pub(super) fn facts(&self) -> String {
        let such = if self.distinct > self.shown.len() { ", such as" } else { ":" };
        format!("{} different{such} {}", self.distinct, self.shown.join(", "))
    }

    /// How well the column fits a role, with the reason; `None` where its values cannot be it.
    fn points(&self, role: Role) -> Option<(u32, String)> {
        let (points, reason) = self.points_of(role)?;
        Some((points, format!("{reason}{}", self.lacking(role))))
    }

    fn points_of(&self, role: Role) -> Option<(u32, String)> {
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
                // More texts than are listed are event names where the column says so and they come again and again.
                if self.not_listed() > 0 && (by_name < 60 || self.distinct * 2 > self.filled) {
                    return None;
                }
                let known = self.names.keys().filter(|name| meaning(name) != Meaning::Ignore).count();
                // A column that is not called so holds events where most of its values are words for them.
                if by_name < 60 && known * 2 < self.names.len() {
                    return None;
                }
                let points = 60 * known as u32 / self.names.len() as u32 + if known > 0 { 40 } else { 0 };
                Some((by_name + points, format!("{named}; {}, {known} of them words for events", self.texts())))
            }
            Role::User | Role::Item => {
                // GA4 knows a browser by two numbers with a point between them.
                let is_amount = self.decimals > 0.2 && fit(&self.name, role) < 80;
                if is_amount || self.filled == 0 || self.lack(role) >= 1.0 || self.is_moment() {
                    return None;
                }
                let fits = u32::from(repeats) * 20 + u32::from(self.distinct > 2) * 15;
                let stand_in = stand_in(&self.name).filter(|_| role == Role::User && self.named);
                let stand_in = stand_in.map_or_else(String::new, |stand_in| format!("; {}", stand_in.words));
                let text = format!("{named}; {} different in {} rows{stand_in}", self.distinct, self.filled);
                Some((by_name.max(self.points_of_customers(role)) + fits, text))
            }
            Role::Price => {
                if self.numbers < 0.8 {
                    return None;
                }
                let points = if self.decimals > 0.3 { 60 } else { 0 };
                Some((by_name + points, format!("{named}; {:.0} % with decimals", self.decimals * 100.0)))
            }
            Role::Total => {
                (self.numbers >= 0.8).then(|| (by_name, format!("{named}; the price of all pieces of a row")))
            }
            Role::Clock => {
                (self.clocks >= 0.9 && by_name > 0).then(|| (by_name, format!("{named}; times of day, beside the day")))
            }
            Role::Status => {
                let known = self.statuses * 100.0;
                (self.statuses > 0.5).then(|| (by_name, format!("{named}; {known:.0} % are known statuses of orders")))
            }
            Role::Discount | Role::Refunded | Role::Shipping | Role::Tax => {
                (self.numbers >= 0.8).then(|| (by_name, format!("{named}; money beside the price")))
            }
            Role::Updated => (self.is_moment() && by_name > 0)
                .then(|| (by_name, format!("{named}; when the order was changed last"))),
            Role::Currency => {
                let is_code =
                    |name: &String| name.chars().count() <= 4 && !name.contains(|letter: char| letter.is_ascii_digit());
                let all = self.not_listed() == 0 && !self.names.is_empty() && self.names.keys().all(is_code);
                all.then(|| (by_name, format!("{named}; {} different", self.distinct)))
            }
            Role::Quantity => (self.whole >= 0.8).then(|| (by_name, format!("{named}; small whole numbers"))),
            Role::Session | Role::Transaction => (self.filled > 0 && self.decimals < 0.2 && !self.is_moment())
                .then(|| (by_name, format!("{named}; {} different", self.distinct))),
            Role::Category | Role::CategoryId => (self.filled > 0)
                .then(|| (by_name + u32::from(is_text) * 5, format!("{named}; {} different", self.distinct))),
        }
    }
}

impl Profile {
    /// Whether its values are dates or times written as such, which are nobody's ids.
    fn is_moment(&self) -> bool {
        self.times.as_ref().is_some_and(|times| !times.number)
    }

    /// How well values alone say that they are customers.
    fn points_of_customers(&self, role: Role) -> u32 {
        if role == Role::User && self.customers >= 0.9 { 70 } else { 0 }
    }

    /// Whether the name, or else the values, say that it may be this role where columns have names.
    fn speaks_of(&self, role: Role) -> bool {
        !self.named
            || fit(&self.name, role) > 0
            || matches!(role, Role::Time | Role::Event)
            || self.points_of_customers(role) > 0
    }
}

/// Whether a text is an e-mail address: something, one `@`, and a domain with a point in it.
fn is_address(cell: &str) -> bool {
    let Some((name, domain)) = cell.split_once('@') else { return false };
    let inner = domain.trim_matches('.');
    !name.is_empty() && inner.len() == domain.len() && inner.contains('.') && !cell.contains([' ', '/'])
}

/// Gives each role the column that fits best of those left; columns that are `given` are none of them, and roles that
/// are `cleared` have none.
pub(super) fn assign(profiles: &[Profile], given: &[String], cleared: &[String]) -> Vec<Taken> {
    let mut taken: Vec<Taken> = Vec::new();
    let has_quantity = profiles
        .iter()
        .any(|profile| profile.named && fit(&profile.name, Role::Quantity) >= ENOUGH && profile.whole >= 0.8);
    for (role, by_values) in ROLES {
        let column_of =
            |role: Role| taken.iter().find(|taken| taken.role == role).map_or("", |taken| taken.column.as_str());
        // A total serves where no column holds a price of one, a clock where the time is a day.
        let time = column_of(Role::Time);
        let needless = match role {
            Role::Total => !column_of(Role::Price).is_empty(),
            Role::Clock => !profiles
                .iter()
                .any(|profile| profile.name == time && profile.times.as_ref().is_some_and(|times| times.days)),
            _ => false,
        };
        let none = |reason: String| Taken { role, column: String::new(), sure: true, reason, rivals: Vec::new() };
        if cleared.iter().any(|cleared| cleared == role.name()) {
            taken.push(none("left out as told".to_owned()));
            continue;
        }
        if needless {
            taken.push(none(needless_because(role)));
            continue;
        }
        let mut fitting: Vec<(u32, &Profile, String)> = Vec::new();
        for profile in profiles {
            if given.contains(&profile.name) || taken.iter().any(|other| other.column == profile.name) {
                continue;
            }
            // What all pieces of a row cost is the price of none of them.
            let total = profile.named && is_total(&profile.name, has_quantity);
            if total && role == Role::Price || !total && role == Role::Total {
                continue;
            }
            let Some((points, reason)) = profile.points(role) else { continue };
            // Where columns have names, one that says nothing of the role is not taken for its values alone.
            if profile.speaks_of(role) && (by_values || points >= ENOUGH) {
                fitting.push((points, profile, reason));
            }
        }
        // A column is worth what it says by as many rows as it says it in. Of columns that fit alike, the first: logs
        // tell who before what. The sort is stable.
        let worth = |points: u32, profile: &Profile| f64::from(points) * (1.0 - profile.lack(role));
        fitting.sort_by(|(one, a, _), (other, b, _)| worth(*other, b).total_cmp(&worth(*one, a)));
        fitting.retain(|&(points, ..)| role != Role::Price || points >= ENOUGH);
        let rivals = fitting.iter().skip(1).take(3).map(|(_, profile, _)| profile.name.clone()).collect();
        taken.push(match fitting.into_iter().next() {
            Some((points, profile, reason)) => {
                let sure = match role {
                    Role::Event => profile.not_listed() == 0,
                    Role::User => {
                        profile.lack(role) < DOUBTFUL
                            && stand_in(&profile.name).is_none_or(|stand_in| stand_in.one_each)
                    }
                    Role::Time => profile.lack(role) < DOUBTFUL,
                    _ => true,
                };
                Taken { role, column: profile.name.clone(), sure: points >= 80 && sure, reason, rivals }
            }
            None => Taken { role, column: String::new(), sure: true, reason: none_fits(role), rivals },
        });
    }
    taken
}

/// Why a role needs no column.
fn needless_because(role: Role) -> String {
    match role {
        Role::Total => "another column holds the price of one".to_owned(),
        _ => "the times tell the time of day".to_owned(),
    }
}

/// Why a role has no column.
fn none_fits(role: Role) -> String {
    match looked_for(role) {
        Some(words) => format!("no column could be it; looked for {words}"),
        None => "no column is called so".to_owned(),
    }
}

/// What was looked for where a log cannot be read without it.
pub(super) fn looked_for(role: Role) -> Option<&'static str> {
    match role {
        Role::Time => Some("numbers since 1970 (s, ms, us), ISO dates, and day, month and year in other orders"),
        Role::User => Some(
            "words such as user, customer, visitor, client, member, household, email, session, and addresses or keys such as \
             cus_… among the values",
        ),
        Role::Item => Some("words such as item, product, article, sku"),
        _ => None,
    }
}
