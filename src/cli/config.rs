//! `user360 config`: every setting with its meaning, its default and what it is now.

use std::process::ExitCode;

use crate::cli::args::ConfigArgs;
use crate::cli::door;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::text::{Form, shown_path};

/// Prints a configuration file that reads back to the settings in force.
pub fn run(args: &ConfigArgs) -> Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    let origin = match args.config.clone().or_else(Config::default_file) {
        Some(file) if file.exists() => format!("Settings read from {}", shown_path(&file)),
        Some(file) => format!("The default settings, for there is no {}", shown_path(&file)),
        None => "The default settings; this platform has no configuration folder".to_owned(),
    };
    let text = format!("# {origin}\n\n{}", config.to_toml()?);
    door::data(Form::Lines, |out| out.write_all(text.as_bytes()).map_err(Error::io("stdout")))?;
    Ok(ExitCode::SUCCESS)
}
