//! One regression tree, grown leaf by leaf where the loss falls most (as `LightGBM` does, Ke et al. 2017).

use serde::{Deserialize, Serialize};

use super::bins::{BinnedTable, MISSING};
use super::histogram::{Histogram, Slope, Split, SplitLimits, Sums};

/// A node: a split, or a leaf where `left` is 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Column that is asked.
    pub column: u16,
    /// Rows with a code up to this go left.
    pub code: u8,
    /// Whether nulls go left.
    pub missing_left: bool,
    /// Index of the left child; 0 in a leaf.
    pub left: u32,
    /// Index of the right child; 0 in a leaf.
    pub right: u32,
    /// What a leaf adds to the score.
    pub value: f32,
}

/// A tree over the codes of a [`BinnedTable`]; node 0 is the root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// How a tree grows.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Most leaves.
    pub leaves: usize,
    /// Most splits between root and leaf.
    pub depth: usize,
    /// What every split must respect.
    pub limits: SplitLimits,
    /// Share of a leaf's best step that is taken.
    pub learning_rate: f64,
}

/// A leaf that may yet be split.
struct Open {
    node: usize,
    depth: usize,
    rows: Vec<u32>,
    histogram: Histogram,
    split: Option<Split>,
}

impl Tree {
    /// Grows a tree on `rows`, and adds each split's gain to `importance` of its column.
    pub fn grow(
        table: &BinnedTable,
        rows: Vec<u32>,
        slopes: &[Slope],
        growth: &Growth,
        importance: &mut [f64],
    ) -> Self {
        let histogram = Histogram::of(table, &rows, slopes);
        let total = histogram.total();
        let split = histogram.best_split(total, &growth.limits);
        let mut tree = Self { nodes: vec![leaf(total, growth)] };
        let mut open = vec![Open { node: 0, depth: 0, rows, histogram, split }];
        let mut leaves = 1;
        while leaves < growth.leaves {
            let Some((parent, split)) = take_best(&mut open) else { break };
            importance[split.column] += split.gain;
            leaves += 1;
            for child in divide(table, slopes, growth, &mut tree, parent, &split) {
                if child.split.is_some() && child.depth < growth.depth {
                    open.push(child);
                }
            }
        }
        tree
    }

    /// What the tree adds to the score of a row.
    pub fn value(&self, table: &BinnedTable, row: usize) -> f32 {
        let mut node = &self.nodes[0];
        while node.left != 0 {
            let code = table.columns[usize::from(node.column)][row];
            node = &self.nodes
                [(if goes_left(node.code, node.missing_left, code) { node.left } else { node.right }) as usize];
        }
        node.value
    }

    /// Most splits between root and leaf.
    pub fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.left != 0) {
            depths[node.left as usize] = depths[index] + 1;
            depths[node.right as usize] = depths[index] + 1;
        }
        depths.into_iter().max().unwrap_or(0)
    }
}

fn goes_left(split_code: u8, missing_left: bool, code: u8) -> bool {
    if code == MISSING { missing_left } else { code <= split_code }
}

fn leaf(sums: Sums, growth: &Growth) -> Node {
    let value = (growth.learning_rate * sums.step(growth.limits.l2)) as f32;
    Node { column: 0, code: 0, missing_left: false, left: 0, right: 0, value }
}

/// The open leaf whose split gains most; the one opened first wins a tie.
fn take_best(open: &mut Vec<Open>) -> Option<(Open, Split)> {
    let mut best: Option<(usize, f64)> = None;
    for (index, leaf) in open.iter().enumerate() {
        if let Some(split) = &leaf.split
            && best.is_none_or(|(_, gain)| split.gain > gain)
        {
            best = Some((index, split.gain));
        }
    }
    let mut leaf = open.remove(best?.0);
    let split = leaf.split.take()?;
    Some((leaf, split))
}

/// Splits a leaf. Only the smaller child's histogram is summed; the other's is what remains of the parent's.
fn divide(
    table: &BinnedTable,
    slopes: &[Slope],
    growth: &Growth,
    tree: &mut Tree,
    parent: Open,
    split: &Split,
) -> [Open; 2] {
    let codes = &table.columns[split.column];
    let (left_rows, right_rows): (Vec<u32>, Vec<u32>) =
        parent.rows.iter().partition(|&&row| goes_left(split.code, split.missing_left, codes[row as usize]));
    let left_is_smaller = left_rows.len() <= right_rows.len();
    let small = Histogram::of(table, if left_is_smaller { &left_rows } else { &right_rows }, slopes);
    let mut large = parent.histogram;
    large.subtract(&small);
    let (left_histogram, right_histogram) = if left_is_smaller { (small, large) } else { (large, small) };

    let first = tree.nodes.len();
    let node = &mut tree.nodes[parent.node];
    node.column = split.column as u16;
    node.code = split.code;
    node.missing_left = split.missing_left;
    (node.left, node.right) = (first as u32, first as u32 + 1);
    let depth = parent.depth + 1;
    let mut child = |rows: Vec<u32>, histogram: Histogram, sums: Sums| {
        let node = tree.nodes.len();
        tree.nodes.push(leaf(sums, growth));
        let split = if depth < growth.depth { histogram.best_split(sums, &growth.limits) } else { None };
        Open { node, depth, rows, histogram, split }
    };
    [child(left_rows, left_histogram, split.left), child(right_rows, right_histogram, split.right)]
}
