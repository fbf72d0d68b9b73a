//! What is predicted.

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// The number of purchases.
    Purchases,
    /// Their value, in the log's money.
    Revenue,
}

impl Amount {
    /// The word for it.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Purchases => "purchases",
            Self::Revenue => "revenues",
        }
    }
}
