//! What each user had bought by a cutoff: how often, when, and the rhythm of it.

use rayon::prelude::*;

use crate::ingest::{EventKind, EventLog, NONE};

/// How many gaps the mean of a wider circle counts for: the shop's beside an item's own.
const PRIOR_GAPS: f32 = 5.0;
/// The gap of a shop where nobody bought anything twice, in days.
const UNKNOWN_GAP: f32 = 30.0;

/// The pairs of a user and an item bought by a cutoff, by user, then item. Days are days of UTC counted from 1970.
#[derive(Debug)]
pub struct Bought {
    /// Where each user's pairs start; one more entry than users.
    offsets: Vec<u32>,
    /// The item of each pair.
    pub item: Vec<u32>,
    /// On how many days it was bought.
    pub days: Vec<u32>,
    /// The first of them.
    first: Vec<f32>,
    /// The latest.
    latest: Vec<f32>,
    /// On how many days the user bought anything.
    pub trips: Vec<u32>,
    /// The mean of the gaps between purchases of each item, over all users, in days.
    item_gap: Vec<f32>,
    /// The share of an item's buyers who bought it on another day too.
    item_repeats: Vec<f32>,
    /// The mean of all gaps.
    shop_gap: f32,
    /// The day of the cutoff.
    today: f32,
}

/// One user's pairs: item, days, first, latest; and the days of any purchase.
type Own = (Vec<(u32, u32, f32, f32)>, u32);

impl Bought {
    /// Purchases at or before `cutoff`. An item returned as often as it was bought does not count.
    pub fn until(log: &EventLog, cutoff: i64) -> Self {
        let users: Vec<Own> = (0..log.users.len() as u32).into_par_iter().map(|user| own(log, user, cutoff)).collect();
        let mut made = Self {
            offsets: vec![0],
            item: Vec::new(),
            days: Vec::new(),
            first: Vec::new(),
            latest: Vec::new(),
            trips: Vec::with_capacity(users.len()),
            item_gap: Vec::new(),
            item_repeats: Vec::new(),
            shop_gap: UNKNOWN_GAP,
            today: log.zone.day(cutoff) as f32,
        };
        for (pairs, trips) in users {
            for (item, days, first, latest) in pairs {
                made.item.push(item);
                made.days.push(days);
                made.first.push(first);
                made.latest.push(latest);
            }
            made.offsets.push(made.item.len() as u32);
            made.trips.push(trips);
        }
        made.measure(log.items.len());
        made
    }

    /// The means over all users.
    fn measure(&mut self, items: usize) {
        let mut spans = vec![0.0_f64; items];
        let mut gaps = vec![0_u32; items];
        let (mut buyers, mut again) = (vec![0_u32; items], vec![0_u32; items]);
        for at in 0..self.len() {
            let item = self.item[at] as usize;
            spans[item] += f64::from(self.latest[at] - self.first[at]);
            gaps[item] += self.days[at] - 1;
            buyers[item] += 1;
            again[item] += u32::from(self.days[at] > 1);
        }
        let all_gaps: u32 = gaps.iter().sum();
        if all_gaps > 0 {
            self.shop_gap = (spans.iter().sum::<f64>() / f64::from(all_gaps)) as f32;
        }
        let shop_repeats = self.twice() as f32 / self.len().max(1) as f32;
        self.item_gap = spans
            .iter()
            .zip(&gaps)
            .map(|(&span, &gaps)| (span as f32 + PRIOR_GAPS * self.shop_gap) / (gaps as f32 + PRIOR_GAPS))
            .collect();
        self.item_repeats = again
            .iter()
            .zip(&buyers)
            .map(|(&again, &buyers)| (again as f32 + PRIOR_GAPS * shop_repeats) / (buyers as f32 + PRIOR_GAPS))
            .collect();
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.item.len()
    }

    /// How many of them were bought on more than one day.
    pub fn twice(&self) -> usize {
        self.days.iter().filter(|&&days| days > 1).count()
    }

    /// The pairs of a user.
    pub fn of(&self, user: u32) -> std::ops::Range<usize> {
        self.offsets[user as usize] as usize..self.offsets[user as usize + 1] as usize
    }

    /// The items of a user, ascending.
    pub fn items_of(&self, user: u32) -> &[u32] {
        &self.item[self.of(user)]
    }

    /// How many users there are.
    pub fn users(&self) -> usize {
        self.trips.len()
    }

    /// Days since the latest purchase of a pair.
    pub fn age(&self, at: usize) -> f32 {
        self.today - self.latest[at]
    }

    /// The days between purchases of a pair: the mean of the gaps seen and of one gap as the item's other buyers have it.
    pub fn gap(&self, at: usize) -> f32 {
        (self.latest[at] - self.first[at] + self.item_gap[self.item[at] as usize]) / self.days[at] as f32
    }

    /// Days until a pair is due by its rhythm, negative where it is overdue.
    pub fn due_days(&self, at: usize) -> f32 {
        self.gap(at) - self.age(at)
    }

    /// The share of the item's buyers who bought it on another day too, drawn towards the shop's.
    pub fn repeats(&self, at: usize) -> f32 {
        self.item_repeats[self.item[at] as usize]
    }

    /// How often × how recently: the days it was bought on, halved with every two of the shop's gaps since the latest.
    pub fn often_and_recently(&self, at: usize) -> f32 {
        self.days[at] as f32 * (-self.age(at) / (2.0 * self.shop_gap.max(1.0))).exp2()
    }
}

fn own(log: &EventLog, user: u32, cutoff: i64) -> Own {
    let mut bought: Vec<(u32, i64)> = log
        .events_until(user, cutoff)
        .filter(|&event| log.kind[event] == EventKind::Transaction && log.item[event] != NONE)
        .map(|event| (log.item[event], log.day(event)))
        .collect();
    if bought.is_empty() {
        return (Vec::new(), 0);
    }
    let returned: Vec<u32> = log
        .asides_until(user, cutoff)
        .filter(|&event| log.kind[event] == EventKind::Return)
        .map(|event| log.item[event])
        .collect();
    let mut days: Vec<i64> = bought.iter().map(|pair| pair.1).collect();
    days.sort_unstable();
    days.dedup();
    bought.sort_unstable();
    let pair = |rows: &[(u32, i64)]| {
        let back = returned.iter().filter(|&&item| item == rows[0].0).count();
        let days = rows.chunk_by(|a, b| a.1 == b.1).count() as u32;
        (back < rows.len()).then(|| (rows[0].0, days, rows[0].1 as f32, rows[rows.len() - 1].1 as f32))
    };
    (bought.chunk_by(|a, b| a.0 == b.0).filter_map(pair).collect(), days.len() as u32)
}
