//! A campaign: who was treated with what and what came of it. Simulated on real features where no real one is given.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::features::FeatureTable;
use crate::models::uplift::{Outcome, UpliftSettings};

/// A campaign of one arm or several, one entry per row of the table of its users.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Names of the arms.
    pub arms: Vec<String>,
    /// 0 for the control, else the arm's place plus 1.
    pub arm: Vec<u16>,
    /// What the user did, or spent.
    pub outcome: Outcome,
    /// Money spent besides, NaN where unknown; empty where nothing was told.
    pub spend: Vec<f64>,
    /// The planted effect of the first arm; only a simulation knows it.
    pub true_effect: Option<Vec<f32>>,
}

/// Simulates a 50/50 campaign with a known effect on real features.
///
/// Without treatment a user responds with probability `0.05 + 0.1·min(view_cart_ratio, 1) + 0.05·ln(1 + sessions)`;
/// treatment adds `0.4·exp(−recency_days/30)`, less 0.1 for users with more than ten events, who are annoyed. Both are
/// kept within 0..=1, and the effect is what remains of it after that. It is larger than most letters', so that the users of
/// a small shop are enough to show what a real campaign would.
pub fn simulate(table: &FeatureTable, settings: &UpliftSettings) -> Campaign {
    let value = |name: &str, row: usize| {
        let raw = table.feature(name).map_or(f64::NAN, |feature| feature.values.get(row));
        if raw.is_nan() { 0.0 } else { raw }
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let rows = table.len();
    let (mut arm, mut outcome) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut effects = Vec::with_capacity(rows);
    for row in 0..rows {
        let base = 0.05 + 0.1 * value("view_cart_ratio", row).min(1.0) + 0.05 * value("sessions", row).ln_1p();
        let annoyed = if value("total_events", row) > 10.0 { 0.1 } else { 0.0 };
        let effect = 0.4 * (-value("recency_days", row) / 30.0).exp() - annoyed;
        let base = base.clamp(0.0, 1.0);
        let treated_base = (base + effect).clamp(0.0, 1.0);
        let treated: bool = random.gen_bool(0.5);
        outcome.push(random.gen_bool(if treated { treated_base } else { base }));
        arm.push(u16::from(treated));
        effects.push((treated_base - base) as f32);
    }
    Campaign {
        arms: vec!["treated".to_owned()],
        arm,
        outcome: Outcome::Happened(outcome),
        spend: Vec::new(),
        true_effect: Some(effects),
    }
}
