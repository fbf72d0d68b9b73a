//! Money that rows tell beside the price of a piece: totals, discounts, refunds, shipping, of a line or of a whole order,
//! and their currency.
//!
//! What stands in each row of an order, or in one of its rows alone, is told once of the whole order; which it is, the
//! orders of several lines tell, once for the whole column.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::ingest::amount::Amount;
use crate::ingest::append::EventDetails;
use crate::ingest::label::{Label, Labels};
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::money::Money;
use crate::ingest::tax;

/// Orders of several items from which on their amounts tell whether they are of the order.
const TELLING: usize = 3;
/// Share of them that must agree.
const AGREE: f64 = 0.95;

/// The purchases of each order that has an id, by user.
fn orders(log: &EventLog) -> Vec<Vec<usize>> {
    let of_user = |user: u32| {
        let bought = log
            .events_of(user)
            .filter(|&event| log.kind[event] == EventKind::Transaction && log.transaction[event] != NONE);
        let mut bought: Vec<usize> = bought.collect();
        bought.sort_by_key(|&event| log.transaction[event]);
        let orders = bought.chunk_by(|&a, &b| log.transaction[a] == log.transaction[b]);
        orders.map(<[usize]>::to_vec).collect::<Vec<_>>()
    };
    (0..log.users.len() as u32).into_par_iter().flat_map_iter(of_user).collect()
}

/// Whether a column of amounts tells of whole orders: in nearly all orders of different items the rows that tell one tell
/// the same, and the amounts differ from order to order: where it is one amount, as of a coupon, some orders have none.
fn is_of_orders(column: &[f64], log: &EventLog, orders: &[Vec<usize>]) -> bool {
    let several = |order: &&Vec<usize>| {
        order.iter().any(|&event| log.item[event] != log.item[order[0]])
            && order.iter().any(|&event| column[event] > 0.0)
    };
    let is_some = |event: &usize| column[*event] > 0.0;
    let of_none = |order: &&Vec<usize>| order.len() > 1 && !order.iter().any(is_some);
    let (mut all, mut alike, mut seen) = (0_usize, 0_usize, Vec::new());
    for order in orders.iter().filter(several) {
        let mut told = order.iter().map(|&event| column[event]).filter(|amount| !amount.is_nan());
        let first = told.next().unwrap_or_default();
        all += 1;
        if told.all(|amount| amount.to_bits() == first.to_bits()) {
            alike += 1;
            if seen.len() < 2 && !seen.contains(&first.to_bits()) {
                seen.push(first.to_bits());
            }
        }
    }
    let differ = seen.len() == 2 || orders.iter().filter(of_none).count() >= TELLING;
    all >= TELLING && differ && alike as f64 >= all as f64 * AGREE
}

/// Whether the lines of nearly every order that tell an amount tell the same.
fn agree_in_orders(column: &[f64], orders: &[Vec<usize>]) -> bool {
    let alike = |order: &&Vec<usize>| {
        let mut told = order.iter().map(|&event| column[event]).filter(|amount| !amount.is_nan());
        let first = told.next().unwrap_or_default();
        told.all(|amount| amount.to_bits() == first.to_bits())
    };
    orders.iter().filter(alike).count() as f64 >= orders.len() as f64 * AGREE
}

/// What a log's money comes to.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Price of one piece of each event, NaN where unknown; empty where no row tells any money.
    pub(super) unit: Vec<f64>,
    /// What each event cost, net, negative for a return; as long as `unit`.
    pub(super) paid: Vec<f64>,
    /// The amounts that are of whole orders, and spread over their lines.
    pub(super) of_orders: Vec<Amount>,
    /// What a reader should know of taxes.
    pub(super) tax: Option<String>,
    /// Whether shipping was taken off totals of rows.
    pub(super) unshipped: bool,
}

