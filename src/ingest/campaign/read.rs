//! Reads a campaign's file: which column is what, and what each row says.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::campaign::arms::{Arms, control_by_name, flag};
use crate::ingest::campaign::cells::{Cells, cells};
use crate::ingest::campaign::columns::{Column, is_id, predictors, spelling};
use crate::ingest::campaign::when::{Dates, When};
use crate::ingest::campaign::{Asked, CampaignFile, CampaignSettings};
use crate::ingest::grammar::{Persons, is_empty};
use crate::ingest::shape::shown;
use crate::job::Job;

/// The column that holds the date of a row, unless a setting says otherwise.
const DATE: &str = "date";

/// Reads a campaign.
///
/// # Errors
/// [`Error::Config`] for a column that does not exist, [`Error::Input`] for a cell that is not what its column should hold.
pub fn read(path: &Path, asked: Asked<'_>, job: &Job) -> Result<CampaignFile> {
    asked.settings.check()?;
    campaign(path, cells(path, "campaign rows", job)?, asked, job)
}

fn campaign(path: &Path, cells: Cells, asked: Asked<'_>, job: &Job) -> Result<CampaignFile> {
    let settings = asked.settings;
    let Cells { header, columns, lines } = cells;
    let place = |key: &str, name: &str| {
        header.iter().position(|known| known == name).ok_or_else(|| {
            let known = shown(&header);
            Error::Config(format!(
                "{}: no column {name:?}; its columns are {known}; set {}",
                path.display(),
                asked.how(key)
            ))
        })
    };
    let treatment = place("treatment", &settings.treatment)?;
    let outcome = place("outcome", &settings.outcome)?;
    // The default name of the user's column need not exist: then the rows are users of their own.
    let user = match header.iter().position(|known| *known == settings.user) {
        Some(user) => Some(user),
        None if settings.user.is_empty() || settings.user == CampaignSettings::default().user => None,
        None => Some(place("user", &settings.user)?),
    };
    let spend = if settings.spend.is_empty() { None } else { Some(place("spend", &settings.spend)?) };
    for (key, names) in [("features", &settings.features), ("ignore", &settings.ignore)] {
        names.iter().try_for_each(|name| place(key, name).map(|_| ()))?;
    }
    let wrong = |row: usize, what: String| Error::Input { path: path.to_path_buf(), line: Some(lines[row]), what };

    let mut notes = Vec::new();
    let by_name = if settings.control.is_empty() { control_by_name(&columns[treatment]) } else { None };
    if let Some(control) = by_name {
        notes.push(format!(
            "the control is {control:?}, by its name; another one is named with {}",
            asked.how("control")
        ));
    }
    let mut arms = Arms::new(asked, by_name.unwrap_or(&settings.control));
    let mut kept = Vec::new();
    let mut arm = Vec::new();
    for (row, value) in columns[treatment].iter().enumerate() {
        match arms.of(value.trim()) {
            Ok(Some(place)) => {
                kept.push(row);
                arm.push(place);
            }
            Ok(None) => {}
            Err(what) => return Err(wrong(row, format!("{} is {value:?}: {what}", settings.treatment))),
        }
    }
    if kept.len() < lines.len() {
        notes.push(format!("{} of {} rows are of other arms and left out", lines.len() - kept.len(), lines.len()));
    }
    arms.check(path, &arm)?;
    let Outcomes { values: outcome_values, money: outcome_is_money } =
        outcomes(&columns[outcome], &kept).map_err(|(row, cell)| {
            wrong(row, format!("{} is {cell:?}; an outcome is 0 or 1, or an amount of money", settings.outcome))
        })?;
    let treated: Vec<bool> = arm.iter().map(|arm| *arm > 0).collect();
    let happened: Vec<bool> = outcome_values.iter().map(|value| *value > 0.0).collect();
    if outcome_is_money {
        notes.push(format!("the outcome {} is taken as money: uplift is a difference of amounts", settings.outcome));
    }
    let dates = Dates::new(asked.zone)?;
    let (when, date) = when(dates, settings, &header, &columns, &kept, &mut notes, &wrong)?;
    let users = match user {
        Some(user) => Some(users(&columns[user], &kept).map_err(|(row, what)| wrong(row, what))?),
        None => None,
    };
    let spend = match spend {
        Some(at) => amounts(&columns[at], &kept)
            .map_err(|(row, cell)| wrong(row, format!("{} is {cell:?}, which is no number", settings.spend)))?,
        None => Vec::new(),
    };
    let taken: Vec<&String> = [Some(&settings.treatment), Some(&settings.outcome), user.map(|_| &settings.user)]
        .into_iter()
        .flatten()
        .chain((!settings.spend.is_empty()).then_some(&settings.spend))
        .chain(&settings.ignore)
        .chain(date.map(|date| &header[date]))
        .collect();
    let wanted = |name: &String| {
        if settings.features.is_empty() { !taken.contains(&name) } else { settings.features.contains(name) }
    };
    let mut used = Vec::new();
    for (name, cells) in header.iter().zip(&columns).filter(|(name, _)| wanted(name)) {
        job.check()?;
        let cells: Vec<String> = kept.iter().map(|&row| cells[row].clone()).collect();
        match column(name, &cells, (&treated, &happened), asked) {
            Column::Used(columns) => used.extend(columns),
            Column::LeftOut(why) => notes.push(format!("left out: {why}")),
        }
    }
    Ok(CampaignFile {
        users,
        row: kept.iter().map(|&row| row as u32).collect(),
        arms: arms.names,
        arm,
        outcome: outcome_values,
        money: outcome_is_money,
        when,
        spend,
        predictors: used,
        notes,
    })
}

