//! `user360 add`: more of a log, into the workspace's inbox, which every run reads.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use tempfile::TempDir;

use crate::cli::args::{AddArgs, ReportFormat};
use crate::cli::door::{self, note, say};
use crate::cli::fetch::quoted;
use crate::cli::{progress, workbench};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::files::file_name;
use crate::format::{percent, thousands};
use crate::ingest::propose::{Addition, check_addition};
use crate::ingest::{
    Fetched, IngestSettings, InputFiles, discover, holding_file, is_database, is_remote, split_pattern,
};
use crate::job::Job;
use crate::pipeline::{Asked, LogChoice};
use crate::store::{self, Brought, Run, Workspace, Writer};
use crate::text::shown_path;

/// Checks every file by the settings that the log is read by, then copies all of them into the inbox. One that does not
/// fit keeps all of them out.
pub fn run(args: &AddArgs, workspace: Option<&Path>) -> Result<ExitCode> {
    let root = workbench::workspace(workspace.map(Path::to_path_buf))?;
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let asked = Asked { config: args.config.as_deref(), input: None, goes_on: false };
    let log = LogChoice::find(&root, asked)?;
    for warning in &log.warnings {
        note!("warning: {warning}");
    }
    let opened = Workspace::open(&root).shared(log.config.run.share);
    let (elsewhere, here): (Vec<_>, Vec<_>) = args.files.iter().cloned().partition(|file| is_remote(file));
    // What lies elsewhere is brought into the workspace: nobody else may write there meanwhile.
    let writer = if elsewhere.is_empty() { None } else { Some(opened.writer()?) };
    let brought = writer.as_ref().map(|writer| bring(&elsewhere, &log.config, writer, &job)).transpose()?;
    let (_scratch, fetched) = brought.unzip();
    let fetched = fetched.unwrap_or_default();
    let of_origin = |error| fetched.iter().fold(error, |error, fetched: &Fetched| fetched.of_origin(error));
    let mut files = here;
    for fetched in &fetched {
        files.extend(fetched.files()?);
    }
    let there = match &log.input {
        Some(input) if !is_remote(input) => discover(input, &log.config.ingest)?,
        _ => InputFiles::default(),
    };
    let mut checked = Vec::new();
    for file in &files {
        let addition = check_addition(file, &there, &log.config.ingest, &job).map_err(of_origin)?;
        let known = already_there(file, &there)?.map_or_else(|| opened.in_inbox(file), |there| Ok(Some(there)))?;
        checked.push((file, addition, known));
    }
    if let Some(run) = opened.current()? {
        for (file, addition, _) in checked.iter().filter(|(.., known)| known.is_none()) {
            refuse_older_orders(&run, file, &addition.states_of).map_err(of_origin)?;
        }
    }
    let taken: Vec<String> = there.all().map(file_name).collect();
    let writer = writer.map_or_else(|| opened.writer(), Ok)?;
    let mut told = Vec::new();
    for (file, addition, known) in checked {
        let brought = match known {
            Some(known) => Brought::Known(known),
            None => writer.bring(file, &taken)?,
        };
        told.push((file, addition, brought));
    }
    drop(writer);
    let next = next(args.config.as_deref(), workspace);
    match args.format {
        ReportFormat::Json => {
            let files: Vec<_> = told.iter().map(|(file, addition, brought)| as_json(file, addition, brought)).collect();
            door::json(&format!("{:#}", json!({ "files": files, "next": next })));
        }
        ReportFormat::Text => {
            for (file, addition, brought) in &told {
                say(file, addition, brought);
            }
            say!("next: {next}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings objects and standard input into a folder of the workspace, which goes when what is returned first is dropped.
fn bring(inputs: &[PathBuf], config: &Config, writer: &Writer, job: &Job) -> Result<(TempDir, Vec<Fetched>)> {
    let scratch = writer.scratch()?;
    let mut fetched = Vec::new();
    for input in inputs {
        if is_database(input) {
            let what = "is a database, which a run reads by a query; name it as the log: user360 run --input";
            return Err(Error::Refused { path: input.clone(), what: what.to_owned() });
        }
        let (input, files) = match split_pattern(input) {
            Some((folder, pattern)) => (folder, vec![pattern]),
            None => (input.clone(), Vec::new()),
        };
        let settings = IngestSettings { files, ..config.ingest.clone() };
        let folder = tempfile::tempdir_in(scratch.path()).map_err(Error::io(scratch.path()))?;
        fetched.push(Fetched::whole(&input, &settings, None, folder, job)?);
    }
    Ok((scratch, fetched))
}

/// Refuses a file that tells anew how orders stand that were read before, where nothing tells which export is newer: the
/// run would have to refuse both.
fn refuse_older_orders(run: &Run, file: &Path, orders: &[String]) -> Result<()> {
    if orders.is_empty() || !run.has("events") {
        return Ok(());
    }
    let known = "select distinct cast(transaction_id as varchar) as id from events where transaction_id is not null";
    let known = store::sql(run, known, usize::MAX)?;
    let known: HashSet<&str> = known.column("id")?.str()?.iter().flatten().collect();
    let again: Vec<&str> = orders.iter().map(String::as_str).filter(|order| known.contains(order)).collect();
    let Some(first) = again.first() else { return Ok(()) };
    let what = format!(
        "tells anew how {} of the {} orders looked at stand, such as {first}: they are in the log already, and nothing tells \
         which export is newer; name the column of the last change in ingest.columns.updated, put the day of each export into \
         its name, such as orders-2024-03-01.csv, or put the newer export in the older one's place",
        thousands(again.len() as u64),
        thousands(orders.len() as u64)
    );
    Err(Error::Input { path: file.to_path_buf(), line: None, what })
}

/// The file of the log itself that this one is, by whatever way it was named.
fn already_there(file: &Path, log: &InputFiles) -> Result<Option<PathBuf>> {
    let whole = |path: &Path| std::fs::canonicalize(holding_file(path)).map_err(Error::io(path));
    let named = whole(file)?;
    for known in &log.events {
        if whole(known)? == named {
            return Ok(Some(known.clone()));
        }
    }
    Ok(None)
}

fn say(file: &Path, addition: &Addition, brought: &Brought) {
    let file = shown_path(file);
    match brought {
        Brought::Known(there) => say!("{file} is read already, as {}", shown_path(there)),
        Brought::New(there) => say!("{file} lies in the inbox as {}", shown_path(there)),
    }
    let counts = &addition.seen.counts;
    let rejected: u64 = counts.rejected.values().sum();
    let share = percent(rejected as f64 / counts.read.max(1) as f64);
    let (read, accepted) = (thousands(counts.read), thousands(counts.accepted));
    say!("  of the first {read} rows {accepted} are accepted and {share} rejected");
    for note in &addition.notes {
        say!("  {note}");
    }
}

fn as_json(file: &Path, addition: &Addition, brought: &Brought) -> serde_json::Value {
    let (state, there) = match brought {
        Brought::New(there) => ("added", there),
        Brought::Known(there) => ("known", there),
    };
    json!({
        "file": file.display().to_string(),
        "state": state,
        "path": there.display().to_string(),
        "preview": addition.seen.counts,
        "notes": addition.notes,
    })
}

/// The command that reads what was added.
fn next(config: Option<&Path>, workspace: Option<&Path>) -> String {
    let config = config.map_or_else(String::new, |config| format!(" --config {}", quoted(config)));
    let workspace = workspace.map_or_else(String::new, |root| format!(" --workspace {}", quoted(root)));
    format!("user360 run{config}{workspace}")
}
