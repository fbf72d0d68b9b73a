//! What the panes say of all users together: distributions, the map, what a budget buys, the segments' means.

use polars::prelude::*;

use crate::error::Result;
use crate::job::Job;
use crate::models::segments::SegmentProfile;
use crate::store::cell::Cell;
use crate::store::columns;
use crate::store::engine::sql_of_job;
use crate::store::history;
use crate::store::results::Segments;
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::terms::Terms;

/// Bins of a distribution.
pub const BINS: usize = 50;
/// Steps of the thresholds that are counted: 0.00, 0.01, …, 1.00.
pub const THRESHOLDS: usize = 101;
/// Points of the map at most; what is drawn is a sample of users and says so.
const POINTS: usize = 4000;

/// How many users have which value.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Lower end of the first bin and upper end of the last; powers of ten where `log` is set.
    pub bounds: (f64, f64),
    /// Whether bins are equal on a logarithmic scale.
    pub log: bool,
    /// Users per bin.
    pub counts: Vec<f64>,
    /// Users whose value is 0 or below and has no place on a logarithmic scale.
    pub below: u64,
}

/// A sample of users on the plane of the first two principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// Segment and its users' places, in the order of the segments.
    pub classes: Vec<(String, Vec<(f64, f64)>)>,
    /// Users drawn.
    pub drawn: u64,
    /// Users in all.
    pub all: u64,
}

/// What a campaign gains that reaches those first who are worth most: by net where it is known, else by uplift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Users reached.
    pub users: u64,
    /// Sum of their uplift: conversions (or money) expected beyond those without the campaign.
    pub extra: f64,
    /// Sum of their net; `None` where no margin is known.
    pub net: Option<f64>,
    /// The net of the last user reached, or the uplift where no net is known.
    pub least: f64,
}

/// What the panes say of all users together; `None` where the run lacks the stage.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Churn probabilities of the active users; of all where the run does not tell who is active.
    pub churn: Option<Distribution>,
    /// Those of them whose churn is at least 0.00, 0.01, …, 1.00.
    pub churn_at_least: Vec<u64>,
    /// Whether these are of the active users alone.
    pub churn_is_of_active: bool,
    /// Expected purchases.
    pub ltv: Option<Distribution>,
    /// How likely each buyer still is one; `None` where nobody bought.
    pub alive: Option<Distribution>,
    /// Ascending budgets, in round numbers of users; the last is everybody.
    pub budgets: Vec<Budget>,
    /// The map of segments.
    pub map: Option<Map>,
    /// One row per segment, the largest first.
    pub segments: Option<DataTable>,
    /// The tables that can be queried.
    pub tables: Vec<TableInfo>,
}

/// A table that can be queried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Computes the summary.
pub fn summary(run: &Run, users: &DataTable, job: &Job) -> Result<Summary> {
    let mut summary = Summary::default();
    if let Some(mut values) = users.numbers("churn")? {
        // The question is who of the active will leave.
        if let Some(active) = users.numbers("active")? {
            values
                .iter_mut()
                .zip(&active)
                .filter(|(_, active)| **active <= 0.0)
                .for_each(|(churn, _)| *churn = f64::NAN);
            summary.churn_is_of_active = true;
        }
        summary.churn = Some(linear(&values));
        summary.churn_at_least = at_least(&values);
    }
    job.check()?;
    summary.ltv = users.numbers("ltv")?.map(|values| logarithmic(&values));
    job.check()?;
    summary.alive =
        users.numbers("p_alive")?.map(|values| linear(&values)).filter(|of| of.counts.iter().any(|&n| n > 0.0));
    job.check()?;
    let uplift = match users.numbers("uplift")? {
        None => users.numbers("simulated_uplift")?,
        real => real,
    };
    if let Some(uplift) = uplift {
        summary.budgets = budgets(&uplift, users.numbers("net")?.as_deref());
    }
    job.check()?;
    let names = segment_names(run);
    summary.map = map(users, &names)?;
    job.check()?;
    summary.segments = segments(run, users, &names, job)?;
    summary.tables = tables(run, users)?;
    Ok(summary)
}

/// What can be queried: the users and the run's own tables.
fn tables(run: &Run, users: &DataTable) -> Result<Vec<TableInfo>> {
    let columns = users.columns().iter().map(|column| column.name.clone()).collect();
    let mut tables = vec![TableInfo { name: "users".to_owned(), rows: users.len() as u64, columns }];
    for name in run.tables() {
        let table = DataTable::of_run(run, name)?;
        let columns = table.columns().iter().map(|column| column.name.clone()).collect();
        tables.push(TableInfo { name: name.to_owned(), rows: table.len() as u64, columns });
    }
    // A workspace of an older program has none yet.
    if let Ok(history) = DataTable::of_run(run, history::TABLE) {
        let columns = history.columns().iter().map(|column| column.name.clone()).collect();
        tables.push(TableInfo { name: history::TABLE.to_owned(), rows: history.len() as u64, columns });
    }
    Ok(tables)
}

