//! A shop for coffee and tea that somebody understands: names, prices, habits, and a campaign whose effect is known.
//!
//! Its log lies in RetailRocket's layout like the other one. Beside it stand `categories.csv`, `items.csv` and
//! `customers.csv` with the names, and `campaign.csv` with who was written to on 2025-06-02, in two arms and a hold-out,
//! and who ordered within 60 days. The log runs from June 2024 to September 2025.

mod assortment;
mod calendar;
mod customers;
mod life;
mod mailing;
mod people;
#[cfg(test)]
mod tests;

use std::path::Path;

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::synth::output::{NewFile, push_number};
use crate::ingest::synth::{EVENTS, SynthReport, SynthSettings, TREE, TRUTH};
use crate::ingest::{EventKind, NONE};
use crate::job::Job;
use assortment::{Assortment, Node};
use life::{Event, Life, live};

/// Users at scale 1, as in the real set.
const USERS: f64 = 1_407_580.0;
/// Id of the first user and of the first order.
const FIRST_USER: u64 = 1_001;
/// See [`FIRST_USER`].
const FIRST_ORDER: u64 = 50_001;
/// Users of one piece of work.
const USERS_PER_CHUNK: usize = 4_096;

pub(super) const PROPERTIES: &str = "item_properties.csv";
pub(super) const CATEGORIES: &str = "categories.csv";
pub(super) const ITEMS: &str = "items.csv";
pub(super) const CUSTOMERS: &str = "customers.csv";
pub(super) const CAMPAIGN_FILE: &str = "campaign.csv";

/// Writes the shop's files into `out`; those that appear have their names at the end.
pub(super) fn write(out: &Path, settings: &SynthSettings, job: &Job) -> Result<SynthReport> {
    let users = (settings.scale * USERS).round() as usize;
    let shop = Assortment::new(settings.seed, users);
    let lives = lives(settings.seed, users, &shop, job)?;
    let tree = assortment::tree();
    let (properties, property_rows) = shop.properties();
    let mut report = SynthReport { property_rows, ..SynthReport::default() };
    let mut files = vec![write_events(out, &lives, &shop, &mut report, job)?];
    let mut put = |name: &str, header: &str, rows: &[u8]| {
        let mut file = NewFile::create(out, name, header)?;
        file.write(rows)?;
        files.push(file);
        Ok::<(), crate::error::Error>(())
    };
    report.categories = tree.len() as u64;
    let parent = |node: &Node| node.parent.map(|id| id.to_string()).unwrap_or_default();
    put(TREE, "categoryid,parentid", &lines(tree.iter().map(|node| format!("{},{}", node.id, parent(node)))))?;
    put(CATEGORIES, "categoryid,name", &lines(tree.iter().map(|node| format!("{},{}", node.id, node.name))))?;
    put(PROPERTIES, "timestamp,itemid,property,value", &properties)?;
    put(ITEMS, "itemid,name,category,price", &shop.names())?;
    let known = |(user, life): (usize, &Life)| {
        life.person.registered.then(|| customers::row(settings.seed, user as u32, id(user), &life.person))
    };
    let users = || lives.iter().enumerate();
    put(CUSTOMERS, "visitorid,name,email,country,newsletter", &lines(users().filter_map(known)))?;
    put(CAMPAIGN_FILE, "user,treatment,date,outcome", &lines(users().filter_map(member)))?;
    if settings.truth {
        let header = "visitorid,kind,order_gap_days,left,arm,p_control,effect_newsletter,effect_voucher";
        put(TRUTH, header, &lines(users().map(truth)))?;
    }
    report.files = files.into_iter().map(NewFile::commit).collect::<Result<_>>()?;
    Ok(report)
}

/// Rows as the bytes of a file.
fn lines(rows: impl Iterator<Item = String>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend_from_slice(row.as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

fn id(user: usize) -> u64 {
    FIRST_USER + user as u64
}

fn lives(seed: u64, users: usize, shop: &Assortment, job: &Job) -> Result<Vec<Life>> {
    job.begin("users simulated", users as u64);
    let chunks: Vec<Vec<Life>> = (0..users.div_ceil(USERS_PER_CHUNK))
        .into_par_iter()
        .map(|chunk| {
            job.check()?;
            let range = chunk * USERS_PER_CHUNK..((chunk + 1) * USERS_PER_CHUNK).min(users);
            job.advance(range.len() as u64);
            Ok(range.map(|user| live(seed, user as u32, shop)).collect())
        })
        .collect::<Result<_>>()?;
    Ok(chunks.into_iter().flatten().collect())
}

/// Writes the events in order of time, orders numbered likewise.
fn write_events(out: &Path, lives: &[Life], shop: &Assortment, report: &mut SynthReport, job: &Job) -> Result<NewFile> {
    let mut events: Vec<Event> = lives.iter().flat_map(|life| life.events.iter().copied()).collect();
    job.check()?;
    events.par_sort_unstable();
    let mut file = NewFile::create(out, EVENTS, "timestamp,visitorid,event,itemid,transactionid")?;
    job.begin("events written", events.len() as u64);
    let mut seen = vec![false; shop.items.len()];
    let mut numbers: Vec<Vec<u64>> = vec![Vec::new(); lives.len()];
    let mut bytes = Vec::new();
    for chunk in events.chunks(super::EVENTS_PER_CHUNK) {
        job.check()?;
        bytes.clear();
        for event in chunk {
            push_number(&mut bytes, event.time as u64);
            bytes.push(b',');
            push_number(&mut bytes, id(event.user as usize));
            bytes.extend_from_slice(format!(",{},", event.kind.name()).as_bytes());
            push_number(&mut bytes, u64::from(shop.items[event.item as usize].id));
            bytes.push(b',');
            if event.order != NONE {
                // A user's orders come in the order of their numbers.
                let own = &mut numbers[event.user as usize];
                if own.len() <= event.order as usize {
                    own.push(FIRST_ORDER + report.orders);
                    report.orders += 1;
                }
                push_number(&mut bytes, own.get(event.order as usize).copied().unwrap_or_default());
            }
            bytes.push(b'\n');
            seen[event.item as usize] = true;
            match event.kind {
                EventKind::AddToCart => report.addtocarts += 1,
                EventKind::Transaction => report.transactions += 1,
                _ => report.views += 1,
            }
        }
        file.write(&bytes)?;
        job.advance(chunk.len() as u64);
    }
    report.events = events.len() as u64;
    report.users = lives.iter().filter(|life| !life.events.is_empty()).count() as u64;
    report.items = seen.into_iter().filter(|&seen| seen).count() as u64;
    Ok(file)
}

/// A row of `campaign.csv`.
fn member((user, life): (usize, &Life)) -> Option<String> {
    let member = life.member.as_ref()?;
    Some(format!("{},{},2025-06-02,{}", id(user), member.arm.name(), u8::from(member.ordered)))
}

/// A row of `truth.csv`: what the process knows of a user. The campaign's columns are empty for who was not in it.
fn truth((user, life): (usize, &Life)) -> String {
    let person = &life.person;
    let left = life.left.map(|left| left.to_string()).unwrap_or_default();
    let campaign = life.member.as_ref().map_or_else(
        || ",,,".to_owned(),
        |member| {
            let chances = &member.chances;
            format!("{},{:.4},{:.4},{:.4}", member.arm.name(), chances.control, chances.newsletter, chances.voucher)
        },
    );
    let gap = if person.buys { format!("{:.2}", person.order_gap) } else { String::new() };
    format!("{},{},{gap},{left},{campaign}", id(user), person.kind.name())
}
