//! Groups of users by what is known of their uplift, not by what is guessed: bins of the cross-fitted ranking, each with
//! the effect seen in it.

use serde::{Deserialize, Serialize};

use crate::models::uplift::Campaign;
use crate::models::uplift::calibration::Z;
use crate::models::uplift::scores::Scores;
use crate::models::uplift::{Money, OutcomeKind, UpliftSettings};

/// Outcomes that each arm must have in a bin.
const LEAST_OUTCOMES: u64 = 50;

/// What a campaign does to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Treat: responds because of it.
    Persuadable,
    /// Responds anyway.
    SureThing,
    /// Does not respond either way.
    LostCause,
    /// Leave alone: responds less when treated.
    SleepingDog,
    /// The campaign was too small to tell.
    NotToldApart,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 5] =
        [Self::Persuadable, Self::SureThing, Self::LostCause, Self::SleepingDog, Self::NotToldApart];

    /// The name in tables and on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Persuadable => "persuadable",
            Self::SureThing => "sure thing",
            Self::LostCause => "lost cause",
            Self::SleepingDog => "sleeping dog",
            Self::NotToldApart => "not told apart",
        }
    }
}

/// Users next to each other in the ranking, and what the campaign did to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The least worth (uplift, or net where a margin is known) of the bin; the last bin takes what lies below, too.
    pub from: f32,
    /// Users of the campaign in it.
    pub users: u64,
    /// The effect seen, drawn towards that on everybody as far as chance explains the difference.
    pub effect: f64,
    /// Lower end of its 95 % interval.
    pub effect_low: f64,
    /// Upper end of its 95 % interval.
    pub effect_high: f64,
    /// The same of the net, where a margin is known; else of the effect.
    pub worth: f64,
    /// Lower end of its 95 % interval.
    pub worth_low: f64,
    /// Upper end of its 95 % interval.
    pub worth_high: f64,
}

/// How users are put into groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grouping {
    /// The bins, the highest worth first.
    pub bins: Vec<Bin>,
    /// Above this a user is worth treating.
    pub cut: f64,
    /// Below this effect a user is better left alone.
    pub dog: f64,
    /// From this outcome without treatment on a user who is not moved is a sure thing.
    pub sure: f64,
}

impl Grouping {
    /// Cuts the ranking of arm `place` (from 0) by `worth` into bins of at least fifty outcomes per arm, tenths at most.
    pub(super) fn of(
        campaign: &Campaign,
        place: usize,
        worth: &[f32],
        scores: &Scores,
        money: Option<&Money>,
        settings: &UpliftSettings,
    ) -> Self {
        let own = place as u16 + 1;
        let mut order: Vec<u32> = (0..worth.len() as u32).collect();
        order.sort_by(|&a, &b| worth[b as usize].total_cmp(&worth[a as usize]));
        let effect = |row: u32| scores.of(place + 1, row as usize) - scores.of(0, row as usize);
        let net = |row: u32| {
            let (with, without) = (scores.of(place + 1, row as usize), scores.of(0, row as usize));
            money.map_or(with - without, |money| money.net(with - without, with))
        };
        let parts = parts(&order, worth, campaign, own);
        let effects = shrunk(&parts, effect);
        let worths = shrunk(&parts, net);
        let bins = parts.iter().zip(effects).zip(worths).map(|((rows, effect), of_worth)| Bin {
            from: rows.last().map_or(0.0, |&row| worth[row as usize]),
            users: rows.len() as u64,
            effect: effect[0],
            effect_low: effect[1],
            effect_high: effect[2],
            worth: of_worth[0],
            worth_low: of_worth[1],
            worth_high: of_worth[2],
        });
        let control = || (0..campaign.arm.len()).filter(|&row| campaign.arm[row] == 0);
        let base = control().map(|row| campaign.outcome.value(row)).sum::<f64>() / control().count().max(1) as f64;
        let rarer = if campaign.outcome.kind() == OutcomeKind::Happened { base.min(1.0 - base) } else { base };
        Self {
            bins: bins.collect(),
            cut: if money.is_some() { 0.0 } else { settings.persuadable_from.or(|| rarer / 4.0) },
            dog: settings.sleeping_dog_below,
            sure: settings.sure_thing_from.or(|| base),
        }
    }

