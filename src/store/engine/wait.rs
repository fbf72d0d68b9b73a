//! Waits for a query on a thread that may not run it: cancelled within moments when its job is.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use futures::FutureExt;

use crate::caught;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::engine::session::threads;

/// How long a cancel may go unseen.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// Does work of the query engine on its own threads. What the engine answers with a panic is an error of the query.
///
/// # Errors
/// What the work returns; [`Error::Cancelled`] once the job is; [`Error::Query`] where the engine gives up.
pub(super) fn wait_for<T: Send + 'static>(
    job: &Job,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let (tell, told) = mpsc::sync_channel(1);
    let task = threads()?.spawn(async move {
        let done = AssertUnwindSafe(work).catch_unwind().await;
        // Whoever asked may have gone.
        let _ = tell.send(done);
    });
    loop {
        match told.recv_timeout(LOOK) {
            Ok(done) => return done.unwrap_or_else(|panic| Err(given_up(caught::text(panic.as_ref())))),
            Err(RecvTimeoutError::Timeout) if job.is_cancelled() => {
                task.abort();
                return Err(Error::Cancelled);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(given_up("")),
        }
    }
}

/// The error of a query that the engine answers with a panic.
pub(super) fn given_up(said: &str) -> Error {
    let line = said.lines().next().unwrap_or_default();
    let short: String = line.chars().take(160).collect();
    let what = if short.is_empty() { String::new() } else { format!(": {short}") };
    Error::Query(format!("the query engine cannot do this with values of these types{what}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_of_the_engine_is_an_error_of_the_query() {
        let work = async { panic!("no interval is this") };
        let told = wait_for::<()>(&Job::new(), work).unwrap_err().to_string();
        assert!(told.contains("no interval is this"), "{told}");
    }

    #[test]
    fn work_that_does_not_end_is_left_once_its_job_is_cancelled() {
        let job = Job::new();
        let other = job.clone();
        let work = async move {
            other.cancel();
            std::future::pending::<()>().await;
            Ok(())
        };
        assert!(matches!(wait_for(&job, work), Err(Error::Cancelled)));
    }
}