/// Names of the segments, the largest first, as the run recorded them.
fn segment_names(run: &Run) -> Vec<String> {
    run.info().detail::<Segments>().profiles.into_iter().map(|profile| profile.name).collect()
}

/// Equal bins over [0, 1].
fn linear(values: &[f64]) -> Distribution {
    let mut counts = vec![0.0; BINS];
    for value in values.iter().filter(|value| value.is_finite()) {
        counts[((value * BINS as f64) as usize).min(BINS - 1)] += 1.0;
    }
    Distribution { bounds: (0.0, 1.0), log: false, counts, below: 0 }
}

/// Equal bins over the logarithms of what is above 0.
fn logarithmic(values: &[f64]) -> Distribution {
    let logs: Vec<f64> = values.iter().filter(|value| **value > 0.0).map(|value| value.log10()).collect();
    let below = values.iter().filter(|value| **value <= 0.0).count() as u64;
    let (low, high) =
        logs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| (low.min(*log), high.max(*log)));
    let mut counts = vec![0.0; if logs.is_empty() { 0 } else { BINS }];
    let width = (high - low).max(1e-9);
    for log in &logs {
        counts[(((log - low) / width * BINS as f64) as usize).min(BINS - 1)] += 1.0;
    }
    Distribution { bounds: (10_f64.powf(low), 10_f64.powf(high)), log: true, counts, below }
}

fn at_least(values: &[f64]) -> Vec<u64> {
    let mut users = vec![0_u64; THRESHOLDS];
    for value in values.iter().filter(|value| value.is_finite()) {
        // The nudge keeps 0.29, whose hundredfold is a little below 29, at its own threshold.
        users[((value * 100.0 + 1e-9).max(0.0) as usize).min(THRESHOLDS - 1)] += 1;
    }
    for at in (0..THRESHOLDS - 1).rev() {
        users[at] += users[at + 1];
    }
    users
}

/// Round numbers of users up to all of them.
fn round_numbers(all: u64) -> Vec<u64> {
    let mut steps = Vec::new();
    let mut ten = 10;
    while ten < all {
        steps.extend(
            [10, 15, 20, 30, 40, 50, 60, 80].map(|tenths| ten * tenths / 10).into_iter().filter(|step| *step < all),
        );
        ten *= 10;
    }
    steps.push(all);
    steps
}

fn budgets(uplift: &[f64], net: Option<&[f64]>) -> Vec<Budget> {
    // Uplift and net of each user, of whom the last decides the order.
    let mut worth: Vec<(f64, f64)> = match net {
        Some(net) => uplift.iter().copied().zip(net.iter().copied()).collect(),
        None => uplift.iter().map(|&uplift| (uplift, uplift)).collect(),
    };
    worth.retain(|(uplift, worth)| uplift.is_finite() && worth.is_finite());
    worth.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.total_cmp(&a.0)));
    let (mut extra, mut sum, mut from) = (0.0, 0.0, 0);
    let steps = round_numbers(worth.len() as u64).into_iter().filter(|_| !worth.is_empty());
    steps
        .map(|users| {
            for (uplift, worth) in &worth[from..users as usize] {
                extra += uplift;
                sum += worth;
            }
            from = users as usize;
            Budget { users, extra, net: net.map(|_| sum), least: worth[from - 1].1 }
        })
        .collect()
}

fn map(users: &DataTable, names: &[String]) -> Result<Option<Map>> {
    let columns = ["pc1", "pc2", "segment"].map(str::to_owned);
    if columns.iter().any(|name| users.column(name).is_none()) {
        return Ok(None);
    }
    let step = users.len().div_ceil(POINTS).max(1);
    let rows: Vec<u32> = (0..users.len()).step_by(step).map(|row| row as u32).collect();
    let drawn = DataTable::of_frame(users.select(&rows, Some(&columns))?);
    let (Some(x), Some(y)) = (drawn.numbers("pc1")?, drawn.numbers("pc2")?) else { return Ok(None) };
    let mut classes: Vec<(String, Vec<(f64, f64)>)> = names.iter().map(|name| (name.clone(), Vec::new())).collect();
    let mut count = 0;
    for row in 0..drawn.len() {
        let Cell::Text(segment) = drawn.cell(row, 2) else { continue };
        let at = classes.iter().position(|(name, _)| *name == segment).unwrap_or_else(|| {
            classes.push((segment, Vec::new()));
            classes.len() - 1
        });
        classes[at].1.push((x[row], y[row]));
        count += 1;
    }
    Ok(Some(Map { classes, drawn: count, all: users.len() as u64 }))
}

