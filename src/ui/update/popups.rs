//! Keys on the layers above everything.

use crossterm::event::KeyEvent;

use crate::ui::app::App;
use crate::ui::command::{Command, Context, Dialog, Layer, Program, Runs};
use crate::ui::drill::scroll;
use crate::ui::effect::Effects;
use crate::ui::popups::{Message, Picked, Popup, Prompt, Purpose, line};
use crate::ui::update::jobs::order::requested;
use crate::ui::update::jobs::{note, query, start};
use crate::ui::update::query as editor;
use crate::ui::update::{
    columns, compare, copy, export, fetch, filter, log, open, palette, perform, questions, selected, views,
};

pub(super) fn typed(app: &mut App, key: KeyEvent) -> Effects {
    match app.popups.last_mut() {
        Some(Popup::Prompt(prompt)) => line::typed(&mut prompt.input, key),
        Some(Popup::Picker(picker)) => {
            line::typed(&mut picker.input, key);
            picker.chosen = 0;
            preview(app);
        }
        Some(Popup::Export(dialog)) => dialog.typed(key),
        _ => {}
    }
    filter::show_sql(app);
    Vec::new()
}

pub(super) fn paste(app: &mut App, words: &str) -> Effects {
    // A query keeps its lines. Elsewhere a line break would be a command; between words it is a blank.
    let lines = words.trim().replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let words = lines.replace('\n', " ");
    let done = match app.popups.last_mut() {
        Some(Popup::Prompt(prompt)) if prompt.purpose == Purpose::Query => {
            line::pasted_lines(&mut prompt.input, &lines)
        }
        Some(Popup::Prompt(prompt)) => line::pasted(&mut prompt.input, &words),
        Some(Popup::Picker(picker)) => {
            picker.chosen = 0;
            line::pasted(&mut picker.input, &words)
        }
        Some(Popup::Export(dialog)) => dialog.paste(&words),
        _ => Ok(()),
    };
    match done {
        Ok(()) => {
            preview(app);
            filter::show_sql(app);
        }
        Err(problem) => app.say("Paste", &problem),
    }
    Vec::new()
}

/// Shows the theme under the cursor of the list of themes.
fn preview(app: &mut App) {
    let Some(Popup::Picker(picker)) = app.popups.last() else { return };
    if let Some(Picked::Theme(name)) = picker.picked() {
        app.use_theme(&name);
    }
}

pub(super) fn on_popup(app: &mut App, command: Command) -> Option<Effects> {
    match app.popups.last()? {
        Popup::Help(_) => on_help(app, command),
        Popup::Text(_) => on_text(app, command),
        Popup::Message(_) => on_message(app, command),
        Popup::Picker(_) => on_picker(app, command),
        Popup::Checklist(_) => columns::on_checklist(app, command),
        Popup::Prompt(_) => on_prompt(app, command),
        Popup::Export(_) => on_export(app, command),
        Popup::Log(_) => log::on_log(app, command),
        Popup::Statistics(_) => columns::on_statistics(app, command),
    }
}

fn on_help(app: &mut App, command: Command) -> Option<Effects> {
    let Some(Popup::Help(page)) = app.popups.last_mut() else { return None };
    match command {
        Command::Layer(Layer::Back) if !page.sought.is_empty() => *page = page.searched(""),
        Command::Layer(Layer::Back | Layer::Close) | Command::Program(Program::Help | Program::Messages) => {
            app.popups.pop();
        }
        Command::Move(command) => {
            let (last, lines) = (page.last_scroll(app.size, &app.bindings), page.visible(app.size, &app.bindings));
            page.scroll = scroll::moved(command, page.scroll, last, lines);
        }
        Command::Dialog(Dialog::SearchPage) => {
            let prompt = Prompt::new(Purpose::Page, &page.sought);
            app.popups.push(Popup::Prompt(prompt));
        }
        _ => return None,
    }
    Some(Vec::new())
}

fn on_text(app: &mut App, command: Command) -> Option<Effects> {
    let size = app.size;
    let Some(Popup::Text(page)) = app.popups.last_mut() else { return None };
    match command {
        Command::Layer(Layer::Back | Layer::Close) | Command::Program(Program::Explain) => {
            app.popups.pop();
        }
        Command::Move(command) => {
            page.scroll = scroll::moved(command, page.scroll, page.last_scroll(size), page.visible(size));
        }
        _ => return None,
    }
    Some(Vec::new())
}

