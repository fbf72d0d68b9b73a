//! What the names of events mean: whole phrases of trackers, shops and languages.
//!
//! A phrase that is not known means nothing. Words inside other phrases are no evidence: `add_payment_info` is no
//! payment, and `cart_viewed` puts nothing into a cart.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use crate::files::file_name;
use crate::ingest::layout::Meaning;
use crate::ingest::propose::phrases::{
    ASIDE, BESIDE_CHANNEL, CARTS, CHANNELS, CLICKED, OF_MESSAGES, OPT_OUTS, PURCHASES, RETURNS, SENT, STEPS, VIEWS,
    VISITS,
};
use crate::ingest::propose::words::words;

/// Each phrase's meaning and its place among those of the same meaning.
static PHRASES: LazyLock<HashMap<String, (Meaning, usize)>> = LazyLock::new(|| {
    let all = [
        (Meaning::Transaction, PURCHASES),
        (Meaning::AddToCart, CARTS),
        (Meaning::View, VIEWS),
        (Meaning::Visit, VISITS),
        (Meaning::Return, RETURNS),
        (Meaning::OptOut, OPT_OUTS),
    ];
    let mut phrases = HashMap::new();
    for (meaning, names) in all {
        for (rank, name) in names.split(',').enumerate() {
            phrases.entry(phrase(name)).or_insert((meaning, rank));
        }
    }
    phrases.remove("");
    phrases
});

/// What an event's name means by itself.
pub(super) fn meaning(name: &str) -> Meaning {
    if let Some(meaning) = of_a_message(name) {
        return meaning;
    }
    PHRASES.get(&phrase(name)).map_or(Meaning::Ignore, |(meaning, _)| *meaning)
}

/// What the rows of a file are by its name: `product_views-2024-03.csv.gz` holds views.
pub(super) fn meaning_of_file(path: &Path) -> Meaning {
    meaning(&letters_of_name(path))
}

/// A file's name without its endings and numbers: alike in files that hold parts of one log.
pub(super) fn letters_of_name(path: &Path) -> String {
    let name = file_name(path);
    let stem = name.split('.').next().unwrap_or_default();
    let letters = |letter: char| if letter.is_alphabetic() { letter } else { ' ' };
    let letters: String = stem.chars().map(letters).collect();
    letters.split_whitespace().filter(|word| *word != "part").collect::<Vec<_>>().join(" ")
}

/// What each of the names of a log means beside the others, and whether that is sure. Of several that name the same
/// purchase, return or message the surest is it: a log tells of an order when it is placed, when it is paid and when it is
/// done. In a log of messages alone, `click` answers one.
pub(super) fn meanings<'a>(names: impl Iterator<Item = &'a str> + Clone) -> BTreeMap<&'a str, (Meaning, bool)> {
    let of_messages = names.clone().any(|name| holds(OF_MESSAGES, &words(name).concat()));
    let bare = |name: &str| {
        let words = words(name);
        match words.as_slice() {
            [one] if of_messages && holds(CLICKED, one) => Meaning::Response,
            [one] if of_messages && holds(SENT, one) => Meaning::Contact,
            _ => meaning(name),
        }
    };
    let mut surest: HashMap<(&str, String), usize> = HashMap::new();
    for name in names.clone() {
        if let Some(rank) = rank(name, bare(name)) {
            let known = surest.entry((bare(name).name(), channel(name, bare(name)))).or_insert(rank);
            *known = rank.min(*known);
        }
    }
    let told = |name: &'a str| {
        let meant = bare(name);
        let kept = rank(name, meant)
            .is_none_or(|rank| surest.get(&(meant.name(), channel(name, meant))).is_none_or(|surest| *surest == rank));
        (name, (if kept { meant } else { Meaning::Ignore }, kept))
    };
    names.map(told).collect()
}

/// Data sets that write numbers for events: the column, as its words are, the numbers and what they mean.
const CODES: [(&str, &[(&str, Meaning)]); 4] = {
    use Meaning::{AddToCart, Ignore, Transaction, View};
    // Alibaba's behaviours: looked at, kept for later, put into the cart, bought.
    const ALIBABA: &[(&str, Meaning)] = &[("1", View), ("2", Ignore), ("3", AddToCart), ("4", Transaction)];
    [
        ("behaviortype", ALIBABA),
        ("behaviourtype", ALIBABA),
        // Tmall's actions: looked at, put into the cart, bought, kept for later.
        ("actiontype", &[("0", View), ("1", AddToCart), ("2", Transaction), ("3", Ignore)]),
        // JD's: looked at, into the cart, out of the cart, bought, followed, clicked on.
        ("type", &[("1", View), ("2", AddToCart), ("3", Ignore), ("4", Transaction), ("5", Ignore), ("6", Ignore)]),
    ]
};

