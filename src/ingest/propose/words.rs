//! The words by which shops name columns.

use crate::ingest::layout::Role;

/// A name in lower-case words: `UserID`, `user_id` and `user-id` are all `user id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How well a column's name fits a role, 0 to 100.
pub(super) fn fit(name: &str, role: Role) -> u32 {
    let (whole, parts): (&[&str], &[&str]) = match role {
        Role::Time => (
            &["ts", "at", "when", "zeit", "datum", "dt", "fecha", "data"],
            &["time", "date", "created", "occurred", "zeitpunkt"],
        ),
        Role::User => (
            &["uid", "who", "cid", "cus", "cust", "email", "household", "cliente"],
            &[
                "user",
                "customer",
                "visitor",
                "client",
                "member",
                "shopper",
                "buyer",
                "kunde",
                "account",
                "distinctid",
                "pseudoid",
                "anonymousid",
            ],
        ),
        Role::Event => (&["type", "verb", "ereignis"], &["event", "action", "activity", "aktion", "interaction"]),
        Role::Item => (
            &["sku", "pid", "asin", "artikel", "movie", "track", "book", "song"],
            &["item", "product", "article", "artikel", "produkt", "stockcode", "goods", "movieid", "bookid"],
        ),
        Role::Transaction => (&["receipt"], &["transaction", "order", "invoice", "bestellung", "basketid"]),
        Role::Price => (
            &["cost", "paid", "dollars"],
            &["price", "amount", "value", "preis", "revenue", "betrag", "spend", "sales"],
        ),
        Role::Total => (
            &["revenue", "sales", "turnover", "umsatz", "sum", "gmv"],
            &["total", "amount", "betrag", "subtotal", "lineprice"],
        ),
        Role::Clock => (&["time", "clock", "hour", "uhrzeit", "heure", "hora"], &["timeofday"]),
        Role::Status => (&["status", "state"], &["status"]),
        Role::Quantity => (&["qty", "count", "menge", "anzahl", "units", "pieces"], &["quantity", "menge"]),
        Role::Session => (&["sid"], &["session", "sitzung"]),
        Role::Category | Role::CategoryId => (&["cat", "department"], &["category", "kategorie", "warengruppe"]),
    };
    let words = words(name);
    let joined = words.concat();
    let best = if words.len() == 1 && (whole.contains(&joined.as_str()) || parts.contains(&joined.as_str())) {
        100
    } else if words.iter().any(|word| whole.contains(&word.as_str()) || parts.contains(&word.as_str())) {
        80
    } else if parts.iter().any(|part| joined.contains(part)) {
        60
    } else {
        return 0;
    };
    let is_id = words.last().is_some_and(|last| ["id", "no", "nr", "key", "code", "number"].contains(&last.as_str()));
    match role {
        // `event_time` is a time and `user_session` a session: what a name ends in says what it is.
        Role::Event | Role::User | Role::Item
            if ["time", "date", "session", "category", "price", "name", "brand", "at"].iter().any(|other| {
                // `event_name` is the event.
                let own = *other == "name" && matches!(role, Role::Event);
                words.len() > 1 && !own && words.iter().any(|word| word == other)
            }) =>
        {
            20
        }
        Role::User | Role::Item | Role::Transaction if is_id => best.max(95),
        _ => best,
    }
}

/// Whether a name speaks of the money of all pieces of a row: always by some words, by others where a column of pieces
/// stands beside it.
pub(super) fn is_total(name: &str, has_quantity: bool) -> bool {
    let words = words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let of_one = any(&["unit", "price", "preis", "prix", "precio", "cost", "each"]);
    any(&["total", "subtotal", "linetotal", "totalprice", "revenue", "sales", "turnover", "umsatz", "sum", "gmv"])
        && !any(&["unit"])
        || (has_quantity && !of_one && any(&["amount", "betrag", "value", "spend", "paid"]))
}