fn on_message(app: &mut App, command: Command) -> Option<Effects> {
    match command {
        Command::Dialog(Dialog::Accept) => {
            if let Some(Popup::Message(Message { then: Some(then), .. })) = app.popups.pop() {
                return Some(match then {
                    Command::Runs(Runs::Stale) => start::start(app, false),
                    Command::Runs(Runs::All) => start::start(app, true),
                    other => perform(app, other),
                });
            }
        }
        Command::Dialog(Dialog::Dismiss) | Command::Layer(Layer::Close) => {
            app.popups.pop();
            app.accept_shrunk = false;
            app.accept_settings = false;
        }
        Command::Program(Program::Quit | Program::Suspend | Program::Redraw) => return None,
        // A question waits for its answer; what is only told has been read by whoever goes on.
        _ => {
            if matches!(app.popups.last(), Some(Popup::Message(Message { then: None, .. }))) {
                app.popups.pop();
                return None;
            }
        }
    }
    Some(Vec::new())
}

fn on_picker(app: &mut App, command: Command) -> Option<Effects> {
    let Some(Popup::Picker(picker)) = app.popups.last_mut() else { return None };
    match command {
        Command::Dialog(Dialog::SaveView) => {
            let (name, of_queries) = (picker.input.value().to_owned(), picker.context == Context::Queries);
            if of_queries {
                editor::save(app, &name);
            } else {
                views::save(app, &name);
            }
            return Some(Vec::new());
        }
        Command::Dialog(Dialog::DeleteView) => {
            if picker.context == Context::Queries {
                editor::delete(app);
            } else {
                views::delete(app);
            }
            return Some(Vec::new());
        }
        Command::Dialog(Dialog::PreviousChoice) => picker.move_by(-1),
        Command::Dialog(Dialog::NextChoice) => picker.move_by(1),
        Command::Dialog(Dialog::Dismiss) => {
            let before = picker.before.take();
            app.popups.pop();
            if let Some(Picked::Theme(name)) = before {
                app.use_theme(&name);
            }
            return Some(Vec::new());
        }
        Command::Dialog(Dialog::Accept) => {
            let (picked, typed) = (picker.picked(), picker.input.value().trim().to_owned());
            let of_items = picker.title == open::ITEMS;
            let of_options = picker.title == crate::ui::popups::log::OPTIONS;
            let number = typed.parse::<usize>();
            match (picker.context, &picked) {
                (Context::Views, None) => {
                    views::save(app, &typed);
                    return Some(Vec::new());
                }
                (Context::Queries, None) => {
                    editor::save(app, &typed);
                    return Some(Vec::new());
                }
                _ => {}
            }
            app.popups.pop();
            return Some(match picked {
                // What is typed in full is meant, whatever else it matches.
                _ if of_items && !typed.is_empty() => open::open_item(app, typed),
                Some(Picked::Command(command)) => perform(app, command),
                Some(Picked::Elsewhere(pane, command)) => palette::elsewhere(app, pane, command),
                Some(Picked::Idle(what, why)) => {
                    app.say(what, &why);
                    Vec::new()
                }
                Some(Picked::Item(id)) => open::open_item(app, id),
                Some(Picked::Theme(name)) => {
                    app.use_theme(&name);
                    Vec::new()
                }
                Some(Picked::Run(id, later)) => compare::chosen(app, id, later),
                Some(Picked::View(name)) => views::recall(app, &name),
                Some(Picked::Query(name)) => editor::recall(app, &name),
                Some(Picked::Copy(what, form)) => copy::copy(app, what, form),
                Some(Picked::Setting(option)) => log::choose_here(app, &option),
                None if of_options => Vec::new(),
                None => number.map(|row| go_to(app, row)).unwrap_or_default(),
            });
        }
        _ => return None,
    }
    preview(app);
    Some(Vec::new())
}

fn on_prompt(app: &mut App, command: Command) -> Option<Effects> {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return None };
    match command {
        Command::Dialog(Dialog::PreviousChoice | Dialog::NextChoice) => {
            let up = command == Command::Dialog(Dialog::PreviousChoice);
            if prompt.purpose == Purpose::Query {
                editor::line(prompt, up);
            } else {
                prompt.recall(up);
            }
            filter::show_sql(app);
        }
        Command::Dialog(Dialog::Complete) if prompt.purpose == Purpose::Query => editor::complete(app),
        Command::Dialog(Dialog::Complete) => return Some(filter::complete(app)),
        Command::Dialog(Dialog::NewLine) => editor::new_line(app),
        Command::Dialog(Dialog::Saved) => return Some(editor::saved(app)),
        Command::Dialog(Dialog::Edit) => return Some(editor::edit(app)),
        Command::Dialog(Dialog::Dismiss) => {
            let given_up = prompt.waiting;
            let query = prompt.purpose == Purpose::Query;
            let question = prompt.purpose == Purpose::Question;
            app.popups.pop();
            if question {
                return Some(questions::left(app));
            }
            if given_up && query {
                // The answer, when it comes, bears an older number.
                app.query_generation = app.next_generation();
                app.query_job.cancel();
            } else if given_up && let Some(grid) = app.grid_mut() {
                grid.give_up();
            }
        }
        Command::Dialog(Dialog::Accept) => return Some(accept(app)),
        _ => return None,
    }
    Some(Vec::new())
}

