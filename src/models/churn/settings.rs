//! What the user may decide about churn.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::inactive_days;
use crate::ingest::EventLog;
use crate::setting::check;

/// The fewest and the most days of inactivity.
const DAYS: (f64, f64) = (0.001, 36_500.0);

/// After how many days without activity a user has left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenDays", into = "WrittenDays")]
pub enum Inactivity {
    /// This many.
    Days(f64),
    /// As many as the log's gaps between active days tell, see [`inactive_days`]; written `"auto"`.
    Auto,
}

impl Inactivity {
    /// The days, for a log.
    pub fn days(self, log: &EventLog) -> f64 {
        match self {
            Self::Days(days) => days,
            Self::Auto => inactive_days(log),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "it must be a number of days from 0.001 to 36500, or \"auto\"")]
enum WrittenDays {
    Number(f64),
    Word(String),
}

impl TryFrom<WrittenDays> for Inactivity {
    type Error = String;

    fn try_from(written: WrittenDays) -> Result<Self, String> {
        match written {
            WrittenDays::Number(days) => Ok(Self::Days(days)),
            WrittenDays::Word(word) if word == "auto" => Ok(Self::Auto),
            WrittenDays::Word(word) => {
                Err(format!("it must be a number of days from {} to {}, or \"auto\", not \"{word}\"", DAYS.0, DAYS.1))
            }
        }
    }
}

impl From<Inactivity> for WrittenDays {
    fn from(inactivity: Inactivity) -> Self {
        match inactivity {
            Inactivity::Days(days) => Self::Number(days),
            Inactivity::Auto => Self::Word("auto".to_owned()),
        }
    }
}

/// The greatest penalty.
const MOST: f64 = 1e9;

/// Strength of the L2 penalty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Penalty {
    /// This strength, scikit-learn's 1/C.
    Fixed(f64),
    /// The one with the least log loss in cross-validation over training users; written `"auto"`.
    Auto,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "l2 is a number from 0 to 1000000000, or \"auto\"")]
enum Written {
    Number(f64),
    Word(String),
}

impl TryFrom<Written> for Penalty {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(l2) => Ok(Self::Fixed(l2)),
            Written::Word(word) if word == "auto" => Ok(Self::Auto),
            Written::Word(word) => Err(format!("l2 = \"{word}\": it is a number from 0 to {MOST}, or \"auto\"")),
        }
    }
}

impl From<Penalty> for Written {
    fn from(penalty: Penalty) -> Self {
        match penalty {
            Penalty::Fixed(l2) => Self::Number(l2),
            Penalty::Auto => Self::Word("auto".to_owned()),
        }
    }
}

crate::settings! {
    /// Settings of the churn model.
    pub struct ChurnSettings in "churn" {
        /// A user without an event for this many days has left: a number from 0.001 to 36500, or "auto" for the days
        /// within which most of those who come back do so, which `init` writes for logs that are not in RetailRocket's layout.
        pub inactive_days: Inactivity = Inactivity::Days(30.0);
        /// Strength of the L2 penalty on the coefficients, scikit-learn's 1/C: a number from 0 to 1000000000, or
        /// "auto" for the one that does best in cross-validation over training users.
        pub l2: Penalty = Penalty::Auto;
        /// The probability from which a user counts as leaving in the confusion matrix.
        pub threshold: f64 = 0.5, from 0 to 1;
        /// Maximum iterations of the solver.
        pub max_iterations: usize = 500, from 1 to 100_000;
        /// Up to this many training rows linfa-logistic fits; above it, Newton's method does.
        pub linfa_rows: usize = 50_000, from 0 to 10_000_000;
    }
}

impl ChurnSettings {
    /// Whether every setting is in range; the error names the one that is not.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn check(&self) -> Result<()> {
        self.in_range()?;
        if let Inactivity::Days(days) = self.inactive_days {
            check("churn", "inactive_days", &days, DAYS)?;
        }
        match self.l2 {
            Penalty::Fixed(l2) => check("churn", "l2", &l2, (0.0, MOST)),
            Penalty::Auto => Ok(()),
        }
    }
}
