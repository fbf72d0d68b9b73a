//! The planted segments: how each kind of visitor behaves.

use crate::ingest::synth::clock::Clock;
use crate::ingest::synth::random::{chance, gamma, uniform};
use rand::RngCore;

/// The kinds of visitors that the generator plants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// One view, never seen again.
    OneTimeViewer,
    /// Looks around, comes back now and then, hardly buys.
    Browser,
    /// Fills carts and leaves them.
    CartAbandoner,
    /// Comes back often and takes the cheapest of what it likes.
    BargainHunter,
    /// Comes on Saturdays and Sundays.
    WeekendShopper,
    /// Comes back for months and buys.
    LoyalBuyer,
}

impl Segment {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::OneTimeViewer,
        Self::Browser,
        Self::CartAbandoner,
        Self::BargainHunter,
        Self::WeekendShopper,
        Self::LoyalBuyer,
    ];

    /// The name in `truth.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneTimeViewer => "one_time_viewer",
            Self::Browser => "browser",
            Self::CartAbandoner => "cart_abandoner",
            Self::BargainHunter => "bargain_hunter",
            Self::WeekendShopper => "weekend_shopper",
            Self::LoyalBuyer => "loyal_buyer",
        }
    }

    /// Share of the engaged users, mean days between visits, chance that a visit without purchase is the last, items
    /// looked at per session, chance that a view puts the item into the cart, chance that a cart is bought.
    fn habits(self) -> Habits {
        let (share, days, last, length, cart, buy) = match self {
            Self::OneTimeViewer => (0.000, 1.0, 1.00, 1.0, 0.00, 0.00),
            Self::Browser => (0.670, 18.0, 0.86, 3.0, 0.010, 0.10),
            Self::CartAbandoner => (0.130, 14.0, 0.75, 3.2, 0.110, 0.06),
            Self::BargainHunter => (0.100, 11.0, 0.58, 3.6, 0.045, 0.40),
            Self::WeekendShopper => (0.080, 9.0, 0.55, 3.2, 0.040, 0.40),
            Self::LoyalBuyer => (0.020, 7.0, 0.10, 3.4, 0.110, 0.75),
        };
        Habits { share, days, last, length, cart, buy }
    }

    fn drawn(rng: &mut impl RngCore, dials: &Dials) -> Self {
        let draw = uniform(rng);
        if draw >= dials.engaged {
            return Self::OneTimeViewer;
        }
        let weight = |segment: Self| segment.habits().share * if segment == Self::Browser { 1.0 } else { dials.keen };
        let mut left = draw / dials.engaged * Self::ALL.into_iter().map(weight).sum::<f64>();
        for segment in Self::ALL {
            left -= weight(segment);
            if left < 0.0 {
                return segment;
            }
        }
        Self::Browser
    }
}

struct Habits {
    share: f64,
    days: f64,
    last: f64,
    length: f64,
    cart: f64,
    buy: f64,
}

/// What the calibration turns until the log has the marginals asked for, and how keen the users are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dials {
    /// Share of users who are no one-time viewers.
    pub(super) engaged: f64,
    /// Factor on the shares of the segments other than browsers among the engaged; not turned.
    pub(super) keen: f64,
    /// Factor on the items beyond the first of a session.
    pub(super) length: f64,
    /// Factor on the chance of a cart.
    pub(super) cart: f64,
    /// Factor on the chance that a cart is bought.
    pub(super) buy: f64,
    /// Chance that a further item of a checkout joins the order of the one before it.
    pub(super) together: f64,
}

/// Chance that a visit goes on with another session some hours later.
pub(super) const CONTINUES: f64 = 0.13;
/// A purchase makes it this much less likely that the visit was the last.
const PURCHASE_KEEPS: f64 = 0.6;
/// Once something is in the cart, more of it follows: factor on the chance of a cart.
const MOMENTUM: f64 = 6.0;

