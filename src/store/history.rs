//! `history.parquet`: one row a run, kept when the run itself is dropped. Each commit adds the rows of the runs that it lacks,
//! so that a file that was lost, or that a crash left behind by a run, is made whole from the runs there are.

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use polars::prelude::*;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, Result};
use crate::files::{self, Share};
use crate::stage::StageId;
use crate::store::checksums::BlockHasher;
use crate::store::front_page::{FrontPage, Told};
use crate::store::parquet;
use crate::store::record::RunInfo;
use crate::store::results::Segments;
use crate::store::stages::FileRecord;
use crate::store::verified::Verified;

/// The file's name in the workspace, and the table's in a query.
const NAME: &str = "history.parquet";
pub(super) const TABLE: &str = "history";
/// What one that cannot be read is renamed to: nothing is thrown away.
const DAMAGED: &str = "history.damaged.parquet";
/// The most bytes that are read of it.
const MOST: u64 = 1 << 30;

/// The metrics kept of each stage; `@` is no letter of a column's name.
const METRICS: [(StageId, &[&str]); 5] = [
    (StageId::Segments, &["k", "silhouette", "inertia"]),
    (
        StageId::Churn,
        &[
            "inactive_days",
            "base_rate",
            "auc",
            "auc_low",
            "auc_high",
            "active_base_rate",
            "active_auc",
            "active_auc_low",
            "active_auc_high",
            "expected_leaving",
        ],
    ),
    (
        StageId::Ltv,
        &[
            "rmse",
            "rmse_mean",
            "gini",
            "gini_low",
            "gini_high",
            "revenue_gini",
            "expected_total",
            "revenue_expected_total",
        ],
    ),
    (StageId::Recommend, &["recall@5", "ndcg@5", "popularity_recall@5", "coverage"]),
    (StageId::Uplift, &["ate", "ate_low", "ate_high", "qini", "policy_value", "one_arm_value"]),
];

/// The columns of real numbers that come of metrics.
pub(super) fn metric_columns() -> impl Iterator<Item = (String, StageId, &'static str)> {
    METRICS.into_iter().flat_map(|(stage, names)| {
        names.iter().map(move |name| (format!("{stage}_{}", name.replace('@', "_at_")), stage, *name))
    })
}

