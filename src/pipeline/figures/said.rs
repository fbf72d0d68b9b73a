//! What the models of a run say of every user, kept while its stages run or read back from the run they were taken over from.

use std::collections::HashMap;

use polars::prelude::*;

use crate::config::Config;
use crate::features::{FeatureTable, labels};
use crate::ingest::EventLog;
use crate::pipeline::figures::Said;
use crate::stage::{StageId, StageState};
use crate::store::results::Churn;
use crate::store::{Run, StageRecord};

/// The columns that figures are made of, with the tables that hold them.
const COLUMNS: [(&str, &str); 2] = [("churn", "churn"), ("ltv", "revenue")];

/// Columns of tables that were written in this run, by table.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Kept(HashMap<&'static str, Vec<f32>>);

impl Kept {
    /// Keeps of a table what figures are made of.
    pub fn keep(&mut self, table: &str, frame: &DataFrame) {
        for (known, column) in COLUMNS {
            if let Some(values) = (known == table).then(|| values(frame, column)).flatten() {
                self.0.insert(known, values);
            }
        }
    }

    /// What is known of every user of `now`; of a stage that was taken over, by `previous`.
    pub fn said(
        self,
        (log, now): (&EventLog, &FeatureTable),
        records: &[StageRecord],
        previous: Option<&Run>,
        config: &Config,
    ) -> Said {
        let of = |stage: StageId, table: &'static str, column: &str| {
            let record = records.iter().find(|record| record.id == stage && record.has_results());
            let record = record.ok_or_else(|| {
                let state = records.iter().find(|record| record.id == stage).map(|record| record.state);
                format!("{stage} {}", state.map_or("has not run", |state| ended(state)))
            })?;
            let read = || previous.and_then(|run| run.table(table).ok()).and_then(|frame| values(&frame, column));
            let found = self.0.get(table).cloned().or_else(read).filter(|values| values.len() == now.len());
            Ok((record, found.ok_or_else(|| format!("{stage} tells no {column}"))?))
        };
        let churn = of(StageId::Churn, "churn", "churn").and_then(|(record, churn)| {
            let base = record.metrics_of::<Churn>().figures.get("active_base_rate");
            let base = base.ok_or_else(|| "nobody was active at churn's cutoff".to_owned())?;
            let active = labels::active(now, config.churn.inactive_days.days(log));
            Ok((churn, active, base.value))
        });
        Said { churn, revenue: of(StageId::Ltv, "ltv", "revenue").map(|(_, revenue)| revenue) }
    }
}

/// How a stage without results ended, in words.
fn ended(state: StageState) -> &'static str {
    match state {
        StageState::Skipped => "was skipped",
        StageState::Failed => "failed",
        StageState::Cancelled => "was cancelled",
        StageState::Waiting | StageState::Running | StageState::Done | StageState::Cached => "left no results",
    }
}

/// A column of real numbers, NaN where unknown.
fn values(frame: &DataFrame, column: &str) -> Option<Vec<f32>> {
    let values = frame.column(column).ok()?.f32().ok()?;
    Some(values.iter().map(|value| value.unwrap_or(f32::NAN)).collect())
}
