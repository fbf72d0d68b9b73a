//! Which column of one table may hold the key of another, by their names.

use crate::ingest::attribute_table::letters;
use crate::ingest::propose::words::words;

/// What a table calls its own key, of whatever it is.
const OWN: [&str; 9] = ["id", "key", "uuid", "guid", "nr", "no", "number", "code", "pk"];

/// Whether a column of one table may name the rows of another, `table`, by its column `key`: both are called alike
/// (`OrderID`, `order_id`), or the other table calls by itself what is named for it here (`product_id`, the `id` of
/// `products.csv`). The `id`s of two tables are those of different things.
pub(super) fn is_key_to(own: &str, table: &str, key: &str) -> bool {
    let (own_letters, key_letters) = (letters(own), letters(key));
    if own_letters.is_empty() || OWN.contains(&own_letters.as_str()) {
        return false;
    }
    if own_letters == key_letters {
        return true;
    }
    if !OWN.contains(&key_letters.as_str()) {
        return false;
    }
    let mut thing = words(own);
    if thing.len() > 1 && thing.last().is_some_and(|last| OWN.contains(&last.as_str())) {
        thing.pop();
    }
    let thing = thing.concat();
    let stem = table.rsplit('/').next().unwrap_or(table).split('.').next().unwrap_or_default();
    let called = words(stem);
    let plurals = [thing.clone(), format!("{thing}s"), format!("{thing}es"), format!("{thing}n"), format!("{thing}en")];
    let of_y = thing.strip_suffix('y').map(|thing| format!("{thing}ies"));
    called.iter().chain([&called.concat()]).any(|word| plurals.contains(word) || of_y.as_ref() == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_called_alike_in_both_tables_or_named_for_the_table() {
        for (own, table, key) in [
            ("OrderID", "orders.csv", "order_id"),
            ("product_id", "products.csv", "id"),
            ("category_id", "categories.parquet", "id"),
            ("customer", "shop/dim_customers.csv.gz", "key"),
            ("order_item_id", "order_items.csv", "id"),
            ("KundenNr", "Kunden.csv", "Nr"),
        ] {
            assert!(is_key_to(own, table, key), "{own} {table} {key}");
        }
        for (own, table, key) in [
            ("id", "customers.csv", "id"),
            ("product_id", "orders.csv", "id"),
            ("order_id", "orders.csv", "product_id"),
        ] {
            assert!(!is_key_to(own, table, key), "{own} {table} {key}");
        }
    }
}
