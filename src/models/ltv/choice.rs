//! Which trees: objective and depth compared on a bounded part of the users, by what they say of users set aside, and how
//! far they are drawn to the mean.

use rayon::prelude::*;

use crate::error::Result;
use crate::job::Job;
use crate::models::gbt::distinct::Observations;
use crate::models::gbt::{BoostSettings, Boosted, Loss, Telling, boost};
use crate::models::ltv::amount::Amount;
use crate::models::ltv::error::{Error, Yardstick, simplest};
use crate::models::ltv::learning::Learning;
use crate::models::ltv::settings::{LtvObjective, LtvSettings};

/// What is served: trees of which objectives, and how much of the customer base model.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The objectives; what trees say is their mean.
    pub losses: Vec<Loss>,
    /// The share of the customer base model, from 0 to 1.
    pub share: f64,
}

/// Candidates, and what each user of the earlier cutoffs adds to both of their errors.
pub type Seen = Vec<(Choice, Vec<[f64; 2]>)>;

/// What was chosen, and in words.
pub(super) struct Chosen {
    pub(super) choice: Choice,
    /// The objectives of the trees, and how deep these are.
    pub(super) trees: Vec<(Loss, usize)>,
    pub(super) note: Option<String>,
}

/// Trees of one objective or several, grown once for each part set aside.
pub(super) struct Grown {
    /// What is predicted is their mean.
    pub(super) members: Vec<Boosted>,
    /// What those that never saw a user say of each one set aside, part after part.
    pub(super) outside: Vec<f32>,
    /// The objectives, in the order of the candidates.
    pub(super) losses: Vec<Loss>,
}

/// The objectives that are compared, in the order in which they are preferred where none is surely better.
pub(super) fn objectives(settings: &LtvSettings, amount: Amount) -> &'static [Loss] {
    match (settings.objective, amount) {
        (LtvObjective::Auto, Amount::Purchases) => &[Loss::Poisson, Loss::SquaredError],
        (LtvObjective::Auto, Amount::Revenue) => &[Loss::Poisson, Loss::Tweedie],
        (LtvObjective::SquaredError, _) => &[Loss::SquaredError],
        (LtvObjective::Poisson, _) => &[Loss::Poisson],
        (LtvObjective::Tweedie, _) => &[Loss::Tweedie],
    }
}

/// All of some things but none, each alone before several: what may be predicted by the mean of.
pub(super) fn subsets<T: Copy>(of: &[T]) -> Vec<Vec<T>> {
    let chosen = |bits: u32| (0..of.len()).filter(|place| bits >> place & 1 == 1).map(|place| of[place]).collect();
    let mut subsets: Vec<Vec<T>> = (1..1_u32 << of.len()).map(chosen).collect();
    subsets.sort_by_key(Vec::len);
    subsets
}

/// The mean of what several say of the same rows.
pub(super) fn mean_of(parts: &[&[f32]]) -> Vec<f32> {
    let count = parts.len().max(1) as f32;
    let rows = parts.first().map_or(0, |part| part.len());
    (0..rows).map(|row| parts.iter().map(|part| part[row]).sum::<f32>() / count).collect()
}

/// Trees of each of some objectives, of the depth that users set aside tell for: the smallest that is no surely worse than the
/// best.
pub(super) fn compare(
    compared: &Learning,
    amounts: &[f32],
    among: &[Loss],
    settings: &LtvSettings,
    job: &Job,
) -> Result<Vec<(usize, Grown)>> {
    let mut depths = settings.depths.clone();
    depths.sort_unstable();
    let candidates: Vec<(Loss, usize)> =
        among.iter().flat_map(|&loss| depths.iter().map(move |&depth| (loss, depth))).collect();
    let mut grown = grow(compared, amounts, &candidates, settings, job)?.into_iter();
    let (came, weights) = compared.came(amounts);
    let yardstick = Yardstick::new(&came, &weights);
    let best_of_loss = |_: &Loss| {
        let mut of_depths: Vec<Grown> = grown.by_ref().take(depths.len()).collect();
        let errors: Vec<Vec<Error>> =
            of_depths.iter().map(|grown| yardstick.errors(|row| grown.outside[row])).collect();
        let errors: Vec<&[Error]> = errors.iter().map(Vec::as_slice).collect();
        let best = simplest(&errors)?;
        Some((depths[best], of_depths.swap_remove(best)))
    };
    let best: Option<Vec<(usize, Grown)>> = among.iter().map(best_of_loss).collect();
    best.ok_or_else(|| crate::Error::Model("ltv: no trees could be compared; check ltv.depths".to_owned()))
}

