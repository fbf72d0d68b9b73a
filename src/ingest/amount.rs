//! The kinds of money that a row tells beside the price of a piece.

/// An amount that a row may tell beside the price of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// What all pieces of the line cost, or the whole order.
    Total,
    /// What was taken off.
    Discount,
    /// What was paid back.
    Refunded,
    /// What the way to the customer cost.
    Shipping,
    /// What of it is tax.
    Tax,
}

impl Amount {
    /// Every amount, in the order of [`EventDetails::amounts`](crate::ingest::EventDetails::amounts).
    pub const ALL: [Self; 5] = [Self::Total, Self::Discount, Self::Refunded, Self::Shipping, Self::Tax];

    /// The name of its role and of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Discount => "discount",
            Self::Refunded => "refunded",
            Self::Shipping => "shipping",
            Self::Tax => "tax",
        }
    }
}
