//! `user360 init`: how to read a log nobody described.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::args::{InitArgs, ReportFormat};
use crate::cli::door::{self, note, say};
use crate::cli::fetch::quoted;
use crate::cli::{progress, proposal, workbench};
use crate::config::{Config, InForce, shop_file, write_ingest};
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::ingest::IngestSettings;
use crate::ingest::propose::{Draft, Preview, Request, is_role};
use crate::ingest::{holding_file, is_remote, split_pattern};
use crate::job::Job;
use crate::text::{shown, shown_path};
use crate::ui::{self, LogRequest};

/// Whether the settings are chosen in the workbench: where somebody sits before a terminal and has not yet agreed.
pub fn on_screen(args: &InitArgs) -> bool {
    !args.yes && !args.accept && args.format == ReportFormat::Text && ui::require_terminal().is_ok()
}

/// Proposes settings, shows what they make of the first rows and, if so told, writes them to the workspace or another
/// file; or lets them be chosen in the workbench.
pub fn run(args: &InitArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let root = workbench::workspace(workspace.clone())?;
    let mut request = request(args)?;
    if args.files.iter().any(|path| is_remote(path)) {
        request.password_file = InForce::load(None, &root)?.config.database.password_file();
    }
    let out = args.out.clone().unwrap_or_else(|| shop_file(&root));
    if on_screen(args) {
        for path in args.files.iter().filter(|path| split_pattern(path).is_none() && !is_remote(path)) {
            std::fs::metadata(holding_file(path)).map_err(Error::io(path))?;
        }
        let request = LogRequest { request, out, overwrite: args.overwrite };
        return workbench::open(workspace, None, Some(request));
    }
    let looked = Looked::at(&request)?;
    let next = next(args.out.as_deref(), workspace.as_deref());
    let write = args.yes || args.accept;
    match args.format {
        ReportFormat::Text => door::text(&looked.text()),
        ReportFormat::Json => {
            let failed = looked.seen.as_ref().err().map(ToString::to_string);
            let next = write.then_some(next.as_str());
            let whole = proposal::as_json(
                &looked.draft.proposal(),
                looked.seen.as_ref().ok(),
                failed.as_deref(),
                &looked.objections,
                next,
            )?;
            door::json(&format!("{whole:#}"));
        }
    }
    let draft = if args.accept { looked.draft } else { looked.worth_writing()? };
    if !write {
        note!("nothing was written; --yes writes {}, --set KEY=VALUE corrects a line", shown_path(&out));
        return Ok(ExitCode::SUCCESS);
    }
    write_settings(&draft, &out, args.out.is_none().then_some(&root), args.overwrite)?;
    note!("wrote {}", shown_path(&out));
    if args.format == ReportFormat::Text {
        say!("next: {next}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A log that was looked at, and what the reader makes of its first rows.
pub(super) struct Looked {
    draft: Draft,
    seen: Result<Preview>,
    objections: Vec<String>,
}

impl Looked {
    /// Looks at a log.
    pub(super) fn at(request: &Request) -> Result<Self> {
        let job = Job::new();
        let watched = job.clone();
        progress::cancel_on_signal(move || watched.cancel());
        let draft = Draft::inspect(request, &job)?;
        draft.check()?;
        let seen = draft.preview(&job);
        let refused = seen.as_ref().err().map(ToString::to_string);
        let objections = draft.objections(seen.as_ref().map_err(|_| refused.as_deref().unwrap_or_default()));
        Ok(Self { draft, seen, objections })
    }

    /// The proposal and the preview, for people.
    pub(super) fn text(&self) -> String {
        proposal::text(&self.draft.proposal(), self.seen.as_ref().ok())
    }

    /// The draft, unless its own preview speaks against it.
    pub(super) fn worth_writing(self) -> Result<Draft> {
        self.seen?;
        if self.objections.is_empty() {
            return Ok(self.draft);
        }
        let against: Vec<_> = self.objections.iter().map(|what| shown(what)).collect();
        Err(Error::Rejected(format!(
            "nothing was written: {}\n--set KEY=VALUE corrects a line, `init --accept` writes it as it is",
            against.join("\n")
        )))
    }
}

/// Writes what a draft says into `out`; of a workspace, its folder is made where there is none yet.
pub(super) fn write_settings(draft: &Draft, out: &Path, workspace: Option<&PathBuf>, overwrite: bool) -> Result<()> {
    files::refuse_link(out)?;
    let share = match workspace {
        Some(root) => {
            let share = InForce::load(None, root)?.config.run.share;
            files::create_folder(root, share)?;
            share
        }
        None => Share::Private,
    };
    write_ingest(out, &draft.proposal(), draft.input(), share, overwrite)
}

/// The command that runs the stages on what was written.
fn next(out: Option<&Path>, workspace: Option<&Path>) -> String {
    let config = out.map_or_else(String::new, |out| format!(" --config {}", quoted(out)));
    let workspace = workspace.map_or_else(String::new, |root| format!(" --workspace {}", quoted(root)));
    format!("user360 run{config}{workspace}")
}

/// What is asked of the log, and of each of several by its number: the settings that `--set` gives over the defaults, and the
/// roles that it clears.
fn request(args: &InitArgs) -> Result<Request> {
    let mut shared: Vec<(&str, &str)> = Vec::new();
    let mut of_logs: BTreeMap<usize, Vec<(&str, &str)>> = BTreeMap::new();
    for pair in &args.set {
        let set = pair.split_once('=').ok_or_else(|| refused(pair, "it must be KEY=VALUE"))?;
        let of_log = set.0.strip_prefix("logs.").and_then(|key| key.split_once('.'));
        match of_log.and_then(|(number, key)| Some((number.parse().ok()?, key))) {
            Some((number, key)) => of_logs.entry(number).or_default().push((key, set.1)),
            None => shared.push(set),
        }
    }
    let mut whole = asked(&shared, args)?;
    for (number, own) in of_logs {
        let pairs: Vec<_> = shared.iter().copied().chain(own).collect();
        whole.of_logs.insert(number, asked(&pairs, args)?);
    }
    Ok(whole)
}

fn refused(pair: &str, what: &str) -> Error {
    Error::Config(format!("--set {}: {what}", shown(pair)))
}

/// What pairs of key and value ask.
fn asked(pairs: &[(&str, &str)], args: &InitArgs) -> Result<Request> {
    let (mut header, mut cleared) = (None, Vec::new());
    let mut table = toml::Table::new();
    for (key, value) in pairs {
        let wrong = |what: &str| refused(&format!("{key}={value}"), what);
        // A role by itself is its column.
        let role = key.strip_prefix("columns.").unwrap_or(key);
        let is_role = is_role(role);
        if is_role && value.trim().is_empty() {
            cleared.push(role.to_owned());
            continue;
        }
        let of_role = format!("columns.{role}");
        let key = if is_role { of_role.as_str() } else { *key };
        let value = match key {
            "header" => {
                let value = value.parse().map_err(|_| wrong("it must be true or false"))?;
                header = Some(value);
                toml::Value::Boolean(value)
            }
            "rejected_limit" => toml::Value::Float(value.parse().map_err(|_| wrong("it must be a number"))?),
            _ => toml::Value::String((*value).to_owned()),
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
    let mut settings: IngestSettings =
        table.try_into().map_err(|error: toml::de::Error| Error::Config(format!("--set: {}", error.message())))?;
    if let Some(query) = &args.query {
        settings.query.clone_from(query);
    }
    Config { ingest: settings.clone(), ..Config::default() }.check()?;
    if !settings.files.is_empty() || !settings.input.is_empty() {
        return Err(Error::Config("--set files, --set input: name the files behind init instead".to_owned()));
    }
    Ok(Request { paths: args.files.clone(), given: settings, header, cleared, ..Request::default() })
}