/// In words, which trees were chosen.
pub(super) fn told(trees: &[(Loss, usize)], candidates: usize) -> Option<String> {
    let names: Vec<String> = trees.iter().map(|&(loss, depth)| format!("{} with depth {depth}", name(loss))).collect();
    let names = names.join(" and ");
    (candidates > 1).then(|| {
        format!("{names} had the lowest validation error of {candidates} candidates, or one not surely above it")
    })
}

/// Several as one: the mean of what they say.
pub(super) fn together(grown: Vec<Grown>) -> Grown {
    let said: Vec<&[f32]> = grown.iter().map(|grown| grown.outside.as_slice()).collect();
    let outside = mean_of(&said);
    let (mut members, mut losses) = (Vec::new(), Vec::new());
    for one in grown {
        members.extend(one.members);
        losses.extend(one.losses);
    }
    Grown { members, outside, losses }
}

/// Trees of some objectives and depths, each grown beside every part.
pub(super) fn grow(
    learning: &Learning,
    amounts: &[f32],
    candidates: &[(Loss, usize)],
    settings: &LtvSettings,
    job: &Job,
) -> Result<Vec<Grown>> {
    let of_part = |part: usize| -> Result<Vec<(Boosted, Vec<f32>)>> {
        let part = learning.part(part, amounts);
        let (fitting, beside) = (part.fitting(), part.beside());
        let one = |&(loss, depth): &(Loss, usize)| {
            let settings = BoostSettings {
                loss,
                trees: settings.trees,
                learning_rate: settings.learning_rate,
                leaves: settings.leaves,
                depth,
                min_rows: smallest_leaf(&fitting, settings.min_rows),
                telling: Some(Telling { rows: settings.min_rows, positive: BUYERS }),
                l2: settings.l2,
                rows_per_tree: settings.rows_per_tree,
                patience: settings.early_stopping,
                seed: settings.seed,
            };
            let boosted = boost(&fitting, &beside, &settings, job)?;
            let said = part.spread(&boosted.predict_distinct(beside.rows, job)?);
            Ok((boosted, said))
        };
        candidates.par_iter().map(one).collect()
    };
    let of_parts = (0..learning.parts(amounts)).into_par_iter().map(of_part).collect::<Result<Vec<_>>>()?;
    let none = |&(loss, _): &(Loss, usize)| Grown { members: Vec::new(), outside: Vec::new(), losses: vec![loss] };
    let mut grown: Vec<Grown> = candidates.iter().map(none).collect();
    for of_part in of_parts {
        for (grown, (boosted, said)) in grown.iter_mut().zip(of_part) {
            grown.members.push(boosted);
            grown.outside.extend(said);
        }
    }
    Ok(grown)
}

fn name(loss: Loss) -> &'static str {
    match loss {
        Loss::SquaredError => "squared error",
        Loss::Poisson => "Poisson",
        Loss::Tweedie => "Tweedie",
    }
}

/// So many buyers make a leaf of every other tree, where buyers are so rare that a leaf else holds more users than the
/// setting: the best customers are told apart, and not by trees that all follow the same few.
const BUYERS: usize = 10;

/// The setting, raised so that a leaf of average users holds five buyers, but to no more than a twentieth of the rows.
fn smallest_leaf(fitting: &Observations<'_>, setting: usize) -> usize {
    let for_five_buyers = (5 * fitting.total).checked_div(fitting.positives).unwrap_or(fitting.total);
    for_five_buyers.max(setting).min(fitting.total / 20).max(1)
}

/// The factor in 0..=1 that makes `mean + factor · (prediction − mean)` closest to what users set aside came to: the slope of
/// a regression through the mean. 0 where no factor beats the mean.
pub(super) fn shrinkage(outside: &[f32], actual: &[f32], mean: f64) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for (&predicted, &actual) in outside.iter().zip(actual) {
        let departure = f64::from(predicted) - mean;
        product += departure * (f64::from(actual) - mean);
        square += departure * departure;
    }
    // A departure that is rounding alone is no prediction.
    if square > 1e-12 * mean * mean * outside.len() as f64 { (product / square).clamp(0.0, 1.0) } else { 0.0 }
}