/// Adds what the file lacks of these runs, the earliest first; without a lack it is left as it is.
pub(super) fn extend(root: &Path, runs: &[RunInfo], share: Share) -> Result<()> {
    let path = root.join(NAME);
    let held = match read(root) {
        Ok(held) => held,
        Err(error @ Error::Damaged { .. }) => {
            tracing::warn!(%error, "the history is begun anew from the runs there are");
            fs::rename(&path, root.join(DAMAGED)).map_err(Error::io(&path))?;
            None
        }
        Err(error) => return Err(error),
    };
    let known: Vec<String> = match &held {
        Some(held) => held.column("run")?.str()?.iter().flatten().map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let new: Vec<&RunInfo> = runs.iter().filter(|run| !known.contains(&run.id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut table = match held {
        Some(held) => joined(&held, &rows(&new)?)?,
        None => rows(&new)?,
    };
    let mut bytes = Vec::new();
    parquet::write(&mut bytes, &mut table)?;
    files::replace(&path, &bytes, share)
}

/// The table as it stands; `None` where there is no file.
pub(super) fn read(root: &Path) -> Result<Option<DataFrame>> {
    let path = root.join(NAME);
    let folder = files::open_folder(root)?;
    let file = match files::open_below(folder, root, NAME) {
        Ok(file) => file,
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let bytes = files::read_at_most(file, &path, MOST)?;
    let damaged = |error: String| Error::damaged_run(&path, error);
    let table = crate::caught::caught(|| ParquetReader::new(Cursor::new(bytes)).finish());
    let table = table.map_err(damaged)?.map_err(|error| damaged(error.to_string()))?;
    let has_runs = table.column("run").is_ok_and(|column| column.dtype() == &DataType::String);
    if has_runs { Ok(Some(table)) } else { Err(damaged("has no column of runs".to_owned())) }
}

/// The file as a table of a query; `None` where there is none.
pub(super) fn open(root: &Path) -> Result<Option<Verified>> {
    let path = root.join(NAME);
    let opened = || files::open_below(files::open_folder(root)?, root, NAME);
    let file = match opened() {
        Ok(file) => file,
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // Whatever replaces it meanwhile has another file: what is read and what is opened are one.
    let copy = file.try_clone().map_err(Error::io(&path))?;
    let bytes = files::read_at_most(copy, &path, MOST)?;
    let mut blocks = BlockHasher::default();
    blocks.update(&bytes);
    let record = FileRecord {
        name: NAME.to_owned(),
        bytes: bytes.len() as u64,
        xxh3: format!("{:016x}", xxh3_64(&bytes)),
        blocks: blocks.finish(),
    };
    Verified::new(file, &path, &record).map(Some)
}

/// Both tables one below the other, by the names of their columns; what one lacks is null in its rows.
fn joined(above: &DataFrame, below: &DataFrame) -> Result<DataFrame> {
    let mut columns: Vec<Column> = Vec::new();
    for column in above.columns() {
        let name = column.name();
        let more = match below.column(name) {
            Ok(more) => more.cast(column.dtype())?,
            Err(_) => Column::full_null(name.clone(), below.height(), column.dtype()),
        };
        let mut column = column.clone();
        column.append(&more)?;
        columns.push(column);
    }
    for column in below.columns().iter().filter(|column| above.column(column.name()).is_err()) {
        let mut whole = Column::full_null(column.name().clone(), above.height(), column.dtype());
        whole.append(column)?;
        columns.push(whole);
    }
    Ok(DataFrame::new_infer_height(columns)?)
}

/// A row a run.
fn rows(runs: &[&RunInfo]) -> Result<DataFrame> {
    let text = |name: &str, of: &dyn Fn(&RunInfo) -> Option<String>| {
        Column::new(name.into(), runs.iter().map(|run| of(run)).collect::<Vec<Option<String>>>())
    };
    let whole = |name: &str, of: &dyn Fn(&RunInfo) -> Option<u64>| {
        Column::new(name.into(), runs.iter().map(|run| of(run)).collect::<Vec<Option<u64>>>())
    };
    let real = |name: &str, of: &dyn Fn(&RunInfo) -> Option<f64>| {
        Column::new(name.into(), runs.iter().map(|run| of(run)).collect::<Vec<Option<f64>>>())
    };
    let time = |name: &str, of: fn(&RunInfo) -> i64| {
        let times: Vec<i64> = runs.iter().map(|run| of(run)).collect();
        let times = Int64Chunked::from_slice(name.into(), &times);
        times.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)).into_column()
    };
    let mut columns = vec![
        text("run", &|run| Some(run.id.clone())),
        time("created", |run| run.created_ms),
        time("as_of", |run| run.as_of),
        text("engine", &|run| Some(run.engine.clone())),
        text("version", &|run| Some(run.version.clone())),
        Column::new("complete".into(), runs.iter().map(|run| run.is_complete()).collect::<Vec<bool>>()),
        whole("users", &|run| Some(run.users)),
        whole("items", &|run| Some(run.items)),
        whole("events_read", &|run| run.read_input().events.read),
        whole("events", &|run| run.read_input().events.accepted),
        whole("duplicates", &|run| run.read_input().events.duplicates),
        whole("rejected", &|run| Some(run.read_input().events.rejected.iter().map(|(_, rows)| rows).sum())),
        whole("best_customers", &|run| figure(run, |page| &page.best_customers).map(|best| best.users)),
        real("best_customers_net", &|run| figure(run, |page| &page.best_customers).map(|best| best.net)),
        whole("gone_quiet", &|run| figure(run, |page| &page.gone_quiet).map(|quiet| quiet.users)),
        whole("at_risk", &|run| figure(run, |page| &page.at_risk).map(|risk| risk.users)),
        whole("active", &|run| figure(run, |page| &page.at_risk).map(|risk| risk.active)),
        real("money_at_stake", &|run| figure(run, |page| &page.money_at_stake)),
        real("orders_28d", &|run| figure(run, |page| &page.orders).map(|orders| orders.last)),
        real("revenue_28d", &|run| figure(run, |page| &page.revenue).map(|revenue| revenue.last)),
        real("active_customers_28d", &|run| figure(run, |page| &page.active_customers).map(|active| active.last)),
    ];
    let profiles = |run: &&RunInfo| run.detail::<Segments>().profiles;
    let names = runs.iter().map(|run| {
        Series::new("".into(), profiles(run).into_iter().map(|profile| profile.name).collect::<Vec<String>>())
    });
    columns.push(Column::new("segments".into(), names.collect::<Vec<Series>>()));
    let sizes = runs.iter().map(|run| {
        Series::new("".into(), profiles(run).iter().map(|profile| profile.size as f64).collect::<Vec<f64>>())
    });
    columns.push(Column::new("segment_sizes".into(), sizes.collect::<Vec<Series>>()));
    columns.extend(metric_columns().map(|(column, stage, name)| {
        real(&column, &|run| run.stage(stage)?.metrics.get(name).and_then(Value::as_f64))
    }));
    Ok(DataFrame::new_infer_height(columns)?)
}

/// A figure of the front page.
fn figure<T: Clone>(run: &RunInfo, of: impl Fn(&FrontPage) -> &Told<T>) -> Option<T> {
    run.figures.as_ref().and_then(|page| of(page).value.clone())
}
