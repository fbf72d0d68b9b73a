//! The shape of an event log: which column is what, how times are written, what its event names mean.
//!
//! `presets` knows the shapes of public logs, `detect` tells them apart by the first row and lets the settings decide
//! over them, `time`, `pattern` and `written` read times.

mod choice;
mod decide;
mod detect;
mod months;
mod pattern;
mod presets;
mod status;
mod time;
mod written;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub(super) use choice::AUTO;
pub use choice::{DefaultEvent, Duplicates, Meaning, MoneyUnit, StatusMeaning};
pub(super) use detect::{first_fields, layouts_of, recognised};
pub use presets::LayoutName;
pub(super) use presets::of as layouts_named;
pub(super) use status::meaning as status_meaning;
pub(super) use time::{INSTANT, LOCAL, TIME_PREFIXES, TimeFormat, Times, Zone, time_of_day};
pub(super) use written::{EARLIEST, TOO_LATE, undressed};

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::ingest::grammar::{Numbers, Persons, column_names};
use crate::ingest::joins::Joins;
use crate::ingest::log::EventKind;
use crate::ingest::shape::{Shape, shown};
use crate::nearest::nearest;
use crate::text::same_letters;

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Time,
    User,
    Event,
    Item,
    Transaction,
    Price,
    Quantity,
    Session,
    Category,
    /// The category where `Category` is empty.
    CategoryId,
    /// What a line of an order cost in all.
    Total,
    /// The time of day, where `Time` is the day.
    Clock,
    /// What became of the order.
    Status,
    /// What was taken off the price of a line, or of an order.
    Discount,
    /// What was paid back of a line, or of an order.
    Refunded,
    /// What sending the order cost.
    Shipping,
    /// In which currency money is.
    Currency,
    /// What of the money is tax, of a line or of an order.
    Tax,
    /// When the order was changed last.
    Updated,
    /// The browser or device of a visitor who may log in later.
    AnonymousUser,
    /// What the item is called.
    ItemName,
    /// The product that the item is a variant of.
    ItemGroup,
    /// What the item's category is called.
    CategoryName,
    /// What the customer is called.
    CustomerName,
    /// Where the customer gets mail.
    CustomerEmail,
    /// The customer's phone number.
    CustomerPhone,
    /// Whether the customer agrees to be written to.
    CustomerConsent,
    /// The customer's country.
    CustomerCountry,
    /// The household that the customer is of.
    CustomerHousehold,
}

/// How many roles there are.
pub(super) const ROLES: usize = 29;

impl Role {
    pub(super) const ALL: [Self; ROLES] = [
        Self::Time,
        Self::User,
        Self::Event,
        Self::Item,
        Self::Transaction,
        Self::Price,
        Self::Quantity,
        Self::Session,
        Self::Category,
        Self::CategoryId,
        Self::Total,
        Self::Clock,
        Self::Status,
        Self::Discount,
        Self::Refunded,
        Self::Shipping,
        Self::Currency,
        Self::Tax,
        Self::Updated,
        Self::AnonymousUser,
        Self::ItemName,
        Self::ItemGroup,
        Self::CategoryName,
        Self::CustomerName,
        Self::CustomerEmail,
        Self::CustomerPhone,
        Self::CustomerConsent,
        Self::CustomerCountry,
        Self::CustomerHousehold,
    ];

    /// The key in `[ingest.columns]`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::User => "user",
            Self::Event => "event",
            Self::Item => "item",
            Self::Transaction => "transaction",
            Self::Price => "price",
            Self::Quantity => "quantity",
            Self::Session => "session",
            Self::Category | Self::CategoryId => "category",
            Self::Total => "total",
            Self::Clock => "clock",
            Self::Status => "status",
            Self::Discount => "discount",
            Self::Refunded => "refunded",
            Self::Shipping => "shipping",
            Self::Currency => "currency",
            Self::Tax => "tax",
            Self::Updated => "updated",
            Self::AnonymousUser => "anonymous_user",
            Self::ItemName => "item_name",
            Self::ItemGroup => "item_group",
            Self::CategoryName => "category_name",
            Self::CustomerName => "customer_name",
            Self::CustomerEmail => "customer_email",
            Self::CustomerPhone => "customer_phone",
            Self::CustomerConsent => "customer_consent",
            Self::CustomerCountry => "customer_country",
            Self::CustomerHousehold => "customer_household",
        }
    }
}

/// Where a role's values stand: the names that its column may have, the first one found counting.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) names: Vec<String>,
    /// Whether a log without this column cannot be read.
    pub(super) required: bool,
}