impl Settled {
    /// Works out what each event cost: price times pieces, else the total; less what was taken off and paid back. What is
    /// of whole orders is spread over their lines by value, or by pieces where no price is known.
    ///
    /// Where no order has several lines, `holds_shipping` says that a row's total is its order's: what was taken off is
    /// gone from it, and shipping is part of it.
    pub(super) fn of(log: &EventLog, details: &EventDetails, holds_shipping: bool) -> Self {
        let column = |amount: Amount| &details.amounts[amount as usize];
        let is_told = |amount: &Amount| column(*amount).iter().any(|told| !told.is_nan());
        let told: Vec<Amount> = Amount::ALL.into_iter().filter(is_told).collect();
        if told.is_empty() && details.price.iter().all(|price| price.is_nan()) {
            return Self::default();
        }
        let orders = if told.is_empty() { Vec::new() } else { orders(log) };
        let is_of_orders = |amount: &Amount| is_of_orders(column(*amount), log, &orders);
        let (mut of_orders, mut of_lines): (Vec<Amount>, Vec<Amount>) = told.into_iter().partition(is_of_orders);
        // What is part of a whole order's total is of the whole order, also where each costs the same to send.
        let sent = column(Amount::Shipping);
        if of_orders.contains(&Amount::Total) && of_lines.contains(&Amount::Shipping) && agree_in_orders(sent, &orders)
        {
            of_lines.retain(|amount| *amount != Amount::Shipping);
            of_orders.push(Amount::Shipping);
        }
        let tax = tax::note(log, details, &orders, &of_orders);
        // Tax is told, and neither taken off nor spread.
        of_orders.retain(|amount| *amount != Amount::Tax);
        let pieces = |event: usize| details.quantity.get(event).copied().unwrap_or(1.0);
        let each = |paid: f64, event: usize| if pieces(event) == 0.0 { f64::NAN } else { paid / pieces(event) };
        let mut unit = if details.price.is_empty() { vec![f64::NAN; log.len()] } else { details.price.clone() };
        let single = orders.iter().all(|order| order.len() == 1) && !orders.is_empty();
        let order_totals = holds_shipping && single && of_lines.contains(&Amount::Total);
        let unshipped = order_totals && of_lines.contains(&Amount::Shipping);
        let total = |event: usize| {
            let sent = column(Amount::Shipping).get(event).filter(|sent| unshipped && !sent.is_nan());
            exact(column(Amount::Total)[event] - sent.copied().unwrap_or_default())
        };
        if of_lines.contains(&Amount::Total) {
            for (event, price) in unit.iter_mut().enumerate().filter(|(_, price)| price.is_nan()) {
                *price = each(total(event), event);
            }
        }
        let mut paid: Vec<f64> = unit.iter().enumerate().map(|(event, price)| exact(price * pieces(event))).collect();
        if of_lines.contains(&Amount::Total) {
            // A total is what was paid, however many pieces are told: a line of none can cost something.
            let by_piece = |event: usize| details.price.get(event).is_some_and(|price| !price.is_nan());
            for (event, paid) in paid.iter_mut().enumerate().filter(|(event, _)| !by_piece(*event)) {
                if !total(event).is_nan() {
                    *paid = total(event);
                }
            }
        }
        let off = [Amount::Discount, Amount::Refunded];
        for amount in off.into_iter().filter(|amount| of_lines.contains(amount)) {
            let gone = |event: usize| {
                order_totals
                    && amount == Amount::Discount
                    && details.price.get(event).is_none_or(|price| price.is_nan())
            };
            let rows = paid.iter_mut().zip(column(amount)).enumerate();
            for (_, (paid, off)) in rows.filter(|(event, (_, off))| !off.is_nan() && !gone(*event)) {
                *paid = exact(*paid - off.abs());
            }
        }
        if !of_orders.is_empty() {
            for order in &orders {
                let once = |amount: Amount| {
                    let column = of_orders.contains(&amount).then(|| column(amount))?;
                    let mut told = order.iter().map(|&event| column[event]).filter(|told| !told.is_nan());
                    told.next().map(|told| Money::of(told.abs()))
                };
                let of_lines: Vec<f64> = order.iter().map(|&event| paid[event]).collect();
                let total = once(Amount::Total).filter(|_| of_lines.iter().any(|paid| paid.is_nan()));
                let refunded = once(Amount::Refunded).unwrap_or_default();
                // What was taken off is gone from a total, and shipping is part of it.
                let (net, weights) = if let Some(total) = total {
                    let pieces = order.iter().map(|&event| pieces(event)).collect();
                    (total - once(Amount::Shipping).unwrap_or_default() - refunded, pieces)
                } else {
                    let goods: Money = of_lines.iter().map(|&paid| Money::of(paid)).sum();
                    (goods - once(Amount::Discount).unwrap_or_default() - refunded, of_lines)
                };
                for (&event, share) in order.iter().zip(net.shared(&weights)) {
                    if total.is_some() || !paid[event].is_nan() {
                        paid[event] = share.amount();
                    }
                    if total.is_some() {
                        unit[event] = each(paid[event], event);
                    }
                }
            }
        }
        for (paid, _) in paid.iter_mut().zip(&log.kind).filter(|(_, kind)| **kind == EventKind::Return) {
            *paid = -*paid;
        }
        Self { unit, paid, of_orders, tax, unshipped }
    }

