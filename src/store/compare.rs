//! What changed between two runs: who moved to which segment, whose churn moved most, metrics side by side.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use polars::prelude::*;
use serde_json::Value;

use crate::error::Result;
use crate::format::{self, counted, subject, thousands};
use crate::stage::StageId;
use crate::store::columns::{Shown, metric};
use crate::store::moves;
use crate::store::record::RunInfo;
use crate::store::results::Input;
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::terms::Terms;

/// A metric of a stage in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricPair {
    /// The stage.
    pub stage: String,
    /// The metric.
    pub metric: String,
    /// Its value in the earlier run.
    pub before: Option<f64>,
    /// Its value in the later run.
    pub after: Option<f64>,
}

impl MetricPair {
    /// Its name, its value before and after, and the change, in words.
    pub fn told(&self, terms: &Terms) -> [String; 4] {
        let (name, way) = self.words(terms);
        let said = |value: f64| way.number(value, &terms.currency);
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), said);
        // Shares differ by percentage points.
        let by = if way == Shown::Share { Shown::Points } else { way };
        let moved = |value: f64| by.number(value, &terms.currency);
        let change = match (self.before, self.after) {
            (Some(before), Some(after)) => match after.total_cmp(&before) {
                Ordering::Equal => "same".to_owned(),
                Ordering::Greater => format!("+{}", moved(after - before).trim_start_matches('+')),
                Ordering::Less => moved(after - before),
            },
            _ => "-".to_owned(),
        };
        [name, number(self.before), number(self.after), change]
    }

    /// What it is called on screen, and how it is shown.
    pub fn words(&self, terms: &Terms) -> (String, Shown) {
        let stage = StageId::from_name(&self.stage);
        match stage.and_then(|stage| metric(stage, &self.metric)) {
            Some((entry, part)) => {
                let of = if part.is_empty() { String::new() } else { format!(", {part}") };
                let number = entry.number_in(&self.metric);
                (format!("{} {}{number}{of}", self.stage, entry.label), terms.of_metric(entry, &self.metric))
            }
            None if self.stage == self.metric => (self.metric.clone(), Shown::Count),
            None => (format!("{} {}", self.stage, self.metric), Shown::Count),
        }
    }
}

impl Comparison {
    /// What matters of it in words: who is new and who is gone, who moved where, whose churn moved far.
    pub fn sentences(&self) -> Vec<String> {
        const MOVES: usize = 3;
        let [both, gone, new] = self.users;
        let mut said = vec![format!(
            "{} in both runs, {} new, {} no longer there.",
            counted(both, "users"),
            thousands(new),
            thousands(gone)
        )];
        if let Some(migration) = &self.migration {
            let moves = migration.moves();
            let of_all = if moves.len() > MOVES {
                format!(", the {MOVES} largest of {} moves", moves.len())
            } else {
                String::new()
            };
            let told: Vec<String> = moves
                .iter()
                .take(MOVES)
                .map(|(from, to, count)| format!("{} from {from} to {to}", thousands(*count)))
                .collect();
            said.push(if told.is_empty() {
                "Nobody moved to another segment.".to_owned()
            } else {
                let moved = subject(migration.moved(), "users", "have");
                format!("{moved} moved to another segment: {}{of_all}.", told.join("; "))
            });
        }
        if let Some([likelier, less]) = self.churn_moved {
            let points = format::percent(FAR).replace(".0 %", "");
            said.push(if likelier + less == 0 {
                format!("Nobody's churn moved by {points} points or more.")
            } else {
                format!(
                    "{} likelier to leave by {points} points or more, {} less likely.",
                    subject(likelier, "users", "are"),
                    thousands(less)
                )
            });
        }
        said
    }

    /// All metrics as a table.
    ///
    /// # Errors
    /// None is expected: the columns are made here, of one length.
    pub fn metric_table(&self) -> Result<DataTable> {
        let rows: Vec<[String; 4]> = self.figures().map(|pair| pair.told(&self.terms)).collect();
        let column = |name: &str, at: usize| {
            Column::new(name.into(), rows.iter().map(|row| row[at].clone()).collect::<Vec<String>>())
        };
        let columns = vec![column("metric", 0), column("before", 1), column("after", 2), column("change", 3)];
        Ok(DataTable::of_frame(DataFrame::new_infer_height(columns)?))
    }

    /// The metrics without the ends of their intervals.
    pub fn figures(&self) -> impl Iterator<Item = &MetricPair> {
        let has = |stage: &str, name: &str| self.metrics.iter().any(|pair| pair.stage == stage && pair.metric == name);
        self.metrics.iter().filter(move |pair| {
            let is_end = |end: &str| pair.metric.strip_suffix(end).is_some_and(|of| has(&pair.stage, of));
            !is_end("_low") && !is_end("_high")
        })
    }
}

