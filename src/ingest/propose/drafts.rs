//! What a look at a log found, and what somebody has chosen over it: of one log, or of several that are read as one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::files::InputFiles;
use crate::ingest::layout::Role;
use crate::ingest::log_settings::LogSettings;
use crate::ingest::propose::draft::{LogDraft, SHOWN};
use crate::ingest::propose::logs::Logs;
use crate::ingest::propose::sample::first_row;
use crate::ingest::propose::verdict::doubt;
use crate::ingest::propose::{Changed, Choice, Preview, Proposal, Request, preview};
use crate::ingest::settings::IngestSettings;
use crate::job::Job;

/// What a look at a log's first rows found, and what somebody has chosen over it.
#[derive(Clone, Debug)]
pub struct Draft {
    request: Request,
    first: LogDraft,
    /// Logs of other columns that are read with it.
    others: Vec<LogDraft>,
}

impl Draft {
    /// Looks at each log's first rows and finds how all could be read.
    ///
    /// # Errors
    /// [`Error::Input`] where there is no row, and as reading the files.
    pub fn inspect(request: &Request, job: &Job) -> Result<Self> {
        let logs = Logs::of(request, job)?;
        let several = logs.one_by_one();
        if let Some(beyond) = request.of_logs.keys().find(|number| **number == 0 || **number > several.len()) {
            return Err(Error::Config(format!("--set logs.{beyond}: there are {} logs", several.len())));
        }
        let mut drafts = Vec::new();
        for (number, log) in (1..).zip(&several) {
            let asked = match request.of_logs.get(&number) {
                Some(own) => own.clone(),
                None if several.len() > 1 => of_its_columns(request, log)?,
                None => request.clone(),
            };
            let draft = LogDraft::of_logs(&asked, log.clone(), job).map_err(|error| logs.of_origin(error))?;
            drafts.push(draft);
        }
        let first = drafts.remove(0);
        Ok(Self { request: request.clone(), first, others: drafts })
    }

    /// What a run is given as its input.
    pub fn input(&self) -> &Path {
        &self.first.logs.input
    }

    /// The currency that stands beside the numbers of a column of money, as it is written there.
    pub fn currency(&self) -> Option<&str> {
        let money = self.all().flat_map(|draft| [Role::Price, Role::Total].map(|role| draft.profile(role)));
        money.flatten().find_map(|column| column.currency.as_deref())
    }

    fn all(&self) -> impl Iterator<Item = &LogDraft> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What the reader makes of the first rows with what is chosen now.
    ///
    /// # Errors
    /// As [`crate::ingest::ingest`], but that no share of rejected rows is too large.
    pub fn preview(&self, job: &Job) -> Result<Preview> {
        let mut files = self.first.logs.files.clone();
        if !self.others.is_empty() {
            let of = |(log, draft): (usize, &LogDraft)| {
                draft.logs.files.events.iter().map(move |file| (file.clone(), log)).collect::<Vec<_>>()
            };
            let of_log: Vec<_> = self.all().enumerate().flat_map(of).collect();
            let events = of_log.iter().map(|(file, _)| file.clone()).collect();
            files = InputFiles { events, of_log: of_log.into_iter().collect(), ..files };
        }
        preview::preview(&files, &self.settings(), job).map_err(|error| self.first.logs.of_origin(error))
    }

    /// Settings, the reasons for them, and what else is to be known.
    pub fn proposal(&self) -> Proposal {
        let choices = self.choices().into_iter().filter(|choice| !choice.value.is_empty()).collect();
        let customers = self.first.logs.related.customers.clone();
        Proposal { settings: self.settings(), customers, choices, notes: self.notes(), doubts: self.doubts() }
    }

    /// What somebody should know before they rely on it: columns of money that are not read, and how other files differ.
    pub fn notes(&self) -> Vec<String> {
        self.all().flat_map(LogDraft::notes).collect()
    }

    /// What nobody should rely on unseen, a sentence each with its evidence.
    pub fn doubts(&self) -> Vec<String> {
        self.choices().iter().filter(|choice| !choice.sure).map(doubt).chain(self.notes()).collect()
    }

    /// Whether a log without a known shape has the columns that it cannot do without.
    ///
    /// # Errors
    /// [`Error::Input`] with what was looked for.
    pub fn check(&self) -> Result<()> {
        self.all().try_for_each(LogDraft::check)
    }

    /// Why these settings should not be written, a sentence each; none where nothing speaks against them. `seen` is
    /// what the reader made of the first rows, or why it refused them.
    pub fn objections(&self, seen: std::result::Result<&Preview, &str>) -> Vec<String> {
        let mut against: Vec<String> = Vec::new();
        for objection in self.all().flat_map(|draft| draft.objections(seen)) {
            if !against.contains(&objection) {
                against.push(objection);
            }
        }
        against
    }

