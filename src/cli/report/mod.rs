//! `user360 report`: the current run as text or JSON (`text`), or as one page for whoever does not open a terminal: what
//! the page says is told once (`content`, in the terms of `page`) and written as HTML with charts as SVG (`html`, `svg`)
//! or as Markdown.

mod content;
mod escape;
mod html;
mod markdown;
mod page;
mod svg;
pub mod text;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use crate::cli::args::{ReportArgs, ReportFormat};
use crate::cli::destination::asking;
use crate::cli::door::{self, note, say};
use crate::cli::report::page::Page;
use crate::cli::{progress, workbench};
use crate::config::InForce;
use crate::error::{Error, Result};
use crate::format::counted;
use crate::job::Job;
use crate::store::{self, ExportOptions};
use crate::text::{Form, shown_path};

/// Writes a page in a form.
type Write = fn(&Page) -> String;

/// Prints the report of the workspace's current run, or writes it as a page.
pub fn run(args: &ReportArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    if args.charts.is_some() && args.format == ReportFormat::Json {
        return Err(Error::Config("--charts draws below text: leave --format json out".to_owned()));
    }
    let forms: [(&Option<PathBuf>, Write); 2] = [(&args.html, html::write), (&args.markdown, markdown::write)];
    let pages: Vec<(&PathBuf, Write)> =
        forms.into_iter().filter_map(|(path, write)| Some((path.as_ref()?, write))).collect();
    if pages.is_empty() {
        for (is_set, name) in
            [(args.with_users, "--with-users"), (args.overwrite, "--overwrite"), (args.make_folder, "--make-folder")]
        {
            if is_set {
                return Err(Error::Config(format!(
                    "{name} is for a page: name one with --html FILE or --markdown FILE"
                )));
            }
        }
        text::print(workbench::current_run(workspace)?.info(), args.format, args.charts)?;
        return Ok(ExitCode::SUCCESS);
    }
    if pages.len() > 1 && pages.iter().all(|(path, _)| is_stdout(path)) {
        return Err(Error::Config("two pages do not go to one standard output".to_owned()));
    }
    let root = workbench::workspace(workspace.clone())?;
    let share = InForce::load(None, &root)?.config.run.share;
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let run = workbench::current_run(workspace)?;
    let now = Timestamp::now().as_millisecond();
    let page = content::page(&run, &root, now, args.with_users, &job)?;
    let (overwrite, make_folder) = (args.overwrite, args.make_folder);
    let with_stdout = pages.iter().any(|(path, _)| is_stdout(path));
    for (path, write) in pages {
        let options = ExportOptions { overwrite, make_folder, share, ..ExportOptions::default() };
        if let Some(told) = put(path, &write(&page), options)? {
            // Where the other page goes to standard output, nothing else does.
            if with_stdout {
                note!("{told}");
            } else {
                say!("{told}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Writes a page to its file, whole or not at all, and gives what is to be said of it; or to standard output.
fn put(path: &Path, text: &str, options: ExportOptions) -> Result<Option<String>> {
    if is_stdout(path) {
        door::data(Form::Lines, |out| out.write_all(text.as_bytes()).map_err(Error::io("stdout")))?;
        return Ok(None);
    }
    let (path, mut file) = store::new_file(path, &asking(path, options)?)?;
    file.write_all(text.as_bytes()).map_err(Error::io(&path))?;
    let bytes = file.commit()?;
    Ok(Some(format!("{}  {}", shown_path(&path), counted(bytes, "bytes"))))
}
