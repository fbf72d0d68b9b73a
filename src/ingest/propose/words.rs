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

/// The words that name a role by themselves, and those that do so within others too.
fn words_of(role: Role) -> (&'static [&'static str], &'static [&'static str]) {
    match role {
        Role::Time => (
            &["ts", "at", "when", "zeit", "datum", "dt", "fecha", "data"],
            &["time", "date", "created", "occurred", "zeitpunkt"],
        ),
        Role::User => (
            &[
                "uid",
                "who",
                "cid",
                "cus",
                "cust",
                "email",
                "mail",
                "household",
                "cliente",
                "cookie",
                "phone",
                "telefon",
            ],
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
                "patient",
                "player",
                "subscriber",
                "consumer",
                "patron",
                "email",
                "household",
                "distinctid",
                "pseudoid",
                "anonymousid",
                "profileid",
                "deviceid",
            ],
        ),
        Role::Event => (&["type", "verb", "ereignis"], &["event", "action", "activity", "aktion", "interaction"]),
        Role::Item => (
            &[
                "sku", "pid", "asin", "isbn", "ean", "gtin", "upc", "barcode", "artikel", "movie", "film", "track",
                "book", "song", "game", "hotel", "course", "recipe", "business", "listing", "variant",
            ],
            &[
                "item",
                "product",
                "article",
                "artikel",
                "produkt",
                "producto",
                "produit",
                "stockcode",
                "goods",
                "movieid",
                "bookid",
            ],
        ),
        Role::Transaction => (
            &["receipt", "basket", "ticket", "txn", "trans", "bon", "beleg", "rechnung", "commande", "pedido"],
            &["transaction", "order", "invoice", "bestellung", "basketid", "chargeid", "paymentid", "checkoutid"],
        ),
        Role::Price => (
            &["cost", "paid", "dollars", "usd", "eur", "euro", "euros", "gbp", "prix", "precio", "prezzo"],
            &["price", "amount", "value", "preis", "revenue", "betrag", "spend", "sales"],
        ),
        // Words that speak of money at once, which a rate or the day of a refund does not.
        Role::Discount => (&[], &["discountamount", "discounttotal", "orderdiscount", "cartdiscount", "rabattbetrag"]),
        Role::Refunded => (&[], &["refundedamount", "amountrefunded", "refundamount", "totalrefunded"]),
        Role::Shipping => (&["shipping", "freight", "postage", "versandkosten"], &["shippingcost", "ordershipping"]),
        Role::Tax => (&["taxes"], &["taxamount", "ordertax", "totaltax", "taxtotal", "linetax"]),
        Role::Updated => {
            (&["updated", "modified"], &["updatedat", "lastmodified", "modifiedat", "datemodified", "lastupdate"])
        }
        Role::Currency => (&["devise", "moneda"], &["currency", "währung", "waehrung"]),
        Role::Total => (
            &["revenue", "sales", "turnover", "umsatz", "sum", "gmv"],
            &["total", "amount", "betrag", "subtotal", "lineprice"],
        ),
        Role::Clock => (&["time", "clock", "hour", "uhrzeit", "heure", "hora"], &["timeofday"]),
        Role::Status => (&["status", "state"], &["status"]),
        Role::Quantity => (
            &["qty", "count", "menge", "anzahl", "units", "pieces", "pcs", "cantidad"],
            &["quantity", "menge", "quantite"],
        ),
        Role::Session => (&["sid"], &["session", "sitzung"]),
        Role::Category | Role::CategoryId => (&["cat", "department"], &["category", "kategorie", "warengruppe"]),
    }
}

/// How well a column's name fits a role, 0 to 100.
pub(super) fn fit(name: &str, role: Role) -> u32 {
    let (whole, parts) = words_of(role);
    let words = words(name);
    let joined = words.concat();
    if role == Role::User && SESSIONS.iter().any(|session| joined.contains(session)) {
        return 45;
    }
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
    let says = |others: &[&str]| words.len() > 1 && words.iter().any(|word| others.contains(&word.as_str()));
    match role {
        // What is planned, told later or of the person's own past is not when it was bought.
        Role::Time if says(&NOT_WHEN) => best / 2,
        // `order_date` and `order_total` tell of an order, and are not its number.
        Role::Transaction if says(&OF_AN_ORDER) => 20,
        // `event_time` is a time and `user_session` a session: what a name ends in says what it is.
        Role::Event | Role::User | Role::Item
            if OF_A_THING.iter().any(|other| {
                // `event_name` is the event.
                let own = matches!((*other, role), ("name" | "type", Role::Event));
                words.len() > 1 && !own && words.iter().any(|word| word == other)
            }) =>
        {
            20
        }
        // `order_item_id` counts the lines of an order.
        Role::Item if says(&["order"]) => 20,
        // Of `customer_id` and `customer_unique_id` the one that stays from order to order.
        Role::User if is_id && says(&["unique"]) => 96,
        // A customer's own number is better than what a browser, a mailbox or a household is known by.
        Role::User if stand_in(name).is_some() => best.min(80),
        Role::User | Role::Item | Role::Transaction if is_id => best.max(95),
        _ => best,
    }
}

