//! A shop's log of any size in RetailRocket's layout, simulated, with the truth behind it known.
//!
//! Each user has a planted segment, a taste and a rate of visits, and leaves for good after some visit; the log is what
//! such a shop would have recorded over 138 days. At scale 1 it has the real set's published marginals (events by
//! kind, users, items, orders, property rows); the `calibrate` module sees to that. The same seed gives the same bytes.
//!
//! May import nothing of the crate but [`crate::error`], [`crate::job`] and the event kinds.

mod calibrate;
mod catalogue;
mod clock;
mod log;
mod marginals;
mod output;
mod properties;
mod random;
mod segments;
mod shop;
mod taste;
mod truth;
mod visitor;

use std::path::{Path, PathBuf};

use calibrate::calibrate;
use log::{Event, Log};
use marginals::Marginals;
use output::{NewFile, in_order, push_number};
use properties::Properties;
use segments::Clocks;

pub use clock::{END, START};
pub use segments::Segment;

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::ingest::{EventKind, NONE};
use crate::job::Job;

#[cfg(test)]
mod tests;

/// Events of one piece of work.
const EVENTS_PER_CHUNK: usize = 65_536;
const EVENTS: &str = "events.csv";
const TREE: &str = "category_tree.csv";
const PART1: &str = "item_properties_part1.csv";
const PART2: &str = "item_properties_part2.csv";
const TRUTH: &str = "truth.csv";

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a choice by itself")]
pub struct SynthSettings {
    /// Size against the real set, 0.0005 to 10.
    pub scale: f64,
    /// The same seed gives the same files.
    pub seed: u64,
    /// How lively the shop is: 1 as RetailRocket, where 29 % of users have more than one event and one event in 120 is a
    /// purchase. With 4, twice as many users have several events and twice as many of them, and purchases are 16 times
    /// as frequent. From 0.25 to 4.
    pub engagement: f64,
    /// Whether to write the item properties.
    pub properties: bool,
    /// Factor on the number of property rows; three per item stay. From 0 to 10.
    pub property_scale: f64,
    /// Whether to write `truth.csv`: what the process knows about each user.
    pub truth: bool,
    /// Whether to write a shop with names, habits and a campaign in place of RetailRocket's log. It has `scale` × 1,407,580
    /// users and always its properties; `engagement` does not touch it.
    pub shop: bool,
    /// Whether existing files may be replaced.
    pub overwrite: bool,
}

impl Default for SynthSettings {
    fn default() -> Self {
        Self {
            scale: 1.0,
            seed: 7,
            engagement: 1.0,
            properties: false,
            property_scale: 1.0,
            truth: false,
            shop: false,
            overwrite: false,
        }
    }
}

impl SynthSettings {
    /// The settings of the committed `sample-data/`: a shop of some 2,800 customers.
    pub fn sample() -> Self {
        Self { scale: 0.002, shop: true, ..Self::default() }
    }

