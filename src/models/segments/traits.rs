//! What can be said of a user in plain words and counted: the yes-or-no traits that names of segments are made of.

use rayon::prelude::*;

use crate::features::{Feature, FeatureTable};
use crate::format;

/// Who is to be segmented.
#[derive(Clone, Copy, Debug)]
pub struct Users<'a> {
    /// Their features.
    pub table: &'a FeatureTable,
    /// Per row, whether the user has left a cart and bought nothing since; empty where that is not known.
    pub abandoned: &'a [bool],
    /// Days of silence after which a user counts as gone.
    pub inactive_days: f64,
}

/// Silences after which a user is long gone, as a multiple of what makes one inactive.
const LONG: f64 = 3.0;
/// Visits, days or orders that are frequent; items that are many.
const OFTEN: f64 = 5.0;
/// Items that are several.
const SEVERAL: f64 = 3.0;
/// Share of a user's events on weekends from which the user is one for weekends.
const MOSTLY: f64 = 0.5;
/// The share of buyers who spend less than high spenders do.
const BELOW_HIGH_SPEND: f64 = 0.8;

/// A trait that a user has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Trait {
    /// An event in the last `inactive_days`.
    Recent,
    /// None in them.
    Lapsed,
    /// An event in three times as many days.
    Warm,
    /// None in those.
    LongGone,
    /// The first event in the last `inactive_days`.
    New,
    /// One visit.
    OneVisit,
    /// Two or more.
    Returning,
    /// Active on five days or more.
    Frequent,
    /// A purchase.
    Bought,
    /// One order.
    OneOrder,
    /// Two or more.
    Loyal,
    /// Five or more.
    FrequentBuyer,
    /// A cart and no purchase since.
    Abandoned,
    /// A cart or a purchase.
    Shopped,
    /// Neither.
    Browsed,
    /// No purchase.
    NeverBought,
    /// Five items viewed or more.
    ManyItems,
    /// Three items viewed or more.
    SeveralItems,
    /// One item viewed.
    OneItem,
    /// Spent as much as the top fifth of buyers.
    HighSpend,
    /// Returned something.
    Returned,
    /// At least half of the events on weekends.
    Weekends,
}

impl Trait {
    pub(super) const ALL: [Self; 22] = [
        Self::Recent,
        Self::Lapsed,
        Self::Warm,
        Self::LongGone,
        Self::New,
        Self::OneVisit,
        Self::Returning,
        Self::Frequent,
        Self::Bought,
        Self::OneOrder,
        Self::Loyal,
        Self::FrequentBuyer,
        Self::Abandoned,
        Self::Shopped,
        Self::Browsed,
        Self::NeverBought,
        Self::ManyItems,
        Self::SeveralItems,
        Self::OneItem,
        Self::HighSpend,
        Self::Returned,
        Self::Weekends,
    ];

    /// Its place in a set of traits.
    pub(super) const fn bit(self) -> u32 {
        1 << self as u8
    }

    /// What it means, to follow "they have:".
    pub(super) fn meaning(self, inactive_days: f64) -> String {
        let days = |times: f64| format!("{:.0} days", inactive_days * times);
        match self {
            Self::Recent => format!("seen in the last {}", days(1.0)),
            Self::Lapsed => format!("not seen in the last {}", days(1.0)),
            Self::Warm => format!("seen in the last {}", days(LONG)),
            Self::LongGone => format!("not seen in the last {}", days(LONG)),
            Self::New => format!("first seen in the last {}", days(1.0)),
            Self::OneVisit => "one visit".to_owned(),
            Self::Returning => "two visits or more".to_owned(),
            Self::Frequent => "active on five days or more".to_owned(),
            Self::Bought => "have bought".to_owned(),
            Self::OneOrder => "one order".to_owned(),
            Self::Loyal => "two orders or more".to_owned(),
            Self::FrequentBuyer => "five orders or more".to_owned(),
            Self::Abandoned => "a cart and no purchase since".to_owned(),
            Self::Shopped => "a cart or a purchase".to_owned(),
            Self::Browsed => "no cart and no purchase".to_owned(),
            Self::NeverBought => "no purchase".to_owned(),
            Self::ManyItems => "five items viewed or more".to_owned(),
            Self::SeveralItems => "three items viewed or more".to_owned(),
            Self::OneItem => "one item viewed".to_owned(),
            Self::HighSpend => {
                format!("spent as much as the top {} of buyers", format::percent(1.0 - BELOW_HIGH_SPEND))
            }
            Self::Returned => "have returned something".to_owned(),
            Self::Weekends => "half or more of their events on weekends".to_owned(),
        }
    }
}

/// The traits of every user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// Per row of the table the set of the user's traits.
    pub of_users: Vec<u32>,
    /// The traits that the log can tell.
    pub known: u32,
}

