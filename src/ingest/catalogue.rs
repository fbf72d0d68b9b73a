//! The catalogue: what is known about each item of the log as of T.

use std::collections::HashMap;

use crate::error::Result;
use crate::ingest::categories::{TreeRows, note};
use crate::ingest::ids::IdColumn;
use crate::ingest::log::{Ids, NONE};
use crate::ingest::properties::Properties;
use crate::job::Job;

/// Items as of T. Per-item columns follow the log's item codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
    /// Every category of the tree and of an item.
    pub categories: Ids,
    /// Parent of each category, [`NONE`] for a root. Never cyclic, and never more than 32 levels deep.
    pub parent: Vec<u32>,
    /// Category of each item, [`NONE`] where unknown.
    pub category: Vec<u32>,
    /// Whether each item can be bought, where known.
    pub available: Vec<Option<bool>>,
    /// Price of each item, NaN where unknown.
    pub price: Vec<f64>,
}

impl Catalogue {
    /// The categories from the root down to `category`, both included; empty for [`NONE`].
    pub fn path(&self, category: u32) -> Vec<u32> {
        let above = |&category: &u32| Some(self.parent[category as usize]).filter(|&parent| parent != NONE);
        let mut path: Vec<u32> = std::iter::successors(Some(category).filter(|&code| code != NONE), above).collect();
        path.reverse();
        path
    }

    /// Joins the tree and the properties of `items` items, and says what did not fit together.
    pub(super) fn new(
        items: usize,
        as_of: i64,
        tree: Option<&TreeRows>,
        properties: Option<&Properties>,
        job: &Job,
    ) -> Result<(Self, Vec<String>)> {
        let tree_ids: Vec<&str> = tree.map(|tree| tree.ids().collect()).unwrap_or_default();
        let in_use = properties.map(|properties| {
            let mut in_use = vec![false; properties.categories.len()];
            for &category in properties.category.iter().filter(|&&category| category != NONE) {
                in_use[category as usize] = true;
            }
            in_use
        });
        let item_ids: Vec<&str> = match (properties, &in_use) {
            (Some(properties), Some(in_use)) => {
                let ids = properties.categories.iter().zip(in_use);
                ids.filter(|(_, used)| **used).map(|(id, _)| &**id).collect()
            }
            _ => Vec::new(),
        };
        let mut column = IdColumn::default();
        for id in tree_ids.iter().chain(&item_ids) {
            column.push(id);
        }
        let (categories, codes) = column.encode(job)?;
        let code_of: HashMap<&str, u32> = tree_ids.iter().chain(&item_ids).copied().zip(codes).collect();
        let (parent, mut notes) = match tree {
            Some(tree) => tree.parents(&code_of, categories.len(), job)?,
            None => (vec![NONE; categories.len()], Vec::new()),
        };
        if tree.is_some() {
            let mut listed = vec![false; categories.len()];
            for id in &tree_ids {
                listed[code_of[id] as usize] = true;
            }
            let unlisted: Vec<String> = (0..categories.len() as u32)
                .filter(|&code| !listed[code as usize])
                .map(|code| categories.text(code).into_owned())
                .collect();
            note(&mut notes, "categories of items that the category tree does not list, now roots", &unlisted);
        }
        let category = match properties {
            Some(properties) => {
                let known = |&index: &u32| properties.categories.get(index as usize).map(|id| code_of[&**id]);
                properties.category.iter().map(|index| known(index).unwrap_or(NONE)).collect()
            }
            None => vec![NONE; items],
        };
        let price = match properties {
            Some(properties) => (0..items as u32).map(|item| properties.prices.at(item, as_of)).collect(),
            None => vec![f64::NAN; items],
        };
        let available = properties.map_or_else(|| vec![None; items], |properties| properties.available.clone());
        Ok((Self { categories, parent, category, available, price }, notes))
    }
}
