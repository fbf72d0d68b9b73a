//! A campaign's rows at the places of their users in the log, with what was known of these users when it ran.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::features::{self, FeatureTable, Values};
use crate::ingest::accounts;
use crate::ingest::campaign::{CampaignFile, When};
use crate::job::Job;
use crate::models::uplift::Campaign;
use crate::pipeline::campaign::{feature, of_file};
use crate::pipeline::source::Inputs;

/// Features are built once per date; so many builds are still a matter of minutes.
const MOST_DATES: usize = 60;

/// The campaign on the log's users.
pub(super) struct Joined {
    /// Users who took part and were known before it, with their features as of its date.
    pub then: FeatureTable,
    /// What was done to them and what came of it.
    pub campaign: Campaign,
    /// Their folds.
    pub fold: Vec<u8>,
    /// Every user of the log as of T.
    pub now: FeatureTable,
    /// The folds of those who took part.
    pub fold_now: Vec<Option<u8>>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Joins a campaign's file to the log.
///
/// # Errors
/// [`Error::Config`] where the file tells no users, none of the log, or no date.
pub(super) fn joined(
    file: &CampaignFile,
    path: &Path,
    inputs: Inputs<'_>,
    config: &Config,
    job: &Job,
) -> Result<Joined> {
    let shown = path.display();
    let Some(users) = &file.users else {
        return Err(Error::Config(format!(
            "{shown}: without a column of users nobody in the log can be told; name it with campaign.user, or look at the \
             campaign by itself with user360 uplift --campaign {shown}"
        )));
    };
    let accounts = accounts(users, &config.ingest.same_user, inputs.same_user)?;
    let mut codes: Vec<Option<u32>> = accounts.iter().map(|user| inputs.log.users.code(user)).collect();
    let twice = leave_out_twice(&mut codes);
    let known = codes.iter().flatten().count();
    if known == 0 {
        return Err(Error::Config(format!(
            "{shown}: none of its {} users is in the log; look at the campaign by itself with \
             user360 uplift --campaign {shown}",
            users.len()
        )));
    }
    let mut notes = file.notes.clone();
    notes.push(format!("a real campaign: {known} of its {} users are in the log", users.len()));
    if twice > 0 {
        notes.push(format!(
            "{twice} rows are left out: their accounts are joined by ingest.same_user, and nothing tells which of a person's \
             rows counts"
        ));
    }
    let dates = dates(file, path, inputs)?;
    let (rows, mut then) = then(&codes, &dates, inputs, config, job)?;
    notes.push(told(&dates, known - rows.len()));
    if rows.is_empty() {
        return Err(Error::Config(format!(
            "{shown}: none of its users has an event before the campaign's date; see campaign.date"
        )));
    }
    let all = of_file(file);
    let campaign = Campaign {
        arms: all.arms,
        arm: rows.iter().map(|&row| all.arm[row]).collect(),
        outcome: all.outcome.select(&rows),
        spend: if all.spend.is_empty() { Vec::new() } else { rows.iter().map(|&row| all.spend[row]).collect() },
        true_effect: None,
    };
    let mut now = inputs.now.clone();
    let place: HashMap<u32, usize> = now.users.iter().enumerate().map(|(row, &code)| (code, row)).collect();
    let mut fold_now = vec![None; now.len()];
    for (code, &row) in then.users.iter().zip(&rows) {
        if let Some(&at) = place.get(code) {
            fold_now[at] = Some(inputs.folds[*code as usize]);
        }
        debug_assert_eq!(codes[row], Some(*code));
    }
    for predictor in &file.predictors {
        let mut values = vec![f32::NAN; now.len()];
        for (code, value) in codes.iter().zip(&predictor.values) {
            if let Some(&at) = code.and_then(|code| place.get(&code)) {
                values[at] = *value;
            }
        }
        now.features.push(feature(&predictor.name, values));
        then.features.push(feature(&predictor.name, rows.iter().map(|&row| predictor.values[row]).collect()));
    }
    let fold = then.users.iter().map(|&code| inputs.folds[code as usize]).collect();
    Ok(Joined { then, campaign, fold, now, fold_now, notes })
}

/// Takes out whom several rows tell of; how many rows these were.
fn leave_out_twice(codes: &mut [Option<u32>]) -> usize {
    let mut rows: HashMap<u32, usize> = HashMap::new();
    codes.iter().flatten().for_each(|&code| *rows.entry(code).or_default() += 1);
    let mut left_out = 0;
    for code in codes.iter_mut().filter(|code| code.is_some_and(|code| rows.get(&code).is_some_and(|&rows| rows > 1))) {
        *code = None;
        left_out += 1;
    }
    left_out
}

/// The date of each row of the file.
fn dates(file: &CampaignFile, path: &Path, inputs: Inputs<'_>) -> Result<Vec<i64>> {
    let dates = match &file.when {
        When::End => vec![inputs.log.as_of; file.len()],
        When::At(date) => vec![*date; file.len()],
        When::Rows(dates) => dates.clone(),
        When::Unknown => {
            return Err(Error::Config(format!(
                "{}: when did the campaign run? What its users did afterwards must not tell whom it moves. Say it with a \
                 column `date` in the file, with date = \"2015-08-01\" below [campaign], or with run --date 2015-08-01; \
                 --date end says that the log ends before it",
                path.display()
            )));
        }
    };
    let mut different = dates.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() > MOST_DATES {
        return Err(Error::Config(format!(
            "{}: its rows have {} different dates, more than {MOST_DATES}; give days without a time of day, or one date with \
             campaign.date",
            path.display(),
            different.len()
        )));
    }
    Ok(dates)
}

/// The rows whose users had an event until their date, in the order of the users' codes, and these users' features then.
fn then(
    codes: &[Option<u32>],
    dates: &[i64],
    inputs: Inputs<'_>,
    config: &Config,
    job: &Job,
) -> Result<(Vec<usize>, FeatureTable)> {
    let mut by_date: BTreeMap<i64, Vec<(u32, usize)>> = BTreeMap::new();
    for (row, (code, date)) in codes.iter().zip(dates).enumerate() {
        if let Some(code) = code {
            by_date.entry((*date).min(inputs.log.as_of)).or_default().push((*code, row));
        }
    }
    let mut rows: Vec<(u32, usize)> = Vec::new();
    let mut table: Option<FeatureTable> = None;
    for (date, mut members) in by_date {
        members.sort_unstable();
        let known = inputs.as_of(date);
        let of_date = if date == inputs.log.as_of {
            inputs.now.clone()
        } else {
            let gap = config.features.session_gap_minutes;
            features::build(known.log(), &inputs.catalogue.category, date, gap, job)?
        };
        let at = |code: u32| of_date.users.binary_search(&known.code_of(code)?).ok();
        let kept: Vec<((u32, usize), usize)> =
            members.into_iter().filter_map(|member| Some((member, at(member.0)?))).collect();
        let places: Vec<usize> = kept.iter().map(|(_, place)| *place).collect();
        rows.extend(kept.into_iter().map(|(member, _)| member));
        let users = rows[rows.len() - places.len()..].iter().map(|(code, _)| *code).collect();
        let part = FeatureTable { users, ..picked(&of_date, &places) };
        table = Some(match table {
            None => part,
            Some(before) => joined_below(before, part),
        });
    }
    let table = table.unwrap_or_else(|| picked(inputs.now, &[]));
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by_key(|&at| rows[at]);
    Ok((order.iter().map(|&at| rows[at].1).collect(), picked(&table, &order)))
}

/// The rows named, in that order.
fn picked(table: &FeatureTable, rows: &[usize]) -> FeatureTable {
    let values = |values: &Values| match values {
        Values::Count(values) => Values::Count(rows.iter().map(|&row| values[row]).collect()),
        Values::Real(values) => Values::Real(rows.iter().map(|&row| values[row]).collect()),
        Values::Money(values) => Values::Money(rows.iter().map(|&row| values[row]).collect()),
    };
    FeatureTable {
        as_of: table.as_of,
        users: rows.iter().map(|&row| table.users[row]).collect(),
        features: table
            .features
            .iter()
            .map(|feature| features::Feature { values: values(&feature.values), ..feature.clone() })
            .collect(),
        top_category: rows.iter().map(|&row| table.top_category[row]).collect(),
    }
}

/// The rows of both tables, which have the same features.
fn joined_below(mut above: FeatureTable, below: FeatureTable) -> FeatureTable {
    above.users.extend(below.users);
    above.top_category.extend(below.top_category);
    for (above, below) in above.features.iter_mut().zip(below.features) {
        match (&mut above.values, below.values) {
            (Values::Count(above), Values::Count(below)) => above.extend(below),
            (Values::Real(above), Values::Real(below)) => above.extend(below),
            (Values::Money(above), Values::Money(below)) => above.extend(below),
            // A feature has one type; what had not would lack its rows.
            (above, below) => {
                let all = (0..above.len()).map(|row| above.get(row)).chain((0..below.len()).map(|row| below.get(row)));
                *above = Values::Money(all.collect());
            }
        }
    }
    above
}

/// As of when the features are, and who is left out for having none then.
fn told(dates: &[i64], unknown: usize) -> String {
    let day = |ms: i64| jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string());
    let (first, last) = (dates.iter().min().copied().unwrap_or(0), dates.iter().max().copied().unwrap_or(0));
    let when = if first == last { day(first) } else { format!("each row's date, {} to {}", day(first), day(last)) };
    let left_out = match unknown {
        0 => String::new(),
        unknown => format!("; {unknown} users without an event until then teach nothing"),
    };
    format!("features are as of the campaign, {when}{left_out}; users are served by their features as of T")
}
