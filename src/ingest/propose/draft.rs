//! What a look at a log found, and what somebody has chosen over it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::ingest::column_settings::{ColumnName, ColumnSettings};
use crate::ingest::grammar::{Evidence, SPACE, column_names};
use crate::ingest::layout::{AUTO, DefaultEvent, LayoutName, Meaning};
use crate::ingest::layout::{Role, layouts_named, recognised};
use crate::ingest::propose::columns::{Looked, ROLES, Taken, assign, looked_for};
use crate::ingest::propose::logs::Logs;
use crate::ingest::propose::orders::{first_rows, inherited};
use crate::ingest::propose::profile::Profile;
use crate::ingest::propose::sample::{is_known, names_columns, sample};
use crate::ingest::propose::zone::ZoneFound;
use crate::ingest::propose::{Request, events};
use crate::ingest::settings::IngestSettings;
use crate::ingest::shape::shown;
use crate::job::Job;

/// The roles in the order in which they are shown.
pub(super) const SHOWN: [Role; 28] = [
    Role::Time,
    Role::User,
    Role::AnonymousUser,
    Role::Item,
    Role::Event,
    Role::Clock,
    Role::Price,
    Role::Quantity,
    Role::Total,
    Role::Discount,
    Role::Refunded,
    Role::Shipping,
    Role::Tax,
    Role::Currency,
    Role::Status,
    Role::Updated,
    Role::Session,
    Role::Transaction,
    Role::Category,
    Role::ItemName,
    Role::ItemGroup,
    Role::CategoryName,
    Role::CustomerName,
    Role::CustomerEmail,
    Role::CustomerPhone,
    Role::CustomerConsent,
    Role::CustomerCountry,
    Role::CustomerHousehold,
];

/// What a look at a log's first rows found, and what somebody has chosen over it.
#[derive(Clone, Debug)]
pub(super) struct LogDraft {
    pub(super) request: Request,
    pub(super) logs: Logs,
    /// The known shape that the log has.
    pub(super) known: Option<LayoutName>,
    /// The format of its times where they are not written as the known shape's are.
    pub(super) known_times: Option<String>,
    pub(super) separator: Option<u8>,
    /// Whether other files of the log have other separators, so that each file tells its own.
    pub(super) is_mixed: bool,
    pub(super) header: bool,
    pub(super) columns: Vec<Profile>,
    taken: Vec<Taken>,
    notes: Vec<String>,
    /// What was chosen, by key, the latest last.
    pub(super) chosen: Vec<(String, String)>,
}

impl LogDraft {
    /// Looks at the first file's first rows and finds how all could be read.
    ///
    /// # Errors
    /// [`Error::Input`] where there is no row, and as reading the file.
    pub(super) fn of_logs(request: &Request, logs: Logs, job: &Job) -> Result<Self> {
        let given = &request.given;
        let Some(path) = logs.files.events.first() else {
            return Err(Error::Missing("no event log to look at".to_owned()));
        };
        let looked = sample(path, given.separator_byte()?, job)?;
        let wrong = |what: &str| Error::Input { path: path.clone(), line: None, what: what.to_owned() };
        let Some(first) = looked.names.as_ref().or(looked.rows.first()) else {
            return Err(wrong("is empty; name a file that holds rows"));
        };
        let known = recognised(path, given)?.filter(|&layout| is_known(layout, &looked) && request.cleared.is_empty());
        let header = looked.names.is_some() || request.header.unwrap_or_else(|| names_columns(first));
        let names = if header { column_names(first) } else { (1..=first.len()).map(|at| at.to_string()).collect() };
        let skipped = usize::from(header && looked.names.is_none());
        let rows: Vec<&Vec<String>> = looked.rows.iter().skip(skipped).collect();
        // Empty fields beyond the last column are none, and rows may leave their last fields out.
        let fits = |row: &Vec<String>| {
            let beyond = row.get(names.len()..).unwrap_or_default();
            (row.len() > 1 || names.len() == 1) && beyond.iter().all(String::is_empty)
        };
        if !rows.iter().any(|row| fits(row)) && known.is_none() {
            return Err(wrong("holds a header but no row that goes with it; name a file that holds events"));
        }
        let cells: Vec<Vec<&str>> = (0..names.len())
            .map(|at| rows.iter().map(|row| row.get(at).map_or("", String::as_str)).collect())
            .collect();
        let mut columns: Vec<Profile> = names
            .par_iter()
            .zip(&cells)
            .map(|(name, cells)| {
                job.check()?;
                Ok(Profile::new(name.clone(), header, cells, looked.separator, &given.time_format))
            })
            .collect::<Result<_>>()?;
        let is_mixed = given.separator == AUTO && logs.are_parted_otherwise(looked.separator, job)?;
        let notes = logs.differing(first, looked.separator.filter(|_| !is_mixed), header, job)?;
        let taken = assign_all(&mut columns, &cells, request);
        let (separator, request, chosen) = (looked.separator, request.clone(), Vec::new());
        let known_times = known.and_then(|known| other_times(known, &columns));
        Ok(Self { request, logs, known, known_times, separator, is_mixed, header, columns, taken, notes, chosen })
    }

