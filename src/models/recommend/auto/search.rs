//! One candidate after another on the validation users, within the work that is allowed.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::metrics::ranking::{ndcg_at_k, recall_at_k};
use crate::models::recommend::RecommendSettings;
use crate::models::recommend::candidate::Candidate;
use crate::models::recommend::evaluate::{Wanted, mean, served_lists};
use crate::models::recommend::histories::Histories;
use crate::models::recommend::popular::Popular;
use crate::models::recommend::scorer::Scorer;
use crate::models::recommend::serve::Server;
use crate::models::recommend::work::Size;

/// A model that `auto` tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The model and its settings.
    pub model: String,
    /// Its recall@20 on the validation users.
    pub recall: f64,
    /// The NDCG@5 by which it was judged; runs of earlier versions were judged by recall.
    #[serde(rename = "ndcg@5", default, skip_serializing_if = "Option::is_none")]
    pub ndcg: Option<f64>,
}

/// Bytes of factors that are admitted.
const MOST_BYTES: f64 = (512 << 20) as f64;

/// Similarities that are tried in a blend too: the better one alone need not be the better one beside factors.
pub const BLENDED: usize = 2;

/// What a picked candidate is then used for, beside the search.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// The matrix that it is fitted to.
    pub whole: Size,
    /// How often.
    pub fits: f64,
    /// Users who get a list.
    pub lists: f64,
}

/// What was known at a validation cut, and what came after it.
#[derive(Debug)]
pub struct Cut {
    /// The validation users' histories, and others'.
    pub past: Histories,
    /// What the validation users want.
    pub wanted: Vec<Wanted>,
}

/// The search so far.
pub struct Search<'a> {
    /// The cuts, each with its size and what is popular there.
    cuts: Vec<(&'a Cut, Size, Popular<'a>)>,
    settings: &'a RecommendSettings,
    job: &'a Job,
    then: Use,
    /// Multiply-adds so far.
    spent: f64,
    /// Each candidate's NDCG@5 and recall@20, in the order of trying.
    scored: Vec<(Candidate, f64, f64)>,
    /// What was not tried, or could not be fitted.
    refused: Vec<Candidate>,
    /// What could not be fitted, and why.
    pub failed: Vec<String>,
    /// What was not tried, and why.
    pub left_out: Vec<String>,
}

