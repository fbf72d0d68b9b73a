//! The `user360` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use user360::{cli, logging, ui};

/// Gives memory back to the system soon after it is freed, whichever thread had it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
