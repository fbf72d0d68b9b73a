//! The weekly snapshots of the items' properties: category, stock, price, and hashed ones that mean nothing.

use rand::Rng;

use crate::ingest::synth::catalogue::{Catalogue, WEEKS};
use crate::ingest::synth::clock::DAY;
use crate::ingest::synth::output::push_number;
use crate::ingest::synth::random::{Purpose, exponential, shuffle, stream};

/// Share of the rows that the first of the two files holds.
pub(super) const PART1: f64 = 0.542;
/// Items of one piece of work.
const ITEMS_PER_CHUNK: usize = 2_048;
/// First snapshot: 2015-05-10 03:00.
const FIRST_WEEK: i64 = 1_431_226_800_000;

/// The named properties, with the share of the rows that each has in the real set; then come numbered ones.
const NAMED: [(&str, f64); 4] = [("categoryid", 0.039), ("available", 0.074), ("790", 0.088), ("888", 0.148)];
/// How many numbered properties there are.
const NUMBERED: u16 = 1_100;
/// How many of them one item can have.
const NUMBERED_PER_ITEM: u64 = 40;

/// The week of the latest snapshot before `time`, the first one for times before it.
pub(super) fn week_of(time: i64) -> u8 {
    ((time - FIRST_WEEK) / (7 * DAY)).clamp(0, i64::from(WEEKS) - 1) as u8
}

/// How many rows each item has.
#[derive(Clone, Debug)]
pub(super) struct Properties<'a> {
    catalogue: &'a Catalogue,
    seed: u64,
    /// Rows of all items before each, and the total.
    before: Vec<u64>,
}

/// The rows of a chunk of items as CSV, cut into the two files.
pub(super) struct Parts {
    pub(super) part1: Vec<u8>,
    pub(super) part2: Vec<u8>,
}

impl<'a> Properties<'a> {
    /// Shares `rows` among all items, three each at least.
    pub(super) fn new(catalogue: &'a Catalogue, seed: u64, rows: usize) -> Self {
        let items = catalogue.ids.len();
        let mut rng = stream(seed, Purpose::Properties, u64::MAX);
        let weights: Vec<f64> =
            (0..items).map(|_| 0.4 + 0.3 * (exponential(&mut rng) + exponential(&mut rng))).collect();
        let spare = rows.saturating_sub(3 * items) as f64 / weights.iter().sum::<f64>();
        let mut before = vec![0];
        let mut sum = 0.0;
        for (item, weight) in weights.iter().enumerate() {
            sum += weight * spare;
            before.push(3 * (item as u64 + 1) + sum.round() as u64);
        }
        Self { catalogue, seed, before }
    }

    /// Rows in all.
    pub(super) fn rows(&self) -> u64 {
        self.before[self.before.len() - 1]
    }

    /// How many chunks there are.
    pub(super) fn chunks(&self) -> usize {
        self.catalogue.ids.len().div_ceil(ITEMS_PER_CHUNK)
    }

    /// The rows of a chunk, in random order.
    pub(super) fn chunk(&self, chunk: usize) -> Parts {
        let items = chunk * ITEMS_PER_CHUNK..((chunk + 1) * ITEMS_PER_CHUNK).min(self.catalogue.ids.len());
        let mut rng = stream(self.seed, Purpose::Properties, chunk as u64);
        let (first, end) = (self.before[items.start], self.before[items.end]);
        let mut rows: Vec<Row> = Vec::with_capacity((end - first) as usize);
        for item in items {
            let count = self.before[item + 1] - self.before[item];
            rows_of(item as u32, count as usize, &mut rng, &mut rows);
        }
        shuffle(&mut rng, &mut rows);
        let share = |rows: u64| (rows as f64 * PART1) as u64;
        let (part1, part2) = rows.split_at((share(end) - share(first)) as usize);
        Parts { part1: self.csv(part1), part2: self.csv(part2) }
    }

    fn csv(&self, rows: &[Row]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(48 * rows.len());
        for &row in rows {
            self.write(row, &mut bytes);
        }
        bytes
    }

