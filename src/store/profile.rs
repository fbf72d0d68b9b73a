//! What is known of one user: the 360° page.

use crate::store::activity::{Affinity, TimelineEvent, Week};
use crate::store::cell::Cell;
use crate::store::columns::{Role, Shown};
use crate::store::notes::Note;
use crate::store::standing::Standing;
use crate::store::why::{Reason, Why};
use crate::zone::ShopZone;

/// One column of the user table for this user, seen against the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The column.
    pub name: String,
    /// What it is called on screen.
    pub label: String,
    /// How its values are shown.
    pub shown: Shown,
    /// Its part on the page.
    pub role: Role,
    /// The user's value.
    pub value: Cell,
    /// Share of users with a smaller value plus half of those with the same, 0–100; `None` for text and null.
    pub percentile: Option<f64>,
    /// Mean over the user's segment; `None` for text, or without segments.
    pub segment_mean: Option<f64>,
    /// The largest value of any user; `None` for text, or where nobody has one.
    pub largest: Option<f64>,
}

impl Attribute {
    /// The value as a number; `None` for text and null.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Cell::Int(value) => Some(value as f64),
            Cell::Float(value) => Some(value).filter(|value| value.is_finite()),
            _ => None,
        }
    }

    /// How far a bar of the value reaches, 0–1: a share as it is, any other number beside the largest of all users.
    pub fn reach(&self) -> Option<f64> {
        let value = self.number()?;
        match (self.shown, self.largest) {
            (Shown::Share, _) => Some(value.clamp(0.0, 1.0)),
            (_, Some(largest)) if largest > 0.0 => Some((value / largest).clamp(0.0, 1.0)),
            _ => None,
        }
    }

    /// How far bars of the value and of the segment's mean reach beside each other, the larger of them 1; `None` where one
    /// is below 0, or both are 0.
    pub fn beside_segment(&self) -> Option<(f64, f64)> {
        let (own, mean) = (self.number()?, self.segment_mean?);
        let most = own.max(mean);
        (own >= 0.0 && mean >= 0.0 && most > 0.0).then(|| (own / most, mean / most))
    }
}

/// One recommended item.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The item.
    pub item: String,
    /// How it is called, where that is known.
    pub name: Option<String>,
    /// The model's score; `None` where the model said nothing of it.
    pub score: Option<f64>,
    /// Where it comes from: the model, or `category` and `shop` for what is popular there; `None` in runs that tell no
    /// such thing.
    pub source: Option<String>,
    /// How its category is called, else the category's path from its root, if known.
    pub category: Option<String>,
    /// The price at T, if known.
    pub price: Option<f64>,
    /// Days until it is due by the user's rhythm, negative where it is overdue; of what is bought again only.
    pub due_days: Option<f64>,
}

impl Recommendation {
    /// When it is due, in words; empty where no rhythm is known.
    pub fn due(&self) -> String {
        match self.due_days.map(|days| days.round() as i64) {
            None => String::new(),
            Some(0) => "due now".to_owned(),
            Some(days) if days < 0 => format!("{} d overdue", days.unsigned_abs()),
            Some(days) => format!("due in {days} d"),
        }
    }

    /// The score in words: a number, else why there is none.
    pub fn scored(&self, number: impl Fn(f64) -> String) -> String {
        match (self.score.filter(|score| !score.is_nan()), self.source.as_deref()) {
            (Some(score), _) => number(score),
            (None, Some("category" | "shop")) => POPULAR.to_owned(),
            (None, _) => "–".to_owned(),
        }
    }
}

/// What stands in place of a score for an item that is popular, and of which the model says nothing.
pub const POPULAR: &str = "popular";

/// Everything known about one user.
#[derive(Clone, Debug, PartialEq)]
pub struct UserProfile {
    /// The id.
    pub id: String,
    /// The row of the user table.
    pub row: usize,
    /// What is known in one sentence.
    pub sentence: String,
    /// What was written about the user: text and tags.
    pub note: Option<Note>,
    /// Why something that was written may be missing.
    pub note_problem: Option<String>,
    /// Up to when events are known, UTC milliseconds.
    pub as_of: i64,
    /// The shop's clock, by which its times are told.
    pub zone: ShopZone,
    /// Days from the last event to then; `None` without an event.
    pub silent_days: Option<f64>,
    /// What stands behind money; empty where the run does not know it.
    pub currency: String,
    /// Whether the uplift is of a simulated campaign.
    pub uplift_simulated: bool,
    /// Every column of the user table but the id and the churn reasons.
    pub attributes: Vec<Attribute>,
    /// What pushes the churn score up and down, strongest first.
    pub reasons: Vec<Reason>,
    /// The same as parts that add up to the churn score; `None` where the run does not tell the base.
    pub why: Option<Why>,
    /// Activity from the first week to that of `as_of`, empty weeks included.
    pub weeks: Vec<Week>,
    /// Activity by category, most first; items of unknown category are left out.
    pub affinity: Vec<Affinity>,
    /// The top-5; empty where the run has none.
    pub recommendations: Vec<Recommendation>,
    /// What was bought before and is likely to be bought again; the score is how likely within the days ahead.
    pub again: Vec<Recommendation>,
    /// Where the top-5 comes from.
    pub source: Option<String>,
    /// Every event, newest first.
    pub timeline: Vec<TimelineEvent>,
}

impl UserProfile {
    /// With each attribute seen against the other users.
    #[must_use]
    pub fn with_standing(mut self, standing: &[Standing]) -> Self {
        for attribute in &mut self.attributes {
            if let Some(found) = standing.iter().find(|found| found.column == attribute.name) {
                (attribute.percentile, attribute.segment_mean) = (found.percentile, found.segment_mean);
                attribute.largest = found.largest;
            }
        }
        self
    }

    /// An attribute by name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}
