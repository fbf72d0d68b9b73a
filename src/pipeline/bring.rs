//! The log of a run: its files where they lie here, else what brings them into the workspace, as late as can be.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ingest::{self, Fetched, Fingerprint, InputFiles, Listed, SameUser, Seen, is_objects, is_remote};
use crate::job::Job;
use crate::pipeline::board::Board;
use crate::pipeline::request::RunRequest;
use crate::stage::{StageId, StageState};
use crate::store::{Workspace, Writer, further_scratch, scratch};

/// A log that was brought into a workspace before its run, and the right to write there.
#[derive(Debug)]
pub struct Held {
    writer: Writer,
    fetched: Arc<Fetched>,
}

impl Held {
    /// Brings a log that lies elsewhere into a workspace.
    ///
    /// # Errors
    /// As [`Workspace::writer`] and [`Fetched::whole`].
    pub fn bring(input: &Path, config: &Config, workspace: &Path, job: &Job) -> Result<Self> {
        let writer = Workspace::open(workspace).shared(config.run.share).writer()?;
        let fetched = Arc::new(fetch(input, config, writer.scratch()?, job)?);
        Ok(Self { writer, fetched })
    }

    /// What was brought.
    pub fn fetched(&self) -> &Arc<Fetched> {
        &self.fetched
    }
}

fn fetch(input: &Path, config: &Config, folder: TempDir, job: &Job) -> Result<Fetched> {
    let password_file = config.database.password_file();
    Fetched::whole(input, &config.ingest, password_file.as_deref(), folder, job)
}

/// The log of a run.
pub(super) struct Log {
    /// Its files as they were when the run began, or when they had been brought.
    files: Option<(InputFiles, Seen)>,
    fetched: Option<Arc<Fetched>>,
    /// Holds the files of a log to which other tables were joined.
    joined: Option<Fetched>,
    /// Objects that are not brought yet, and the folder for them.
    due: Option<(Listed, TempDir)>,
    /// Files that were added to the log, of which the inbox holds copies.
    inbox: Vec<PathBuf>,
    /// What tells this log from another.
    pub(super) prints: Vec<Fingerprint>,
}

impl Log {
    /// Finds a log. One that lies elsewhere needs the right to write: it is brought now, but for objects, whose versions are
    /// known before they are brought.
    pub(super) fn find(
        request: &RunRequest,
        workspace: &Workspace,
        held: Option<Held>,
        board: &Board,
    ) -> Result<(Self, Option<Writer>)> {
        let inbox = workspace.inbox_files()?;
        let mut log = Self { files: None, fetched: None, joined: None, due: None, inbox, prints: Vec::new() };
        if !is_remote(&request.input) {
            log.look(request)?;
            return Ok((log, None));
        }
        let job = board.job(StageId::Ingest);
        let (writer, found) = if let Some(Held { writer, fetched }) = held {
            log.fetched = Some(fetched);
            let found = log.look(request);
            (writer, found)
        } else {
            let writer = workspace.writer()?;
            board.start(StageId::Ingest);
            let found = writer.scratch().and_then(|folder| log.bring(request, folder, &job));
            (writer, found)
        };
        if let Err(error) = &found {
            let state = if matches!(error, Error::Cancelled) { StageState::Cancelled } else { StageState::Failed };
            board.finish(StageId::Ingest, state, Some(error.to_string()));
        }
        found.map(|()| (log, Some(writer)))
    }

