//! `user360 init`: how to read a log nobody described.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use crate::cli::args::{InitArgs, ReportFormat};
use crate::cli::door::{self, note, say};
use crate::cli::fetch::quoted;
use crate::cli::{progress, workbench};
use crate::config::{Config, write_ingest};
use crate::error::{Error, Result};
use crate::format::thousands;
use crate::ingest::IngestSettings;
use crate::ingest::propose::{Choice, Draft, Preview, Proposal, Request};
use crate::job::Job;
use crate::text::{shown, shown_path};
use crate::ui::{self, LogRequest};

/// Letters of a rejected row, and of a name, that are shown.
const SHOWN: usize = 100;

/// Whether the settings are chosen in the workbench: where somebody sits before a terminal and has not yet agreed.
pub fn on_screen(args: &InitArgs) -> bool {
    !args.yes && args.format == ReportFormat::Text && ui::require_terminal().is_ok()
}

/// Proposes settings, shows what they make of the first rows and, if so told, writes them; or lets them be chosen in the
/// workbench.
pub fn run(args: &InitArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let (given, header) = given(&args.set)?;
    let request = Request { paths: args.files.clone(), given, header };
    if on_screen(args) {
        for path in &args.files {
            std::fs::metadata(path).map_err(Error::io(path))?;
        }
        let request = LogRequest { request, out: args.out.clone(), overwrite: args.overwrite };
        return workbench::open(workspace, None, Some(request));
    }
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let draft = Draft::inspect(&request, &job)?;
    draft.check()?;
    let proposal = draft.proposal();
    let seen = draft.preview(&job);
    let input = draft.input();
    let next = format!("user360 run --config {} --input {}", quoted(&args.out), quoted(input));
    let failed = seen.as_ref().err().map(ToString::to_string);
    match args.format {
        ReportFormat::Text => door::text(&text(&proposal, seen.as_ref().ok())),
        ReportFormat::Json => {
            let whole = as_json(&proposal, seen.as_ref().ok(), failed.as_deref(), args.yes, &next)?;
            door::json(&format!("{whole:#}"));
        }
    }
    // A log that cannot be read so is not worth a configuration.
    seen?;
    if !args.yes {
        note!("nothing was written; --yes writes {}, --set KEY=VALUE corrects a line", shown_path(&args.out));
        return Ok(ExitCode::SUCCESS);
    }
    write_ingest(&args.out, &proposal, input, args.overwrite)?;
    note!("wrote {}", shown_path(&args.out));
    if args.format == ReportFormat::Text {
        say!("next: {next}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The settings that `--set` gives, over the defaults, and whether it says anything of a header.
fn given(pairs: &[String]) -> Result<(IngestSettings, Option<bool>)> {
    let mut header = None;
    let mut table = toml::Table::new();
    for pair in pairs {
        let wrong = |what: &str| Error::Config(format!("--set {}: {what}", shown(pair)));
        let (key, value) = pair.split_once('=').ok_or_else(|| wrong("it must be KEY=VALUE"))?;
        let value = match key {
            "header" => {
                let value = value.parse().map_err(|_| wrong("it must be true or false"))?;
                header = Some(value);
                toml::Value::Boolean(value)
            }
            "rejected_limit" => toml::Value::Float(value.parse().map_err(|_| wrong("it must be a number"))?),
            _ => toml::Value::String(value.to_owned()),
        };
        match key.split_once('.') {
            None => {
                table.insert(key.to_owned(), value);
            }
            Some((section, key)) => {
                let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
                let section = section.as_table_mut().ok_or_else(|| wrong("the part before the point has no parts"))?;
                section.insert(key.to_owned(), value);
            }
        }
    }
    let settings: IngestSettings =
        table.try_into().map_err(|error: toml::de::Error| Error::Config(format!("--set: {}", error.message())))?;
    Config { ingest: settings.clone(), ..Config::default() }.check()?;
    if !settings.files.is_empty() {
        return Err(Error::Config("--set files: name the files behind init instead".to_owned()));
    }
    Ok((settings, header))
}

fn text(proposal: &Proposal, seen: Option<&Preview>) -> String {
    let mut out = String::from("Proposed settings\n");
    let set = |choice: &Choice| shown(&format!("{} = {}", short(&choice.key), short(&choice.value))).into_owned();
    let width = proposal.choices.iter().map(|choice| set(choice).chars().count()).max().unwrap_or(0);
    // Writing to a string cannot fail.
    for choice in &proposal.choices {
        let set = set(choice);
        let doubt = if choice.sure { "" } else { "not sure: " };
        let rivals = match choice.rivals.as_slice() {
            [] => String::new(),
            rivals => format!("; else {}", rivals.iter().map(|rival| short(rival)).collect::<Vec<_>>().join(", ")),
        };
        let _ = writeln!(out, "  {set:width$}  {doubt}{}{}", shown(&choice.reason), shown(&rivals));
    }
    for note in &proposal.notes {
        let _ = writeln!(out, "  {}", shown(note));
    }
    let Some(seen) = seen else { return out };
    let counts = &seen.counts;
    let _ = writeln!(out, "\nThe first {} rows of each file, read so", thousands(seen.rows_per_file as u64));
    let rejected: u64 = counts.rejected.values().sum();
    for (what, count) in [
        ("rows", counts.read),
        ("accepted", counts.accepted),
        ("duplicates", counts.duplicates),
        ("ignored", counts.ignored.values().sum()),
        ("rejected", rejected),
        ("views", counts.views),
        ("addtocarts", counts.addtocarts),
        ("transactions", counts.transactions),
        ("users", counts.users),
        ("items", counts.items),
    ] {
        let _ = writeln!(out, "  {what:12} {:>10}", thousands(count));
    }
    if let (Some(first), Some(last)) = (seen.first_ms.and_then(instant), seen.last_ms.and_then(instant)) {
        let _ = writeln!(out, "  from {first} to {last}");
    }
    for (name, count) in &counts.ignored {
        let _ = writeln!(out, "  ignored {}: {}", shown(name), thousands(*count));
    }
    for row in &seen.examples {
        let count = counts.rejected.get(&row.reason).copied().unwrap_or_default();
        let first: String = row.raw.chars().take(SHOWN).collect();
        let raw = shown(&first);
        let (name, file) = (row.reason.name(), shown(&row.file));
        let _ = writeln!(out, "  rejected {name}: {}, first {file}:{}: {raw}", thousands(count), row.line);
    }
    for what in &seen.unknown {
        let _ = writeln!(out, "  {}", shown(what));
    }
    out
}

/// A text of a log as far as it has room beside others.
fn short(text: &str) -> String {
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

fn instant(ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(ms).ok().map(|time| time.to_string())
}

fn as_json(
    proposal: &Proposal,
    seen: Option<&Preview>,
    failed: Option<&str>,
    write: bool,
    next: &str,
) -> Result<serde_json::Value> {
    let unwritable = |error: serde_json::Error| Error::Config(format!("the proposal cannot be written: {error}"));
    let preview = seen.map(|seen| {
        json!({
            "rows_per_file": seen.rows_per_file,
            "counts": seen.counts,
            "rejected_examples": seen.examples,
            "first": seen.first_ms.and_then(instant),
            "last": seen.last_ms.and_then(instant),
            "unknown": seen.unknown,
        })
    });
    Ok(json!({
        "settings": serde_json::to_value(&proposal.settings).map_err(unwritable)?,
        "choices": proposal.choices,
        "notes": proposal.notes,
        "preview": preview,
        "error": failed,
        "next": write.then_some(next),
    }))
}