    /// What somebody should know before they rely on it: columns of money that are not read, and how other files differ.
    pub(super) fn notes(&self) -> Vec<String> {
        // Files of a known shape may differ, and each is read by its own columns.
        if !self.is_custom() {
            return Vec::new();
        }
        self.money_left_out().chain(self.pieces_left_out()).chain(self.notes.iter().cloned()).collect()
    }

    /// Whether a log without a known shape has the columns that it cannot do without.
    ///
    /// # Errors
    /// [`Error::Input`] with what was looked for.
    pub(super) fn check(&self) -> Result<()> {
        let lacking = |role: &Role| self.is_custom() && self.column(*role).is_empty();
        let Some(role) = [Role::Time, Role::User].into_iter().find(lacking) else { return Ok(()) };
        if self.request.cleared.iter().any(|cleared| cleared == role.name()) {
            return Err(Error::Config(format!("--set columns.{}=: a log cannot be read without it", role.name())));
        }
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let (role, words, columns) = (role.name(), looked_for(role).unwrap_or_default(), shown(&names));
        let path = self.logs.files.events.first().cloned().unwrap_or_default();
        let called = self.columns.iter().filter(|column| column.is_called(role_of(&format!("columns.{role}"))));
        let called: Vec<String> = called.map(|column| format!("; {} holds {}", column.name, column.facts())).collect();
        let called = called.concat();
        let what = format!(
            "no column could be the {role}; looked for {words}; its columns are {columns}{called}; name it with --set \
             columns.{role}=COLUMN"
        );
        Err(Error::Input { path, line: None, what })
    }

    /// Whether the log is read by the columns chosen, and not as a known shape.
    pub(super) fn is_custom(&self) -> bool {
        self.known.is_none() || self.chosen("layout").is_some()
    }

    /// The settings with what is chosen now.
    pub(super) fn settings(&self) -> IngestSettings {
        let mut given = IngestSettings { files: self.logs.names.clone(), ..self.request.given.clone() };
        given.join.extend(self.logs.related.joins.iter().cloned());
        if let Some(layout) = self.known.filter(|_| !self.is_custom()) {
            let time_format = match &self.known_times {
                Some(format) if given.time_format == AUTO => format.clone(),
                _ => given.time_format.clone(),
            };
            return IngestSettings { layout, time_format, ..given };
        }
        let mut columns = ColumnSettings::default();
        for role in SHOWN {
            *columns.place(role) = ColumnName::from(self.column(role));
        }
        let separator = self.separator.filter(|_| !self.is_mixed).map_or_else(|| given.separator.clone(), written);
        let mut events = given.events.clone();
        events.extend(self.events().map(|(name, meaning, _)| (name.to_owned(), meaning)));
        IngestSettings {
            layout: LayoutName::Custom,
            separator,
            header: self.header,
            time_format: self.time_format().to_owned(),
            decimal: self.decimal().to_owned(),
            money_unit: self.money_unit().0,
            default_event: self.default_event(),
            time_zone: self.time_zone(),
            columns,
            events,
            statuses: self.statuses(),
            ..given
        }
    }