    /// A small, lively log in RetailRocket's manner, which `sample-data/` was before there was a shop.
    pub fn lively() -> Self {
        Self { scale: 0.0013, engagement: 3.0, properties: true, property_scale: 0.3, ..Self::default() }
    }
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SynthReport {
    /// Events of all kinds.
    pub events: u64,
    /// Events by kind.
    pub views: u64,
    /// Events by kind.
    pub addtocarts: u64,
    /// Events by kind.
    pub transactions: u64,
    /// Distinct transaction ids.
    pub orders: u64,
    /// Distinct visitors.
    pub users: u64,
    /// Distinct items in the events.
    pub items: u64,
    /// Categories in the tree.
    pub categories: u64,
    /// Rows of both property files.
    pub property_rows: u64,
    /// The files and their sizes in bytes.
    pub files: Vec<(PathBuf, u64)>,
}

/// Writes `events.csv`, `category_tree.csv` and, where asked for, `item_properties_part1.csv`, `…_part2.csv` and
/// `truth.csv` (of a shop, the files of the module `shop`) into the folder `out`, which is made if it does not exist. All files get their names at the end.
///
/// # Errors
/// [`Error::Config`] for a setting out of range or a file that exists; [`Error::Io`]; [`Error::Cancelled`].
pub fn generate(out: &Path, settings: &SynthSettings, job: &Job) -> Result<SynthReport> {
    check(settings)?;
    files::create_folder(out, Share::Private)?;
    check_files(out, settings)?;
    if settings.shop {
        return shop::write(out, settings, job);
    }
    let wanted = Marginals::of(settings);
    let clocks = Clocks::new();
    let dials = calibrate(settings, &wanted, &clocks, job)?;
    let log = log::simulate(settings.seed, &wanted, &dials, &clocks, job)?;
    let (visitor_ids, transaction_ids) = log::ids(settings.seed, &log, job)?;

    let mut files = vec![write_events(out, &log, &visitor_ids, &transaction_ids, job)?, write_tree(out, &log)?];
    let mut report = counts(&log);
    if settings.properties {
        let properties = Properties::new(&log.catalogue, settings.seed, wanted.property_rows);
        report.property_rows = properties.rows();
        files.extend(write_properties(out, &properties, job)?);
    }
    if settings.truth {
        files.push(truth::write(out, &log, &visitor_ids, &clocks, job)?);
    }
    report.files = files.into_iter().map(NewFile::commit).collect::<Result<_>>()?;
    Ok(report)
}

fn check(settings: &SynthSettings) -> Result<()> {
    let within = |name: &str, value: f64, low: f64, high: f64| {
        if (low..=high).contains(&value) {
            Ok(())
        } else {
            Err(Error::Config(format!("{name} {value} is out of range: it must lie between {low} and {high}")))
        }
    };
    within("scale", settings.scale, 0.0005, 10.0)?;
    within("engagement", settings.engagement, 0.25, 4.0)?;
    within("property scale", settings.property_scale, 0.0, 10.0)
}

/// Refuses to replace files, and to leave a file of another set beside the new ones.
fn check_files(out: &Path, settings: &SynthSettings) -> Result<()> {
    let parts = settings.properties && !settings.shop;
    let made = [(EVENTS, true), (TREE, true), (PART1, parts), (PART2, parts), (TRUTH, settings.truth)];
    let names = [shop::PROPERTIES, shop::CATEGORIES, shop::ITEMS, shop::CUSTOMERS, shop::CAMPAIGN_FILE];
    for (name, made) in made.into_iter().chain(names.map(|name| (name, settings.shop))) {
        let path = out.join(name);
        if path.symlink_metadata().is_err() || (settings.overwrite && made) {
            continue;
        }
        let why = if settings.overwrite {
            "belongs to another set and would stay beside the new files; remove it"
        } else {
            "exists; name another folder, or allow to overwrite it"
        };
        return Err(Error::Config(format!("{}: {why}", path.display())));
    }
    Ok(())
}

fn counts(log: &Log) -> SynthReport {
    let of = |kind| log.events.iter().filter(|event| event.kind == kind).count() as u64;
    SynthReport {
        events: log.events.len() as u64,
        views: of(EventKind::View),
        addtocarts: of(EventKind::AddToCart),
        transactions: of(EventKind::Transaction),
        orders: log.orders as u64,
        users: log.fates.len() as u64,
        items: log.items as u64,
        categories: log.catalogue.tree.len() as u64,
        ..SynthReport::default()
    }
}

fn write_events(out: &Path, log: &Log, visitor_ids: &[u32], transaction_ids: &[u32], job: &Job) -> Result<NewFile> {
    let mut file = NewFile::create(out, EVENTS, "timestamp,visitorid,event,itemid,transactionid")?;
    let chunks: Vec<&[Event]> = log.events.chunks(EVENTS_PER_CHUNK).collect();
    job.begin("blocks of events written", chunks.len() as u64);
    let make = |chunk: usize| {
        let mut bytes = Vec::with_capacity(40 * chunks[chunk].len());
        for event in chunks[chunk] {
            push_number(&mut bytes, event.time as u64);
            bytes.push(b',');
            push_number(&mut bytes, u64::from(visitor_ids[event.user as usize]));
            bytes.push(b',');
            bytes.extend_from_slice(event.kind.name().as_bytes());
            bytes.push(b',');
            push_number(&mut bytes, u64::from(log.catalogue.ids[event.item as usize]));
            bytes.push(b',');
            if event.order != NONE {
                push_number(&mut bytes, u64::from(transaction_ids[event.order as usize]));
            }
            bytes.push(b'\n');
        }
        bytes
    };
    in_order(chunks.len(), job, make, |bytes| file.write(&bytes))?;
    Ok(file)
}

fn write_tree(out: &Path, log: &Log) -> Result<NewFile> {
    let mut file = NewFile::create(out, TREE, "categoryid,parentid")?;
    let mut bytes = Vec::new();
    for &(category, parent) in &log.catalogue.tree {
        push_number(&mut bytes, u64::from(category));
        bytes.push(b',');
        if let Some(parent) = parent {
            push_number(&mut bytes, u64::from(parent));
        }
        bytes.push(b'\n');
    }
    file.write(&bytes)?;
    Ok(file)
}

fn write_properties(out: &Path, properties: &Properties<'_>, job: &Job) -> Result<[NewFile; 2]> {
    let header = "timestamp,itemid,property,value";
    let mut files = [NewFile::create(out, PART1, header)?, NewFile::create(out, PART2, header)?];
    job.begin("blocks of item properties written", properties.chunks() as u64);
    in_order(
        properties.chunks(),
        job,
        |chunk| properties.chunk(chunk),
        |parts| {
            files[0].write(&parts.part1)?;
            files[1].write(&parts.part2)
        },
    )?;
    Ok(files)
}
