//! Whether a total is what a whole order came to, its shipping included, where every order has one row and no order of
//! several lines can tell: the name of its column says so.

use crate::ingest::grammar::plain;
use crate::ingest::layout::{Layout, Role};

/// Words of what an order came to in all, as parts of a name.
const OF_ORDERS: [&str; 15] = [
    "total",
    "grand",
    "order",
    "paid",
    "charged",
    "gesamt",
    "bestell",
    "commande",
    "pedido",
    "ordine",
    "totaal",
    "toplam",
    "yhteensa",
    "razem",
    "итого",
];
/// Words of what its goods came to alone.
const OF_GOODS: [&str; 17] = [
    "sub",
    "line",
    "net",
    "goods",
    "item",
    "product",
    "merchandise",
    "zwischen",
    "waren",
    "position",
    "artikel",
    "sous",
    "ligne",
    "riga",
    "linea",
    "delsumma",
    "regel",
];

/// Whether a log's totals hold the shipping of their order, as far as names can say. A column without a name does: the
/// role is what an order's shipping is part of.
pub(super) fn holds_shipping(layout: &Layout) -> bool {
    let named = |name: &String| {
        let name: String = name.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).map(plain).collect();
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        name.chars().all(|letter| letter.is_ascii_digit()) || (says(&OF_ORDERS) && !says(&OF_GOODS))
    };
    layout.columns[Role::Total as usize].names.iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::layout::{LayoutName, layouts_named};

    #[test]
    fn names_say_whether_a_total_holds_the_shipping() {
        let said = |name: &str| {
            let mut layout = layouts_named(LayoutName::Custom).remove(0);
            layout.columns[Role::Total as usize].names = vec![name.to_owned()];
            holds_shipping(&layout)
        };
        for name in
            ["Grand Total", "Total", "order_total", "Order Amount", "amount_paid", "Gesamtbetrag", "total_paid", "6"]
        {
            assert!(said(name), "{name}");
        }
        for name in
            ["Subtotal", "line_total", "Net Total", "Zwischensumme", "N. Revenue", "amount", "Item total", "revenue"]
        {
            assert!(!said(name), "{name}");
        }
    }
}