    fn bring(&mut self, request: &RunRequest, folder: TempDir, job: &Job) -> Result<()> {
        if !is_objects(&request.input) {
            self.fetched = Some(Arc::new(fetch(&request.input, &request.config, folder, job)?));
            return self.look(request);
        }
        let Config { items, customers, .. } = &request.config;
        let beside = [items.file.as_str(), items.categories.as_str(), customers.file.as_str()];
        let listed = Listed::find(&request.input, &request.config.ingest, &beside, job)?;
        let added = InputFiles::default().with_added(self.inbox.clone())?;
        let mut prints = listed.prints();
        prints.extend(added.seen()?.prints().cloned());
        // Accounts that are joined are those of a campaign's users too, even where the log itself is not read again.
        let joins = matches!(&request.config.ingest.same_user, SameUser::File(name) if !name.is_empty());
        if listed.has_campaign() && request.campaign.is_none() || joins && request.campaign.is_some() {
            self.fetched = Some(Arc::new(listed.bring(folder, job)?));
            self.look(request)?;
        } else {
            self.due = Some((listed, folder));
        }
        self.prints = prints;
        Ok(())
    }

    /// Looks at the files, which are here.
    fn look(&mut self, request: &RunRequest) -> Result<()> {
        let input = self.fetched.as_ref().map_or(request.input.as_path(), |fetched| fetched.input());
        let files = ingest::discover(input, &request.config.ingest)
            .and_then(|files| files.with_added(self.inbox.clone()))
            .map_err(|error| self.of_origin(error))?
            .with_items(&request.config.items, input)
            .with_customers(&request.config.customers, input)
            .with_joined(&request.config.ingest, input);
        let seen = files.seen()?;
        self.prints = seen.prints().cloned().collect();
        self.files = Some((files, seen));
        Ok(())
    }

    /// The campaign that lies beside the log.
    pub(super) fn campaign(&self) -> Option<PathBuf> {
        self.files.as_ref().and_then(|(files, _)| files.campaign.clone())
    }

    /// The file beside the log that tells which accounts are one person's.
    pub(super) fn same_user(&self) -> Option<PathBuf> {
        self.files.as_ref().and_then(|(files, _)| files.same_user.clone())
    }

    /// The files, which are brought now if they are not yet here.
    pub(super) fn here(&mut self, request: &RunRequest, job: &Job) -> Result<(&InputFiles, &Seen)> {
        if let Some((listed, folder)) = self.due.take() {
            self.fetched = Some(Arc::new(listed.bring(folder, job)?));
            let prints = std::mem::take(&mut self.prints);
            self.look(request)?;
            self.prints = prints;
        }
        if request.config.ingest.joins().next().is_some() && self.joined.is_none() {
            self.join(request, job)?;
        }
        let lacking = || Error::Missing("the log's files were not looked for".to_owned());
        self.files.as_ref().map(|(files, seen)| (files, seen)).ok_or_else(lacking)
    }

    /// Joins other tables to the log: what is read is what comes of it.
    fn join(&mut self, request: &RunRequest, job: &Job) -> Result<()> {
        let Some((files, _)) = &mut self.files else { return Ok(()) };
        let input = self.fetched.as_ref().map_or(request.input.as_path(), |fetched| fetched.input());
        // What was brought is still read.
        let of = if self.fetched.is_some() { further_scratch } else { scratch };
        let folder = of(&request.workspace)?;
        job.begin("rows joined", 0);
        self.joined = Some(ingest::join(files, &request.config.ingest, input, folder, job)?);
        Ok(())
    }

    /// What the report says of where the log was brought from.
    pub(super) fn told(&self) -> Vec<String> {
        let fetched = self.fetched.as_deref().into_iter().chain(&self.joined);
        fetched.map(|fetched| fetched.told().to_owned()).collect()
    }

    /// An error of its files, told of where they come from.
    pub(super) fn of_origin(&self, error: Error) -> Error {
        let fetched = self.joined.iter().chain(self.fetched.as_deref());
        fetched.fold(error, |error, fetched| fetched.of_origin(error))
    }

    /// What tells this log from another, as a run records it.
    pub(super) fn inputs(&self) -> Result<Value> {
        serde_json::to_value(&self.prints)
            .map_err(|error| Error::Config(format!("the input's fingerprint cannot be written: {error}")))
    }
}
