//! Logs that cannot be worked with: what is wrong, and which setting would help.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::format;
use crate::ingest::files::InputFiles;
use crate::ingest::layout::{Layout, Role};
use crate::ingest::quarantine::{Quarantine, Reason};
use crate::ingest::settings::IngestSettings;
use crate::text;

/// Event names that a complaint lists.
const NAMES: usize = 12;

/// What became of the rows of a log.
pub(super) struct Account<'a> {
    pub(super) accepted: usize,
    pub(super) rejected: &'a Quarantine,
    pub(super) ignored: &'a BTreeMap<String, u64>,
    /// Some of the times that could not be read.
    pub(super) bad_times: &'a [String],
    /// How the files were read; empty for RetailRocket's own shape.
    pub(super) layouts: &'a [Layout],
}

/// Stops at a log that is empty or has more rejected rows than allowed.
pub(super) fn refuse_bad_log(files: &InputFiles, settings: &IngestSettings, account: &Account<'_>) -> Result<()> {
    let Account { accepted, rejected, ignored, .. } = *account;
    let ignored_rows: u64 = ignored.values().sum();
    let read = accepted as u64 + rejected.total() + ignored_rows;
    if read == 0 {
        let path = files.events.first().cloned().unwrap_or_default();
        return Err(Error::Input { path, line: None, what: "holds a header but no event".to_owned() });
    }
    let share = rejected.total() as f64 / read as f64;
    if share <= settings.rejected_limit && accepted > 0 {
        return Ok(());
    }
    if accepted == 0 && ignored_rows > rejected.total() {
        return Err(Error::Rejected(no_known_event(ignored)));
    }
    if accepted == 0 && !account.bad_times.is_empty() {
        return Err(Error::Rejected(no_known_time(account)));
    }
    let allowed = settings.rejected_limit * 100.0;
    let meaning = |reason: Reason| match account.layouts.first() {
        Some(layout) => meaning(reason, layout),
        None => reason.meaning().to_owned(),
    };
    Err(Error::Rejected(format!(
        "{} of {read} event rows ({}) were rejected, {allowed} % are allowed:{}\n\
         correct the log, or raise ingest.rejected_limit",
        rejected.total(),
        format::percent(share),
        rejected.commonest(meaning)
    )))
}

/// What is wrong with a row that was read by a layout.
fn meaning(reason: Reason, layout: &Layout) -> String {
    match reason {
        Reason::BadTime => {
            let formats: Vec<String> =
                layout.times.formats.iter().map(crate::ingest::layout::TimeFormat::describe).collect();
            format!("not written as {}; ingest.time_format sets it", formats.join(" or "))
        }
        Reason::TimeOutOfRange => "not within 1990-2100".to_owned(),
        Reason::UnknownEvent if layout.has(Role::Event) => "no event name".to_owned(),
        Reason::WrongFieldCount if !layout.header => "not the first row's number of fields".to_owned(),
        Reason::BadValue => {
            format!("an amount is no number with a decimal {}; ingest.decimal sets it", layout.numbers.decimal.name())
        }
        Reason::WrongFieldCount => format!("{}; ingest.separator sets what parts them", reason.meaning()),
        _ => reason.meaning().to_owned(),
    }
}

fn no_known_event(ignored: &BTreeMap<String, u64>) -> String {
    let mut names: Vec<(&String, &u64)> = ignored.iter().collect();
    names.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let told: Vec<String> =
        names.iter().take(NAMES).map(|(name, count)| format!("{} ({count})", text::shown(name))).collect();
    let more = if names.len() > NAMES { format!(" and {} more", names.len() - NAMES) } else { String::new() };
    let example = names.first().map_or("click", |(name, _)| name);
    format!(
        "no row is a view, addtocart or transaction; the log's events are {}{more}\n\
         say what they mean in the configuration, for instance:\n[ingest.events]\n{} = \"view\"",
        told.join(", "),
        toml_key(example)
    )
}

fn no_known_time(account: &Account<'_>) -> String {
    let times: Vec<String> = account.bad_times.iter().map(|time| format!("{time:?}")).collect();
    let mut formats: Vec<String> = Vec::new();
    for format in account.layouts.iter().flat_map(|layout| &layout.times.formats) {
        let format = format.describe();
        if !formats.contains(&format) {
            formats.push(format);
        }
    }
    let column = account.layouts.first().and_then(|layout| layout.columns[Role::Time as usize].names.first());
    format!(
        "no time could be read; column {} holds {}\nread as: {}\n\
         set ingest.time_format to \"s\", \"ms\", \"us\", \"iso\" or a pattern such as \"%d.%m.%Y %H:%M\", \
         or ingest.columns.time to another column",
        column.map_or("of times".into(), |name| text::shown(name)),
        times.join(", "),
        formats.join("; ")
    )
}

/// A key of TOML, in quotes where it needs them, on one line.
fn toml_key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if bare { name.to_owned() } else { text::shown_json(&serde_json::Value::from(name).to_string()).into_owned() }
}
