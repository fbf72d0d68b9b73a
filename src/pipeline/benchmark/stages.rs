//! Every stage on a log, several times, each time in an empty workspace.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ingest;
use crate::pipeline::benchmark::plain_read::plain_read;
use crate::pipeline::benchmark::{Machine, Timing};
use crate::pipeline::{Board, RunRequest, run};
use crate::stage::{StageId, StageState};
use crate::store::RunInfo;

/// What a log costs.
#[derive(Clone, Debug, Serialize)]
pub struct StagesReport {
    /// Version of this report.
    pub format: u32,
    /// Where it was measured.
    pub machine: Machine,
    /// Runs from scratch.
    pub repeat: usize,
    /// The log's files.
    pub input: InputTiming,
    /// Each stage, its tables written.
    pub stages: Vec<StageTiming>,
    /// A run from scratch, first stage to commit.
    pub whole: Timing,
    /// The same run asked for again, nothing changed.
    pub unchanged: Timing,
    /// Why these numbers say little.
    pub warnings: Vec<String>,
}

/// Ingest beside a plain reading of the same files.
#[derive(Clone, Debug, Serialize)]
pub struct InputTiming {
    /// The folder or file.
    pub path: PathBuf,
    /// Number of its files.
    pub files: usize,
    /// Their bytes, compressed as they are.
    pub bytes: u64,
    /// Reading them one after the other from the system's cache and doing nothing with them.
    pub plain_read: Timing,
    /// Bytes per second of that, at its best.
    pub plain_bytes_per_second: Option<f64>,
    /// Bytes per second of the ingest stage, at its best.
    pub ingest_bytes_per_second: Option<f64>,
    /// The one as a share of the other.
    pub ingest_share_of_plain: Option<f64>,
}

/// What one stage costs.
#[derive(Clone, Debug, Serialize)]
pub struct StageTiming {
    /// The stage.
    pub id: StageId,
    /// How it ended, the worst of all runs.
    pub state: StageState,
    /// Why, if it did not end well.
    pub reason: Option<String>,
    /// Its seconds; `None` where it did not end well every time.
    pub seconds: Option<Timing>,
    /// Rows of its main table.
    pub rows: u64,
    /// Rows per second at its best.
    pub rows_per_second: Option<f64>,
    /// The most memory in use at once during the stage, of all runs; `None` where the system does not tell.
    pub peak_rss_bytes: Option<u64>,
}

/// Version of the report.
const FORMAT: u32 = 1;

/// Runs every stage on a log `repeat` times, in workspaces below the folder `scratch`; `watch` is given the work of each
/// run with its board, and does it.
///
/// # Errors
/// What a run fails with as a whole; a stage that fails alone says so in its line.
pub fn stages(
    input: &Path,
    config: &Config,
    repeat: usize,
    scratch: &Path,
    mut watch: impl FnMut(&Board, &mut (dyn FnMut() -> Result<()> + Send)) -> Result<()>,
) -> Result<StagesReport> {
    if repeat == 0 {
        return Err(Error::Config("--repeat must be at least 1, not 0".to_owned()));
    }
    let machine = Machine::here();
    let files = ingest::discover(input, &config.ingest)?;
    let (mut plain, mut whole, mut unchanged) = (Vec::new(), Vec::new(), Vec::new());
    let (mut bytes, mut runs) = (0, Vec::new());
    for number in 0..repeat {
        let request = RunRequest {
            input: input.to_path_buf(),
            workspace: scratch.join(number.to_string()),
            only: None,
            force: false,
            config: config.clone(),
            campaign: None,
            accept_shrunk: true,
            accept_settings: true,
        };
        let board = Board::new();
        watch(&board, &mut || {
            let (read, seconds) = plain_read(&files, &board)?;
            bytes = read;
            plain.push(seconds);
            let begun = Instant::now();
            runs.push(run(&request, &board)?);
            whole.push(begun.elapsed().as_secs_f64());
            let begun = Instant::now();
            let again = run(&request, &Board::new())?;
            unchanged.push(begun.elapsed().as_secs_f64());
            match again.stages.iter().find(|stage| stage.state == StageState::Done) {
                Some(stage) => Err(Error::Model(format!("{} ran again though nothing had changed", stage.id))),
                None => Ok(()),
            }
        })?;
        // A large log's tables need not lie there once per run.
        std::fs::remove_dir_all(scratch.join(number.to_string())).map_err(Error::io(scratch))?;
    }
    let stages: Vec<StageTiming> = StageId::ALL.into_iter().map(|id| stage_timing(id, &runs)).collect();
    let plain = timing(plain)?;
    let plain_speed = plain.per_second(bytes);
    let ingest_speed = stages[StageId::Ingest as usize].seconds.as_ref().and_then(|seconds| seconds.per_second(bytes));
    Ok(StagesReport {
        format: FORMAT,
        warnings: machine.warnings(),
        machine,
        repeat,
        input: InputTiming {
            path: input.to_path_buf(),
            files: files.all().count(),
            bytes,
            plain_read: plain,
            plain_bytes_per_second: plain_speed,
            ingest_bytes_per_second: ingest_speed,
            ingest_share_of_plain: plain_speed.zip(ingest_speed).map(|(plain, ingest)| ingest / plain),
        },
        stages,
        whole: timing(whole)?,
        unchanged: timing(unchanged)?,
    })
}

fn timing(each: Vec<f64>) -> Result<Timing> {
    Timing::of(each).ok_or_else(|| Error::Model("nothing was measured".to_owned()))
}

fn stage_timing(id: StageId, runs: &[RunInfo]) -> StageTiming {
    let records: Vec<_> = runs.iter().flat_map(|run| &run.stages).filter(|record| record.id == id).collect();
    let bad = records.iter().find(|record| record.state != StageState::Done);
    let seconds = match bad {
        Some(_) => None,
        None => Timing::of(records.iter().map(|record| record.seconds).collect()),
    };
    let rows = records.first().map_or(0, |record| record.rows);
    StageTiming {
        id,
        state: bad.map_or(StageState::Done, |record| record.state),
        reason: bad.and_then(|record| record.reason.clone()),
        rows_per_second: seconds.as_ref().and_then(|seconds| seconds.per_second(rows)),
        seconds,
        rows,
        peak_rss_bytes: records.iter().filter_map(|record| record.peak_rss_bytes).max(),
    }
}
