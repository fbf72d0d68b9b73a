//! What the stages read: the log, the catalogue and the features as of T, computed once or read back when first needed.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::features::{self, FeatureTable};
use crate::ingest::{Catalogue, EventLog, Ids};
use crate::job::Job;
use crate::models::evaluate;
use crate::pipeline::event_tables;
use crate::pipeline::request::RunRequest;
use crate::store::Run;

/// The inputs of every stage after ingest.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The accepted events.
    pub log: &'a EventLog,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// Features of every user as of T.
    pub now: &'a FeatureTable,
    /// For each user code, the fold of users: `crc32(utf8(id)) mod 5`; the first is the held-out fifth.
    pub folds: &'a [u8],
    /// For each user code, the number by which users are drawn into a sample to fit on, smallest first.
    pub draws: &'a [u32],
    /// A real campaign's file.
    pub campaign: Option<&'a Path>,
    /// Whether nobody named it: it lies in the log's folder.
    pub campaign_found: bool,
    /// The file that tells which accounts are one person's.
    pub same_user: Option<&'a Path>,
}

/// How users are split, one entry per user code.
#[derive(Debug)]
struct Users {
    folds: Vec<u8>,
    draws: Vec<u32>,
}

impl Users {
    fn of(ids: &Ids) -> Self {
        Self { folds: evaluate::folds(ids), draws: evaluate::draws(ids) }
    }
}

/// Holds the inputs from stage to stage.
#[derive(Debug, Default)]
pub struct Source {
    log: Option<(EventLog, Catalogue)>,
    now: Option<(FeatureTable, Users)>,
    campaign_found: bool,
    same_user: Option<PathBuf>,
}

impl Source {
    /// Of a run whose campaign was named, or lies in the log's folder, and the file of accounts that are joined.
    pub fn new(campaign_found: bool, same_user: Option<PathBuf>) -> Self {
        Self { campaign_found, same_user, ..Self::default() }
    }

    /// Keeps what ingest gave.
    pub fn keep(&mut self, log: EventLog, catalogue: Catalogue) {
        self.log = Some((log, catalogue));
    }

    /// The inputs; when ingest was taken over, its tables are read back from `previous`.
    pub fn load<'a>(&'a mut self, previous: Option<&Run>, request: &'a RunRequest, job: &Job) -> Result<Inputs<'a>> {
        let (log, catalogue) = if let Some(kept) = self.log.take() {
            kept
        } else {
            let run = previous.ok_or_else(|| Error::Missing("no earlier run holds the events".to_owned()))?;
            event_tables::read_log(&run.table("events")?, &run.table("items")?)?
        };
        let (log, catalogue) = self.log.insert((log, catalogue));
        let (now, users) = if let Some(kept) = self.now.take() {
            kept
        } else {
            let gap = request.config.features.session_gap_minutes;
            (features::build(log, &catalogue.category, log.as_of, gap, job)?, Users::of(&log.users))
        };
        let (now, users) = self.now.insert((now, users));
        let Users { folds, draws } = users;
        let (campaign, campaign_found) = (request.campaign.as_deref(), self.campaign_found);
        let same_user = self.same_user.as_deref();
        Ok(Inputs { log, catalogue, now, folds, draws, campaign, campaign_found, same_user })
    }
}
