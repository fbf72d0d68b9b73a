//! Which list within a row holds the lines of an order.

/// What such a list is called, or a part of it.
const NAMES: [&str; 11] =
    ["item", "product", "line", "content", "article", "position", "sku", "goods", "basket", "cart", "purchase"];
/// What one of its columns is called, or a part of it.
const FIELDS: [&str; 6] = ["price", "sku", "quantity", "qty", "product", "item"];

/// Of lists of objects, by name and the names of their fields, the one that holds an order's lines: one that is named so,
/// else one whose fields are.
pub(in crate::ingest) fn order_lines<'a>(lists: impl Iterator<Item = (&'a str, Vec<&'a str>)>) -> Option<usize> {
    let holds = |name: &str, words: &[&str]| {
        let name = name.to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    };
    let judged = lists.enumerate().map(|(at, (name, fields))| {
        let told = fields.iter().filter(|field| holds(field, &FIELDS)).count();
        (usize::from(holds(name, &NAMES)) * 2 + usize::from(told > 1), told, at)
    });
    let best =
        judged.filter(|(named, ..)| *named > 0).max_by_key(|&(named, told, at)| (named, told, std::cmp::Reverse(at)));
    best.map(|(.., at)| at)
}

/// Whether objects with these fields are pairs of a key and a value; the key's field.
pub(in crate::ingest) fn key_of_pairs<'a>(fields: &[&'a str]) -> Option<&'a str> {
    let key = fields.iter().copied().find(|field| matches!(field.to_ascii_lowercase().as_str(), "key" | "name"))?;
    let values = fields.iter().filter(|field| **field != key);
    let mut values = values.map(|field| field.to_ascii_lowercase()).peekable();
    values.peek()?;
    values.all(|field| field == "value" || field.ends_with("_value")).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_an_orders_lines_is_found_by_its_name_or_its_fields() {
        let lists = [("tags", vec!["label"]), ("products", vec!["id"]), ("discounts", vec!["code", "amount"])];
        assert_eq!(order_lines(lists.into_iter()), Some(1));
        let lists = [("tags", vec!["label"]), ("rows", vec!["sku", "price"])];
        assert_eq!(order_lines(lists.into_iter()), Some(1));
        assert_eq!(order_lines([("tags", vec!["label"]), ("rows", vec!["price"])].into_iter()), None);
    }

    #[test]
    fn pairs_of_keys_and_values_are_told() {
        assert_eq!(key_of_pairs(&["key", "value"]), Some("key"));
        assert_eq!(key_of_pairs(&["name", "string_value", "int_value"]), Some("name"));
        assert_eq!(key_of_pairs(&["name", "price"]), None);
        assert_eq!(key_of_pairs(&["key"]), None);
    }
}
