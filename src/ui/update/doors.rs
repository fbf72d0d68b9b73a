//! Ways out of the screen: the command line of what is shown, programs of the user's own, pages of other systems.

use std::path::Path;

use crate::error::{Error, Result};
use crate::files;
use crate::job::Job;
use crate::store::{self, ExportOptions, Format, View};
use crate::ui::app::App;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::Grid;
use crate::ui::pane::PaneTable;
use crate::ui::programs;
use crate::ui::update::{clip, export};

/// The options of the commands that are copied.
const OPTIONS: [&str; 4] = ["--where", "--sort", "--columns", "--workspace"];

/// Copies the headless command of what is shown.
pub(super) fn copy_command(app: &mut App) -> Effects {
    match words(app) {
        Ok(words) => {
            let plain = |word: &String| OPTIONS.contains(&word.as_str());
            let quoted = |word: &String| if plain(word) { word.clone() } else { files::quoted(Path::new(word)) };
            let line: Vec<String> = words.iter().map(quoted).collect();
            clip::copy(app, "the command", &line.join(" "))
        }
        Err(why) => {
            app.say("Copy the command", &why);
            Vec::new()
        }
    }
}

/// The user under the cursor, or of the page in sight.
fn user(app: &App) -> Option<String> {
    if let Some(drill) = app.drills.last() {
        return if let Drill::User(page) = drill { Some(page.id.clone()) } else { None };
    }
    let grid = app.grid()?;
    let column = grid.table()?.column("user_id")?;
    Some(grid.table()?.cell(grid.row()?, column).to_string())
}

/// Copies the address of the user's page elsewhere.
pub(super) fn copy_link(app: &mut App) -> Effects {
    match (app.link.clone(), user(app)) {
        (Some(pattern), Some(user)) => clip::copy(app, "the address", &programs::link(&pattern, &user)),
        (None, _) => {
            app.say("Link", &"no [links] user = \"https://…/{user_id}\" in your config.toml or the workspace's file");
            Vec::new()
        }
        (_, None) => {
            app.say("Link", &"there is no user here");
            Vec::new()
        }
    }
}

/// Runs a program of the user's own; its end is told.
pub(super) fn run_own(app: &mut App, at: usize) -> Effects {
    let Some(program) = app.programs.get(at).cloned() else { return Vec::new() };
    let user = user(app);
    if program.wants("{user_id}") && user.is_none() {
        app.say(&program.name, &"it wants a user, and there is none here");
        return Vec::new();
    }
    let rows = if program.wants("{file}") { export::rows_in_sight(app) } else { None };
    if program.wants("{file}") && rows.is_none() {
        app.say(&program.name, &"it wants rows, and there are none here");
        return Vec::new();
    }
    app.program_job.cancel();
    app.program_job = Job::new();
    app.note = Some(format!("{} is running", program.name));
    let name = program.name.clone();
    let run = move |job: &Job| {
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let file = folder.path().join("rows.csv");
        if let Some((table, rows, columns)) = rows {
            let format = Format::of_path(&file)?;
            store::export(table.blocks(rows, Some(&columns))?, &file, format, &ExportOptions::default(), job)?;
        }
        program.run(&user.unwrap_or_default(), &file, folder.path(), job)
    };
    let told = move |app: &mut App, ended: Result<String>| {
        app.note = None;
        match ended {
            Ok(words) => app.say(&name, &words),
            Err(Error::Cancelled) => {}
            Err(error) => app.tell(&name, &error),
        }
        Vec::new()
    };
    vec![Effect::Work(Work::new("run a program", run, told).aside(), app.program_job.clone())]
}

/// The words of the command, or why there is none.
fn words(app: &App) -> std::result::Result<Vec<String>, String> {
    let mut words: Vec<String> = vec!["user360".to_owned()];
    match app.drills.last() {
        Some(Drill::User(page)) => words.extend(["user".to_owned(), page.id.clone()]),
        Some(Drill::Stage(_)) => words.push("report".to_owned()),
        Some(Drill::Compare(page)) => match &page.comparison {
            Some(Ok(comparison)) => {
                words.extend(["compare".to_owned(), comparison.before.clone(), comparison.after.clone()]);
            }
            _ => return Err("the runs are not compared yet".to_owned()),
        },
        Some(_) => return Err("no command tells what this page shows".to_owned()),
        None => words.extend(of_pane(app)?),
    }
    words.extend(["--workspace".to_owned(), app.workspace.display().to_string()]);
    Ok(words)
}

fn of_pane(app: &App) -> std::result::Result<Vec<String>, String> {
    match app.pane.description().table {
        None => Ok(vec!["report".to_owned()]),
        Some(PaneTable::Users { .. }) => Ok(of_users(app.grid_of(app.pane))),
        Some(PaneTable::Query) => {
            let query = app.query.as_deref().ok_or_else(|| "there is no query yet; w writes one".to_owned())?;
            Ok(vec!["sql".to_owned(), of_query(query, app.grid_of(app.pane).view())])
        }
        Some(PaneTable::Segments | PaneTable::Recommendations) => {
            Err("no command prints this table; Users and SQL have one".to_owned())
        }
    }
}

/// Filter, sort and columns as options of `users`.
fn of_users(grid: &Grid) -> Vec<String> {
    let View { filter, sort } = grid.view();
    let mut words = vec!["users".to_owned()];
    if let Some(filter) = filter {
        words.extend(["--where".to_owned(), filter.clone()]);
    }
    for key in sort {
        let order = if key.descending { ":desc" } else { "" };
        words.extend(["--sort".to_owned(), format!("{}{order}", key.column)]);
    }
    words.extend(["--columns".to_owned(), grid.columns().names().join(",")]);
    words
}

/// A query with the filter and the order of its result.
fn of_query(query: &str, View { filter, sort }: &View) -> String {
    if filter.is_none() && sort.is_empty() {
        return query.to_owned();
    }
    let rows = format!("select * from ({}) as result", query.trim().trim_end_matches(';'));
    let filter = filter.as_ref().map_or_else(String::new, |filter| format!(" where {filter}"));
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let order = |descending: bool| if descending { " desc" } else { "" };
    let keys: Vec<String> =
        sort.iter().map(|key| format!("{}{}", quoted(&key.column), order(key.descending))).collect();
    let order = if keys.is_empty() { String::new() } else { format!(" order by {}", keys.join(", ")) };
    format!("{rows}{filter}{order}")
}