/// One row per segment: users, share, means.
fn segments(run: &Run, users: &DataTable, names: &[String], job: &Job) -> Result<Option<DataTable>> {
    if users.column("segment").is_none() {
        return Ok(None);
    }
    let means = columns::segment_means().into_iter().filter(|name| users.column(name).is_some());
    let mut asked = vec!["segment".to_owned(), "count(*) as users".to_owned()];
    asked.extend(means.map(|name| format!("avg(cast(\"{name}\" as double)) as \"mean_{name}\"")));
    for (group, count) in [("uplift_group", "persuadables"), ("simulated_group", "simulated_persuadables")] {
        if users.column(group).is_some() {
            asked.push(format!("count(*) filter (where {group} = 'persuadable') as {count}"));
        }
    }
    let query = format!("select {} from users where segment is not null group by segment", asked.join(", "));
    let mut table = sql_of_job(run, &query, usize::MAX, job)?;
    let all = users.len().max(1) as f64;
    let share: Vec<f64> = table.column("users")?.i64()?.iter().flatten().map(|count| count as f64 / all).collect();
    table.insert_column(2, Column::new("share".into(), share))?;
    let holds = name_holds(run, table.column("segment")?.str()?);
    if holds.iter().any(Option::is_some) {
        table.insert_column(3, Column::new("name_holds".into(), holds))?;
    }
    // The order of the run's own list; groups come in any order.
    let found = table.column("segment")?.str()?.clone();
    let place = |name: Option<&str>| names.iter().position(|known| Some(known.as_str()) == name).unwrap_or(usize::MAX);
    let mut rows: Vec<u32> = (0..table.height() as u32).collect();
    rows.sort_by_key(|row| {
        let name = found.get(*row as usize);
        (place(name), name.unwrap_or_default().to_owned())
    });
    let table = DataTable::of_frame(table.take(&IdxCa::from_slice("row".into(), &rows))?);
    Ok(Some(table.worded("Segments", &Terms::of(run.info()))))
}

/// For each segment the share of its users for whom its whole name holds; unknown in runs of older versions.
fn name_holds(run: &Run, segments: &StringChunked) -> Vec<Option<f64>> {
    let profiles = run.info().detail::<Segments>().profiles;
    let holds = |name: Option<&str>| {
        let profile = profiles.iter().find(|profile| Some(profile.name.as_str()) == name)?;
        profile.named.as_ref().map(|named| named.holds)
    };
    segments.iter().map(holds).collect()
}

/// The profile of a segment as the run recorded it.
pub fn segment_profile(run: &Run, name: &str) -> Option<SegmentProfile> {
    run.info().detail::<Segments>().profiles.into_iter().find(|profile| profile.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_count_the_users_at_or_above_them() {
        let users = at_least(&[0.0, 0.29, 0.295, 0.3, 1.0, f64::NAN]);
        assert_eq!([users[0], users[29], users[30], users[31], users[100]], [5, 4, 2, 1, 1]);
    }

    #[test]
    fn a_budget_reaches_the_most_persuadable_first() {
        let uplift: Vec<f64> = (0..25).map(|user| f64::from(user) / 100.0).chain([f64::NAN]).collect();
        let by_uplift = budgets(&uplift, None);
        assert_eq!(by_uplift.iter().map(|budget| budget.users).collect::<Vec<_>>(), [10, 15, 20, 25]);
        assert!((by_uplift[0].extra - (15..25).map(|user| f64::from(user) / 100.0).sum::<f64>()).abs() < 1e-12);
        assert!((by_uplift[0].least - 0.15).abs() < 1e-12 && (by_uplift[3].extra - 3.0).abs() < 1e-12);
        assert!(by_uplift[0].net.is_none() && budgets(&[], None).is_empty());
        // Who is moved most is worth least here: the coupon goes to the users 0 to 9.
        let net: Vec<f64> = (0..26).map(|user| 12.0 - f64::from(user)).collect();
        let by_net = budgets(&uplift, Some(&net));
        assert!((by_net[0].extra - 0.45).abs() < 1e-12 && (by_net[0].least - 3.0).abs() < 1e-12);
        assert!(by_net[0].net.is_some_and(|net| (net - 75.0).abs() < 1e-9));
    }

    #[test]
    fn distributions_hold_every_user_once() {
        let churn = linear(&[0.0, 0.019, 0.02, 1.0, f64::NAN]);
        assert_eq!((churn.counts[0], churn.counts[1], churn.counts[BINS - 1]), (2.0, 1.0, 1.0));
        let ltv = logarithmic(&[0.0, 0.001, 0.1, 10.0]);
        assert_eq!((ltv.below, ltv.counts.iter().sum::<f64>()), (1, 3.0));
        assert!((ltv.bounds.0 - 0.001).abs() < 1e-12 && (ltv.bounds.1 - 10.0).abs() < 1e-9);
        assert_eq!(logarithmic(&[]).counts.len(), 0);
    }
}
