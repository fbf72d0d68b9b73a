//! One customer's visits and orders over the sixteen months.

use rand::RngCore;

use crate::ingest::synth::random::{Purpose, chance, exponential, stream, uniform};
use crate::ingest::synth::shop::assortment::{Assortment, PAPER};
use crate::ingest::synth::shop::calendar::{CAMPAIGN, DAYS, PRESENTS, WINDOW, millis, season, weighted};
use crate::ingest::synth::shop::mailing::{Arm, Chances};
use crate::ingest::synth::shop::people::{Kind, Person};
use crate::ingest::{EventKind, NONE};

/// Days without an event after which nobody is written to.
const FORGOTTEN: f64 = 365.0;
/// Nobody orders on more days.
const MOST_ORDERS: usize = 60;

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) time: i64,
    pub(super) user: u32,
    /// Keeps what happened in the same second in order.
    pub(super) step: u32,
    /// Place of the item in the assortment.
    pub(super) item: u32,
    pub(super) kind: EventKind,
    /// The customer's order it belongs to, [`NONE`] unless a transaction.
    pub(super) order: u32,
}

/// A member of the campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Member {
    pub(super) arm: Arm,
    pub(super) chances: Chances,
    pub(super) ordered: bool,
}

/// A customer's life.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) person: Person,
    pub(super) events: Vec<Event>,
    pub(super) member: Option<Member>,
    /// When the last order of the own accord was made, for those who will not order again.
    pub(super) left: Option<i64>,
}

struct Living<'a, R> {
    rng: R,
    shop: &'a Assortment,
    person: Person,
    user: u32,
    events: Vec<Event>,
    orders: u32,
}

/// The life of a user.
pub(super) fn live(seed: u64, user: u32, shop: &Assortment) -> Life {
    let mut rng = stream(seed, Purpose::Shop, u64::from(user));
    let person = Person::new(&mut rng, shop);
    let mut living = Living { rng, shop, person, user, events: Vec::new(), orders: 0 };
    let visits = living.visit_days();
    for &day in &visits {
        living.look(day);
    }
    let (member, left) = living.order_on_its_days(visits.first().copied());
    let Living { person, mut events, .. } = living;
    events.retain(|event| event.time < millis(DAYS));
    events.sort_unstable();
    Life { person, events, member, left: left.map(millis) }
}