/// What a column of the kept rows becomes. What nobody named must not have come after, and must tell of users.
fn column(name: &str, cells: &[String], (treated, happened): (&[bool], &[bool]), asked: Asked<'_>) -> Column {
    let Asked { settings, .. } = asked;
    if settings.features.is_empty() {
        let how = asked.how("features");
        if let Some(without) = consequence(cells, happened) {
            return Column::LeftOut(format!(
                "{name} is {without:?} wherever {} is 0 and differs only where it is 1, so it must have come after; name the \
                 columns that predict in {how} to use it",
                settings.outcome
            ));
        }
        if let Some(without) = consequence(cells, treated) {
            return Column::LeftOut(format!(
                "{name} is {without:?} for all of the control and differs only among the treated, so the treatment brought it \
                 about; name the columns that predict in {how} to use it"
            ));
        }
        if is_id(cells) {
            return Column::LeftOut(format!(
                "{name} is another number in every row, so it tells rows apart and not users; name the columns that predict in \
                 {how} to use it"
            ));
        }
    }
    predictors(name, cells)
}

/// The one value that a column has in all rows without the outcome (or the treatment), where it differs in so many rows with
/// it that it cannot have been known before.
fn consequence<'a>(cells: &'a [String], outcomes: &[bool]) -> Option<&'a str> {
    /// A column that has nothing to do with the outcome is thrown out once in a million times.
    const CHANCE: f64 = 1e-6;
    let rows = || cells.iter().map(|cell| cell.trim()).zip(outcomes);
    let without = rows().find(|(_, outcome)| !**outcome)?.0;
    let mut differing = 0;
    for (_, outcome) in rows().filter(|(cell, _)| *cell != without) {
        if !outcome {
            return None;
        }
        differing += 1;
    }
    let rate = outcomes.iter().filter(|outcome| **outcome).count() as f64 / outcomes.len() as f64;
    (rate.powi(differing) < CHANCE).then_some(without)
}

/// Outcomes as numbers.
struct Outcomes {
    values: Vec<f64>,
    money: bool,
}

/// Flags where every cell is one, else amounts; an error names the row that holds neither.
fn outcomes<'a>(cells: &'a [String], kept: &[usize]) -> std::result::Result<Outcomes, (usize, &'a str)> {
    let cell = |row: usize| cells[row].trim();
    let flags: Option<Vec<f64>> = kept.iter().map(|&row| flag(cell(row)).map(|yes| f64::from(u8::from(yes)))).collect();
    if let Some(values) = flags {
        return Ok(Outcomes { values, money: false });
    }
    let spelling = spelling(cells);
    let amount = |&row: &usize| spelling.parse(cell(row)).ok_or((row, cell(row)));
    Ok(Outcomes { values: kept.iter().map(amount).collect::<std::result::Result<_, _>>()?, money: true })
}

/// Amounts of the kept rows, NaN where unknown; an error names the row that holds none.
fn amounts<'a>(cells: &'a [String], kept: &[usize]) -> std::result::Result<Vec<f64>, (usize, &'a str)> {
    let spelling = spelling(cells);
    let amount = |&row: &usize| match cells[row].trim() {
        cell if is_empty(cell) => Ok(f64::NAN),
        cell => spelling.parse(cell).ok_or((row, cell)),
    };
    kept.iter().map(amount).collect()
}

/// When the campaign ran, and the place of the column that says so.
fn when(
    dates: Dates,
    settings: &CampaignSettings,
    header: &[String],
    columns: &[Vec<String>],
    kept: &[usize],
    notes: &mut Vec<String>,
    wrong: &dyn Fn(usize, String) -> Error,
) -> Result<(When, Option<usize>)> {
    let named = if settings.date.is_empty() { DATE } else { &settings.date };
    let Some(column) = header.iter().position(|known| known == named) else {
        if settings.date.is_empty() {
            return Ok((When::Unknown, None));
        }
        return Ok((dates.setting(&settings.date)?, None));
    };
    let cells: Vec<&str> = kept.iter().map(|&row| columns[column][row].trim()).collect();
    let (dates, swapped) = dates.of_column(&cells)?;
    if swapped {
        notes.push(format!("nothing tells days from months in {named}: {:?} was taken as is usual", cells[0]));
    }
    let mut times = Vec::with_capacity(kept.len());
    for &row in kept {
        let cell = columns[column][row].trim();
        let Some(time) = dates.parse(cell) else {
            return Err(wrong(row, format!("{named} is {cell:?}, which is no date such as 2015-08-01")));
        };
        times.push(time);
    }
    let first = times.first().copied();
    let when = match first {
        Some(first) if times.iter().all(|time| *time == first) => When::At(first),
        _ => When::Rows(times),
    };
    Ok((when, Some(column)))
}

/// Each row's user; an error names the row that has none or one that came before.
fn users(cells: &[String], kept: &[usize]) -> std::result::Result<Vec<String>, (usize, String)> {
    let mut seen = HashSet::new();
    let mut users = Vec::with_capacity(kept.len());
    // The same person is spelled here as in the log.
    let persons = Persons::of(kept.iter().map(|&row| cells[row].trim()).filter(|cell| !is_empty(cell)));
    for &row in kept {
        let user = persons.spelled(cells[row].trim());
        if is_empty(&user) {
            return Err((row, "has no user".to_owned()));
        }
        if !seen.insert(user.clone()) {
            return Err((row, format!("user {user} has a row before this one; a campaign has one row per user")));
        }
        users.push(user.into_owned());
    }
    Ok(users)
}
