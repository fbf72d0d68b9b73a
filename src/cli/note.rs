//! `user360 note`: a note and tags of a user, as `T` of the workbench writes them.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::args::NoteArgs;
use crate::cli::door::{note, say};
use crate::cli::workbench;
use crate::config::InForce;
use crate::error::{Error, Result};
use crate::format::thousands;
use crate::store::{DataTable, Notes, Writing, write_notes};
use crate::text::shown;

/// Writes what is typed, and prints what then stands there; without words it prints that alone.
pub fn run(args: &NoteArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let root = workbench::workspace(workspace.clone())?;
    let run = workbench::current_run(workspace)?;
    let users = DataTable::users(&run)?;
    let row = users.row_of(&args.id)?.ok_or_else(|| {
        Error::Missing(format!("no user {} among {}", shown(&args.id), thousands(users.len() as u64)))
    })?;
    // As the log writes it, however it was typed.
    users.look(&[row as u32], &[0])?;
    let id = users.cell(row, 0).to_string();
    if let Some(text) = args.text.as_ref().filter(|text| !text.trim().is_empty()) {
        let share = InForce::load(None, &root)?.config.run.share;
        write_notes(&root, share, &Writing::Beside(vec![id.clone()]), text)?;
    }
    let notes = Notes::read(&root)?.unwrap_or_default();
    if let Some(problem) = notes.problem() {
        note!("warning: {problem}");
    }
    match notes.of_user(&id).map(|note| note.told(&run.info().zone())) {
        Some(told) => say!("{}: {}", shown(&id), shown(&told)),
        None => say!("{}: no note", shown(&id)),
    }
    Ok(ExitCode::SUCCESS)
}
