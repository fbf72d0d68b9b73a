//! What a campaign taught, as text: effects, ranking, policies and notes, each number with its interval.

use std::fmt::{Result, Write as _};

use crate::format::{counted, thousands};
use crate::pipeline::{ArmReport, CampaignReport};
use crate::text::shown;

/// The report.
pub fn of(report: &CampaignReport) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, report);
    out
}

fn write(out: &mut String, report: &CampaignReport) -> Result {
    writeln!(
        out,
        "{}, each judged by forests that did not learn from it; learner {}; {}",
        counted(report.rows, "rows"),
        report.learner,
        counted(report.features.len() as u64, "predictors")
    )?;
    for arm in &report.arms {
        write_arm(out, arm)?;
    }
    write_policies(out, report)?;
    for note in &report.notes {
        writeln!(out, "  · {}", shown(note))?;
    }
    Ok(())
}

fn write_arm(out: &mut String, arm: &ArmReport) -> Result {
    let (effect, judged) = (&arm.effect, &arm.evaluation);
    writeln!(out, "\n{}", shown(&effect.arm))?;
    writeln!(
        out,
        "  outcome    {:.5} of {}, {:.5} of {} in the control",
        effect.rate,
        counted(effect.rows, "rows"),
        effect.control_rate,
        thousands(effect.control_rows)
    )?;
    writeln!(
        out,
        "  effect     {:+.5} (95 %: {:+.5} to {:+.5})",
        effect.effect, effect.effect_low, effect.effect_high
    )?;
    if let Some(raw) = effect.raw_effect {
        writeln!(out, "  as it is   {raw:+.5} with no amount lowered")?;
    }
    if let Some(spend) = effect.spend_effect {
        writeln!(out, "  spend      {spend:+.4} a row")?;
    }
    write_quality(out, arm)?;
    writeln!(out, "  decile     predicted   observed   95 %")?;
    for decile in &judged.deciles {
        let between = between(decile.observed_low.zip(decile.observed_high));
        writeln!(
            out,
            "  {:>6}     {:>9.5}  {:>9}  {between}",
            decile.decile,
            decile.predicted,
            number(decile.observed)
        )?;
    }
    Ok(())
}

fn write_quality(out: &mut String, arm: &ArmReport) -> Result {
    let judged = &arm.evaluation;
    let chance = judged.qini_by_chance.map_or_else(String::new, |chance| format!("; at random ±{:.5}", 2.0 * chance));
    writeln!(
        out,
        "  ranking    Qini {} ({}{chance})  AUUC {} ({})",
        number(judged.qini),
        between(judged.qini_low.zip(judged.qini_high)),
        number(judged.auuc),
        between(judged.auuc_low.zip(judged.auuc_high))
    )?;
    let at = [("@10", judged.uplift_at_10), ("@20", judged.uplift_at_20), ("@30", judged.uplift_at_30)];
    for (place, (share, value)) in at.into_iter().enumerate() {
        let interval = judged.uplift_at_intervals.get(place).copied().flatten();
        writeln!(out, "  uplift{share}  {} ({})", number(value), between(interval))?;
    }
    if let Some(error) = judged.decile_error {
        writeln!(out, "  deciles    {error:.5} between predicted and observed, on average")?;
    }
    Ok(())
}

/// What treating nobody, everybody, or each as the model says would bring.
fn write_policies(out: &mut String, report: &CampaignReport) -> Result {
    let policies = &report.policies;
    writeln!(out, "\nWhat it would bring: {} per 1,000 users beyond treating nobody", policies.unit)?;
    let row = |out: &mut String, name: &str, treated: &str, value: f64, low: f64, high: f64| {
        let [value, low, high] = [value, low, high].map(|value| 1_000.0 * value);
        writeln!(out, "  {:<40} {treated:>7}  {value:>+10.2}  ({low:+.2} to {high:+.2})", shown(name))
    };
    for policy in &policies.policies {
        let treated = format!("{:.0} %", 100.0 * policy.treated);
        row(out, &policy.policy, &treated, policy.value.value, policy.value.low, policy.value.high)?;
    }
    let gain = &policies.difference;
    row(out, "the model less the best of one arm for all", "", gain.value, gain.low, gain.high)?;
    let gain = &policies.advised_gain;
    row(out, "what is advised less the same", "", gain.value, gain.low, gain.high)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"))
}

fn between(interval: Option<(f64, f64)>) -> String {
    interval.map_or_else(|| "-".to_owned(), |(low, high)| format!("{low:.5} to {high:.5}"))
}
