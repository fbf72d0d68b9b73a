//! Writes the `[ingest]` part of a configuration: each line below the reason for it, other sections left as they are.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use toml::{Table, Value};

use crate::config::{Config, Source};
use crate::error::{Error, Result};
use crate::files::{self, NewFile, Share};
use crate::ingest::propose::Proposal;
use crate::ingest::{CustomerSettings, IngestSettings, LayoutName, is_remote};
use crate::models::churn::Inactivity;
use crate::models::ltv::LtvCount;
use crate::text::{shown, shown_path};

/// What is written beside `[ingest]`, where the file says nothing of it.
const CHURN: &str = "\n[churn]\n# After how long a silence a user counts as gone: told by the log's own gaps.\n\
                     inactive_days = \"auto\"\n";
/// The same of LTV.
const LTV: &str =
    "\n[ltv]\n# What counts as a purchase: \"orders\", or \"rows\" for each line of one.\ncount = \"orders\"\n";

/// Writes a proposal for the log `input`, and where that lies, to the configuration `path`, whole or not at all, after
/// reading it back. A new file is readable for those that `share` names; of one that exists, `overwrite` replaces
/// `[ingest]` alone.
///
/// # Errors
/// [`Error::Config`] where the file exists and is not to be overwritten, or where its other sections cannot be kept;
/// [`Error::Io`].
pub fn write_ingest(path: &Path, proposal: &Proposal, input: &Path, share: Share, overwrite: bool) -> Result<()> {
    let refused = |what: &str| Error::Config(format!("{}: {what}", path.display()));
    files::refuse_link(path)?;
    let old = if path.exists() { Some(Source::read(path)?.text().to_owned()) } else { None };
    if old.is_some() && !overwrite {
        return Err(refused(
            "exists; overwriting replaces its [ingest] part (--overwrite), another name keeps it (--out)",
        ));
    }
    let mut wanted = proposal.settings.clone();
    wanted.input = place_of(input, path)?;
    let mut text = String::new();
    let mut before = Config::default();
    if let Some(old) = &old {
        before = Config::load(Some(path))?;
        let default = IngestSettings::default().rejected_limit;
        if wanted.rejected_limit.to_bits() == default.to_bits() {
            wanted.rejected_limit = before.ingest.rejected_limit;
        }
        text = without_ingest(old);
    }
    if !text.is_empty() {
        text = format!("{}\n\n", text.trim_end());
    }
    let proposal = Proposal { settings: wanted, ..proposal.clone() };
    text.push_str(&section(&proposal, input)?);
    // RetailRocket's shop has 30 days and counts rows by definition; how long others wait for their customers their logs tell.
    let is_other = proposal.settings.layout != LayoutName::Retailrocket;
    if is_other && without(old.as_deref(), "churn") {
        text.push_str(CHURN);
        before.churn.inactive_days = Inactivity::Auto;
    }
    if is_other && without(old.as_deref(), "ltv") {
        text.push_str(LTV);
        before.ltv.count = LtvCount::Orders;
    }

    if let Some(customers) = proposal.customers.as_ref().filter(|_| before.customers == CustomerSettings::default()) {
        let _ = write!(text, "\n[customers]\n# Who the users are.\nfile = {}\n", Value::String(customers.clone()));
        before.customers.file.clone_from(customers);
    }

    let mut new = NewFile::beside(path, share)?;
    new.write_all(text.as_bytes()).map_err(Error::io(path))?;
    let kept = "its sections cannot be kept beside the new [ingest]; write to another file and join both";
    let read = Config::load(Some(new.temporary())).map_err(|error| refused(&format!("{kept} ({error})")))?;
    if read != (Config { ingest: proposal.settings.clone(), ..before }) {
        return Err(refused(kept));
    }
    new.commit().map(|_| ())
}

/// Whether a configuration has no such section.
fn without(old: Option<&str>, section: &str) -> bool {
    let table = old.and_then(|old| toml::from_str::<Table>(old).ok());
    !table.is_some_and(|table| table.contains_key(section))
}

