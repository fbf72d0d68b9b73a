//! What the stages read: the log, the catalogue and the features as of T, computed once or read back when first needed.

use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use crate::error::{Error, Result};
use crate::features::{self, FeatureTable};
use crate::ingest::{Catalogue, Customers, EventLog, Ids};
use crate::job::Job;
use crate::models::evaluate;
use crate::pipeline::event_tables;
use crate::pipeline::request::RunRequest;
use crate::pipeline::tables;
use crate::store::Run;
use crate::store::results;

/// The inputs of every stage after ingest.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The accepted events.
    pub log: &'a EventLog,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// The table of items, as it is written.
    pub items: &'a DataFrame,
    /// Features of every user as of T.
    pub now: &'a FeatureTable,
    /// For each user code, the fold of users, of one household the same; the first is the held-out fifth.
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
    fn of(ids: &Ids, households: &[Option<Box<str>>]) -> Self {
        Self { folds: evaluate::folds(ids, households), draws: evaluate::draws(ids) }
    }
}

/// What ingest gives.
#[derive(Debug)]
struct Log {
    events: EventLog,
    catalogue: Catalogue,
    /// The table of items.
    items: DataFrame,
    /// By user code; empty where nothing tells of households.
    households: Vec<Option<Box<str>>>,
}

/// Holds the inputs from stage to stage.
#[derive(Debug, Default)]
pub struct Source {
    log: Option<Log>,
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
    pub fn keep(&mut self, events: EventLog, catalogue: Catalogue, items: DataFrame, customers: Customers) {
        self.log = Some(Log { events, catalogue, items, households: customers.into_households() });
    }

    /// The inputs; when ingest was taken over, its tables are read back from `previous`.
    pub fn load<'a>(&'a mut self, previous: Option<&Run>, request: &'a RunRequest, job: &Job) -> Result<Inputs<'a>> {
        let log = if let Some(kept) = self.log.take() {
            kept
        } else {
            let run = previous.ok_or_else(|| Error::Missing("no earlier run holds the events".to_owned()))?;
            let items = run.table("items")?;
            let zone = run.info().detail::<results::Ingest>().zone.unwrap_or_default();
            let (events, catalogue) = event_tables::read_log(&run.table("events")?, &items, zone)?;
            let households = if run.has("customers") {
                tables::read_households(&run.table("customers")?, events.users.len())?
            } else {
                Vec::new()
            };
            Log { events, catalogue, items, households }
        };
        let Log { events: log, catalogue, items, households } = self.log.insert(log);
        let (now, users) = if let Some(kept) = self.now.take() {
            kept
        } else {
            let gap = request.config.features.session_gap_minutes;
            (features::build(log, &catalogue.category, log.as_of, gap, job)?, Users::of(&log.users, households))
        };
        let (now, users) = self.now.insert((now, users));
        let Users { folds, draws } = users;
        let (campaign, campaign_found) = (request.campaign.as_deref(), self.campaign_found);
        let same_user = self.same_user.as_deref();
        Ok(Inputs { log, catalogue, items, now, folds, draws, campaign, campaign_found, same_user })
    }
}
