//! What the candidates would have said at earlier cutoffs: which of them is served, and how far totals were off.

use crate::config::Config;
use crate::error::Result;
use crate::features::season;
use crate::job::Job;
use crate::models::evaluate::Backtest;
use crate::models::ltv::{
    Ahead, Amount, Choice, Known, LtvCount, Seen, Window, holds, judge_ranking, of_choice, seen_before,
};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::backtest::{Moment, cutoffs};
use crate::pipeline::stages::ltv::came::{amounts, buyers};

/// One amount in the windows after the earlier cutoffs, the earliest first: the cutoff, what was predicted and what came.
#[derive(Default)]
struct Windows {
    cutoffs: Vec<i64>,
    seen: Vec<(Ahead, Vec<f32>)>,
}

/// Purchases and revenue at the earlier cutoffs.
#[derive(Default)]
pub(super) struct Earlier {
    windows: [Windows; 2],
    /// How many buyers were expected to order in each window, and how many did.
    ordering: Vec<(f64, f64)>,
}

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
            let bought = (
                buyers(moment.before.log(), &moment.past, settings.count),
                buyers(moment.known.log(), &moment.then, settings.count),
            );
            let past = Known { table: &moment.past, buyers: &bought.0 };
            let then = Known { table: &moment.then, buyers: &bought.1 };
            let window = Window::new((past, &moment.split), then, settings, job)?;
            let season = season(log, cutoff, settings.horizon_days).unwrap_or(1.0) as f32;
            for (amount, windows) in [Amount::Purchases, Amount::Revenue].into_iter().zip(&mut earlier.windows) {
                let learnt = of_moment(&moment, (amount, settings.count), true);
                if learnt.iter().all(|&amount| amount == 0.0) {
                    continue;
                }
                let mut told = window.ahead(&learnt, amount, job)?;
                told.0.iter_mut().flat_map(|(_, said)| said).for_each(|predicted| *predicted *= season);
                let came = of_moment(&moment, (amount, settings.count), false);
                if amount == Amount::Purchases {
                    earlier.ordering.extend(window.ordering(&came));
                }
                windows.cutoffs.push(cutoff);
                windows.seen.push((told, came));
            }
        }
        Ok(earlier)
    }

    /// How far each candidate was from what came, of purchases and of revenue; `None` where too little was seen.
    pub(super) fn before(&self) -> [Option<Seen>; 2] {
        [0, 1].map(|place| seen_before(&self.windows[place].seen))
    }

    /// Whether the chances that buyers order again were right.
    pub(super) fn chances_hold(&self) -> bool {
        holds(&self.ordering)
    }

    /// Purchases, or revenue, predicted by what is served, beside what came.
    pub(super) fn backtests(&self, amount: Amount, choice: &Choice) -> Vec<Backtest> {
        let windows = &self.windows[usize::from(amount == Amount::Revenue)];
        let total = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum();
        let one = |(&cutoff, (told, actual)): (&i64, &(Ahead, Vec<f32>))| {
            let predicted = of_choice(told, choice);
            Backtest {
                cutoff,
                users: actual.len(),
                predicted: total(predicted),
                actual: total(actual),
                ranking: judge_ranking(actual, predicted),
            }
        };
        windows.cutoffs.iter().zip(&windows.seen).map(one).collect()
    }
}

/// What users came to in the window that is learnt from, or in the one after the cutoff.
fn of_moment(moment: &Moment<'_>, of: (Amount, LtvCount), is_past: bool) -> Vec<f32> {
    let (table, until) = if is_past { (&moment.past, moment.cutoff) } else { (&moment.then, moment.until) };
    let log = if is_past { moment.before.log() } else { moment.known.log() };
    amounts(log, table, of, until)
}
