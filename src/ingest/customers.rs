//! What a file beside the log tells of its users: who they are, how they are reached, and whether they agree to it. It is as
//! of the day it was written, and predicts nothing: it is shown, filtered by and exported.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::error::{Error, Result};
use crate::files::file_name;
use crate::format::thousands;
use crate::ingest::append::EventDetails;
use crate::ingest::attribute_table::AttributeTable;
use crate::ingest::campaign::flag;
use crate::ingest::customer_file::{CustomerFile, CustomerSettings};
use crate::ingest::customer_words::{CONSENT, COUNTRY, EMAIL, FIRST_NAME, HOUSEHOLD, LAST_NAME, NAME, PHONE, agreed};
use crate::ingest::grammar::{Persons, is_empty, whole_of};
use crate::ingest::ids::canonical_integer;
use crate::ingest::joins::Joins;
use crate::ingest::label::Label;
use crate::ingest::log::{EventLog, Ids};
use crate::job::Job;

/// What stands before the name of each column.
const PREFIX: &str = "customer_";
/// Further columns that are kept.
const MOST: usize = 100;

/// The column of the household.
pub const HOUSEHOLD_COLUMN: &str = "customer_household";

/// The values of one column, one entry per user code.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Texts.
    Text(Vec<Option<Box<str>>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Other numbers.
    Real(Vec<Option<f64>>),
}

/// What is known of each user of the log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Customers {
    /// The columns by name, which begins with `customer_`; none where no file tells of users.
    pub columns: Vec<(String, Attribute)>,
}

impl Customers {
    /// The household of each user, by code; nothing where no column tells it.
    pub fn into_households(self) -> Vec<Option<Box<str>>> {
        let own = self.columns.into_iter().find(|(name, _)| name == HOUSEHOLD_COLUMN);
        match own {
            Some((_, Attribute::Text(households))) => households,
            _ => Vec::new(),
        }
    }

