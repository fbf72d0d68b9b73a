//! Readable names for segments, from what sets each apart.
//!
//! A name is a noun for what the segment's users do (buy, put in cart, come back, look around, look once) behind a word
//! for when they were last seen, if that differs from everyone. Where two segments get the same name, a feature in
//! which they differ most is added. The rules use shares and standardised differences alone, so a name depends on the
//! segment and not on the run.

use std::sync::LazyLock;

use crate::features::{DEFINITIONS, Words};
use crate::format;
use crate::models::segments::profile::Portrait;

/// Share of users from which a habit is the segment's.
const MOST: f64 = 0.5;
/// Standardised difference of recency below which a segment was seen recently, above which it has lapsed.
const RECENT: f64 = -0.5;
const LAPSED: f64 = 0.25;
/// Smallest standardised difference that is worth a word.
const NOTABLE: f64 = 0.25;

/// Share of the widest gap from which a better known feature is preferred.
const NEARLY: f64 = 0.7;

/// The features that have words for segments, best known first.
static WORDS: LazyLock<Vec<(&str, Words)>> = LazyLock::new(|| {
    let mut words: Vec<(&str, Words)> =
        DEFINITIONS.iter().filter_map(|definition| Some((definition.name, definition.words?))).collect();
    words.sort_by_key(|(_, words)| words.place);
    words
});

/// One name per portrait, all different.
pub fn names(portraits: &[Portrait]) -> Vec<String> {
    let mut names: Vec<String> = portraits.iter().map(plain_name).collect();
    // Each round parts namesakes by one more feature; what is left the same after all rounds is numbered.
    let mut used: Vec<Vec<&'static str>> = vec![Vec::new(); names.len()];
    for _ in 0..2 {
        for group in namesakes(&names) {
            part(portraits, &group, &mut names, &mut used);
        }
    }
    for group in namesakes(&names) {
        for (number, &segment) in group.iter().enumerate() {
            names[segment] = format!("{} {}", names[segment], number + 1);
        }
    }
    names
}

/// Numbers of the segments that share a name, for each name that is shared.
fn namesakes(names: &[String]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (segment, name) in names.iter().enumerate() {
        match groups.iter_mut().find(|group| names[group[0]] == *name) {
            Some(group) => group.push(segment),
            None => groups.push(vec![segment]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Splits a group in two by one more feature, at the widest gap between its segments' standardised differences.
fn part(portraits: &[Portrait], group: &[usize], names: &mut [String], used: &mut [Vec<&'static str>]) {
    let fresh = |feature: &str| group.iter().all(|&segment| !used[segment].contains(&feature));
    let gaps: Vec<_> = WORDS
        .iter()
        .filter(|(feature, _)| fresh(feature))
        .map(|named| (*named, widest_gap(group.iter().map(|&segment| portraits[segment].z(named.0)).collect())))
        .collect();
    let widest = gaps.iter().map(|(_, (gap, _))| *gap).fold(0.0, f64::max);
    // A better known feature serves where it parts them nearly as well.
    let Some(((feature, words), (_, border))) =
        gaps.into_iter().find(|(_, (gap, _))| *gap > 0.0 && *gap >= NEARLY * widest)
    else {
        return;
    };
    for &segment in group {
        let word = if portraits[segment].z(feature) > border { words.more } else { words.less };
        names[segment] = format!("{}, {word}", names[segment]);
        used[segment].push(feature);
    }
}

/// The widest gap between neighbouring values, and its middle.
fn widest_gap(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let gaps = values.windows(2).map(|pair| (pair[1] - pair[0], f64::midpoint(pair[0], pair[1])));
    gaps.fold((0.0, 0.0), |widest, gap| if gap.0 > widest.0 { gap } else { widest })
}

fn plain_name(portrait: &Portrait) -> String {
    let recency = portrait.z("recency_days");
    let when = if recency <= RECENT {
        Some("recent")
    } else if recency >= LAPSED {
        Some("lapsed")
    } else {
        None
    };
    let what = habit(portrait);
    capitalised(&when.map_or_else(|| what.clone(), |when| format!("{when} {what}")))
}

/// What most of the segment's users do.
fn habit(portrait: &Portrait) -> String {
    let bought = portrait.share_with("transactions");
    let carted = portrait.share_with("addtocarts");
    let orders = portrait.mean("orders").or_else(|| portrait.mean("transactions")).unwrap_or(0.0);
    let events = portrait.mean("total_events").or_else(|| portrait.mean("unique_items"));
    let days = portrait.mean("active_days").or_else(|| portrait.mean("sessions"));
    if bought >= MOST {
        return if orders >= 2.0 { "loyal buyers" } else { "one-time buyers" }.to_owned();
    }
    if carted >= MOST {
        return if bought < 0.15 { "cart abandoners" } else { "cart shoppers" }.to_owned();
    }
    match (events, days) {
        (_, Some(days)) if days >= 4.0 => "regulars".to_owned(),
        (_, Some(days)) if days >= 1.75 => "returning browsers".to_owned(),
        (Some(events), _) if events < 1.5 => "one-time viewers".to_owned(),
        (Some(_), _) => "browsers".to_owned(),
        (None, _) => by_strongest_feature(portrait),
    }
}

/// The name of last resort, where the table has none of the shop's usual features.
fn by_strongest_feature(portrait: &Portrait) -> String {
    let strongest =
        portrait.z.iter().filter(|(name, _)| name != "recency_days").max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    match strongest {
        Some((name, z)) if z.abs() >= NOTABLE => {
            let level = if *z > 0.0 { "high" } else { "low" };
            format!("{level} {}", name.replace('_', " "))
        }
        _ => "average users".to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// One line with the numbers behind a name.
pub fn description(portrait: &Portrait) -> String {
    let mut parts = vec![format!("{} users, {}", format::thousands(portrait.size), format::percent(portrait.share))];
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
