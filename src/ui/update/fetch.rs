//! The download of a data set: from the questions to the folder that `r` runs on.

use crate::error::{Error, Result};
use crate::fetch::{self, FetchRequest, Fetched};
use crate::format;
use crate::job::Job;
use crate::ui::app::App;
use crate::ui::command::{Command, Program, Runs};
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::fetch::{Fetching, in_full};
use crate::ui::popups::{Popup, Prompt, Purpose};

/// Asks for the data set.
pub(super) fn begin(app: &mut App) -> Effects {
    if app.fetching.is_some() {
        app.say(
            "Download",
            &format!("a download is under way; {} cancels it", key(app, Program::CancelTransfer.into())),
        );
        return Vec::new();
    }
    app.popups.push(Popup::Prompt(Prompt::new(Purpose::Dataset, fetch::DATASET)));
    Vec::new()
}

/// Enter behind the data set: asks for the folder.
pub(super) fn take_dataset(app: &mut App, dataset: &str) -> Effects {
    if dataset.is_empty() {
        return refuse(app, format!("name a data set as OWNER/NAME, such as {}", fetch::DATASET));
    }
    app.popups.pop();
    let folder = in_full(&FetchRequest::default_folder(dataset).display().to_string());
    let prompt = Prompt::new(Purpose::Folder, &folder.display().to_string()).about(dataset);
    app.popups.push(Popup::Prompt(prompt));
    Vec::new()
}

/// Enter behind the folder: downloads in the background.
pub(super) fn take_folder(app: &mut App, dataset: &str, folder: &str) -> Effects {
    if folder.is_empty() {
        return refuse(app, "name a folder for the files".to_owned());
    }
    let out = in_full(folder);
    let (mut request, warnings) = match app.service.request(dataset, &out) {
        Ok(made) => made,
        Err(error) => return refuse(app, error.to_string()),
    };
    let taken = match request.is_taken() {
        Ok(taken) => taken,
        Err(error) => return refuse(app, error.to_string()),
    };
    if let Some(Popup::Prompt(prompt)) = app.popups.last_mut()
        && taken
        && prompt.confirmed.as_deref() != Some(folder)
    {
        prompt.confirmed = Some(folder.to_owned());
        let words = "holds files. Enter again replaces those of the same names; another folder keeps them.";
        return refuse(app, format!("{} {words}", out.display()));
    }
    request.overwrite = taken;
    app.popups.pop();
    if !warnings.is_empty() {
        app.tell("Credentials for Kaggle", &warnings.join("\n"));
    }
    let job = Job::new();
    app.fetching = Some(Fetching::new(job.clone(), request.clone()));
    let work = Work::new("download", move |job| fetch::fetch(&request, job), fetched).aside();
    vec![Effect::Work(work, job)]
}

/// Says in the prompt what is wrong.
pub(super) fn refuse(app: &mut App, problem: String) -> Effects {
    if let Some(Popup::Prompt(prompt)) = app.popups.last_mut() {
        prompt.problem = Some(problem);
    }
    Vec::new()
}

/// A download has ended.
fn fetched(app: &mut App, result: Result<Fetched>) -> Effects {
    let Some(fetching) = app.fetching.take() else { return Vec::new() };
    match result {
        Ok(fetched) => {
            let words = arrived(app, &fetched);
            app.input = Some(fetched.folder);
            app.ingest = None;
            app.say("Downloaded", &words);
        }
        Err(Error::Cancelled) => {
            let kept = match fetching.request.kept_bytes() {
                Some(bytes) => {
                    format!("{} bytes are kept; the same download goes on from there.", format::thousands(bytes))
                }
                None => "Nothing had arrived.".to_owned(),
            };
            app.say("Download cancelled", &format!("{}\n{kept}", fetching.request.out.display()));
        }
        Err(error) => app.tell("Download failed", &error),
    }
    Vec::new()
}

/// What arrived, and what to do with it.
fn arrived(app: &App, fetched: &Fetched) -> String {
    let unpacked = fetched.files.iter().map(|(_, bytes)| bytes).sum();
    let checked = match fetched.compared.as_slice() {
        [] => "the service announced no checksum to compare with".to_owned(),
        names => format!("{} as announced", names.join(" and ")),
    };
    let mut lines = vec![
        fetched.folder.display().to_string(),
        format!("{} files, {}; {checked}", fetched.files.len(), format::bytes(unpacked)),
    ];
    if fetched.resumed_from > 0 {
        lines.push(format!("resumed at {} bytes", format::thousands(fetched.resumed_from)));
    }
    lines.extend(fetched.notes.iter().cloned());
    let run = format!("{} on the Overview runs the stages on it.", key(app, Runs::Stale.into()));
    lines.push(if app.running { format!("When the run under way has ended, {run}") } else { run });
    lines.join("\n")
}

/// The first key of a command.
pub(super) fn key(app: &App, command: Command) -> String {
    app.bindings.keys(command).first().map(ToString::to_string).unwrap_or_default()
}
