//! What the shop sells: coffee, tea, what both are made with, and presents.

use std::fmt::Write as _;

use rand::RngCore;

use crate::ingest::synth::clock::DAY;
use crate::ingest::synth::output::push_number;
use crate::ingest::synth::random::{Purpose, mix, stream, uniform};
use crate::ingest::synth::shop::calendar::{START, weighted};

/// A category at the foot of the tree: its number and its parent's, the names of both, the price range of its smaller
/// items in cents, how many times as much the larger ones cost, and what its items are called.
pub(super) struct Leaf {
    pub(super) id: u32,
    pub(super) parent: u32,
    pub(super) name: &'static str,
    pub(super) parent_name: &'static str,
    cents: (f64, f64),
    larger: f64,
    /// How often it is looked at and bought, against the others.
    pub(super) demand: f64,
    stems: &'static [&'static str],
    kind: &'static str,
    sizes: [&'static str; 2],
}

const fn leaf(id: u32, names: [&'static str; 2], demand: f64, cents: (f64, f64), larger: f64) -> Leaf {
    Leaf {
        id,
        parent: id / 10,
        parent_name: names[0],
        name: names[1],
        cents,
        larger,
        demand,
        stems: &[],
        kind: "",
        sizes: ["", ""],
    }
}

impl Leaf {
    const fn called(mut self, kind: &'static str, sizes: [&'static str; 2], stems: &'static [&'static str]) -> Self {
        self.kind = kind;
        self.sizes = sizes;
        self.stems = stems;
        self
    }
}

const ORIGINS: &[&str] =
    &["Sidamo", "Huila", "Cerrado", "Antigua", "Malabar", "Harrar", "Tarrazu", "Mandheling", "Nero"];
const LOOKS: &[&str] = &["Oslo", "Porto", "Kyoto", "Lund", "Siena", "Bruges"];
const BAGS: [&str; 2] = ["250 g", "1 kg"];
const TINS: [&str; 2] = ["100 g", "250 g"];

/// Place of the espresso beans, the filter coffees, the filters, the cups and the presents among [`LEAVES`].
pub(super) const ESPRESSO: usize = 0;
/// See [`ESPRESSO`].
pub(super) const FILTER: usize = 1;
/// See [`ESPRESSO`].
pub(super) const PAPER: usize = 8;
/// See [`ESPRESSO`].
pub(super) const CUPS: usize = 10;
/// See [`ESPRESSO`].
pub(super) const PRESENTS: usize = 12;
/// The categories at the foot of the tree.
pub(super) const LEAVES: [Leaf; 13] = [
    leaf(11, ["Coffee", "Espresso beans"], 2.0, (790.0, 1290.0), 3.3).called("espresso beans", BAGS, ORIGINS),
    leaf(12, ["Coffee", "Filter coffee"], 1.8, (750.0, 1350.0), 3.3).called("filter coffee", BAGS, ORIGINS),
    leaf(13, ["Coffee", "Decaf"], 0.5, (890.0, 1250.0), 3.2).called(
        "decaf beans",
        BAGS,
        &["Sidamo", "Huila", "Cerrado"],
    ),
    leaf(21, ["Tea", "Black tea"], 1.0, (550.0, 1190.0), 2.2).called(
        "black tea",
        TINS,
        &["Assam", "Darjeeling", "Ceylon", "Keemun", "Earl Grey", "Nilgiri"],
    ),
    leaf(22, ["Tea", "Green tea"], 0.9, (650.0, 1590.0), 2.2).called(
        "green tea",
        TINS,
        &["Sencha", "Gunpowder", "Jasmine", "Genmaicha", "Longjing", "Matcha"],
    ),
    leaf(23, ["Tea", "Herbal tea"], 0.8, (450.0, 850.0), 2.2).called(
        "tea",
        TINS,
        &["Peppermint", "Camomile", "Rooibos", "Fennel", "Verbena", "Rosehip"],
    ),
    leaf(31, ["Brewing", "Grinders"], 0.6, (3990.0, 14900.0), 1.8).called("grinder", ["hand", "electric"], LOOKS),
    leaf(32, ["Brewing", "Coffee makers"], 0.8, (1990.0, 5990.0), 1.5).called(
        "coffee maker",
        ["4 cups", "8 cups"],
        &["French press", "Pour-over", "Moka", "Syphon", "Cold brew", "Drip"],
    ),
    leaf(33, ["Brewing", "Filters and care"], 1.0, (290.0, 990.0), 2.0).called(
        "",
        ["small pack", "large pack"],
        &["Paper filters", "Descaler", "Cleaning brush", "Milk cleaner", "Water filter"],
    ),
    leaf(34, ["Brewing", "Kettles"], 0.5, (2990.0, 8990.0), 1.3).called("kettle", ["0.8 l", "1.2 l"], LOOKS),
    leaf(41, ["Tableware", "Cups"], 0.9, (890.0, 1990.0), 3.4).called("cup", ["single", "set of 4"], LOOKS),
    leaf(42, ["Tableware", "Teapots"], 0.5, (2490.0, 5990.0), 1.3).called("teapot", ["0.6 l", "1.0 l"], LOOKS),
    leaf(51, ["Presents", "Gift sets"], 0.6, (2490.0, 4990.0), 1.8).called(
        "gift set",
        ["small", "large"],
        &["Espresso lover", "Tea time", "Slow Sunday", "Barista", "Breakfast", "Winter"],
    ),
];

