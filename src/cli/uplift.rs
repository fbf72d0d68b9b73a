//! `user360 uplift`: a campaign by itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::args::{CampaignArgs, ReportFormat, UpliftArgs};
use crate::cli::campaign_text;
use crate::cli::destination::Destination;
use crate::cli::door::{self, note};
use crate::cli::{progress, workbench};
use crate::config::{Config, InForce};
use crate::error::{Error, Result};
use crate::ingest::campaign::{Asked, CampaignSettings};
use crate::job::Job;
use crate::pipeline;
use crate::store::ExportOptions;

/// Trains, judges and ranks; prints the report and writes the ranking where a file is named.
///
/// What the command leaves out is taken from the configuration named, else from the workspace's own file, as far as there is
/// one.
pub fn run(args: &UpliftArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    // On a system without a home folder there is no workspace unless one is named.
    let root = workbench::workspace(workspace).unwrap_or_default();
    let config = InForce::load(args.campaign.config.as_deref(), &root)?.config;
    let columns = columns(&args.campaign, config.campaign.clone());
    let mut settings = config.uplift.clone();
    settings.learner = args.campaign.learner.unwrap_or(settings.learner);
    let destination = match &args.out {
        Some(out) if out == Path::new("-") => {
            return Err(Error::Config("standard output has the report; name a file for the ranking".to_owned()));
        }
        Some(out) => Some(Destination::of(out, None, args.mode, args.overwrite)?),
        None if args.mode.is_some() => {
            return Err(Error::Config("--mode is for tables of a database, which --out names".to_owned()));
        }
        None => None,
    };
    let job = Job::new();
    let cancelled = job.clone();
    progress::cancel_on_signal(move || cancelled.cancel());
    let asked = asked(&columns, &config);
    let report = pipeline::campaign(&args.campaign.campaign, asked, &settings, args.score.as_deref(), &job)?;
    match args.format {
        ReportFormat::Text => door::text(&campaign_text::of(&report)),
        ReportFormat::Json => door::json(
            &serde_json::to_string_pretty(&report)
                .map_err(|error| Error::Model(format!("the report cannot be written: {error}")))?,
        ),
    }
    if let Some(destination) = destination {
        let (raw, overwrite, share) = (args.raw, args.overwrite, config.run.share);
        let options = ExportOptions { raw, overwrite, share, ..ExportOptions::default() };
        let written = destination.write(report.ranking, options, &config, &job)?;
        note!("{written}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The campaign as a command with the options of [`CampaignArgs`] asks for it.
pub fn asked<'a>(columns: &'a CampaignSettings, config: &'a Config) -> Asked<'a> {
    Asked { settings: columns, zone: &config.ingest.time_zone, options: true }
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
        date: from_file.date,
        contact_cost: args.contact_cost.unwrap_or(from_file.contact_cost),
        incentive: args.incentive.unwrap_or(from_file.incentive),
        margin: args.margin.unwrap_or(from_file.margin),
    }
}
