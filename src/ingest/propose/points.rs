//! How well a column fits a role.

use crate::ingest::layout::{Meaning, Role};
use crate::ingest::propose::events::{coded, meaning};
use crate::ingest::propose::orders::Orders;
use crate::ingest::propose::profile::{ENOUGH, Profile};
use crate::ingest::propose::words::{fit, is_of_a_life, numbers_something, stand_in, tells_of_a_thing};

impl Profile {
    /// How well the column fits a role, with the reason; `None` where its values cannot be it.
    pub(super) fn points(&self, role: Role) -> Option<(u32, String)> {
        let (points, reason) = self.points_of(role)?;
        Some((points, format!("{reason}{}", self.lacking(role))))
    }

    fn points_of(&self, role: Role) -> Option<(u32, String)> {
        let by_name = if self.named { fit(&self.name, role) } else { 0 };
        let named = named(by_name);
        let repeats = self.distinct > 1 && self.distinct < self.filled;
        let is_text = self.numbers < 0.5 && self.times.is_none();
        match role {
            Role::Time => self.points_of_times(by_name),
            Role::Event => {
                if self.named && coded(&self.name, &self.names).is_some() {
                    return Some((by_name + 60, format!("{named}; {} codes", self.distinct)));
                }
                // What became of an order is told by its status.
                let is_status = by_name < 60 && self.statuses > 0.5 && fit(&self.name, Role::Status) >= ENOUGH;
                if is_status && self.named {
                    return None;
                }
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
                let is_amount = self.decimals > 0.2 && by_name < 80;
                if is_amount || self.filled == 0 || self.lack(role) >= 1.0 || self.is_moment() {
                    return None;
                }
                let fits = u32::from(repeats) * 20 + u32::from(self.distinct > 2) * 15;
                let stand_in = stand_in(&self.name).filter(|_| role == Role::User && self.named);
                let mut stand_in = stand_in.map_or_else(String::new, |stand_in| format!("; {}", stand_in.words));
                if role == Role::User && self.never_repeats() {
                    stand_in.push_str(
                        "; each row has another one: nobody comes back, as where orders have customers of their own",
                    );
                }
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
            Role::AnonymousUser => (self.filled > 0 && !self.is_moment()).then(|| {
                (by_name, format!("{named}; {} different, joined to the users seen with them", self.distinct))
            }),
            Role::Currency => {
                let is_code =
                    |name: &String| name.chars().count() <= 4 && !name.contains(|letter: char| letter.is_ascii_digit());
                let all = self.not_listed() == 0 && !self.names.is_empty() && self.names.keys().all(is_code);
                all.then(|| (by_name, format!("{named}; {} different", self.distinct)))
            }
            Role::Quantity if self.whole >= 0.8 => Some((by_name, format!("{named}; small whole numbers"))),
            // What is weighed or measured.
            Role::Quantity => (self.numbers >= 0.8 && by_name >= 80)
                .then(|| (by_name, format!("{named}; {:.0} % with decimals", self.decimals * 100.0))),
            Role::Session | Role::Transaction => (self.filled > 0 && self.decimals < 0.2 && !self.is_moment())
                .then(|| (by_name, format!("{named}; {} different", self.distinct))),
            // The items beside them decide, and of customers the words of their own.
            Role::ItemName
            | Role::ItemGroup
            | Role::CategoryName
            | Role::CustomerName
            | Role::CustomerEmail
            | Role::CustomerPhone
            | Role::CustomerConsent
            | Role::CustomerCountry
            | Role::CustomerHousehold => None,
            Role::Category | Role::CategoryId => (self.filled > 0)
                .then(|| (by_name + u32::from(is_text) * 5, format!("{named}; {} different", self.distinct))),
        }
    }

    /// How well the column tells when something happened.
    fn points_of_times(&self, by_name: u32) -> Option<(u32, String)> {
        let named = named(by_name);
        let times = self.times.as_ref()?;
        if self.named && is_of_a_life(&self.name) {
            return None;
        }
        // The numbers of orders look like days of a spreadsheet.
        if self.named && by_name == 0 && times.format == "excel" {
            return None;
        }
        // What all rows share, such as the time of an export, tells of none of them.
        if self.named && self.distinct == 1 && self.filled >= SHARED {
            return Some((0, format!("{named}; all rows tell the same")));
        }
        // GA4 writes the day beside the moment: of two that are called so, the moment.
        let points = match (times.days && by_name > 0, times.number) {
            (true, _) => 40,
            (false, true) => 45,
            (false, false) => 70,
        };
        Some((by_name + points, format!("{named}; {}", times.reason())))
    }

    /// Whether its values are dates or times written as such, which are nobody's ids.
    pub(super) fn is_moment(&self) -> bool {
        self.times.as_ref().is_some_and(|times| !times.number)
    }

    /// How well values alone say that they are customers.
    fn points_of_customers(&self, role: Role) -> u32 {
        if role == Role::User && self.customers >= 0.9 { 70 } else { 0 }
    }

    /// Whether the name, or else the values, say that it may be this role where columns have names.
    pub(super) fn speaks_of(&self, role: Role) -> bool {
        !self.named
            || fit(&self.name, role) > 0
            || matches!(role, Role::Time | Role::Event)
            || self.points_of_customers(role) > 0
    }

    /// Whether rows could have it as the number of their order.
    pub(super) fn may_number_orders(&self) -> bool {
        self.filled > 0 && self.decimals < 0.2 && !self.is_moment() && !self.is_money()
    }

    /// How well the column numbers orders, by its name and by what its rows have in common.
    pub(super) fn points_of_orders(&self, orders: Orders) -> (u32, String) {
        let by_name = if self.named { fit(&self.name, Role::Transaction) } else { 0 };
        let says_nothing = !self.named || by_name >= ENOUGH || numbers_something(&self.name);
        if orders.are_lines() && (says_nothing || !tells_of_a_thing(&self.name)) {
            return (by_name.max(80) + 20, format!("{}; {}", named(by_name), orders.facts()));
        }
        if orders.are_rows() && self.named && says_nothing {
            return (by_name.max(80), format!("{}; each row has one of its own", named(by_name)));
        }
        // Without a name, being there for purchases alone says it.
        if !self.named && orders.are_of_purchases_alone() && !orders.are_shared() {
            return (ENOUGH, format!("{}; it is told in each purchase and in no other row", named(0)));
        }
        let shared = if orders.are_shared() { "; different customers share them" } else { "" };
        // Numbers that customers share are the second choice, and still tell orders apart together with the customer.
        let points = if shared.is_empty() { by_name } else { by_name.min(80) };
        (points, format!("{}; {} different{shared}", named(by_name), self.distinct))
    }
}

/// Rows from which on it says something that all tell the same time.
const SHARED: usize = 20;

fn named(by_name: u32) -> &'static str {
    if by_name > 0 { "by its name" } else { "by its values" }
}
