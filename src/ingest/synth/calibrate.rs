//! Turns the dials until the simulated log has the marginals asked for, at any scale and seed.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::EventKind;
use crate::ingest::synth::SynthSettings;
use crate::ingest::synth::marginals::Marginals;
use crate::ingest::synth::segments::{Clocks, Dials, Person};
use crate::ingest::synth::visitor::Life;
use crate::job::Job;

/// Users of one piece of work. Fixed, so that the result does not depend on the number of threads.
pub(super) const USERS_PER_CHUNK: usize = 8_192;
/// Larger sets are calibrated on their first users.
const USERS_AT_MOST: usize = 1_400_000;
const ROUNDS: u64 = 12;
/// Largest relative deviation that ends the search early.
const TOLERANCE: f64 = 0.001;

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    events: u64,
    views: u64,
    addtocarts: u64,
    transactions: u64,
    checkouts: u64,
    sessions: u64,
    /// Users with more than one event.
    several: u64,
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            events: self.events + other.events,
            views: self.views + other.views,
            addtocarts: self.addtocarts + other.addtocarts,
            transactions: self.transactions + other.transactions,
            checkouts: self.checkouts + other.checkouts,
            sessions: self.sessions + other.sessions,
            several: self.several + other.several,
        }
    }
}

/// The dials whose log comes nearest to `wanted`.
pub(super) fn calibrate(settings: &SynthSettings, wanted: &Marginals, clocks: &Clocks, job: &Job) -> Result<Dials> {
    let wanted = wanted.part(wanted.users.min(USERS_AT_MOST));
    let mut dials = Dials {
        engaged: 1.1 * wanted.returning / wanted.users as f64,
        keen: settings.engagement,
        length: 1.0,
        cart: 1.0,
        buy: 1.0,
        together: 0.3,
    };
    let mut best = (f64::INFINITY, dials);
    job.begin("calibration rounds", ROUNDS);
    for _ in 0..ROUNDS {
        let counts = count(settings.seed, wanted.users, &dials, clocks, job)?;
        let off = deviation(&counts, &wanted);
        if off < best.0 {
            best = (off, dials);
        }
        if off < TOLERANCE {
            break;
        }
        dials = turned(dials, &counts, &wanted);
        job.advance(1);
    }
    Ok(best.1)
}

/// The largest relative deviation of a count from what is wanted.
fn deviation(counts: &Counts, wanted: &Marginals) -> f64 {
    [
        (counts.events, wanted.events),
        (counts.addtocarts, wanted.addtocarts),
        (counts.transactions, wanted.transactions),
        (counts.several, wanted.returning),
    ]
    .into_iter()
    .map(|(count, wanted)| (count as f64 / wanted - 1.0).abs())
    .fold(0.0, f64::max)
}

/// Each dial times wanted over counted of the ratio that it governs most.
fn turned(dials: Dials, counts: &Counts, wanted: &Marginals) -> Dials {
    let ratio = |wanted: f64, counted: f64| if counted > 0.0 { (wanted / counted).clamp(0.5, 2.0) } else { 1.5 };
    let views = wanted.events - wanted.addtocarts - wanted.transactions;
    let sessions = counts.sessions as f64;
    let transactions = counts.transactions as f64;
    let joined = transactions - counts.checkouts as f64;
    Dials {
        keen: dials.keen,
        engaged: (dials.engaged * ratio(wanted.returning, counts.several as f64)).min(0.98),
        // Each session has one look at least, so only the looks beyond it move; sessions move with the share engaged.
        length: dials.length * ratio(wanted.events - sessions, counts.events as f64 - sessions),
        cart: dials.cart * ratio(wanted.addtocarts / views, counts.addtocarts as f64 / counts.views as f64),
        buy: dials.buy
            * ratio(wanted.transactions / wanted.addtocarts, transactions / (counts.addtocarts as f64).max(1.0)),
        together: if joined > 0.0 {
            ((1.0 - wanted.orders / wanted.transactions) * transactions / joined).min(1.0)
        } else {
            dials.together
        },
    }
}

fn count(seed: u64, users: usize, dials: &Dials, clocks: &Clocks, job: &Job) -> Result<Counts> {
    let chunks: Vec<Counts> = (0..users.div_ceil(USERS_PER_CHUNK))
        .into_par_iter()
        .map(|chunk| {
            job.check()?;
            let mut life = Life::empty(Person::nobody());
            let mut counts = Counts::default();
            for user in chunk * USERS_PER_CHUNK..((chunk + 1) * USERS_PER_CHUNK).min(users) {
                life.live(seed, user as u64, dials, clocks);
                counts = counts.plus(counted(&life));
            }
            Ok(counts)
        })
        .collect::<Result<_>>()?;
    Ok(chunks.into_iter().fold(Counts::default(), Counts::plus))
}

fn counted(life: &Life) -> Counts {
    let of = |kind| life.steps.iter().filter(|step| step.kind == kind).count() as u64;
    Counts {
        events: life.steps.len() as u64,
        views: of(EventKind::View),
        addtocarts: of(EventKind::AddToCart),
        transactions: of(EventKind::Transaction),
        checkouts: u64::from(life.checkouts),
        sessions: u64::from(life.sessions),
        several: u64::from(life.steps.len() > 1),
    }
}
