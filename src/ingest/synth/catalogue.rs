//! What the shop sells: a tree of categories, groups of items that appeal to the same people, prices, stock.

use rand::Rng;

use crate::error::Result;
use crate::ingest::synth::marginals::Marginals;
use crate::ingest::synth::random::{Purpose, chance, distinct, mix, stream, uniform};
use crate::job::Job;

/// Items of one group: of the same category and style, so who likes one likes the others.
const GROUP: usize = 12;
/// Groups between two looks at the cancel flag.
const GROUPS_PER_CHECK: usize = 1_024;
/// Weekly snapshots of the properties.
pub(super) const WEEKS: u8 = 18;

/// The items of the shop. An item's number is its place here; its id is `ids[number]`.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    /// How many items are on show; the numbers from there on only have properties.
    pub(super) on_show: usize,
    /// Item id of each number.
    pub(super) ids: Vec<u32>,
    /// Category id of each group, ascending by the category's place in the tree.
    group_category: Vec<u32>,
    /// Sum of the popularity of all groups up to each.
    group_popularity: Vec<f64>,
    /// First and last-plus-one group of the category of each group.
    neighbours: Vec<(u32, u32)>,
    /// Sum of the popularity inside a group up to each place.
    place_popularity: [f64; GROUP],
    /// `(category id, parent id)`.
    pub(super) tree: Vec<(u32, Option<u32>)>,
    seed: u64,
}

impl Catalogue {
    /// Lays out `on_show` items in groups and categories.
    pub(super) fn new(seed: u64, wanted: &Marginals, on_show: usize, job: &Job) -> Result<Self> {
        let mut rng = stream(seed, Purpose::Catalogue, 0);
        let mut ids = stream(seed, Purpose::Ids, 2);
        let category_ids = distinct(&mut ids, wanted.categories * 51 / 50, wanted.categories, job)?;
        // 25 roots of 1,669 as in the real tree; a child hangs under an earlier category, most often a near root.
        let roots = (wanted.categories * 25 / 1_669).max(3);
        let tree = (0..wanted.categories)
            .map(|place| {
                let parent = (place >= roots).then(|| {
                    let span = if chance(&mut rng, 0.5) { roots } else { place };
                    category_ids[rng.gen_range(0..span as u64) as usize]
                });
                (category_ids[place], parent)
            })
            .collect();
        let total = wanted.catalogue_items.max(on_show);
        let groups = total.div_ceil(GROUP);
        let sizes: Vec<f64> = (roots..wanted.categories).map(|_| heavy_tail(uniform(&mut rng), 700.0)).collect();
        let mut categories: Vec<u32> = Vec::with_capacity(groups);
        for group in 0..groups {
            if group.is_multiple_of(GROUPS_PER_CHECK) {
                job.check()?;
            }
            categories.push(roots as u32 + pick(&sizes, &mut rng));
        }
        // The groups on show and the others each go by category, so that neighbours lie together.
        let shown = on_show.div_ceil(GROUP);
        categories[..shown].sort_unstable();
        // A small shop has its best sellers too, but no single one that outsells the rest.
        let most = (shown as f64 / 20.0).clamp(4.0, 120.0);
        let mut sum = 0.0;
        let group_popularity = (0..shown)
            .map(|_| {
                sum += heavy_tail(uniform(&mut rng), most);
                sum
            })
            .collect();
        let neighbours = categories[..shown]
            .iter()
            .map(|category| {
                let first = categories[..shown].partition_point(|other| other < category);
                let end = categories[..shown].partition_point(|other| other <= category);
                (first as u32, end as u32)
            })
            .collect();
        let mut place_popularity = [0.0; GROUP];
        let mut sum = 0.0;
        for (place, popularity) in place_popularity.iter_mut().enumerate() {
            sum += 1.0 / (place as f64 + 2.0);
            *popularity = sum;
        }
        Ok(Self {
            on_show,
            ids: distinct(&mut stream(seed, Purpose::Ids, 1), total * 28 / 25, total, job)?,
            group_category: categories.iter().map(|&place| category_ids[place as usize]).collect(),
            group_popularity,
            neighbours,
            place_popularity,
            tree,
            seed,
        })
    }

    /// A group on show, the popular ones more often.
    pub(super) fn popular_group(&self, rng: &mut impl Rng) -> u32 {
        let total = self.group_popularity[self.group_popularity.len() - 1];
        let draw = uniform(rng) * total;
        self.group_popularity.partition_point(|&sum| sum <= draw).min(self.group_popularity.len() - 1) as u32
    }

    /// A group of the same category, perhaps the same.
    pub(super) fn neighbour(&self, rng: &mut impl Rng, group: u32) -> u32 {
        let (first, end) = self.neighbours[group as usize];
        rng.gen_range(first..end)
    }

    /// An item of a group, its best sellers more often.
    pub(super) fn item_of(&self, rng: &mut impl Rng, group: u32) -> u32 {
        let start = group as usize * GROUP;
        let size = GROUP.min(self.on_show - start);
        let draw = uniform(rng) * self.place_popularity[size - 1];
        (start + self.place_popularity[..size].partition_point(|&sum| sum <= draw).min(size - 1)) as u32
    }

    /// Any item on show.
    pub(super) fn any_item(&self, rng: &mut impl Rng) -> u32 {
        rng.gen_range(0..self.on_show as u32)
    }

    /// The category id of an item.
    pub(super) fn category(&self, item: u32) -> u32 {
        self.group_category[item as usize / GROUP]
    }

    /// Price of an item in a week, in whole units. One week in twelve it is on sale, 30 % off.
    pub(super) fn price(&self, item: u32, week: u8) -> u64 {
        let group = self.hash(u64::from(item) / GROUP as u64, 1);
        let own = self.hash(u64::from(item), 2);
        let level = 4_000.0 * heavy_tail(unit(group), 200.0);
        let full = level * (0.7 + 0.6 * unit(own));
        let sale = self.hash(u64::from(item) << 8 | u64::from(week), 3).is_multiple_of(12);
        (if sale { 0.7 * full } else { full }).round() as u64 * 12
    }

    /// Whether an item is in stock in a week: one item in ten is out of it for six weeks at a time.
    pub(super) fn available(&self, item: u32, week: u8) -> bool {
        !self.hash(u64::from(item) << 8 | u64::from(week / 6), 4).is_multiple_of(10)
    }

    /// A number that belongs to an item and a purpose.
    pub(super) fn hash(&self, item: u64, purpose: u64) -> u64 {
        mix(self.seed ^ mix(item << 4 | purpose))
    }
}

/// Pareto with exponent 4/3, cut at `most`: few large, many small.
fn heavy_tail(uniform: f64, most: f64) -> f64 {
    let root = (1.0 - uniform).sqrt();
    (1.0 / (root * root.sqrt())).min(most)
}

fn unit(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// A place drawn by weight.
fn pick(weights: &[f64], rng: &mut impl Rng) -> u32 {
    let mut left = uniform(rng) * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return place as u32;
        }
    }
    weights.len().saturating_sub(1) as u32
}
