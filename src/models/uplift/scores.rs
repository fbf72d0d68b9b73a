//! Doubly robust scores: for every user and arm an unbiased guess at what the user would have done under it (augmented
//! inverse propensity weighting; Robins, Rotnitzky and Zhao 1994).

use crate::models::uplift::Campaign;
use crate::models::uplift::learner::Said;
use crate::models::uplift::shares::Shares;

/// One list per arm, the control first; one entry per row.
pub(super) struct Scores {
    arms: Vec<Vec<f32>>,
}

impl Scores {
    /// What the forests say of the row under an arm, corrected by what the row did where it got that arm.
    pub fn new(campaign: &Campaign, said: &[Said], shares: &Shares) -> Self {
        let expected = |arm: usize, row: usize| -> f32 {
            match arm {
                0 => said.iter().map(|said| said.control[row]).sum::<f32>() / said.len().max(1) as f32,
                arm => said[arm - 1].treated[row],
            }
        };
        let of_arm = |arm: usize| {
            let score = |row: usize| {
                let expected = expected(arm, row);
                if usize::from(campaign.arm[row]) != arm {
                    return expected;
                }
                expected + (campaign.outcome.value(row) as f32 - expected) / shares.of(arm, row)
            };
            (0..campaign.arm.len()).map(score).collect()
        };
        Self { arms: (0..=campaign.arms.len()).map(of_arm).collect() }
    }

    /// The score of a row under an arm, 0 for the control.
    pub fn of(&self, arm: usize, row: usize) -> f64 {
        f64::from(self.arms[arm][row])
    }

    /// Per row what arm `place` (from 0) adds to the control.
    pub fn effects(&self, place: usize) -> Vec<f32> {
        self.arms[place + 1].iter().zip(&self.arms[0]).map(|(with, without)| with - without).collect()
    }
}
