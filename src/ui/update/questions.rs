//! The questions after a log's settings: one prompt after the other, the answers written at the end.

use std::path::Path;

use crate::config::{self, Config, Hints, QUESTIONS};
use crate::error::Result;
use crate::format;
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::popups::{Popup, Prompt, Purpose};
use crate::ui::questions::Asking;

/// Begins to ask for the settings of a file, of whose log `hints` tell; `then` is told at the end.
pub(super) fn begin(app: &mut App, file: &Path, hints: Hints, then: String) -> Effects {
    app.asking = Some(Asking { file: file.to_path_buf(), hints, at: 0, answers: Vec::new(), open: Vec::new(), then });
    ask(app)
}

/// The question whose turn it is, or the end.
fn ask(app: &mut App) -> Effects {
    let Some(asking) = &app.asking else { return Vec::new() };
    match QUESTIONS.get(asking.at) {
        Some(question) => {
            let config = Config::load(Some(&asking.file)).unwrap_or_default();
            let prompt =
                Prompt::new(Purpose::Question, &question.proposed(&config, &asking.hints)).about(question.asks);
            app.popups.push(Popup::Prompt(prompt));
            Vec::new()
        }
        None => finish(app),
    }
}

/// Enter behind an answer; an empty one leaves the question open.
pub(super) fn answered(app: &mut App, text: &str) -> Effects {
    let Some(asking) = &mut app.asking else { return Vec::new() };
    let Some(question) = QUESTIONS.get(asking.at) else { return Vec::new() };
    match question.take(text.trim()) {
        Ok(answers) => {
            if answers.is_empty() {
                asking.open.push(question.open);
            }
            asking.answers.extend(answers);
            asking.at += 1;
            app.popups.pop();
            ask(app)
        }
        Err(problem) => {
            if let Some(Popup::Prompt(prompt)) = app.popups.last_mut() {
                prompt.problem = Some(problem);
            }
            Vec::new()
        }
    }
}

/// No more is to be asked: what was answered is kept.
pub(super) fn left(app: &mut App) -> Effects {
    if let Some(asking) = &mut app.asking {
        asking.open.extend(QUESTIONS.iter().skip(asking.at).map(|question| question.open));
    }
    finish(app)
}

fn finish(app: &mut App) -> Effects {
    let Some(asking) = app.asking.take() else { return Vec::new() };
    let share = app.share;
    let (file, answers) = (asking.file, asking.answers);
    let open = match asking.open.len() as u64 {
        0 => String::new(),
        open => format!("{} left open; ", format::counted(open, "questions")),
    };
    let told = format!("{open}{}", asking.then);
    vec![Effect::background(Work::new(
        "write the answers",
        move |_| config::write_answers(&file, &answers, share),
        move |app, result| written(app, told, result),
    ))]
}

fn written(app: &mut App, told: String, result: Result<()>) -> Effects {
    match result {
        Ok(()) => app.note = Some(told),
        Err(error) => app.tell("Answers", &error),
    }
    Vec::new()
}
