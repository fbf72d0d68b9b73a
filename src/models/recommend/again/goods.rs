//! What may stand in a list.

use crate::models::recommend::Context;

/// What may stand in a list.
#[derive(Clone, Copy, Debug)]
pub struct Goods<'a> {
    available: &'a [bool],
    never: Option<&'a [bool]>,
    /// Per item the product that it is a variant of, [`NONE`] where it is of none: one of a product stands in a list.
    pub group: Option<&'a [u32]>,
}

impl<'a> Goods<'a> {
    /// Of items, which are `available` at T, or not.
    pub fn new(available: &'a [bool], context: &Context<'a>) -> Self {
        Self { available, never: context.never, group: context.item_group }
    }

    /// Whether an item may ever stand in a list.
    pub fn ever(&self, item: u32) -> bool {
        self.never.is_none_or(|never| !never[item as usize])
    }

    /// Whether it may at T.
    pub fn now(&self, item: u32) -> bool {
        self.available[item as usize] && self.ever(item)
    }
}
