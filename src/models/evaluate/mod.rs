//! How sure a figure is: who judges whom, and the interval of every measure on held-out users.
//!
//! [`Split`] tells which users a model learns from and which it is judged on; [`Figure`] is a measure with its 95 %
//! interval; [`auc`] and [`auc_gain`] are `DeLong`'s, [`deviations`] are of a Poisson bootstrap over users, for all
//! measures that have no formula; [`Backtest`] is what a model would have said earlier. Every comparison is a difference on the same users.

mod backtest;
mod bootstrap;
mod delong;
mod figure;
mod split;

pub use backtest::{Backtest, MOST as MOST_BACKTESTS, no_interval, total};
pub use bootstrap::{Weights, deviations, part_of};
pub use delong::{auc, auc_gain};
pub use figure::{ENOUGH, Figure};
pub use split::{FOLDS, Split, draws, folds};

/// The normal quantile of a two-sided 95 % interval.
pub const Z: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests;