impl<R: RngCore> Living<'_, R> {
    /// Days of the visits that bring no order.
    fn visit_days(&mut self) -> Vec<f64> {
        let mut days = Vec::new();
        let mut day = self.person.arrives;
        let last = self.person.kind.looks().0;
        while day < DAYS {
            let moment = self.person.kind.rhythm().moment(&mut self.rng, day);
            days.push(moment);
            if chance(&mut self.rng, last) {
                break;
            }
            day = moment + self.person.until_next_visit(&mut self.rng) / season(moment);
        }
        days
    }

    /// Orders until the customer leaves or the log ends. The campaign decides for its members whether they order in its
    /// window. Returns what it did, and the day of the last order of those who left.
    fn order_on_its_days(&mut self, first_visit: Option<f64>) -> (Option<Member>, Option<f64>) {
        let mut next = self.person.buys.then(|| self.first_order());
        let mut last: Option<f64> = None;
        let mut member: Option<Member> = None;
        let mut decided = false;
        for _ in 0..MOST_ORDERS {
            if !decided && next.is_none_or(|next| next >= CAMPAIGN) {
                decided = true;
                let seen = last.or(first_visit.filter(|&first| first < CAMPAIGN));
                member = seen.filter(|&seen| self.is_written_to(seen)).map(|_| self.written_to(last));
                match &member {
                    Some(member) if member.ordered => next = Some(self.in_window()),
                    Some(_) => {
                        let after = CAMPAIGN + WINDOW + 5.0 * exponential(&mut self.rng);
                        let moment = self.person.kind.rhythm().moment(&mut self.rng, after);
                        next = next.map(|next| if next < CAMPAIGN + WINDOW { moment } else { next });
                    }
                    None => {}
                }
            }
            let Some(day) = next.filter(|&day| day < DAYS) else { break };
            self.order(day);
            last = Some(day);
            next = (!chance(&mut self.rng, self.person.leaves)).then(|| self.next_order(day)).flatten();
        }
        (member, last.filter(|_| next.is_none()))
    }

    fn first_order(&mut self) -> f64 {
        if self.person.kind == Kind::Giver {
            return self.present_after(self.person.arrives).unwrap_or(DAYS);
        }
        let day = self.person.arrives + 6.0 * exponential(&mut self.rng);
        self.person.kind.rhythm().moment(&mut self.rng, day)
    }

    fn next_order(&mut self, day: f64) -> Option<f64> {
        if self.person.kind == Kind::Giver {
            return self.present_after(day + 20.0);
        }
        let next = day + 3.0 + self.person.until_next_order(&mut self.rng) / season(day);
        Some(self.person.kind.rhythm().moment(&mut self.rng, next))
    }

    /// A day of the next season of presents that is not over.
    fn present_after(&mut self, day: f64) -> Option<f64> {
        let (from, days) = PRESENTS.into_iter().find(|(from, _)| day < *from)?;
        let day = from + days * uniform(&mut self.rng);
        Some(self.person.kind.rhythm().moment(&mut self.rng, day))
    }

    fn is_written_to(&self, seen: f64) -> bool {
        self.person.registered && self.person.newsletter && CAMPAIGN - seen < FORGOTTEN
    }

    fn written_to(&mut self, last: Option<f64>) -> Member {
        let arm = Arm::ALL[weighted(&mut self.rng, &Arm::ALL.map(Arm::share))];
        let chances = Chances::of(self.person.kind, last.map(|last| CAMPAIGN - last), self.person.order_gap);
        Member { arm, chances, ordered: chance(&mut self.rng, chances.under(arm)) }
    }

    /// A moment in the window of the campaign, sooner rather than later.
    fn in_window(&mut self) -> f64 {
        let draw = uniform(&mut self.rng);
        let day = CAMPAIGN + 0.2 + (WINDOW - 9.0) * draw * draw;
        self.person.kind.rhythm().moment(&mut self.rng, day).max(CAMPAIGN + 0.2)
    }

    fn look(&mut self, day: f64) {
        let mut at = day;
        let mut last = self.interesting();
        self.push(at, last, EventKind::View, NONE);
        at += self.pause();
        while chance(&mut self.rng, 0.38) {
            last = self.interesting();
            self.push(at, last, EventKind::View, NONE);
            at += self.pause();
        }
        if chance(&mut self.rng, self.person.kind.looks().1) {
            self.push(at, last, EventKind::AddToCart, NONE);
        }
    }

    fn order(&mut self, day: f64) {
        let order = self.orders;
        self.orders += 1;
        let mut lines: Vec<usize> = vec![self.bought()];
        let more = match self.person.kind {
            Kind::Office => 0.55,
            Kind::Giver | Kind::Regular => 0.35,
            _ => 0.25,
        };
        while lines.len() < 6 && chance(&mut self.rng, more) {
            let item =
                if chance(&mut self.rng, 0.25) { self.shop.of_leaf(&mut self.rng, PAPER) } else { self.bought() };
            if !lines.contains(&item) {
                lines.push(item);
            }
        }
        let mut at = day;
        if chance(&mut self.rng, 0.3) {
            let item = self.interesting();
            self.push(at, item, EventKind::View, NONE);
            at += self.pause();
        }
        for &item in &lines {
            self.push(at, item, EventKind::View, NONE);
            at += self.pause();
            // Who knows what they want orders again with one key.
            if chance(&mut self.rng, 0.5) {
                self.push(at, item, EventKind::AddToCart, NONE);
                at += self.pause() / 4.0;
            }
        }
        at += self.pause();
        for &item in &lines {
            self.push(at, item, EventKind::Transaction, order);
        }
    }

    /// Something to look at: of the own taste, or of another category.
    fn interesting(&mut self) -> usize {
        let leaf = if chance(&mut self.rng, 0.7) { self.person.taste } else { Assortment::leaf(&mut self.rng) };
        self.shop.of_leaf(&mut self.rng, leaf)
    }

    /// Something to buy: what is bought always, or something interesting.
    fn bought(&mut self) -> usize {
        let habit = matches!(self.person.kind, Kind::Regular | Kind::Office);
        if habit && chance(&mut self.rng, 0.7) {
            return self.person.staples[usize::from(chance(&mut self.rng, 0.35))];
        }
        let first = self.interesting();
        if self.person.kind != Kind::Bargain {
            return first;
        }
        let other = self.interesting();
        let cents = |item: usize| self.shop.items[item].cents;
        if cents(other) < cents(first) { other } else { first }
    }

    /// Between two clicks, in days.
    fn pause(&mut self) -> f64 {
        (20.0 + 50.0 * exponential(&mut self.rng)) / 86_400.0
    }

    fn push(&mut self, day: f64, item: usize, kind: EventKind, order: u32) {
        let step = self.events.len() as u32;
        self.events.push(Event { time: millis(day), user: self.user, step, item: item as u32, kind, order });
    }
}