    /// What was chosen for a key, and its place among all that was.
    pub(super) fn chosen(&self, key: &str) -> Option<(usize, &str)> {
        self.chosen.iter().enumerate().find(|(_, (known, _))| known == key).map(|(at, (_, value))| (at, value.as_str()))
    }

    /// The column of a role; empty for none, and for one that was since chosen for another role.
    pub(super) fn column(&self, role: Role) -> &str {
        let own = self.own_column(role);
        if self.taker(role).is_some() { "" } else { own }
    }

    /// The column that a role has unless another takes it.
    pub(super) fn own_column(&self, role: Role) -> &str {
        if let Some((_, chosen)) = self.chosen(&key_of(role)) {
            return chosen;
        }
        match self.request.given.columns.given().find(|(name, _)| *name == role.name()) {
            Some((_, given)) => given.text(),
            None => self.taken(role).map_or("", |taken| taken.column.as_str()),
        }
    }

    /// The role for which this one's column was chosen later.
    pub(super) fn taker(&self, role: Role) -> Option<Role> {
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

    pub(super) fn time_format(&self) -> &str {
        if let Some((_, chosen)) = self.chosen("time_format") {
            return chosen;
        }
        if self.request.given.time_format != AUTO {
            return &self.request.given.time_format;
        }
        let times = self.profile(Role::Time).and_then(|column| column.times.as_ref());
        times.map_or(AUTO, |times| times.format.as_str())
    }

    /// The zone of the shop: the settings', else the one that its times tell of.
    pub(super) fn time_zone(&self) -> String {
        if let Some((_, chosen)) = self.chosen("time_zone") {
            return chosen.to_owned();
        }
        let given = &self.request.given.time_zone;
        if *given != IngestSettings::default().time_zone {
            return given.clone();
        }
        self.zone_found().map_or_else(|| given.clone(), |found| found.zone)
    }

    /// What the offsets of the times tell of the zone.
    pub(super) fn zone_found(&self) -> Option<ZoneFound> {
        self.profile(Role::Time)?.zone.clone()
    }

    pub(super) fn default_event(&self) -> DefaultEvent {
        let given = self.request.given.default_event;
        if !self.column(Role::Event).is_empty() {
            return given;
        }
        match self.chosen("default_event").map(|(_, value)| value) {
            Some("view") => DefaultEvent::View,
            Some("addtocart") => DefaultEvent::AddToCart,
            Some("transaction") => DefaultEvent::Transaction,
            Some("return") => DefaultEvent::Return,
            _ if given != DefaultEvent::None => given,
            _ if self.named_event().is_some() => self.named_event().unwrap_or_default(),
            _ if self.has_money() => DefaultEvent::Transaction,
            _ => DefaultEvent::View,
        }
    }

    /// What the name of a file says its rows are, where it is one of several logs.
    pub(super) fn named_event(&self) -> Option<DefaultEvent> {
        let file = self.logs.files.events.first().filter(|_| self.logs.is_of_several)?;
        Some(match events::meaning_of_file(file) {
            Meaning::View | Meaning::Visit => DefaultEvent::View,
            Meaning::AddToCart => DefaultEvent::AddToCart,
            Meaning::Transaction => DefaultEvent::Transaction,
            Meaning::Return => DefaultEvent::Return,
            Meaning::Response | Meaning::Contact | Meaning::OptOut | Meaning::Ignore => return None,
        })
    }

    /// The decimal sign: the settings', else what the columns of money tell.
    pub(super) fn decimal(&self) -> &str {
        if let Some((_, chosen)) = self.chosen("decimal") {
            return chosen;
        }
        if self.request.given.decimal != AUTO {
            return &self.request.given.decimal;
        }
        // Files that are parted otherwise may write numbers otherwise too.
        self.decimal_evidence().filter(|_| !self.is_mixed).map_or(AUTO, |evidence| evidence.decimal.name())
    }

    /// What the columns of money tell of their decimal sign, the first that tells anything.
    pub(super) fn decimal_evidence(&self) -> Option<Evidence> {
        let columns = [Role::Price, Role::Total, Role::Quantity].into_iter().filter_map(|role| self.profile(role));
        let evidence: Vec<Evidence> = columns.map(|column| column.decimal).collect();
        let telling = evidence.iter().find(|evidence| evidence.telling > 0);
        telling.or_else(|| evidence.iter().find(|evidence| evidence.doubtful > 0)).copied()
    }

    pub(super) fn has_money(&self) -> bool {
        [Role::Price, Role::Total, Role::Transaction].into_iter().any(|role| !self.column(role).is_empty())
    }

    /// The names in the column of events: what each means, and in how many rows it was seen.
    pub(super) fn events(&self) -> impl Iterator<Item = (&str, Meaning, u64)> {
        let names = self.profile(Role::Event).map(|column| &column.names);
        let proposed = self.proposed_meanings();
        names.into_iter().flatten().map(move |(name, count)| {
            let proposed = proposed.get(name.as_str()).map_or(Meaning::Ignore, |(meaning, _)| *meaning);
            (name.as_str(), self.meaning(name, proposed), *count)
        })
    }

    /// What the names mean by themselves and beside each other.
    pub(super) fn proposed_meanings(&self) -> BTreeMap<&str, (Meaning, bool)> {
        let Some(column) = self.profile(Role::Event) else { return BTreeMap::new() };
        let names = column.names.keys().map(String::as_str);
        match events::coded(&column.name, &column.names) {
            Some(codes) => codes.iter().map(|&(code, meaning)| (code, (meaning, true))).collect(),
            None => events::meanings(names),
        }
    }

    fn meaning(&self, name: &str, proposed: Meaning) -> Meaning {
        match self.chosen(&format!("events.{name}")).map(|(_, value)| value) {
            Some(chosen) => Meaning::of_name(chosen).unwrap_or(Meaning::Ignore),
            None => self.request.given.events.get(name).copied().unwrap_or(proposed),
        }
    }
}

/// Gives each role its column; once more where the rows of an order leave out what its first row tells, which no longer
/// speaks against a column then.
fn assign_all(columns: &mut [Profile], cells: &[Vec<&str>], request: &Request) -> Vec<Taken> {
    let assigned = |columns: &[Profile]| assign(Looked { profiles: columns, cells }, &request.given, &request.cleared);
    let taken = assigned(columns);
    let place = |role: Role, given: &str| {
        let found = taken.iter().find(|taken| taken.role == role).map_or("", |taken| taken.column.as_str());
        let name = if given.is_empty() { found } else { given };
        columns.iter().position(|column| column.name == name)
    };
    let given = &request.given.columns;
    let Some(orders) = place(Role::Transaction, given.transaction.text()) else { return taken };
    let others = place(Role::User, given.user.text()).zip(place(Role::Time, given.time.text()));
    let others = others.map_or_else(Vec::new, |(user, time)| vec![cells[user].as_slice(), cells[time].as_slice()]);
    let first_rows = first_rows(&cells[orders], &others);
    let mut any = false;
    for (column, own) in columns.iter_mut().zip(cells) {
        let count = inherited(own, &first_rows);
        column.inherited = count as f64 / own.len().max(1) as f64;
        any |= count > 0;
    }
    if any { assigned(columns) } else { taken }
}

/// The format of a column of times that the layout of that name does not read.
fn other_times(known: LayoutName, columns: &[Profile]) -> Option<String> {
    let layouts = layouts_named(known);
    let is_time = |column: &&Profile| {
        layouts.iter().any(|layout| {
            layout.columns[Role::Time as usize].names.iter().any(|name| name.eq_ignore_ascii_case(&column.name))
        })
    };
    let column = columns.iter().find(is_time)?;
    let times = column.times.as_ref()?;
    let all = column.names.keys().all(|time| layouts.iter().any(|layout| layout.times.parse(time).is_ok()));
    (!all).then(|| times.format.clone())
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
    match separator {
        b'\t' => "tab".to_owned(),
        SPACE => "space".to_owned(),
        1 => "\\x01".to_owned(),
        other => char::from(other).to_string(),
    }
}
