//! BG/NBD (Fader, Hardie and Lee 2005, "Counting your customers the easy way"): customers order at rates of their own,
//! gamma distributed, and after each order drop out for good with a chance of their own, beta distributed.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::customer_base::gamma::{ln_beta, ln_gamma};
use crate::models::customer_base::minimum::{NEAR, WIDE, minimum};

/// Customers per unit of parallel work.
const CHUNK: usize = 4096;
/// The parameters lie between `exp(−REACH)` and `exp(REACH)`.
const REACH: f64 = 12.0;

/// What the model knows of a customer; times in the unit of the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Customer {
    /// Orders after the first.
    pub repeats: u32,
    /// Time from the first order to the last.
    pub last: f64,
    /// Time from the first order to now.
    pub age: f64,
}

impl Customer {
    /// By orders, then by times.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let times = self.last.total_cmp(&other.last).then(self.age.total_cmp(&other.age));
        self.repeats.cmp(&other.repeats).then(times)
    }
}

/// The model: rates are gamma(`r`, `alpha`), chances of dropping out beta(`a`, `b`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BgNbd {
    /// Shape of the rates.
    pub r: f64,
    /// Rate of the rates: a time.
    pub alpha: f64,
    /// First parameter of dropping out.
    pub a: f64,
    /// Second parameter of dropping out.
    pub b: f64,
}

/// Customers who are told once where they are alike, as most who ordered once are, and how many each stands for; in the order
/// of their orders.
fn alike(customers: &[Customer]) -> Vec<(Customer, f64)> {
    let mut sorted = customers.to_vec();
    sorted.sort_by(Customer::order);
    sorted.chunk_by(|one, other| one.order(other).is_eq()).map(|run| (run[0], run.len() as f64)).collect()
}

/// `ln(exp(a) + exp(b))`.
fn ln_sum(a: f64, b: f64) -> f64 {
    let (most, least) = (a.max(b), a.min(b));
    most + (least - most).exp().ln_1p()
}

impl BgNbd {
    /// The most likely model of these customers; `None` where nobody ordered twice.
    pub fn fit(customers: &[Customer]) -> Option<Self> {
        Self::fit_near(customers, None)
    }

    /// The same, searched for near another model.
    pub fn fit_near(customers: &[Customer], near: Option<&Self>) -> Option<Self> {
        if customers.iter().all(|customer| customer.repeats == 0) {
            return None;
        }
        let orders: f64 = customers.iter().map(|customer| f64::from(customer.repeats)).sum();
        let time: f64 = customers.iter().map(|customer| customer.age).sum();
        let anywhere = Self { r: 0.5, alpha: (0.5 * time / orders).max(1e-3), a: 0.7, b: 2.0 };
        let (start, reach) = near.map_or((anywhere, WIDE), |near| (*near, NEAR));
        let customers = alike(customers);
        let (found, value) = minimum(start.logarithms(), reach, |logarithms| {
            if logarithms.iter().any(|logarithm| logarithm.abs() > REACH) {
                return f64::INFINITY;
            }
            -Self::of_logarithms(logarithms).log_likelihood_of(&customers)
        });
        value.is_finite().then(|| Self::of_logarithms(&found))
    }

    fn logarithms(self) -> [f64; 4] {
        [self.r.ln(), self.alpha.ln(), self.a.ln(), self.b.ln()]
    }

    fn of_logarithms([r, alpha, a, b]: &[f64; 4]) -> Self {
        Self { r: r.exp(), alpha: alpha.exp(), a: a.exp(), b: b.exp() }
    }

    /// The log-likelihood of the customers, in log space throughout.
    pub fn log_likelihood(&self, customers: &[Customer]) -> f64 {
        self.log_likelihood_of(&alike(customers))
    }

