//! What the stages read: the log, the catalogue and the features as of T, computed once or read back when first needed.

use std::path::Path;

use crate::error::{Error, Result};
use crate::features::{self, FeatureTable};
use crate::ingest::{Catalogue, EventLog};
use crate::job::Job;
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
    /// For each user code, whether the user belongs to the held-out fifth.
    pub held_out: &'a [bool],
    /// A real campaign's file.
    pub campaign: Option<&'a Path>,
}

/// Holds the inputs from stage to stage.
#[derive(Debug, Default)]
pub struct Source {
    log: Option<(EventLog, Catalogue)>,
    now: Option<(FeatureTable, Vec<bool>)>,
}

impl Source {
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
        let (now, held_out) = if let Some(kept) = self.now.take() {
            kept
        } else {
            let gap = request.config.features.session_gap_minutes;
            (features::build(log, &catalogue.category, log.as_of, gap, job)?, log.users.held_out())
        };
        let (now, held_out) = self.now.insert((now, held_out));
        Ok(Inputs { log, catalogue, now, held_out, campaign: request.campaign.as_deref() })
    }
}
