//! Reading one part of a record without the rest depending on it.

use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;

/// Reads a part that can be read, and takes for absent one that cannot: the other parts of the record stand.
///
/// # Errors
/// None but those of the format itself.
pub(in crate::store) fn part<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    if value.is_null() {
        return Ok(T::default());
    }
    Ok(T::deserialize(value).unwrap_or_else(|error| {
        tracing::warn!(%error, kind = std::any::type_name::<T>(), "a part of a stage's record cannot be read");
        T::default()
    }))
}