/// How many users went from which segment to which.
///
/// Both runs' users are scored by the earlier run's transform and centres, so that only who behaves otherwise has moved.
/// Where the earlier run keeps no model the segments of each run are compared by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    /// Segments of the earlier run.
    pub from: Vec<String>,
    /// Segments of the later run.
    pub to: Vec<String>,
    /// Users per pair, a row per earlier segment.
    pub users: Vec<Vec<u64>>,
    /// Users who stay by the earlier run's centres and are in a segment of another name in the later run: moved by its new
    /// clustering alone. `None` where segments are compared by their names.
    pub by_clustering: Option<u64>,
    /// Why segments are compared by their names.
    pub by_names: Option<String>,
}

impl Migration {
    /// The pairs of segments between which users went, the most first.
    pub fn moves(&self) -> Vec<(&str, &str, u64)> {
        let mut moves = Vec::new();
        for (from, users) in self.from.iter().zip(&self.users) {
            for (to, count) in self.to.iter().zip(users).filter(|(to, count)| *to != from && **count > 0) {
                moves.push((from.as_str(), to.as_str(), *count));
            }
        }
        moves.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        moves
    }

    /// How many users went from one segment to another.
    pub fn moved(&self) -> u64 {
        let rows = self.from.iter().zip(&self.users);
        let others = |(from, users): (&String, &Vec<u64>)| -> u64 {
            self.to.iter().zip(users).filter(|(to, _)| *to != from).map(|(_, count)| count).sum()
        };
        rows.map(others).sum()
    }
}

/// What changed between two runs.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Id of the earlier run.
    pub before: String,
    /// Id of the later run.
    pub after: String,
    /// Up to when the log of each went, a day of the shop's clock.
    pub logs_to: [String; 2],
    /// Users in both runs, only in the earlier, only in the later.
    pub users: [u64; 3],
    /// Metrics side by side, in the order of the stages.
    pub metrics: Vec<MetricPair>,
    /// How many users are likelier to leave by ten points or more, and how many less; `None` where a run tells no churn.
    pub churn_moved: Option<[u64; 2]>,
    /// Segment migration of the users in both runs.
    pub migration: Option<Migration>,
    /// The users in both runs, those whose churn moved most first.
    pub moved: DataTable,
    /// The terms of the later run.
    pub terms: Terms,
}

/// Where a user was and is by the earlier run's centres.
const THEN: &str = "segment_scored";
const NOW: &str = "segment_by_earlier";

/// A change of churn that is told.
const FAR: f64 = 0.1;

/// Columns of the comparison that are numbers in both runs.
const SCORES: [&str; 4] = ["churn", "ltv", "uplift", "simulated_uplift"];

/// Compares a run with an earlier one.
pub fn compare(before: &Run, after: &Run) -> Result<Comparison> {
    let (old, new) = (DataTable::users(before)?, DataTable::users(after)?);
    let wanted = |table: &DataTable| -> Result<DataFrame> {
        let known = ["user_id", "segment", "churn", "ltv", "uplift", "simulated_uplift"].into_iter();
        let known: Vec<String> = known.filter(|name| table.column(name).is_some()).map(str::to_owned).collect();
        let all: Vec<u32> = (0..table.len() as u32).collect();
        table.select(&all, Some(&known))
    };
    let (mut old, mut new) = (wanted(&old)?, wanted(&new)?);
    let scored = moves::scored(before, after).and_then(|scored| {
        let fits = scored.before.len() == old.height() && scored.after.len() == new.height();
        if fits { Ok(scored) } else { Err("a run has not as many features as users".to_owned()) }
    });
    if let Ok(scored) = &scored {
        old.with_column(scored.column(THEN, &scored.before))?;
        new.with_column(scored.column(NOW, &scored.after))?;
    }
    let counts = (old.height() as u64, new.height() as u64);
    let joined = new.lazy().join(
        old.lazy(),
        [col("user_id")],
        [col("user_id")],
        JoinArgs::new(JoinType::Inner).with_suffix(Some("_before".into())),
    );
    let mut joined = joined.collect()?;
    let both = joined.height() as u64;
    for score in SCORES {
        let earlier = format!("{score}_before");
        if let (Ok(later), Ok(earlier)) = (joined.column(score), joined.column(&earlier)) {
            let moved = (later.cast(&DataType::Float64)? - earlier.cast(&DataType::Float64)?)?;
            joined.with_column(moved.with_name(format!("{score}_change").into()))?;
        }
    }
    let migration = match scored {
        Ok(scored) => by_centres(&joined, scored.names),
        Err(why) => migration(&joined)?.map(|migration| Migration { by_names: Some(why), ..migration }),
    };
    let churn_moved = joined.column("churn_change").ok().and_then(|change| change.f64().ok()).map(|change| {
        let of = |far: fn(f64) -> bool| change.iter().flatten().filter(|&by| far(by)).count() as u64;
        [of(|by| by >= FAR), of(|by| by <= -FAR)]
    });
    let terms = Terms::of(after.info());
    let moved = arranged(&joined)?.worded("What changed", &terms);
    Ok(Comparison {
        before: before.info().id.clone(),
        after: after.info().id.clone(),
        logs_to: [before, after].map(|run| run.info().zone().date(run.info().as_of)),
        users: [both, counts.0 - both, counts.1 - both],
        metrics: metrics(before.info(), after.info()),
        churn_moved,
        migration,
        moved,
        terms,
    })
}