    fn write(&self, row: Row, out: &mut Vec<u8>) {
        let Row { item, property, week } = row;
        push_number(out, (FIRST_WEEK + i64::from(week) * 7 * DAY) as u64);
        out.push(b',');
        push_number(out, u64::from(self.catalogue.ids[item as usize]));
        out.push(b',');
        match NAMED.get(usize::from(property)) {
            Some((name, _)) => out.extend_from_slice(name.as_bytes()),
            None => push_number(out, u64::from(property - NAMED.len() as u16)),
        }
        out.push(b',');
        match property {
            0 => push_number(out, u64::from(self.catalogue.category(item))),
            1 => push_number(out, u64::from(self.catalogue.available(item, week))),
            2 => push_amount(out, self.catalogue.price(item, week)),
            _ => self.hashed(row, out),
        }
        out.push(b'\n');
    }

    /// A value as the real set has them: hashed words, and numbers written `n<number>`. It seldom changes.
    fn hashed(&self, row: Row, out: &mut Vec<u8>) {
        let Row { item, property, week } = row;
        let key = u64::from(item) << 20 | u64::from(property) << 4 | u64::from(week / 8);
        let mut bits = self.catalogue.hash(key, 5);
        let words = if property == 3 { 4 + bits % 5 } else { [1, 1, 1, 2, 3, 4, 5, 1][(bits % 8) as usize] };
        for word in 0..words {
            if word > 0 {
                out.push(b' ');
            }
            bits = bits.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            if bits >> 61 == 0 {
                push_amount(out, bits >> 40 & 0x3ff);
            } else {
                push_number(out, (bits >> 32) % 1_323_000);
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Row {
    item: u32,
    /// Place in [`NAMED`], then its length plus the number.
    property: u16,
    week: u8,
}

/// Category, stock and price in the item's first week, then more of everything, no property twice in a week.
fn rows_of(item: u32, count: usize, rng: &mut impl Rng, rows: &mut Vec<Row>) {
    let first = if rng.gen_range(0..4_u32) == 0 { rng.gen_range(0..WEEKS) } else { 0 };
    let start = rows.len();
    rows.extend((0..3).map(|property| Row { item, property, week: first }));
    // The three rows above are part of their properties' shares.
    let extra = count.saturating_sub(3);
    let share = |place: usize| {
        let whole = NAMED[place].1 * count as f64;
        (if place < 3 { whole - 1.0 } else { whole }).max(0.0) / (extra as f64).max(1.0)
    };
    let shares: [f64; 4] = std::array::from_fn(share);
    let base = rng.gen_range(0..u64::from(NUMBERED));
    for _ in 0..extra {
        let mut draw = crate::ingest::synth::random::uniform(rng);
        let named = shares.iter().position(|share| {
            draw -= share;
            draw < 0.0
        });
        let wanted = Row {
            item,
            property: named.map_or_else(|| numbered(base, rng), |place| place as u16),
            week: rng.gen_range(first..WEEKS),
        };
        rows.push(free(&rows[start..], wanted, base, first, rng));
    }
}

fn numbered(base: u64, rng: &mut impl Rng) -> u16 {
    let place = rng.gen_range(0..NUMBERED_PER_ITEM);
    NAMED.len() as u16 + numbered_property(base + place * 27)
}

/// Numbers 0…1,099 but for the two that have a meaning.
fn numbered_property(draw: u64) -> u16 {
    match (draw % u64::from(NUMBERED)) as u16 {
        790 | 888 => NUMBERED,
        number => number,
    }
}

/// The row asked for, or another one where the item has that property in that week already.
fn free(taken: &[Row], mut row: Row, base: u64, first: u8, rng: &mut impl Rng) -> Row {
    let mut tries = 0_u16;
    while taken.iter().any(|other| other.property == row.property && other.week == row.week) {
        tries += 1;
        row.week = rng.gen_range(first..WEEKS);
        row.property = if tries < 4 { row.property } else { numbered(base, rng) };
        if tries > 64 {
            // An item with more rows than properties and weeks to fill them: it gets properties of its own.
            row.property = NAMED.len() as u16 + NUMBERED + tries;
        }
    }
    row
}

/// `n<number>` with three decimals.
fn push_amount(out: &mut Vec<u8>, amount: u64) {
    out.push(b'n');
    push_number(out, amount);
    out.extend_from_slice(b".000");
}