impl<'a> Search<'a> {
    /// A search that has tried nothing; `category` is each item's.
    pub fn new(cuts: &'a [Cut], category: &'a [u32], then: Use, settings: &'a RecommendSettings, job: &'a Job) -> Self {
        let measured = |cut: &'a Cut| {
            let counted = &cut.past.counted;
            (cut, Size::of(counted), Popular::new(counted, category, &vec![true; counted.columns]))
        };
        Self {
            cuts: cuts.iter().map(measured).collect(),
            settings,
            job,
            then,
            spent: 0.0,
            scored: Vec::new(),
            refused: Vec::new(),
            failed: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// A candidate's NDCG@5; `None` where it is not admitted or cannot be fitted: that takes no other with it.
    pub fn attempt(&mut self, candidate: Candidate) -> Result<Option<f64>> {
        if let Some((_, ndcg, _)) = self.scored.iter().find(|scored| scored.0 == candidate) {
            return Ok(Some(*ndcg));
        }
        if self.refused.contains(&candidate) {
            return Ok(None);
        }
        let Some(work) = self.admitted(candidate) else {
            self.refused.push(candidate);
            return Ok(None);
        };
        self.spent += work;
        let rounds = self.settings.iterations * self.cuts.len();
        self.job.begin(&format!("validating {}", candidate.describe()), rounds as u64);
        let mut found: Vec<(f64, f64)> = Vec::new();
        for (cut, _, popular) in &self.cuts {
            match self.judge(candidate, cut, popular) {
                Err(Error::Model(why)) => {
                    self.failed.push(format!("{}: {why}", candidate.describe()));
                    self.refused.push(candidate);
                    return Ok(None);
                }
                judged => found.extend(judged?),
            }
        }
        let ndcg = mean(&found.iter().map(|found| found.0).collect::<Vec<_>>());
        let recall = mean(&found.iter().map(|found| found.1).collect::<Vec<_>>());
        self.scored.push((candidate, ndcg, recall));
        Ok(Some(ndcg))
    }

    /// NDCG@5 and recall@20 of each validation user of a cut.
    fn judge(&self, candidate: Candidate, cut: &Cut, popular: &Popular<'_>) -> Result<Vec<(f64, f64)>> {
        let (counted, settings) = (&cut.past.counted, self.settings);
        let allowed = vec![true; counted.columns];
        let scorer = Scorer::fit(candidate, counted, allowed, settings.iterations, settings, self.job)?;
        let exclude_known = settings.exclude_known;
        let server = Server { scorer: &scorer, histories: &cut.past, popular, exclude_known };
        let lists = served_lists(&server, &cut.wanted, self.job)?;
        let each =
            |(list, (_, wanted)): (&Vec<u32>, &Wanted)| (ndcg_at_k(list, wanted, 5), recall_at_k(list, wanted, 20));
        Ok(lists.iter().zip(&cut.wanted).map(each).collect())
    }

    /// The work of trying a candidate, where it fits what is allowed together with all that is done with it when it wins.
    fn admitted(&mut self, candidate: Candidate) -> Option<f64> {
        let rounds = self.settings.iterations;
        let of_cut = |(cut, size, _): &(&Cut, Size, Popular<'_>)| {
            size.fit(candidate, rounds) + size.lists(candidate, cut.wanted.len() as f64)
        };
        let work: f64 = self.cuts.iter().map(of_cut).sum();
        if self.settings.thorough {
            return Some(work);
        }
        let Use { whole, fits, lists } = self.then;
        let bytes = whole.bytes(candidate);
        if bytes > MOST_BYTES {
            let (needed, most) = (bytes / f64::from(1 << 20), MOST_BYTES / f64::from(1 << 20));
            self.left_out.push(format!("{}: {needed:.0} MiB of factors, {most:.0} are allowed", candidate.describe()));
            return None;
        }
        let later = fits * whole.fit(candidate, rounds) + whole.lists(candidate, lists);
        // Room is kept for what is tried with the best factors at last, their blends.
        let kept = if matches!(candidate, Candidate::Als { .. }) { BLENDED as f64 * work } else { 0.0 };
        let needed = self.spent + work + kept + later;
        let most = self.settings.max_work;
        if needed > most {
            self.left_out.push(format!("{}: {needed:.1e} multiply-adds, {most:.1e} are allowed", candidate.describe()));
            return None;
        }
        Some(work)
    }

    /// The best setting from `start` on: `up` again and again while NDCG@5 rises, or else `down`. `None` where `start` is not
    /// even admitted.
    pub fn climb<T: Copy>(
        &mut self,
        start: T,
        up: impl Fn(T) -> Option<T>,
        down: impl Fn(T) -> Option<T>,
        candidate: impl Fn(T) -> Candidate,
    ) -> Result<Option<(f64, T)>> {
        let Some(first) = self.attempt(candidate(start))? else { return Ok(None) };
        let mut best = (first, start);
        for way in [&up as &dyn Fn(T) -> Option<T>, &down] {
            while let Some(next) = way(best.1) {
                match self.attempt(candidate(next))? {
                    Some(found) if found > best.0 => best = (found, next),
                    _ => break,
                }
            }
            if first < best.0 {
                break;
            }
        }
        Ok(Some(best))
    }

    /// How many items were touched.
    pub fn items(&self) -> usize {
        self.then.whole.items as usize
    }

    /// The best of all that was tried, the first among equals: the cheapest stands first.
    pub fn best(&self) -> Option<Candidate> {
        let better = |best: &(Candidate, f64, f64), other: &(Candidate, f64, f64)| other.1 > best.1;
        let best = self.scored.iter().reduce(|best, other| if better(best, other) { other } else { best });
        best.map(|best| best.0)
    }

    /// What was tried, in that order.
    pub fn tried(&self) -> Vec<Tried> {
        let tried = self.scored.iter().map(|&(candidate, ndcg, recall)| Tried {
            model: candidate.describe(),
            recall,
            ndcg: Some(ndcg),
        });
        tried.collect()
    }
}
