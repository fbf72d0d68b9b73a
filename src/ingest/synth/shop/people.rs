//! Who comes to the shop: kinds of customers, and what each of them is like.

use rand::RngCore;

use crate::ingest::synth::random::{chance, exponential, gamma, uniform};
use crate::ingest::synth::shop::assortment::{Assortment, CUPS, ESPRESSO, FILTER, PRESENTS};
use crate::ingest::synth::shop::calendar::{DAYS, Rhythm, weighted};

/// A planted kind of customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Looks once, seldom twice.
    Passer,
    /// Comes back to look, and some day buys something that lasts.
    Browser,
    /// Drinks coffee or tea and orders when it is used up.
    Regular,
    /// Buys presents, before Christmas and in May.
    Giver,
    /// Buys at weekends what is cheap, and leaves many carts behind.
    Bargain,
    /// Orders for an office, every month or so, in the morning.
    Office,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Passer, Self::Browser, Self::Regular, Self::Giver, Self::Bargain, Self::Office];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Passer => "passer-by",
            Self::Browser => "browser",
            Self::Regular => "regular",
            Self::Giver => "gift giver",
            Self::Bargain => "bargain hunter",
            Self::Office => "office",
        }
    }

    fn share(self) -> f64 {
        match self {
            Self::Passer => 0.42,
            Self::Browser => 0.28,
            Self::Regular => 0.095,
            Self::Giver => 0.08,
            Self::Bargain => 0.105,
            Self::Office => 0.02,
        }
    }

    pub(super) fn rhythm(self) -> Rhythm {
        match self {
            Self::Office => Rhythm::Office,
            Self::Bargain => Rhythm::Weekend,
            _ => Rhythm::Home,
        }
    }

    /// How like it is to buy anything, ever.
    fn buys(self) -> f64 {
        match self {
            Self::Passer => 0.02,
            Self::Browser => 0.3,
            Self::Bargain => 0.8,
            Self::Regular | Self::Giver | Self::Office => 1.0,
        }
    }

    /// Chance that an order is the last one.
    fn leaves(self) -> f64 {
        match self {
            Self::Passer | Self::Browser => 0.7,
            Self::Bargain | Self::Giver => 0.3,
            Self::Regular | Self::Office => 0.11,
        }
    }

    /// Mean days between orders, and between visits that bring none.
    fn gaps(self) -> (f64, f64) {
        match self {
            Self::Passer => (150.0, 40.0),
            Self::Browser => (110.0, 60.0),
            Self::Regular => (38.0, 90.0),
            Self::Giver => (200.0, 120.0),
            Self::Bargain => (60.0, 70.0),
            Self::Office => (30.0, 150.0),
        }
    }

    /// Chance that a visit without an order is the last, and that something is put into the cart on it.
    pub(super) fn looks(self) -> (f64, f64) {
        match self {
            Self::Passer => (0.75, 0.03),
            Self::Browser => (0.25, 0.1),
            Self::Bargain => (0.15, 0.4),
            Self::Regular | Self::Giver | Self::Office => (0.12, 0.06),
        }
    }
}

/// One customer.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) kind: Kind,
    /// First day.
    pub(super) arrives: f64,
    /// Whether there will ever be an order of the own accord.
    pub(super) buys: bool,
    /// Mean days between the own orders.
    pub(super) order_gap: f64,
    /// Mean days between visits without one.
    pub(super) visit_gap: f64,
    /// Chance that an order is the last.
    pub(super) leaves: f64,
    /// Category most looked at, as a place among the leaves.
    pub(super) taste: usize,
    /// What is bought again and again.
    pub(super) staples: [usize; 2],
    /// Whether the shop knows an e-mail address, and may write to it.
    pub(super) registered: bool,
    pub(super) newsletter: bool,
}

impl Person {
    pub(super) fn new(rng: &mut impl RngCore, shop: &Assortment) -> Self {
        let kind = Kind::ALL[weighted(rng, &Kind::ALL.map(Kind::share))];
        // A good third were customers before the log began.
        let before = !matches!(kind, Kind::Passer) && chance(rng, 0.4);
        let arrives = if before { 30.0 * uniform(rng) } else { (DAYS - 1.0) * uniform(rng) };
        let (order_gap, visit_gap) = kind.gaps();
        let taste = match kind {
            Kind::Regular => weighted(rng, &[3.0, 3.0, 0.6, 1.2, 1.0, 0.9]),
            Kind::Office => [FILTER, ESPRESSO][usize::from(chance(rng, 0.4))],
            Kind::Giver => [PRESENTS, CUPS][usize::from(chance(rng, 0.4))],
            Kind::Passer | Kind::Browser | Kind::Bargain => Assortment::leaf(rng),
        };
        let buys = chance(rng, kind.buys());
        Self {
            kind,
            arrives,
            buys,
            order_gap: order_gap * gamma(rng, 5),
            visit_gap: visit_gap * gamma(rng, 4),
            leaves: kind.leaves(),
            taste,
            staples: [shop.of_leaf(rng, taste), shop.of_leaf(rng, taste)],
            registered: buys || chance(rng, 0.65),
            newsletter: chance(rng, 0.93),
        }
    }

    /// Days until the next order: the steadier the more it is a habit.
    pub(super) fn until_next_order(&self, rng: &mut impl RngCore) -> f64 {
        match self.kind {
            Kind::Regular | Kind::Office => self.order_gap * gamma(rng, 6),
            _ => self.order_gap * gamma(rng, 2),
        }
    }

    /// Days until the next visit.
    pub(super) fn until_next_visit(&self, rng: &mut impl RngCore) -> f64 {
        1.0 + self.visit_gap * exponential(rng)
    }
}
