//! Item properties: of some twenty million rows, the few that say what an item is, whether it can be bought, its price.
//!
//! Rows are parsed in parallel and merged in file order, so that the later of two rows with the same time wins.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_64;

use crate::error::Result;
use crate::files::file_name;
use crate::ingest::events::parse_time;
use crate::ingest::ids::{IdLookup, canonical_integer};
use crate::ingest::log::{EventLog, Ids, NONE};
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::shape::{Columns, Rows};
use crate::ingest::table::read_table;
use crate::job::Job;

const COLUMNS: Columns<4> = Columns { names: ["timestamp", "itemid", "property", "value"], optional: None };

// The properties whose meaning RetailRocket published, and the one known to be the price; the others are hashed.
const CATEGORY: &str = "categoryid";
const AVAILABLE: &str = "available";
const PRICE: &str = "790";

/// Items between two looks at the cancel flag.
const ITEMS_PER_CHECK: usize = 4_096;

/// What the property files say about the items of the log.
pub(super) struct Properties {
    /// Rows read, blank ones not counted.
    pub(super) read: u64,
    /// Rows that told a category, an availability or a price of an item of the log, at T or before.
    pub(super) used: u64,
    pub(super) rejected: Quarantine,
    pub(super) items_elsewhere: u64,
    /// Category ids in order of first use.
    pub(super) categories: Vec<Box<str>>,
    /// Per item: the latest category as of T, an index into `categories`.
    pub(super) category: Vec<u32>,
    /// Per item: the latest availability as of T.
    pub(super) available: Vec<Option<bool>>,
    pub(super) prices: Prices,
}

/// Every item's price over time, until T.
#[derive(Default)]
pub(super) struct Prices {
    /// The prices of the item with code `i` are `offsets[i]..offsets[i + 1]`, oldest first.
    offsets: Vec<usize>,
    time: Vec<i64>,
    price: Vec<f64>,
}

impl Prices {
    /// The latest price of an item with a timestamp `<= time`; NaN when there is none.
    pub(super) fn at(&self, item: u32, time: i64) -> f64 {
        let series = self.offsets[item as usize]..self.offsets[item as usize + 1];
        let known = self.time[series.clone()].partition_point(|&since| since <= time);
        if known == 0 { f64::NAN } else { self.price[series.start + known - 1] }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.price.is_empty()
    }

    /// Of rows of an item, a time and a price, in file order: of equal times the last one counts.
    pub(super) fn new(rows: &[(u32, i64, f64)], items: usize, job: &Job) -> Result<Self> {
        let mut starts = vec![0; items + 1];
        for &(item, ..) in rows {
            starts[item as usize + 1] += 1;
        }
        for item in 0..items {
            starts[item + 1] += starts[item];
        }
        let mut next = starts.clone();
        let mut by_item = vec![(0, 0.0); rows.len()];
        for &(item, time, price) in rows {
            let place = &mut next[item as usize];
            by_item[*place] = (time, price);
            *place += 1;
        }
        let mut prices = Self { offsets: vec![0], ..Self::default() };
        for (at, item) in starts.windows(2).enumerate() {
            if at.is_multiple_of(ITEMS_PER_CHECK) {
                job.check()?;
            }
            let series = &mut by_item[item[0]..item[1]];
            // Stable: rows of equal time stay in file order.
            series.sort_by_key(|&(time, _)| time);
            for (at, &(time, price)) in series.iter().enumerate() {
                if series.get(at + 1).is_none_or(|next| next.0 != time) {
                    prices.time.push(time);
                    prices.price.push(price);
                }
            }
            prices.offsets.push(prices.time.len());
        }
        Ok(prices)
    }
}

impl Properties {
    /// Takes over what `events` tell where the property files say nothing.
    pub(super) fn fill(&mut self, events: Self) {
        let shift = self.categories.len() as u32;
        self.categories.extend(events.categories);
        for (own, other) in self.category.iter_mut().zip(events.category) {
            if *own == NONE && other != NONE {
                *own = other + shift;
            }
        }
        if self.prices.is_empty() {
            self.prices = events.prices;
        }
    }
}

/// Reads property files one after the other, for the items of `log` and as of its T.
pub(super) fn read_properties(files: &[impl AsRef<Path>], log: &EventLog, job: &Job) -> Result<Properties> {
    let items = log.items.len();
    let scan = Scan { items: IdLookup::new(&log.items), as_of: log.as_of, seen: Bitmap::new() };
    let mut merged = Merged {
        category: vec![(i64::MIN, NONE); items],
        available: vec![(i64::MIN, None); items],
        ..Merged::default()
    };
    for path in files.iter().map(AsRef::as_ref) {
        let name = file_name(path);
        read_table(
            path,
            &COLUMNS,
            None,
            job,
            || PropertyRows::new(&scan),
            |chunk, first_line| {
                merged.append(chunk, &name, first_line);
                Ok(())
            },
        )?;
    }
    job.check()?;
    Ok(Properties {
        read: merged.read,
        used: merged.used,
        rejected: merged.rejected,
        items_elsewhere: scan.seen.count_without(&log.items) + merged.elsewhere.len() as u64,
        categories: merged.categories,
        category: merged.category.into_iter().map(|(_, category)| category).collect(),
        available: merged.available.into_iter().map(|(_, available)| available).collect(),
        prices: Prices::new(&merged.prices, items, job)?,
    })
}