    /// What the rows of a log tell of its users, the latest of each counting, and a sentence about it.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn of_log(log: &EventLog, details: &EventDetails, job: &Job) -> Result<(Self, Option<String>)> {
        let (mut found, mut told) = (Self::default(), Vec::new());
        for label in Label::OF_CUSTOMERS {
            job.check()?;
            let labels = &details.labels[label as usize];
            if labels.texts.iter().all(|text| is_empty(text)) {
                continue;
            }
            let latest = |user: u32| {
                let events = log.all_of(user).filter_map(|event| Some((log.time[event], labels.of(event)?)));
                // Of two texts at the same time the first in the alphabet, whatever the order of the rows.
                let filled = events.filter(|(_, text)| !is_empty(text)).map(|(time, text)| (time, Reverse(text)));
                filled.max().map(|(_, Reverse(text))| text)
            };
            let texts: Vec<Option<&str>> = (0..log.users.len() as u32).map(latest).collect();
            let spelled = |spell: &dyn Fn(&str) -> String| {
                Attribute::Text(texts.iter().map(|text| text.map(|text| spell(text).into())).collect())
            };
            let attribute = match label {
                Label::CustomerEmail => spelled(&|text| text.trim().to_lowercase()),
                Label::CustomerPhone => spelled(&|text| Persons::Phones.spelled(text.trim()).into_owned()),
                Label::CustomerConsent if texts.iter().flatten().all(|text| agreed(text).is_some()) => {
                    Attribute::Flag(texts.iter().map(|text| text.and_then(agreed)).collect())
                }
                _ => spelled(&str::to_owned),
            };
            let known = thousands(texts.iter().flatten().count() as u64);
            told.push(format!("the {} of {known}", label.name().trim_start_matches(PREFIX)));
            found.columns.push((label.name().to_owned(), attribute));
        }
        let all = thousands(log.users.len() as u64);
        let told = (!told.is_empty())
            .then(|| format!("the log tells of {all} users: {}{}", told.join(", "), found.told_of_households()));
        Ok((found, told))
    }

    /// What is told here, and elsewhere where nothing is.
    pub(super) fn or(mut self, other: Self) -> Self {
        fn filled<T>(own: &mut [Option<T>], other: Vec<Option<T>>) {
            own.iter_mut().zip(other).filter(|(own, _)| own.is_none()).for_each(|(own, other)| *own = other);
        }
        for (name, theirs) in other.columns {
            match (self.columns.iter_mut().find(|(known, _)| *known == name), theirs) {
                (None, theirs) => self.columns.push((name, theirs)),
                (Some((_, Attribute::Text(own))), Attribute::Text(theirs)) => filled(own, theirs),
                (Some((_, Attribute::Flag(own))), Attribute::Flag(theirs)) => filled(own, theirs),
                // Of two that are told in different ways, the file's.
                _ => {}
            }
        }
        self
    }

    /// What households mean for the models, as the end of a sentence; nothing where there is none.
    fn told_of_households(&self) -> String {
        let own = self.columns.iter().find(|(name, _)| name == HOUSEHOLD_COLUMN);
        let Some((_, Attribute::Text(of_user))) = own else { return String::new() };
        let homes: HashSet<&str> = of_user.iter().flatten().map(AsRef::as_ref).collect();
        let users = of_user.iter().flatten().count();
        if homes.is_empty() {
            return String::new();
        }
        let (homes, users) = (thousands(homes.len() as u64), thousands(users as u64));
        format!("; the {users} users of {homes} households are held out by household")
    }

    /// What a file tells, and a sentence about it. One that was only found beside the log may turn out to be of something
    /// else: it is named then, and not read.
    ///
    /// # Errors
    /// As [`Self::read`], of a file that the settings name.
    pub(super) fn of(
        file: &CustomerFile,
        users: &Ids,
        persons: Persons,
        joins: &Joins,
        job: &Job,
    ) -> Result<(Self, String)> {
        match Self::read(file, users, persons, joins, job) {
            Err(Error::Input { line, what, .. }) if file.columns == CustomerSettings::default() => {
                let line = line.map_or_else(String::new, |line| format!(", line {line}"));
                Ok((Self::default(), format!("{}{line} is not read: {what}", file_name(&file.path))))
            }
            read => read,
        }
    }

    /// Reads a file for the users of a log, and says what it told.
    ///
    /// # Errors
    /// As reading the file; [`Error::Input`] where the settings name a column that is not there, or a file that tells
    /// nothing of the log's users.
    fn read(file: &CustomerFile, users: &Ids, persons: Persons, joins: &Joins, job: &Job) -> Result<(Self, String)> {
        let table = AttributeTable::read(file.path.clone(), "customers", job)?;
        let by_id: HashMap<String, u32> =
            (0..users.len() as u32).map(|code| (users.text(code).into_owned(), code)).collect();
        let own = |cell: &str| by_id.get(cell).or_else(|| by_id.get(whole_of(cell)?)).copied();
        // The user, and whether by an account that is joined to another.
        let user = |cell: &str| {
            let person = persons.spelled(cell.trim());
            let joined = joins.account_of(&person);
            joined.map_or_else(|| Some((own(&person)?, false)), |account| Some((own(account)?, true)))
        };
        let id = table.ids(&file.columns.id, "users", |cell| user(cell).is_some())?;
        job.check()?;
        let rows = Rows::of(&table, id, users.len(), user);
        let (mut found, mut told) = (Self::default(), Vec::new());
        let mut used = vec![id];
        let settings = &file.columns;
        let parts = [
            ("name", &settings.name, NAME),
            ("email", &settings.email, EMAIL),
            ("phone", &settings.phone, PHONE),
            ("consent", &settings.consent, CONSENT),
            ("country", &settings.country, COUNTRY),
            ("household", &settings.household, HOUSEHOLD),
        ];
        for (key, given, words) in parts {
            job.check()?;
            let at = table.find(key, given, words)?.filter(|at| *at != id || !given.is_empty());
            let (attribute, from) = match (at, key) {
                (Some(at), "email") => (rows.texts(&table.columns[at], |cell| cell.trim().to_lowercase()), at),
                (Some(at), "phone") => {
                    (rows.texts(&table.columns[at], |cell| Persons::Phones.spelled(cell.trim()).into_owned()), at)
                }
                (Some(at), "consent") => (rows.consent(&table.columns[at]), at),
                (Some(at), _) => (rows.texts(&table.columns[at], str::to_owned), at),
                (None, "name") => {
                    let (first, last) = (table.called(FIRST_NAME), table.called(LAST_NAME));
                    let Some(from) = first.or(last) else { continue };
                    let part = |at: Option<usize>, row: usize| at.map_or("", |at| table.columns[at][row].trim());
                    let both = (0..table.columns[id].len())
                        .map(|row| format!("{} {}", part(first, row), part(last, row)).trim().to_owned());
                    used.extend(last);
                    (rows.texts(&both.collect::<Vec<_>>(), str::to_owned), from)
                }
                (None, _) => continue,
            };
            used.push(from);
            told.push(format!("{key} from {}", table.names[from]));
            found.columns.push((format!("{PREFIX}{key}"), attribute));
        }
        let others = (0..table.names.len()).filter(|at| !used.contains(at));
        for at in others.take(MOST) {
            job.check()?;
            let name = column_name(&table.names[at]);
            if name == PREFIX || found.columns.iter().any(|(known, _)| *known == name) {
                continue;
            }
            told.push(table.names[at].clone());
            found.columns.push((name, rows.any(&table.columns[at])));
        }
        let count = thousands(rows.of_user.iter().flatten().count() as u64);
        let (name, all) = (file_name(&file.path), thousands(users.len() as u64));
        let several = match rows.repeated {
            0 => String::new(),
            rows => format!(
                "; {} rows tell of a user once more, of which the first by their text counts",
                thousands(rows as u64)
            ),
        };
        let by = &table.names[id];
        let together = found.told_of_households();
        let told = if told.is_empty() { "nothing but their ids".to_owned() } else { told.join(", ") };
        Ok((found, format!("{name} tells of {count} of {all} users, by {by}: {told}{several}{together}")))
    }
}

