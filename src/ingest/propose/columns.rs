//! Which column is for what: by its name, by its values, and by what the other columns are for.

use std::collections::HashMap;

use crate::ingest::grammar::is_nobody;
use crate::ingest::layout::{Meaning, Role};
use crate::ingest::propose::customers::{told_of_customers, words_of_customers};
use crate::ingest::propose::events::meaning;
use crate::ingest::propose::flags::undoing;
use crate::ingest::propose::items::{costs_all_pieces, counts_lines, told_of_items};
use crate::ingest::propose::orders::{Beside, Orders};
use crate::ingest::propose::profile::{ENOUGH, Profile};
use crate::ingest::propose::words::{fit, in_one_currency, is_total, knows_browsers, stand_in};
use crate::ingest::settings::IngestSettings;

/// The roles in the order in which they choose, and whether values alone may decide.
pub(super) const ROLES: [(Role, bool); 28] = [
    (Role::Time, true),
    (Role::Event, true),
    (Role::User, true),
    (Role::AnonymousUser, false),
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
    (Role::ItemName, false),
    (Role::ItemGroup, false),
    (Role::CategoryName, false),
    (Role::CustomerName, false),
    (Role::CustomerEmail, false),
    (Role::CustomerPhone, false),
    (Role::CustomerConsent, false),
    (Role::CustomerCountry, false),
    (Role::CustomerHousehold, false),
];

/// The roles of what was paid.
const MONEY: [Role; 2] = [Role::Price, Role::Total];
/// Points of a name from which on it is a customer's own number.
const OWN: u32 = 95;
/// Share of empty cells from which on a column is doubtful for what every row needs.
const DOUBTFUL: f64 = 0.05;

/// Points by which amounts in one currency go before those in several.
const CONVERTED: f64 = 50.0;

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

/// A table that is looked at: what is known of its columns, and their cells.
#[derive(Clone, Copy)]
pub(super) struct Looked<'a> {
    pub(super) profiles: &'a [Profile],
    /// By column, then by row.
    pub(super) cells: &'a [Vec<&'a str>],
}

impl<'a> Looked<'a> {
    fn at(&self, name: &str) -> Option<usize> {
        self.profiles.iter().position(|profile| profile.name == name)
    }

    /// Whether a column is a list of items, each of which stands in a row of its own beside it.
    fn is_taken_apart(&self, name: &str) -> bool {
        self.profiles.iter().any(|other| other.name.strip_prefix(name).is_some_and(|part| part.starts_with("[].")))
    }

    fn cells_of(&self, name: &str) -> Option<&'a [&'a str]> {
        self.cells.get(self.at(name)?).map(Vec::as_slice)
    }

    /// Whether the cells of a column cost, by the items of their rows, all the pieces that another column counts.
    fn costs_all_pieces(&self, at: usize, item: &str) -> bool {
        let pieces = self.profiles.iter().position(Profile::counts_pieces).filter(|&pieces| pieces != at);
        let Some((pieces, items)) = pieces.zip(self.cells_of(item)) else { return false };
        let price = &self.profiles[at];
        price.numbers >= 0.8
            && price.is_money()
            && costs_all_pieces(&self.cells[at], items, &self.cells[pieces], price.decimal.decimal)
    }

    /// The column whose amounts are in the one currency that it is named for, where another column names several.
    fn converted(&self) -> Option<&'a Profile> {
        let several =
            |profile: &&Profile| profile.named && profile.distinct > 1 && fit(&profile.name, Role::Currency) >= ENOUGH;
        self.profiles.iter().find(several)?;
        self.profiles.iter().find(|profile| in_one_currency(&profile.name) && profile.is_money() && profile.holds_any())
    }

    /// Whether any column that is not taken tells of buying.
    fn tells_of_money(&self) -> bool {
        self.profiles.iter().any(|profile| profile.is_money() || profile.counts_pieces())
    }
}