    /// The group of a user of this worth, who would do or spend `control` without treatment.
    pub fn group(&self, worth: f32, control: f32) -> Group {
        let Some(bin) = self.bins.iter().find(|bin| worth >= bin.from).or(self.bins.last()) else {
            return Group::NotToldApart;
        };
        if bin.effect_high < self.dog {
            Group::SleepingDog
        } else if bin.worth_low > self.cut && f64::from(worth) > self.cut {
            Group::Persuadable
        } else if bin.worth_high >= self.cut {
            Group::NotToldApart
        } else if f64::from(control) >= self.sure {
            Group::SureThing
        } else {
            Group::LostCause
        }
    }

    /// The rule in words.
    pub fn rule(&self, money: bool) -> String {
        let what = if money { "net" } else { "uplift" };
        format!(
            "by the 95 % interval of users ranked alike: persuadable where its {what} and the user's own lie above {:.4}, sleeping dog where \
             the effect lies below {}, sure thing (from {:.4} without treatment on) or lost cause where the {what} lies below \
             {:.4}, else not told apart",
            self.cut, self.dog, self.sure, self.cut
        )
    }
}

/// Tenths of the ranking, merged until each has enough outcomes of arm and control; users of equal worth stay together.
fn parts<'a>(order: &'a [u32], worth: &[f32], campaign: &Campaign, own: u16) -> Vec<&'a [u32]> {
    let enough = |rows: &[u32]| {
        let of = |arm: u16| {
            let of_arm = rows.iter().filter(|&&row| campaign.arm[row as usize] == arm);
            of_arm.filter(|&&row| campaign.outcome.happened(row as usize)).count() as u64
        };
        of(0) >= LEAST_OUTCOMES && of(own) >= LEAST_OUTCOMES
    };
    let tied = |at: usize| worth[order[at] as usize].total_cmp(&worth[order[at - 1] as usize]).is_eq();
    let mut ends: Vec<usize> = Vec::new();
    let mut begin = 0;
    for tenth in 1..=10 {
        let mut end = order.len() * tenth / 10;
        while end > 0 && end < order.len() && tied(end) {
            end += 1;
        }
        if end > begin && enough(&order[begin..end]) {
            ends.push(end);
            begin = end;
        }
    }
    // What is left at the end is too little for a bin of its own.
    match ends.last_mut() {
        Some(last) => *last = order.len(),
        None if !order.is_empty() => ends.push(order.len()),
        None => {}
    }
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins.zip(&ends).map(|(begin, &end)| &order[begin..end]).collect()
}

/// Mean and 95 % interval of each part, drawn towards the mean of all as far as chance explains how parts differ
/// (empirical Bayes; Efron and Morris 1973).
fn shrunk(parts: &[&[u32]], value: impl Fn(u32) -> f64) -> Vec<[f64; 3]> {
    let moments = |rows: &mut dyn Iterator<Item = u32>| {
        let (mut count, mut sum, mut squares) = (0.0_f64, 0.0, 0.0);
        for row in rows {
            let value = value(row);
            count += 1.0;
            sum += value;
            squares += value * value;
        }
        let mean = sum / count.max(1.0);
        (count, mean, (squares / count.max(1.0) - mean * mean).max(0.0) / (count - 1.0).max(1.0))
    };
    let each: Vec<(f64, f64, f64)> = parts.iter().map(|rows| moments(&mut rows.iter().copied())).collect();
    let (all, mean, error) = moments(&mut parts.iter().flat_map(|rows| rows.iter().copied()));
    let weighted =
        |of: &dyn Fn(&(f64, f64, f64)) -> f64| each.iter().map(|part| part.0 * of(part)).sum::<f64>() / all.max(1.0);
    // What the parts differ by, less what chance makes them differ by.
    let between = (weighted(&|part| (part.1 - mean).powi(2)) - weighted(&|part| part.2)).max(0.0);
    let interval = |&(_, seen, chance): &(f64, f64, f64)| {
        let kept = if between + chance > 0.0 { between / (between + chance) } else { 0.0 };
        let centre = kept * seen + (1.0 - kept) * mean;
        let half = Z * (kept * chance + (1.0 - kept).powi(2) * error).sqrt();
        [centre, centre - half, centre + half]
    };
    each.iter().map(interval).collect()
}
