//! An amount for each conversion, or a share of the order.

use serde::{Deserialize, Serialize};

/// What a conversion earns or costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Price {
    /// Not known; written `""`.
    #[default]
    Unset,
    /// This much for each conversion; written as a number.
    Each(f64),
    /// This share of the order, 0 to 1; written `"30%"`.
    Share(f64),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "it is an amount such as 2.5, or a share of the order such as \"30%\"")]
enum Written {
    Whole(i64),
    Number(f64),
    Word(String),
}

impl TryFrom<Written> for Price {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let refused = |word: &dyn std::fmt::Display| {
            Err(format!("{word}: it is an amount such as 2.5, or a share of the order such as \"30%\""))
        };
        let amount =
            |amount: f64| if amount.is_finite() && amount >= 0.0 { Ok(Self::Each(amount)) } else { refused(&amount) };
        let word = match written {
            Written::Whole(number) => return amount(number as f64),
            Written::Number(number) => return amount(number),
            Written::Word(word) => word,
        };
        let text = word.trim();
        if text.is_empty() {
            return Ok(Self::Unset);
        }
        match text.strip_suffix('%').map(str::trim_end) {
            Some(share) => match share.parse::<f64>() {
                Ok(share) if (0.0..=100.0).contains(&share) => Ok(Self::Share(share / 100.0)),
                _ => refused(&word),
            },
            None => text.parse().map_or_else(|_| refused(&word), amount),
        }
    }
}

impl std::str::FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Written::Word(text.to_owned()).try_into()
    }
}

impl From<Price> for Written {
    fn from(price: Price) -> Self {
        match price {
            Price::Unset => Self::Word(String::new()),
            Price::Each(amount) if amount.fract() == 0.0 && amount < 1e15 => Self::Whole(amount as i64),
            Price::Each(amount) => Self::Number(amount),
            Price::Share(share) => Self::Word(format!("{}%", share * 100.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn amounts_and_shares_read_and_print() {
        let read = |json: &str| serde_json::from_str::<Price>(json).map_err(|error| error.to_string());
        assert_eq!(read("2.5"), Ok(Price::Each(2.5)));
        assert_eq!(read("\"30%\""), Ok(Price::Share(0.3)));
        assert_eq!(read("\"\""), Ok(Price::Unset));
        for wrong in ["-1", "\"120%\"", "\"much\"", "\"-3\""] {
            assert!(read(wrong).unwrap_err().contains("\"30%\""), "{wrong}");
        }
        for price in [Price::Unset, Price::Each(2.0), Price::Each(0.5), Price::Share(0.25)] {
            assert_eq!(read(&serde_json::to_string(&price).unwrap()), Ok(price));
        }
    }
}
