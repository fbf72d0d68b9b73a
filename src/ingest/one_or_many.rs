//! A setting that is a text or a list of texts.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Reads either.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    match OneOrMany::deserialize(from) {
        Ok(OneOrMany::One(one)) if one.is_empty() => Ok(Vec::new()),
        Ok(OneOrMany::One(one)) => Ok(vec![one]),
        Ok(OneOrMany::Many(many)) => Ok(many),
        Err(_) => Err(D::Error::custom("invalid type: expected a text or a list of texts")),
    }
}