    /// The settings with what is chosen now.
    pub fn settings(&self) -> IngestSettings {
        if self.others.is_empty() {
            return self.first.settings();
        }
        let given = &self.request.given;
        // The shop's clock is that of its logs where they have one.
        let zones: BTreeSet<String> = self.all().map(|draft| draft.settings().time_zone).collect();
        let zone = zones.first().filter(|_| zones.len() == 1).cloned();
        IngestSettings {
            time_zone: zone.unwrap_or_else(|| IngestSettings::default().time_zone),
            rejected_limit: given.rejected_limit,
            logs: self.all().map(|draft| own_settings(draft.settings())).collect(),
            duplicates: given.duplicates,
            same_user: given.same_user.clone(),
            rates: given.rates.clone(),
            ..IngestSettings::default()
        }
    }

    /// What is decided now, a role without a column included. Where there are several logs each line begins with its own:
    /// `logs.2.columns.user`.
    pub fn choices(&self) -> Vec<Choice> {
        if self.others.is_empty() {
            return self.first.choices();
        }
        let of = |(number, draft): (usize, &LogDraft)| {
            let named = move |choice: Choice| Choice { key: format!("logs.{number}.{}", choice.key), ..choice };
            draft.choices().into_iter().map(named).collect::<Vec<_>>()
        };
        (1..).zip(self.all()).flat_map(of).collect()
    }

    /// What a line can be, the likelier first; empty stands for no column.
    pub fn options(&self, key: &str) -> Vec<String> {
        let (number, key) = self.line(key);
        self.all().nth(number - 1).map(|draft| draft.options(key)).unwrap_or_default()
    }

    /// What is known of an option of a line, for a reader: a column's values, and the role that it has now.
    pub fn facts(&self, key: &str, option: &str) -> (String, &'static str) {
        let (number, key) = self.line(key);
        self.all().nth(number - 1).map(|draft| draft.facts(key, option)).unwrap_or_default()
    }

    /// Chooses an option of a line. A column that another role has is taken from it, until something else is chosen
    /// here.
    pub fn choose(&mut self, key: &str, option: &str) -> Changed {
        let (number, key) = self.line(key);
        let draft = if number == 1 { Some(&mut self.first) } else { self.others.get_mut(number - 2) };
        match draft.map(|draft| draft.choose(key, option)) {
            Some(Changed::Shape(own)) if !self.others.is_empty() => {
                let mut whole = self.request.clone();
                whole.of_logs.insert(number, *own);
                Changed::Shape(Box::new(whole))
            }
            changed => changed.unwrap_or(Changed::Nothing),
        }
    }

    /// The number of the log that a line is of, from 1, and its key there.
    fn line<'k>(&self, key: &'k str) -> (usize, &'k str) {
        let of_log = || {
            let (number, key) = key.strip_prefix("logs.")?.split_once('.')?;
            Some((number.parse().ok().filter(|number| *number > 0)?, key))
        };
        Some(()).filter(|()| !self.others.is_empty()).and_then(|()| of_log()).unwrap_or((1, key))
    }
}

/// What is asked of one of several logs: of the columns that were given for all those that it has.
fn of_its_columns(request: &Request, log: &Logs) -> Result<Request> {
    let mut own = request.clone();
    let Some(file) = log.files.events.first() else { return Ok(own) };
    let names = first_row(file, request.given.separator_byte()?)?;
    for role in SHOWN {
        let column = own.given.columns.place(role);
        if !names.iter().any(|name| name == column.text()) {
            *column = crate::ingest::ColumnName::default();
        }
    }
    Ok(own)
}

/// The settings of one of several logs, as far as they are not the usual ones.
fn own_settings(settings: IngestSettings) -> LogSettings {
    fn unusual<T: PartialEq>(own: T, usual: &T) -> Option<T> {
        (own != *usual).then_some(own)
    }
    let usual = IngestSettings::default();
    LogSettings {
        files: settings.files,
        join: settings.join,
        layout: unusual(settings.layout, &usual.layout),
        separator: unusual(settings.separator, &usual.separator),
        header: unusual(settings.header, &usual.header),
        time_format: unusual(settings.time_format, &usual.time_format),
        decimal: unusual(settings.decimal, &usual.decimal),
        money_unit: unusual(settings.money_unit, &usual.money_unit),
        time_zone: unusual(settings.time_zone, &usual.time_zone),
        default_event: unusual(settings.default_event, &usual.default_event),
        columns: settings.columns,
        events: settings.events,
        statuses: settings.statuses,
    }
}
