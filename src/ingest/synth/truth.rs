//! `truth.csv`: what the process knows about each user and no log tells.
//!
//! One row a user:
//!
//! | column | meaning |
//! |---|---|
//! | `visitorid` | as in `events.csv` |
//! | `segment` | the planted segment |
//! | `visits_per_day` | mean rate of visits while the user lasts |
//! | `last_visit_probability` | chance that a visit is the user's last |
//! | `purchases_per_visit` | expected `transaction` events of a visit |
//! | `lasts_60d` | 1 when, 60 days before the end, the user will come again some day; 0 when not |
//! | `expected_purchases_60d` | expected `transaction` events in the last 60 days, given that state |
//! | `lasts_30d` | the same 30 days before the end |
//! | `no_return_probability_30d` | chance of no event in the last 30 days, given that state |
//!
//! The columns of a cutoff are empty for users whose first event lies after it. Expectations count visits that begin
//! after the cutoff: what a visit under way at the cutoff still brings (minutes, at most some hours) is left out, as is
//! the time that visits themselves take. They average over the future, not over the state: whether a user lasts is
//! known to the process and hidden from any model, so no model can do better, and few come close.

use std::path::Path;

use crate::error::Result;
use crate::ingest::synth::clock::{DAY, END};
use crate::ingest::synth::log::{Fate, Log};
use crate::ingest::synth::output::{NewFile, in_order, push_number};
use crate::ingest::synth::segments::Clocks;
use crate::job::Job;

const HEADER: &str = "visitorid,segment,visits_per_day,last_visit_probability,purchases_per_visit,lasts_60d,\
                      expected_purchases_60d,lasts_30d,no_return_probability_30d";
const USERS_PER_CHUNK: usize = 65_536;

/// Writes the truth about each user.
pub(super) fn write(out: &Path, log: &Log, visitor_ids: &[u32], clocks: &Clocks, job: &Job) -> Result<NewFile> {
    let mut file = NewFile::create(out, crate::ingest::synth::TRUTH, HEADER)?;
    let chunks: Vec<_> = log.fates.chunks(USERS_PER_CHUNK).zip(visitor_ids.chunks(USERS_PER_CHUNK)).collect();
    job.begin("blocks of users written", chunks.len() as u64);
    let make = |chunk: usize| {
        let mut bytes = Vec::new();
        for (fate, &id) in chunks[chunk].0.iter().zip(chunks[chunk].1) {
            push_number(&mut bytes, u64::from(id));
            bytes.push(b',');
            bytes.extend_from_slice(row(fate, clocks).as_bytes());
            bytes.push(b'\n');
        }
        bytes
    };
    in_order(chunks.len(), job, make, |bytes| file.write(&bytes))?;
    Ok(file)
}

fn row(fate: &Fate, clocks: &Clocks) -> String {
    let person = &fate.person;
    let clock = clocks.of(person.segment);
    let state = |days: i64, when_lasting: &dyn Fn(f64) -> f64, when_gone: f64| {
        let cutoff = END - days * DAY;
        if fate.first > cutoff {
            return ",".to_owned();
        }
        if fate.left <= cutoff {
            return format!("0,{when_gone}");
        }
        format!("1,{:.6}", when_lasting(clock.even(END) - clock.even(cutoff)))
    };
    format!(
        "{},{:.6},{:.6},{:.6},{},{}",
        person.segment.name(),
        person.rate,
        person.last_visit(),
        person.purchases_per_visit(),
        state(60, &|days| person.expected_purchases(days), 0.0),
        state(30, &|days| person.no_return(days), 1.0),
    )
}
