//! Customer base models: how many orders a buyer will make, how likely the buyer still is one, and what an order is worth,
//! from the days of the orders so far.
//!
//! [`BgNbd`] tells orders and dropping out, [`GammaGamma`] values. Both are fitted by maximum likelihood without a penalty,
//! in log space. Numbers in, numbers out; imports nothing but the ground.

mod bg_nbd;
mod gamma;
mod gamma_gamma;
mod minimum;
#[cfg(test)]
mod tests;

pub use bg_nbd::{BgNbd, Customer};
pub use gamma_gamma::{GammaGamma, Spender};
