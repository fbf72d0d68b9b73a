//! Gamma-Gamma (Fader and Hardie 2013): the value of an order varies around a customer's own mean, which varies between
//! customers.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::models::customer_base::gamma::ln_gamma;
use crate::models::customer_base::minimum::{NEAR, WIDE, minimum};

/// Customers per unit of parallel work.
const CHUNK: usize = 4096;
/// The parameters lie between `exp(−REACH)` and `exp(REACH)`.
const REACH: f64 = 14.0;

/// How many orders a customer made, and their mean value above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spender {
    /// Orders.
    pub orders: f64,
    /// Their mean value.
    pub mean: f64,
}

/// The model: values are gamma(`p`, ν), ν is gamma(`q`, `v`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of an order's value.
    pub p: f64,
    /// Shape over customers, above 1.
    pub q: f64,
    /// Scale, in money.
    pub v: f64,
}

impl GammaGamma {
    /// The most likely model; `None` where nobody spent, or where the mean over customers would be endless (q ≤ 1).
    pub fn fit(spenders: &[Spender]) -> Option<Self> {
        Self::fit_near(spenders, None)
    }

    /// The same, searched for near another model.
    pub fn fit_near(spenders: &[Spender], near: Option<&Self>) -> Option<Self> {
        let spenders: Vec<Spender> =
            spenders.iter().copied().filter(|spender| spender.orders > 0.0 && spender.mean > 0.0).collect();
        let mean = spenders.iter().map(|spender| spender.mean).sum::<f64>() / spenders.len().max(1) as f64;
        if spenders.is_empty() || !mean.is_finite() {
            return None;
        }
        let anywhere: [f64; 3] = [1.0, 1.0, mean.ln()];
        let (start, reach) = near.map_or((anywhere, WIDE), |near| ([near.p.ln(), near.q.ln(), near.v.ln()], NEAR));
        let (found, value) = minimum(start, reach, |[p, q, v]| {
            if p.abs() > REACH || q.abs() > REACH || (v - mean.ln()).abs() > REACH {
                return f64::INFINITY;
            }
            -Self { p: p.exp(), q: q.exp(), v: v.exp() }.log_likelihood(&spenders)
        });
        let model = Self { p: found[0].exp(), q: found[1].exp(), v: found[2].exp() };
        (value.is_finite() && model.q > 1.0).then_some(model)
    }

    /// The log-likelihood of the customers' mean values.
    pub fn log_likelihood(&self, spenders: &[Spender]) -> f64 {
        let Self { p, q, v } = *self;
        let one = |Spender { orders: x, mean: m }: &Spender| {
            ln_gamma(p * x + q) - ln_gamma(p * x) - ln_gamma(q) + q * v.ln() + (p * x - 1.0) * m.ln() + p * x * x.ln()
                - (p * x + q) * (x * m + v).ln()
        };
        let parts: Vec<f64> = spenders.par_chunks(CHUNK).map(|part| part.iter().map(one).sum()).collect();
        parts.iter().sum()
    }

    /// The value to expect of a customer's next order.
    pub fn value(&self, spender: Spender) -> f64 {
        self.p * (self.v + spender.orders * spender.mean) / (self.p * spender.orders + self.q - 1.0)
    }
}
