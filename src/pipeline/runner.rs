//! One run from start to commit: which stages are due, running them one by one, keeping the others' results.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::ingest::{self, Fingerprint, Seen, is_remote};
use crate::job::Job;
use crate::pipeline::board::Board;
use crate::pipeline::bring::{Held, Log};
use crate::pipeline::cards::card;
use crate::pipeline::changed;
use crate::pipeline::endings::{ends_the_run, why};
use crate::pipeline::figures::{Kept, front_page};
use crate::pipeline::key::key;
use crate::pipeline::memory;
use crate::pipeline::request::RunRequest;
use crate::pipeline::shrunk;
use crate::pipeline::source::Source;
use crate::pipeline::stages::{self, Outcome};
use crate::stage::{StageId, StageState, Why};
use crate::store::results::ingest::{Detail, Ingest};
use crate::store::{FrontPage, NewRun, Run, RunInfo, StageRecord, Workspace};

/// Version of the run report and of `run.json`.
const FORMAT: u32 = 1;

/// Runs what is due and commits it as one run; returns the committed run, or the current one when nothing was due.
///
/// A model that panics or is cancelled leaves the others' results usable: its state and reason say so. What is no matter of
/// one model ends the run with an error and leaves the workspace as it was: a failure or cancel of ingest or features, a
/// disk that cannot be read or written, a wrong setting, a log that has lost much ([`Error::Shrunk`]), a cancel of the
/// whole board.
pub fn run(request: &RunRequest, board: &Board) -> Result<RunInfo> {
    run_held(request, None, board)
}

/// As [`run`], of a log that was brought before: standard input can be read once, to tell how it is read and to read it.
pub fn run_held(request: &RunRequest, held: Option<Held>, board: &Board) -> Result<RunInfo> {
    let workspace = Workspace::open(&request.workspace).shared(request.config.run.share);
    let (log, writer) = Log::find(request, &workspace, held, board)?;
    let found = log.campaign().filter(|_| request.campaign.is_none());
    let campaign_found = found.is_some();
    let taken = RunRequest { campaign: found.or_else(|| request.campaign.clone()), ..request.clone() };
    let request = &taken;
    let inputs = log.inputs()?;
    let previous = match workspace.current() {
        Ok(previous) => previous,
        Err(_) if request.force => None,
        Err(error) => return Err(error),
    };
    if let Some(last) = previous.as_ref().filter(|_| !request.accept_settings) {
        changed::check(&request.config, last.info())?;
    }
    let campaign = Seen::of(request.campaign.as_deref())?;
    let plan = Plan::new(request, &inputs, campaign.prints().next(), previous.as_ref())?;
    if let Some(current) = previous.as_ref().filter(|_| plan.nothing_due()) {
        workspace.tidy();
        return Ok(plan.all_cached(current, board));
    }
    let writer = writer.map_or_else(|| workspace.writer(), Ok)?;
    let engine = Engine {
        request,
        board,
        workspace: &workspace,
        source: Source::new(campaign_found, log.same_user()),
        log,
        campaign,
        inputs,
        previous,
        plan,
        run: writer.begin()?,
        kept: Kept::default(),
        records: Vec::new(),
    };
    engine.run()
}

/// What each stage needs: to be run, to be taken over, or nothing.
struct Plan {
    keys: Vec<String>,
    wanted: Vec<bool>,
    reusable: Vec<Option<StageRecord>>,
}

impl Plan {
    fn new(
        request: &RunRequest,
        inputs: &serde_json::Value,
        campaign: Option<&Fingerprint>,
        previous: Option<&Run>,
    ) -> Result<Self> {
        let keyed = |stage| key(stage, &request.config, inputs, campaign);
        let keys: Vec<String> = StageId::ALL.into_iter().map(keyed).collect::<Result<_>>()?;
        let asked = |stage| request.only.as_ref().is_none_or(|only| only.contains(&stage));
        let needed = |stage: StageId| StageId::ALL.iter().any(|other| asked(*other) && other.needs().contains(&stage));
        // A run without a log is none.
        let wanted: Vec<bool> =
            StageId::ALL.into_iter().map(|stage| stage == StageId::Ingest || asked(stage) || needed(stage)).collect();
        let reusable = StageId::ALL
            .into_iter()
            .zip(&keys)
            .map(|(stage, key)| {
                let again = request.force && wanted[stage as usize];
                let record = previous?.info().stage(stage).filter(|record| record.key == *key)?;
                // What the data did not allow is judged anew, wherever it is wanted.
                let skipped = record.state == StageState::Skipped;
                (!again && finished(record) && !(skipped && wanted[stage as usize])).then(|| record.clone())
            })
            .collect();
        Ok(Self { keys, wanted, reusable })
    }

    fn nothing_due(&self) -> bool {
        self.wanted.iter().zip(&self.reusable).all(|(wanted, reusable)| !wanted || reusable.is_some())
    }