/// Number of the first item.
const FIRST_ITEM: u32 = 101;
/// The Sunday night after which a price or a stock changes, in days of the log.
const CHANGES: [i64; 3] = [155, 218, 330];

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: u32,
    /// Place among [`LEAVES`].
    pub(super) leaf: usize,
    pub(super) name: String,
    /// Price at the start, in cents.
    pub(super) cents: u64,
    /// Which of [`CHANGES`] raises the price, if any.
    dearer: Option<usize>,
    /// Whether it is sold out from the last of them on.
    sold_out: bool,
}

/// All items, the popular ones of each category first.
#[derive(Clone, Debug)]
pub(super) struct Assortment {
    pub(super) items: Vec<Item>,
    /// First item of each leaf, and how many there are in all.
    starts: Vec<usize>,
}

impl Assortment {
    /// An assortment for so many users: each item comes in several numbered editions in a large shop.
    pub(super) fn new(seed: u64, users: usize) -> Self {
        let editions = ((users as f64 / 3_000.0).sqrt() as usize).max(1);
        let (mut items, mut starts) = (Vec::new(), Vec::new());
        for (leaf, about) in LEAVES.iter().enumerate() {
            starts.push(items.len());
            for edition in 0..editions {
                for stem in about.stems {
                    for (size, words) in about.sizes.iter().enumerate() {
                        let id = FIRST_ITEM + items.len() as u32;
                        let mut rng = stream(seed, Purpose::Shop, u64::MAX ^ u64::from(id));
                        let base = about.cents.0
                            + (about.cents.1 - about.cents.0) * (mix(seed ^ hash(stem)) >> 11) as f64
                                / (1_u64 << 53) as f64;
                        let cents = if size == 1 { base * about.larger } else { base };
                        let number = if edition > 0 { format!(" No. {}", edition + 1) } else { String::new() };
                        let name = [*stem, about.kind, words].map(str::trim).join(" ").replace("  ", " ") + &number;
                        items.push(Item {
                            id,
                            leaf,
                            name,
                            // Prices end in 10, 40 or 90 cents.
                            cents: (cents / 50.0) as u64 * 50 + 40,
                            dearer: (uniform(&mut rng) < 0.2).then(|| weighted(&mut rng, &[1.0, 2.0, 1.0])),
                            sold_out: uniform(&mut rng) < 0.04,
                        });
                    }
                }
            }
        }
        starts.push(items.len());
        Self { items, starts }
    }

    /// An item of a category; the first are the most popular.
    pub(super) fn of_leaf(&self, rng: &mut impl RngCore, leaf: usize) -> usize {
        let (start, end) = (self.starts[leaf], self.starts[leaf + 1]);
        // The square of a uniform draw: the first quarter has half of the demand.
        let draw = uniform(rng);
        start + ((end - start) as f64 * draw * draw) as usize
    }

    /// A category by demand.
    pub(super) fn leaf(rng: &mut impl RngCore) -> usize {
        weighted(rng, &LEAVES.each_ref().map(|leaf| leaf.demand))
    }

    /// Rows of `item_properties.csv`: category, stock and price at the start, and what changes later.
    pub(super) fn properties(&self) -> (Vec<u8>, u64) {
        let mut rows: Vec<(i64, u32, &str, String)> = Vec::new();
        let start = START - 6 * DAY;
        for item in &self.items {
            let price = |cents: u64| format!("n{}.{:02}0", cents / 100, cents % 100);
            rows.push((start, item.id, "790", price(item.cents)));
            rows.push((start, item.id, "available", "1".to_owned()));
            rows.push((start, item.id, "categoryid", LEAVES[item.leaf].id.to_string()));
            if let Some(change) = item.dearer {
                rows.push((START + CHANGES[change] * DAY, item.id, "790", price(item.cents + item.cents / 200 * 10)));
            }
            if item.sold_out {
                rows.push((START + CHANGES[2] * DAY, item.id, "available", "0".to_owned()));
            }
        }
        rows.sort();
        let mut bytes = Vec::new();
        for (time, item, property, value) in &rows {
            push_number(&mut bytes, *time as u64);
            bytes.extend_from_slice(format!(",{item},{property},{value}\n").as_bytes());
        }
        (bytes, rows.len() as u64)
    }

    /// Rows of `items.csv`.
    pub(super) fn names(&self) -> Vec<u8> {
        let mut text = String::new();
        for Item { id, leaf, name, cents, .. } in &self.items {
            let Leaf { name: category, parent_name: group, .. } = &LEAVES[*leaf];
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{id},{name},{group} / {category},{}.{:02}", cents / 100, cents % 100);
        }
        text.into_bytes()
    }
}

/// A category.
pub(super) struct Node {
    pub(super) id: u32,
    pub(super) parent: Option<u32>,
    pub(super) name: &'static str,
}

/// All categories, each behind its parent.
pub(super) fn tree() -> Vec<Node> {
    let mut tree: Vec<Node> = Vec::new();
    for leaf in &LEAVES {
        if tree.iter().all(|node| node.id != leaf.parent) {
            tree.push(Node { id: leaf.parent, parent: None, name: leaf.parent_name });
        }
        tree.push(Node { id: leaf.id, parent: Some(leaf.parent), name: leaf.name });
    }
    tree
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(7, |hash, byte| mix(hash ^ u64::from(byte)))
}
