//! `user360 sample`: a log of any size with planted truth.

use std::process::ExitCode;

use crate::cli::args::SampleArgs;
use crate::cli::door::say;
use crate::cli::progress;
use crate::error::Result;
use crate::format::counted;
use crate::ingest::synth::{self, SynthSettings};
use crate::job::Job;
use crate::text::shown_path;

/// Writes the sample and says what was written.
pub fn run(args: &SampleArgs) -> Result<ExitCode> {
    let settings = SynthSettings {
        scale: args.scale,
        seed: args.seed,
        engagement: args.engagement,
        properties: args.props,
        property_scale: args.property_scale,
        truth: args.truth,
        shop: args.shop,
        overwrite: args.overwrite,
    };
    let job = Job::new();
    let cancelled = job.clone();
    progress::cancel_on_signal(move || cancelled.cancel());
    let made = progress::watch_job(&job, "sample", || synth::generate(&args.out, &settings, &job))?;
    say!(
        "{} ({}, {}, {}) of {} on {}; {}",
        counted(made.events, "events"),
        counted(made.views, "views"),
        counted(made.addtocarts, "addtocarts"),
        counted(made.transactions, "transactions"),
        counted(made.users, "users"),
        counted(made.items, "items"),
        counted(made.property_rows, "property rows")
    );
    for (path, bytes) in &made.files {
        say!("{}  {}", shown_path(path), counted(*bytes, "bytes"));
    }
    Ok(ExitCode::SUCCESS)
}
