//! Picking the model and its settings: by NDCG@5 on days before the test days, or on pairs drawn where there are no days; on
//! a bounded sample of users.

mod sample;
mod search;

use crate::error::{Error, Result};
use crate::features::{DAY_MS, span_days};
use crate::job::Job;
use crate::models::recommend::Shop;
use crate::models::recommend::candidate::Candidate;
use crate::models::recommend::ease::MOST_ITEMS;
use crate::models::recommend::evaluate::{By, wanted};
use crate::models::recommend::histories::Histories;
use crate::models::recommend::settings::{ModelChoice, RecommendSettings};
use crate::models::recommend::similarity::Similarity;
use crate::models::recommend::work::Size;
use sample::sample;
pub use sample::{CUTS, draw};
pub use search::Tried;
use search::{BLENDED, Cut, Search, Use};

/// Popularity discounts tried, beside the configured one.
const DISCOUNTS: [f32; 3] = [0.0, 0.1, 0.4];
/// The discount tried where the greatest so far is the best.
const EDGES: [(f32, f32); 2] = [(0.4, 0.7), (0.7, 1.0)];

/// Fewer validation users than this tell nothing.
const FEWEST_USERS: usize = 20;

/// Fewer validation users than this who bought something new do not tell what is bought.
const FEWEST_BUYERS: usize = 200;

/// Validation users that are enough not to look further back.
const ENOUGH_USERS: usize = 2_000;

/// Validation cuts at most.
const MOST_CUTS: i64 = 2;

/// The model to use, and what was tried to find it.
pub(super) fn pick(shop: &Shop<'_>, notes: &mut Vec<String>, job: &Job) -> Result<(Candidate, Vec<Tried>)> {
    let settings = shop.settings;
    if let Some(given) = given(settings) {
        return Ok((given, Vec::new()));
    }
    let plain = Candidate::ItemKnn { similarity: settings.item_similarity() };
    let (span, needed) = (span_days(shop.log), 3.0 * settings.cutoff_days);
    if span < needed {
        notes.push(format!("item-knn without a comparison: the log spans {span:.1} days, {needed:.0} are needed"));
        return Ok((plain, Vec::new()));
    }
    let bought = Cuts::of(shop, By::Purchase, job)?;
    let (cuts, what) = if bought.users() < FEWEST_BUYERS {
        (Cuts::of(shop, By::Touch, job)?, "all touches")
    } else {
        (bought, "purchases")
    };
    if cuts.users() < FEWEST_USERS {
        notes.push(format!(
            "item-knn without a comparison: {} users touched a new item in the validation days, {FEWEST_USERS} are needed",
            cuts.users()
        ));
        return Ok((plain, Vec::new()));
    }
    let days = settings.cutoff_days;
    let where_from = match cuts.each.len() {
        1 => format!("{what} in the {days} days before the test days"),
        several => format!("{what} in {several} times {days} days before the test days"),
    };
    // Fitted to be judged, and to be served.
    let then = Use { whole: cuts.whole, fits: 2.0, lists: cuts.whole.users };
    compare(&cuts, shop.category, then, &where_from, settings, notes, job)
}

/// What candidates are validated on.
struct Cuts {
    each: Vec<Cut>,
    /// The size of the latest cut's past before it was bounded.
    whole: Size,
    /// Validation users before they were bounded.
    wanted: usize,
    /// Interactions before they were bounded.
    interactions: usize,
}

impl Cuts {
    /// The days before the test days; where few want anything there, those before them too, within the bound on
    /// interactions.
    fn of(shop: &Shop<'_>, by: By, job: &Job) -> Result<Self> {
        let settings = shop.settings;
        let days = (settings.cutoff_days * DAY_MS as f64) as i64;
        let mut made: Option<Self> = None;
        for before in 1..=MOST_CUTS {
            job.check()?;
            let until = shop.log.as_of - before * days;
            let cutoff = until - days;
            let room = made.as_ref().map_or(settings.validation_interactions, |made| {
                settings.validation_interactions.saturating_sub(made.sampled())
            });
            let enough = made.as_ref().is_some_and(|made| made.users() >= ENOUGH_USERS || room == 0);
            if enough || span_days(shop.log) < (before + 2) as f64 * settings.cutoff_days {
                break;
            }
            let known = shop.log.known_at(cutoff);
            let shop = Shop { log: known.as_ref().map_or(shop.log, |known| &known.log), ..*shop };
            let past = Histories::until(shop.log, cutoff, shop.things, settings);
            let (mut wanted, _) = wanted(&shop, &past, cutoff, until, by);
            // Of users without a history no model can say anything.
            wanted.retain(|(user, _)| !past.counted.row(*user as usize).0.is_empty());
            let (all, interactions) = (wanted.len(), past.counted.column.len());
            let cut = sample(&past, wanted, room, settings);
            match &mut made {
                None => {
                    let whole = Size::of(&past.counted);
                    made = Some(Self { each: vec![cut], whole, wanted: all, interactions });
                }
                Some(made) => {
                    made.each.push(cut);
                    made.wanted += all;
                    made.interactions += interactions;
                }
            }
        }
        made.ok_or_else(|| Error::Model("the log is too short for validation days".to_owned()))
    }

