//! The export: from the dialog to the file.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::format::{self, counted};
use crate::job::Job;
use crate::pipeline;
use crate::store::{self, Cell, DataTable, ExportOptions, Exported, Order};
use crate::ui::app::App;
use crate::ui::command::Context;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::export::{Exporting, Rows};
use crate::ui::grid::Grid;
use crate::ui::pane::Pane;
use crate::ui::popups::export::Scope;
use crate::ui::popups::{ExportDialog, Popup};

/// Opens the dialog for the table, or the user, in sight.
pub(super) fn begin(app: &mut App) -> Effects {
    if app.exporting.is_some() {
        app.say("Export", &"an export is under way; X cancels it");
        return Vec::new();
    }
    let Some((table, mut scopes, shown, name)) = offered(app) else { return Vec::new() };
    if scopes.is_empty() {
        return Vec::new();
    }
    let (first, folder) = (scopes.remove(0), PathBuf::from(&app.settings.export_folder));
    let mut dialog = ExportDialog::new(table, first, scopes, shown, &folder.join(format!("user360-{name}")));
    if let Some(run) = app.run.clone().filter(|_| of_users(app)) {
        match pipeline::export_profiles(&app.workspace) {
            Ok(profiles) => dialog = dialog.with_profiles(profiles, run),
            Err(error) => dialog.problem = Some(format!("no profiles: {error}")),
        }
    }
    app.popups.push(Popup::Export(Box::new(dialog)));
    Vec::new()
}

/// Whether the rows in sight are those of the table of users.
fn of_users(app: &App) -> bool {
    match app.drills.last() {
        None => app.pane.is_of_users(),
        Some(drill) => matches!(drill, Drill::User(_)),
    }
}

/// The table, the choices of rows, the columns shown, and what the file is called.
fn offered(app: &App) -> Option<(DataTable, Vec<Scope>, Vec<String>, &'static str)> {
    let mut scopes = Vec::new();
    if let Some(Drill::User(page)) = app.drills.last() {
        let users = app.grid_of(Pane::Users);
        let table = users.table()?.clone();
        let rows = Rows::These(Order::Sorted([page.row as u32].into()));
        scopes.push(Scope { words: format!("this user, {}", page.id), rows, count: 1 });
        let hidden = outside(users);
        scopes.extend(marked(users.marks().rows(), "users", hidden));
        return Some((table, scopes, users.columns().names(), "users"));
    }
    let grid = app.grid()?;
    let table = grid.table()?.clone();
    let noun = grid.noun();
    // Marked rows in the order of the view; those that the view hides after them, in the table's.
    if !grid.marks().is_empty() {
        let mut rows: Vec<u32> = grid.rows().rows().filter(|row| grid.marks().contains(*row)).collect();
        if rows.len() < grid.marks().len() {
            let mut seen = rows.clone();
            seen.sort_unstable();
            rows.extend(grid.marks().rows().into_iter().filter(|row| seen.binary_search(row).is_err()));
        }
        scopes.extend(marked(rows, noun, outside(grid)));
    }
    let count = grid.rows().len() as u64;
    let view = match (grid.view().filter.is_some(), grid.marks().is_empty()) {
        (true, true) => format!("the view: its {}", counted(count, noun)),
        (true, false) => format!("the view: its {}, marked or not", counted(count, noun)),
        (false, true) => format!("all {}", counted(count, noun)),
        (false, false) => format!("all {}, marked or not", counted(count, noun)),
    };
    let rows = Rows::These(grid.rows().clone());
    scopes.push(Scope { words: view, rows, count });
    scopes.extend(segment_scope(app, &table, grid.row()));
    let name = match app.page_context() {
        Context::Pane(pane) => pane.description().file,
        Context::Compare => "changes",
        Context::ItemPage => match app.drills.last() {
            Some(Drill::Item(page)) if page.of_users => "who-would-want-it",
            _ => "similar-items",
        },
        _ => "users",
    };
    Some((table, scopes, grid.columns().names(), name))
}

/// The marked rows, else those of the view, with the columns shown; `None` where there is none.
pub(super) fn rows_in_sight(app: &App) -> Option<(DataTable, Order, Vec<String>)> {
    let (table, scopes, columns, _) = offered(app)?;
    let Scope { rows: Rows::These(rows), count, .. } = scopes.into_iter().next()? else { return None };
    (count > 0).then_some((table, rows, columns))
}

/// How many marked rows the filter hides.
fn outside(grid: &Grid) -> u64 {
    if grid.view().filter.is_none() {
        return 0;
    }
    let marks = grid.marks();
    let seen = grid.rows().rows().filter(|row| marks.contains(*row)).count();
    (marks.len() - seen.min(marks.len())) as u64
}

