//! Which trees: objective and depth compared on a bounded part of the users, by what they say of users set aside, and how
//! far they are drawn to the mean.

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::models::gbt::distinct::Observations;
use crate::models::gbt::{BoostSettings, Boosted, Loss, boost};
use crate::models::ltv::amount::Amount;
use crate::models::ltv::error::Yardstick;
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

/// Trees of one objective or several, grown once for each part set aside.
pub(super) struct Grown {
    /// What is predicted is their mean.
    pub(super) members: Vec<Boosted>,
    /// What those that never saw a user say of each one set aside, part after part.
    pub(super) outside: Vec<f32>,
    /// The objectives, in the order of the candidates.
    pub(super) losses: Vec<Loss>,
}

/// The objectives that are compared.
pub(super) fn objectives(settings: &LtvSettings, amount: Amount) -> &'static [Loss] {
    match (settings.objective, amount) {
        (LtvObjective::Auto, Amount::Purchases) => &[Loss::SquaredError, Loss::Poisson],
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

/// Trees of each of some objectives, of the depth that is best on users set aside; on a part of the users where that is given.
pub(super) fn compare(
    compared: &Learning,
    amounts: &[f32],
    among: &[Loss],
    settings: &LtvSettings,
    job: &Job,
) -> Result<Vec<(usize, Grown)>> {
    let candidates: Vec<(Loss, usize)> =
        among.iter().flat_map(|&loss| settings.depths.iter().map(move |&depth| (loss, depth))).collect();
    let all: Vec<(usize, usize)> = (0..candidates.len())
        .flat_map(|candidate| (0..compared.parts.len()).map(move |part| (candidate, part)))
        .collect();
    let grown = all
        .par_iter()
        .map(|&(candidate, part)| grow(compared, part, amounts, candidates[candidate], settings, job))
        .collect::<Result<Vec<_>>>()?;
    let actual: Vec<f32> = compared.beside().map(|row| amounts[row as usize]).collect();
    let yardstick = Yardstick::new(&actual);
    let mut grown = grown.into_iter();
    let mut best: Vec<(f64, usize, Grown)> = Vec::new();
    for &(loss, depth) in &candidates {
        let (mut members, mut outside) = (Vec::new(), Vec::new());
        for (member, said) in grown.by_ref().take(compared.parts.len()) {
            members.push(member);
            outside.extend(said);
        }
        let error = yardstick.error(|row| outside[row]);
        let next = (error, depth, Grown { members, outside, losses: vec![loss] });
        match best.last_mut().filter(|last| last.2.losses == [loss]) {
            Some(last) if error < last.0 => *last = next,
            Some(_) => {}
            None => best.push(next),
        }
    }
    if best.is_empty() {
        return Err(Error::Model("ltv: no trees could be compared; check ltv.depths".to_owned()));
    }
    Ok(best.into_iter().map(|(_, depth, grown)| (depth, grown)).collect())
}

/// In words, which trees were chosen.
pub(super) fn told(kept: &[(usize, Grown)], candidates: usize) -> Option<String> {
    let name = |(depth, grown): &(usize, Grown)| format!("{} with depth {depth}", name(grown.losses[0]));
    let names: Vec<String> = kept.iter().map(name).collect();
    let names = names.join(" and ");
    (candidates > 1).then(|| format!("{names} had the lowest validation error of {candidates} candidates"))
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

/// Trees of one objective and depth on all users.
pub(super) fn grow_all(
    learning: &Learning,
    amounts: &[f32],
    pair: (Loss, usize),
    settings: &LtvSettings,
    job: &Job,
) -> Result<Grown> {
    let of_parts = (0..learning.parts.len())
        .into_par_iter()
        .map(|part| grow(learning, part, amounts, pair, settings, job))
        .collect::<Result<Vec<_>>>()?;
    let (members, outside): (Vec<Boosted>, Vec<Vec<f32>>) = of_parts.into_iter().unzip();
    Ok(Grown { members, outside: outside.into_iter().flatten().collect(), losses: vec![pair.0] })
}

/// Trees grown on the users that a part does not set aside, and what they say of those it does.
fn grow(
    learning: &Learning,
    part: usize,
    amounts: &[f32],
    (loss, depth): (Loss, usize),
    settings: &LtvSettings,
    job: &Job,
) -> Result<(Boosted, Vec<f32>)> {
    let part = &learning.parts[part];
    let (fitting, beside) = part.observed(amounts);
    let settings = BoostSettings {
        loss,
        trees: settings.trees,
        learning_rate: settings.learning_rate,
        leaves: settings.leaves,
        depth,
        min_rows: smallest_leaf(&fitting, settings.min_rows),
        l2: settings.l2,
        rows_per_tree: settings.rows_per_tree,
        patience: settings.early_stopping,
        seed: settings.seed,
    };
    let boosted = boost(&fitting, &beside, &settings, job)?;
    let said = part.beside.1.spread(&boosted.predict_distinct(&part.beside.1, job)?);
    Ok((boosted, said))
}

fn name(loss: Loss) -> &'static str {
    match loss {
        Loss::SquaredError => "squared error",
        Loss::Poisson => "Poisson",
        Loss::Tweedie => "Tweedie",
    }
}

/// The setting, raised so that a leaf of average users holds five buyers, but to no more than a twentieth of the rows.
fn smallest_leaf(fitting: &Observations<'_>, setting: usize) -> usize {
    let for_five_buyers = (5 * fitting.total).checked_div(fitting.positive).unwrap_or(fitting.total);
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
