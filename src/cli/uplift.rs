//! `user360 uplift`: a campaign by itself.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cli::args::{CampaignArgs, ReportFormat, UpliftArgs};
use crate::cli::door::{self, note};
use crate::cli::progress;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::format::thousands;
use crate::ingest::campaign::CampaignSettings;
use crate::job::Job;
use crate::pipeline::{self, CampaignReport};
use crate::store::{self, ExportOptions, Format};
use crate::text::{shown, shown_path};

/// Trains, judges and ranks; prints the report and writes the ranking where a file is named.
pub fn run(args: &UpliftArgs) -> Result<ExitCode> {
    let config = Config::load(args.campaign.config.as_deref())?;
    let columns = columns(&args.campaign, config.campaign.clone());
    let mut settings = config.uplift.clone();
    settings.learner = args.campaign.learner.unwrap_or(settings.learner);
    let format = args.out.as_deref().map(Format::of_path).transpose()?;
    let job = Job::new();
    let cancelled = job.clone();
    progress::cancel_on_signal(move || cancelled.cancel());
    let report = pipeline::campaign(&args.campaign.campaign, &columns, &settings, &job)?;
    match args.format {
        ReportFormat::Text => door::text(&as_text(&report)),
        ReportFormat::Json => door::json(
            &serde_json::to_string_pretty(&report)
                .map_err(|error| Error::Model(format!("the report cannot be written: {error}")))?,
        ),
    }
    if let (Some(out), Some(format)) = (&args.out, format) {
        let options = ExportOptions { raw: args.raw, overwrite: args.overwrite, share: Config::load(None)?.run.share };
        let written = store::export(report.ranking, out, format, &options, &job)?;
        note!("{}  {} rows  {} bytes", shown_path(&written.path), thousands(written.rows), thousands(written.bytes));
    }
    Ok(ExitCode::SUCCESS)
}

/// The configuration's columns, and over them those named on the command line.
pub fn columns(args: &CampaignArgs, from_file: CampaignSettings) -> CampaignSettings {
    let named = |name: &Option<String>, otherwise: String| name.clone().unwrap_or(otherwise);
    CampaignSettings {
        user: named(&args.user, from_file.user),
        treatment: named(&args.treatment, from_file.treatment),
        control: named(&args.control, from_file.control),
        arms: if args.arm.is_empty() { from_file.arms } else { args.arm.clone() },
        outcome: named(&args.outcome, from_file.outcome),
        features: args.features.clone().unwrap_or(from_file.features),
        ignore: args.ignore.clone().unwrap_or(from_file.ignore),
        spend: named(&args.spend, from_file.spend),
    }
}

fn as_text(report: &CampaignReport) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut out, report);
    out
}

fn write_text(out: &mut String, report: &CampaignReport) -> std::fmt::Result {
    writeln!(
        out,
        "{} rows, {} held out; learner {}; {} predictors",
        thousands(report.rows),
        thousands(report.held_out),
        report.learner,
        report.features.len()
    )?;
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"));
    for arm in &report.arms {
        let effect = &arm.effect;
        writeln!(out, "\n{}", shown(&effect.arm))?;
        writeln!(
            out,
            "  outcome    {:.5} of {} rows, {:.5} of {} in the control",
            effect.rate,
            thousands(effect.rows),
            effect.control_rate,
            thousands(effect.control_rows)
        )?;
        writeln!(
            out,
            "  effect     {:+.5} (95 %: {:+.5} to {:+.5})",
            effect.effect, effect.effect_low, effect.effect_high
        )?;
        if let Some(spend) = effect.spend_effect {
            writeln!(out, "  spend      {spend:+.4} a row")?;
        }
        let held_out = &arm.evaluation;
        let chance = held_out.qini_by_chance.map_or_else(String::new, |chance| format!(" (at random ±{chance:.5})"));
        writeln!(out, "  held out   Qini {}{chance}  AUUC {}", number(held_out.qini), number(held_out.auuc))?;
        writeln!(
            out,
            "  uplift@10  {}  @20 {}  @30 {}",
            number(held_out.uplift_at_10),
            number(held_out.uplift_at_20),
            number(held_out.uplift_at_30)
        )?;
        writeln!(out, "  decile     predicted   observed")?;
        for decile in &held_out.deciles {
            writeln!(out, "  {:>6}     {:>9.5}  {:>9}", decile.decile, decile.predicted, number(decile.observed))?;
        }
    }
    for note in &report.notes {
        writeln!(out, "  · {}", shown(note))?;
    }
    Ok(())
}
