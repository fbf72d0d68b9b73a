//! `user360 doctor`: what the machine, the terminal, the configuration and the workspace look like.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::args::DoctorArgs;
use crate::cli::door::say;
use crate::cli::workbench;
use crate::config::{Config, InForce, shop_file};
use crate::error::Result;
use crate::files::{self, Share};
use crate::format::counted;
use crate::logging;
use crate::store::Workspace;
use crate::text::shown_path;
use crate::ui::OwnProgram;
use crate::ui::bindings::Bindings;
use crate::ui::theme::{Depth, Theme};

/// Prints one line per fact; exit code 1 when something is wrong.
pub fn run(args: &DoctorArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let mut sound = true;
    say!("user360 {}", env!("CARGO_PKG_VERSION"));
    machine();
    terminal();
    sound &= configuration(args, workspace.clone());
    sound &= keys_and_themes();
    sound &= check_workspace(args, workspace)?;
    log();
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn log() {
    match (logging::file(), logging::problem()) {
        (_, Some(problem)) => say!("log         none is written: {problem}"),
        (Some(file), None) => say!("log         {}", shown_path(&file)),
        (None, None) => say!("log         no folder for it"),
    }
}

fn machine() {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
        line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()
    });
    let memory =
        memory.map_or_else(|| "unknown".to_owned(), |kib| format!("{:.1} GiB free", kib as f64 / f64::from(1 << 20)));
    let cores = counted(cores as u64, "threads");
    say!("machine     {} {}, {cores}, memory {memory}", std::env::consts::OS, std::env::consts::ARCH);
}

fn terminal() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| "unset".to_owned());
    if !std::io::stdout().is_terminal() {
        say!("terminal    stdout is no terminal: the workbench needs one, the other commands do not");
        return;
    }
    let size = crossterm::terminal::size().map_or_else(|_| "unknown size".to_owned(), |(w, h)| format!("{w}×{h}"));
    let colours = match supports_color::on(supports_color::Stream::Stdout) {
        Some(level) if level.has_16m => "24-bit colour",
        Some(level) if level.has_256 => "256 colours",
        Some(_) => "16 colours",
        None => "no colour",
    };
    let through: Vec<&str> = [("over SSH", "SSH_CONNECTION"), ("in tmux", "TMUX"), ("in screen", "STY")]
        .into_iter()
        .filter_map(|(text, name)| std::env::var_os(name).map(|_| text))
        .collect();
    say!("terminal    {size}, TERM {}, {colours} {}", variable("TERM"), through.join(", "));
}

/// The settings of the workspace, where it has any, and the user's own.
fn configuration(args: &DoctorArgs, workspace: Option<PathBuf>) -> bool {
    let mut sound = true;
    let shop = workbench::workspace(workspace).map(|root| shop_file(&root)).ok().filter(|file| file.exists());
    if let Some(file) = shop {
        match Config::load(Some(&file)) {
            Ok(_) => say!("settings    {} is sound", shown_path(&file)),
            Err(error) => {
                say!("settings    WRONG: {error}");
                sound = false;
            }
        }
    }
    let file = args.config.clone().or_else(Config::default_file);
    match (Config::load(args.config.as_deref()), file) {
        (Ok(_), Some(file)) if file.exists() => say!("config      {} is sound", shown_path(&file)),
        (Ok(_), Some(file)) => say!("config      the defaults; {} does not exist", shown_path(&file)),
        (Ok(_), None) => say!("config      the defaults; this platform has no configuration folder"),
        (Err(error), _) => {
            say!("config      WRONG: {error}");
            sound = false;
        }
    }
    sound
}