/// One user's own parameters, fixed for life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Person {
    pub(super) segment: Segment,
    /// Even day of the first visit.
    pub(super) arrival: f64,
    /// Visits per even day while the user lasts.
    pub(super) rate: f64,
    /// Chance that a visit without purchase is the last one.
    pub(super) last: f64,
    /// Mean number of items looked at per session, at least 1.
    pub(super) length: f64,
    /// Chance that a view puts the item into the cart, while the session's cart is empty.
    pub(super) cart: f64,
    /// Chance that the session's cart is bought.
    pub(super) buy: f64,
}

impl Person {
    /// Who has not been drawn yet.
    pub(super) fn nobody() -> Self {
        Self { segment: Segment::OneTimeViewer, arrival: 0.0, rate: 0.0, last: 1.0, length: 1.0, cart: 0.0, buy: 0.0 }
    }

    /// Draws a user.
    pub(super) fn drawn(rng: &mut impl RngCore, dials: &Dials, clocks: &Clocks) -> Self {
        let segment = Segment::drawn(rng, dials);
        let habits = segment.habits();
        let days = clocks.of(segment).length();
        let even = uniform(rng);
        // Half of the loyal were customers before the log starts.
        let known = segment == Segment::LoyalBuyer && chance(rng, 0.5);
        let arrival = if known { even * habits.days } else { even * days };
        if segment == Segment::OneTimeViewer {
            return Self { arrival, ..Self::nobody() };
        }
        let rate = gamma(rng, 3) / habits.days;
        let last = (habits.last * (0.7 + 0.6 * uniform(rng))).min(0.98);
        let length = 1.0 + (habits.length - 1.0) * dials.length * gamma(rng, 4);
        let cart = (habits.cart * dials.cart * gamma(rng, 3)).min(0.6);
        let buy = (habits.buy * dials.buy * (0.6 + 0.8 * uniform(rng))).min(0.95);
        Self { segment, arrival, rate, last, length, cart, buy }
    }

    /// Chance that a view puts the item into a cart that already holds something.
    pub(super) fn cart_again(&self) -> f64 {
        (self.cart * MOMENTUM).min(0.7)
    }

    /// Chance that a visit is the last one.
    pub(super) fn last_after(&self, purchase: bool) -> f64 {
        if purchase { self.last * PURCHASE_KEEPS } else { self.last }
    }

    /// Expected `transaction` events of a visit.
    pub(super) fn purchases_per_visit(&self) -> f64 {
        let go_on = 1.0 - 1.0 / self.length;
        let once_carted = self.cart_again() * self.length;
        let carts = self.cart * (1.0 + go_on * once_carted) / (1.0 - go_on * (1.0 - self.cart));
        self.buy * carts / (1.0 - CONTINUES)
    }

    /// Chance that a visit, with or without purchase, is the last one.
    pub(super) fn last_visit(&self) -> f64 {
        let go_on = 1.0 - 1.0 / self.length;
        let any_cart = self.cart / (1.0 - go_on * (1.0 - self.cart));
        let none = 1.0 - self.buy * any_cart;
        let no_purchase = (1.0 - CONTINUES) * none / (1.0 - CONTINUES * none);
        no_purchase * self.last_after(false) + (1.0 - no_purchase) * self.last_after(true)
    }

    /// Expected `transaction` events within `days` even days of a user who will come again: visits arrive at `rate` and
    /// each is the last with chance p, so `(1 − e^(−rate·p·days)) / p` of them are expected.
    pub(super) fn expected_purchases(&self, days: f64) -> f64 {
        let last = self.last_visit();
        self.purchases_per_visit() * (1.0 - (-self.rate * last * days).exp()) / last
    }

    /// Chance that a user who will come again does not within `days` even days.
    pub(super) fn no_return(&self, days: f64) -> f64 {
        (-self.rate * days).exp()
    }
}

/// The clock of each segment.
#[derive(Clone, Debug)]
pub(super) struct Clocks {
    weekdays: Clock,
    weekends: Clock,
}

impl Clocks {
    pub(super) fn new() -> Self {
        Self { weekdays: Clock::weekdays(), weekends: Clock::weekends() }
    }

    pub(super) fn of(&self, segment: Segment) -> &Clock {
        if segment == Segment::WeekendShopper { &self.weekends } else { &self.weekdays }
    }
}
