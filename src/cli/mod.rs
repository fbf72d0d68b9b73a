//! The front without a screen: one file per subcommand. Data goes to stdout, narration and progress to stderr.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 3 data rejected or shrunk, 75 another writer, 130 interrupted, 143 terminated.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the front that prints")]

mod args;
mod bench;
mod config;
mod doctor;
mod export;
mod fetch;
mod init;
mod output;
mod progress;
mod report;
mod run;
mod sample;
mod sql;
mod uplift;
mod user;
mod users;
mod workbench;

use std::process::ExitCode;

pub use args::{Args, Command};

use crate::error::Error;
use crate::logging;

/// Runs the command that was asked for.
pub fn main(args: Args) -> ExitCode {
    let on_screen = match &args.command {
        None | Some(Command::Demo) => true,
        Some(Command::Init(init)) => init::on_screen(init),
        Some(_) => false,
    };
    let result = match args.command {
        None => workbench::open(args.workspace, args.input, None),
        Some(Command::Demo) => workbench::demo(args.workspace),
        Some(Command::Run(run)) => run::run(&run, args.workspace),
        Some(Command::Report(report)) => report::run(&report, args.workspace),
        Some(Command::Users(users)) => users::run(&users, args.workspace),
        Some(Command::User(user)) => user::run(&user, args.workspace),
        Some(Command::Export(export)) => export::run(&export, args.workspace),
        Some(Command::Sql(sql)) => sql::run(&sql, args.workspace),
        Some(Command::Uplift(uplift)) => uplift::run(&uplift),
        Some(Command::Bench(bench)) => bench::run(&bench, args.workspace.as_deref()),
        Some(Command::Fetch(fetch)) => fetch::run(&fetch),
        Some(Command::Init(init)) => init::run(&init, args.workspace),
        Some(Command::Sample(sample)) => sample::run(&sample),
        Some(Command::Config(config)) => config::run(&config),
        Some(Command::Doctor(doctor)) => doctor::run(&doctor, args.workspace),
        Some(Command::Completions { shell }) => Ok(args::completions(shell)),
        Some(Command::Man) => args::man(),
    };
    match result {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("user360: {error}");
            if let Some(log) = logging::file().filter(|log| on_screen && log.exists()) {
                eprintln!("the log is {}", log.display());
            }
            exit_code(&error)
        }
    }
}

/// A reader that has seen enough (`| head`) is no failure.
fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}

fn exit_code(error: &Error) -> ExitCode {
    ExitCode::from(match error {
        Error::Config(_) | Error::Query(_) => 2,
        Error::Rejected(_) | Error::Shrunk(_) => 3,
        Error::Locked(_) => 75,
        Error::Cancelled => 130,
        _ => 1,
    })
}
