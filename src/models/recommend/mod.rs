//! What to recommend: implicit ALS or item neighbours, chosen on held-out days, with the exact top of every user.

mod again;
mod als;
mod auto;
mod candidate;
mod ease;
mod evaluate;
mod histories;
mod interactions;
mod knn;
mod lists;
mod norm_order;
mod popular;
mod scorer;
mod serve;
mod settings;
mod similar;
mod similarity;
mod split;
#[cfg(test)]
mod tests;
mod things;
mod top;
mod work;

use serde::{Deserialize, Serialize};

pub use again::{AgainEvaluation, BuyAgain};
pub use als::{AlsSettings, Factors, fit_als};
pub use auto::Tried;
pub use candidate::Candidate;
pub use ease::Ease;
pub use evaluate::{ListFigures, ListMetrics, RecommendEvaluation, Wanted};
pub use interactions::Interactions;
pub use knn::{KnnSettings, Neighbours};
pub use norm_order::{Asked, NormOrder};
pub use scorer::Scorer;
pub use settings::{ModelChoice, RecommendSettings, SimilarityChoice};
pub use similarity::Similarity;
pub use split::{SplitEvaluation, evaluate_split};
pub use top::TopK;

use crate::error::{Error, Result};
use crate::features::{DAY_MS, span_days};
use crate::ingest::{EventLog, NONE};
use crate::job::Job;
use again::Goods;
use evaluate::{By, evaluate, wanted};
use histories::{Histories, LONGEST};
use lists::rank_all;
use popular::Popular;
use serve::Server;
use similar::similar;
use things::{Things, taken};

/// Similar items kept per item.
pub const SIMILAR: usize = 10;

/// What is known beside the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Per item, whether it may be recommended; `None` where availability is unknown for all.
    pub available: Option<&'a [bool]>,
    /// Per item its category code, [`NONE`] where unknown.
    pub item_category: &'a [u32],
    /// Per item the code of the product that it is a variant of, [`NONE`] where it is of none; `None` where that is known
    /// of no item. One of a product is recommended, and to nobody who knows another.
    pub item_group: Option<&'a [u32]>,
    /// Per item whether it is never recommended, as by `recommend.never`.
    pub never: Option<&'a [bool]>,
}

/// The log as the recommender sees it.
#[derive(Clone, Copy, Debug)]
struct Shop<'a> {
    log: &'a EventLog,
    /// What is recommended.
    things: &'a Things,
    /// Per thing its category code.
    category: &'a [u32],
    settings: &'a RecommendSettings,
}

/// Where a user's list, or one of its items, comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Implicit ALS.
    Als,
    /// Item neighbours.
    ItemKnn,
    /// Both.
    Blend,
    /// EASE.
    Ease,
    /// The most popular items, as the model.
    Popularity,
    /// Popular items alone, because the model can say nothing of the user.
    Fallback,
    /// An item that is popular in the user's category, where the model left the list short.
    Category,
    /// An item that is popular in the shop, where the category left it short.
    Shop,
}

impl Source {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::ItemKnn => "item-knn",
            Self::Blend => "blend",
            Self::Ease => "ease",
            Self::Popularity => "popularity",
            Self::Fallback => "fallback",
            Self::Category => "category",
            Self::Shop => "shop",
        }
    }
}