    /// Validation users of all cuts.
    fn users(&self) -> usize {
        self.each.iter().map(|cut| cut.wanted.len()).sum()
    }

    /// Interactions of all cuts.
    fn sampled(&self) -> usize {
        self.each.iter().map(|cut| cut.past.counted.column.len()).sum()
    }
}

/// The model to use where nothing is known of times: validated on `train`'s own pairs, a fifth of them after the other where
/// users are few.
pub(super) fn pick_without_times(
    train: &Histories,
    lists: usize,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Candidate, Vec<Tried>)> {
    if let Some(given) = given(settings) {
        return Ok((given, Vec::new()));
    }
    let whole = Size::of(&train.counted);
    let mut cuts = Cuts { each: Vec::new(), whole, wanted: 0, interactions: 0 };
    for cut in 0..CUTS {
        job.check()?;
        let room = settings.validation_interactions.saturating_sub(cuts.sampled());
        if cut > 0 && (cuts.users() >= ENOUGH_USERS || room == 0) {
            break;
        }
        let (past, wanted) = draw(&train.counted, settings.seed, cut);
        cuts.wanted += wanted.len();
        cuts.interactions += past.column.len();
        cuts.each.push(sample(&Histories::of(past), wanted, room, settings));
    }
    if cuts.users() < FEWEST_USERS {
        notes.push(format!(
            "item-knn without a comparison: {} users are left with something to validate on, {FEWEST_USERS} are needed",
            cuts.users()
        ));
        return Ok((Candidate::ItemKnn { similarity: settings.item_similarity() }, Vec::new()));
    }
    let where_from = match cuts.each.len() {
        1 => "a drawn fifth of the training pairs".to_owned(),
        several => format!("{several} drawn fifths of the training pairs"),
    };
    let then = Use { whole, fits: 1.0, lists: lists as f64 };
    compare(&cuts, &[], then, &where_from, settings, notes, job)
}

/// The model that the settings name, if they name one.
fn given(settings: &RecommendSettings) -> Option<Candidate> {
    let RecommendSettings { alpha, rank, regularisation, ease_penalty: penalty, .. } = *settings;
    let similarity = settings.item_similarity();
    match settings.model {
        ModelChoice::Auto => None,
        ModelChoice::Popularity => Some(Candidate::Popularity),
        ModelChoice::Als => Some(Candidate::Als { alpha, rank, regularisation }),
        ModelChoice::ItemKnn => Some(Candidate::ItemKnn { similarity }),
        ModelChoice::Ease => Some(Candidate::Ease { penalty }),
        ModelChoice::Blend => Some(Candidate::Blend { alpha, rank, regularisation, similarity }),
    }
}