/// Columns that say of each row whether it was a purchase.
const FLAGS: &str = "ispurchase purchase purchased waspurchased haspurchased bought wasbought isbought converted isconversion \
    conversion isorder ordered isordered buy isbuy gekauft achete comprado acquistato";

/// How such a flag is written, and what the row is then.
const FLAG: &[(&str, Meaning)] = {
    use Meaning::{Transaction, View};
    &[
        ("0", View),
        ("1", Transaction),
        ("0.0", View),
        ("1.0", Transaction),
        ("false", View),
        ("true", Transaction),
        ("False", View),
        ("True", Transaction),
        ("FALSE", View),
        ("TRUE", Transaction),
        ("no", View),
        ("yes", Transaction),
        ("No", View),
        ("Yes", Transaction),
        ("N", View),
        ("Y", Transaction),
        ("n", View),
        ("y", Transaction),
        ("f", View),
        ("t", Transaction),
    ]
};

/// Whether a column says of each row whether it was a purchase.
pub(super) fn is_flag(column: &str, values: &BTreeMap<String, u64>) -> bool {
    holds(FLAGS, &words(column).concat())
        && values.len() == 2
        && values.keys().all(|value| FLAG.iter().any(|(known, _)| known == value))
}

/// What the numbers of a column mean where a known data set writes such for events, or where they
/// say whether a row was a purchase; `None` for any other column.
pub(super) fn coded(column: &str, values: &BTreeMap<String, u64>) -> Option<&'static [(&'static str, Meaning)]> {
    if is_flag(column, values) {
        return Some(FLAG);
    }
    let joined = words(column).concat();
    let (_, codes) = CODES.into_iter().find(|(name, _)| *name == joined)?;
    let all = values.keys().all(|value| codes.iter().any(|(code, _)| code == value));
    // Any other column of such a name has a few small numbers too, but hardly as many of them, and its own.
    let enough = values.len() + usize::from(joined != "type") >= codes.len();
    (all && enough).then_some(codes)
}

/// How sure a name is of that meaning among others; the smaller, the surer. `None` where names say no more of the same.
fn rank(name: &str, meant: Meaning) -> Option<usize> {
    match meant {
        Meaning::Transaction | Meaning::Return => PHRASES.get(&phrase(name)).map(|(_, rank)| *rank),
        Meaning::Contact => words(name).iter().filter_map(|word| place(SENT, word)).min(),
        _ => None,
    }
}

/// By which way a message went; nothing for what is no message.
fn channel(name: &str, meant: Meaning) -> String {
    let of_message = meant == Meaning::Contact;
    words(name).into_iter().find(|word| of_message && holds(CHANNELS, word)).unwrap_or_default()
}

/// What a name says that speaks of a message by its channel and of what was done with it, and of nothing else.
fn of_a_message(name: &str) -> Option<Meaning> {
    let words = words(name);
    let named = words.iter().any(|word| holds(CHANNELS, word));
    let mut rest =
        words.iter().filter(|word| !holds(CHANNELS, word) && !holds(BESIDE_CHANNEL, word) && !holds(ASIDE, word));
    let done = rest.next().filter(|_| named)?;
    if rest.next().is_some() {
        return None;
    }
    if holds(CLICKED, done) {
        Some(Meaning::Response)
    } else if holds(SENT, done) {
        Some(Meaning::Contact)
    } else {
        ["unsubscribe", "unsubscribed", "unsub", "optout"].contains(&done.as_str()).then_some(Meaning::OptOut)
    }
}

/// What Google Analytics 4 and Firebase send by themselves, whatever a shop does: the first four are known by these alone.
const AUTOMATIC: [&str; 16] = [
    "session_start",
    "first_visit",
    "user_engagement",
    "first_open",
    "scroll",
    "click",
    "file_download",
    "video_start",
    "video_progress",
    "video_complete",
    "form_start",
    "form_submit",
    "view_search_results",
    "app_update",
    "os_update",
    "screen_view",
];

/// Whether an event is one of those that GA4 sends by itself, in a log that holds `others` of GA4's.
pub(super) fn is_automatic<'a>(name: &str, mut others: impl Iterator<Item = &'a str>) -> bool {
    AUTOMATIC.contains(&name) && others.any(|other| AUTOMATIC[..4].contains(&other))
}

