//! A reason in words: what is seen of the user, and which way it moves the score.

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

    /// The reason of a row: `raises: not seen for 41 days`.
    pub fn reason(&self, group: Group, contribution: f32, row: usize) -> String {
        let direction = if contribution > 0.0 { "raises" } else { "lowers" };
        format!("{direction}: {}", self.seen(group, row))
    }

    fn seen(&self, group: Group, row: usize) -> String {
        let value =
            |feature: Option<&Feature>| feature.map(|feature| feature.values.get(row)).filter(|value| !value.is_nan());
        let told = match group {
            Group::Recency => value(self.recency).map(|days| match days.floor() {
                0.0 => "seen within a day".to_owned(),
                days => format!("not seen for {}", count(days, "day", "days")),
            }),
            Group::Visits => value(self.visits).map(|visits| count(visits, "visit", "visits")),
            Group::Breadth => value(self.items)
                .map(|items| count(items, "item looked at", "different items looked at"))
                .or_else(|| value(self.categories).map(|of| count(of, "category of items", "categories of items"))),
            Group::Purchases => value(self.orders).map(|orders| match orders {
                0.0 => "no order".to_owned(),
                orders => count(orders, "order", "orders"),
            }),
            Group::Money => value(self.spend).map(|spend| format!("{} spent", format::number(spend))),
            Group::Carts => value(self.carts).map(|carts| match carts {
                0.0 => "nothing put into a cart".to_owned(),
                carts => count(carts, "addition to a cart", "additions to a cart"),
            }),
            Group::Rhythm => Some(value(self.pace).map_or_else(
                || "seen only once".to_owned(),
                |seconds| match seconds / 86_400.0 {
                    days if days >= 1.0 => format!("{} from event to event", count(days.round(), "day", "days")),
                    _ => "less than a day from event to event".to_owned(),
                },
            )),
        };
        told.unwrap_or_else(|| group.name().to_owned())
    }
}

fn count(number: f64, one: &str, more: &str) -> String {
    let written = format!("{number:.0}");
    let noun = if written == "1" { one } else { more };
    format!("{written} {noun}")
}