    /// The same of customers told once, those of as many orders beside each other, and how many each stands for.
    fn log_likelihood_of(&self, customers: &[(Customer, f64)]) -> f64 {
        let Self { r, alpha, a, b } = *self;
        // What depends on the number of orders alone.
        let of_repeats = |x: f64| ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln() + ln_beta(a, b + x) - ln_beta(a, b);
        let one = |customer: &Customer| {
            let x = f64::from(customer.repeats);
            let alive = -(r + x) * (alpha + customer.age).ln();
            if customer.repeats == 0 {
                alive
            } else {
                ln_sum(alive, a.ln() - (b + x - 1.0).ln() - (r + x) * (alpha + customer.last).ln())
            }
        };
        let part = |part: &[(Customer, f64)]| -> f64 {
            let runs = part.chunk_by(|(one, _), (other, _)| one.repeats == other.repeats);
            let of_run = |run: &[(Customer, f64)]| {
                let shared = of_repeats(f64::from(run[0].0.repeats));
                run.iter().map(|(customer, count)| count * (shared + one(customer))).sum::<f64>()
            };
            runs.map(of_run).sum()
        };
        let parts: Vec<f64> = customers.par_chunks(CHUNK).map(part).collect();
        parts.iter().sum()
    }

    /// The chance that a customer has not dropped out.
    pub fn p_alive(&self, customer: &Customer) -> f64 {
        if customer.repeats == 0 {
            return 1.0;
        }
        let x = f64::from(customer.repeats);
        let odds = self.a.ln() - (self.b + x - 1.0).ln()
            + (self.r + x) * ((self.alpha + customer.age).ln() - (self.alpha + customer.last).ln());
        1.0 / (1.0 + odds.exp())
    }

    /// The chance of an order within `time`.
    pub fn p_order(&self, customer: &Customer, time: f64) -> f64 {
        let x = f64::from(customer.repeats);
        self.p_alive(customer) * -(-(self.r + x) * (time / (self.alpha + customer.age)).ln_1p()).exp_m1()
    }

    /// The orders expected within `time`.
    pub fn orders(&self, customer: &Customer, time: f64) -> f64 {
        let x = f64::from(customer.repeats);
        let reach = time / (self.alpha + customer.age);
        // Of one who drops out with chance p after each order, and is alive: (1 − E exp(−rate·p·time)) / p.
        let of_p = |p: f64| {
            let exponent = (self.r + x) * (p * reach).ln_1p();
            if p < 1e-14 { (self.r + x) * reach } else { -(-exponent).exp_m1() / p }
        };
        self.p_alive(customer) * Nodes::new(self.a, self.b + x).mean(of_p)
    }
}

/// Nodes at which a mean over a beta distribution is taken.
const NODES: i32 = 64;
/// The nodes lie between −`EDGE` and `EDGE`.
const EDGE: f64 = 5.6;

/// The mean over p from beta(a, b), by the trapezoid rule in `u`, where `ln(p / (1 − p)) = mode + width · sinh(u)`: the
/// same 64 values of `u` whatever the distribution.
struct Nodes {
    a: f64,
    b: f64,
    mode: f64,
    width: f64,
}

impl Nodes {
    fn new(a: f64, b: f64) -> Self {
        Self { a, b, mode: (a / b).ln(), width: (1.0 / a + 1.0 / b).sqrt() }
    }

    fn mean(&self, value: impl Fn(f64) -> f64) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        let node = |place: i32| {
            let u = EDGE * f64::from(2 * place + 1 - NODES) / f64::from(NODES - 1);
            let logit = self.mode + self.width * u.sinh();
            // ln p and ln(1 − p) without loss at either end.
            let (ln_p, ln_q) = (-(-logit).exp().ln_1p(), -logit.exp().ln_1p());
            let (ln_p, ln_q) = if logit > 0.0 { (ln_p, ln_p - logit) } else { (ln_q + logit, ln_q) };
            (ln_p.exp(), self.a * ln_p + self.b * ln_q + u.cosh().ln())
        };
        let nodes: Vec<(f64, f64)> = (0..NODES).map(node).collect();
        let most = nodes.iter().map(|node| node.1).fold(f64::NEG_INFINITY, f64::max);
        for (p, ln_weight) in nodes {
            let weight = (ln_weight - most).exp();
            if weight > 0.0 {
                sum += weight * value(p);
                weights += weight;
            }
        }
        sum / weights
    }
}
