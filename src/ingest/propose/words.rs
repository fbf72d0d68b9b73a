//! The words by which shops name columns and events.

use crate::ingest::layout::Meaning;
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
        Role::Time => {
            (&["ts", "at", "when", "zeit", "datum", "dt"], &["time", "date", "created", "occurred", "zeitpunkt"])
        }
        Role::User => (
            &["uid", "who", "cid"],
            &["user", "customer", "visitor", "client", "member", "shopper", "buyer", "kunde", "account"],
        ),
        Role::Event => (&["type", "verb", "ereignis"], &["event", "action", "activity", "aktion", "interaction"]),
        Role::Item => (
            &["sku", "pid", "asin", "artikel"],
            &["item", "product", "article", "artikel", "produkt", "stockcode", "goods"],
        ),
        Role::Transaction => (&["receipt"], &["transaction", "order", "invoice", "bestellung", "basketid"]),
        Role::Price => (&["cost"], &["price", "amount", "value", "preis", "revenue", "betrag"]),
        Role::Quantity => (&["qty", "count", "menge", "anzahl", "units"], &["quantity", "menge"]),
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
            if ["time", "date", "session", "category", "price", "name", "brand", "at"]
                .iter()
                .any(|other| words.len() > 1 && words.iter().any(|word| word == other)) =>
        {
            20
        }
        Role::User | Role::Item | Role::Transaction if is_id => best.max(95),
        _ => best,
    }
}

/// What an event's name means, by its words.
pub(super) fn meaning(name: &str) -> Meaning {
    let words = words(name);
    let joined = words.concat();
    let any = |parts: &[&str]| parts.iter().any(|part| joined.contains(part));
    let word = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let undone = ["remove", "delete", "refund", "return", "cancel", "wish", "fail", "abandon", "begin", "start"];
    if any(&undone) || joined == "viewcart" || joined == "cartview" {
        Meaning::Ignore
    } else if any(&["purchase", "transaction", "checkoutcomplete", "kauf", "bestell", "ordered"])
        || word(&["order", "buy", "bought", "sale", "sold", "paid", "payment"])
    {
        Meaning::Transaction
    } else if any(&["addtocart", "addcart", "cart", "basket", "warenkorb"]) || word(&["atc", "bag"]) {
        Meaning::AddToCart
    } else if any(&["view", "detail", "click", "ansicht"]) || word(&["visit", "seen", "show"]) {
        Meaning::View
    } else {
        Meaning::Ignore
    }
}
