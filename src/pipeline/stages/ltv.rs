//! What a user will buy within the horizon, and what it will be worth, trained on features as of T minus the horizon.

mod came;
mod earlier;

use polars::prelude::*;
use rayon::prelude::*;

use crate::config::Config;
use crate::error::Result;
use crate::features::{self, Buyer, FeatureTable, labels};
use crate::ingest::EventLog;
use crate::job::Job;
use crate::models::evaluate::{Backtest, total};
use crate::models::ltv::{Amount, BaseModel, Ltv, LtvPopulation};
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::backtest::told;
use crate::pipeline::stages::drift;
use crate::pipeline::stages::held_out::HeldOut;
use crate::pipeline::stages::{About, OWN, Outcome, json};
use crate::pipeline::tables;
use crate::store::results;
use crate::store::results::ltv::{Detail, Metrics};
use came::{amounts, buyers};
use earlier::Earlier;

/// What the pipeline must know of LTV.
pub const ABOUT: About = About {
    version: 14,
    memory: [OWN, 43, 321],
    settings: |config| json(&(&config.ltv, config.run.minimum_history_days, config.run.fit_users)),
    reads_campaign: false,
    run,
};

/// Fits, evaluates and applies the lifetime-value model.
fn run(inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    let settings = &config.ltv;
    let cutoff = match crate::pipeline::stages::cutoff(
        inputs.log,
        settings.horizon_days,
        config.run.minimum_history_days,
        "ltv",
    ) {
        Ok(cutoff) => cutoff,
        Err(reason) => return Ok(Outcome::skipped(reason)),
    };
    let gap = config.features.session_gap_minutes;
    let known = inputs.as_of(cutoff);
    let log = known.log();
    let past = features::build(log, &inputs.catalogue.category, cutoff, gap, job)?;
    let purchases = amounts(log, &past, (Amount::Purchases, settings.count), log.as_of);
    if purchases.iter().all(|&count| count == 0.0) {
        return Ok(Outcome::skipped(format!(
            "none of the {} users known at the cutoff bought anything in the {} days after it: there is nothing to learn",
            past.len(),
            settings.horizon_days
        )));
    }
    let split = known.split(&past.users, config.run.fit_users);
    let now_buyers = buyers(inputs.log, inputs.now, settings.count);
    let population = LtvPopulation::new(&past, &split, inputs.now, settings, job)?
        .with_buyers(buyers(log, &past, settings.count), now_buyers.clone());
    let earlier = Earlier::seen(inputs, cutoff, config, job)?;
    let before = earlier.before();
    let is_chosen_across_time = before[0].is_some();
    let population = population.with_before(before);
    let mut notes = Vec::new();
    let money = revenue(log, &past, &mut notes);
    let (mut ltv, mut revenue) = match &money {
        None => (population.fit(&purchases, Amount::Purchases, job)?, None),
        Some(revenue) => {
            let both = population.fit_both([(&purchases, Amount::Purchases), (revenue, Amount::Revenue)], job)?;
            (both.0, Some(both.1))
        }
    };
    notes.push(if is_chosen_across_time {
        "objectives and the customer base model's share are chosen by earlier cutoffs and by users set aside".to_owned()
    } else {
        "fewer than two earlier cutoffs have 50 buyers each: folds of users chose the model".to_owned()
    });
    let held_out = held_out(
        HeldOut { log, past: &past, split: &split, rows: &ltv.held_out.0 },
        (&purchases, &ltv),
        money.as_deref().zip(revenue.as_ref()),
    )?;
    let season = features::season(inputs.log, inputs.log.as_of, settings.horizon_days);
    notes.extend(season.map(|season| follow_season(season, [Some(&mut ltv), revenue.as_mut()])));
    let backtests = earlier.backtests(Amount::Purchases, &ltv.choice);
    let revenue_backtests =
        revenue.as_ref().map_or_else(Vec::new, |revenue| earlier.backtests(Amount::Revenue, &revenue.choice));
    let zone = &inputs.log.zone;
    notes.extend(told("purchases", "Gini", &backtests, zone));
    if revenue.is_some() {
        notes.extend(told("revenue", "Gini", &revenue_backtests, zone));
    }
    let predicted = Float32Chunked::from_slice("ltv".into(), &ltv.predicted).into_column();
    let mut columns = vec![tables::user_column(inputs.log, inputs.now), predicted];
    let judged = revenue.as_ref().map(|revenue| &revenue.evaluation);
    let to_come =
        |ltv: &Ltv, backtests: &[Backtest]| total(ltv.predicted.iter().map(|&value| f64::from(value)).sum(), backtests);
    let drift = drift::seen(inputs, (&past, &known.split(&past.users, drift::USERS).everyone()), config, job)?;
    notes.extend(drift::told(&drift));
    let metrics = Metrics::of(&ltv.evaluation, judged)
        .with_totals(
            (to_come(&ltv, &backtests), backtests.clone()),
            revenue.as_ref().map(|revenue| (to_come(revenue, &revenue_backtests), revenue_backtests.clone())),
        )
        .with_drift(&drift);
    let detail = Detail {
        evaluation: Some(ltv.evaluation.clone()),
        cutoff: Some(cutoff),
        revenue: judged.cloned(),
        season,
        drift,
    };
    let mut outcome = Outcome::of::<results::Ltv>(ltv.predicted.len(), &metrics, &detail)?;
    outcome.files.push(("models/ltv.json".to_owned(), crate::pipeline::stages::bytes(&ltv.model)?));
    outcome.files.push(("models/ltv_held_out.parquet".to_owned(), held_out));
    outcome.notes.extend(ltv.notes.into_iter().chain(ltv.fallback).chain(notes));
    let outlook_has_money = revenue.is_some();
    if let Some(revenue) = revenue {
        columns.push(Float32Chunked::from_slice("revenue".into(), &revenue.predicted).into_column());
        outcome.files.push(("models/ltv_revenue.json".to_owned(), crate::pipeline::stages::bytes(&revenue.model)?));
        outcome.notes.extend(revenue.notes.into_iter().chain(revenue.fallback));
    }
    if let Some(mixed) = &ltv.model.mixed {
        let unknown = start_unknown(&now_buyers, features::span_days(inputs.log));
        let tells_chances = unknown.is_none() || earlier.chances_hold();
        outcome.notes.extend(unknown.map(|share| told_unknown(share, tells_chances)));
        columns.extend(of_buyers(&mixed.model, &now_buyers, outlook_has_money, tells_chances));
    }
    let model = now_buyers.iter().map(|buyer| Some(ltv.model.name(buyer.is_some())));
    columns.push(StringChunked::from_iter_options("model".into(), model).into_column());
    outcome.tables.push(("ltv".to_owned(), DataFrame::new_infer_height(columns)?));
    Ok(outcome)
}