/// Words of times that are not when something happened in the shop.
const NOT_WHEN: [&str; 16] = [
    "updated",
    "modified",
    "deleted",
    "cancelled",
    "shipped",
    "delivered",
    "delivery",
    "estimated",
    "expires",
    "expiry",
    "birth",
    "signup",
    "registered",
    "approved",
    "limit",
    "deadline",
];

/// Words of what is told about a customer, an item or an event beside who or what it is.
const OF_A_THING: [&str; 34] = [
    "time",
    "date",
    "session",
    "category",
    "price",
    "name",
    "brand",
    "at",
    "value",
    "status",
    "city",
    "zip",
    "age",
    "gender",
    "country",
    "state",
    "income",
    "size",
    "agent",
    "ip",
    "type",
    "segment",
    "since",
    "group",
    "tier",
    "address",
    "rating",
    "count",
    "score",
    "comment",
    "description",
    "title",
    "color",
    "weight",
];

/// How a visit is called.
const SESSIONS: [&str; 3] = ["session", "sitzung", "visitid"];

/// Words of an order's other columns.
const OF_AN_ORDER: [&str; 22] = [
    "time", "date", "at", "status", "state", "total", "amount", "value", "price", "type", "name", "email", "currency",
    "discount", "tax", "shipping", "qty", "quantity", "dow", "hour", "day", "days",
];

/// What a column of users is about that by its name knows no customers.
#[derive(Clone, Copy, Debug)]
pub(super) struct StandIn {
    /// What follows from counting by it.
    pub(super) words: &'static str,
    /// Whether a person has, as a rule, one of them alone.
    pub(super) one_each: bool,
}

/// What stands in for the customer in a column of this name: visits, browsers, households, addresses.
pub(super) fn stand_in(name: &str) -> Option<StandIn> {
    let joined = words(name).concat();
    let any = |known: &[&str]| known.iter().any(|word| joined.contains(word));
    let of = |words, one_each| Some(StandIn { words, one_each });
    if any(&SESSIONS) {
        of("each session counts as a user, so that nobody ever comes back", false)
    } else if any(&["cookie", "device", "clientid", "pseudo", "distinct", "anonymous", "fullvisitor"]) {
        of("it knows browsers or devices: a person with two of them counts as two", false)
    } else if any(&["household"]) {
        of("it knows households, not persons", false)
    } else if any(&["phone", "telefon"]) {
        of("customers are known by their number", true)
    } else if any(&["mail"]) {
        of("customers are known by their address", true)
    } else {
        None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_shops_trackers_and_public_logs_find_their_roles() {
        let cases = [
            (
                Role::User,
                "user_id customer client_id user_pseudo_id distinct_id household_key email Customer-E-Mail customerNumber",
            ),
            (Role::Item, "movieId sku product_id StockCode isbn game_id"),
            (Role::Price, "dollars price amount_usd preis"),
            (Role::Quantity, "units qty pieces quantity"),
            (Role::Transaction, "order_id InvoiceNo basket_id receipt"),
        ];
        for (role, names) in cases {
            for name in names.split(' ') {
                assert!(fit(name, role) >= 60, "{name} is a {}: {}", role.name(), fit(name, role));
            }
        }
        for (role, names) in [
            (Role::User, "customer_city client_ip user_agent user_name"),
            (Role::Transaction, "order_date order_total order_status"),
            (Role::Item, "product_name item_price"),
        ] {
            for name in names.split(' ') {
                assert!(fit(name, role) < 60, "{name} is no {}", role.name());
            }
        }
    }

    #[test]
    fn a_customers_number_goes_before_what_stands_in_for_one_and_a_session_comes_last() {
        let order = ["customer_id", "email", "session_id"].map(|name| fit(name, Role::User));
        assert!(order.is_sorted_by(|one, other| one > other), "{order:?}");
        assert!(["household_key", "client_id", "e-mail", "sessionid"].iter().all(|name| stand_in(name).is_some()));
        assert!(stand_in("customer_id").is_none());
        assert!(fit("updated_at", Role::Time) < fit("created_at", Role::Time));
        // Olist's orders and their items.
        assert!(fit("shipping_limit_date", Role::Time) < fit("order_purchase_timestamp", Role::Time).max(60));
        assert!(fit("order_item_id", Role::Item) < fit("product_id", Role::Item));
        assert!(fit("customer_id", Role::User) < fit("customer_unique_id", Role::User));
    }
}
