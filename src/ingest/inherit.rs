//! Orders of which only the first row says who bought, when, and what became of it, as shops export them.

use crate::ingest::grammar::is_empty;
use crate::ingest::layout::{Layout, ROLES, Role};

/// What the rows of an order have in common.
const SHARED: [Role; 7] =
    [Role::User, Role::Time, Role::Clock, Role::Event, Role::Status, Role::Currency, Role::Session];

/// The first row of an order, for the rows behind it.
pub(super) struct First(Box<[String; ROLES]>);

/// A row at the start of a chunk, whose order may begin in the chunk before.
pub(super) struct Orphan {
    cells: Box<[String; ROLES]>,
    /// Hash of the whole row.
    pub(super) raw: u64,
}

fn kept(cells: &[&str; ROLES]) -> Box<[String; ROLES]> {
    Box::new(cells.map(str::to_owned))
}

impl First {
    pub(super) fn of(cells: &[&str; ROLES]) -> Self {
        Self(kept(cells))
    }

    /// The row with what it leaves out, where it is of the same order.
    pub(super) fn complete<'a>(&'a self, layout: &Layout, cells: &[&'a str; ROLES]) -> Option<[&'a str; ROLES]> {
        let (order, own) = (cells[Role::Transaction as usize], &self.0[Role::Transaction as usize]);
        let same = !is_empty(order) && own == order;
        (same || layout.goes_on(cells) && !is_empty(own)).then(|| {
            let mut filled = *cells;
            filled[Role::Transaction as usize] = own;
            for at in SHARED.map(|role| role as usize) {
                if is_empty(filled[at]) {
                    filled[at] = &self.0[at];
                }
            }
            filled
        })
    }
}

impl Orphan {
    pub(super) fn of(cells: &[&str; ROLES], raw: u64) -> Self {
        Self { cells: kept(cells), raw }
    }

    pub(super) fn cells(&self) -> [&str; ROLES] {
        std::array::from_fn(|at| self.cells[at].as_str())
    }
}

/// Whether a row of an order leaves anything out that the order's first row tells.
pub(super) fn is_lacking(layout: &Layout, cells: &[&str; ROLES]) -> bool {
    let lacks = |role: Role| layout.has(role) && is_empty(cells[role as usize]);
    layout.goes_on(cells) || (!is_empty(cells[Role::Transaction as usize]) && SHARED.into_iter().any(lacks))
}
