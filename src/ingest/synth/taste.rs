//! Which items a user looks at: favourites, their neighbours, items seen before, whatever a search engine brings up.

use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::ingest::synth::catalogue::{Catalogue, WEEKS};
use crate::ingest::synth::random::{Purpose, chance, stream};
use crate::ingest::synth::segments::Segment;

/// Chance that a look goes to an item seen before.
const AGAIN: f64 = 0.22;
/// Else: chance of a favourite group, and of a group of the same category.
const FAVOURITE: f64 = 0.70;
const SAME_CATEGORY: f64 = 0.14;
/// Share of chance visitors whom the popular groups draw; the others land anywhere.
const POPULAR: f64 = 0.40;

/// Draws the item of each of a user's looks.
pub(super) fn items(
    catalogue: &Catalogue,
    seed: u64,
    user: u64,
    segment: Segment,
    times: &[i64],
    items: &mut Vec<u32>,
) {
    let mut rng = stream(seed, Purpose::Taste, user);
    items.clear();
    if segment == Segment::OneTimeViewer {
        items.extend(times.iter().map(|_| by_chance(catalogue, &mut rng)));
        return;
    }
    let favourites = [catalogue.popular_group(&mut rng), catalogue.popular_group(&mut rng)];
    for &time in times {
        let item = if !items.is_empty() && chance(&mut rng, AGAIN) {
            items[rng.gen_range(0..items.len() as u64) as usize]
        } else if segment == Segment::BargainHunter {
            let three: [u32; 3] = std::array::from_fn(|_| new_item(catalogue, &mut rng, favourites));
            let week = crate::ingest::synth::properties::week_of(time).min(WEEKS - 1);
            three.into_iter().min_by_key(|&item| catalogue.price(item, week)).unwrap_or(three[0])
        } else {
            new_item(catalogue, &mut rng, favourites)
        };
        items.push(item);
    }
}

fn new_item(catalogue: &Catalogue, rng: &mut Xoshiro256PlusPlus, favourites: [u32; 2]) -> u32 {
    let favourite = favourites[usize::from(chance(rng, 0.3))];
    if chance(rng, FAVOURITE) {
        catalogue.item_of(rng, favourite)
    } else if chance(rng, SAME_CATEGORY / (1.0 - FAVOURITE)) {
        let group = catalogue.neighbour(rng, favourite);
        catalogue.item_of(rng, group)
    } else {
        by_chance(catalogue, rng)
    }
}

fn by_chance(catalogue: &Catalogue, rng: &mut Xoshiro256PlusPlus) -> u32 {
    if chance(rng, POPULAR) {
        let group = catalogue.popular_group(rng);
        catalogue.item_of(rng, group)
    } else {
        catalogue.any_item(rng)
    }
}