/// Enter in a prompt.
fn accept(app: &mut App) -> Effects {
    let Some(Popup::Prompt(prompt)) = app.popups.last_mut() else { return Vec::new() };
    let text = prompt.input.value().trim().to_owned();
    match prompt.purpose {
        Purpose::Filter => filter::accept(app, &text),
        Purpose::Search => {
            app.popups.pop();
            let Some(grid) = app.grid_mut() else { return Vec::new() };
            grid.sought = text;
            requested(grid.seek(false))
        }
        Purpose::Page => {
            app.popups.pop();
            let found = match app.popups.last_mut() {
                Some(Popup::Help(page)) => {
                    *page = page.searched(&text);
                    true
                }
                Some(Popup::Checklist(list)) => list.seek(&text),
                _ => true,
            };
            if !found {
                app.note = Some(format!("no column holds {text:?}"));
            }
            Vec::new()
        }
        Purpose::GoTo => match (text.strip_prefix('#'), text.replace(',', "").parse::<usize>()) {
            (None, Ok(row)) => {
                app.popups.pop();
                go_to(app, row)
            }
            (id, _) => go_to_id(app, id.unwrap_or(&text).trim()),
        },
        Purpose::Threshold => {
            selected::take_threshold(app, &text);
            Vec::new()
        }
        Purpose::Budget => {
            selected::take_budget(app, &text);
            Vec::new()
        }
        Purpose::Dataset => fetch::take_dataset(app, &text),
        Purpose::Folder => {
            let dataset = prompt.subject().to_owned();
            fetch::take_folder(app, &dataset, &text)
        }
        Purpose::Note => note::accept(app, &text),
        Purpose::Log => log::take_log(app, &text),
        Purpose::Settings => log::take_file(app, &text),
        Purpose::Question => questions::answered(app, &text),
        Purpose::Query => {
            if text.is_empty() {
                prompt.problem = Some("a query starts with SELECT or WITH".to_owned());
                return Vec::new();
            }
            prompt.problem = None;
            prompt.waiting = true;
            query::query(app, text)
        }
    }
}

fn go_to(app: &mut App, row: usize) -> Effects {
    let room = app.room();
    if let Some(grid) = app.grid_mut() {
        grid.go_to(row, room);
    }
    Vec::new()
}

/// Goes to the row that an id names.
fn go_to_id(app: &mut App, id: &str) -> Effects {
    let room = app.room();
    let Some(grid) = app.grid_mut() else { return Vec::new() };
    let Some(table) = grid.table().cloned() else { return Vec::new() };
    let name = table.columns().first().map(|column| column.name.clone()).unwrap_or_default();
    let problem = match table.row_of(id) {
        Ok(Some(row)) if grid.go_to_row(row as u32, room) => None,
        Ok(Some(_)) => Some(format!("{name} {id} is not in this view; Esc and 0 show all rows")),
        Ok(None) => Some(format!("{id:?} is no number of a row, and no {name} here")),
        Err(error) => Some(error.to_string()),
    };
    match (problem, app.popups.last_mut()) {
        (Some(problem), Some(Popup::Prompt(prompt))) => prompt.problem = Some(problem),
        _ => {
            app.popups.pop();
        }
    }
    Vec::new()
}

fn on_export(app: &mut App, command: Command) -> Option<Effects> {
    let Some(Popup::Export(dialog)) = app.popups.last_mut() else { return None };
    match command {
        Command::Dialog(Dialog::NextField) => dialog.move_by(1),
        Command::Dialog(Dialog::PreviousField) => dialog.move_by(-1),
        Command::Dialog(Dialog::Dismiss) => {
            app.popups.pop();
        }
        Command::Dialog(Dialog::Accept) if dialog.wants_checklist() => {
            let list = dialog.checklist();
            app.popups.push(Popup::Checklist(list));
        }
        Command::Dialog(Dialog::Accept) => return Some(export::accept(app)),
        _ => return None,
    }
    Some(Vec::new())
}
