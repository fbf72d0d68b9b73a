//! The rows of a query one batch after the other, for files: however many they are, few are in memory.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};

use datafusion::physical_plan::execute_stream;
use futures::{FutureExt, StreamExt};
use polars::prelude::DataFrame;
use tokio::task::{AbortHandle, block_in_place};

use crate::caught;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::blocks::Blocks;
use crate::store::engine::catalog::Runs;
use crate::store::engine::query::{Prepared, Trouble, prepare};
use crate::store::engine::session::threads;
use crate::store::engine::wait::{LOOK, given_up};
use crate::store::engine::{convert, trouble};
use crate::store::run::Run;

/// Batches that wait for their writer.
const AHEAD: usize = 2;

/// Runs a query over the run's tables and gives its rows, at most `limit`, as they come. What goes wrong after the first
/// rows comes in their place.
///
/// # Errors
/// As [`sql`](crate::store::sql); [`Error::Cancelled`] once the job is.
pub fn sql_blocks(run: &Run, query: &str, limit: usize, job: &Job) -> Result<Blocks<'static>> {
    let (tell, told) = mpsc::sync_channel(AHEAD);
    let (run, query, job) = (run.clone(), query.to_owned(), job.clone());
    let started = job.clone();
    let task = threads()?.spawn(async move {
        let runs = Arc::new(Runs::beside(&run));
        let work = give(Arc::clone(&runs), &query, limit, &started, &tell);
        let end = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(Ok(())) => return,
            Ok(Err(Trouble::Refused(error))) => error,
            Ok(Err(Trouble::Engine(error))) => trouble::told(error, &query, &runs.tables()),
            Err(panic) => given_up(caught::text(panic.as_ref())),
        };
        // Whoever asked may have gone.
        let _ = block_in_place(|| tell.send(Err(end)));
    });
    let mut batches = Batches { told, job, task: task.abort_handle(), ended: false };
    let head = batches.next().unwrap_or_else(|| Err(given_up("")))?;
    Ok(Blocks::new(head, 0, batches))
}

/// Sends the columns without rows, then the rows.
async fn give(
    runs: Arc<Runs>,
    query: &str,
    limit: usize,
    job: &Job,
    tell: &SyncSender<Result<DataFrame>>,
) -> Result<(), Trouble> {
    let send = |frame: DataFrame| block_in_place(|| tell.send(Ok(frame))).is_ok();
    let (state, physical) = match prepare(runs, query, job).await? {
        Prepared::Rows(schema, batches) => {
            let frame = convert::frame(&schema, &batches)?;
            let _ = send(frame.head(Some(0))) && send(frame.head(Some(limit)));
            return Ok(());
        }
        Prepared::Plan(state, physical) => (state, physical),
    };
    let mut batches = execute_stream(physical, state.task_ctx())?;
    let schema = batches.schema();
    let mut left = limit;
    if !send(convert::frame(&schema, &[])?) {
        return Ok(());
    }
    while left > 0
        && let Some(batch) = batches.next().await
    {
        let batch = batch?;
        let batch = batch.slice(0, batch.num_rows().min(left));
        left -= batch.num_rows();
        if !send(convert::frame(&schema, &[batch])?) {
            return Ok(());
        }
    }
    Ok(())
}

/// What a query's task sends, until it ends or its job is cancelled. The task ends when this is dropped.
struct Batches {
    told: Receiver<Result<DataFrame>>,
    job: Job,
    task: AbortHandle,
    ended: bool,
}

impl Iterator for Batches {
    type Item = Result<DataFrame>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.told.recv_timeout(LOOK) {
                Ok(Ok(rows)) => return Some(Ok(rows)),
                Ok(Err(error)) => {
                    self.ended = true;
                    return Some(Err(error));
                }
                Err(RecvTimeoutError::Disconnected) => self.ended = true,
                Err(RecvTimeoutError::Timeout) if self.job.is_cancelled() => {
                    self.ended = true;
                    return Some(Err(Error::Cancelled));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        None
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.task.abort();
    }
}
