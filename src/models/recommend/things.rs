//! What is recommended: items, or where variants of one product are told apart, the products.

use std::collections::HashMap;

use crate::ingest::{EventLog, NONE};

/// The thing that each item is, or is a variant of.
#[derive(Clone, Debug)]
pub struct Things {
    /// Per item its thing, [`NONE`] where it is never recommended.
    of: Vec<u32>,
    /// Per thing its items, ascending.
    items: Vec<Vec<u32>>,
}

impl Things {
    /// Items of one group are one thing; `group` is each item's, [`NONE`] where it is of none. Those of which `never` is
    /// true are no thing.
    pub fn new(items: usize, group: Option<&[u32]>, never: Option<&[bool]>) -> Self {
        let mut made = Self { of: Vec::with_capacity(items), items: Vec::new() };
        let mut first: HashMap<u32, u32> = HashMap::new();
        for item in 0..items {
            if never.is_some_and(|never| never[item]) {
                made.of.push(NONE);
                continue;
            }
            let next = made.items.len() as u32;
            let group = group.map_or(NONE, |group| group[item]);
            let thing = if group == NONE { next } else { *first.entry(group).or_insert(next) };
            if thing == next {
                made.items.push(Vec::new());
            }
            made.items[thing as usize].push(item as u32);
            made.of.push(thing);
        }
        made
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The thing of an item; [`NONE`] where there is no item, or it is never recommended.
    pub fn of(&self, item: u32) -> u32 {
        self.of.get(item as usize).copied().unwrap_or(NONE)
    }

    /// Whether any of a thing's items is allowed.
    pub fn allowed(&self, allowed: &[bool]) -> Vec<bool> {
        self.items.iter().map(|items| items.iter().any(|&item| allowed[item as usize])).collect()
    }

    /// Per thing the item that stands for it: the allowed one with the most events, the smallest code among equals; where
    /// none is allowed, of all.
    pub fn shown(&self, log: &EventLog, allowed: &[bool]) -> Vec<u32> {
        if self.items.len() == self.of.len() {
            return (0..self.of.len() as u32).collect();
        }
        let mut events = vec![0_u32; self.of.len()];
        for &item in &log.item {
            if let Some(count) = events.get_mut(item as usize) {
                *count += 1;
            }
        }
        let best = |items: &Vec<u32>| {
            let key = |item: u32| (allowed[item as usize], events[item as usize], std::cmp::Reverse(item));
            items.iter().copied().max_by_key(|&item| key(item)).unwrap_or(NONE)
        };
        self.items.iter().map(best).collect()
    }
}

/// Of a value per item those of some items, [`NONE`] where there is none.
pub fn taken(items: &[u32], values: &[u32]) -> Vec<u32> {
    items.iter().map(|&item| values.get(item as usize).copied().unwrap_or(NONE)).collect()
}
