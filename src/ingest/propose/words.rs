//! What the words of a column's name say of it.

use crate::ingest::grammar::plain;
use crate::ingest::layout::{MoneyUnit, Role};
use crate::ingest::propose::vocabulary::{
    COUNTS, COUNTS_OR_COSTS, HEADS, IDS, IDS_BEFORE, NO_AMOUNT, NO_MONEY, NOT_BOUGHT, NOT_PAID, NOT_WHEN,
    NUMBERS_SOMETHING, OF_A_LIFE, OF_A_THING, OF_AN_ORDER, SESSIONS, SHORT_HEADS, vocabulary,
};

/// A name in lower-case words without accents: `UserID`, `user_id` and `user-id` are all `user id`.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map_or(' ', |at| letters[at]);
        let followed = |by: usize| letters.get(at + by).is_some_and(|letter| letter.is_lowercase());
        // `UserID` and `IDClient` are two words each.
        let begins =
            letter.is_uppercase() && (before.is_lowercase() || before.is_uppercase() && followed(1) && followed(2));
        if !letter.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase().map(plain));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words of a column's name, compounds parted: `Bestelldatum` is `bestell datum`, `kundnr` is `kund nr`.
fn parted(name: &str) -> Vec<String> {
    let mut parted = Vec::new();
    for word in words(name) {
        let split = before(&word, HEADS)
            .or_else(|| before(&word, SHORT_HEADS).filter(|(rest, _)| is_somebody_or_something(rest)));
        match split {
            Some((rest, head)) => parted.extend([rest.to_owned(), head.to_owned()]),
            None => parted.push(word),
        }
    }
    parted
}

/// A compound in two: what stands before the longest of these heads, and the head.
fn before<'a>(word: &'a str, heads: &'static str) -> Option<(&'a str, &'static str)> {
    let splits = heads.split_ascii_whitespace().filter_map(|head| word.strip_suffix(head).map(|rest| (rest, head)));
    splits.max_by_key(|(_, head)| head.len()).filter(|(rest, _)| rest.chars().count() > 2)
}

fn holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Letters from which on a word says within another what it says by itself.
const LONG: usize = 12;

/// Whether a word by itself names what ids are of.
fn is_somebody_or_something(word: &str) -> bool {
    [Role::User, Role::Item, Role::Transaction, Role::Session, Role::Category].into_iter().any(|role| names(role, word))
}

/// Whether a word is one of a role's: as it is, in the plural, or as compounds begin with it.
fn names(role: Role, word: &str) -> bool {
    let known = vocabulary(role);
    let is_one = |word: &str| holds(known.whole, word) || holds(known.parts, word);
    is_one(word) || word.strip_suffix('s').is_some_and(is_one)
}

