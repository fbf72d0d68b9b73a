//! Earlier cutoffs: the log as it was then, for a bounded sample of its users.

use crate::config::Config;
use crate::error::Result;
use crate::features::{self, DAY_MS, FeatureTable, span_days};
use crate::format;
use crate::ingest::EventLog;
use crate::job::Job;
use crate::models::evaluate::{Backtest, MOST_BACKTESTS, Split, no_interval};
use crate::pipeline::as_of::AsOf;
use crate::pipeline::source::Inputs;
use crate::zone::ShopZone;

/// Users of a backtest at most.
const USERS: usize = 20_000;

/// Cutoffs before `latest`, each a window of `days` earlier than the one before, the latest first, as far as a window to
/// learn from and `history` days lie before them.
pub(super) fn cutoffs(log: &EventLog, latest: i64, days: f64, history: f64) -> Vec<i64> {
    let window = (days * DAY_MS as f64) as i64;
    let first = log.as_of - (span_days(log) * DAY_MS as f64) as i64;
    let least = first + window + (history * DAY_MS as f64) as i64;
    (1..=MOST_BACKTESTS as i64).map(|back| latest - back * window).take_while(|&cutoff| cutoff >= least).collect()
}

/// Users at an earlier cutoff.
pub(super) struct Moment<'a> {
    /// The cutoff.
    pub cutoff: i64,
    /// The log as it was known a window before the cutoff, and at it.
    pub before: AsOf<'a>,
    pub known: AsOf<'a>,
    /// When the window after it ends.
    pub until: i64,
    /// A window before the cutoff: what is learnt from.
    pub past: FeatureTable,
    /// Who learns.
    pub split: Split,
    /// As of the cutoff: who is judged.
    pub then: FeatureTable,
}

impl<'a> Moment<'a> {
    /// The users known at `cutoff`, as many as a backtest takes, and what they were like `days` earlier.
    pub(super) fn at(inputs: Inputs<'a>, cutoff: i64, days: f64, config: &Config, job: &Job) -> Result<Self> {
        let window = (days * DAY_MS as f64) as i64;
        let (before, known) = (inputs.as_of(cutoff - window), inputs.as_of(cutoff));
        let build = |known: &AsOf<'_>, at: i64| {
            // Those of whom there was anything to know at the cutoff.
            let log = known.log();
            let there = |user: &u32| !log.events_until(*user, cutoff).is_empty();
            let there: Vec<u32> = (0..log.users.len() as u32).filter(there).collect();
            let all = known.split(&there, USERS);
            let users: Vec<u32> = all.everyone().into_iter().map(|row| there[row as usize]).collect();
            let gap = config.features.session_gap_minutes;
            features::build_of(&users, log, &inputs.catalogue.category, at, gap, job)
        };
        let (past, then) = (build(&before, cutoff - window)?, build(&known, cutoff)?);
        let split = before.split(&past.users, USERS);
        Ok(Self { cutoff, before, known, until: cutoff + window, past, split, then })
    }
}

/// Predicted and realised totals, cutoff by cutoff, in words; and why there is no interval, where there is none.
pub(super) fn told(what: &str, ranking: &str, backtests: &[Backtest], zone: &ShopZone) -> Vec<String> {
    let one = |backtest: &Backtest| {
        let rank = backtest.ranking.map_or_else(String::new, |figure| {
            let doubt = if figure.enough { "" } else { ", too few to tell" };
            format!(" ({ranking} {}{doubt})", format::number(figure.value))
        });
        let (predicted, actual) = (format::number(backtest.predicted), format::number(backtest.actual));
        format!("{}: predicted {predicted}, came {actual}{rank}", zone.date(backtest.cutoff))
    };
    let seen: Vec<String> = backtests.iter().map(one).collect();
    let seen = (!seen.is_empty()).then(|| format!("{what} at earlier cutoffs: {}", seen.join("; ")));
    let lacks = no_interval(backtests).map(|why| format!("{what} to come: {why}"));
    seen.into_iter().chain(lacks).collect()
}
