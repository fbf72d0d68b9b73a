//! A fitted recommender of any kind, asked for the best items of users.

use crate::error::Result;
use crate::job::Job;
use crate::models::recommend::RecommendSettings;
use crate::models::recommend::als::{AlsSettings, Factors, fit_als};
use crate::models::recommend::candidate::Candidate;
use crate::models::recommend::ease::Ease;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::knn::{KnnSettings, Neighbours, Sums};
use crate::models::recommend::norm_order::{Asked, NormOrder};
use crate::models::recommend::top::TopK;
use crate::models::vector::dot;

/// A fitted recommender.
#[derive(Debug)]
pub struct Scorer {
    candidate: Candidate,
    model: Model,
    allowed: Vec<bool>,
}

#[derive(Debug)]
enum Model {
    /// The share of the users with a history who touched each item, most first.
    Popularity(Vec<(f32, u32)>),
    Items(OfItems),
    Factors(Factors, NormOrder),
    Both(Factors, NormOrder, OfItems),
}

/// A model of what items say of items.
#[derive(Debug)]
enum OfItems {
    Near(Neighbours),
    Ease(Ease),
}

impl OfItems {
    fn room(&self) -> Room {
        match self {
            Self::Near(near) => Room { sums: Some(near.room()), weights: Vec::new() },
            Self::Ease(ease) => Room { sums: None, weights: ease.room() },
        }
    }

    /// Every item of which a history says something, with its score.
    fn scored(
        &self,
        history: (&[u32], &[f32]),
        known: &[u32],
        allowed: impl Fn(u32) -> bool,
        room: &mut Room,
    ) -> Vec<(u32, f32)> {
        match self {
            Self::Near(near) => near.scored(history, known, allowed, room.sums.get_or_insert_with(|| near.room())),
            Self::Ease(ease) => {
                room.weights.resize(ease.touched(), 0.0);
                ease.scored(history.0, known, allowed, &mut room.weights)
            }
        }
    }
}

/// Room for scoring one user after another.
#[derive(Debug, Default)]
pub struct Room {
    sums: Option<Sums>,
    weights: Vec<f32>,
}

/// The best items of both models that a blend is drawn from.
const OF_EACH: usize = 200;

impl Scorer {
    /// Fits a candidate; items of which `allowed` is false are never recommended.
    ///
    /// # Errors
    /// [`Error::Model`](crate::error::Error::Model) where the candidate cannot be fitted to these interactions.
    pub fn fit(
        candidate: Candidate,
        interactions: &Interactions,
        allowed: Vec<bool>,
        iterations: usize,
        settings: &RecommendSettings,
        job: &Job,
    ) -> Result<Self> {
        let factors = |alpha: f32, rank, regularisation| -> Result<(Factors, NormOrder)> {
            let confidence = interactions.weighted(|weight| 1.0 + alpha * weight);
            let settings = AlsSettings { rank, regularisation, iterations, seed: settings.seed };
            let fitted = fit_als(&confidence, &settings, job)?;
            let order = NormOrder::new(&fitted, |item| allowed[item as usize]);
            Ok((fitted, order))
        };
        let near = |similarity| Neighbours::fit(interactions, &KnnSettings::of(similarity), job).map(OfItems::Near);
        let ease = |penalty| Ease::fit(interactions, penalty, job).map(OfItems::Ease);
        let both = |(factors, order): (Factors, NormOrder), items: OfItems| Model::Both(factors, order, items);
        let model = match candidate {
            Candidate::Popularity => Model::Popularity(popularity(interactions, &allowed)),
            Candidate::ItemKnn { similarity } => Model::Items(near(similarity)?),
            Candidate::Ease { penalty } => Model::Items(ease(penalty)?),
            Candidate::Als { alpha, rank, regularisation } => {
                let (factors, order) = factors(alpha, rank, regularisation)?;
                Model::Factors(factors, order)
            }
            Candidate::Blend { alpha, rank, regularisation, similarity } => {
                both(factors(alpha, rank, regularisation)?, near(similarity)?)
            }
            Candidate::EaseBlend { alpha, rank, regularisation, penalty } => {
                both(factors(alpha, rank, regularisation)?, ease(penalty)?)
            }
        };
        Ok(Self { candidate, model, allowed })
    }

    /// What was fitted.
    pub fn candidate(&self) -> Candidate {
        self.candidate
    }

    /// The factors, where the model has any.
    pub fn factors(&self) -> Option<&Factors> {
        match &self.model {
            Model::Factors(factors, _) | Model::Both(factors, ..) => Some(factors),
            Model::Popularity(_) | Model::Items(_) => None,
        }
    }

