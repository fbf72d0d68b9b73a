//! Who will leave: trained on features as of T minus the window, applied to features as of T.

use polars::prelude::*;
use rayon::prelude::*;

use crate::config::Config;
use crate::error::Result;
use crate::features::{self, labels};
use crate::format;
use crate::job::Job;
use crate::models::churn::{self, Because, Churn, Group, Inactivity, Past, Words};
use crate::models::evaluate::{Backtest, auc, total};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::backtest::{self, Moment};
use crate::pipeline::stages::drift;
use crate::pipeline::stages::held_out::HeldOut;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::churn::{Detail, Metrics, Returned};
use crate::zone::ShopZone;

/// What the pipeline must know of churn.
pub const ABOUT: About = About {
    version: 12,
    memory: [OWN, 39, 438],
    settings: |config| json(&(&config.churn, config.run.minimum_history_days, config.run.fit_users)),
    reads_campaign: false,
    run,
};

/// Reasons per user.
const REASONS: usize = 3;

/// Fits, judges and applies the churn model.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.churn;
    let (days, history) = (settings.inactive_days.days(inputs.log), config.run.minimum_history_days);
    let cutoff = match crate::pipeline::stages::cutoff(inputs.log, days, history, "churn") {
        Ok(cutoff) => cutoff,
        Err(reason) => return Ok(Outcome::skipped(reason)),
    };
    let gap = config.features.session_gap_minutes;
    let known = inputs.as_of(cutoff);
    let log = known.log();
    let table = features::build(log, &inputs.catalogue.category, cutoff, gap, job)?;
    let left = labels::left(log, &table, log.as_of);
    let split = known.split(&table.users, config.run.fit_users);
    let was_active = labels::active(&table, days);
    let past = Past { left: &left, active: &was_active, split: &split, table: &table, inactive_days: days };
    let returned = Returned::of(inputs.log, days, history);
    let churn = churn::churn(past, inputs.now, settings, job)?;
    let held = HeldOut { log, past: &table, split: &split, rows: &churn.held_out.0 };
    let held_out = held.file(vec![
        BooleanChunked::from_slice("active".into(), &was_active).into_column(),
        BooleanChunked::from_slice("left".into(), &left).into_column(),
        held.predicted("predicted", &churn.held_out.1),
    ])?;
    let backtests = backtests(inputs, cutoff, days, config, job)?;
    let active = labels::active(inputs.now, days);
    let leaving = churn.probability.iter().zip(&active).filter(|(_, active)| **active).map(|(p, _)| f64::from(*p));
    let drift = drift::seen(inputs, (&table, &known.split(&table.users, drift::USERS).everyone()), config, job)?;
    let metrics = Metrics::of(&churn.evaluation, days, returned.as_ref().and_then(Returned::figure))
        .with_total(total(leaving.sum(), &backtests), backtests.clone())
        .with_drift(&drift);
    let detail = Detail {
        evaluation: Some(churn.evaluation.clone()),
        coefficients: churn.coefficients.clone(),
        solver: Some(churn.solver),
        cutoff: Some(cutoff),
        l2: Some(churn.l2),
        inactive_days: Some(days),
        returned,
        drift,
    };
    let mut notes = vec![told(settings.inactive_days, days, detail.returned.as_ref(), &inputs.log.zone)];
    notes.extend(churn.notes.iter().cloned());
    notes.extend(drift::told(&detail.drift));
    notes.extend(backtest::told("leaving active users", "AUC", &backtests, &inputs.log.zone));
    Ok(Outcome {
        notes,
        tables: vec![("churn".to_owned(), frame(inputs, &churn, &active)?)],
        files: vec![
            ("models/churn.json".to_owned(), crate::pipeline::stages::bytes(&churn.model)?),
            ("models/churn_held_out.parquet".to_owned(), held_out),
        ],
        ..Outcome::of::<results::Churn>(churn.probability.len(), &metrics, &detail)?
    })
}

