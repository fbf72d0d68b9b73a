//! A user in one sentence: who it is, for how long quiet and what is usual, worth how much, what to offer. What is not known
//! is left out.

use crate::store::cell::Cell;
use crate::store::columns::Shown;
use crate::store::profile::UserProfile;
use crate::store::terms::Terms;

/// Days of silence from which a user is called quiet.
const QUIET_FROM: f64 = 7.0;
/// Gaps between order days from which their mean is a rhythm.
const GAPS: usize = 2;
/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// The sentence.
pub(super) fn sentence(user: &UserProfile, terms: &Terms) -> String {
    let mut words = subject(user);
    if let Some(silence) = silence(user) {
        words = format!("{words}, {silence}");
    }
    let further = [worth(user, terms), leaving(user), consent(user), offer(user)];
    let told: Vec<String> = std::iter::once(words).chain(further.into_iter().flatten()).collect();
    format!("{}.", told.join("; "))
}

fn number(user: &UserProfile, name: &str) -> Option<f64> {
    match user.attribute(name)?.value {
        Cell::Int(value) => Some(value as f64),
        Cell::Float(value) => Some(value).filter(|value| value.is_finite()),
        _ => None,
    }
}

fn text<'a>(user: &'a UserProfile, name: &str) -> Option<&'a str> {
    match &user.attribute(name)?.value {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

/// Who it is by what the user did, in the words that name segments, and the segment.
fn subject(user: &UserProfile) -> String {
    let of = |name: &str| number(user, name).unwrap_or(0.0);
    let noun = match (of("orders"), of("sessions")) {
        (orders, _) if orders >= 5.0 => "frequent buyer",
        (orders, _) if orders >= 2.0 => "loyal buyer",
        (orders, _) if orders >= 1.0 => "one-time buyer",
        _ if of("transactions") >= 1.0 => "buyer",
        _ if of("addtocarts") >= 1.0 => "shopper",
        (_, visits) if visits >= 2.0 => "returning visitor",
        (_, visits) if visits >= 1.0 => "one-time visitor",
        _ => "user",
    };
    match text(user, "segment") {
        Some(segment) if segment.to_lowercase() == format!("{noun}s") => format!("A {noun}"),
        // What has no name has a number.
        Some(segment) if segment.starts_with("Segment ") => format!("A {noun} ({})", segment.to_lowercase()),
        Some(segment) => format!("A {noun} (segment {segment})"),
        None => format!("A {noun}"),
    }
}

/// For how long nothing was seen of the user, and after how long the user usually orders again.
fn silence(user: &UserProfile) -> Option<String> {
    let days = number(user, "recency_days").or(user.silent_days)?;
    let status = text(user, "status");
    let lapsed = status == Some("lapsed");
    let seen = match days {
        days if days < 1.0 => "seen within the last day".to_owned(),
        days if days < QUIET_FROM && !lapsed => format!("last seen {} ago", counted(days)),
        days => format!("quiet for {}", counted(days)),
    };
    let seen = status.map_or_else(|| seen.clone(), |status| format!("{status}, {seen}"));
    let Some((usual, since)) = rhythm(user) else { return Some(seen) };
    // The silence since the last event is compared with the rhythm of orders only where that event was an order.
    Some(if since - days < 1.0 {
        format!("{seen} – usually back after {}", counted(usual))
    } else {
        format!("{seen}, without an order for {} – usually one every {}", counted(since), counted(usual))
    })
}

/// The mean number of days from one order day (UTC) to the next, where there are enough, and the days since the last.
fn rhythm(user: &UserProfile) -> Option<(f64, f64)> {
    let orders = user.timeline.iter().filter(|event| event.event == "transaction");
    let mut days: Vec<i64> = orders.clone().map(|event| event.time.div_euclid(DAY_MS)).collect();
    days.sort_unstable();
    days.dedup();
    let (first, last) = (days.first()?, days.last()?);
    let gaps = days.len() - 1;
    let latest = orders.map(|event| event.time).max()?;
    let since = (user.as_of.max(latest) - latest) as f64 / DAY_MS as f64;
    (gaps >= GAPS).then(|| ((last - first) as f64 / gaps as f64, since))
}

/// `41 days`, whole ones; what is less than one is 1.
fn counted(days: f64) -> String {
    crate::format::counted((days.floor() as u64).max(1), "days")
}

/// What the user is expected to spend, or to buy where no prices are known.
fn worth(user: &UserProfile, terms: &Terms) -> Option<String> {
    let ahead = terms.horizon_days.map_or_else(String::new, |days| format!(" in the next {}", counted(days)));
    if let Some(revenue) = number(user, "revenue") {
        return Some(format!("worth {}{ahead}", Shown::Money.number(revenue, &user.currency)));
    }
    let purchases = number(user, "ltv")?;
    Some(format!("{} purchases expected{ahead}", Shown::Number(2).number(purchases, "")))
}

/// How likely one who is still active is to leave.
fn leaving(user: &UserProfile) -> Option<String> {
    let churn = number(user, "churn").filter(|_| text(user, "status") != Some("lapsed"))?;
    Some(format!("{} likely to leave", Shown::Share.number(churn, "")))
}

/// Whether the customer has refused to be written to.
fn consent(user: &UserProfile) -> Option<String> {
    let refused = user.attribute("customer_consent")?.value == Cell::Bool(false);
    refused.then(|| "may not be written to".to_owned())
}

/// The first of what is recommended.
fn offer(user: &UserProfile) -> Option<String> {
    let first = user.recommendations.first()?;
    Some(match &first.name {
        Some(name) => format!("offer: {name}"),
        None => format!("offer: item {}", first.item),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::activity::TimelineEvent;
    use crate::store::columns::Role;
    use crate::store::profile::{Attribute, Recommendation};

    fn attribute(name: &str, value: Cell) -> Attribute {
        let (percentile, segment_mean, largest) = (None, None, None);
        let (name, label) = (name.to_owned(), String::new());
        Attribute { name, label, shown: Shown::Plain, role: Role::Feature, value, percentile, segment_mean, largest }
    }

    /// A user with an order on each of these days, seen last on `seen`, told as of day 100.
    fn user(orders: &[i64], seen: i64, attributes: Vec<Attribute>) -> UserProfile {
        let event = |day: i64, event: &str| TimelineEvent {
            time: day * DAY_MS,
            event: event.to_owned(),
            item: None,
            name: None,
            transaction: None,
            price: None,
        };
        let orders = orders.iter().rev().map(|day| event(*day, "transaction"));
        UserProfile {
            id: "57".to_owned(),
            row: 0,
            sentence: String::new(),
            note: None,
            note_problem: None,
            as_of: 100 * DAY_MS,
            zone: crate::zone::ShopZone::default(),
            silent_days: Some((100 - seen) as f64),
            currency: "€".to_owned(),
            uplift_simulated: false,
            attributes,
            reasons: Vec::new(),
            why: None,
            weeks: Vec::new(),
            affinity: Vec::new(),
            recommendations: Vec::new(),
            again: Vec::new(),
            source: None,
            timeline: std::iter::once(event(seen, "view")).chain(orders).collect(),
        }
    }

    #[test]
    fn a_user_is_told_by_what_is_known_and_by_nothing_else() {
        let terms = Terms { horizon_days: Some(60.0), ..Terms::default() };
        let text = |name: &str, value: &str| attribute(name, Cell::Text(value.to_owned()));
        // Three order days, 12 days apart: two gaps are a rhythm.
        let mut loyal = user(
            &[35, 47, 59],
            59,
            vec![
                attribute("orders", Cell::Int(3)),
                text("segment", "Loyal buyers"),
                text("status", "active"),
                attribute("revenue", Cell::Float(54.0)),
                attribute("churn", Cell::Float(0.25)),
                attribute("customer_consent", Cell::Bool(false)),
            ],
        );
        loyal.recommendations.push(Recommendation {
            item: "8".to_owned(),
            name: Some("Green tea".to_owned()),
            score: None,
            source: None,
            category: None,
            price: None,
            due_days: None,
        });
        assert_eq!(
            sentence(&loyal, &terms),
            "A loyal buyer, active, quiet for 41 days – usually back after 12 days; worth 54.00 € in the next 60 days; 25.0 % \
             likely to leave; may not be written to; offer: Green tea."
        );
        // A visit since the last order is no order: both are told.
        let visited = user(&[35, 47, 59], 99, vec![attribute("orders", Cell::Int(3)), text("status", "active")]);
        assert_eq!(
            sentence(&visited, &terms),
            "A loyal buyer, active, last seen 1 day ago, without an order for 41 days – usually one every 12 days."
        );
        // One gap is no rhythm, and one who has lapsed is not told to be likely to.
        let lapsed = vec![
            attribute("orders", Cell::Int(2)),
            text("segment", "Segment 3"),
            text("status", "lapsed"),
            attribute("churn", Cell::Float(0.99)),
            attribute("ltv", Cell::Float(0.5)),
        ];
        assert_eq!(
            sentence(&user(&[10, 20], 20, lapsed), &terms),
            "A loyal buyer (segment 3), lapsed, quiet for 80 days; 0.50 purchases expected in the next 60 days."
        );
        let unknown = UserProfile { silent_days: None, timeline: Vec::new(), ..user(&[], 0, Vec::new()) };
        assert_eq!(sentence(&unknown, &Terms::default()), "A user.");
    }
}
