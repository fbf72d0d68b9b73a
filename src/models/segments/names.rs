//! Names of segments that can be counted: a name is given only where all of it holds, jointly, for most of the segment's
//! users and for clearly fewer of the others.
//!
//! A name is a noun for what users did (buy, leave a cart, browse, visit), with a word for when they were last seen before
//! it and a detail behind it, each of them optional: one to three [`Trait`]s. Every name there can be is counted in every
//! segment; the one that tells most is given, no two segments the same. Where none holds the segment keeps its number,
//! and its strongest differences tell what it is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::features::{DEFINITIONS, Words};
use crate::format;
use crate::models::segments::profile::{Named, Portrait};
use crate::models::segments::traits::{Trait, Traits};

/// Share of a segment's users for whom all of its name must hold.
const MOST: f64 = 0.8;
/// How many times as often as among everyone else it must hold.
const MORE_THAN_OTHERS: f64 = 1.5;
/// What the score of a name of two and three traits is worth beside that of one: shorter names are preferred.
const LENGTHS: [f64; 4] = [0.0, 1.0, 0.95, 0.85];

/// Words for when users were last seen.
const WHEN: [(&str, Option<Trait>); 6] = [
    ("", None),
    ("recent", Some(Trait::Recent)),
    ("lapsed", Some(Trait::Lapsed)),
    ("new", Some(Trait::New)),
    ("fairly recent", Some(Trait::Warm)),
    ("long-gone", Some(Trait::LongGone)),
];

/// Words for what users did, the most telling first: of names that say the same the first is given.
const WHO: [(&str, &[Trait]); 19] = [
    ("frequent buyers", &[Trait::FrequentBuyer]),
    ("loyal buyers", &[Trait::Loyal]),
    ("one-time buyers", &[Trait::OneOrder]),
    ("buyers", &[Trait::Bought]),
    ("cart abandoners", &[Trait::Abandoned]),
    ("shoppers", &[Trait::Shopped]),
    ("returning shoppers", &[Trait::Shopped, Trait::Returning]),
    ("frequent shoppers", &[Trait::Shopped, Trait::Frequent]),
    ("one-time browsers", &[Trait::Browsed, Trait::OneVisit]),
    ("returning browsers", &[Trait::Browsed, Trait::Returning]),
    ("frequent browsers", &[Trait::Browsed, Trait::Frequent]),
    ("browsers", &[Trait::Browsed]),
    ("one-time visitors", &[Trait::OneVisit]),
    ("returning visitors", &[Trait::Returning]),
    ("frequent visitors", &[Trait::Frequent]),
    ("non-buyers", &[Trait::NeverBought]),
    ("one-time non-buyers", &[Trait::NeverBought, Trait::OneVisit]),
    ("returning non-buyers", &[Trait::NeverBought, Trait::Returning]),
    ("visitors", &[]),
];

/// Words for a detail.
const DETAIL: [(&str, Option<Trait>); 7] = [
    ("", None),
    (", high spend", Some(Trait::HighSpend)),
    (", many items", Some(Trait::ManyItems)),
    (", several items", Some(Trait::SeveralItems)),
    (", one item", Some(Trait::OneItem)),
    (", with returns", Some(Trait::Returned)),
    (", at weekends", Some(Trait::Weekends)),
];

/// The most traits of a name, and the letters that a list shows of it.
const LONGEST: u32 = 3;
const WIDEST: usize = 28;
/// Differences that are told of a segment without a name, and the smallest that is worth a word.
const DIFFERENCES: usize = 3;
const NOTABLE: f64 = 0.25;

/// The features that have words for segments.
static WORDS: LazyLock<Vec<(&str, Words)>> =
    LazyLock::new(|| DEFINITIONS.iter().filter_map(|definition| Some((definition.name, definition.words?))).collect());

/// A name that there can be.
#[derive(Clone, Debug, PartialEq)]
struct Candidate {
    words: String,
    traits: u32,
}

/// Every name made of traits that the log can tell, the plainest first.
fn candidates(known: u32) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (detail, of_detail) in DETAIL {
        for (when, of_when) in WHEN {
            for (who, of_who) in WHO {
                let traits = of_who.iter().copied().chain(of_when).chain(of_detail);
                let traits = traits.fold(0, |set, it| set | it.bit());
                let words = capitalised(format!("{when} {who}{detail}").trim());
                let is_short = traits.count_ones() <= LONGEST && words.len() <= WIDEST;
                if traits != 0 && traits & !known == 0 && is_short {
                    all.push(Candidate { words, traits });
                }
            }
        }
    }
    all
}

