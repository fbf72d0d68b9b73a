//! Whether what was spent is with tax, as far as a column of taxes lets it be told.

use crate::ingest::amount::Amount;
use crate::ingest::append::EventDetails;
use crate::ingest::log::{EventKind, EventLog, NONE};
use crate::ingest::money::Money;

/// Orders from which on prices and totals tell whether tax is in the prices.
const TELLING: usize = 3;
/// Share of them that must agree.
const AGREE: f64 = 0.95;

/// What a reader should know of taxes; `None` where no row tells any. `orders` are the events of each order that has an id,
/// `of_orders` the amounts that are told once of each.
pub(super) fn note(
    log: &EventLog,
    details: &EventDetails,
    orders: &[Vec<usize>],
    of_orders: &[Amount],
) -> Option<String> {
    let told = |amount: Amount, event: usize| {
        details.amounts[amount as usize].get(event).filter(|told| !told.is_nan()).map(|told| Money::of(*told))
    };
    let of = |amount: Amount, order: &[usize]| {
        let mut each = order.iter().filter_map(|&event| told(amount, event));
        if of_orders.contains(&amount) { each.next().unwrap_or_default() } else { each.sum() }
    };
    let nothing = Money::default();
    let bought = |event: &usize| log.kind[*event] == EventKind::Transaction && log.transaction[*event] == NONE;
    let alone: Money = (0..log.len()).filter(bought).filter_map(|event| told(Amount::Tax, event)).sum();
    let mut taxes = alone;
    let (mut all, mut inside, mut on_top) = (0_usize, 0_usize, 0_usize);
    for order in orders {
        let (tax, total) = (of(Amount::Tax, order), of(Amount::Total, order));
        taxes += tax;
        let line = |&event: &usize| {
            let price = details.price.get(event).filter(|price| !price.is_nan())?;
            Some(Money::of(price * details.quantity.get(event).copied().unwrap_or(1.0)))
        };
        let Some(lines) = order.iter().map(line).collect::<Option<Vec<_>>>() else { continue };
        if tax == nothing || total == nothing {
            continue;
        }
        let mut goods = lines.into_iter().sum::<Money>() - of(Amount::Discount, order);
        goods += of(Amount::Shipping, order);
        all += 1;
        inside += usize::from(goods.is_about(total));
        goods += tax;
        on_top += usize::from(goods.is_about(total));
    }
    if taxes == nothing {
        return None;
    }
    let most = |agreeing: usize| all >= TELLING && agreeing as f64 >= all as f64 * AGREE;
    let sum = taxes.amount();
    Some(match () {
        () if most(inside) => format!("prices hold the tax, {sum:.2} in all: spend is with it"),
        () if most(on_top) => format!("the tax, {sum:.2} in all, comes on top of the prices: spend is without it"),
        () => format!("no column tells whether the tax, {sum:.2} in all, is in what was spent"),
    })
}