/// Models of earlier cutoffs, judged on those who were active then.
fn backtests(inputs: Inputs<'_>, latest: i64, days: f64, config: &Config, job: &Job) -> Result<Vec<Backtest>> {
    let (mut seen, mut l2) = (Vec::new(), None);
    let mut cutoffs = backtest::cutoffs(inputs.log, latest, days, config.run.minimum_history_days);
    cutoffs.reverse();
    for cutoff in cutoffs {
        let moment = Moment::at(inputs, cutoff, days, config, job)?;
        let past = Past {
            left: &labels::left(moment.before.log(), &moment.past, cutoff),
            active: &labels::active(&moment.past, days),
            split: &moment.split,
            table: &moment.past,
            inactive_days: days,
        };
        // The earliest cutoff chooses the penalty, the later ones take it over: it is known by then.
        let Some((predicted, used)) = churn::ahead(past, &moment.then, (&config.churn, l2), job)? else { continue };
        l2 = Some(used);
        let left = labels::left(moment.known.log(), &moment.then, moment.until);
        let active = labels::active(&moment.then, days);
        let of_active = |row: &usize| active[*row];
        let rows: Vec<usize> = (0..moment.then.len()).filter(of_active).collect();
        let predicted: Vec<f32> = rows.iter().map(|&row| predicted[row]).collect();
        let left: Vec<bool> = rows.iter().map(|&row| left[row]).collect();
        seen.push(Backtest {
            cutoff,
            users: rows.len(),
            predicted: predicted.iter().map(|&p| f64::from(p)).sum(),
            actual: left.iter().filter(|&&left| left).count() as f64,
            ranking: auc(&left, &predicted),
        });
    }
    Ok(seen)
}

/// After how long a silence users count as gone, and how many of those came back.
fn told(setting: Inactivity, days: f64, returned: Option<&Returned>, zone: &ShopZone) -> String {
    let gone = format!("who has no event for {days:.0} days counts as gone");
    let by = if setting == Inactivity::Auto { ", told by the gaps between the days users are active" } else { "" };
    let back = match returned {
        None => "the log is too short to tell how many of them come back".to_owned(),
        Some(Returned { left: 0, .. }) => "nobody was gone at an earlier cutoff".to_owned(),
        Some(Returned { left, back, cutoff }) => format!(
            "of {} who were active on {} and gone after it {} ({}) came back later",
            format::thousands(*left as u64),
            zone.date(*cutoff),
            format::thousands(*back as u64),
            format::percent(*back as f64 / *left as f64),
        ),
    };
    format!("{gone}{by}; {back}")
}

fn frame(inputs: Inputs<'_>, churn: &Churn, active: &[bool]) -> Result<DataFrame> {
    let mut columns = vec![
        tables::user_column(inputs.log, inputs.now),
        Float32Chunked::from_slice("churn".into(), &churn.probability).into_column(),
        BooleanChunked::from_slice("active".into(), active).into_column(),
        Float32Chunked::full("base".into(), churn.base, churn.probability.len()).into_column(),
    ];
    columns.par_extend(Group::ALL.par_iter().enumerate().map(|(place, group)| {
        let told: Vec<f32> = churn.because.iter().map(|because| because.groups[place]).collect();
        tables::float_column(&format!("because_{}", group.name()), &told)
    }));
    let rest: Vec<f32> = churn.because.iter().map(|because| because.rest).collect();
    columns.push(Float32Chunked::from_slice("because_rest".into(), &rest).into_column());
    let words = Words::of(inputs.now);
    let strongest: Vec<[Option<(Group, f32)>; REASONS]> = churn.because.par_iter().map(strongest).collect();
    columns.par_extend((0..REASONS).into_par_iter().map(|place| {
        let reason = |(row, reasons): (usize, &[Option<(Group, f32)>; REASONS])| {
            reasons[place].map(|(group, contribution)| (group, contribution, row))
        };
        let (texts, places) = words.reasons(strongest.iter().enumerate().map(reason));
        let text = places.iter().map(|place| place.map(|place| texts[place as usize].as_str()));
        StringChunked::from_iter_options(format!("reason{}", place + 1).as_str().into(), text).into_column()
    }));
    Ok(DataFrame::new_infer_height(columns)?)
}

/// The groups that are told of a user and move the score most, that which moves it most first.
fn strongest(because: &Because) -> [Option<(Group, f32)>; REASONS] {
    let mut first: [Option<(Group, f32)>; REASONS] = [None; REASONS];
    for told in Group::ALL.into_iter().zip(because.groups).filter(|(_, contribution)| !contribution.is_nan()) {
        let mut next = Some(told);
        for place in &mut first {
            let is_stronger = |than: &(Group, f32)| next.is_some_and(|next| next.1.abs() > than.1.abs());
            if place.as_ref().is_none_or(is_stronger) {
                std::mem::swap(place, &mut next);
            }
        }
    }
    first
}
