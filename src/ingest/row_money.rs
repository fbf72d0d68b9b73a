//! The numbers of a row that are money, or pieces.

use crate::ingest::details::Details;
use crate::ingest::layout::{Layout, Role};
use crate::ingest::log::EventKind;
use crate::ingest::quarantine::Reason;

/// The roles of [`Amount`](crate::ingest::amount::Amount), in its order.
const AMOUNTS: [Role; 5] = [Role::Total, Role::Discount, Role::Refunded, Role::Shipping, Role::Tax];

/// The money of a row: each `None` where its cell is no number, NaN where it is empty.
pub(super) struct RowMoney<T> {
    price: T,
    /// 1 where the cell is empty.
    quantity: T,
    amounts: [T; AMOUNTS.len()],
}

impl RowMoney<Option<f64>> {
    pub(super) fn of<'a>(layout: &Layout, cell: impl Fn(Role) -> &'a str) -> Self {
        let number = |role: Role, none: f64| match cell(role) {
            "" => Some(none),
            text => layout.numbers.parse(text),
        };
        let per_whole = layout.money_unit.per_whole();
        let money = |role: Role| number(role, f64::NAN).map(|amount| amount / per_whole);
        Self { price: money(Role::Price), quantity: number(Role::Quantity, 1.0), amounts: AMOUNTS.map(money) }
    }

    /// Whether it is of something that came back.
    pub(super) fn is_negative(&self) -> bool {
        let [total, ..] = self.amounts;
        let paid = self.price.filter(|price| !price.is_nan()).or(total);
        [self.quantity, paid].into_iter().flatten().any(|number| number < 0.0)
    }

    /// The amounts without their signs.
    pub(super) fn checked(self) -> Result<RowMoney<f64>, Reason> {
        let number = |number: Option<f64>| number.map(f64::abs).ok_or(Reason::BadValue);
        let mut amounts = [f64::NAN; AMOUNTS.len()];
        for (known, amount) in amounts.iter_mut().zip(self.amounts) {
            *known = number(amount)?;
        }
        Ok(RowMoney { price: number(self.price)?, quantity: number(self.quantity)?, amounts })
    }
}

impl RowMoney<f64> {
    /// Adds it to the details of an event of that kind.
    pub(super) fn push(&self, layout: &Layout, kind: EventKind, details: &mut Details) {
        let counted = matches!(kind, EventKind::Transaction | EventKind::Return);
        if layout.has(Role::Price) {
            // A purchase of none has no price: so logs write one that they do not know.
            details.price.push(if counted && self.quantity == 0.0 { f64::NAN } else { self.price });
        }
        if layout.has(Role::Quantity) {
            details.quantity.push(if counted { self.quantity } else { 1.0 });
        }
        for (role, (column, amount)) in AMOUNTS.into_iter().zip(details.amounts.iter_mut().zip(self.amounts)) {
            if layout.has(role) {
                column.push(amount);
            }
        }
    }
}
