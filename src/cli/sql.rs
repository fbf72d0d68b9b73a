//! `user360 sql`: a query over the run's tables.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::args::SqlArgs;
use crate::cli::destination::Destination;
use crate::cli::door::note;
use crate::cli::formats::RowFormat;
use crate::cli::{output, progress, workbench};
use crate::config::InForce;
use crate::error::{Error, Result};
use crate::format::{counted, thousands};
use crate::job::Job;
use crate::pipeline;
use crate::spreadsheet::Style;
use crate::store::{self, ExportOptions, Format, sql_blocks, sql_counted};

/// Rows of a table for people.
const SHOWN: usize = 500;

/// Bytes of a query at most; more is no query.
const LONGEST: u64 = 1 << 20;

/// Prints the query's rows, or writes them to a file; stderr says when a limit cut them, and how many there are.
pub fn run(args: &SqlArgs, workspace: Option<PathBuf>) -> Result<ExitCode> {
    let query = query(args)?;
    let config = InForce::load(None, &workbench::workspace(workspace.clone())?)?.config;
    store::set_query_memory(config.sql.memory_bytes());
    let job = Job::new();
    let watched = job.clone();
    progress::cancel_on_signal(move || watched.cancel());
    let beside = pipeline::beside(&workbench::workspace(workspace.clone())?)?;
    let run = workbench::current_run(workspace)?.with_beside(beside);
    if let Some(out) = args.out.as_deref().filter(|out| *out != Path::new("-")) {
        let format = match args.format {
            RowFormat::Rows(format) => Some(format),
            RowFormat::Table => None,
        };
        let destination = Destination::of(out, format, args.mode, args.overwrite)?;
        let rows = sql_blocks(&run, &query, args.limit.unwrap_or(usize::MAX), &job)?;
        let (raw, dialect, share) = (args.raw, args.dialect, config.run.share);
        let options = ExportOptions { raw, dialect, overwrite: args.overwrite, make_folder: args.make_folder, share };
        destination.write_and_say(rows, destination.asking(options)?, &config, &job)?;
        return Ok(ExitCode::SUCCESS);
    }
    let format = match (&args.out, args.format) {
        (Some(_), RowFormat::Table) => Format::ALL.first().map_or(RowFormat::Table, |format| RowFormat::Rows(*format)),
        (_, format) => format,
    };
    let limit = output::limit(args.limit, format, SHOWN);
    let answer = sql_counted(&run, &query, limit, &job)?;
    let printed = answer.frame.height();
    let over = if answer.is_counted_in_part() { "over " } else { "" };
    output::print(answer.frame.into(), format, Style { raw: args.raw, dialect: args.dialect })?;
    if answer.rows > printed {
        let (first, all) = (thousands(printed as u64), counted(answer.rows as u64, "rows"));
        note!("first {first} of {over}{all}; --limit shows more");
    }
    Ok(ExitCode::SUCCESS)
}

/// The query's text: an argument, a file's, or what standard input holds.
fn query(args: &SqlArgs) -> Result<String> {
    let text = match (&args.query, &args.file) {
        (Some(query), _) if query != "-" => return Ok(query.clone()),
        (_, Some(path)) if path != Path::new("-") => {
            let mut bytes = Vec::new();
            let file = fs::File::open(path).map_err(Error::io(path))?;
            file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(Error::io(path))?;
            bytes
        }
        _ => {
            let mut bytes = Vec::new();
            std::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).map_err(Error::io("standard input"))?;
            bytes
        }
    };
    if text.len() as u64 > LONGEST {
        return Err(Error::Query(format!("the query has over {LONGEST} bytes; it is no query")));
    }
    String::from_utf8(text).map_err(|_| Error::Query("the query is no UTF-8 text".to_owned()))
}