/// How well a column's name fits a role, 0 to 100.
pub(super) fn fit(name: &str, role: Role) -> u32 {
    let known = vocabulary(role);
    let words = parted(name);
    let joined = words.concat();
    if role == Role::User && holds_any_of(SESSIONS, &joined) {
        return 45;
    }
    // What is called a type is one of events only where its values are.
    if role == Role::Event && joined == "type" {
        return 55;
    }
    let best = if holds(known.whole, &joined) || holds(known.parts, &joined) {
        100
    } else if words.iter().any(|word| names(role, word))
        || known.parts.split_ascii_whitespace().any(|part| part.len() >= LONG && joined.contains(part))
    {
        80
    } else if holds_any_of(known.parts, &joined) {
        60
    } else {
        return 0;
    };
    let ends = words.last().is_some_and(|last| holds(IDS, last));
    let begins = words.first().is_some_and(|first| holds(IDS_BEFORE, first)) && !words.iter().any(|word| word == "of");
    let is_id = words.len() > 1 && (ends || begins);
    let says = |others: &str| words.len() > 1 && words.iter().any(|word| holds(others, word));
    match role {
        Role::Time if says(OF_A_LIFE) => 20,
        // What is planned, told later or of the person's own past is not when it was bought.
        Role::Time if says(NOT_WHEN) => best / 2,
        // `order_date` and `order_total` tell of an order, and are not its number.
        Role::Transaction if says(OF_AN_ORDER) => 20,
        // `event_time` is a time and `user_session` a session: what a name ends in says what it is. `event_name` is the
        // event.
        Role::Event
            if words.len() > 1
                && words.iter().any(|word| holds(OF_A_THING, word) && !["name", "type"].contains(&word.as_str())) =>
        {
            20
        }
        // How many there were and what they cost is nothing that was bought.
        Role::Item if words.last().is_some_and(|last| words.len() > 1 && holds(COUNTS_OR_COSTS, last)) => 0,
        Role::User | Role::Item if says(OF_A_THING) => 20,
        // `order_item_id` counts the lines of an order.
        Role::Item if says("order line lineitem") && is_id => 20,
        // Of `customer_id` and `customer_unique_id` the one that stays from order to order.
        Role::User if is_id && says("unique") => 96,
        // A customer's own number is better than what a browser, a mailbox or a household is known by.
        Role::User if stand_in(name).is_some() => best.min(80),
        Role::User | Role::Item | Role::Transaction if is_id => best.max(95),
        Role::Price | Role::Total if is_no_amount(&words) => 20,
        // What it costs the shop, or would cost anybody else, goes behind what was paid.
        Role::Price if says(NOT_PAID) => best - 15,
        Role::Total if says("gross brutto") => best - 15,
        // Of an amount and what the shop's bank made of it, the second adds up.
        Role::Price | Role::Total | Role::Refunded | Role::Currency if says("converted") => best + 25,
        // What the payment provider pays is no tax of an order.
        Role::Tax if says("fee fees") => 20,
        Role::Quantity if says(NOT_BOUGHT) => 20,
        // `orders_count` counts what a customer has done, `items_count` the lines of an order.
        Role::Quantity
            if says(
                "items products articles lines order orders visit visits session sessions customer user event events review reviews",
            ) && says("count number") =>
        {
            20
        }
        // Rates, places and kinds are no money.
        Role::Discount | Role::Refunded | Role::Shipping | Role::Tax if says(NO_MONEY) => 20,
        // Whether it was sent does not say whether it was bought, which whoever was paid knows.
        Role::Status
            if says(
                "fulfillment fulfilment shipping shipment delivery item lineitem product review ticket account customer user lager",
            ) =>
        {
            20
        }
        Role::Status if says("payment financial order bestell commande pedido ordine tilaus siparis zamowienia") => 95,
        _ => best,
    }
}

/// Whether a name of several words says that its numbers are no amounts of money: `Sales Record Number`, `total_items`.
fn is_no_amount(words: &[String]) -> bool {
    words.len() > 1
        && (words.iter().any(|word| holds(NO_AMOUNT, word)) || words.last().is_some_and(|last| holds(COUNTS, last)))
}

/// Whether a name tells when a person was born.
pub(super) fn is_of_a_life(name: &str) -> bool {
    words(name).iter().any(|word| holds(OF_A_LIFE, word))
}

/// Whether a name says by how much, or by what share, prices are lowered.
pub(super) fn lowers_prices(name: &str) -> bool {
    let words = words(name);
    let any = |list: &str| words.iter().any(|word| holds(list, word));
    any("discount rabatt remise descuento sconto desconto korting rabat alennus indirim")
        && !any("code id name type reason title label")
}

/// Whether a joined name holds any of these words.
fn holds_any_of(list: &str, joined: &str) -> bool {
    list.split_ascii_whitespace().any(|known| joined.contains(known))
}

/// Whether a name may number orders where the rows say so, and says nothing else.
pub(super) fn numbers_something(name: &str) -> bool {
    words(name).iter().all(|word| holds(NUMBERS_SOMETHING, word))
}

