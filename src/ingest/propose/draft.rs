//! What a look at a log found, and what somebody has chosen over it.

use std::path::Path;

use super::columns::{Profile, ROLES, Taken, assign, looked_for};
use super::logs::Logs;
use super::sample::{Sample, first_row, sample};
use super::{Choice, Preview, Proposal, Request, times, words};
use crate::error::{Error, Result};
use crate::ingest::files::file_name;
use crate::ingest::layout::{Role, recognised};
use crate::ingest::settings::{AUTO, ColumnName, ColumnSettings, DefaultEvent, IngestSettings, LayoutName, Meaning};
use crate::job::Job;

/// The roles in the order in which they are shown.
const SHOWN: [Role; 9] = [
    Role::Time,
    Role::User,
    Role::Item,
    Role::Event,
    Role::Price,
    Role::Quantity,
    Role::Session,
    Role::Transaction,
    Role::Category,
];

/// What a look at a log's first rows found, and what somebody has chosen over it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) request: Request,
    logs: Logs,
    /// The known shape that the log has.
    pub(super) known: Option<LayoutName>,
    pub(super) separator: Option<u8>,
    pub(super) header: bool,
    pub(super) columns: Vec<Profile>,
    taken: Vec<Taken>,
    notes: Vec<String>,
    /// What was chosen, by key, the latest last.
    pub(super) chosen: Vec<(String, String)>,
}

