//! The texts that a row tells beside its event: of categories, currencies, items and customers.

use crate::ingest::layout::Role;

/// A text that a row may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The category of the item.
    Category,
    /// The currency of its money.
    Currency,
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

impl Label {
    /// Every label, in the order of [`EventDetails::labels`](crate::ingest::EventDetails::labels).
    pub const ALL: [Self; 11] = [
        Self::Category,
        Self::Currency,
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
    /// Those that tell of the customer.
    pub(super) const OF_CUSTOMERS: [Self; 6] = [
        Self::CustomerName,
        Self::CustomerEmail,
        Self::CustomerPhone,
        Self::CustomerConsent,
        Self::CustomerCountry,
        Self::CustomerHousehold,
    ];

    /// The name of its role and of its column.
    pub fn name(self) -> &'static str {
        self.role().name()
    }

    pub(super) fn role(self) -> Role {
        match self {
            Self::Category => Role::Category,
            Self::Currency => Role::Currency,
            Self::ItemName => Role::ItemName,
            Self::ItemGroup => Role::ItemGroup,
            Self::CategoryName => Role::CategoryName,
            Self::CustomerName => Role::CustomerName,
            Self::CustomerEmail => Role::CustomerEmail,
            Self::CustomerPhone => Role::CustomerPhone,
            Self::CustomerConsent => Role::CustomerConsent,
            Self::CustomerCountry => Role::CustomerCountry,
            Self::CustomerHousehold => Role::CustomerHousehold,
        }
    }
}

/// Texts by their numbers, one entry an event; empty where no file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// Index into `texts`, [`NONE`](crate::ingest::NONE) without one.
    pub codes: Vec<u32>,
    /// The different texts.
    pub texts: Vec<Box<str>>,
}

impl Labels {
    /// The text of an event.
    pub fn of(&self, event: usize) -> Option<&str> {
        self.texts.get(*self.codes.get(event)? as usize).map(AsRef::as_ref)
    }
}
