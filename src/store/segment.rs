//! A segment in words: one sentence, what sets it apart most, and who came and went since an earlier run.

use crate::error::Result;
use crate::features::DEFINITIONS;
use crate::format::{self, counted, thousands};
use crate::models::segments::SegmentProfile;
use crate::store::cell::Cell;
use crate::store::columns::Shown;
use crate::store::compare::{Migration, compare};
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::terms::{Terms, USERS};

/// Differences that are told, and how many standard deviations one has at least.
const DIFFERENCES: usize = 3;
const NOTABLE: f64 = 0.25;
/// Segments that are told one by one of those that users came from or went to.
const SEGMENTS: usize = 3;
/// Users of a run up to which it is compared for a page that nobody asked to compare runs.
const COMPARED: u64 = 300_000;

/// The segment in one sentence: how many users, for whom its name holds, what they are worth and how likely they are to
/// leave. `row` is its row of the table of segments, which tells money and risk.
pub fn segment_sentence(profile: &SegmentProfile, row: Option<(&DataTable, usize)>, terms: &Terms) -> String {
    let users = counted(profile.size, "users");
    let mut told = vec![format!("{users}, {} of all", Shown::Share.number(profile.share, ""))];
    if let Some(named) = &profile.named {
        let (holds, elsewhere) = (format::percent(named.holds), format::percent(named.elsewhere));
        told.push(format!("{holds} of them, and {elsewhere} of everyone else: {}", named.meaning));
    }
    let mean = |name: &str| {
        let (table, row) = row?;
        match table.cell(row, table.column(&format!("mean_{name}"))?) {
            Cell::Float(value) => Some(value),
            _ => None,
        }
    };
    let ahead =
        terms.horizon_days.map_or_else(String::new, |days| format!(" in the next {}", counted(days as u64, "days")));
    if let Some(revenue) = mean("revenue") {
        let money = |value: f64| Shown::Money.number(value, &terms.currency);
        told.push(format!("worth {} each{ahead}, {} in all", money(revenue), money(revenue * profile.size as f64)));
    } else if let Some(purchases) = mean("ltv") {
        told.push(format!("{} purchases expected of each{ahead}", Shown::Number(2).number(purchases, "")));
    }
    if let Some(churn) = mean("churn") {
        told.push(format!("{} likely to leave on average", Shown::Share.number(churn, "")));
    }
    format!("{}.", told.join("; "))
}

/// What sets a segment apart most, the strongest first: `more visits (12.0 beside 2.6)`. `everybody` gives the mean of a
/// feature over everybody.
pub fn segment_differences(
    profile: &SegmentProfile,
    everybody: impl Fn(&str) -> Option<f64>,
    terms: &Terms,
) -> Vec<String> {
    let mut strongest: Vec<(f64, u8, String)> = Vec::new();
    for definition in DEFINITIONS {
        let (Some(words), Some(z)) = (definition.words, profile.z_of(definition.name)) else { continue };
        if z.abs() < NOTABLE {
            continue;
        }
        let word = if z > 0.0 { words.more } else { words.less };
        let shown = terms.shown(USERS, definition.name).map_or(Shown::Number(1), Shown::of_mean);
        let number = |value: f64| shown.number(value, &terms.currency);
        let said = match (profile.centre_of(definition.name), everybody(definition.name)) {
            (Some(own), Some(all)) => format!("{word} ({} beside {})", number(own), number(all)),
            _ => word.to_owned(),
        };
        strongest.push((z.abs(), words.place, said));
    }
    // The better known of equally strong ones.
    strongest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    strongest.into_iter().take(DIFFERENCES).map(|(_, _, said)| said).collect()
}

/// Who came to a segment and who left it from an earlier run to a later one, in sentences; `None` where there are too many
/// users to look at each for this.
///
/// # Errors
/// Those of reading the runs.
pub fn segment_moves(before: &Run, after: &Run, name: &str) -> Result<Option<Vec<String>>> {
    if before.info().users.max(after.info().users) > COMPARED {
        return Ok(None);
    }
    let since = before.info().zone().date(before.info().as_of);
    Ok(compare(before, after)?.migration.map(|migration| moved(&migration, name, &since)))
}