impl Draft {
    /// Looks at the first file's first rows and finds how all could be read.
    ///
    /// # Errors
    /// [`Error::Input`] where there is no row, and as reading the file.
    pub fn look(request: &Request, job: &Job) -> Result<Self> {
        let logs = Logs::of(&request.paths)?;
        let given = &request.given;
        let Some(path) = logs.files.events.first() else {
            return Err(Error::Missing("no event log to look at".to_owned()));
        };
        let looked = sample(path, given.separator_byte()?, job)?;
        let wrong = |what: &str| Error::Input { path: path.clone(), line: None, what: what.to_owned() };
        let Some(first) = looked.names.as_ref().or(looked.rows.first()) else {
            return Err(wrong("is empty; name a file that holds rows"));
        };
        let known = recognised(path, given).filter(|&layout| is_known(layout, &looked));
        let header = looked.names.is_some() || request.header.unwrap_or_else(|| names_columns(first));
        let names = if header { first.clone() } else { (1..=first.len()).map(|at| at.to_string()).collect() };
        let skipped = usize::from(header && looked.names.is_none());
        let rows: Vec<&Vec<String>> = looked.rows.iter().skip(skipped).filter(|row| row.len() == names.len()).collect();
        if rows.is_empty() && known.is_none() {
            return Err(wrong("holds a header but no row of as many fields; name a file that holds events"));
        }
        let columns: Vec<Profile> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let cells: Vec<&str> = rows.iter().map(|row| row[at].as_str()).collect();
                Profile::new(name.clone(), header, &cells)
            })
            .collect();
        let of_given: Vec<String> = given.columns.given().map(|(_, column)| column.text().to_owned()).collect();
        let notes = others(&logs, first, looked.separator, header)?;
        let taken = assign(&columns, &of_given);
        let (separator, request, chosen) = (looked.separator, request.clone(), Vec::new());
        Ok(Self { request, logs, known, separator, header, columns, taken, notes, chosen })
    }

    /// What a run is given as its input.
    pub fn input(&self) -> &Path {
        &self.logs.input
    }

    /// What the reader makes of the first rows with what is chosen now.
    ///
    /// # Errors
    /// As [`crate::ingest::ingest`], but that no share of rejected rows is too large.
    pub fn preview(&self, job: &Job) -> Result<Preview> {
        super::preview::preview(&self.logs.files, &self.settings(), job)
    }

    /// Settings, the reasons for them, and what else is to be known.
    pub fn proposal(&self) -> Proposal {
        let choices = self.choices().into_iter().filter(|choice| !choice.value.is_empty()).collect();
        Proposal { settings: self.settings(), choices, notes: self.notes().to_vec() }
    }

    /// What somebody should know before they rely on what was found in the first file.
    pub fn notes(&self) -> &[String] {
        // Files of a known shape may differ, and each is read by its own columns.
        if self.is_custom() { &self.notes } else { &[] }
    }

    /// Whether a log without a known shape has the columns that it cannot do without.
    ///
    /// # Errors
    /// [`Error::Input`] with what was looked for.
    pub fn check(&self) -> Result<()> {
        let lacking = |role: &Role| self.is_custom() && self.column(*role).is_empty();
        let Some(role) = [Role::Time, Role::User, Role::Item].into_iter().find(lacking) else { return Ok(()) };
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let (role, words, columns) = (role.name(), looked_for(role).unwrap_or_default(), names.join(", "));
        let path = self.logs.files.events.first().cloned().unwrap_or_default();
        let what = format!(
            "no column could be the {role}; looked for {words}; its columns are {columns}; name it with --set \
             columns.{role}=COLUMN"
        );
        Err(Error::Input { path, line: None, what })
    }

    /// Whether the log is read by the columns chosen, and not as a known shape.
    pub(super) fn is_custom(&self) -> bool {
        self.known.is_none() || self.chosen("layout").is_some()
    }

    /// The settings with what is chosen now.
    pub fn settings(&self) -> IngestSettings {
        let given = IngestSettings { files: self.logs.names.clone(), ..self.request.given.clone() };
        if let Some(layout) = self.known.filter(|_| !self.is_custom()) {
            return IngestSettings { layout, ..given };
        }
        let mut columns = ColumnSettings::default();
        for role in SHOWN {
            *columns.place(role) = ColumnName::from(self.column(role));
        }
        let separator = self.separator.map_or_else(|| given.separator.clone(), written);
        let mut events = given.events.clone();
        events.extend(self.events().map(|(name, meaning, _)| (name.to_owned(), meaning)));
        IngestSettings {
            layout: LayoutName::Custom,
            separator,
            header: self.header,
            time_format: self.time_format().to_owned(),
            default_event: self.default_event(),
            columns,
            events,
            ..given
        }
    }

    /// What was chosen for a key, and its place among all that was.
    fn chosen(&self, key: &str) -> Option<(usize, &str)> {
        self.chosen.iter().enumerate().find(|(_, (known, _))| known == key).map(|(at, (_, value))| (at, value.as_str()))
    }

    /// The column of a role; empty for none, and for one that was since chosen for another role.
    pub(super) fn column(&self, role: Role) -> &str {
        let own = self.own_column(role);
        if self.taker(role).is_some() { "" } else { own }
    }

    /// The column that a role has unless another takes it.
    fn own_column(&self, role: Role) -> &str {
        if let Some((_, chosen)) = self.chosen(&key_of(role)) {
            return chosen;
        }
        match self.request.given.columns.given().find(|(name, _)| *name == role.name()) {
            Some((_, given)) => given.text(),
            None => self.taken(role).map_or("", |taken| taken.column.as_str()),
        }
    }

    /// The role for which this one's column was chosen later.
    fn taker(&self, role: Role) -> Option<Role> {
        let own = self.own_column(role);
        let since = self.chosen(&key_of(role)).map_or(0, |(at, _)| at + 1);
        let later = self.chosen.iter().skip(since).filter(|(_, column)| !own.is_empty() && column == own);
        later.filter_map(|(key, _)| role_of(key)).find(|other| other.name() != role.name())
    }

    pub(super) fn taken(&self, role: Role) -> Option<&Taken> {
        self.taken.iter().find(|taken| taken.role == role)
    }

    /// What is known about a role's column.
    pub(super) fn profile(&self, role: Role) -> Option<&Profile> {
        let name = self.column(role);
        self.columns.iter().find(|column| column.name == name)
    }

    fn time_format(&self) -> &str {
        if let Some((_, chosen)) = self.chosen("time_format") {
            return chosen;
        }
        if self.request.given.time_format != AUTO {
            return &self.request.given.time_format;
        }
        let times = self.profile(Role::Time).and_then(|column| column.times.as_ref());
        times.map_or(AUTO, |times| times.format.as_str())
    }

    fn default_event(&self) -> DefaultEvent {
        let given = self.request.given.default_event;
        if !self.column(Role::Event).is_empty() {
            return given;
        }
        match self.chosen("default_event").map(|(_, value)| value) {
            Some("view") => DefaultEvent::View,
            Some("addtocart") => DefaultEvent::AddToCart,
            Some("transaction") => DefaultEvent::Transaction,
            _ if given != DefaultEvent::None => given,
            _ if self.has_money() => DefaultEvent::Transaction,
            _ => DefaultEvent::View,
        }
    }

    fn has_money(&self) -> bool {
        !(self.column(Role::Price).is_empty() && self.column(Role::Transaction).is_empty())
    }

    /// The names in the column of events: what each means, and in how many rows it was seen.
    fn events(&self) -> impl Iterator<Item = (&str, Meaning, u64)> {
        let names = self.profile(Role::Event).map(|column| &column.names);
        names.into_iter().flatten().map(|(name, count)| (name.as_str(), self.meaning(name), *count))
    }

    fn meaning(&self, name: &str) -> Meaning {
        match self.chosen(&format!("events.{name}")).map(|(_, value)| value) {
            Some("view") => Meaning::View,
            Some("addtocart") => Meaning::AddToCart,
            Some("transaction") => Meaning::Transaction,
            Some(_) => Meaning::Ignore,
            None => self.request.given.events.get(name).copied().unwrap_or_else(|| words::meaning(name)),
        }
    }

    /// What is decided now, a role without a column included.
    pub fn choices(&self) -> Vec<Choice> {
        if let Some(known) = self.known.filter(|_| !self.is_custom()) {
            let reason = if known == LayoutName::Yoochoose {
                "by the number of fields and the first row's values"
            } else {
                "by the names of its columns"
            };
            return vec![Choice { rivals: vec!["custom".to_owned()], ..Choice::new("layout", known.name(), reason) }];
        }
        let reason = match (self.known, self.request.given.layout) {
            (Some(_), _) => "chosen",
            (None, LayoutName::Custom) => "given",
            (None, _) => "no known layout has these columns",
        };
        let mut choices = vec![Choice::new("layout", "custom", reason)];
        choices.extend(SHOWN.map(|role| self.choice_of(role)));
        choices.push(self.choice_of_times());
        if let Some(separator) = self.separator {
            let given = self.request.given.separator != AUTO;
            let fields = format!("it gives the first rows {} fields", self.columns.len());
            let reason = if given { "given".to_owned() } else { fields };
            choices.push(Choice::new("separator", &written(separator), reason));
            let reason = match (self.request.header, self.header) {
                (Some(_), _) => "given",
                (None, true) => "the first row holds no number and no time",
                (None, false) => "the first row is one of values",
            };
            choices.push(Choice::new("header", &self.header.to_string(), reason));
        }
        if self.column(Role::Event).is_empty() {
            choices.push(self.choice_of_default());
        }
        choices.extend(self.events().map(|(name, meaning, count)| {
            let key = format!("events.{name}");
            let why = match meaning {
                _ if self.chosen(&key).is_some() => "chosen",
                _ if self.request.given.events.contains_key(name) => "given",
                Meaning::View => "a word for a view",
                Meaning::AddToCart => "a word for the cart",
                Meaning::Transaction => "a word for a purchase",
                Meaning::Ignore => "no word for view, cart or purchase",
            };
            Choice::new(&key, meaning.name(), format!("{why}; {count} rows looked at"))
        }));
        choices
    }

    fn choice_of(&self, role: Role) -> Choice {
        let (key, value) = (key_of(role), self.column(role));
        let proposed = self.taken(role).map_or("", |taken| taken.column.as_str());
        let rivals = self.taken(role).map(|taken| taken.rivals.clone()).unwrap_or_default();
        let rivals = rivals.into_iter().filter(|rival| rival != value).collect();
        let texts = self.profile(role).filter(|column| role == Role::Event && column.not_listed() > 0);
        let texts = texts.map_or_else(String::new, |column| format!("; {}", column.texts()));
        if let Some(taker) = self.taker(role) {
            let reason = format!("{} is the {} now", self.own_column(role), taker.name());
            return Choice { rivals, ..Choice::new(&key, value, reason) };
        }
        let reason = match (self.chosen(&key), self.taken(role)) {
            (Some((_, chosen)), _) if chosen != proposed => {
                let what = if value.is_empty() { "left out" } else { "chosen" };
                let before = if proposed.is_empty() { String::new() } else { format!(" instead of {proposed}") };
                format!("{what}{before}{texts}")
            }
            (_, Some(taken)) if value == taken.column => {
                return Choice { rivals, sure: taken.sure, ..Choice::new(&key, value, taken.reason.clone()) };
            }
            _ => format!("given{texts}"),
        };
        Choice { rivals, sure: texts.is_empty(), ..Choice::new(&key, value, reason) }
    }

    fn choice_of_times(&self) -> Choice {
        let value = self.time_format();
        let times = self.profile(Role::Time).and_then(|column| column.times.as_ref());
        let choice = |reason: String| Choice::new("time_format", value, reason);
        match times {
            _ if self.chosen("time_format").is_some() => choice("chosen".to_owned()),
            _ if self.request.given.time_format != AUTO => choice("given".to_owned()),
            Some(times) => {
                let sure = times.share > 0.95 && !times.ambiguous;
                Choice { rivals: times.others.iter().take(3).cloned().collect(), sure, ..choice(times.reason()) }
            }
            None => choice("numbers since 1970, or ISO dates".to_owned()),
        }
    }

    fn choice_of_default(&self) -> Choice {
        let value = self.default_event().name();
        let choice = |sure, reason: &str| Choice { sure, ..Choice::new("default_event", value, reason) };
        if self.chosen("default_event").is_some() {
            choice(true, "chosen")
        } else if self.request.given.default_event != DefaultEvent::None {
            choice(true, "given")
        } else if self.has_money() {
            choice(false, "no column names events; rows have prices or orders")
        } else {
            choice(false, "no column names events; rows have neither prices nor orders")
        }
    }
}