/// Multiplies what is predicted by last year's ratio of the season, and says so.
fn follow_season(season: f64, of: [Option<&mut Ltv>; 2]) -> String {
    of.into_iter().flatten().flat_map(|ltv| &mut ltv.predicted).for_each(|value| *value *= season as f32);
    format!("all is multiplied by {season:.2}: so much more was bought a year ago in these days than before")
}

/// What held-out users came to, and what was predicted of them.
fn held_out(held: HeldOut<'_>, purchases: (&[f32], &Ltv), revenue: Option<(&[f32], &Ltv)>) -> Result<Vec<u8>> {
    let of = [("purchases", Some(purchases)), ("revenue", revenue)];
    let columns = of.into_iter().filter_map(|(name, of)| Some((name, of?))).flat_map(|(name, (came, ltv))| {
        let predicted = held.predicted(&format!("predicted_{name}"), &ltv.held_out.1);
        [tables::float_column(name, came), predicted]
    });
    held.file(columns.collect())
}

/// Days of the outlook of each buyer.
const OUTLOOKS: [f64; 3] = [30.0, 60.0, 90.0];

/// What the customer base model says of each buyer; null for the others.
fn of_buyers(model: &BaseModel, buyers: &[Option<Buyer>], money: bool, chances: bool) -> Vec<Column> {
    let column = |name: &str, value: &(dyn Fn(&Buyer) -> f64 + Sync)| {
        let value = |buyer: &Option<Buyer>| buyer.as_ref().map_or(f32::NAN, |buyer| value(buyer) as f32);
        tables::float_column(name, &buyers.par_iter().map(value).collect::<Vec<f32>>())
    };
    let mut columns: Vec<Column> = OUTLOOKS
        .iter()
        .map(|&days| column(&format!("orders_{days:.0}d_ahead"), &|buyer| model.order_days(buyer, days)))
        .collect();
    if money {
        columns.extend(OUTLOOKS.iter().map(|&days| {
            column(&format!("revenue_{days:.0}d"), &|buyer| model.expected(buyer, Amount::Revenue, days))
        }));
    }
    let chance = |of: &dyn Fn() -> f64| if chances { of() } else { f64::NAN };
    columns.push(column("p_alive", &|buyer| chance(&|| model.p_alive(buyer))));
    columns.push(column("p_order_30d", &|buyer| chance(&|| model.p_order(buyer, 30.0))));
    columns
}

/// A share of the buyers above which the log has begun after its customers.
const EARLY: f64 = 0.3;

/// The share of the buyers who are first seen in the first tenth of the log, where it is so large that many were customers
/// before the log began.
fn start_unknown(buyers: &[Option<Buyer>], span: f64) -> Option<f64> {
    let ages: Vec<f64> = buyers.iter().flatten().map(|buyer| buyer.age).collect();
    let early = ages.iter().filter(|&&age| age >= 0.9 * span).count();
    let share = early as f64 / ages.len().max(1) as f64;
    (share > EARLY).then_some(share)
}

fn told_unknown(share: f64, tells_chances: bool) -> String {
    let share = crate::format::percent(share);
    let then = if tells_chances {
        "at earlier cutoffs the chances that they come again held all the same"
    } else {
        "the chances that they come again are not told, for no earlier cutoff shows that they hold"
    };
    format!("start unknown: {share} of the buyers are first seen in the log's first tenth; {then}")
}

/// What each user's purchases after the cutoff were worth; `None`, with a note, where the log cannot tell.
fn revenue(log: &EventLog, past: &FeatureTable, notes: &mut Vec<String>) -> Option<Vec<f32>> {
    if log.price.is_empty() {
        notes.push("no revenue is predicted: the log tells no prices".to_owned());
        return None;
    }
    let (amounts, unpriced) = labels::revenue(log, past, log.as_of);
    if amounts.iter().all(|&amount| amount == 0.0) {
        notes.push("no revenue is predicted: no purchase after the cutoff has a known price above 0".to_owned());
        return None;
    }
    if unpriced > 0 {
        notes.push(format!("revenue: {unpriced} purchases after the cutoff have no known price and count nothing"));
    }
    Some(amounts)
}
