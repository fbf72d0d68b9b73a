//! `user360 bench`: what the program costs on this machine, and how well its models do on given data.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::cli::args::{BenchAnswer, BenchArgs, BenchModel, BenchRecommendArgs, BenchUpliftArgs, ReportFormat};
use crate::cli::door;
use crate::cli::{progress, signals, uplift, workbench};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::format::{self, counted, thousands};
use crate::job::Job;
use crate::pipeline::benchmark::{self, Machine, SplitReport, StagesReport, Timing, UpliftReport};
use crate::pipeline::{Board, Learner};
use crate::stage::StageState;
use crate::text::{shown, shown_path};

/// Measures and prints. Exit code 1 when a stage failed.
pub fn run(args: &BenchArgs, workspace: Option<&Path>) -> Result<ExitCode> {
    if workspace.is_some() {
        return Err(Error::Config("bench works in temporary workspaces of its own: leave --workspace out".to_owned()));
    }
    match &args.model {
        None => stages(args),
        Some(BenchModel::Recommend(args)) => recommend(args),
        Some(BenchModel::Uplift(args)) => uplift(args),
    }
}

fn stages(args: &BenchArgs) -> Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    let input = match &args.input {
        Some(input) => input.clone(),
        None => workbench::sample(&workbench::demo_root()?)?,
    };
    let (stop, current) = (Job::new(), Arc::new(Mutex::new(Board::new())));
    let (stopped, running) = (stop.clone(), Arc::clone(&current));
    progress::cancel_on_signal(move || {
        stopped.cancel();
        running.lock().unwrap_or_else(PoisonError::into_inner).cancel_all();
    });
    let scratch =
        tempfile::Builder::new().prefix("user360-bench-").tempdir().map_err(Error::io(std::env::temp_dir()))?;
    signals::removes(scratch.path());
    let report = benchmark::stages(&input, &config, args.repeat, scratch.path(), |board, work| {
        *current.lock().unwrap_or_else(PoisonError::into_inner) = board.clone();
        // A signal between two runs has cancelled the board before this one.
        stop.check()?;
        progress::watch(board, work)
    })?;
    print(&report, &args.answer, |out| write_stages(out, &report))?;
    let failed = report.stages.iter().any(|stage| stage.state == StageState::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn recommend(args: &BenchRecommendArgs) -> Result<ExitCode> {
    let mut config = Config::load(args.config.as_deref())?;
    let settings = &mut config.recommend;
    settings.model = args.model.unwrap_or(settings.model);
    settings.rank = args.rank.unwrap_or(settings.rank);
    settings.alpha = args.alpha.unwrap_or(settings.alpha);
    settings.regularisation = args.regularisation.unwrap_or(settings.regularisation);
    settings.iterations = args.iterations.unwrap_or(settings.iterations);
    settings.seed = args.seed.unwrap_or(settings.seed);
    settings.validation_interactions = args.validation_interactions.unwrap_or(settings.validation_interactions);
    config.check()?;
    let job = Job::new();
    let cancelled = job.clone();
    progress::cancel_on_signal(move || cancelled.cancel());
    let report = progress::watch_job(&job, "recommend", || {
        benchmark::recommend(&args.train, &args.test, &config.recommend, &job)
    })?;
    print(&report, &args.answer, |out| write_split(out, &report))
}

fn uplift(args: &BenchUpliftArgs) -> Result<ExitCode> {
    let config = Config::load(args.campaign.config.as_deref())?;
    let columns = uplift::columns(&args.campaign, config.campaign.clone());
    let learners = args.campaign.learner.map_or_else(|| Learner::ALL.to_vec(), |learner| vec![learner]);
    let job = Job::new();
    let cancelled = job.clone();
    progress::cancel_on_signal(move || cancelled.cancel());
    let report = progress::watch_job(&job, "uplift", || {
        benchmark::uplift(
            &args.campaign.campaign,
            uplift::asked(&columns, &config),
            &config.uplift,
            &learners,
            args.repeat,
            &job,
        )
    })?;
    print(&report, &args.answer, |out| write_uplift(out, &report))
}

/// Prints a report as it is asked for.
fn print(
    report: &impl Serialize,
    answer: &BenchAnswer,
    text: impl FnOnce(&mut String) -> std::fmt::Result,
) -> Result<ExitCode> {
    if answer.json || answer.format == ReportFormat::Json {
        let json = serde_json::to_string_pretty(report)
            .map_err(|error| Error::Model(format!("the report cannot be written: {error}")))?;
        door::json(&json);
    } else {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = text(&mut out);
        door::text(&out);
    }
    Ok(ExitCode::SUCCESS)
}

fn write_machine(out: &mut String, machine: &Machine, warnings: &[String]) -> std::fmt::Result {
    let unknown = || "unknown".to_owned();
    writeln!(
        out,
        "machine   {}, {}, memory {}, {} {}, kernel {}",
        machine.processor.as_deref().unwrap_or("unknown processor"),
        counted(machine.threads as u64, "threads"),
        machine.memory_bytes.map_or_else(unknown, format::gibibytes),
        machine.system,
        machine.architecture,
        machine.kernel.as_deref().unwrap_or("unknown"),
    )?;
    writeln!(out, "program   user360 {}, {} build, polars {}", machine.version, machine.build, machine.polars)?;
    for warning in warnings {
        writeln!(out, "warning   {}", shown(warning))?;
    }
    Ok(())
}

fn write_stages(out: &mut String, report: &StagesReport) -> std::fmt::Result {
    write_machine(out, &report.machine, &report.warnings)?;
    let input = &report.input;
    writeln!(
        out,
        "input     {}, {}, {}; measured {}, each time in an empty workspace\n",
        shown_path(&input.path),
        counted(input.files as u64, "files"),
        counted(input.bytes, "bytes"),
        counted(report.repeat as u64, "times")
    )?;
    writeln!(out, "{:<10}{:>10}{:>10}{:>14}{:>14}{:>12}", "stage", "best s", "median s", "rows", "rows/s", "peak")?;
    for stage in &report.stages {
        let Some(seconds) = &stage.seconds else {
            let reason = stage.reason.as_ref().map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
            writeln!(out, "{:<10}{}{reason}", stage.id.name(), stage.state)?;
            continue;
        };
        let speed = stage.rows_per_second.map_or_else(|| "-".to_owned(), |speed| thousands(speed.round() as u64));
        let peak = stage.peak_rss_bytes.map_or_else(|| "-".to_owned(), format::gibibytes);
        let rows = thousands(stage.rows);
        writeln!(out, "{}{rows:>14}{speed:>14}{peak:>12}", timed(stage.id.name(), seconds))?;
    }
    writeln!(out, "{}  every stage, its tables written", timed("whole", &report.whole))?;
    writeln!(out, "{}  the same again, nothing changed", timed("unchanged", &report.unchanged))?;
    let speed = |speed: Option<f64>| speed.map_or_else(|| "-".to_owned(), |speed| format!("{:.1} MB/s", speed / 1e6));
    writeln!(
        out,
        "{}  only reading the files: {}",
        timed("read", &input.plain_read),
        speed(input.plain_bytes_per_second)
    )?;
    let share =
        input.ingest_share_of_plain.map_or_else(String::new, |share| format!(", {:.2} % of that", 100.0 * share));
    writeln!(out, "ingest takes the files at {}{share}", speed(input.ingest_bytes_per_second))
}

fn write_split(out: &mut String, report: &SplitReport) -> std::fmt::Result {
    write_machine(out, &report.machine, &report.warnings)?;
    let found = &report.evaluation;
    writeln!(
        out,
        "pairs     {} of {} and {} to learn from; {} of {} to be found",
        thousands(report.train_pairs),
        counted(report.users, "users"),
        counted(report.items, "items"),
        thousands(report.test_pairs),
        counted(found.test_users, "users")
    )?;
    writeln!(out, "model     {}", found.picked.describe())?;
    writeln!(
        out,
        "seconds   {:.3} to pick, {:.3} to fit, {:.3} to recommend\n",
        found.pick_seconds, found.fit_seconds, found.recommend_seconds
    )?;
    let (own, popular) = (&found.metrics, &found.popularity);
    writeln!(out, "{:<12}{:>10}{:>12}", "", found.picked.name(), "popularity")?;
    for (name, own, popular) in [
        ("recall@5", own.recall_at_5, popular.recall_at_5),
        ("recall@20", own.recall_at_20, popular.recall_at_20),
        ("ndcg@5", own.ndcg_at_5, popular.ndcg_at_5),
        ("ndcg@20", own.ndcg_at_20, popular.ndcg_at_20),
        ("map@5", own.map_at_5, popular.map_at_5),
        ("coverage", own.coverage, popular.coverage),
    ] {
        writeln!(out, "{name:<12}{own:>10.5}{popular:>12.5}")?;
    }
    write_notes(out, &found.notes)
}

fn write_uplift(out: &mut String, report: &UpliftReport) -> std::fmt::Result {
    write_machine(out, &report.machine, &report.warnings)?;
    let seeds: Vec<String> = report.seeds.iter().map(u64::to_string).collect();
    writeln!(
        out,
        "campaign  {}, {} held out; seeds {}\n",
        counted(report.rows, "rows"),
        thousands(report.held_out),
        seeds.join(", ")
    )?;
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"));
    writeln!(out, "{:<9}{:<24}{:>10}{:>10}{:>10}", "learner", "arm", "Qini", "sd", "best s")?;
    for score in &report.scores {
        let (mean, sd, seconds) = (number(score.qini_mean), number(score.qini_sd), score.seconds.best);
        writeln!(out, "{:<9}{:<24}{mean:>10}{sd:>10}{seconds:>10.3}", score.learner, shown(&score.arm))?;
    }
    write_notes(out, &report.notes)
}

fn write_notes(out: &mut String, notes: &[String]) -> std::fmt::Result {
    notes.iter().try_for_each(|note| writeln!(out, "  · {}", shown(note)))
}

fn timed(name: &str, seconds: &Timing) -> String {
    format!("{name:<10}{:>10.3}{:>10.3}", seconds.best, seconds.median)
}
