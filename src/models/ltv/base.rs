//! What the days of a buyer's orders tell of the orders to come: the customer base model of the shop's buyers, and how far
//! it is mixed with the trees.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::features::Buyer;
use crate::models::customer_base::{BgNbd, Customer, GammaGamma, Spender};
use crate::models::ltv::amount::Amount;

/// Buyers that the model is fitted on at most, evenly drawn.
const MOST: usize = 20_000;
/// Users per unit of parallel work.
const CHUNK: usize = 256;
/// The fewest buyers that order on more than one day.
const FEWEST: usize = 50;
/// Days of the shop's mean that each buyer is given beside the own ones.
const MORE: f64 = 3.0;
/// A correlation of how often and how much from which values are no longer told apart from frequency.
const TIED: f64 = 0.3;
/// The shares of the customer base model that are compared.
pub(super) const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// The customer base model of the buyers of a shop; times in days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaseModel {
    /// How often buyers order, and when they stop.
    pub orders: BgNbd,
    /// What a day of orders is worth; `None` where the buyer's own mean, drawn towards the shop's, tells it better.
    pub value: Option<GammaGamma>,
    /// Purchase rows a day of orders has on average.
    pub rows_a_day: f64,
    /// What a day of orders is worth on average; NaN where prices are unknown.
    #[serde(deserialize_with = "crate::models::maybe_nan")]
    pub value_a_day: f64,
}

fn customer(buyer: &Buyer) -> Customer {
    Customer { repeats: buyer.days - 1, last: buyer.span, age: buyer.age }
}

impl BaseModel {
    /// The model of some buyers, found from `near` where that is given; `None` where too few ordered on more than one day.
    pub(super) fn fit(buyers: &[Buyer], near: Option<&Self>) -> Option<Self> {
        let stride = buyers.len().div_ceil(MOST).max(1);
        let buyers: Vec<Buyer> = buyers.iter().step_by(stride).copied().collect();
        if buyers.iter().filter(|buyer| buyer.days > 1).count() < FEWEST {
            return None;
        }
        let customers: Vec<Customer> = buyers.iter().map(customer).collect();
        let orders = BgNbd::fit_near(&customers, near.map(|near| &near.orders))?;
        let days: f64 = buyers.iter().map(|buyer| f64::from(buyer.days)).sum();
        let rows: f64 = buyers.iter().map(|buyer| f64::from(buyer.rows)).sum();
        let priced: Vec<&Buyer> = buyers.iter().filter(|buyer| buyer.net > 0.0).collect();
        let net: f64 = priced.iter().map(|buyer| buyer.net).sum();
        let spenders: Vec<Spender> = priced
            .iter()
            .map(|buyer| Spender { orders: f64::from(buyer.days), mean: buyer.net / f64::from(buyer.days) })
            .collect();
        let value = if tied(&spenders) {
            None
        } else {
            GammaGamma::fit_near(&spenders, near.and_then(|near| near.value.as_ref()))
        };
        let priced_days: f64 = priced.iter().map(|buyer| f64::from(buyer.days)).sum();
        Some(Self { orders, value, rows_a_day: rows / days, value_a_day: net / priced_days })
    }

    /// Purchase rows or revenue to expect of a buyer within some days.
    pub fn expected(&self, buyer: &Buyer, amount: Amount, days: f64) -> f64 {
        self.order_days(buyer, days) * self.of_a_day(buyer, amount)
    }

    /// Purchase rows or revenue to expect of a day on which a buyer orders.
    fn of_a_day(&self, buyer: &Buyer, amount: Amount) -> f64 {
        let own = f64::from(buyer.days);
        match amount {
            Amount::Purchases => (f64::from(buyer.rows) + MORE * self.rows_a_day) / (own + MORE),
            Amount::Revenue if buyer.net > 0.0 => match &self.value {
                Some(value) => value.value(Spender { orders: own, mean: buyer.net / own }),
                None => (buyer.net + MORE * self.value_a_day) / (own + MORE),
            },
            Amount::Revenue => MORE * self.value_a_day / (own + MORE),
        }
    }

