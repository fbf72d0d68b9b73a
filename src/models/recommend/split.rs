//! The recommender on a split that somebody else made, without times: the way to compare it with other programs.

use std::time::Instant;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::recommend::auto::{Tried, pick_without_times};
use crate::models::recommend::evaluate::{ListMetrics, Wanted, judge, popular_lists, served_lists};
use crate::models::recommend::histories::{Histories, LONGEST};
use crate::models::recommend::popular::Popular;
use crate::models::recommend::serve::Server;
use crate::models::recommend::{Candidate, Interactions, RecommendSettings, Scorer};

/// How a model does on a given split, and how long it takes.
#[derive(Clone, Debug, Serialize)]
pub struct SplitEvaluation {
    /// The model that was used.
    pub picked: Candidate,
    /// What `auto` tried, on training pairs alone; empty when the model was given.
    pub tried: Vec<Tried>,
    /// The model's metrics.
    pub metrics: ListMetrics,
    /// Popularity's, on the same users.
    pub popularity: ListMetrics,
    /// Users with an item to be found.
    pub test_users: u64,
    /// Seconds `auto` took to pick the model; 0 when it was given.
    pub pick_seconds: f64,
    /// Seconds of fitting the picked model.
    pub fit_seconds: f64,
    /// Seconds of ranking the 20 best items of every test user.
    pub recommend_seconds: f64,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Picks a model by the training pairs, fits it on all of them and judges its lists, known items left out, by `wanted`:
/// users of `train` and the items (ascending) to be found. A wanted item that `train` does not know counts as missed.
///
/// # Errors
/// [`Error::Model`] when nothing is wanted.
pub fn evaluate_split(
    train: &Interactions,
    wanted: &[Wanted],
    settings: &RecommendSettings,
    job: &Job,
) -> Result<SplitEvaluation> {
    if wanted.is_empty() {
        return Err(Error::Model("no user of the training pairs has another item among the test pairs".to_owned()));
    }
    let mut notes = Vec::new();
    let begun = Instant::now();
    let histories = Histories::of(train.clone());
    let (picked, tried) = pick_without_times(&histories, wanted.len(), settings, &mut notes, job)?;
    let pick_seconds = if tried.is_empty() { 0.0 } else { begun.elapsed().as_secs_f64() };
    job.begin(&format!("rounds of the {}", picked.name()), settings.iterations as u64);
    let begun = Instant::now();
    let scorer = Scorer::fit(picked, train, vec![true; train.columns], settings.iterations, settings, job)?;
    // Of pairs without times nobody knows the latest.
    if let Some(left_out) = scorer.neighbours().map(|near| near.left_out).filter(|&count| count > 0) {
        notes.push(format!("{left_out} users with more than {LONGEST} items are left out of the item neighbours"));
    }
    let fit_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    // Other programs fill no list: the model's items stand alone.
    let popular = Popular::new(train, &[], &vec![false; train.columns]);
    let server = Server { scorer: &scorer, histories: &histories, popular: &popular, exclude_known: true };
    let lists = served_lists(&server, wanted, job)?;
    let recommend_seconds = begun.elapsed().as_secs_f64();
    Ok(SplitEvaluation {
        picked,
        tried,
        metrics: judge(&lists, train, wanted),
        popularity: judge(&popular_lists(train, wanted, job)?, train, wanted),
        test_users: wanted.len() as u64,
        pick_seconds,
        fit_seconds,
        recommend_seconds,
        notes,
    })
}
