//! One regression tree, grown leaf by leaf where the loss falls most (as `LightGBM` does, Ke et al. 2017).

use serde::{Deserialize, Serialize};

use crate::models::gbt::Loss;
use crate::models::gbt::distinct::{Distinct, Observations};
use crate::models::gbt::histogram::{Histogram, Slope, Split, SplitLimits, Sums};

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

/// A tree over the codes of binned rows; node 0 is the root.
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
    /// What the tree is to take off.
    pub loss: Loss,
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
        observed: &Observations<'_>,
        rows: Vec<u32>,
        slopes: &[Slope],
        growth: &Growth,
        importance: &mut [f64],
    ) -> Self {
        let histogram = Histogram::of(observed, &rows, slopes);
        let offsets = &observed.rows.offsets;
        let total = histogram.total(offsets);
        let split = histogram.best_split(offsets, total, &growth.limits);
        let mut tree = Self { nodes: vec![leaf(total, growth)] };
        let mut open = vec![Open { node: 0, depth: 0, rows, histogram, split }];
        let mut leaves = 1;
        while leaves < growth.leaves {
            let Some((parent, split)) = take_best(&mut open) else { break };
            importance[split.column] += split.gain;
            leaves += 1;
            for child in divide(observed, slopes, growth, &mut tree, parent, &split) {
                if child.split.is_some() {
                    open.push(child);
                }
            }
        }
        tree
    }

    /// The tree made ready to be walked by many rows.
    pub fn walk(&self) -> Walk {
        let step = |(at, node): (usize, &Node)| {
            if node.left == 0 {
                return Step { column: 0, shift: 0, most: u8::MAX, left: at as u32, value: node.value };
            }
            let shift = u8::from(!node.missing_left);
            Step { column: node.column, shift, most: node.code + 1 - shift, left: node.left, value: node.value }
        };
        Walk { depth: self.depth(), steps: self.nodes.iter().enumerate().map(step).collect() }
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

/// A tree whose every path has the same length, leaves leading to themselves: no branch to mispredict.
#[derive(Debug)]
pub struct Walk {
    depth: usize,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    column: u16,
    /// 1 where nulls go right: taken from a code, it makes null the highest.
    shift: u8,
    /// What is left of codes that go left is at most this.
    most: u8,
    /// The left child; the right one stands behind it.
    left: u32,
    value: f32,
}

impl Walk {
    /// Adds what the tree gives to the scores of the distinct rows from `first` on.
    pub fn add(&self, rows: &Distinct, first: usize, scores: &mut [f32]) {
        for (row, score) in scores.iter_mut().enumerate() {
            let codes = rows.row(first + row);
            let mut step = &self.steps[0];
            for _ in 0..self.depth {
                let right = codes[usize::from(step.column)].wrapping_sub(step.shift) > step.most;
                step = &self.steps[step.left as usize + usize::from(right)];
            }
            *score += step.value;
        }
    }
}

/// Whether a code of a distinct row goes left: null is 0, the others are one higher than the split's.
fn goes_left(split_code: u8, missing_left: bool, code: u8) -> bool {
    if code == 0 { missing_left } else { code - 1 <= split_code }
}

/// A leaf's Poisson rate is at least this share of what was predicted.
const LEAST_SHARE: f64 = 1e-6;

fn leaf(sums: Sums, growth: &Growth) -> Node {
    let newton = sums.step(growth.limits.l2);
    let step = match growth.loss {
        // A Tweedie step is never beyond 2: both parts of its slope are in its curvature.
        Loss::SquaredError | Loss::Tweedie => newton,
        // Newton's step for a logarithm is y/μ − 1, which in a leaf that buys a hundred times what was predicted leads e to
        // the tenth too far at a tenth of the way; the best constant is known: ln(y/μ).
        Loss::Poisson => newton.max(LEAST_SHARE - 1.0).ln_1p(),
    };
    let value = (growth.learning_rate * step) as f32;
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

/// Splits a leaf; gives the children where they may be split themselves. Only the smaller child's histogram is summed; the other's is what remains of the parent's.
fn divide(
    observed: &Observations<'_>,
    slopes: &[Slope],
    growth: &Growth,
    tree: &mut Tree,
    parent: Open,
    split: &Split,
) -> Vec<Open> {
    let offsets = &observed.rows.offsets;
    let first = tree.nodes.len();
    let node = &mut tree.nodes[parent.node];
    node.column = split.column as u16;
    node.code = split.code;
    node.missing_left = split.missing_left;
    (node.left, node.right) = (first as u32, first as u32 + 1);
    tree.nodes.extend([leaf(split.left, growth), leaf(split.right, growth)]);
    let depth = parent.depth + 1;
    // Nobody asks what leaves hold that are not split, the deepest and those of too few rows.
    if depth >= growth.depth || ![split.left, split.right].into_iter().any(|sums| growth.limits.may_split(sums)) {
        return Vec::new();
    }

    let code = |row: u32| observed.rows.row(row as usize)[split.column];
    let (left_rows, right_rows): (Vec<u32>, Vec<u32>) =
        parent.rows.iter().partition(|&&row| goes_left(split.code, split.missing_left, code(row)));
    let left_is_smaller = left_rows.len() <= right_rows.len();
    let small = Histogram::of(observed, if left_is_smaller { &left_rows } else { &right_rows }, slopes);
    let mut large = parent.histogram;
    large.subtract(&small);
    let (left_histogram, right_histogram) = if left_is_smaller { (small, large) } else { (large, small) };
    let child = |node: usize, rows: Vec<u32>, histogram: Histogram, sums: Sums| {
        let split = histogram.best_split(offsets, sums, &growth.limits);
        Open { node, depth, rows, histogram, split }
    };
    vec![
        child(first, left_rows, left_histogram, split.left),
        child(first + 1, right_rows, right_histogram, split.right),
    ]
}