/// Gives each role the column that fits best of those left; columns that are `given` are none of them, and roles that
/// are `cleared` have none.
pub(super) fn assign(looked: Looked<'_>, given: &IngestSettings, cleared: &[String]) -> Vec<Taken> {
    let mut taken: Vec<Taken> = Vec::new();
    let profiles = looked.profiles;
    let has_quantity = profiles.iter().any(Profile::counts_pieces);
    let is_given = |profile: &Profile| given.columns.given().any(|(_, column)| column.text() == profile.name);
    for (role, by_values) in ROLES {
        let column_of = |role: Role| {
            let given = given.columns.given().find(|(name, _)| *name == role.name()).map(|(_, column)| column.text());
            given.or_else(|| taken.iter().find(|taken| taken.role == role).map(|taken| taken.column.as_str()))
        };
        let none = |reason: String| Taken { role, column: String::new(), sure: true, reason, rivals: Vec::new() };
        if cleared.iter().any(|cleared| cleared == role.name()) {
            taken.push(none("left out as told".to_owned()));
            continue;
        }
        let others = [Role::Price, Role::Time, Role::User].map(column_of);
        if let Some(why) = needless(role, looked, others) {
            taken.push(none(why));
            continue;
        }
        // A category has a name of its own where its id says nothing.
        let numbered = |name: &&str| looked.at(name).is_some_and(|at| profiles[at].numbers > 0.5);
        let told_of = match role {
            Role::CategoryName => column_of(Role::Category).filter(numbered),
            _ => column_of(Role::Item),
        };
        let told_of = told_of.and_then(|name| looked.cells_of(name));
        let beside = (role == Role::Transaction).then(|| beside(looked, given, column_of)).flatten();
        let mut fitting: Vec<(f64, u32, &Profile, String)> = Vec::new();
        let mut mixed: Option<&Profile> = None;
        for (at, profile) in profiles.iter().enumerate() {
            // What would serve a role that somebody gave another column is free.
            let is_taken = |other: &Taken| other.column == profile.name && !given.columns.names(other.role.name());
            if is_given(profile) || taken.iter().any(is_taken) {
                continue;
            }
            let cells = &looked.cells[at];
            // Euros and dollars cannot be added up.
            if MONEY.contains(&role) && !profile.currencies.is_empty() {
                mixed = Some(profile);
                continue;
            }
            if role == Role::Item && (looked.is_taken_apart(&profile.name) || counts_lines(cells)) {
                continue;
            }
            // What all pieces of a row cost is the price of none of them.
            let total = profile.named
                && (is_total(&profile.name, has_quantity)
                    || matches!(role, Role::Price | Role::Total)
                        && column_of(Role::Item).is_some_and(|item| looked.costs_all_pieces(at, item)));
            if total && role == Role::Price || !total && role == Role::Total {
                continue;
            }
            if let Some(beside) = &beside {
                if profile.may_number_orders() {
                    let orders = Orders::of(cells, beside);
                    let (points, reason) = profile.points_of_orders(orders);
                    let lack = if orders.are_lines() || orders.are_rows() { 0.0 } else { profile.lack(role) };
                    if points >= ENOUGH {
                        fitting.push((f64::from(points) * (1.0 - lack), points, profile, reason));
                    }
                }
                continue;
            }
            if let Some(told) = told_of_others(role, profile, cells, told_of) {
                fitting.extend(told.into_iter().map(|(points, reason)| (f64::from(points), points, profile, reason)));
                continue;
            }
            // Whatever tells a status in words goes before it.
            if role == Role::Status && undoing(profile).is_some() {
                fitting.push((
                    f64::from(ENOUGH) - 1.0,
                    80,
                    profile,
                    "by its name; a flag of what is none any more".to_owned(),
                ));
                continue;
            }
            // What its rows say is the price of all pieces may be called the price of one.
            let called = if role == Role::Total && fit(&profile.name, role) == 0 { Role::Price } else { role };
            let Some((points, reason)) = profile.points(called) else { continue };
            // Where columns have names, one that says nothing of the role is not taken for its values alone.
            if profile.speaks_of(called) && (by_values || points >= ENOUGH) {
                // A column is worth what it says by as many rows as it says it in.
                let converted = MONEY.contains(&role) && looked.converted().is_some_and(|it| it.name == profile.name);
                let more = if converted { CONVERTED } else { 0.0 };
                fitting.push((f64::from(points) * (1.0 - profile.lack(role)) + more, points, profile, reason));
            }
        }
        // Of columns that fit alike, the first: logs tell who before what. The sort is stable.
        fitting.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
        if role == Role::User {
            prefer_named_users(&mut fitting, looked);
        }
        fitting.retain(|&(_, points, ..)| role != Role::Price || points >= ENOUGH);
        let rivals = fitting.iter().skip(1).take(3).map(|(_, _, profile, _)| profile.name.clone()).collect();
        taken.push(chosen(role, fitting, mixed, rivals));
    }
    taken
}

/// The first of the columns that fit a role; why there is none where none does.
fn chosen(
    role: Role,
    fitting: Vec<(f64, u32, &Profile, String)>,
    mixed: Option<&Profile>,
    rivals: Vec<String>,
) -> Taken {
    let Some((_, points, profile, reason)) = fitting.into_iter().next() else {
        let (sure, reason) = match mixed.filter(|mixed| fit(&mixed.name, role) > 0) {
            Some(mixed) => (false, in_several(mixed)),
            None => (true, none_fits(role)),
        };
        return Taken { role, column: String::new(), sure, reason, rivals };
    };
    let sure = match role {
        Role::Event => profile.not_listed() == 0,
        Role::User => {
            profile.lack(role) < DOUBTFUL
                && !profile.never_repeats()
                && stand_in(&profile.name).is_none_or(|stand_in| stand_in.one_each)
        }
        Role::Time => profile.lack(role) < DOUBTFUL,
        _ => true,
    };
    Taken { role, column: profile.name.clone(), sure: points >= 80 && sure, reason, rivals }
}

