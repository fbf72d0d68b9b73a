//! Which column of a log is for what, as the settings name them.

use std::fmt::{self, Display};

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use crate::ingest::layout::Role;

/// The column of each role; empty where the layout's own is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnSettings {
    /// When it happened.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub time: ColumnName,
    /// Who did it.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub user: ColumnName,
    /// What was done.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub event: ColumnName,
    /// To which item.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub item: ColumnName,
    /// In which order.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub transaction: ColumnName,
    /// At which price for one.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub price: ColumnName,
    /// How many.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub quantity: ColumnName,
    /// In which session.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub session: ColumnName,
    /// Of which category the item is.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub category: ColumnName,
    /// What the line of an order cost in all, where no column holds the price of one.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub total: ColumnName,
    /// The time of day, where the column of the time holds the day.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub clock: ColumnName,
    /// What became of the order.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub status: ColumnName,
    /// What was taken off the price of a line, or of an order.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub discount: ColumnName,
    /// What was paid back of a line, or of an order.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub refunded: ColumnName,
    /// What sending the order cost, which is no part of what was spent.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub shipping: ColumnName,
    /// In which currency money is.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub currency: ColumnName,
    /// What of the money is tax, of a line or of an order.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub tax: ColumnName,
    /// When the order was changed last.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub updated: ColumnName,
    /// The browser or device of a visitor, whose rows count for the user who is seen with it.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub anonymous_user: ColumnName,
    /// What the item is called.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub item_name: ColumnName,
    /// The product that the item is a variant of.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub item_group: ColumnName,
    /// What the item's category is called.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub category_name: ColumnName,
    /// What the customer is called.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_name: ColumnName,
    /// Where the customer gets mail.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_email: ColumnName,
    /// The customer's phone number.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_phone: ColumnName,
    /// Whether the customer agrees to be written to.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_consent: ColumnName,
    /// The customer's country.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_country: ColumnName,
    /// The household that the customer is of.
    #[serde(skip_serializing_if = "ColumnName::is_empty")]
    pub customer_household: ColumnName,
}

impl ColumnSettings {
    /// The column of a role.
    pub(super) fn place(&mut self, role: Role) -> &mut ColumnName {
        match role {
            Role::Time => &mut self.time,
            Role::User => &mut self.user,
            Role::Event => &mut self.event,
            Role::Item => &mut self.item,
            Role::Transaction => &mut self.transaction,
            Role::Price => &mut self.price,
            Role::Quantity => &mut self.quantity,
            Role::Session => &mut self.session,
            Role::Category | Role::CategoryId => &mut self.category,
            Role::Total => &mut self.total,
            Role::Clock => &mut self.clock,
            Role::Status => &mut self.status,
            Role::Discount => &mut self.discount,
            Role::Refunded => &mut self.refunded,
            Role::Shipping => &mut self.shipping,
            Role::Currency => &mut self.currency,
            Role::Tax => &mut self.tax,
            Role::Updated => &mut self.updated,
            Role::AnonymousUser => &mut self.anonymous_user,
            Role::ItemName => &mut self.item_name,
            Role::ItemGroup => &mut self.item_group,
            Role::CategoryName => &mut self.category_name,
            Role::CustomerName => &mut self.customer_name,
            Role::CustomerEmail => &mut self.customer_email,
            Role::CustomerPhone => &mut self.customer_phone,
            Role::CustomerConsent => &mut self.customer_consent,
            Role::CustomerCountry => &mut self.customer_country,
            Role::CustomerHousehold => &mut self.customer_household,
        }
    }

    /// Whether a role has a column.
    pub(super) fn names(&self, role: &str) -> bool {
        self.given().any(|(name, _)| name == role)
    }

    /// The roles that have a column, by name.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static str, &ColumnName)> {
        let all = [
            ("time", &self.time),
            ("user", &self.user),
            ("event", &self.event),
            ("item", &self.item),
            ("transaction", &self.transaction),
            ("price", &self.price),
            ("quantity", &self.quantity),
            ("session", &self.session),
            ("category", &self.category),
            ("total", &self.total),
            ("clock", &self.clock),
            ("status", &self.status),
            ("discount", &self.discount),
            ("refunded", &self.refunded),
            ("shipping", &self.shipping),
            ("currency", &self.currency),
            ("tax", &self.tax),
            ("updated", &self.updated),
            ("anonymous_user", &self.anonymous_user),
            ("item_name", &self.item_name),
            ("item_group", &self.item_group),
            ("category_name", &self.category_name),
            ("customer_name", &self.customer_name),
            ("customer_email", &self.customer_email),
            ("customer_phone", &self.customer_phone),
            ("customer_consent", &self.customer_consent),
            ("customer_country", &self.customer_country),
            ("customer_household", &self.customer_household),
        ];
        all.into_iter().filter(|(_, column)| !column.is_empty())
    }
}

/// A column by its name, or by its number from 1 where the file has no header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ColumnName(String);

impl ColumnName {
    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name as it is written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The position from 0 that a number names.
    pub(super) fn number(&self) -> Option<usize> {
        self.0.parse::<usize>().ok()?.checked_sub(1)
    }
}

impl From<&str> for ColumnName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl Display for ColumnName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ColumnName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameOrNumber;
        impl Visitor<'_> for NameOrNumber {
            type Value = ColumnName;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a column's name in quotes, or its number from 1")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<ColumnName, E> {
                Ok(ColumnName(name.trim().to_owned()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<ColumnName, E> {
                if number < 1 {
                    return Err(E::custom(format!("columns are numbered from 1, not {number}")));
                }
                Ok(ColumnName(number.to_string()))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<ColumnName, E> {
                self.visit_i64(i64::try_from(number).map_err(E::custom)?)
            }
        }
        from.deserialize_any(NameOrNumber)
    }
}