/// The best of all models by NDCG@5 on what is wanted, which comes from `where_from`.
fn compare(
    cuts: &Cuts,
    category: &[u32],
    then: Use,
    where_from: &str,
    settings: &RecommendSettings,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<(Candidate, Vec<Tried>)> {
    let mut search = Search::new(&cuts.each, category, then, settings, job);
    search.attempt(Candidate::Popularity)?;
    let similarities = nearest(&mut search, settings)?;
    let mut penalty = None;
    if then.whole.items <= MOST_ITEMS as f64 {
        let (up, down) = (|penalty| times(penalty, 2.0), |penalty| times(penalty, 0.5));
        let best = search.climb(settings.ease_penalty, up, down, |penalty| Candidate::Ease { penalty })?;
        penalty = best.map(|best| best.1);
    }
    if let Some((alpha, rank, regularisation)) = factors(&mut search, settings)? {
        for similarity in similarities {
            search.attempt(Candidate::Blend { alpha, rank, regularisation, similarity })?;
        }
        if let Some(penalty) = penalty {
            search.attempt(Candidate::EaseBlend { alpha, rank, regularisation, penalty })?;
        }
    }
    let failed = search.failed.join("; ");
    if !failed.is_empty() {
        notes.push(format!("left out, for it could not be fitted: {failed}"));
    }
    if !search.left_out.is_empty() {
        notes.push(format!(
            "not tried, for it would be too much work: {}; run --thorough tries it",
            search.left_out.join("; ")
        ));
    }
    let Some(best) = search.best() else {
        return Err(Error::Model(format!("no recommender could be fitted: {failed}")));
    };
    let tried = search.tried();
    let line = |tried: &Tried| format!("{} {:.4}", tried.model, tried.ndcg.unwrap_or(f64::NAN));
    notes.push(format!(
        "{} has the best NDCG@5 on {} of {} users of {where_from}, among {} of {} interactions: {}",
        best.describe(),
        cuts.users(),
        cuts.wanted,
        cuts.sampled(),
        cuts.interactions,
        tried.iter().map(line).collect::<Vec<_>>().join("; ")
    ));
    Ok((best, tried))
}

/// A setting times a factor, within what a setting may be.
fn times(value: f64, factor: f64) -> Option<f64> {
    Some(value * factor).filter(|value| (1e-3..=1e6).contains(value))
}

/// The best similarities of items, at most [`BLENDED`], the best first; the configured discount is tried first.
fn nearest(search: &mut Search<'_>, settings: &RecommendSettings) -> Result<Vec<Similarity>> {
    let configured = settings.popularity_discount;
    let same = |a: f32, b: f32| (a - b).abs() < f32::EPSILON;
    let others = DISCOUNTS.into_iter().filter(|&other| !same(other, configured));
    let discounted = |popularity_discount| Similarity::CoOccurrence { popularity_discount };
    let mut similarities: Vec<Similarity> = std::iter::once(configured).chain(others).map(discounted).collect();
    similarities.push(Similarity::Bm25);
    let mut found: Vec<(f64, Similarity)> = Vec::new();
    let attempt = |similarity, search: &mut Search<'_>, found: &mut Vec<(f64, Similarity)>| -> Result<()> {
        if let Some(ndcg) = search.attempt(Candidate::ItemKnn { similarity })? {
            let worse = found.partition_point(|(other, _)| *other >= ndcg);
            found.insert(worse, (ndcg, similarity));
        }
        Ok(())
    };
    for similarity in similarities {
        attempt(similarity, search, &mut found)?;
    }
    for (edge, next) in EDGES {
        let at_edge = found.first().is_some_and(|(_, similarity)| match similarity {
            Similarity::CoOccurrence { popularity_discount } => same(*popularity_discount, edge),
            Similarity::Bm25 => false,
        });
        if at_edge {
            attempt(discounted(next), search, &mut found)?;
        }
    }
    found.truncate(BLENDED);
    Ok(found.into_iter().map(|found| found.1).collect())
}

/// Factors beyond which none are tried but by setting.
const MOST_FACTORS: usize = 1_024;
/// Fewer factors than this are not tried.
const FEWEST_FACTORS: usize = 4;

/// By how much alpha is moved at once, and how far from the configured one before the rank is known.
const ALPHA_STEP: f64 = 4.0;
const FIRST_ALPHAS: f64 = 17.0;

/// The best alpha, regularisation and rank of ALS, one after the other from the configured ones on, and then alpha again: the
/// more factors there are the less of it they take.
fn factors(search: &mut Search<'_>, settings: &RecommendSettings) -> Result<Option<(f32, usize, f64)>> {
    let als = |alpha: f64, rank, regularisation| Candidate::Als { alpha: alpha as f32, rank, regularisation };
    let configured = (f64::from(settings.alpha), settings.rank, settings.regularisation);
    let (more, less) = (|alpha: f64| times(alpha, ALPHA_STEP), |alpha: f64| times(alpha, 1.0 / ALPHA_STEP));
    let near = |alpha: &f64| (1.0 / FIRST_ALPHAS..=FIRST_ALPHAS).contains(&(alpha / configured.0));
    let (_, rank, regularisation) = configured;
    let first = search.climb(
        configured.0,
        |alpha| more(alpha).filter(near),
        |alpha| less(alpha).filter(near),
        |alpha| als(alpha, rank, regularisation),
    )?;
    let Some((_, alpha)) = first else { return Ok(None) };
    let (up, down) = (|penalty: f64| times(penalty, 10.0), |penalty: f64| times(penalty, 0.1));
    let best = search.climb(regularisation, up, down, |penalty| als(alpha, rank, penalty))?;
    let regularisation = best.map_or(regularisation, |best| best.1);
    // A quarter as many factors as items already tell them all apart.
    let most = MOST_FACTORS.min(search.items() / 4);
    let up = |rank: usize| Some(rank * 2).filter(|&rank| rank <= most);
    let down = |rank: usize| Some(rank / 2).filter(|&rank| rank >= FEWEST_FACTORS);
    let best = search.climb(rank, up, down, |rank| als(alpha, rank, regularisation))?;
    let rank = best.map_or(rank, |best| best.1);
    let best = search.climb(alpha, less, more, |alpha| als(alpha, rank, regularisation))?;
    let alpha = best.map_or(alpha, |best| best.1);
    Ok(Some((alpha as f32, rank, regularisation)))
}
