//! The `user360` command.

use std::process::ExitCode;

use user360::{cli, logging, ui};

fn main() -> ExitCode {
    if let Some(code) = ui::keeper::serve_if_asked() {
        return code;
    }
    let args = match cli::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    // Kept to the end: dropping it flushes the log.
    let _log = logging::start();
    cli::main(args)
}