/// Columns side by side, and the rows by how far their churn moved.
fn arranged(joined: &DataFrame) -> Result<DataTable> {
    let mut names = vec!["user_id".to_owned()];
    for column in ["churn", "segment", "ltv", "uplift", "simulated_uplift"] {
        for ending in ["_change", "_before", ""] {
            let name = format!("{column}{ending}");
            if joined.column(&name).is_ok() {
                names.push(name);
            }
        }
        if column == "segment" && joined.column(NOW).is_ok() {
            names.push(NOW.to_owned());
        }
    }
    let mut chosen = joined.select(names)?;
    if let Ok(change) = chosen.column("churn_change") {
        let values: Vec<f64> = change.f64()?.iter().map(|value| value.map_or(-1.0, f64::abs)).collect();
        let mut rows: Vec<u32> = (0..values.len() as u32).collect();
        rows.sort_by(|a, b| values[*b as usize].total_cmp(&values[*a as usize]));
        chosen = chosen.take(&IdxCa::from_slice("row".into(), &rows))?;
    }
    Ok(DataTable::of_frame(chosen))
}

/// Moves by the earlier run's centres, and what the later run's clustering moved besides.
fn by_centres(joined: &DataFrame, names: Vec<String>) -> Option<Migration> {
    let column = |name: &str| joined.column(name).ok().and_then(|column| column.str().ok());
    let (then, now) = (column(THEN)?, column(NOW)?);
    let (was, is) = (column("segment_before")?, column("segment")?);
    let mut users = vec![vec![0; names.len()]; names.len()];
    let mut by_clustering = 0;
    let place = |name: Option<&str>| names.iter().position(|known| Some(known.as_str()) == name);
    for ((then, now), (was, is)) in then.iter().zip(now.iter()).zip(was.iter().zip(is.iter())) {
        by_clustering += u64::from(then == now && was != is);
        if let (Some(from), Some(to)) = (place(then), place(now)) {
            users[from][to] += 1;
        }
    }
    Some(Migration { from: names.clone(), to: names, users, by_clustering: Some(by_clustering), by_names: None })
}

fn migration(joined: &DataFrame) -> Result<Option<Migration>> {
    let (Ok(from), Ok(to)) = (joined.column("segment_before"), joined.column("segment")) else { return Ok(None) };
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for pair in from.str()?.iter().zip(to.str()?.iter()) {
        if let (Some(from), Some(to)) = pair {
            *counts.entry((from, to)).or_default() += 1;
        }
    }
    let names = |later: bool| {
        let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
        for ((from, to), count) in &counts {
            *totals.entry(if later { to } else { from }).or_default() += count;
        }
        let mut names: Vec<(String, u64)> = totals.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        names.sort_by_key(|(_, users)| std::cmp::Reverse(*users));
        names.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let (from, to) = (names(false), names(true));
    let users = from
        .iter()
        .map(|from| to.iter().map(|to| counts.get(&(from.as_str(), to.as_str())).copied().unwrap_or(0)).collect())
        .collect();
    Ok(Some(Migration { from, to, users, ..Migration::default() }))
}

fn metrics(before: &RunInfo, after: &RunInfo) -> Vec<MetricPair> {
    let value =
        |info: &RunInfo, stage: StageId, metric: &str| info.stage(stage)?.metrics.get(metric).and_then(Value::as_f64);
    let (read_before, read_after) = (before.read_input(), after.read_input());
    let counts = |input: &Input| {
        let rows = &input.events;
        [
            ("events", "accepted", rows.accepted),
            ("events", "duplicates", rows.duplicates),
            ("users", "users", input.users),
            ("items", "items", input.items),
        ]
    };
    let mut pairs: Vec<MetricPair> = counts(&read_before)
        .into_iter()
        .zip(counts(&read_after))
        .map(|((stage, metric, before), (.., after))| MetricPair {
            stage: stage.to_owned(),
            metric: metric.to_owned(),
            before: before.map(|count| count as f64),
            after: after.map(|count| count as f64),
        })
        .filter(|pair| pair.before.is_some() || pair.after.is_some())
        .collect();
    for stage in &after.stages {
        let earlier = before.stage(stage.id);
        let mut names: Vec<&String> = stage.metrics.keys().collect();
        names.extend(
            earlier.iter().flat_map(|stage| stage.metrics.keys()).filter(|name| !stage.metrics.contains_key(*name)),
        );
        for name in names {
            let (old, new) = (value(before, stage.id, name), value(after, stage.id, name));
            if (old.is_some() || new.is_some()) && stage.id != StageId::Ingest {
                pairs.push(MetricPair {
                    stage: stage.id.name().to_owned(),
                    metric: name.clone(),
                    before: old,
                    after: new,
                });
            }
        }
    }
    pairs
}