fn marked(rows: Vec<u32>, noun: &str, outside: u64) -> Option<Scope> {
    let count = rows.len() as u64;
    let (many, hidden) = (counted(count, noun), format::thousands(outside));
    let (number, noun) = many.split_once(' ').unwrap_or((&many, ""));
    let number = if count == 1 { String::new() } else { format!("{number} ") };
    let words = match outside {
        0 => format!("the {number}marked {noun}"),
        _ if outside == count => format!("the {number}marked {noun}, outside the filter"),
        _ => format!("the {number}marked {noun}, {hidden} of them outside the filter"),
    };
    (count > 0).then(|| Scope { words, rows: Rows::These(Order::Sorted(rows.into())), count })
}

/// The whole segment of the row under the cursor.
fn segment_scope(app: &App, table: &DataTable, row: Option<usize>) -> Option<Scope> {
    if !app.pane.is_of_users() || !app.drills.is_empty() {
        return None;
    }
    let name = table.cell(row?, table.column("segment")?).to_string();
    let Some(Ok(summary)) = &app.summary else { return None };
    let segments = summary.segments.as_ref()?;
    let users = segments.cell(segments.row_of(&name).ok()??, segments.column("users")?);
    let Cell::Int(users) = users else { return None };
    let count = u64::try_from(users).unwrap_or_default();
    let rows = Rows::Where(format!("segment = '{}'", name.replace('\'', "''")));
    Some(Scope { words: format!("the segment {name}: {}", format::thousands(count)), rows, count })
}

/// Enter in the dialog: checks what can be checked at once, then writes in the background.
pub(super) fn accept(app: &mut App) -> Effects {
    let Some(Popup::Export(dialog)) = app.popups.last_mut() else { return Vec::new() };
    let path = dialog.path();
    if let Some(problem) = problem(dialog, &path) {
        dialog.problem = Some(problem);
        return Vec::new();
    }
    let folder = path.parent().map(Path::to_path_buf).filter(|folder| !folder.exists());
    if let Some(folder) = folder.filter(|folder| dialog.making.as_ref() != Some(folder)) {
        dialog.problem = Some(format!("There is no folder {}. Enter again makes it.", folder.display()));
        dialog.making = Some(folder);
        return Vec::new();
    }
    if path.exists() && dialog.replacing.as_ref() != Some(&path) {
        let words = format!("{} exists. Enter again replaces it; another name keeps it.", path.display());
        dialog.problem = Some(words);
        dialog.replacing = Some(path);
        return Vec::new();
    }
    let (table, rows, columns) = (dialog.table.clone(), dialog.scope().rows.clone(), dialog.chosen_columns());
    let (format, file) = (dialog.format(), path.clone());
    let options = ExportOptions { share: app.share, ..dialog.options() };
    let profile = dialog.profile().map(|(profile, run)| (profile.clone(), run.clone()));
    let write = move |job: &Job| {
        let rows = rows.of(&table, job)?;
        let blocks = match profile {
            Some((profile, run)) => profile.blocks(&run, &table, rows)?,
            None => table.blocks(rows, Some(&columns))?,
        };
        store::export(blocks, &file, format, &options, job)
    };
    let job = Job::new();
    app.exporting = Some(Exporting::new(job.clone(), path));
    app.popups.pop();
    vec![Effect::Work(Work::new("export", write, exported).aside(), job)]
}

fn problem(dialog: &ExportDialog, path: &Path) -> Option<String> {
    let shown = path.display();
    if path.file_name().is_none() {
        return Some("name a file".to_owned());
    }
    if path.is_dir() {
        return Some(format!("{shown} is a folder; name a file in it"));
    }
    if path.parent().is_some_and(|folder| folder.exists() && !folder.is_dir()) {
        return Some(format!("{shown} lies in what is no folder; choose another"));
    }
    if let Some(Err(error)) = dialog.profile().map(|(profile, run)| profile.fits(run, &dialog.table)) {
        return Some(error.to_string());
    }
    (dialog.scope().count == 0).then(|| "there is no row to write".to_owned())
}

/// An export has ended.
fn exported(app: &mut App, result: Result<Exported>) -> Effects {
    let Some(exporting) = app.exporting.take() else { return Vec::new() };
    match result {
        Ok(written) => {
            let words = format!(
                "{}\n{}, {} ({})",
                written.path.display(),
                counted(written.rows, "rows"),
                format::bytes(written.bytes),
                counted(written.bytes, "bytes")
            );
            app.say("Exported", &words);
        }
        Err(Error::Cancelled) => {
            let words = format!("{}\nNothing was written.", exporting.path.display());
            app.say("Export cancelled", &words);
        }
        Err(error) => app.tell("Export failed", &error),
    }
    Vec::new()
}
