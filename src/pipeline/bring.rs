//! A log that lies in a database, brought into the workspace before the stages are planned.

use crate::error::{Error, Result};
use crate::ingest::Fetched;
use crate::pipeline::board::Board;
use crate::pipeline::request::RunRequest;
use crate::stage::{StageId, StageState};
use crate::store::Writer;

/// Brings a log that lies elsewhere into the workspace for the time of the run.
pub(super) fn bring(request: &RunRequest, writer: &Writer, board: &Board) -> Result<Fetched> {
    let job = board.job(StageId::Ingest);
    board.start(StageId::Ingest);
    let (query, password_file) = (&request.config.ingest.query, request.config.database.password_file());
    let brought = writer
        .scratch()
        .and_then(|folder| Fetched::whole(&request.input, query, password_file.as_deref(), folder, &job));
    if let Err(error) = &brought {
        let state = if matches!(error, Error::Cancelled) { StageState::Cancelled } else { StageState::Failed };
        board.finish(StageId::Ingest, state, Some(error.to_string()));
    }
    brought
}
