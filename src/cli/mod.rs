//! The front without a screen: one file per subcommand. Data goes to stdout, narration and progress to stderr, both
//! through [`door`] alone.
//!
//! Exit codes: see [`args::EXIT_STATUS`].

mod add;
mod args;
mod ask;
mod bench;
mod campaign_text;
mod compare;
mod config;
mod destination;
mod doctor;
mod door;
mod export;
mod fetch;
mod formats;
mod front_page;
mod init;
mod note;
mod output;
mod progress;
mod proposal;
mod report;
mod run;
mod runs;
mod sample;
mod signals;
mod sql;
mod uplift;
mod user;
mod users;
mod workbench;

use std::process::ExitCode;

pub use args::{Args, Command};

use crate::error::Error;
use crate::logging;
use crate::store;
use crate::text::shown_path;
use door::note;

/// Reads the command line; an exit code where it asks for help, or for what there is not.
pub fn parse() -> Result<Args, ExitCode> {
    door::install_panic_hook();
    Args::read().map_err(|wrong| {
        let usage = wrong.use_stderr();
        // Help is the program's own text, in the terminal's colours; an error quotes what was typed.
        if usage {
            door::narrate_lines(&args::shown_error(wrong).render().to_string());
        } else if let Err(source) = wrong.print() {
            return ended(Err(Error::Io { path: "stdout".into(), source }), false);
        }
        ExitCode::from(if usage { 2 } else { 0 })
    })
}

/// Runs the command that was asked for.
pub fn main(args: Args) -> ExitCode {
    let on_screen = match &args.command {
        None | Some(Command::Demo { .. }) => true,
        Some(Command::Init(init)) => init::on_screen(init),
        Some(_) => false,
    };
    if !on_screen && let Err(error) = signals::watch() {
        note!("warning: {error}: the program cannot clean up when it is interrupted");
    }
    let result = match args.command {
        None => {
            let view = args.pane.map(|pane| (pane, users::view(args.condition.as_deref(), &args.sort)));
            workbench::open_at(args.workspace, args.input.as_deref(), view, args.watch)
        }
        Some(Command::Demo { tour }) => workbench::demo(args.workspace, tour),
        Some(Command::Run(run)) => run::run(&run, args.workspace),
        Some(Command::Report(report)) => report::run(&report, args.workspace),
        Some(Command::Compare(compare)) => compare::run(&compare, args.workspace),
        Some(Command::Runs(runs)) => runs::run(&runs, args.workspace),
        Some(Command::Users(users)) => users::run(&users, args.workspace),
        Some(Command::User(user)) => user::run(&user, args.workspace),
        Some(Command::Note(note)) => note::run(&note, args.workspace),
        Some(Command::Export(export)) => export::run(&export, args.workspace),
        Some(Command::Sql(sql)) => sql::run(&sql, args.workspace),
        Some(Command::Uplift(uplift)) => uplift::run(&uplift, args.workspace),
        Some(Command::Bench(bench)) => bench::run(&bench, args.workspace.as_deref()),
        Some(Command::Fetch(fetch)) => fetch::run(&fetch),
        Some(Command::Init(init)) => init::run(&init, args.workspace),
        Some(Command::Add(add)) => add::run(&add, args.workspace.as_deref()),
        Some(Command::Sample(sample)) => sample::run(&sample),
        Some(Command::Config(config)) => config::run(&config, args.workspace),
        Some(Command::Doctor(doctor)) => doctor::run(&doctor, args.workspace),
        Some(Command::Completions { shell }) => Ok(args::completions(shell)),
        Some(Command::Man { command, out }) => args::man(&command, out.as_deref()),
    };
    store::remove_spilled();
    ended(result, on_screen)
}

/// Says what went wrong, if something did, and gives the exit code.
fn ended(result: Result<ExitCode, Error>, on_screen: bool) -> ExitCode {
    match result.and_then(|code| door::finish().map(|()| code)) {
        Ok(code) => code,
        Err(error) if door::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            door::narrate_lines(&format!("user360: {error}"));
            if let Some(log) = logging::file().filter(|log| on_screen && log.exists()) {
                note!("the log is {}", shown_path(&log));
            }
            exit_code(&error)
        }
    }
}

fn exit_code(error: &Error) -> ExitCode {
    ExitCode::from(match error {
        Error::Config(_) | Error::Query(_) => 2,
        Error::Rejected(_) | Error::Shrunk(_) | Error::Changed(_) => 3,
        Error::Locked(_) => 75,
        Error::Cancelled => signals::code(),
        _ => 1,
    })
}
