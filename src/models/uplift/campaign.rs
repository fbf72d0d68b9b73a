//! A campaign: who was treated and what came of it. Simulated on real features where no real one is given.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::features::FeatureTable;
use crate::models::uplift::UpliftSettings;

/// A randomised campaign, one entry per row of the feature table.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Whether the user was treated.
    pub treated: Vec<bool>,
    /// Whether the user did what the campaign wanted.
    pub outcome: Vec<bool>,
    /// Who took part; everybody where `None`. The others are scored, and teach nothing.
    pub part: Option<Vec<bool>>,
    /// The planted effect; only a simulation knows it.
    pub true_effect: Option<Vec<f32>>,
}

/// Simulates a 50/50 campaign with a known effect on real features.
///
/// Without treatment a user responds with probability `0.02 + 0.1·min(view_cart_ratio, 1) + 0.02·ln(1 + sessions)`;
/// treatment adds `0.15·exp(−recency_days/30)`, less 0.05 for users with more than ten events, who are annoyed. Both are
/// kept within 0..=1, and the effect is what remains of it after that.
pub fn simulate(table: &FeatureTable, settings: &UpliftSettings) -> Campaign {
    let value = |name: &str, row: usize| {
        let raw = table.feature(name).map_or(f64::NAN, |feature| feature.values.get(row));
        if raw.is_nan() { 0.0 } else { raw }
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(settings.seed);
    let rows = table.len();
    let mut campaign = Campaign {
        treated: Vec::with_capacity(rows),
        outcome: Vec::with_capacity(rows),
        part: None,
        true_effect: None,
    };
    let mut effects = Vec::with_capacity(rows);
    for row in 0..rows {
        let base = 0.02 + 0.1 * value("view_cart_ratio", row).min(1.0) + 0.02 * value("sessions", row).ln_1p();
        let annoyed = if value("total_events", row) > 10.0 { 0.05 } else { 0.0 };
        let effect = 0.15 * (-value("recency_days", row) / 30.0).exp() - annoyed;
        let base = base.clamp(0.0, 1.0);
        let treated_base = (base + effect).clamp(0.0, 1.0);
        let treated: bool = random.gen_bool(0.5);
        campaign.outcome.push(random.gen_bool(if treated { treated_base } else { base }));
        campaign.treated.push(treated);
        effects.push((treated_base - base) as f32);
    }
    campaign.true_effect = Some(effects);
    campaign
}
