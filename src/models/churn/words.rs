//! A reason in words: what is seen of the user, and which way it moves the score.

use std::collections::HashMap;

use crate::features::{Feature, FeatureTable};
use crate::format;
use crate::models::churn::reasons::Group;

/// The features that words speak of.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    recency: Option<&'a Feature>,
    visits: Option<&'a Feature>,
    items: Option<&'a Feature>,
    categories: Option<&'a Feature>,
    orders: Option<&'a Feature>,
    spend: Option<&'a Feature>,
    carts: Option<&'a Feature>,
    pace: Option<&'a Feature>,
}

impl<'a> Words<'a> {
    /// Of the users of a table.
    pub fn of(table: &'a FeatureTable) -> Self {
        Self {
            recency: table.feature("recency_days"),
            visits: table.feature("sessions"),
            items: table.feature("unique_items"),
            categories: table.feature("unique_categories"),
            orders: table.feature("orders"),
            spend: table.feature("spend"),
            carts: table.feature("addtocarts"),
            pace: table.feature("avg_time_between_events"),
        }
    }

    /// The reasons of rows, each a group, its contribution and the row: `raises: not seen for 41 days`. What many users
    /// have in common is written once: the texts, and which of them is whose.
    pub fn reasons(&self, of: impl Iterator<Item = Option<(Group, f32, usize)>>) -> (Vec<String>, Vec<Option<u32>>) {
        let mut known: HashMap<(Group, bool, Seen), u32> = HashMap::new();
        let mut texts = Vec::new();
        let mut place = |(group, contribution, row): (Group, f32, usize)| {
            let (raises, seen) = (contribution > 0.0, self.seen(group, row));
            *known.entry((group, raises, seen)).or_insert_with(|| {
                let direction = if raises { "raises" } else { "lowers" };
                texts.push(format!("{direction}: {}", seen.text(group)));
                texts.len() as u32 - 1
            })
        };
        let places = of.map(|reason| reason.map(&mut place)).collect();
        (texts, places)
    }

    /// What is told of a row.
    fn seen(&self, group: Group, row: usize) -> Seen {
        let feature = |name: &str| match name {
            "recency_days" => self.recency,
            "sessions" => self.visits,
            "unique_items" => self.items,
            "unique_categories" => self.categories,
            "orders" => self.orders,
            "spend" => self.spend,
            "addtocarts" => self.carts,
            "avg_time_between_events" => self.pace,
            _ => None,
        };
        Seen::of(group, |name| feature(name).map(|feature| feature.values.get(row)))
    }
}

/// What is seen of a user in a group of features, in words: `not seen for 41 days`. `value` gives the user's value of a
/// feature; one that is not known, or NaN, is not told.
pub fn told(group: Group, value: impl Fn(&str) -> Option<f64>) -> String {
    Seen::of(group, value).text(group)
}

/// Seconds of a day.
const DAY_SECONDS: f64 = 86_400.0;

/// What is seen of a user in one group of features, numbers by their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Seen {
    Number(u64),
    Categories(u64),
    Nothing,
}

impl Seen {
    fn of(group: Group, value: impl Fn(&str) -> Option<f64>) -> Self {
        let value = |feature: &str| value(feature).filter(|value| !value.is_nan());
        let found = match group {
            Group::Recency => value("recency_days").map(f64::floor),
            Group::Visits => value("sessions"),
            Group::Breadth => value("unique_items"),
            Group::Purchases => value("orders"),
            Group::Money => value("spend"),
            Group::Carts => value("addtocarts"),
            Group::Rhythm => value("avg_time_between_events").map(|seconds| {
                let days = seconds / DAY_SECONDS;
                if days >= 1.0 { days.round() } else { 0.0 }
            }),
        };
        match (found, group) {
            (Some(number), _) => Self::Number(number.to_bits()),
            (None, Group::Breadth) => {
                value("unique_categories").map_or(Self::Nothing, |number| Self::Categories(number.to_bits()))
            }
            (None, _) => Self::Nothing,
        }
    }

    fn text(self, group: Group) -> String {
        let number = match self {
            Self::Number(bits) => f64::from_bits(bits),
            Self::Categories(bits) => {
                return count(f64::from_bits(bits), "category of items", "categories of items");
            }
            Self::Nothing if group == Group::Rhythm => return "seen only once".to_owned(),
            Self::Nothing => return group.name().to_owned(),
        };
        match group {
            Group::Recency if number < 1.0 => "seen within a day".to_owned(),
            Group::Recency => format!("not seen for {}", count(number, "day", "days")),
            Group::Visits => count(number, "visit", "visits"),
            Group::Breadth => count(number, "item looked at", "different items looked at"),
            Group::Purchases if number == 0.0 => "no order".to_owned(),
            Group::Purchases => count(number, "order", "orders"),
            Group::Money => format!("{} spent", format::number(number)),
            Group::Carts if number == 0.0 => "nothing put into a cart".to_owned(),
            Group::Carts => count(number, "addition to a cart", "additions to a cart"),
            Group::Rhythm if number < 1.0 => "less than a day from event to event".to_owned(),
            Group::Rhythm => format!("{} from event to event", count(number, "day", "days")),
        }
    }
}

fn count(number: f64, one: &str, more: &str) -> String {
    let written = format!("{number:.0}");
    let noun = if written == "1" { one } else { more };
    format!("{written} {noun}")
}
