//! The `user360` command.

use std::process::ExitCode;

use clap::Parser;
use user360::{cli, logging};

fn main() -> ExitCode {
    let args = cli::Args::parse();
    // Kept to the end: dropping it flushes the log.
    let _log = logging::start();
    cli::main(args)
}