/// The analyst's own keys, commands and themes, where there are any.
fn keys_and_themes() -> bool {
    let mut sound = true;
    if let Some(file) = Bindings::default_file().filter(|file| file.exists()) {
        match Bindings::read(&file) {
            Ok(_) => say!("keys        {} is sound", shown_path(&file)),
            Err(error) => {
                say!("keys        WRONG: {error}");
                sound = false;
            }
        }
    }
    match Bindings::load().and_then(|bindings| OwnProgram::all(&bindings)) {
        Ok(programs) if programs.is_empty() => {}
        Ok(programs) => say!("commands    {} of your own, sound", programs.len()),
        Err(error) => {
            say!("commands    WRONG: {error}");
            sound = false;
        }
    }
    let folder = Config::default_file().map(|file| file.with_file_name("themes")).filter(|folder| folder.is_dir());
    for theme in folder.map(|folder| Theme::load_folder(&folder, Depth::True)).unwrap_or_default() {
        match theme {
            Ok(theme) => say!("theme       {} is sound", theme.name),
            Err(error) => {
                say!("theme       WRONG: {error}");
                sound = false;
            }
        }
    }
    sound
}

fn check_workspace(args: &DoctorArgs, named: Option<PathBuf>) -> Result<bool> {
    let root = workbench::workspace(named)?;
    // A configuration that cannot be read has been told of above.
    let share = InForce::load(args.config.as_deref(), &root).map(|found| found.config.run.share).unwrap_or_default();
    let workspace = Workspace::open(&root).shared(share);
    if args.repair && !repair(&workspace)? {
        return Ok(false);
    }
    let run = match workspace.current() {
        Ok(Some(run)) => run,
        Ok(None) => {
            say!("workspace   {}: no run yet; make one with `user360 run --input DIR`", shown_path(&root));
            return Ok(true);
        }
        Err(error) => {
            say!("workspace   WRONG: {error}");
            return Ok(false);
        }
    };
    say!("workspace   {}, {} kept", shown_path(&root), counted(workspace.runs()?.len() as u64, "runs"));
    let mut sound = true;
    if let Some(refusal) = workspace.refusal() {
        say!("            WRONG: nothing is written here: {refusal}");
        sound = false;
    }
    looser(&root, share);
    for (path, why) in workspace.strangers() {
        say!("            left alone: {} {why}", shown_path(&path));
    }
    for (run, error) in workspace.unreadable() {
        say!("            WRONG: the record of the run {run} cannot be read, and the history lacks it: {error}");
        sound = false;
    }
    let info = run.info();
    say!("run         {}, {}, {}", info.id, counted(info.users, "users"), counted(info.items, "items"));
    for stage in &info.stages {
        let reason = stage.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        say!("  {:<9} {}{reason}", stage.id, stage.state);
    }
    if args.verify {
        if let Err(error) = run.verify() {
            say!("files       WRONG: {error}");
            return Ok(false);
        }
        say!("files       every checksum holds");
    }
    Ok(sound)
}

/// Makes the manifest anew and says what came of it; false where no run is whole.
fn repair(workspace: &Workspace) -> Result<bool> {
    let repaired = workspace.repair()?;
    for (run, why) in &repaired.left {
        say!("repair      {run} is left out and stays where it is: {why}");
    }
    match repaired.runs.first() {
        None => say!("repair      no run here is whole: nothing is written; make one with `user360 run --input DIR`"),
        Some(_) if !repaired.changed => say!("repair      the manifest names every whole run: nothing to mend"),
        Some(current) => {
            let runs = counted(repaired.runs.len() as u64, "whole runs");
            say!("repair      the manifest names {runs}, {current} the current one");
        }
    }
    Ok(!repaired.runs.is_empty())
}

/// Says which files and folders more people may read or write than the settings say.
fn looser(root: &Path, share: Share) {
    let (found, first) = files::looser_than(root, share);
    let Some(first) = first else { return };
    let (setting, change) = match share {
        Share::Private => ("private", "go-rwx"),
        Share::Group => ("group", "o-rwx"),
    };
    let root = files::quoted(root);
    say!(
        "            files and folders, {found} in all, such as {}, are open to more people than `share = \"{setting}\"` says; \
         `chmod -R {change} {root}` closes them",
        shown_path(&first)
    );
}
