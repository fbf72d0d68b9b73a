//! The manual: a page for the program and one for each subcommand, all from the command line itself.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory};

use crate::cli::args::{Args, EXIT_STATUS};
use crate::cli::door::{self, say};
use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::text::{shown, shown_path};

/// Prints the page of a subcommand, the program's own where none is named, or writes all of them into a folder.
pub fn man(command: &[String], out: Option<&Path>) -> Result<ExitCode> {
    let root = built();
    let Some(folder) = out else {
        door::program(&page(&root, &found(&root, command)?)?);
        return Ok(ExitCode::SUCCESS);
    };
    files::create_folder(folder, Share::Private)?;
    let mut commands = vec![root.clone()];
    commands.extend(below(&root));
    for command in commands {
        let path = folder.join(format!("{}.1", name(&command)));
        files::replace(&path, page(&root, &command)?.as_bytes(), Share::Private)?;
        say!("{}", shown_path(&path));
    }
    Ok(ExitCode::SUCCESS)
}

/// The command line with the full name of every subcommand. The help that `clap` adds as one has no page.
fn built() -> Command {
    let mut root = without_help(Args::command());
    root.build();
    root
}

fn without_help(command: Command) -> Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

/// Every subcommand, those of a subcommand after it.
fn below(command: &Command) -> Vec<Command> {
    let of = |sub: &Command| std::iter::once(sub.clone()).chain(below(sub)).collect::<Vec<_>>();
    command.get_subcommands().flat_map(of).collect()
}

/// `user360-bench-uplift`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The subcommand that words name, one after the other or joined as in a page's name.
fn found(root: &Command, words: &[String]) -> Result<Command> {
    if words.is_empty() {
        return Ok(root.clone());
    }
    let wanted = words.join("-");
    let wanted = wanted.strip_prefix("user360-").unwrap_or(&wanted);
    let pages = below(root);
    pages.iter().find(|page| name(page) == format!("user360-{wanted}")).cloned().ok_or_else(|| {
        let names: Vec<&str> = pages.iter().map(|page| name(page).trim_start_matches("user360-")).collect();
        Error::Config(format!("no page {}; the pages are {}", shown(wanted), names.join(", ")))
    })
}

/// A page; its exit status and the pages beside it have sections of their own.
fn page(root: &Command, command: &Command) -> Result<String> {
    let mut page = Vec::new();
    let described = command.clone().after_help(None::<&str>);
    let source = format!("user360 {}", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(described).title(name(command)).source(source).render(&mut page).map_err(Error::io("man"))?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    // Writing to a string cannot fail.
    page.push_str(".SH \"EXIT STATUS\"\n");
    for (code, meaning) in EXIT_STATUS {
        let _ = write!(page, ".TP\n\\fB{code}\\fR\n{meaning}\n");
    }
    if name(command) != name(root) {
        let _ = write!(page, ".SH \"SEE ALSO\"\n{}(1)\n", name(root).replace('-', "\\-"));
    }
    Ok(page)
}