/// Whether a name tells what became of an order that was bought before.
pub(super) fn is_step(name: &str) -> bool {
    let phrase = phrase(name);
    STEPS.split(',').any(|step| self::phrase(step) == phrase)
}

/// Whether a name speaks of buying, whatever it means.
pub(in crate::ingest) fn speaks_of_buying(name: &str) -> bool {
    let words = words(name);
    let buying =
        ["purchase", "purchased", "order", "buy", "bought", "sale", "checkout", "payment", "kauf", "bestellung"];
    words.iter().any(|word| buying.contains(&word.as_str()))
}

/// The words of a name that tell what was done, in alphabetical order.
fn phrase(name: &str) -> String {
    let all = words(name);
    let mut told: Vec<&str> = all.iter().map(String::as_str).filter(|word| !holds(ASIDE, word)).collect();
    told.sort_unstable();
    told.join(" ")
}

fn holds(list: &str, word: &str) -> bool {
    place(list, word).is_some()
}

fn place(list: &str, word: &str) -> Option<usize> {
    list.split_ascii_whitespace().position(|known| known == word)
}

#[cfg(test)]
mod tests {
    use Meaning::{Contact, Ignore, OptOut, Response, Return, Transaction, View};

    use super::*;

    #[test]
    fn names_of_events_are_known_as_whole_phrases() {
        let cases = [
            (Meaning::View, "view view_item ViewContent Product_Viewed page_view pv product-detail click ansicht"),
            (
                Meaning::AddToCart,
                "addtocart add_to_cart AddToCart Product_Added Added_to_Cart cart basket_add warenkorb \
                 commerce.productListAdds scAdd product_added_to_cart Dodano_do_koszyka Añadido_al_carrito \
                 Aggiunta_al_carrello Mise_au_panier Добавлено_в_корзину Lagt_i_varukorgen",
            ),
            (
                Meaning::Transaction,
                "purchase Order_Completed order_placed Placed_Order buy checkout_completed ecommerce_purchase kauf køb \
                 offsite_conversion.fb_pixel_purchase commerce.purchases Satın_alma orders/paid \
                 Bestellung_bezahlt Commande_payée Compra_finalizada Ordine_pagato Zamówienie_opłacone Заказ_оплачен",
            ),
            (
                Meaning::Return,
                "refund Order_Refunded Refunded_Order order_cancelled refunds/create Rückgabe iade возврат",
            ),
            (Meaning::Contact, "Received_Email Email_Delivered users.messages.email.Send push_sent SMS_Sent"),
            (Meaning::Response, "Clicked_Email Email_Link_Clicked users.messages.email.Click Push_Notification_Tapped"),
            (
                Meaning::OptOut,
                "Unsubscribed unsubscribe Unsubscribed_from_Email_Marketing users.messages.email.Unsubscribe",
            ),
            (Meaning::Visit, "screen_view Application_Opened Active_on_Site category_viewed visit"),
            (
                Meaning::Ignore,
                "add_payment_info add_shipping_info begin_checkout view_cart Cart_Viewed Payment_Info_Entered Order_Updated \
                 remove_from_cart add_to_wishlist Product_Removed checkout_started Opened_Email Email_Bounced email_opened \
                 order_shipped purchase_failed view_item_list scroll fav POTATOES_RUSSET_BULK_BAG bag_of_rice \
                 refund_requested delivered sent order_delivered",
            ),
        ];
        for (meant, names) in cases {
            for name in names.split_whitespace() {
                assert_eq!(meaning(name), meant, "{name}");
            }
        }
        assert!(speaks_of_buying("Order Updated") && !speaks_of_buying("scroll"));
    }

    #[test]
    fn of_names_for_the_same_thing_the_surest_is_it() {
        let of = |names: &'static [&'static str]| {
            let meant = meanings(names.iter().copied());
            names.iter().map(|name| meant[name].0).collect::<Vec<_>>()
        };
        assert_eq!(of(&["order_placed", "order_paid", "view"]), [Ignore, Transaction, View]);
        assert_eq!(of(&["Order Cancelled", "Order Refunded"]), [Ignore, Return]);
        assert_eq!(
            of(&["Email Sent", "Email Delivered", "SMS Delivered", "Email Opened"]),
            [Contact, Ignore, Contact, Ignore]
        );
        // A mailing service's own log names no channel.
        assert_eq!(
            of(&["delivered", "open", "click", "bounce", "unsubscribe"]),
            [Contact, Ignore, Response, Ignore, OptOut]
        );
        assert_eq!(of(&["click", "buy"]), [View, Transaction]);
    }
}
