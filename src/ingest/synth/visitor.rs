//! One user's life in the shop, as a point process: arrival, visits until the last one, sessions, the funnel.
//!
//! Visits arrive at the user's own rate and after each the user leaves for good with some chance ("buy till you die", as
//! in the BG/NBD model of Fader, Hardie and Lee 2005). What happens next depends on the user's parameters and on what
//! happened before, never on the future.

use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ingest::synth::clock::END;
use crate::ingest::synth::random::{Purpose, chance, exponential, stream};
use crate::ingest::synth::segments::{CONTINUES, Clocks, Dials, Person};
use crate::ingest::{EventKind, NONE};

/// One event before its item is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// UTC milliseconds.
    pub(super) time: i64,
    pub(super) kind: EventKind,
    /// Which look at an item it belongs to, counted over the user's life.
    pub(super) look: u32,
    /// Which of the user's orders it belongs to, [`NONE`] unless a transaction.
    pub(super) order: u32,
}

/// A user's whole life in the log.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) person: Person,
    /// In the order of time.
    pub(super) steps: Vec<Step>,
    pub(super) looks: u32,
    pub(super) orders: u32,
    pub(super) sessions: u32,
    pub(super) checkouts: u32,
    /// Start of the last visit: from then on the user does not come again. `i64::MAX` when that lies after the log.
    pub(super) left: i64,
}

impl Life {
    /// A life to write into; [`Life::live`] uses its memory again.
    pub(super) fn empty(person: Person) -> Self {
        Self { person, steps: Vec::new(), looks: 0, orders: 0, sessions: 0, checkouts: 0, left: i64::MAX }
    }

    /// Lives the life of user number `user`.
    pub(super) fn live(&mut self, seed: u64, user: u64, dials: &Dials, clocks: &Clocks) {
        let mut rng = stream(seed, Purpose::Behaviour, user);
        let person = Person::drawn(&mut rng, dials, clocks);
        self.steps.clear();
        (self.person, self.looks, self.orders, self.sessions, self.checkouts) = (person, 0, 0, 0, 0);
        self.left = i64::MAX;
        let clock = clocks.of(person.segment);
        let mut even = person.arrival;
        while let Some(start) = clock.calendar(even) {
            let (end, bought) = self.visit(&mut rng, start, dials);
            if chance(&mut rng, person.last_after(bought)) {
                self.left = start;
                break;
            }
            if end >= END {
                break;
            }
            even = clock.even(end) + exponential(&mut rng) / person.rate;
        }
    }

    /// Sessions some hours apart. Gives the time of the last event and whether something was bought.
    fn visit(&mut self, rng: &mut Xoshiro256PlusPlus, start: i64, dials: &Dials) -> (i64, bool) {
        let mut bought = false;
        let mut time = start;
        loop {
            let (end, buys) = self.session(rng, time, dials);
            bought |= buys;
            if self.person.rate == 0.0 || !chance(rng, CONTINUES) {
                return (end, bought);
            }
            time = end + 1_900_000 + milliseconds(rng, 9_000.0);
            if time > END {
                return (END, bought);
            }
        }
    }

    fn session(&mut self, rng: &mut Xoshiro256PlusPlus, start: i64, dials: &Dials) -> (i64, bool) {
        let person = self.person;
        let mut time = start;
        let mut cart = Vec::new();
        self.sessions += 1;
        loop {
            let look = self.looks;
            self.looks += 1;
            self.step(time, EventKind::View, look, NONE);
            if chance(rng, if cart.is_empty() { person.cart } else { person.cart_again() }) {
                time += milliseconds(rng, 35.0);
                self.step(time, EventKind::AddToCart, look, NONE);
                cart.push(look);
            }
            if chance(rng, 1.0 / person.length) {
                break;
            }
            time += milliseconds(rng, 80.0);
        }
        if cart.is_empty() || !chance(rng, person.buy) {
            return (time, false);
        }
        time += milliseconds(rng, 120.0);
        let mut bought = false;
        for (place, &look) in cart.iter().enumerate() {
            if place > 0 {
                time += 1 + milliseconds(rng, 0.2) % 400;
            }
            if time > END {
                break;
            }
            if place == 0 || !chance(rng, dials.together) {
                self.orders += 1;
            }
            self.checkouts += u32::from(place == 0);
            self.step(time, EventKind::Transaction, look, self.orders - 1);
            bought = true;
        }
        (time, bought)
    }

    /// Events after the end of the log are not in it.
    fn step(&mut self, time: i64, kind: EventKind, look: u32, order: u32) {
        if time <= END {
            self.steps.push(Step { time, kind, look, order });
        }
    }
}

/// A wait of a second and more: exponential with the given mean, in seconds.
fn milliseconds(rng: &mut Xoshiro256PlusPlus, seconds: f64) -> i64 {
    1_000 + (exponential(rng) * seconds * 1_000.0) as i64
}