    /// Puts all money into one currency by `rates`: what one unit of each is worth. Amounts of several currencies without
    /// rates cannot be added: no money is known then. Returns what a reader should know.
    pub(super) fn convert(
        &mut self,
        log: &EventLog,
        details: &EventDetails,
        rates: &BTreeMap<String, f64>,
    ) -> Option<String> {
        let Labels { codes: currency, texts: currencies } = &details.labels[Label::Currency as usize];
        if currency.is_empty() || self.paid.is_empty() {
            return None;
        }
        let name = |code: u32| currencies.get(code as usize).map_or(UNNAMED, |name| name);
        let mut count: BTreeMap<&str, u64> = BTreeMap::new();
        for (event, paid) in self.paid.iter().enumerate() {
            let counted = matches!(log.kind[event], EventKind::Transaction | EventKind::Return);
            if counted && !paid.is_nan() {
                *count.entry(name(currency[event])).or_default() += 1;
            }
        }
        let listed = count.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ");
        if rates.is_empty() {
            // Rows that name none go with the only one that is named.
            if count.keys().filter(|name| **name != UNNAMED).count() < 2 {
                return None;
            }
            let example = count.keys().find(|name| **name != UNNAMED).copied().unwrap_or_default();
            *self = Self::default();
            return Some(format!(
                "money is in several currencies ({listed}) and is not added up: spend and revenue are unknown; tell what one \
                 unit of each is worth, for instance ingest.rates = {{ {example} = 1.0 }}"
            ));
        }
        let rate_of =
            |name: &str| rates.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, rate)| *rate);
        let rate: Vec<f64> = currencies.iter().map(|name| rate_of(name).unwrap_or(f64::NAN)).collect();
        for (event, &code) in currency.iter().enumerate() {
            let rate = rate.get(code as usize).copied().unwrap_or(f64::NAN);
            self.paid[event] = exact(self.paid[event] * rate);
            self.unit[event] = exact(self.unit[event] * rate);
        }
        let lacking: Vec<&str> = count.keys().filter(|name| rate_of(name).is_none()).copied().collect();
        let unknown = if lacking.is_empty() { String::new() } else { format!("; unknown in {}", lacking.join(", ")) };
        Some(format!("money was converted by ingest.rates ({listed}){unknown}"))
    }
}

/// What a row without a currency is in.
const UNNAMED: &str = "no currency";

/// An amount without the noise of its multiplication; NaN stays.
fn exact(amount: f64) -> f64 {
    if amount.is_nan() { amount } else { Money::of(amount).amount() }
}