/// Recommendations for every user.
#[derive(Debug)]
pub struct Recommendations {
    /// Users × `settings.top` item codes, best first, padded with [`NONE`].
    pub items: Vec<u32>,
    /// Their scores, NaN where the model said nothing of them; only comparable within one user's list.
    pub scores: Vec<f32>,
    /// Where each comes from.
    pub sources: Vec<Source>,
    /// One per user: the model, or [`Source::Fallback`] where none of the items is the model's.
    pub source: Vec<Source>,
    /// Items × [`SIMILAR`] item codes, most similar first, padded with [`NONE`].
    pub similar_items: Vec<u32>,
    /// Their cosines.
    pub similar_scores: Vec<f32>,
    /// What every user is likely to buy again.
    pub again: BuyAgain,
    /// On the days after the cutoff; `None` where the log is too short, with a note.
    pub evaluation: Option<RecommendEvaluation>,
    /// The model that was used.
    pub picked: Candidate,
    /// What `auto` tried; empty when the model was given.
    pub tried: Vec<Tried>,
    /// Items that the exact search looked at per searched user; `None` where it was not used.
    pub scanned_per_user: Option<f64>,
    /// The fitted factors, where the model has any.
    pub factors: Option<Factors>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Picks a model, evaluates it on the days after the cutoff, fits it on everything and ranks items for every user.
///
/// # Errors
/// [`Error::Model`] for an empty log.
pub fn recommend(
    log: &EventLog,
    context: &Context<'_>,
    settings: &RecommendSettings,
    job: &Job,
) -> Result<Recommendations> {
    if log.is_empty() || settings.top == 0 {
        return Err(Error::Model("there is no event to learn from, or recommend.top is 0".to_owned()));
    }
    let mut notes = Vec::new();
    let items = log.items.len();
    let things = Things::new(items, context.item_group, context.never);
    if things.len() == 0 {
        return Err(Error::Model("recommend.never names every item".to_owned()));
    }
    if things.len() < items {
        notes.push(format!(
            "{} of {items} items are told apart by what they are variants of, and by recommend.never",
            things.len()
        ));
    }
    let available = context.available.map_or_else(|| vec![true; items], <[bool]>::to_vec);
    let unavailable = available.iter().filter(|&&available| !available).count();
    if unavailable > 0 {
        notes.push(format!("{unavailable} of {items} items are unavailable at T and never recommended"));
    }
    let shown = things.shown(log, &available);
    let category = taken(&shown, context.item_category);
    let shop = Shop { log, things: &things, category: &category, settings };
    let (picked, tried) = auto::pick(&shop, &mut notes, job)?;
    let evaluation = held_out_days(&shop, picked, &mut notes, job)?;
    let everything = Histories::until(log, log.as_of, &things, settings);
    if everything.cut() > 0 {
        notes.push(format!("of {} users with more than {LONGEST} items the latest {LONGEST} count", everything.cut()));
    }
    job.begin(&format!("rounds of the final {}", picked.name()), settings.iterations as u64);
    let allowed = things.allowed(&available);
    let scorer = Scorer::fit(picked, &everything.counted, allowed.clone(), settings.iterations, settings, job)?;
    let popular = Popular::new(&everything.counted, &category, &allowed);
    let exclude_known = settings.exclude_known;
    let server = Server { scorer: &scorer, histories: &everything, popular: &popular, exclude_known };
    let lists = rank_all(&server, settings.top, job)?;
    let again = again::buy_again(log, &Goods::new(&available, context), settings, &mut notes, job)?;
    let (similar_items, similar_scores) = similar(&everything.counted, &scorer, job)?;
    let item_of = |thing: u32| if thing == NONE { NONE } else { shown[thing as usize] };
    let named = |things: Vec<u32>| things.into_iter().map(item_of).collect::<Vec<_>>();
    Ok(Recommendations {
        items: named(lists.items),
        scores: lists.scores,
        sources: lists.sources,
        source: lists.source,
        similar_items: per_item(&things, items, &named(similar_items), NONE),
        similar_scores: per_item(&things, items, &similar_scores, f32::NAN),
        again,
        evaluation,
        picked,
        tried,
        scanned_per_user: lists.scanned_per_user,
        factors: scorer.factors().map(|factors| factors.of_items(items, |item| things.of(item))),
        notes,
    })
}

/// Of [`SIMILAR`] values per thing those of each item's thing; `none` where it is no thing.
fn per_item<T: Copy>(things: &Things, items: usize, values: &[T], none: T) -> Vec<T> {
    if things.len() == items {
        return values.to_vec();
    }
    let of = |item: u32| match things.of(item) {
        NONE => [none; SIMILAR],
        thing => std::array::from_fn(|place| values[thing as usize * SIMILAR + place]),
    };
    (0..items as u32).flat_map(of).collect()
}

/// Metrics on the days after the cutoff, or a note why there are none.
fn held_out_days(
    shop: &Shop<'_>,
    picked: Candidate,
    notes: &mut Vec<String>,
    job: &Job,
) -> Result<Option<RecommendEvaluation>> {
    let (span, settings) = (span_days(shop.log), shop.settings);
    if span < 2.0 * settings.cutoff_days {
        notes.push(format!(
            "not evaluated: the log spans {span:.1} days; {:.0} are needed to hold out the last {:.0}",
            2.0 * settings.cutoff_days,
            settings.cutoff_days
        ));
        return Ok(None);
    }
    let cutoff = shop.log.as_of - (settings.cutoff_days * DAY_MS as f64) as i64;
    let known = shop.log.known_at(cutoff);
    let shop = Shop { log: known.as_ref().map_or(shop.log, |known| &known.log), ..*shop };
    let past = Histories::until(shop.log, cutoff, shop.things, settings);
    let (wanted, unknown_share) = wanted(&shop, &past, cutoff, shop.log.as_of, By::Touch);
    if wanted.is_empty() {
        notes.push("not evaluated: no known user touched a new item after the cutoff".to_owned());
        return Ok(None);
    }
    job.begin(&format!("rounds of the evaluated {}", picked.name()), settings.iterations as u64);
    let allowed = vec![true; shop.things.len()];
    let popular = Popular::new(&past.counted, shop.category, &allowed);
    let scorer = Scorer::fit(picked, &past.counted, allowed, settings.iterations, settings, job)?;
    let exclude_known = settings.exclude_known;
    let server = Server { scorer: &scorer, histories: &past, popular: &popular, exclude_known };
    Ok(Some(RecommendEvaluation { unknown_share, ..evaluate(&server, &wanted, job)? }))
}
