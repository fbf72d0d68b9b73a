//! `user360 config`: every setting with its meaning, its default and what it is now.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::ConfigArgs;
use crate::cli::door::{self, note};
use crate::cli::workbench;
use crate::config::{Config, InForce};
use crate::error::{Error, Result};
use crate::text::{Form, shown_path};

/// Prints a configuration file that reads back to the settings in force.
pub fn run(args: &ConfigArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    // On a system without a home folder there is no workspace unless one is named.
    let root = workbench::workspace(workspace).unwrap_or_default();
    let found = InForce::load(args.config.as_deref(), &root)?;
    for warning in &found.warnings {
        note!("warning: {warning}");
    }
    let files: Vec<String> = found.files.iter().map(|file| shown_path(file)).collect();
    let origin = match (files.as_slice(), Config::default_file()) {
        ([], Some(file)) => format!("The default settings, for there is no {}", shown_path(&file)),
        ([], None) => "The default settings; this platform has no configuration folder".to_owned(),
        (files, _) => format!("Settings read from {}", files.join(", over ")),
    };
    let text = format!("# {origin}\n\n{}", found.config.to_toml()?);
    door::data(Form::Lines, |out| out.write_all(text.as_bytes()).map_err(Error::io("stdout")))?;
    Ok(ExitCode::SUCCESS)
}