/// The key of a role's column.
pub(super) fn key_of(role: Role) -> String {
    format!("columns.{}", role.name())
}

/// The role of a key.
pub(super) fn role_of(key: &str) -> Option<Role> {
    let name = key.strip_prefix("columns.")?;
    ROLES.into_iter().map(|(role, _)| role).find(|role| role.name() == name)
}

/// A separator as the settings write it.
pub(super) fn written(separator: u8) -> String {
    if separator == b'\t' { "tab".to_owned() } else { char::from(separator).to_string() }
}

/// Whether rows are of the layout that the first one fits: without a header, any four or five fields may.
fn is_known(layout: LayoutName, sample: &Sample) -> bool {
    let number = |cell: &String| cell.bytes().all(|byte| byte.is_ascii_digit()) && !cell.is_empty();
    match layout {
        LayoutName::Custom | LayoutName::Auto => false,
        LayoutName::Yoochoose => sample.rows.iter().take(100).all(|row| {
            row.len() >= 4
                && number(&row[0])
                && number(&row[2])
                && (row.len() == 4 || number(&row[3]) && number(&row[4]))
        }),
        _ => true,
    }
}

/// Whether a row holds names: each a text of its own, none a number or a time.
fn names_columns(row: &[String]) -> bool {
    row.iter().enumerate().all(|(at, cell)| {
        !cell.is_empty()
            && cell.parse::<f64>().is_err()
            && times::written(&[cell.as_str()]).is_none()
            && !row[..at].contains(cell)
    })
}

/// What the other files have that the first has not, a sentence for each that differs.
fn others(logs: &Logs, first: &[String], separator: Option<u8>, header: bool) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    let Some((looked_at, rest)) = logs.files.events.split_first() else { return Ok(notes) };
    for path in rest {
        let row = first_row(path, separator)?;
        let lacks = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|name| !other.contains(name)).cloned().collect()
        };
        let mut differs = Vec::new();
        if header {
            let (missing, more) = (lacks(first, &row), lacks(&row, first));
            differs.extend((!missing.is_empty()).then(|| format!("lacks {}", missing.join(", "))));
            differs.extend((!more.is_empty()).then(|| format!("has {} beside", more.join(", "))));
        } else if row.len() != first.len() {
            differs.push(format!("has rows of {} fields, not of {}", row.len(), first.len()));
        }
        if !differs.is_empty() {
            let (name, first) = (file_name(path), file_name(looked_at));
            let differs = differs.join(" and ");
            notes.push(format!("{name} {differs}; only {first} was looked at, the preview reads all"));
        }
    }
    Ok(notes)
}