/// What every chunk needs to know.
struct Scan<'a> {
    items: IdLookup<'a>,
    as_of: i64,
    /// Items whose ids are small integers, the usual case, of the log or not.
    seen: Bitmap,
}

enum Value {
    Category(Box<str>),
    Available(bool),
    Price(f64),
}

/// The useful rows of one chunk.
struct PropertyRows<'a> {
    scan: &'a Scan<'a>,
    read: u64,
    useful: Vec<(u32, i64, Value)>,
    rejected: Quarantine,
    /// Hashes of the other items outside the log.
    elsewhere: HashSet<u64>,
}

impl<'a> PropertyRows<'a> {
    fn new(scan: &'a Scan<'a>) -> Self {
        Self { scan, read: 0, useful: Vec::new(), rejected: Quarantine::default(), elsewhere: HashSet::new() }
    }
}

impl Rows<4> for PropertyRows<'_> {
    fn row(&mut self, &[time, item, property, value]: &[&str; 4]) -> Result<(), Reason> {
        if item.is_empty() {
            return Err(Reason::NoItem);
        }
        let number = canonical_integer(item);
        let is_small = self.scan.seen.insert(number);
        // What the other properties mean is not known: their times and values are not looked at.
        let is_asked = [CATEGORY, AVAILABLE, PRICE].contains(&property);
        if is_small && !is_asked {
            self.read += 1;
            return Ok(());
        }
        let code = self.scan.items.code(item, number);
        if code == NONE && !is_small {
            self.elsewhere.insert(xxh3_64(item.as_bytes()));
        }
        let value = match property {
            CATEGORY if value.is_empty() => return Err(Reason::BadValue),
            CATEGORY if code != NONE => Value::Category(value.into()),
            AVAILABLE => Value::Available(match value {
                "1" | "true" => true,
                "0" | "false" => false,
                _ => return Err(Reason::BadValue),
            }),
            PRICE => Value::Price(parse_price(value).ok_or(Reason::BadValue)?),
            _ => {
                self.read += 1;
                return Ok(());
            }
        };
        let time = parse_time(time)?;
        self.read += 1;
        if code != NONE && time <= self.scan.as_of {
            self.useful.push((code, time, value));
        }
        Ok(())
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) {
        self.read += 1;
        self.rejected.add(line, reason, raw);
    }
}

/// `n<number>`, as in `n15360.000`; the `n` may be missing.
fn parse_price(value: &str) -> Option<f64> {
    let number = value.strip_prefix('n').unwrap_or(value);
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    number.parse().ok().filter(|_| plain)
}

/// All chunks so far, merged in file order.
#[derive(Default)]
struct Merged {
    read: u64,
    used: u64,
    rejected: Quarantine,
    elsewhere: HashSet<u64>,
    categories: Vec<Box<str>>,
    category_index: HashMap<Box<str>, u32>,
    category: Vec<(i64, u32)>,
    available: Vec<(i64, Option<bool>)>,
    prices: Vec<(u32, i64, f64)>,
}

impl Merged {
    fn append(&mut self, chunk: PropertyRows<'_>, file: &str, first_line: u64) {
        self.read += chunk.read;
        self.used += chunk.useful.len() as u64;
        self.rejected.append(chunk.rejected, file, first_line);
        self.elsewhere.extend(chunk.elsewhere);
        for (item, time, value) in chunk.useful {
            match value {
                Value::Category(id) => {
                    let latest = &mut self.category[item as usize];
                    if time >= latest.0 {
                        let index = self.category_index.get(&id).copied().unwrap_or_else(|| {
                            let index = self.categories.len() as u32;
                            self.categories.push(id.clone());
                            self.category_index.insert(id, index);
                            index
                        });
                        *latest = (time, index);
                    }
                }
                Value::Available(available) => {
                    let latest = &mut self.available[item as usize];
                    if time >= latest.0 {
                        *latest = (time, Some(available));
                    }
                }
                Value::Price(price) => self.prices.push((item, time, price)),
            }
        }
    }
}

/// A set of small non-negative integers that many threads fill at once.
struct Bitmap(Vec<AtomicU64>);

impl Bitmap {
    /// Ids below this fit: 8 MiB of bits.
    const LIMIT: i64 = 1 << 26;

    fn new() -> Self {
        Self((0..Self::LIMIT / 64).map(|_| AtomicU64::new(0)).collect())
    }

    /// Adds an id; `false` when it is not such an integer.
    fn insert(&self, id: Option<i64>) -> bool {
        let Some(id) = id.filter(|id| (0..Self::LIMIT).contains(id)) else {
            return false;
        };
        let (word, bit) = (&self.0[id as usize / 64], 1 << (id % 64));
        if word.load(Ordering::Relaxed) & bit == 0 {
            word.fetch_or(bit, Ordering::Relaxed);
        }
        true
    }

    /// How many ids there are that are none of `items`.
    fn count_without(&self, items: &Ids) -> u64 {
        let all: u64 = self.0.iter().map(|word| u64::from(word.load(Ordering::Relaxed).count_ones())).sum();
        let holds = |id: i64| {
            (0..Self::LIMIT).contains(&id) && self.0[id as usize / 64].load(Ordering::Relaxed) >> (id % 64) & 1 == 1
        };
        let known = match items {
            Ids::Integer(ids) => ids.iter().filter(|&&id| holds(id)).count(),
            Ids::Text(ids) => ids.iter().filter(|id| canonical_integer(id).is_some_and(holds)).count(),
        };
        all - known as u64
    }
}
