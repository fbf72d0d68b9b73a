//! Why a churn score is what it is: contributions summed over groups of related features, which together with the base are
//! the log-odds.
//!
//! Features of one group say nearly the same, and a linear model shares their effect among them with whatever signs fit
//! best; one by one they contradict what is seen. A group's sum is told only where users like this one did leave more
//! often, or less often, than users at large.

use serde::{Deserialize, Serialize};

use crate::features::{Matrix, Transform};
use crate::models::logistic::Logistic;

/// Features that tell about the same side of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// When the user was last active.
    Recency,
    /// How often and how long the user came.
    Visits,
    /// How many different things the user looked at.
    Breadth,
    /// What the user bought, and when.
    Purchases,
    /// What the user spent.
    Money,
    /// What the user put into carts.
    Carts,
    /// In what rhythm the user comes.
    Rhythm,
}

impl Group {
    /// Every group, in the order of the columns.
    pub const ALL: [Self; 7] =
        [Self::Recency, Self::Visits, Self::Breadth, Self::Purchases, Self::Money, Self::Carts, Self::Rhythm];

    /// Its name in columns and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::Visits => "visits",
            Self::Breadth => "breadth",
            Self::Purchases => "purchases",
            Self::Money => "money",
            Self::Carts => "carts",
            Self::Rhythm => "rhythm",
        }
    }

    /// The group of a feature; `None` for one that belongs to the rest.
    pub fn of(feature: &str) -> Option<Self> {
        Some(match feature {
            "recency_days" | "events_7d" | "events_30d" => Self::Recency,
            "sessions" | "total_events" | "views" | "active_days" | "avg_session_events" | "avg_session_minutes" => {
                Self::Visits
            }
            "unique_items" | "unique_categories" => Self::Breadth,
            "transactions" | "orders" | "items_bought" | "returns" | "transactions_30d" | "days_since_order"
            | "orders_60d" | "orders_90d" | "orders_180d" => Self::Purchases,
            "spend" | "spend_90d" => Self::Money,
            "addtocarts" | "view_cart_ratio" => Self::Carts,
            "avg_time_between_events" | "avg_days_between_orders" | "overdue" | "tenure_days" | "weekend_share" => {
                Self::Rhythm
            }
            _ => return None,
        })
    }
}

/// How many groups there are.
pub const GROUPS: usize = Group::ALL.len();

/// Fifths of a contribution.
const FIFTHS: usize = 5;

/// When a group's contribution is a reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// One per group of [`Group::ALL`]; `None` for a group without a column.
    groups: Vec<Option<OfGroup>>,
}

/// What was seen by fifth of a group's contribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OfGroup {
    /// The lowest contribution of each fifth but the first.
    edges: Vec<f32>,
    /// Whether more left in it than at large; `None` where it holds nobody.
    above: Vec<Option<bool>>,
}

/// A user's log-odds in parts: what is told of each group (NaN where nothing is), and the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Because {
    /// One per group of [`Group::ALL`].
    pub groups: [f32; GROUPS],
    /// Whatever is not told of a group: base, groups and this make the log-odds.
    pub rest: f32,
}

/// Each column's group, in the order of the matrix.
pub(super) fn places(transform: &Transform) -> Vec<Option<usize>> {
    let place = |group: Group| Group::ALL.iter().position(|&known| known == group);
    transform.columns.iter().map(|column| Group::of(&column.feature).and_then(place)).collect()
}

/// The contributions of a row, group by group.
fn contributions(model: &Logistic, places: &[Option<usize>], row: &[f32]) -> [f64; GROUPS] {
    let mut sums = [0.0; GROUPS];
    for ((weight, &value), place) in model.coefficients.iter().zip(row).zip(places) {
        if let Some(place) = place {
            sums[*place] += weight * f64::from(value);
        }
    }
    sums
}

impl Telling {
    /// Sees what became of the users that the model was fitted on: `matrix` and `left` are theirs.
    pub(super) fn fit(model: &Logistic, transform: &Transform, matrix: &Matrix, left: &[bool]) -> Self {
        let places = places(transform);
        let all: Vec<[f64; GROUPS]> =
            (0..matrix.rows).map(|row| contributions(model, &places, matrix.row(row))).collect();
        let base = left.iter().filter(|&&left| left).count() as f64 / left.len().max(1) as f64;
        let group = |group: usize| {
            if all.is_empty() || !places.contains(&Some(group)) {
                return None;
            }
            let mut values: Vec<f32> = all.iter().map(|sums| sums[group] as f32).collect();
            let mut edge = |fifth| *values.select_nth_unstable_by(fifth * all.len() / FIFTHS, f32::total_cmp).1;
            let edges: Vec<f32> = (1..FIFTHS).map(&mut edge).collect();
            let mut seen = [(0_u64, 0_u64); FIFTHS];
            for (sums, &left) in all.iter().zip(left) {
                let (gone, users) = &mut seen[fifth(&edges, sums[group] as f32)];
                *gone += u64::from(left);
                *users += 1;
            }
            let above = seen.map(|(gone, users)| (users > 0).then(|| gone as f64 / users as f64 > base));
            Some(OfGroup { edges, above: above.to_vec() })
        };
        Self { groups: (0..GROUPS).map(group).collect() }
    }

    /// Whether this contribution of a group is a reason.
    fn tells(&self, group: usize, contribution: f64) -> bool {
        let Some(Some(seen)) = self.groups.get(group) else { return false };
        let side = seen.above.get(fifth(&seen.edges, contribution as f32)).copied().flatten();
        contribution != 0.0 && side == Some(contribution > 0.0)
    }

    /// A row's log-odds in parts.
    pub(super) fn because(&self, model: &Logistic, places: &[Option<usize>], row: &[f32]) -> Because {
        let sums = contributions(model, places, row);
        let mut groups = [f32::NAN; GROUPS];
        let mut rest = model.log_odds(row) - f64::from(model.intercept as f32);
        for (group, &sum) in sums.iter().enumerate() {
            if self.tells(group, sum) {
                groups[group] = sum as f32;
                rest -= f64::from(groups[group]);
            }
        }
        Because { groups, rest: rest as f32 }
    }
}

fn fifth(edges: &[f32], contribution: f32) -> usize {
    edges.iter().filter(|&&edge| contribution >= edge).count()
}
