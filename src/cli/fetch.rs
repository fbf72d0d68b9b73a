//! `user360 fetch`: a data set from Kaggle into a folder of raw files.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::{FetchArgs, ReportFormat};
use crate::cli::door::{self, note, say};
use crate::cli::progress;
use crate::error::{Error, Result};
use crate::fetch::{self, FetchRequest, Fetched};
use crate::format::counted;
use crate::job::Job;
use crate::text::shown_path;

/// Fetches the data set and says what arrived and what to run on it.
pub fn run(args: &FetchArgs) -> Result<ExitCode> {
    let out = args.out.clone().unwrap_or_else(|| FetchRequest::default_folder(&args.dataset));
    let (mut request, warnings) = FetchRequest::from_environment(&args.dataset, out)?;
    for warning in warnings {
        note!("warning: {warning}");
    }
    if let Some(base_url) = &args.base_url {
        request.base_url.clone_from(base_url);
    }
    request.overwrite = args.overwrite;
    request.keep_zip = args.keep_zip;
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let fetched = match progress::watch_job(&job, "fetch", || fetch::fetch(&request, &job)) {
        Err(Error::Cancelled) => {
            if let Some(bytes) = request.kept_bytes() {
                note!("what has come is kept, {}; the same command goes on from there", counted(bytes, "bytes"));
            }
            return Err(Error::Cancelled);
        }
        result => result?,
    };
    if fetched.resumed_from > 0 {
        note!("resumed at {}", counted(fetched.resumed_from, "bytes"));
    }
    for note in &fetched.notes {
        note!("{note}");
    }
    match args.format {
        ReportFormat::Text => print(&fetched),
        ReportFormat::Json => door::json(&format!("{:#}", as_json(&fetched))),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(fetched: &Fetched) {
    for (name, bytes) in &fetched.files {
        say!("{}  {}", shown_path(&fetched.folder.join(name)), counted(*bytes, "bytes"));
    }
    let compared = match fetched.compared.as_slice() {
        [] => String::new(),
        names => format!("  ({} as announced)", names.join(" and ")),
    };
    say!("archive  {}  sha256 {}{compared}", counted(fetched.bytes, "bytes"), fetched.sha256);
    if let Some(archive) = &fetched.archive {
        say!("kept as {}", shown_path(archive));
    }
    say!("next: user360 run --input {}", quoted(&fetched.folder));
}

fn as_json(fetched: &Fetched) -> serde_json::Value {
    let files: Vec<_> = fetched.files.iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes })).collect();
    json!({
        "folder": fetched.folder.display().to_string(),
        "files": files,
        "archive": {
            "bytes": fetched.bytes,
            "sha256": fetched.sha256,
            "compared": fetched.compared,
            "kept": fetched.archive.as_ref().map(|path| path.display().to_string()),
        },
        "resumed_from": fetched.resumed_from,
        "notes": fetched.notes,
    })
}

/// A path as a shell reads it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+,=:@%".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
