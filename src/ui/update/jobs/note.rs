//! Notes and tags: reads what was written about a user before the prompt opens, writes what was typed, and shows it.

use std::path::PathBuf;

use crate::error::Result;
use crate::format;
use crate::store::{DataTable, Note, Notes, Writing, write_notes};
use crate::ui::app::App;
use crate::ui::command::Context;
use crate::ui::drill::Drill;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::grid::GridRequest;
use crate::ui::pane::Pane;
use crate::ui::popups::{Popup, Prompt, Purpose};
use crate::ui::update::jobs::order::requested;

/// Users whose notes are written at once at most.
const MOST: u64 = 100_000;

/// Opens the prompt: for the user of the page, else for the marked users, else for the user under the cursor.
pub(in crate::ui::update) fn ask(app: &mut App) -> Effects {
    let workspace = app.workspace.clone();
    let marked = app.marked_users().filter(|(_, marks)| app.drills.is_empty() && !marks.rows().is_empty());
    if let Some((table, marks)) = marked {
        if marks.rows().len() as u64 > MOST {
            let most = format::thousands(MOST);
            app.tell(
                "Tags",
                &format!("{} are marked; {most} can be tagged at once", format::thousands(marks.rows().len() as u64)),
            );
            return Vec::new();
        }
        let read = move || Ok((Writing::Beside(table.texts(&marks.rows(), 0)?), String::new()));
        return vec![Effect::background(Work::new("name the marked users", move |_| read(), begin))];
    }
    let user = match (app.drills.last(), app.page_context()) {
        (Some(Drill::User(page)), _) => Some(page.id.clone()),
        (None, Context::Pane(pane)) => app.grid_of(pane).key_under_cursor(),
        _ => None,
    };
    let Some(user) = user else { return Vec::new() };
    let read = move || {
        let seen = Notes::read(&workspace)?.and_then(|notes| notes.of_user(&user).cloned());
        let text = seen.as_ref().map(Note::typed).unwrap_or_default();
        Ok((Writing::Instead { user, seen }, text))
    };
    vec![Effect::background(Work::new("read a user's note", move |_| read(), begin))]
}

fn begin(app: &mut App, found: Result<(Writing, String)>) -> Effects {
    match found {
        Ok((writing, text)) => {
            let about = match &writing {
                Writing::Instead { user, .. } => format!("user {user}"),
                Writing::Beside(users) if users.len() == 1 => "the marked user".to_owned(),
                Writing::Beside(users) => format!("the {} marked users", format::thousands(users.len() as u64)),
            };
            let mut prompt = Prompt::new(Purpose::Note, &text).about(&about);
            prompt.writing = Some(Box::new(writing));
            app.popups.push(Popup::Prompt(prompt));
        }
        Err(error) => app.tell("Note", &error),
    }
    Vec::new()
}

/// Enter in the prompt.
pub(in crate::ui::update) fn accept(app: &mut App, text: &str) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    let Some(writing) = prompt.writing.as_deref().cloned() else { return Vec::new() };
    if text.is_empty() && matches!(writing, Writing::Beside(_)) {
        prompt.problem =
            Some("write #tags to give, -#tags to take away, or words to put in the place of the notes".to_owned());
        return Vec::new();
    }
    (prompt.waiting, prompt.problem) = (true, None);
    let (workspace, share, run, text) = (app.workspace.clone(), app.share, app.run.clone(), text.to_owned());
    let write = move || {
        let count = write_notes(&workspace, share, &writing, &text)?;
        let users = run.filter(|run| run.has("features")).map(|run| DataTable::users(&run)).transpose()?;
        Ok(Written { count, users, workspace })
    };
    vec![Effect::background(Work::new("write a note", move |_| write(), written))]
}

/// What was written, and the users with it.
struct Written {
    count: usize,
    users: Option<DataTable>,
    workspace: PathBuf,
}

fn written(app: &mut App, done: Result<Written>) -> Effects {
    let waiting =
        |popup: &Popup| matches!(popup, Popup::Prompt(prompt) if prompt.waiting && prompt.purpose == Purpose::Note);
    let place = app.popups.iter().position(waiting);
    let Written { count, users, workspace } = match (done, place) {
        (Ok(done), place) => {
            place.map(|place| app.popups.remove(place));
            done
        }
        (Err(error), Some(place)) => {
            if let Popup::Prompt(prompt) = &mut app.popups[place] {
                (prompt.waiting, prompt.problem) = (false, Some(error.to_string()));
            }
            return Vec::new();
        }
        (Err(error), None) => {
            app.tell("Note", &error);
            return Vec::new();
        }
    };
    let mut requests: Vec<GridRequest> = Vec::new();
    if let Some(users) = users {
        for pane in Pane::of_users() {
            let room = app.room_of(pane);
            requests.extend(app.grid_of_mut(pane).renew(&users, room));
        }
    }
    // Small, and just written: it is in memory.
    let notes = Notes::read(&workspace).ok().flatten().unwrap_or_default();
    for drill in &mut app.drills {
        if let Drill::User(page) = drill
            && let Some(Ok(profile)) = &mut page.profile
        {
            (profile.note, profile.note_problem) = (notes.of_user(&page.id).cloned(), notes.problem());
        }
    }
    let told = match count {
        0 => "nothing was written: that is what stands there".to_owned(),
        count => format!("written about {}", format::counted(count as u64, "users")),
    };
    match app.grid_mut() {
        Some(grid) => grid.note = Some(told),
        None => app.note = Some(told),
    }
    requested(requests)
}