/// One name per segment, all different, with the share it holds for; `None` where none holds.
///
/// `labels` holds the segment of each user, below `sizes.len()`.
pub(super) fn names(traits: &Traits, labels: &[u8], sizes: &[u64], inactive_days: f64) -> Vec<Option<Named>> {
    // Few different sets of traits occur, however many users there are.
    let mut sets: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (&set, &label) in traits.of_users.iter().zip(labels) {
        sets.entry(set).or_insert_with(|| vec![0; sizes.len()])[usize::from(label)] += 1;
    }
    let users: u64 = sizes.iter().sum();
    let mut told: Vec<Vec<u64>> = Vec::new();
    let mut found: Vec<(f64, usize, Named)> = Vec::new();
    for candidate in candidates(traits.known) {
        let mut counts = vec![0_u64; sizes.len()];
        for of_set in sets.iter().filter(|(set, _)| *set & candidate.traits == candidate.traits).map(|(_, of)| of) {
            counts.iter_mut().zip(of_set).for_each(|(sum, count)| *sum += count);
        }
        // Two names of the same users would part segments that they do not part.
        if told.contains(&counts) {
            continue;
        }
        let all: u64 = counts.iter().sum();
        for (segment, (&count, &size)) in counts.iter().zip(sizes).enumerate() {
            let others = users - size;
            let (holds, elsewhere) = (share(count, size), share(all - count, others));
            if holds >= MOST && holds >= MORE_THAN_OTHERS * elsewhere && others > 0 {
                let least = 0.5 / others as f64;
                let length = LENGTHS[candidate.traits.count_ones().min(LONGEST) as usize];
                let score = length * holds * (holds / elsewhere.max(least)).ln();
                let meaning = meaning(candidate.traits, inactive_days);
                found.push((score, segment, Named { words: candidate.words.clone(), holds, elsewhere, meaning }));
            }
        }
        told.push(counts);
    }
    // The name that tells most first; of equal ones the plainer, then the larger segment's.
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut names: Vec<Option<Named>> = vec![None; sizes.len()];
    for (_, segment, name) in found {
        let taken = names.iter().flatten().any(|other| other.words == name.words);
        if names[segment].is_none() && !taken {
            names[segment] = Some(name);
        }
    }
    names
}

fn share(count: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { count as f64 / of as f64 }
}

/// What a set of traits means, in words.
fn meaning(traits: u32, inactive_days: f64) -> String {
    let told = Trait::ALL.into_iter().filter(|it| traits & it.bit() != 0).map(|it| it.meaning(inactive_days));
    told.collect::<Vec<_>>().join(", ")
}

/// In words, what sets a segment apart most.
pub(super) fn differences(portrait: &Portrait) -> Vec<String> {
    let mut strongest: Vec<(f64, &Words)> =
        WORDS.iter().map(|(feature, words)| (portrait.z(feature), words)).filter(|(z, _)| z.abs() >= NOTABLE).collect();
    // The better known of equally strong ones.
    strongest.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.place.cmp(&b.1.place)));
    let word = |(z, words): &(f64, &Words)| if *z > 0.0 { words.more } else { words.less }.to_owned();
    strongest.iter().take(DIFFERENCES).map(word).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// For whom a name holds, in words.
pub(super) fn holds_for(named: &Named) -> String {
    let (holds, elsewhere) = (format::percent(named.holds), format::percent(named.elsewhere));
    format!("{holds} of them, {elsewhere} of everyone else: {}", named.meaning)
}

/// What is told of a segment without a name.
pub(super) fn without_name(differences: &[String]) -> String {
    if differences.is_empty() {
        return "no name holds, and nothing sets them apart".to_owned();
    }
    format!("no name holds; beside everyone else: {}", differences.join(", "))
}

/// One line with the numbers behind a name.
pub(super) fn description(portrait: &Portrait, named: Option<&Named>) -> String {
    let mut parts = vec![format!("{} users, {}", format::thousands(portrait.size), format::percent(portrait.share))];
    match named {
        Some(named) => parts.push(holds_for(named)),
        None => parts.push(without_name(&differences(portrait))),
    }
    if let Some(days) = portrait.mean("recency_days") {
        parts.push(format!("last seen {days:.0} days ago"));
    }
    match (portrait.mean("total_events"), portrait.mean("active_days")) {
        (Some(events), Some(days)) => parts.push(format!("{events:.1} events on {days:.1} days")),
        (Some(events), None) => parts.push(format!("{events:.1} events")),
        (None, Some(days)) => parts.push(format!("active on {days:.1} days")),
        (None, None) => {}
    }
    for (feature, what) in [("addtocarts", "put in cart"), ("transactions", "bought")] {
        if portrait.mean(feature).is_some() {
            parts.push(format!("{} {what}", format::percent(portrait.share_with(feature))));
        }
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests;