    /// The current run as the answer to a request with nothing due.
    fn all_cached(&self, current: &Run, board: &Board) -> RunInfo {
        let mut info = current.info().clone();
        for stage in StageId::ALL {
            let Some(record) = info.stages.iter_mut().find(|record| record.id == stage) else { continue };
            if self.reusable[stage as usize].is_some() && record.state != StageState::Skipped {
                record.state = StageState::Cached;
            }
            board.finish(stage, record.state, record.reason.clone());
        }
        info
    }
}

/// Whether a record stands for a result that need not be computed again.
fn finished(record: &StageRecord) -> bool {
    record.has_results() || (record.state == StageState::Skipped && record.why == Some(Why::Data))
}

struct Engine<'a> {
    request: &'a RunRequest,
    board: &'a Board,
    workspace: &'a Workspace,
    log: Log,
    /// The campaign's file as it was when the run began.
    campaign: Seen,
    inputs: serde_json::Value,
    previous: Option<Run>,
    plan: Plan,
    run: NewRun,
    source: Source,
    kept: Kept,
    records: Vec<StageRecord>,
}

impl Engine<'_> {
    fn run(mut self) -> Result<RunInfo> {
        for stage in StageId::ALL {
            let record = self.stage(stage)?;
            self.records.push(record);
        }
        if self.board.all_cancelled() {
            return Err(Error::Cancelled);
        }
        if self.records[StageId::Uplift as usize].state == StageState::Done {
            self.campaign.check()?;
        }
        if let Some(previous) = self.previous.as_ref().filter(|previous| self.says_nothing_new(previous.info())) {
            return Ok(self.plan.all_cached(previous, self.board));
        }
        let read = self.records[0].detail_of::<Ingest>();
        let lacks = |name: &str| Error::Missing(format!("ingest recorded no {name}; run `user360 run --force`"));
        let input = read.input.ok_or_else(|| lacks("counts"))?;
        let figures = self.figures()?;
        let info = RunInfo {
            format: FORMAT,
            id: self.run.id().to_owned(),
            engine: "local".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            created_ms: now_ms(),
            as_of: read.as_of.ok_or_else(|| lacks("latest timestamp"))?,
            config: self.recorded_settings()?,
            inputs: self.inputs,
            users: input.users.ok_or_else(|| lacks("users"))?,
            items: input.items.ok_or_else(|| lacks("items"))?,
            input: stages::json(&input)?,
            figures,
            stages: self.records.into(),
        };
        // Released first: a run that is still read is not removed.
        drop(self.previous);
        Ok(self.run.commit(&info, self.request.config.run.keep)?.info().clone())
    }

    /// The figures of the front page; none in a run without features.
    fn figures(&mut self) -> Result<Option<FrontPage>> {
        if !self.records[StageId::Features as usize].has_results() {
            return Ok(None);
        }
        let previous = self.previous.as_ref();
        let inputs = self.source.load(previous, self.request, &Job::new())?;
        let kept = std::mem::take(&mut self.kept);
        let said = kept.said((inputs.log, inputs.now), &self.records, previous, &self.request.config);
        Ok(Some(front_page(inputs.log, inputs.now, &said)))
    }

    /// The settings, and where the log lies: a workspace without settings of its own goes on by them.
    fn recorded_settings(&self) -> Result<serde_json::Value> {
        let mut config = self.request.config.clone();
        let input = if is_remote(&self.request.input) {
            self.request.input.clone()
        } else {
            std::path::absolute(&self.request.input).map_err(Error::io(&self.request.input))?
        };
        input.to_str().unwrap_or_default().clone_into(&mut config.ingest.input);
        stages::json(&config)
    }

    /// Whether all that was wanted is taken over, or is skipped again for the same reason.
    fn says_nothing_new(&self, previous: &RunInfo) -> bool {
        StageId::ALL.into_iter().zip(&self.records).all(|(stage, record)| {
            let skipped_again = || {
                let skipped = record.state == StageState::Skipped;
                let same = |before: &StageRecord| {
                    (&before.state, &before.key, &before.reason) == (&record.state, &record.key, &record.reason)
                };
                skipped && previous.stage(stage).is_some_and(same)
            };
            !self.plan.wanted[stage as usize] || self.plan.reusable[stage as usize].is_some() || skipped_again()
        })
    }

    fn stage(&mut self, stage: StageId) -> Result<StageRecord> {
        if let Some(record) = self.plan.reusable[stage as usize].clone() {
            return self.take_over(stage, record);
        }
        if !self.plan.wanted[stage as usize] {
            return Ok(self.left_out(stage, Why::LeftOut, "left out by --only".to_owned()));
        }
        let mut needed = stage.needs().iter().map(|needed| &self.records[*needed as usize]);
        if let Some(missing) = needed.find(|record| !finished(record)) {
            let reason = format!("needs {}, which ended as {}", missing.id, missing.state);
            return Ok(self.left_out(stage, Why::NeedsStage, reason));
        }
        self.execute(stage)
    }

    /// Takes a finished stage's files over from the previous run.
    fn take_over(&mut self, stage: StageId, mut record: StageRecord) -> Result<StageRecord> {
        let previous = self.previous.as_ref().ok_or_else(|| Error::Missing("the previous run is gone".to_owned()))?;
        for file in &record.files {
            self.run.reuse(previous, file)?;
        }
        if record.state != StageState::Skipped {
            record.state = StageState::Cached;
        }
        self.board.finish(stage, record.state, record.reason.clone());
        Ok(record)
    }

    fn execute(&mut self, stage: StageId) -> Result<StageRecord> {
        let job = self.board.job(stage);
        self.board.start(stage);
        memory::reset_peak();
        let mut writing = false;
        let guarded = catch_unwind(AssertUnwindSafe(|| {
            let outcome = self.compute(stage, &job)?;
            if stage == StageId::Ingest && !self.request.accept_shrunk {
                let read: Detail = outcome.read()?;
                shrunk::check(self.workspace, &self.request.config, &read, &self.inputs)?;
            }
            // What has begun to be written is written to its end.
            job.check()?;
            writing = true;
            self.write(stage, outcome)
        }));
        let written = guarded.unwrap_or_else(|panic| Err(Error::Panicked(panic_text(panic.as_ref()).to_owned())));
        // Every later stage needs the first two, and what cannot be written is the disk's matter, not the stage's.
        let fatal = stage <= StageId::Features || writing || written.as_ref().is_err_and(ends_the_run);
        match written {
            Ok(record) => Ok(record),
            Err(error) => {
                let state = match error {
                    Error::Cancelled => StageState::Cancelled,
                    Error::Model(_) => StageState::Skipped,
                    _ => StageState::Failed,
                };
                tracing::error!(stage = stage.name(), %error, "stage ended");
                let mut record = self.ended(stage, state, Some(error.to_string()));
                record.why = why(&error);
                if fatal || self.board.all_cancelled() { Err(error) } else { Ok(record) }
            }
        }
    }

    /// Refuses a stage that would not fit into the memory that is left.
    fn fits(&mut self, stage: StageId, job: &Job) -> Result<()> {
        let Some(record) = self.records.first() else {
            let (files, _) = self.log.here(self.request, job)?;
            return memory::fits(stage, ingest::expected_rows(files, job)?, 0);
        };
        let read = record.metrics_of::<Ingest>();
        memory::fits(stage, read.events.unwrap_or_default(), read.users.unwrap_or_default())
    }

    fn compute(&mut self, stage: StageId, job: &Job) -> Result<Outcome> {
        job.check()?;
        if stage == StageId::Ingest {
            return self.ingest(job).map_err(|error| self.log.of_origin(error));
        }
        self.fits(stage, job)?;
        let inputs = self.source.load(self.previous.as_ref(), self.request, job)?;
        let mut outcome = stages::run(stage, inputs, &self.request.config, job)?;
        outcome.files.extend(card(stage, &outcome, inputs, &self.request.config));
        Ok(outcome)
    }

    fn ingest(&mut self, job: &Job) -> Result<Outcome> {
        self.fits(StageId::Ingest, job)?;
        let (files, seen) = self.log.here(self.request, job)?;
        let previous = self.previous.as_ref().filter(|_| !self.request.force);
        let mut outcome = stages::ingest::run(files, seen, self.request, previous, &mut self.source, job)?;
        outcome.notes.extend(self.log.told());
        Ok(outcome)
    }

    /// Writes a stage's tables and model files into the new run.
    fn write(&mut self, stage: StageId, outcome: Outcome) -> Result<StageRecord> {
        let mut files = Vec::new();
        for (name, mut table) in outcome.tables {
            files.push(self.run.write_table(&name, &mut table)?);
            self.kept.keep(&name, &table);
            files.extend(self.run.write_orders(&name, &table)?);
        }
        for (name, bytes) in outcome.files {
            files.push(self.run.write_bytes(&name, &bytes)?);
        }
        let state = if outcome.skipped.is_some() { StageState::Skipped } else { StageState::Done };
        let mut record = self.ended(stage, state, outcome.skipped);
        record.why = (state == StageState::Skipped).then_some(Why::Data);
        record.rows = outcome.rows;
        record.metrics = outcome.metrics;
        record.detail = outcome.detail;
        record.notes = outcome.notes;
        record.files = files;
        Ok(record)
    }

    /// The record of a stage that ends now, without results.
    fn ended(&self, stage: StageId, state: StageState, reason: Option<String>) -> StageRecord {
        let elapsed = self.board.finish(stage, state, reason.clone());
        StageRecord {
            reason,
            seconds: elapsed.as_secs_f64(),
            peak_rss_bytes: if elapsed > Duration::ZERO { memory::peak_bytes() } else { None },
            key: self.plan.keys[stage as usize].clone(),
            ..StageRecord::new(stage, state)
        }
    }

    /// The record of a stage that does not run.
    fn left_out(&self, stage: StageId, why: Why, reason: String) -> StageRecord {
        StageRecord { why: Some(why), ..self.ended(stage, StageState::Skipped, Some(reason)) }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
