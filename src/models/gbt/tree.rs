//! One regression tree grown leaf by leaf on gradient histograms.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bins::{Binned, MOST_BINS};

/// A node: a split, or a leaf with its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// Rows with `code <= border` of `feature` go left; nulls have code 0 and thus go left.
    Split {
        /// Index of the feature.
        feature: u16,
        /// The last code that goes left.
        border: u8,
        /// Index of the left child.
        left: u16,
        /// Index of the right child.
        right: u16,
    },
    /// What is predicted.
    Leaf(f32),
}

/// A tree; node 0 is its root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// The nodes.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// The value of a row.
    pub fn predict(&self, binned: &Binned, row: usize) -> f32 {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(value) => return *value,
                Node::Split { feature, border, left, right } => {
                    let goes_left = binned.codes[usize::from(*feature)][row] <= *border;
                    at = usize::from(if goes_left { *left } else { *right });
                }
            }
        }
    }
}

/// How a tree is grown.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    /// Leaves at most.
    pub leaves: usize,
    /// Rows of a leaf at least.
    pub min_rows: usize,
    /// L2 penalty on leaf values.
    pub l2: f64,
}

/// Gradient, hessian and rows of one bin.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    gradient: f64,
    hessian: f64,
    rows: u32,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
    }

    fn without(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }

    fn score(self, l2: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + l2)
    }
}

const CODES: usize = MOST_BINS + 1;

type Histogram = Vec<[Sum; CODES]>;

struct Leaf {
    node: usize,
    rows: Vec<u32>,
    total: Sum,
    histogram: Histogram,
    best: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    border: u8,
    left: Sum,
}

/// Grows a tree on `rows` and adds each split's gain to `importance` (one entry per feature). Leaf values are
/// `−Σ gradient / (Σ hessian + l2) · rate`.
pub fn grow(
    binned: &Binned,
    rows: &[u32],
    slopes: &[(f32, f32)],
    growth: Growth,
    rate: f64,
    importance: &mut [f64],
) -> Tree {
    let mut nodes = vec![Node::Leaf(0.0)];
    let histogram = histogram(binned, rows, slopes);
    let total = histogram.first().map_or_else(Sum::default, |feature| {
        feature.iter().fold(Sum::default(), |mut sum, bin| {
            sum.add(*bin);
            sum
        })
    });
    let mut root = Leaf { node: 0, rows: rows.to_vec(), total, histogram, best: None };
    root.best = best_split(&root, growth);
    let mut open = vec![root];
    while open.len() < growth.leaves {
        let gain = |leaf: &Leaf| leaf.best.map_or(f64::NEG_INFINITY, |split| split.gain);
        let Some(at) = (0..open.len())
            .filter(|&at| open[at].best.is_some())
            .max_by(|&a, &b| gain(&open[a]).total_cmp(&gain(&open[b])))
        else {
            break;
        };
        let leaf = open.swap_remove(at);
        let Some(split) = leaf.best else { break };
        importance[split.feature] += split.gain;
        let codes = &binned.codes[split.feature];
        let (left_rows, right_rows): (Vec<u32>, Vec<u32>) =
            leaf.rows.iter().partition(|&&row| codes[row as usize] <= split.border);
        let left_smaller = left_rows.len() <= right_rows.len();
        let smaller = self::histogram(binned, if left_smaller { &left_rows } else { &right_rows }, slopes);
        let larger = subtract(leaf.histogram, &smaller);
        let (left_histogram, right_histogram) = if left_smaller { (smaller, larger) } else { (larger, smaller) };
        let (left, right) = (nodes.len(), nodes.len() + 1);
        nodes[leaf.node] =
            Node::Split { feature: split.feature as u16, border: split.border, left: left as u16, right: right as u16 };
        let children = [
            (left, left_rows, split.left, left_histogram),
            (right, right_rows, leaf.total.without(split.left), right_histogram),
        ];
        for (node, rows, total, histogram) in children {
            nodes.push(Node::Leaf(0.0));
            let mut child = Leaf { node, rows, total, histogram, best: None };
            child.best = best_split(&child, growth);
            open.push(child);
        }
    }
    for leaf in open {
        let value = -leaf.total.gradient / (leaf.total.hessian + growth.l2) * rate;
        nodes[leaf.node] = Node::Leaf(value as f32);
    }
    Tree { nodes }
}

/// One thread per feature: each bin is summed in row order, whatever the number of threads.
fn histogram(binned: &Binned, rows: &[u32], slopes: &[(f32, f32)]) -> Histogram {
    binned
        .codes
        .par_iter()
        .map(|codes| {
            let mut bins = [Sum::default(); CODES];
            for &row in rows {
                let (gradient, hessian) = slopes[row as usize];
                let bin = &mut bins[usize::from(codes[row as usize])];
                bin.gradient += f64::from(gradient);
                bin.hessian += f64::from(hessian);
                bin.rows += 1;
            }
            bins
        })
        .collect()
}

fn subtract(mut all: Histogram, part: &Histogram) -> Histogram {
    for (all, part) in all.iter_mut().zip(part) {
        for (all, part) in all.iter_mut().zip(part) {
            *all = all.without(*part);
        }
    }
    all
}

fn best_split(leaf: &Leaf, growth: Growth) -> Option<Split> {
    let here = leaf.total.score(growth.l2);
    let mut best: Option<Split> = None;
    for (feature, bins) in leaf.histogram.iter().enumerate() {
        let mut left = Sum::default();
        for (border, bin) in bins.iter().enumerate().take(CODES - 1) {
            left.add(*bin);
            let right = leaf.total.without(left);
            if (right.rows as usize) < growth.min_rows {
                break;
            }
            if bin.rows == 0 || (left.rows as usize) < growth.min_rows {
                continue;
            }
            let gain = left.score(growth.l2) + right.score(growth.l2) - here;
            if gain > 1e-9 && best.is_none_or(|best| gain > best.gain) {
                best = Some(Split { gain, feature, border: border as u8, left });
            }
        }
    }
    best
}
