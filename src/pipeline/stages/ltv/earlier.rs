//! What the candidates would have said at earlier cutoffs: which of them is served, and how far totals were off.

use crate::config::Config;
use crate::error::Result;
use crate::features::{buyers, labels, season};
use crate::job::Job;
use crate::models::evaluate::Backtest;
use crate::models::ltv::{Ahead, Amount, Known, ahead, choose, judge, of_share};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::backtest::{Moment, cutoffs};

/// One amount in the windows after the earlier cutoffs, the earliest first: the cutoff, what was predicted, what came, and
/// the mean that was learnt from.
#[derive(Default)]
struct Windows {
    cutoffs: Vec<(i64, f32)>,
    seen: Vec<(Ahead, Vec<f32>)>,
}

/// Purchases and revenue at the earlier cutoffs.
#[derive(Default)]
pub(super) struct Earlier([Windows; 2]);

impl Earlier {
    /// Fits every candidate at each cutoff before `latest` that the log allows, and sees what came.
    pub(super) fn seen(inputs: Inputs<'_>, latest: i64, config: &Config, job: &Job) -> Result<Self> {
        let (settings, log) = (&config.ltv, inputs.log);
        let mut earlier = Self::default();
        let mut cutoffs = cutoffs(log, latest, settings.horizon_days, config.run.minimum_history_days);
        cutoffs.reverse();
        for cutoff in cutoffs {
            let moment = Moment::at(inputs, cutoff, settings.horizon_days, config, job)?;
            if moment.past.len() < 2 {
                continue;
            }
            let bought = (buyers(moment.before.log(), &moment.past), buyers(moment.known.log(), &moment.then));
            let season = season(log, cutoff, settings.horizon_days).unwrap_or(1.0) as f32;
            for (amount, windows) in [Amount::Purchases, Amount::Revenue].into_iter().zip(&mut earlier.0) {
                let learnt = amounts(&moment, amount, true);
                if learnt.iter().all(|&amount| amount == 0.0) {
                    continue;
                }
                let past = Known { table: &moment.past, buyers: &bought.0 };
                let then = Known { table: &moment.then, buyers: &bought.1 };
                let mut told = ahead((past, &moment.split), &learnt, then, amount, settings, job)?;
                told.0.iter_mut().flatten().for_each(|predicted| *predicted *= season);
                let mean = learnt.iter().map(|&amount| f64::from(amount)).sum::<f64>() / learnt.len() as f64;
                windows.cutoffs.push((cutoff, mean as f32));
                windows.seen.push((told, amounts(&moment, amount, false)));
            }
        }
        Ok(earlier)
    }

    /// The share of the customer base model in purchases and in revenue that was best; `None` where too little was seen.
    pub(super) fn shares(&self) -> [Option<f64>; 2] {
        [0, 1].map(|place| choose(&self.0[place].seen))
    }

    /// Purchases, or revenue, predicted with a share of the customer base model, beside what came.
    pub(super) fn backtests(&self, amount: Amount, share: f64) -> Vec<Backtest> {
        let windows = &self.0[usize::from(amount == Amount::Revenue)];
        let one = |(&(cutoff, mean), (told, actual)): (&(i64, f32), &(Ahead, Vec<f32>))| {
            let judged = judge(actual, of_share(told, share), &vec![mean; actual.len()]);
            Backtest {
                cutoff,
                users: actual.len(),
                predicted: judged.total_predicted,
                actual: judged.total_actual,
                ranking: judged.gini,
            }
        };
        windows.cutoffs.iter().zip(&windows.seen).map(one).collect()
    }
}

/// What users came to in the window that is learnt from, or in the one after the cutoff.
fn amounts(moment: &Moment<'_>, amount: Amount, is_past: bool) -> Vec<f32> {
    let (table, until) = if is_past { (&moment.past, moment.cutoff) } else { (&moment.then, moment.until) };
    let log = if is_past { moment.before.log() } else { moment.known.log() };
    match amount {
        Amount::Purchases => labels::purchases(log, table, until),
        Amount::Revenue if log.price.is_empty() => vec![0.0; table.len()],
        Amount::Revenue => labels::revenue(log, table, until).0,
    }
}
