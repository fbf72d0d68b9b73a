//! A number that may be left to the program.

use serde::{Deserialize, Serialize};

/// A number, or `"auto"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum OrAuto {
    /// The program's choice; written `"auto"`.
    #[default]
    Auto,
    /// This number.
    Number(f64),
}

impl OrAuto {
    /// The number, or what `auto` gives.
    pub fn or(self, auto: impl FnOnce() -> f64) -> f64 {
        match self {
            Self::Auto => auto(),
            Self::Number(number) => number,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "it is a number or \"auto\"")]
enum Written {
    Whole(i64),
    Number(f64),
    Word(String),
}

impl TryFrom<Written> for OrAuto {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Whole(number) => Ok(Self::Number(number as f64)),
            // Whether it lies in its range is the settings' own to check, NaN too.
            Written::Number(number) => Ok(Self::Number(number)),
            Written::Word(word) if word == "auto" => Ok(Self::Auto),
            Written::Word(word) => Err(format!("\"{word}\": it is a number or \"auto\"")),
        }
    }
}

impl From<OrAuto> for Written {
    fn from(choice: OrAuto) -> Self {
        match choice {
            OrAuto::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Self::Whole(number as i64),
            OrAuto::Number(number) => Self::Number(number),
            OrAuto::Auto => Self::Word("auto".to_owned()),
        }
    }
}
