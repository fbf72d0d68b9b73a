//! The figures of the front page: what a shop's owner asks first, computed at the end of a run and kept with it.

use serde::{Deserialize, Serialize};

/// A figure, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told<T> {
    /// The figure; `None` with a reason.
    pub value: Option<T>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl<T> Told<T> {
    /// A figure.
    pub fn of(value: T) -> Self {
        Self { value: Some(value), reason: None }
    }

    /// None, for a reason.
    pub fn none(reason: impl Into<String>) -> Self {
        Self { value: None, reason: Some(reason.into()) }
    }
}

/// Every figure; each is defined in the table `figures` of the catalogue of columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrontPage {
    /// The top tenth of buyers by net spend.
    pub best_customers: Told<BestCustomers>,
    /// Buyers who are overdue by their own rhythm.
    pub gone_quiet: Told<GoneQuiet>,
    /// Active users who will probably leave.
    pub at_risk: Told<AtRisk>,
    /// What is lost if they do, in the log's money.
    pub money_at_stake: Told<f64>,
    /// Orders of the last 28 days.
    pub orders: Told<Compared>,
    /// Net revenue of the last 28 days, in the log's money.
    pub revenue: Told<Compared>,
    /// Users active in the last 28 days.
    pub active_customers: Told<Compared>,
    /// Who came back, by when they came first.
    pub cohorts: Told<Cohorts>,
    /// From view to purchase, in the last seven days.
    pub funnel: Told<Funnel>,
    /// The same of each of up to 13 whole weeks, counted back from T, the earliest first; empty in runs of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funnel_weeks: Vec<Funnel>,
    /// Buyers by recency and frequency.
    pub rfm_grid: Told<Vec<RfmCell>>,
    /// Gaps between a buyer's days with an order.
    pub days_between_orders: Told<Vec<GapBin>>,
    /// What is worth saying in words.
    #[serde(default)]
    pub sentences: Vec<String>,
}

/// The top tenth of buyers by net spend in the last 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestCustomers {
    /// How many.
    pub users: u64,
    /// What they spent together, in the log's money.
    pub net: f64,
    /// The same as a share of what all buyers spent.
    pub share: f64,
    /// What the least of them spent.
    pub least: f64,
}

/// Buyers whose next order is later than nine in ten of the shop's gaps would have been.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoneQuiet {
    /// How many.
    pub users: u64,
    /// How many of the best customers.
    pub best_customers: u64,
    /// Above this many of the user's own mean gaps.
    pub threshold: f64,
}

/// Active users who will probably leave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtRisk {
    /// How many.
    pub users: u64,
    /// Of how many who are active.
    pub active: u64,
    /// From this probability on.
    pub threshold: f64,
}

/// A number of the last 28 days beside earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// In the last 28 days.
    pub last: f64,
    /// In the 28 days before; `None` where the log is shorter.
    pub before: Option<f64>,
    /// In the same 28 days a year (364 days) earlier; `None` where the log is shorter.
    pub year_ago: Option<f64>,
}

/// Users by when they came first, period after period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cohorts {
    /// `month`, or `week` in a log of less than 120 days.
    pub period: String,
    /// `order`, or `visit` in a log without orders.
    pub by: String,
    /// The earliest first.
    pub rows: Vec<Cohort>,
}

/// Users who came first in the same period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// When the period begins: a day such as `2025-01-01`.
    pub start: String,
    /// How many users.
    pub users: u64,
    /// The share that came again in each later period, the next one first. The last entry's period is still running.
    pub shares: Vec<f64>,
    /// Net money per user until the end of each period, that of the cohort itself first; empty without prices.
    pub net_per_user: Vec<f64>,
}

/// Users in seven days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// With a view.
    pub view: u64,
    /// With an addition to a cart.
    pub cart: u64,
    /// With a purchase.
    pub purchase: u64,
}

/// Buyers of one recency and one frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RfmCell {
    /// Recency, from 1 to 5.
    pub r: u8,
    /// Frequency, from 1 to 5.
    pub f: u8,
    /// How many buyers.
    pub users: u64,
    /// Their mean net spend; `None` without prices.
    pub mean_spend: Option<f64>,
}

/// Gaps between days with an order, of some lengths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GapBin {
    /// The shortest, in days.
    pub from: u32,
    /// The longest, in days.
    pub to: u32,
    /// How many gaps.
    pub gaps: u64,
}