/// Whether a name says that it tells of a person, a place or a thing, and is no number of an order.
pub(super) fn tells_of_a_thing(name: &str) -> bool {
    let words = parted(name);
    let mut others = words.iter().filter(|word| !holds(NUMBERS_SOMETHING, word));
    others.any(|word| holds(OF_A_THING, word)) || fit(name, Role::User) > 0 || fit(name, Role::Item) > 0
}

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
    if holds_any_of(SESSIONS, &joined) {
        of("each session counts as a user, so that nobody ever comes back", false)
    } else if knows_browsers(name) {
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

/// Whether a column of this name knows browsers or devices, and not who sits before them.
pub(super) fn knows_browsers(name: &str) -> bool {
    let joined = words(name).concat();
    ["cookie", "device", "clientid", "pseudo", "distinct", "anonymous", "fullvisitor", "visid"]
        .iter()
        .any(|word| joined.contains(word))
}

/// Whether a column of amounts is named for the one currency that they are in, such as `amount_usd`.
pub(super) fn in_one_currency(name: &str) -> bool {
    const CODES: &str =
        "usd eur gbp chf jpy cad aud nzd sek nok dkk pln czk huf ron brl mxn inr cny krw try zar sgd hkd";
    let words = words(name);
    words.len() > 1 && words.last().is_some_and(|last| holds(CODES, last))
}

/// Whether a name speaks of the money of all pieces of a row: always by some words, by others where a column of pieces
/// stands beside it.
pub(super) fn is_total(name: &str, has_quantity: bool) -> bool {
    let words = words(name);
    if is_no_amount(&words) {
        return false;
    }
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let of_one = any(&["unit", "price", "preis", "prix", "precio", "cost", "each"]);
    any(&[
        "total",
        "subtotal",
        "linetotal",
        "totalprice",
        "revenue",
        "sales",
        "turnover",
        "umsatz",
        "sum",
        "gmv",
        "gross",
        "brutto",
        "summe",
        "gesamt",
        "gesamtbetrag",
        "gesamtsumme",
        "bestellsumme",
        "rechnungsbetrag",
        "endbetrag",
        "totale",
        "totaal",
        "totalt",
        "ukupno",
        "razem",
        "celkem",
        "итого",
        "小計",
        "合計",
        "合計金額",
        "합계",
        "결제금액",
        "合计",
        "总价",
        "总额",
        "总金额",
    ]) && !any(&["unit"])
        || (has_quantity
            && !of_one
            && any(&[
                "amount", "betrag", "value", "spend", "paid", "dollars", "dollar", "euros", "euro", "pounds", "金額",
                "금액", "金额",
            ]))
}

/// What a name of a column of money says that its numbers count.
pub(super) fn money_unit(name: &str) -> MoneyUnit {
    let words = words(name);
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if any(&["micros", "micro"]) {
        MoneyUnit::Micros
    } else if any(&["cents", "cent", "pence", "minor", "centavos", "centimes", "subunits"]) {
        MoneyUnit::Cents
    } else {
        MoneyUnit::Whole
    }
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
            (Role::Item, "product_name item_price Lineitem-quantity product_qty Artikelmenge"),
            (Role::Quantity, "qty_in_stock pieces_per_pack product_photos_qty page_count nombre_enfants items_count"),
            (Role::Total, "SalesOrderNo sales_channel_id gross_weight total_items Sales-Record-Number"),
            (Role::Price, "SalesOrderNo price_list_id"),
            (Role::Time, "birth_date exported_at review_creation_date"),
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
        for (paid, other) in
            [("unit_price", "unit_cost"), ("sale_price", "list_price"), ("price_paid", "original_price")]
        {
            assert!(fit(other, Role::Price) < fit(paid, Role::Price), "{other} is not {paid}");
        }
        assert!(fit("Gross Sales", Role::Total) < fit("Net Sales", Role::Total));
    }
}