    /// The neighbours, where the model has them.
    pub fn neighbours(&self) -> Option<&Neighbours> {
        match &self.model {
            Model::Items(OfItems::Near(near)) | Model::Both(_, _, OfItems::Near(near)) => Some(near),
            _ => None,
        }
    }

    /// Room for [`Self::tops`].
    pub fn room(&self) -> Room {
        match &self.model {
            Model::Items(items) | Model::Both(_, _, items) => items.room(),
            Model::Popularity(_) | Model::Factors(..) => Room::default(),
        }
    }

    /// The `k` best items of each of some users of the fitted matrix, what `known` gives of each (ascending) left out; and
    /// how many items the exact search looked at for all of them. Many users at once are quicker than one by one.
    pub fn tops<'a>(
        &self,
        users: &[u32],
        interactions: &Interactions,
        known: impl Fn(u32) -> &'a [u32],
        k: usize,
        room: &mut Room,
    ) -> (Vec<TopK>, usize) {
        let allowed = |item: u32| self.allowed[item as usize];
        match &self.model {
            Model::Popularity(popular) => {
                let top = |&user: &u32| {
                    let mut top = TopK::new(k);
                    let new = popular.iter().filter(|entry| known(user).binary_search(&entry.1).is_err());
                    new.take(k).for_each(|&(score, item)| top.offer(item, score));
                    top
                };
                (users.iter().map(top).collect(), 0)
            }
            Model::Items(items) => {
                let mut top = |&user: &u32| {
                    let mut top = TopK::new(k);
                    for (item, score) in items.scored(interactions.row(user as usize), known(user), allowed, room) {
                        top.offer(item, score);
                    }
                    top
                };
                (users.iter().map(&mut top).collect(), 0)
            }
            Model::Factors(factors, order) => order.tops(factors, &asked_of(factors, users, &known), k),
            Model::Both(factors, order, items) => {
                let (far, looked_at) = order.tops(factors, &asked_of(factors, users, &known), k.max(OF_EACH));
                let mut both = |(&user, far): (&u32, &TopK)| {
                    let own = factors.user(user as usize);
                    let near = items.scored(interactions.row(user as usize), known(user), allowed, room);
                    blend(far, near, |item| dot(own, factors.item(item as usize)), k)
                };
                (users.iter().zip(&far).map(&mut both).collect(), looked_at)
            }
        }
    }
}

fn asked_of<'b, 'a: 'b>(factors: &'b Factors, users: &[u32], known: impl Fn(u32) -> &'a [u32]) -> Vec<Asked<'b>> {
    users.iter().map(|&user| Asked { factor: factors.user(user as usize), known: known(user) }).collect()
}

fn popularity(interactions: &Interactions, allowed: &[bool]) -> Vec<(f32, u32)> {
    let counts = interactions.column_counts();
    let users = (0..interactions.rows()).filter(|&user| !interactions.row(user).0.is_empty()).count().max(1);
    let order = interactions.by_popularity().into_iter().filter(|&item| allowed[item as usize]);
    order.map(|item| (counts[item as usize] as f32 / users as f32, item)).collect()
}

/// The `k` best by the sum of both scores, each as a share of the user's best by that model, of the [`OF_EACH`] best of
/// either, whose scores are exact. `near` are all items with a neighbour's score.
fn blend(far: &TopK, near: Vec<(u32, f32)>, score: impl Fn(u32) -> f32, k: usize) -> TopK {
    let mut all = near;
    all.sort_unstable_by_key(|entry| entry.0);
    let mut nearest = TopK::new(k.max(OF_EACH));
    for &(item, score) in &all {
        nearest.offer(item, score);
    }
    let best = |top: &TopK| top.entries().first().map_or(0.0, |entry| entry.0);
    let (far_best, near_best) = (best(far), best(&nearest));
    let share = |score: f32, best: f32| if best > 0.0 { score.max(0.0) / best } else { 0.0 };
    let mut top = TopK::new(k);
    let mut seen: Vec<u32> = Vec::with_capacity(OF_EACH);
    for &(near_score, item) in nearest.entries() {
        seen.push(item);
        top.offer(item, share(near_score, near_best) + share(score(item), far_best));
    }
    seen.sort_unstable();
    for &(far_score, item) in far.entries().iter().filter(|entry| entry.0 > 0.0) {
        if seen.binary_search(&item).is_err() {
            let near = all.binary_search_by_key(&item, |entry| entry.0).map_or(0.0, |at| all[at].1);
            top.offer(item, share(near, near_best) + share(far_score, far_best));
        }
    }
    top
}
