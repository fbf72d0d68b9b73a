//! The recommender on a split of user and item that another program can be given too.

use std::path::Path;

use serde::Serialize;

use crate::error::Result;
use crate::ingest::{self, Pair, Pairs};
use crate::job::Job;
use crate::models::recommend::{self, Interactions, RecommendSettings, SplitEvaluation, Wanted};
use crate::pipeline::benchmark::Machine;

/// How well the recommender does on a split, and how long it takes.
#[derive(Clone, Debug, Serialize)]
pub struct SplitReport {
    /// Version of this report.
    pub format: u32,
    /// Where it was measured.
    pub machine: Machine,
    /// Users of the training pairs.
    pub users: u64,
    /// Items of the training pairs.
    pub items: u64,
    /// Different training pairs.
    pub train_pairs: u64,
    /// Different test pairs that are judged by.
    pub test_pairs: u64,
    /// The evaluation.
    #[serde(flatten)]
    pub evaluation: SplitEvaluation,
    /// Why these numbers say little.
    pub warnings: Vec<String>,
}

/// Version of the report.
const FORMAT: u32 = 1;

/// Fits on the training pairs and judges the lists of the test pairs' users.
///
/// # Errors
/// See [`ingest::read_pairs`] and [`recommend::evaluate_split`].
pub fn recommend(train: &Path, test: &Path, settings: &RecommendSettings, job: &Job) -> Result<SplitReport> {
    let machine = Machine::here();
    let pairs = ingest::read_pairs(train, test, job)?;
    let (matrix, mut notes) = matrix(&pairs);
    let wanted = wanted(&pairs, &matrix, &mut notes);
    let mut evaluation = recommend::evaluate_split(&matrix, &wanted, settings, job)?;
    notes.append(&mut evaluation.notes);
    evaluation.notes = notes;
    Ok(SplitReport {
        format: FORMAT,
        warnings: machine.warnings(),
        machine,
        users: (0..matrix.rows()).filter(|&user| !matrix.row(user).0.is_empty()).count() as u64,
        items: matrix.column_counts().iter().filter(|&&count| count > 0).count() as u64,
        train_pairs: matrix.column.len() as u64,
        test_pairs: wanted.iter().map(|(_, items)| items.len() as u64).sum(),
        evaluation,
    })
}

/// Users × items of the training pairs; the weights of a pair that comes twice are added up.
fn matrix(pairs: &Pairs) -> (Interactions, Vec<String>) {
    let mut sorted = pairs.train.clone();
    sorted.sort_by_key(|pair| (pair.user, pair.item));
    let mut rows: Vec<Vec<(u32, f32)>> = vec![Vec::new(); pairs.users as usize];
    let mut different = 0;
    for same in sorted.chunk_by(|a, b| (a.user, a.item) == (b.user, b.item)) {
        let Pair { user, item, .. } = same[0];
        rows[user as usize].push((item, same.iter().map(|pair| pair.weight).sum()));
        different += 1;
    }
    let again = sorted.len() - different;
    let notes = if again > 0 {
        vec![format!("{again} training rows name a pair again; its weights are added up")]
    } else {
        Vec::new()
    };
    (Interactions::from_rows(pairs.items as usize, rows.into_iter()), notes)
}

/// What the test pairs want of each user that `matrix` knows.
fn wanted(pairs: &Pairs, matrix: &Interactions, notes: &mut Vec<String>) -> Vec<Wanted> {
    let mut sorted: Vec<(u32, u32)> = pairs.test.iter().map(|pair| (pair.user, pair.item)).collect();
    sorted.sort_unstable();
    let rows = sorted.len();
    sorted.dedup();
    let (mut strangers, mut known) = (0, 0);
    let again = rows - sorted.len();
    sorted.retain(|&(user, item)| {
        let own = matrix.row(user as usize).0;
        strangers += usize::from(own.is_empty());
        let is_known = own.binary_search(&item).is_ok();
        known += usize::from(is_known);
        !own.is_empty() && !is_known
    });
    let counts = matrix.column_counts();
    let unseen = sorted.iter().filter(|(_, item)| counts[*item as usize] == 0).count();
    for (count, what) in [
        (again, "name a pair again and count once"),
        (strangers, "are left out: their user has no training row"),
        (known, "are left out: they are training rows too, and known items are not recommended"),
        (unseen, "name an item that no training row has, and count as missed"),
    ] {
        if count > 0 {
            notes.push(format!("{count} test rows {what}"));
        }
    }
    sorted.chunk_by(|a, b| a.0 == b.0).map(|of| (of[0].0, of.iter().map(|pair| pair.1).collect())).collect()
}