impl Traits {
    pub(super) fn of(users: Users<'_>) -> Self {
        let table = users.table;
        // A feature that is null for everyone is one that the log cannot tell.
        let known = |name: &str| {
            let feature = table.feature(name)?;
            (0..table.len()).into_par_iter().any(|row| !feature.values.get(row).is_nan()).then_some(feature)
        };
        let (recency, tenure) = (known("recency_days"), known("tenure_days"));
        let (visits, days) = (known("sessions"), known("active_days"));
        let (orders, bought, carts) = (known("orders"), known("transactions"), known("addtocarts"));
        let (items, spend) = (known("unique_items"), known("spend"));
        let (returns, weekends) = (known("returns"), known("weekend_share"));
        let carts = carts.filter(|_| users.abandoned.len() == table.len());
        let high = spend.and_then(|spend| high_spend(spend, bought, table));
        let quiet = users.inactive_days;
        let rules: Vec<Rule<'_>> = vec![
            (Trait::Recent, recency, Box::new(move |value| value <= quiet)),
            (Trait::Lapsed, recency, Box::new(move |value| value > quiet)),
            (Trait::Warm, recency, Box::new(move |value| value <= quiet * LONG)),
            (Trait::LongGone, recency, Box::new(move |value| value > quiet * LONG)),
            (Trait::New, tenure, Box::new(move |value| value <= quiet)),
            (Trait::OneVisit, visits, Box::new(|value| value < 2.0)),
            (Trait::Returning, visits, Box::new(|value| value >= 2.0)),
            (Trait::Frequent, days, Box::new(|value| value >= OFTEN)),
            (Trait::Bought, bought, Box::new(|value| value >= 1.0)),
            (Trait::OneOrder, orders, Box::new(|value| (1.0..2.0).contains(&value))),
            (Trait::Loyal, orders, Box::new(|value| value >= 2.0)),
            (Trait::FrequentBuyer, orders, Box::new(|value| value >= OFTEN)),
            (Trait::NeverBought, bought, Box::new(|value| value < 1.0)),
            (Trait::ManyItems, items, Box::new(|value| value >= OFTEN)),
            (Trait::SeveralItems, items, Box::new(|value| value >= SEVERAL)),
            (Trait::OneItem, items, Box::new(|value| (1.0..2.0).contains(&value))),
            (Trait::HighSpend, spend.filter(|_| high.is_some()), Box::new(move |value| Some(value) >= high)),
            (Trait::Returned, returns, Box::new(|value| value >= 1.0)),
            (Trait::Weekends, weekends, Box::new(|value| value >= MOSTLY)),
        ];
        let told = rules.iter().filter(|(_, feature, _)| feature.is_some()).map(|(it, ..)| it.bit());
        let of_carts = Trait::Abandoned.bit() | Trait::Shopped.bit() | Trait::Browsed.bit();
        let mut known = told.fold(0, |set, bit| set | bit);
        if carts.is_some() && bought.is_some() {
            known |= of_carts;
        }
        let of_user = |row: usize| {
            let has = |rule: &&Rule<'_>| {
                let value = rule.1.map_or(f64::NAN, |feature| feature.values.get(row));
                !value.is_nan() && rule.2(value)
            };
            let mut set = rules.iter().filter(has).fold(0, |set, rule| set | rule.0.bit());
            if known & of_carts != 0 {
                let carted = carts.is_some_and(|carts| carts.values.get(row) >= 1.0);
                let shopped = carted || set & Trait::Bought.bit() != 0;
                set |= if shopped { Trait::Shopped.bit() } else { Trait::Browsed.bit() };
                set |= if users.abandoned[row] { Trait::Abandoned.bit() } else { 0 };
            }
            set
        };
        Self { of_users: (0..table.len()).into_par_iter().map(of_user).collect(), known }
    }
}

/// A trait, the feature that tells it, and how.
type Rule<'a> = (Trait, Option<&'a Feature>, Box<dyn Fn(f64) -> bool + Sync + 'a>);

/// What the top fifth of buyers have spent at least; `None` where nobody spent anything.
fn high_spend(spend: &Feature, bought: Option<&Feature>, table: &FeatureTable) -> Option<f64> {
    let is_buyer = |row: &usize| bought.is_some_and(|bought| bought.values.get(*row) >= 1.0);
    let mut spent: Vec<f64> =
        (0..table.len()).filter(is_buyer).map(|row| spend.values.get(row)).filter(|value| !value.is_nan()).collect();
    if spent.is_empty() {
        return None;
    }
    let rank = ((spent.len() - 1) as f64 * BELOW_HIGH_SPEND).round() as usize;
    let high = *spent.select_nth_unstable_by(rank, f64::total_cmp).1;
    (high > 0.0).then_some(high)
}
