//! Uplift on a campaign's file, with several seeds.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::ingest::campaign::Asked;
use crate::job::Job;
use crate::models::uplift::UpliftSettings;
use crate::pipeline::benchmark::{Machine, Timing};
use crate::pipeline::{CampaignReport, Learner, campaign};

/// How well each learner ranks a campaign's held-out rows.
#[derive(Clone, Debug, Serialize)]
pub struct UpliftReport {
    /// Version of this report.
    pub format: u32,
    /// Where it was measured.
    pub machine: Machine,
    /// Rows of the arms looked at, the control included.
    pub rows: u64,
    /// Rows held out, the same for every seed.
    pub held_out: u64,
    /// The forests' seeds.
    pub seeds: Vec<u64>,
    /// One line per learner and arm.
    pub scores: Vec<ArmScore>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Why these numbers say little.
    pub warnings: Vec<String>,
}

/// One learner on one arm.
#[derive(Clone, Debug, Serialize)]
pub struct ArmScore {
    /// The learner.
    pub learner: &'static str,
    /// The arm.
    pub arm: String,
    /// The Qini coefficient by seed; `None` where no ranking beats a random one.
    pub qini: Vec<Option<f64>>,
    /// Mean over the seeds; `None` where a seed has none.
    pub qini_mean: Option<f64>,
    /// Standard deviation over the seeds (n − 1); `None` for a single seed.
    pub qini_sd: Option<f64>,
    /// Seconds of reading, training, judging and ranking, all arms together.
    pub seconds: Timing,
}

/// Version of the report.
const FORMAT: u32 = 1;

/// Trains and judges every learner with `repeat` seeds, from the settings' own seed on.
///
/// # Errors
/// See [`campaign`].
pub fn uplift(
    path: &Path,
    asked: Asked<'_>,
    settings: &UpliftSettings,
    learners: &[Learner],
    repeat: usize,
    job: &Job,
) -> Result<UpliftReport> {
    if repeat == 0 {
        return Err(Error::Config("--repeat must be at least 1, not 0".to_owned()));
    }
    let machine = Machine::here();
    let seeds: Vec<u64> = (0..repeat as u64).map(|number| settings.seed.wrapping_add(number)).collect();
    let mut scores = Vec::new();
    let (mut rows, mut held_out, mut notes) = (0, 0, Vec::new());
    for &learner in learners {
        let mut reports = Vec::new();
        let mut seconds = Vec::new();
        for &seed in &seeds {
            let settings = UpliftSettings { learner, seed, ..settings.clone() };
            let begun = Instant::now();
            reports.push(campaign(path, asked, &settings, None, job)?);
            seconds.push(begun.elapsed().as_secs_f64());
        }
        for note in reports.iter().flat_map(|report| &report.notes) {
            if !notes.contains(note) {
                notes.push(note.clone());
            }
        }
        if let Some(first) = reports.first() {
            (rows, held_out) = (first.rows, first.held_out);
        }
        scores.extend(by_arm(&reports, &Timing::of(seconds).unwrap_or_default()));
    }
    Ok(UpliftReport { format: FORMAT, warnings: machine.warnings(), machine, rows, held_out, seeds, scores, notes })
}

fn by_arm(reports: &[CampaignReport], seconds: &Timing) -> Vec<ArmScore> {
    let arms = reports.first().map_or(0, |report| report.arms.len());
    (0..arms)
        .map(|arm| {
            let qini: Vec<Option<f64>> = reports.iter().map(|report| report.arms[arm].evaluation.qini).collect();
            let (qini_mean, qini_sd) = spread(&qini);
            ArmScore {
                learner: reports[0].learner,
                arm: reports[0].arms[arm].effect.arm.clone(),
                qini,
                qini_mean,
                qini_sd,
                seconds: seconds.clone(),
            }
        })
        .collect()
}

/// Mean and sample standard deviation.
fn spread(values: &[Option<f64>]) -> (Option<f64>, Option<f64>) {
    let Some(values) = values.iter().copied().collect::<Option<Vec<f64>>>().filter(|values| !values.is_empty()) else {
        return (None, None);
    };
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (Some(mean), (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt()))
}

#[cfg(test)]
mod tests {
    use crate::pipeline::benchmark::uplift::spread;

    #[test]
    fn mean_and_standard_deviation_by_hand() {
        let (mean, sd) = spread(&[Some(1.0), Some(2.0), Some(6.0)]);
        assert!(mean.is_some_and(|mean| (mean - 3.0).abs() < 1e-12));
        assert!(sd.is_some_and(|sd| (sd - 7.0_f64.sqrt()).abs() < 1e-12), "(4 + 1 + 9) / 2 = 7: {sd:?}");
        assert_eq!(spread(&[Some(1.0)]), (Some(1.0), None));
        assert_eq!(spread(&[Some(1.0), None]), (None, None));
    }
}
