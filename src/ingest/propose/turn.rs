//! What else a line of a draft could be, and choosing it.

use crate::ingest::grammar::{SEPARATORS, SPACE};
use crate::ingest::layout::Role;
use crate::ingest::layout::{AUTO, LayoutName};
use crate::ingest::propose::Request;
use crate::ingest::propose::draft::{LogDraft, role_of, written};
use crate::ingest::settings::IngestSettings;

/// What an event name can mean, the commoner first.
const MEANINGS: [&str; 9] =
    ["view", "addtocart", "transaction", "visit", "return", "contact", "response", "optout", "ignore"];

/// What follows from a choice.
#[derive(Clone, Debug)]
pub enum Changed {
    /// Nothing: it is as before, or none of the line's options.
    Nothing,
    /// Other settings for the same columns.
    Settings,
    /// The file has other columns: it has to be looked at again.
    Shape(Box<Request>),
}

impl LogDraft {
    /// What a line can be, the likelier first; empty stands for no column.
    pub(super) fn options(&self, key: &str) -> Vec<String> {
        if let Some(role) = role_of(key) {
            return self.columns_for(role);
        }
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        match key {
            "layout" => self.known.map(|known| vec![known.name().to_owned(), "custom".to_owned()]).unwrap_or_default(),
            "separator" => SEPARATORS.into_iter().chain([SPACE]).map(written).collect(),
            "header" => texts(&["true", "false"]),
            "decimal" => texts(&["point", "comma"]),
            "money_unit" => texts(&["whole", "cents", "micros"]),
            "time_zone" => {
                let found = self.zone_found();
                let mut zones: Vec<String> =
                    found.into_iter().flat_map(|found| std::iter::once(found.zone).chain(found.rivals)).collect();
                for more in [self.time_zone(), IngestSettings::default().time_zone] {
                    if !zones.contains(&more) {
                        zones.push(more);
                    }
                }
                zones
            }
            "default_event" => texts(&["view", "addtocart", "transaction", "return"]),
            "time_format" => {
                let times = self.profile(Role::Time).and_then(|column| column.times.as_ref());
                let mut formats: Vec<String> =
                    times.map(|times| vec![times.format.clone()]).into_iter().flatten().collect();
                formats.extend(times.into_iter().flat_map(|times| times.others.iter().cloned()));
                for more in [self.settings().time_format, AUTO.to_owned()] {
                    if !formats.contains(&more) {
                        formats.push(more);
                    }
                }
                formats
            }
            _ if key.starts_with("events.") => texts(&MEANINGS),
            _ => Vec::new(),
        }
    }

    /// The column taken, its rivals, every other column, and none where a log can do without.
    fn columns_for(&self, role: Role) -> Vec<String> {
        let taken = self.taken(role);
        let likelier = taken.into_iter().flat_map(|taken| std::iter::once(&taken.column).chain(&taken.rivals));
        let mut names: Vec<String> = Vec::new();
        for name in likelier.chain(self.columns.iter().map(|column| &column.name)) {
            if !name.is_empty() && !names.contains(name) {
                names.push(name.clone());
            }
        }
        if !matches!(role, Role::Time | Role::User | Role::Item) {
            names.push(String::new());
        }
        names
    }

    /// What is known of an option of a line, for a reader: a column's values, and the role that it has now.
    pub(super) fn facts(&self, key: &str, option: &str) -> (String, &'static str) {
        let column = self.columns.iter().find(|column| role_of(key).is_some() && column.name == option);
        let Some(column) = column else { return (String::new(), "") };
        let role = Role::ALL.into_iter().find(|role| self.column(*role) == option);
        (column.facts(), role.map_or("", Role::name))
    }

    /// Chooses an option of a line. A column that another role has is taken from it, until something else is chosen
    /// here.
    pub(super) fn choose(&mut self, key: &str, option: &str) -> Changed {
        let now = self.choices().into_iter().find(|choice| choice.key == key);
        let offered = self.options(key).iter().any(|known| known == option);
        if !offered || now.is_none_or(|now| now.value == option) {
            return Changed::Nothing;
        }
        match key {
            "separator" | "header" => {
                let mut request = self.request.clone();
                if key == "header" {
                    request.header = Some(option == "true");
                } else {
                    option.clone_into(&mut request.given.separator);
                    // Fields of other rows are told anew.
                    request.header = None;
                }
                if self.known.is_some() {
                    request.given.layout = LayoutName::Custom;
                }
                return Changed::Shape(Box::new(request));
            }
            "layout" if option != "custom" => {
                self.chosen.clear();
                return Changed::Settings;
            }
            _ => {}
        }
        let times = self.column(Role::Time).to_owned();
        self.chosen.retain(|(known, _)| known != key);
        self.chosen.push((key.to_owned(), option.to_owned()));
        // A format that was chosen is that of the column it was chosen for.
        if self.column(Role::Time) != times {
            self.chosen.retain(|(known, _)| known != "time_format");
        }
        Changed::Settings
    }
}
