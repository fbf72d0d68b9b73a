//! Parts of texts, as other databases count their letters.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, LargeStringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{DataFusionError, Result};

/// So many letters of a text from one on. The first letter is 1; a negative number counts from the end, and so many letters
/// less than none are those before it.
pub(super) fn part(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let kind = columns[0].data_type();
    if !matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null) {
        return Err(DataFusionError::Plan(format!(
            "substr() takes text, not {kind}; cast(… as varchar) makes text of it"
        )));
    }
    let whole = |column: &ArrayRef| cast(column, &DataType::Int64);
    let (texts, first, count) = (cast(&columns[0], &DataType::LargeUtf8)?, whole(&columns[1])?, whole(&columns[2])?);
    let (first, count) = (first.as_primitive::<Int64Type>(), count.as_primitive::<Int64Type>());
    let rows = texts.as_string::<i64>().iter().zip(first).zip(count);
    let parts: LargeStringArray = rows.map(|((text, first), count)| Some(letters(text?, first?, count?))).collect();
    Ok(cast(&(Arc::new(parts) as ArrayRef), kind)?)
}

/// As `DuckDB` counts: before the first letter stand others, of which the text has none.
fn letters(text: &str, first: i64, count: i64) -> &str {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let from = if first > 0 { first - 1 } else { first.saturating_add(if first == 0 { -1 } else { length }) };
    let to = from.saturating_add(count);
    let (from, to) = (from.min(to).max(0), from.max(to).max(0));
    let place = |letter: i64| {
        let letter = usize::try_from(letter).unwrap_or(usize::MAX);
        text.char_indices().nth(letter).map_or(text.len(), |(at, _)| at)
    };
    &text[place(from)..place(to)]
}

#[cfg(test)]
mod tests {
    use super::letters;

    /// What `DuckDB` answers to `substr('größe', first, count)`.
    #[test]
    fn letters_are_counted_as_elsewhere() {
        for (first, count, part) in [
            (1, 2, "gr"),
            (2, i64::MAX, "röße"),
            (-2, i64::MAX, "ße"),
            (-3, 2, "öß"),
            (-9, 2, ""),
            (-9, i64::MAX, "größe"),
            (-1, -2, "öß"),
            (0, 2, "g"),
            (0, i64::MAX, "größe"),
            (3, 0, ""),
            (3, -2, "gr"),
            (9, 2, ""),
        ] {
            assert_eq!(letters("größe", first, count), part, "{first} {count}");
        }
    }
}