/// How a log is to be read.
#[allow(clippy::struct_excessive_bools, reason = "each is a property of a shape by itself")]
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    pub(super) name: LayoutName,
    /// Which of several logs that are read as one it is of, from 0.
    pub(super) log: usize,
    pub(super) separator: u8,
    /// Whether the first row names the columns; where it does not, the places hold numbers from 1.
    pub(super) header: bool,
    /// How many fields a row of a file without header has, where that is known.
    pub(super) fields: Option<usize>,
    /// By [`Role`].
    pub(super) columns: [Place; ROLES],
    pub(super) times: Times,
    /// What event names mean; others are ignored and counted.
    pub(super) events: Vec<(String, Meaning)>,
    /// What a row without an event name is.
    pub(super) default_event: Option<EventKind>,
    /// How prices and quantities are written.
    pub(super) numbers: Numbers,
    /// What one unit of each currency is worth.
    pub(super) rates: BTreeMap<String, f64>,
    /// Whether a row of an order that leaves out who bought when takes that from the row before.
    pub(super) inherits: bool,
    /// Whether a row that names neither order, customer nor time, but what was sold, is of the order above it.
    pub(super) continues: bool,
    /// How the ids of users are spelled.
    pub(super) persons: Persons,
    /// Which of them are one person's.
    pub(super) joins: Arc<Joins>,
    /// Whether rows may leave their last fields out.
    pub(super) ragged: bool,
    /// What the columns of money count.
    pub(super) money_unit: MoneyUnit,
    /// What becomes of equal rows.
    pub(super) duplicates: Duplicates,
    /// What the statuses of orders mean, before the built-in table.
    pub(super) statuses: Vec<(String, StatusMeaning)>,
    /// Texts that stand for no value.
    pub(super) empty: &'static [&'static str],
    /// A transaction id that begins so is of a cancellation.
    pub(super) cancelled: Option<&'static str>,
    /// Whether a row without a user or an item is rejected. Elsewhere nobody is no customer, and a row may name no item.
    pub(super) strict: bool,
    /// Whether a point in a category's name separates it from the one above.
    pub(super) dotted_categories: bool,
    /// What a reader of the results should know about this shape.
    pub(super) note: Option<&'static str>,
}

impl Layout {
    /// What a row with this event name is: a kind, `None` for one to ignore.
    pub(super) fn kind_of(&self, event: &str) -> Option<EventKind> {
        if event.is_empty() {
            return self.default_event;
        }
        let known = self.events.iter().find(|(name, _)| name == event);
        let known = known.or_else(|| self.events.iter().find(|(name, _)| same_letters(name, event)));
        known.and_then(|(_, meaning)| meaning.kind())
    }

    /// Whether a role has a column.
    pub(super) fn has(&self, role: Role) -> bool {
        !self.columns[role as usize].names.is_empty()
    }

    /// The roles without which a log cannot be read.
    fn required(&self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().zip(&self.columns).filter(|(_, place)| place.required).map(|(role, _)| role)
    }

    /// The roles and their columns' names, for a note.
    pub(super) fn describe(&self) -> String {
        let named = Role::ALL.into_iter().zip(&self.columns).filter(|(_, place)| !place.names.is_empty());
        let named = named.map(|(role, place)| {
            let name = place.names.join(" or ");
            if self.header {
                format!("{} from {name}", role.name())
            } else {
                format!("{} from column {name}", role.name())
            }
        });
        named.collect::<Vec<_>>().join(", ")
    }

    /// The position of a role's column, if the file has it.
    fn find(&self, place: &Place, headers: &[&str]) -> Option<usize> {
        let names = column_names(headers);
        place.names.iter().find_map(|name| {
            if self.header {
                let exact = names.iter().position(|known| known == name);
                exact.or_else(|| names.iter().position(|known| same_letters(known, name)))
            } else {
                name.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < headers.len())
            }
        })
    }

    /// Whether a file with these columns can be read so.
    fn fits(&self, headers: &[&str]) -> bool {
        let complete =
            self.columns.iter().filter(|place| place.required).all(|place| self.find(place, headers).is_some());
        complete && self.fields.is_none_or(|fields| fields == headers.len())
    }

    /// What is missing, for someone who knows their shop's log but not this program.
    fn lacks(&self, path: &Path, role: Role, place: &Place, headers: &[&str]) -> Error {
        let file = file_name(path);
        let key = role.name();
        let Some(wanted) = place.names.first() else {
            let columns = shown(headers);
            let what = format!("which column is the {key}? its columns are {columns}; set ingest.columns.{key}");
            return Error::Input { path: path.to_path_buf(), line: Some(1), what };
        };
        let what = if self.header {
            let known: Vec<&str> = headers.iter().map(|header| header.trim()).collect();
            let close = nearest(wanted, &known).or_else(|| nearest(key, &known));
            let meant = close.map_or_else(String::new, |close| format!("did you mean {close}? "));
            let columns = shown(headers);
            format!("no column \"{wanted}\" in {file}; its columns are {columns}; {meant}set ingest.columns.{key}")
        } else {
            let count = headers.len();
            format!("no column {wanted} in {file}; its rows have {count} fields; set ingest.columns.{key}")
        };
        Error::Input { path: path.to_path_buf(), line: Some(1), what }
    }
}

impl Shape<ROLES> for Layout {
    fn separator(&self) -> u8 {
        self.separator
    }

    fn header(&self) -> bool {
        self.header
    }

    fn ragged(&self) -> bool {
        self.ragged
    }

    fn instant(&self, zoned: bool) -> &'static str {
        if zoned { INSTANT } else { LOCAL }
    }

    fn locate(&self, path: &Path, headers: &[&str]) -> Result<[Option<usize>; ROLES]> {
        let mut places = [None; ROLES];
        for ((found, role), place) in places.iter_mut().zip(Role::ALL).zip(&self.columns) {
            *found = self.find(place, headers);
            if found.is_none() && place.required {
                return Err(self.lacks(path, role, place, headers));
            }
        }
        Ok(places)
    }

    fn expected(&self) -> String {
        let named = self.columns.iter().filter(|place| place.required).filter_map(|place| place.names.first());
        let named = named.map(String::as_str).collect::<Vec<_>>().join(", ");
        if self.header { format!("a header with {named}") } else { "rows without a header".to_owned() }
    }
}
