//! What the names of events mean: whole phrases of trackers, shops and languages.
//!
//! A phrase that is not known means nothing. Words inside other phrases are no evidence: `add_payment_info` is no
//! payment, and `cart_viewed` puts nothing into a cart.

use crate::ingest::layout::Meaning;
use crate::ingest::propose::words::words;

/// Words that say who, where or of what kind of thing, and nothing of what was done.
const ASIDE: [&str; 24] = [
    "product",
    "products",
    "item",
    "items",
    "the",
    "a",
    "an",
    "user",
    "customer",
    "web",
    "app",
    "mobile",
    "event",
    "ecommerce",
    "shop",
    "store",
    "to",
    "of",
    "on",
    "in",
    "fb",
    "pixel",
    "default",
    "track",
];

/// Phrases of views, as their words in alphabetical order.
const VIEWS: [&str; 36] = [
    "view",
    "views",
    "viewed",
    "content view",
    "detail",
    "details",
    "detail view",
    "detail viewed",
    "page view",
    "page viewed",
    "page",
    "pageview",
    "pv",
    "pdp",
    "pdp view",
    "pdp viewed",
    "click",
    "clicked",
    "clicks",
    "click detail",
    "visit",
    "visited",
    "see",
    "seen",
    "show",
    "shown",
    "listing view",
    "ansicht",
    "produktansicht",
    "vue",
    "consultation",
    "vista",
    "visualizacion",
    "weergave",
    "visning",
    "просмотр",
];

/// Phrases of the cart.
const CARTS: [&str; 40] = [
    "cart",
    "add",
    "added",
    "add cart",
    "added cart",
    "addtocart",
    "addedtocart",
    "cart in",
    "add basket",
    "added basket",
    "basket",
    "add bag",
    "added bag",
    "bag",
    "atc",
    "addcart",
    "cartadd",
    "addbasket",
    "addtobasket",
    "add trolley",
    "warenkorb",
    "den warenkorb",
    "gelegt warenkorb",
    "ajout panier",
    "ajouter panier",
    "ajout au panier",
    "panier",
    "carrito",
    "anadir carrito",
    "carrello",
    "aggiungi al carrello",
    "carrinho",
    "adicionar carrinho",
    "winkelwagen",
    "toevoegen winkelwagen",
    "koszyk",
    "do dodaj koszyka",
    "varukorg",
    "ekle sepete",
    "корзина",
];

/// Phrases of purchases, the surest first: of several that name the same orders the first is the purchase.
const PURCHASES: [&str; 56] = [
    "purchase",
    "purchased",
    "purchases",
    "transaction",
    "transactions",
    "buy",
    "bought",
    "completed order",
    "complete order",
    "checkout completed",
    "checkout complete",
    "complete purchase",
    "completed purchase",
    "purchase success",
    "buy success",
    "payment succeeded",
    "payment success",
    "completed payment",
    "charge succeeded",
    "order paid",
    "paid",
    "pay",
    "payment",
    "ordered",
    "order",
    "orders",
    "order placed",
    "order place",
    "confirmed order",
    "confirm order",
    "created order",
    "create order",
    "new order",
    "order submitted",
    "sale",
    "sales",
    "sold",
    "invoice",
    "invoice paid",
    "checkout success",
    "conversion",
    "kauf",
    "gekauft",
    "bestellung",
    "bestellt",
    "achat",
    "commande",
    "compra",
    "pedido",
    "acquisto",
    "ordine",
    "aankoop",
    "bestelling",
    "zakup",
    "kop",
    "покупка",
];

/// What an event's name means.
pub(super) fn meaning(name: &str) -> Meaning {
    let phrase = phrase(name);
    let known = |phrases: &[&str]| phrases.contains(&phrase.as_str());
    if known(&PURCHASES) {
        Meaning::Transaction
    } else if known(&CARTS) {
        Meaning::AddToCart
    } else if known(&VIEWS) {
        Meaning::View
    } else {
        Meaning::Ignore
    }
}

/// How sure a name is that of a purchase among others; the smaller, the surer. `None` for no purchase.
pub(super) fn purchase_rank(name: &str) -> Option<usize> {
    let phrase = phrase(name);
    PURCHASES.iter().position(|known| *known == phrase)
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
    let mut told: Vec<&str> = all.iter().map(String::as_str).filter(|word| !ASIDE.contains(word)).collect();
    told.sort_unstable();
    told.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events_are_known_as_whole_phrases() {
        let cases = [
            (Meaning::View, "view view_item ViewContent Product_Viewed page_view pv product-detail click ansicht"),
            (
                Meaning::AddToCart,
                "addtocart add_to_cart AddToCart Product_Added Added_to_Cart cart basket_add warenkorb",
            ),
            (
                Meaning::Transaction,
                "purchase Order_Completed order_placed Placed_Order buy checkout_completed ecommerce_purchase kauf",
            ),
            (
                Meaning::Ignore,
                "add_payment_info add_shipping_info begin_checkout view_cart Cart_Viewed Payment_Info_Entered Order_Updated \
                 order_cancelled order_refunded remove_from_cart add_to_wishlist Product_Removed checkout_started \
                 order_shipped purchase_failed view_item_list scroll fav POTATOES_RUSSET_BULK_BAG bag_of_rice",
            ),
        ];
        for (meant, names) in cases {
            for name in names.split_whitespace() {
                assert_eq!(meaning(name), meant, "{name}");
            }
        }
        assert!(purchase_rank("order_paid") < purchase_rank("order_placed"));
        assert!(speaks_of_buying("Order Updated") && !speaks_of_buying("scroll"));
    }
}