/// Where the log lies, as a configuration at `path` tells it: below its own folder by the way from there, else in full.
fn place_of(input: &Path, path: &Path) -> Result<String> {
    if let Some(address) = input.to_str().filter(|_| is_remote(input)) {
        return Ok(address.to_owned());
    }
    let full = |path: &Path| std::path::absolute(path).map_err(Error::io(path));
    let (input, file) = (full(input)?, full(path)?);
    let told = match file.parent().and_then(|folder| input.strip_prefix(folder).ok()) {
        Some(below) if below.as_os_str().is_empty() => Path::new("."),
        Some(below) => below,
        None => &input,
    };
    let text = told.to_str().map(ToOwned::to_owned);
    text.ok_or_else(|| {
        Error::Config(format!("{}: a configuration cannot name it: its name is no text", input.display()))
    })
}

/// A configuration's lines outside `[ingest]` and its tables. What this takes wrongly, reading back finds.
fn without_ingest(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        let bare: String = line.chars().filter(|letter| !letter.is_whitespace()).collect();
        if bare.starts_with('[') {
            let bare = bare.trim_start_matches('[');
            inside = bare.starts_with("ingest]") || bare.starts_with("ingest.");
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// `[ingest]` with what differs from the defaults.
fn section(proposal: &Proposal, input: &Path) -> Result<String> {
    let unwritable = |error: toml::ser::Error| Error::Config(format!("the settings cannot be written: {error}"));
    let now = Table::try_from(&proposal.settings).map_err(unwritable)?;
    let defaults = Table::try_from(IngestSettings::default()).map_err(unwritable)?;
    // A comment of TOML holds no control characters, a file's name may.
    let input = shown_path(input);
    let mut out = format!("[ingest]\n# How to read {input}, told by its rows; `user360 config` explains each line.\n");
    // Writing to a string cannot fail.
    let is_own = |(key, value): &(&String, &Value)| {
        !value.is_table() && key.as_str() != LOGS && defaults.get(*key) != Some(value)
    };
    for (key, value) in now.iter().filter(is_own) {
        let _ = write!(out, "\n{}{key} = {value}\n", reason(proposal, key));
    }
    tables(&mut out, &now, "ingest", "", proposal);
    let logs = now.get(LOGS).and_then(Value::as_array).into_iter().flatten();
    for (number, log) in (1..).zip(logs.filter_map(Value::as_table)) {
        let _ = write!(out, "\n[[ingest.{LOGS}]]\n");
        let key_of = format!("{LOGS}.{number}.");
        for (key, value) in log.iter().filter(|(_, value)| !value.is_table()) {
            let _ = writeln!(out, "{}{key} = {value}", reason(proposal, &format!("{key_of}{key}")));
        }
        tables(&mut out, log, &format!("ingest.{LOGS}"), &key_of, proposal);
    }
    Ok(out)
}

/// The key of several logs.
const LOGS: &str = "logs";

/// The tables among settings, each entry below the reason for it, which stands under a key that begins so.
fn tables(out: &mut String, settings: &Table, section: &str, key_of: &str, proposal: &Proposal) {
    for (name, entries) in settings {
        let Some(entries) = entries.as_table().filter(|entries| !entries.is_empty()) else { continue };
        // Writing to a string cannot fail.
        let _ = write!(out, "\n[{section}.{name}]\n");
        for (key, value) in entries {
            let why = reason(proposal, &format!("{key_of}{name}.{key}"));
            let _ = writeln!(out, "{why}{} = {value}", quoted_key(key));
        }
    }
}

/// The comment above a setting.
fn reason(proposal: &Proposal, key: &str) -> String {
    let Some(choice) = proposal.choices.iter().find(|choice| choice.key == key) else {
        return if key == "input" { "# The log, where `run` is told no other.\n".to_owned() } else { String::new() };
    };
    let doubt = if choice.sure { "" } else { "Not sure: " };
    let rivals = match choice.rivals.as_slice() {
        [] => String::new(),
        rivals => format!("; else {}", rivals.join(", ")),
    };
    format!("# {}\n", shown(&format!("{doubt}{}{rivals}", choice.reason)))
}

/// A key of TOML, in quotes where it needs them.
fn quoted_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if bare { name.to_owned() } else { Value::String(name.to_owned()).to_string() }
}