fn moved(migration: &Migration, name: &str, since: &str) -> Vec<String> {
    let (from, to) = (place(&migration.from, name), place(&migration.to, name));
    if from.is_none() && to.is_none() {
        return vec![format!("the run as of {since} has no segment of this name")];
    }
    let count = |from: usize, to: usize| migration.users.get(from).and_then(|row| row.get(to)).copied().unwrap_or(0);
    let others = |names: &[String], count: &dyn Fn(usize) -> u64| -> Vec<(String, u64)> {
        let others = names.iter().enumerate().filter(|(_, other)| *other != name);
        let mut counts: Vec<(String, u64)> =
            others.map(|(at, other)| (other.clone(), count(at))).filter(|(_, users)| *users > 0).collect();
        counts.sort_by_key(|(_, users)| std::cmp::Reverse(*users));
        counts
    };
    let came = to.map(|to| others(&migration.from, &|from| count(from, to))).unwrap_or_default();
    let left = from.map(|from| others(&migration.to, &|to| count(from, to))).unwrap_or_default();
    vec![told("came", "from", since, &came), told("left", "to", since, &left)]
}

fn place(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|known| known == name)
}

/// `40 users came since 2025-09-01: 25 from Recent browsers, 15 from Buyers`.
fn told(verb: &str, direction: &str, since: &str, users: &[(String, u64)]) -> String {
    let all: u64 = users.iter().map(|(_, users)| users).sum();
    if all == 0 {
        return format!("nobody {verb} since {since}");
    }
    let mut parts: Vec<String> = users
        .iter()
        .take(SEGMENTS)
        .map(|(segment, users)| format!("{} {direction} {segment}", thousands(*users)))
        .collect();
    let rest: u64 = users.iter().skip(SEGMENTS).map(|(_, users)| users).sum();
    if rest > 0 {
        parts.push(format!("{} {direction} others", thousands(rest)));
    }
    format!("{} {verb} since {since}: {}", counted(all, "users"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_and_who_left_is_told_by_the_other_segments() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let migration = Migration {
            from: names(&["Loyal", "New", "Lapsed"]),
            to: names(&["Loyal", "Lapsed", "New"]),
            users: vec![vec![50, 1, 0], vec![3, 0, 9], vec![4, 20, 0]],
            ..Migration::default()
        };
        assert_eq!(
            moved(&migration, "Loyal", "2025-09-01"),
            ["7 users came since 2025-09-01: 4 from Lapsed, 3 from New", "1 user left since 2025-09-01: 1 to Lapsed"]
        );
        assert_eq!(moved(&migration, "New", "2025-09-01")[0], "nobody came since 2025-09-01");
        assert_eq!(moved(&migration, "Else", "d"), ["the run as of d has no segment of this name"]);
    }

    #[test]
    fn a_segment_is_told_by_what_its_run_knows() {
        let profile = SegmentProfile {
            name: "Loyal buyers".to_owned(),
            description: String::new(),
            named: None,
            differences: Vec::new(),
            size: 1,
            share: 0.125,
            centre: vec![("sessions".to_owned(), 12.0), ("views".to_owned(), 3.0)],
            z: vec![("sessions".to_owned(), 1.5), ("orders".to_owned(), -0.5), ("spend".to_owned(), 0.1)],
        };
        let terms = Terms { horizon_days: Some(60.0), ..Terms::default() };
        assert_eq!(segment_sentence(&profile, None, &terms), "1 user, 12.5 % of all.");
        let everybody = |name: &str| (name == "sessions").then_some(2.56);
        assert_eq!(segment_differences(&profile, everybody, &terms), ["more visits (12.0 beside 2.6)", "fewer orders"]);
    }
}
