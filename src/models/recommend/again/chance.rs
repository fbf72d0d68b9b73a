//! How likely a user buys an item again within the days ahead: logistic regression over all pairs of a user and an item
//! bought, a discrete-time hazard model (Allison 1982) of one period.

use crate::error::{Error, Result};
use crate::features::Matrix;
use crate::ingest::{EventKind, EventLog, NONE};
use crate::job::Job;
use crate::models::logistic::{Logistic, Sample, fit_newton, logistic};
use crate::models::recommend::again::bought::Bought;

/// What is known of a pair, by which chances are learnt.
const COLUMNS: usize = 11;
/// Fewer pairs bought again than this, or not, teach nothing: about five a column.
const FEWEST: usize = 50;
/// Pairs that are learnt from at most: an even part of more.
const MOST: usize = 500_000;
/// Pairs bought again that are enough not to look further back.
const ENOUGH: usize = 1_000;
/// Windows that are looked at, at most.
const MOST_WINDOWS: i64 = 8;
/// The penalty on the coefficients.
const L2: f64 = 1.0;
const ITERATIONS: usize = 50;

/// By what chances are learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// All that is known of a pair.
    Rhythm,
    /// How often and how recently it was bought: the chances then have the order of that.
    Frequency,
}

/// A fitted model of buying again.
#[derive(Debug)]
pub struct Chances {
    by: By,
    model: Logistic,
    mean: [f32; COLUMNS],
    deviation: [f32; COLUMNS],
}

impl Chances {
    /// Learns from who bought again in the last `ahead` milliseconds up to `until` what was bought before them, and from as
    /// many such windows before as it takes to see [`ENOUGH`] pairs bought again; the inner error says why there is too
    /// little to learn from.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn learn(
        by: By,
        log: &EventLog,
        until: i64,
        ahead: i64,
        job: &Job,
    ) -> Result<std::result::Result<Self, String>> {
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        for window in 0..MOST_WINDOWS {
            job.check()?;
            let end = until - window * ahead;
            let came = labels.iter().filter(|&&label| label).count();
            if came >= ENOUGH || !see(by, log, end - ahead, end, &mut values, &mut labels) {
                break;
            }
        }
        let came = labels.iter().filter(|&&label| label).count();
        let rarer = came.min(labels.len() - came);
        if rarer < FEWEST {
            let what = if came == rarer { "bought again" } else { "not bought again" };
            return Ok(Err(format!(
                "of {} items that users had bought {rarer} were {what} within the days that followed, {FEWEST} are needed to learn from",
                labels.len()
            )));
        }
        let (mean, deviation) = moments(&values);
        for row in values.chunks_mut(COLUMNS) {
            standardise(row, &mean, &deviation);
        }
        let matrix = Matrix::new(COLUMNS, values);
        let rows: Vec<u32> = (0..matrix.rows as u32).collect();
        let sample = Sample { matrix: &matrix, labels: &labels, rows: &rows };
        match fit_newton(sample, L2, ITERATIONS, None, job) {
            Ok(fit) => Ok(Ok(Self { by, model: fit.model, mean, deviation })),
            Err(Error::Model(why)) => Ok(Err(why)),
            Err(error) => Err(error),
        }
    }

    /// The chance of a user's pair.
    pub fn of(&self, bought: &Bought, user: u32, at: usize) -> f32 {
        let mut row = columns(self.by, bought, user, at);
        standardise(&mut row, &self.mean, &self.deviation);
        logistic(self.model.log_odds(&row)) as f32
    }
}

/// Adds what was known at `cutoff` of each pair, and whether it was bought again in `(cutoff, until]`; false where nothing
/// had been bought by then, or there are as many pairs as are learnt from.
fn see(by: By, log: &EventLog, cutoff: i64, until: i64, values: &mut Vec<f32>, labels: &mut Vec<bool>) -> bool {
    let known = log.known_at(cutoff);
    let log = known.as_ref().map_or(log, |known| &known.log);
    let bought = Bought::until(log, cutoff);
    let room = MOST.saturating_sub(labels.len());
    if bought.len() == 0 || room == 0 {
        return false;
    }
    let stride = bought.len().div_ceil(room);
    for user in 0..bought.users() as u32 {
        let mut pairs = bought.of(user).filter(|at| at.is_multiple_of(stride)).peekable();
        if pairs.peek().is_none() {
            continue;
        }
        let again = bought_between(log, user, cutoff, until);
        for at in pairs {
            values.extend(columns(by, &bought, user, at));
            labels.push(again.binary_search(&bought.item[at]).is_ok());
        }
    }
    true
}

/// The items a user bought in `(cutoff, until]`, ascending.
pub fn bought_between(log: &EventLog, user: u32, cutoff: i64, until: i64) -> Vec<u32> {
    let after = log.events_until(user, cutoff).end..log.events_until(user, until).end;
    let bought = after.filter(|&event| log.kind[event] == EventKind::Transaction).map(|event| log.item[event]);
    let mut items: Vec<u32> = bought.filter(|&item| item != NONE).collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// How often, how long ago, how far into the rhythm, and how often the item's other buyers come back to it.
fn columns(by: By, bought: &Bought, user: u32, at: usize) -> [f32; COLUMNS] {
    if by == By::Frequency {
        let mut columns = [0.0; COLUMNS];
        columns[0] = bought.often_and_recently(at).max(f32::MIN_POSITIVE).ln();
        return columns;
    }
    let (days, trips) = (bought.days[at] as f32, bought.trips[user as usize].max(1) as f32);
    let (age, gap, repeats) = (bought.age(at), bought.gap(at), bought.repeats(at));
    let often = days.ln();
    let into = ((age + 1.0) / (gap + 1.0)).ln();
    [
        often,
        often * often,
        (age + 1.0).ln(),
        into,
        into * into,
        into.max(0.0),
        often * into,
        (gap + 1.0).ln(),
        (days / trips).ln(),
        repeats,
        repeats.max(f32::MIN_POSITIVE).ln(),
    ]
}

fn moments(values: &[f32]) -> ([f32; COLUMNS], [f32; COLUMNS]) {
    let rows = (values.len() / COLUMNS).max(1) as f64;
    let sum = |of: &dyn Fn(usize, f32) -> f64| {
        let mut sums = [0.0_f64; COLUMNS];
        for row in values.chunks(COLUMNS) {
            for (column, &value) in row.iter().enumerate() {
                sums[column] += of(column, value);
            }
        }
        sums.map(|sum| sum / rows)
    };
    let mean = sum(&|_, value| f64::from(value));
    let variance = sum(&|column, value| (f64::from(value) - mean[column]).powi(2));
    // A column that is the same everywhere says nothing.
    let deviation = variance.map(|variance| if variance > 1e-12 { variance.sqrt() as f32 } else { 1.0 });
    (mean.map(|mean| mean as f32), deviation)
}

fn standardise(row: &mut [f32], mean: &[f32; COLUMNS], deviation: &[f32; COLUMNS]) {
    for ((value, mean), deviation) in row.iter_mut().zip(mean).zip(deviation) {
        *value = (*value - mean) / deviation;
    }
}