    /// The same of many users; NaN of one who never bought.
    pub(super) fn expected_of(
        &self,
        buyers: impl Iterator<Item = Option<Buyer>>,
        amount: Amount,
        days: f64,
    ) -> Vec<f32> {
        let buyers: Vec<Option<Buyer>> = buyers.collect();
        // Most buyers ordered once, and are alike but for the day.
        let mut alike: Vec<Customer> = buyers.iter().flatten().map(customer).collect();
        alike.sort_by(Customer::order);
        alike.dedup_by(|one, other| one.order(other).is_eq());
        let orders: Vec<f64> =
            alike.par_iter().with_min_len(CHUNK).map(|customer| self.orders.orders(customer, days)).collect();
        let one = |buyer: &Buyer| {
            let place = alike.binary_search_by(|known| known.order(&customer(buyer)));
            let orders = place.map_or_else(|_| self.order_days(buyer, days), |place| orders[place]);
            (orders * self.of_a_day(buyer, amount)) as f32
        };
        buyers.par_iter().with_min_len(CHUNK).map(|buyer| buyer.as_ref().map_or(f32::NAN, one)).collect()
    }

    /// Days with an order to expect of a buyer within some days.
    pub fn order_days(&self, buyer: &Buyer, days: f64) -> f64 {
        self.orders.orders(&customer(buyer), days)
    }

    /// The chance that a buyer still is one.
    pub fn p_alive(&self, buyer: &Buyer) -> f64 {
        self.orders.p_alive(&customer(buyer))
    }

    /// The chance of an order within some days.
    pub fn p_order(&self, buyer: &Buyer, days: f64) -> f64 {
        self.orders.p_order(&customer(buyer), days)
    }
}

/// Whether those who order more often spend more, or less, each time.
fn tied(spenders: &[Spender]) -> bool {
    let repeated: Vec<&Spender> = spenders.iter().filter(|spender| spender.orders > 1.0).collect();
    let count = repeated.len() as f64;
    let mean = |of: fn(&Spender) -> f64| repeated.iter().map(|spender| of(spender)).sum::<f64>() / count;
    let (orders, value) = (mean(|spender| spender.orders), mean(|spender| spender.mean));
    let sum = |of: &dyn Fn(&Spender) -> f64| repeated.iter().map(|spender| of(spender)).sum::<f64>();
    let together = sum(&|s| (s.orders - orders) * (s.mean - value));
    let scale = (sum(&|s| (s.orders - orders).powi(2)) * sum(&|s| (s.mean - value).powi(2))).sqrt();
    scale > 0.0 && (together / scale).abs() > TIED
}

/// How far a customer base model is mixed with the trees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mixed {
    /// The customer base model.
    pub model: BaseModel,
    /// Its share, from 0 to 1, in what is predicted of a buyer.
    pub share: f64,
    /// What the mixture is multiplied by, so that it adds up to what the buyers of the latest window came to.
    #[serde(default = "one")]
    pub level: f64,
}

fn one() -> f64 {
    1.0
}

/// What the trees say of a user, mixed with what the customer base model expects of a buyer (NaN of others).
pub(super) fn mixed(trees: f32, expected: Option<f32>, share: f64) -> f32 {
    match expected.filter(|expected| !expected.is_nan()) {
        Some(expected) => ((1.0 - share) * f64::from(trees) + share * f64::from(expected)) as f32,
        None => trees,
    }
}

impl Mixed {
    /// What is predicted: that of the trees, and for buyers a mixture of both.
    pub(super) fn mix(
        &self,
        trees: &mut [f32],
        buyers: impl Iterator<Item = Option<Buyer>>,
        amount: Amount,
        days: f64,
    ) {
        if self.share > 0.0 {
            let expected = self.model.expected_of(buyers, amount, days);
            for (predicted, expected) in trees.iter_mut().zip(expected) {
                *predicted = self.levelled(*predicted, expected);
            }
        }
    }

    /// What is predicted of a user of whom so much is expected; NaN of one who never bought.
    pub(super) fn levelled(&self, trees: f32, expected: f32) -> f32 {
        let level = if expected.is_nan() || self.share == 0.0 { 1.0 } else { self.level };
        (level * f64::from(mixed(trees, Some(expected), self.share))).max(0.0) as f32
    }
}