/// Of columns that could be the user, a customer's own number goes before what a browser is known by, although it is told
/// only after a login: the browser's tells whose the other rows are, as long as hardly any browser has several customers.
fn prefer_named_users(fitting: &mut Vec<(f64, u32, &Profile, String)>, looked: Looked<'_>) {
    let Some(browser) = fitting.first().filter(|(.., profile, _)| profile.named && knows_browsers(&profile.name))
    else {
        return;
    };
    let name = browser.2.name.clone();
    let Some(of_browsers) = looked.cells_of(&name) else { return };
    let is_customer = |profile: &Profile| {
        let named = profile.named && fit(&profile.name, Role::User) >= OWN && stand_in(&profile.name).is_none();
        let cells = looked.cells_of(&profile.name).filter(|_| named && profile.lack(Role::User) < 1.0);
        cells.is_some_and(|cells| tells_one_each(of_browsers, cells))
    };
    if let Some(at) = fitting.iter().position(|(.., profile, _)| is_customer(profile)) {
        let (share, points, profile, reason) = fitting.remove(at);
        let reason = format!("{reason}, whose user {name} may tell");
        fitting.insert(0, (share, points, profile, reason));
    }
}

/// Whether nearly every browser that is seen with customers is seen with one.
fn tells_one_each(browsers: &[&str], customers: &[&str]) -> bool {
    let mut of: HashMap<&str, Option<&str>> = HashMap::new();
    let both = browsers.iter().zip(customers).filter(|(browser, customer)| !is_nobody(browser) && !is_nobody(customer));
    for (browser, customer) in both {
        let first = of.entry(browser).or_insert(Some(customer));
        if *first != Some(customer) {
            *first = None;
        }
    }
    let single = of.values().flatten().count();
    single > 0 && single * 10 >= of.len() * 8
}

/// What tells whose orders a log's rows are of; `None` where it tells of no buying, or not whose and when.
fn beside<'a>(
    looked: Looked<'a>,
    given: &IngestSettings,
    column_of: impl Fn(Role) -> Option<&'a str>,
) -> Option<Beside<'a>> {
    let cells = |role: Role| column_of(role).and_then(|name| looked.cells_of(name));
    let (user, time, item) = (cells(Role::User)?, cells(Role::Time)?, cells(Role::Item));
    let means = |name: &str| given.events.get(name).copied().unwrap_or_else(|| meaning(name));
    let bought = cells(Role::Event)
        .map(|events| events.iter().map(|event| means(event) == Meaning::Transaction).collect::<Vec<bool>>());
    (bought.is_some() || looked.tells_of_money()).then_some(Beside { user, time, item, bought })
}

/// Why a role needs no column: a total serves where no column holds a price of one, a clock where the time is a day.
fn needless(role: Role, looked: Looked<'_>, [price, time, user]: [Option<&str>; 3]) -> Option<String> {
    match role {
        Role::AnonymousUser => {
            let user = user.and_then(|user| looked.at(user)).map(|at| &looked.profiles[at]);
            user.is_none_or(|user| user.nobody <= 0.0).then(|| "every row tells its user".to_owned())
        }
        Role::Currency => {
            looked.converted().map(|money| format!("{} is in one currency, whichever the order was in", money.name))
        }
        Role::Total => {
            price.is_some_and(|price| !price.is_empty()).then(|| "another column holds the price of one".to_owned())
        }
        Role::Clock => {
            let time = time.and_then(|time| looked.at(time)).map(|at| &looked.profiles[at]);
            let days = time.is_some_and(|time| time.times.as_ref().is_some_and(|times| times.days));
            (!days).then(|| "the times tell the time of day".to_owned())
        }
        _ => None,
    }
}

/// How well a column fits a role that tells of the row's item or customer, with the reason, or nothing where it does not;
/// `None` for any other role.
fn told_of_others(
    role: Role,
    profile: &Profile,
    cells: &[&str],
    told_of: Option<&[&str]>,
) -> Option<Vec<(u32, String)>> {
    match role {
        Role::ItemName | Role::ItemGroup | Role::CategoryName => {
            Some(told_of.and_then(|of| told_of_items(profile, role, cells, of)).into_iter().collect())
        }
        _ => {
            let words = words_of_customers(role)?;
            Some(told_of_customers(profile, role, words, cells).into_iter().collect())
        }
    }
}

/// Why a column of money is not taken.
fn in_several(mixed: &Profile) -> String {
    let currencies = mixed.currencies.join(", ");
    format!(
        "the numbers of {} are in several currencies ({currencies}), which cannot be added up: give the log a column of the \
         currency, and what each is worth in ingest.rates",
        mixed.name
    )
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