/// Which row of a table tells of each user.
struct Rows {
    of_user: Vec<Option<u32>>,
    /// Every row of each user who has several.
    all: HashMap<u32, Vec<u32>>,
    /// Rows that tell of a user of whom another does.
    repeated: usize,
}

impl Rows {
    /// Of several rows of a user one of the user's own account, of these the first by its text: no rule hangs on the order of
    /// rows.
    fn of(table: &AttributeTable, id: usize, users: usize, user: impl Fn(&str) -> Option<(u32, bool)>) -> Self {
        let mut rows = Self { of_user: vec![None; users], all: HashMap::new(), repeated: 0 };
        let mut is_joined = vec![false; users];
        let text = |row: u32| table.columns.iter().map(move |column| column[row as usize].as_str());
        for (row, cell) in (0..).zip(&table.columns[id]) {
            let Some((user, joined)) = user(cell) else { continue };
            let place = &mut rows.of_user[user as usize];
            let Some(known) = *place else {
                (*place, is_joined[user as usize]) = (Some(row), joined);
                continue;
            };
            rows.repeated += 1;
            rows.all.entry(user).or_insert_with(|| vec![known]).push(row);
            let known_joined = is_joined[user as usize];
            if (joined, text(row).collect::<Vec<_>>()) < (known_joined, text(known).collect::<Vec<_>>()) {
                (*place, is_joined[user as usize]) = (Some(row), joined);
            }
        }
        rows
    }

    /// What a column tells of each user.
    fn each<T>(&self, column: &[String], value: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
        let cell = |row: &Option<u32>| row.map(|row| column[row as usize].as_str()).filter(|cell| !is_empty(cell));
        self.of_user.iter().map(|row| cell(row).and_then(&value)).collect()
    }

    fn texts(&self, column: &[String], spelled: impl Fn(&str) -> String) -> Attribute {
        Attribute::Text(self.each(column, |cell| Some(spelled(cell).into())))
    }

    /// Whether each user agrees; whoever says no in any row does not. Words that are no yes or no are kept as they are.
    fn consent(&self, column: &[String]) -> Attribute {
        let mut told = column.iter().filter(|cell| !is_empty(cell));
        if !told.all(|cell| agreed(cell).is_some()) {
            return self.texts(column, str::to_owned);
        }
        let mut agree = self.each(column, agreed);
        for (&user, rows) in &self.all {
            if rows.iter().any(|&row| agreed(&column[row as usize]) == Some(false)) {
                agree[user as usize] = Some(false);
            }
        }
        Attribute::Flag(agree)
    }

    /// A column of whatever kind: flags, numbers, else text. Numbers that begin with a zero are codes.
    fn any(&self, column: &[String]) -> Attribute {
        let filled = || column.iter().map(String::as_str).filter(|cell| !is_empty(cell));
        let number = |cell: &str| {
            let plain = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            let code = cell.trim_start_matches('-').starts_with('0') && !cell.trim_start_matches('-').starts_with("0.");
            cell.parse::<f64>().ok().filter(|_| plain && (!code || cell == "0"))
        };
        if filled().next().is_none() {
            return self.texts(column, str::to_owned);
        }
        if filled().all(|cell| canonical_integer(cell).is_some()) {
            return Attribute::Whole(self.each(column, canonical_integer));
        }
        if filled().all(|cell| number(cell).is_some()) {
            return Attribute::Real(self.each(column, number));
        }
        if filled().all(|cell| flag(cell).is_some()) {
            return Attribute::Flag(self.each(column, flag));
        }
        self.texts(column, str::to_owned)
    }
}

/// The name of a further column: in lower case, whatever is neither letter nor digit as `_`.
fn column_name(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let lower = lower.strip_prefix("customer").map_or(lower.as_str(), |rest| rest.trim_start_matches(['_', ' ', '-']));
    let mut written = String::from(PREFIX);
    for letter in lower.chars() {
        let letter = if letter.is_ascii_alphanumeric() { letter } else { '_' };
        if letter != '_' || !written.ends_with('_') {
            written.push(letter);
        }
    }
    let trimmed = written.trim_end_matches('_').len().max(PREFIX.len());
    written.truncate(trimmed);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_columns_are_named_for_what_they_are_of() {
        let names = ["Loyalty Tier", "customer_zip_code_prefix", "Größe (cm)", "Customer", "E-Mail 2"].map(column_name);
        assert_eq!(
            names,
            ["customer_loyalty_tier", "customer_zip_code_prefix", "customer_gr_e_cm", "customer_", "customer_e_mail_2"]
        );
    }

    #[test]
    fn whoever_is_no_subscriber_has_not_agreed() {
        assert_eq!(
            ["yes", "Subscribed", "0", "not_subscribed", "pending", "perhaps"].map(agreed),
            [Some(true), Some(true), Some(false), Some(false), Some(false), None]
        );
    }
}
