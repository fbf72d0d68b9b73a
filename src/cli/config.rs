//! `user360 config`: every setting with its meaning, its default and what it is now.

use std::io::Write as _;
use std::process::ExitCode;

use super::args::ConfigArgs;
use crate::config::Config;
use crate::error::{Error, Result};

/// Prints a configuration file that reads back to the settings in force.
pub fn run(args: &ConfigArgs) -> Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    let origin = match args.config.clone().or_else(Config::default_file) {
        Some(file) if file.exists() => format!("Settings read from {}", file.display()),
        Some(file) => format!("The default settings, for there is no {}", file.display()),
        None => "The default settings; this platform has no configuration folder".to_owned(),
    };
    // A comment of TOML holds no control characters, a file's name may.
    let origin = origin.replace(char::is_control, "\u{fffd}");
    let text = format!("# {origin}\n\n{}", config.to_toml()?);
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(Error::io("stdout"))?;
    Ok(ExitCode::SUCCESS)
}
