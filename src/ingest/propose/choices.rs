//! What a draft decides, line by line, and why.

use std::collections::BTreeMap;

use crate::ingest::layout::{AUTO, DefaultEvent, LayoutName, Meaning, MoneyUnit, Role, StatusMeaning};
use crate::ingest::propose::Choice;
use crate::ingest::propose::columns::Taken;
use crate::ingest::propose::draft::{LogDraft, SHOWN, key_of, written};
use crate::ingest::propose::events;
use crate::ingest::propose::flags::undoing;
use crate::ingest::propose::words::money_unit;
use crate::ingest::settings::IngestSettings;

impl LogDraft {
    /// What is decided now, a role without a column included.
    pub(super) fn choices(&self) -> Vec<Choice> {
        if let Some(known) = self.known.filter(|_| !self.is_custom()) {
            let reason = if known == LayoutName::Yoochoose {
                "by the number of fields and the first row's values"
            } else {
                "by the names of its columns"
            };
            let layout = Choice { rivals: vec!["custom".to_owned()], ..Choice::new("layout", known.name(), reason) };
            let times = self.known_times.as_deref().filter(|_| self.request.given.time_format == AUTO);
            let times =
                times.map(|format| Choice::new("time_format", format, "its times are not written as usual there"));
            return std::iter::once(layout).chain(times).collect();
        }
        let reason = match (self.known, self.request.given.layout) {
            (Some(_), _) => "chosen",
            (None, LayoutName::Custom) => "given",
            (None, _) => "no known layout has these columns",
        };
        let mut choices = vec![Choice::new("layout", "custom", reason)];
        choices.extend(SHOWN.into_iter().filter(|&role| self.shows(role)).map(|role| self.choice_of(role)));
        choices.push(self.choice_of_times());
        choices.extend(self.choice_of_zone());
        choices.extend(self.choice_of_decimal());
        choices.extend(self.choice_of_money_unit());
        if let Some(separator) = self.separator {
            let given = self.request.given.separator != AUTO;
            let fields = format!("it gives the first rows {} fields", self.columns.len());
            choices.push(match (given, self.is_mixed) {
                (true, _) => Choice::new("separator", &written(separator), "given".to_owned()),
                (_, true) => Choice::new("separator", AUTO, "its files have different ones, and each tells its own"),
                _ => Choice::new("separator", &written(separator), fields),
            });
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
        let proposed = self.proposed_meanings();
        let event = self.profile(Role::Event);
        let coded = event.and_then(|column| {
            let why = if events::is_flag(&column.name, &column.names) {
                "the column says whether a row was a purchase"
            } else {
                "as a public data set numbers its events"
            };
            events::coded(&column.name, &column.names).map(|_| why)
        });
        choices.extend(self.events().map(|(name, meaning, count)| {
            let key = format!("events.{name}");
            let alone = proposed.get(name).is_none_or(|(_, alone)| *alone);
            let (why, sure) = match meaning {
                _ if self.chosen(&key).is_some() => ("chosen", true),
                _ if self.request.given.events.contains_key(name) => ("given", true),
                _ if coded.is_some() => (coded.unwrap_or_default(), false),
                Meaning::Ignore if !alone => {
                    ("another name tells of the same", !self.column(Role::Transaction).is_empty())
                }
                Meaning::View => ("a word for a view", true),
                Meaning::AddToCart => ("a word for the cart", true),
                Meaning::Transaction => ("a word for a purchase", true),
                Meaning::Visit => ("a word for a page without an item", true),
                Meaning::Response => ("a word for a click on a message", true),
                Meaning::Return => ("a word for what came back", true),
                Meaning::Contact => ("a word for a message sent", true),
                Meaning::OptOut => ("a word for wanting no more messages", true),
                Meaning::Ignore => ("no word for view, cart or purchase", true),
            };
            Choice { sure, ..Choice::new(&key, meaning.name(), format!("{why}; {count} rows looked at")) }
        }));
        choices
    }

    /// Whether a role has a line: one that few logs tell only where a column could be it.
    fn shows(&self, role: Role) -> bool {
        let possible = |taken: &Taken| !(taken.column.is_empty() && taken.rivals.is_empty());
        !matches!(
            role,
            Role::Tax
                | Role::Updated
                | Role::AnonymousUser
                | Role::ItemName
                | Role::ItemGroup
                | Role::CategoryName
                | Role::CustomerName
                | Role::CustomerEmail
                | Role::CustomerPhone
                | Role::CustomerConsent
                | Role::CustomerCountry
                | Role::CustomerHousehold
        ) || !self.column(role).is_empty()
            || self.chosen(&key_of(role)).is_some()
            || self.taken(role).is_some_and(possible)
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

    /// What the statuses of orders mean: those given, and those of a flag.
    pub(super) fn statuses(&self) -> BTreeMap<String, StatusMeaning> {
        let mut statuses = self.request.given.statuses.clone();
        if let Some((yes, no)) = self.profile(Role::Status).and_then(undoing) {
            for (value, meaning) in [(yes, StatusMeaning::None), (no, StatusMeaning::Purchase)] {
                statuses.entry(value.to_owned()).or_insert(meaning);
            }
        }
        statuses
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

    /// The shop's zone, where one was given or the times tell of one.
    fn choice_of_zone(&self) -> Option<Choice> {
        let (value, found) = (self.time_zone(), self.zone_found());
        let choice = |reason: String| Choice::new("time_zone", &value, reason);
        if self.chosen("time_zone").is_some() {
            return Some(choice("chosen".to_owned()));
        }
        match found {
            Some(found) if found.zone == value => {
                let sure = found.rivals.is_empty() && value.contains('/');
                let rivals = found.rivals.into_iter().take(3).collect();
                Some(Choice { rivals, sure, ..choice(found.reason) })
            }
            _ if value != IngestSettings::default().time_zone => Some(choice("given".to_owned())),
            _ => None,
        }
    }

    /// The decimal sign, where there is money that tells of one.
    fn choice_of_decimal(&self) -> Option<Choice> {
        let value = self.decimal();
        let choice = |sure, reason: String| Choice { sure, ..Choice::new("decimal", value, reason) };
        if self.chosen("decimal").is_some() {
            return Some(choice(true, "chosen".to_owned()));
        }
        if self.request.given.decimal != AUTO {
            return Some(choice(true, "given".to_owned()));
        }
        let evidence = self.decimal_evidence()?;
        if self.is_mixed {
            return Some(choice(true, "files of different separators each tell their own".to_owned()));
        }
        if evidence.telling > 0 {
            return Some(choice(true, format!("{} values can be read only so", evidence.telling)));
        }
        let reason =
            format!("{} values such as 1.234 could be decimals or thousands; no value tells", evidence.doubtful);
        Some(choice(false, reason))
    }

    /// What the columns of money count, and the column whose name says so.
    pub(super) fn money_unit(&self) -> (MoneyUnit, Option<&str>) {
        let given = self.request.given.money_unit;
        let chosen = self.chosen("money_unit").and_then(|(_, chosen)| MoneyUnit::of_name(chosen));
        if let Some(told) = chosen.or_else(|| (given != MoneyUnit::default()).then_some(given)) {
            return (told, None);
        }
        // Numbers with decimals count no hundredths, whatever their column is called.
        let columns = [Role::Price, Role::Total].into_iter().filter_map(|role| self.profile(role));
        let mut told = columns.filter(|column| column.named && column.decimals <= 0.0);
        let told = told.find_map(|column| {
            let unit = money_unit(&column.name);
            (unit != MoneyUnit::default()).then_some((unit, Some(column.name.as_str())))
        });
        told.unwrap_or_default()
    }

    /// What the columns of money count, where it is not units of the currency.
    fn choice_of_money_unit(&self) -> Option<Choice> {
        let (unit, column) = self.money_unit();
        let choice = |sure, reason: String| Choice {
            rivals: if sure { Vec::new() } else { vec![MoneyUnit::default().name().to_owned()] },
            sure,
            ..Choice::new("money_unit", unit.name(), reason)
        };
        match (column, self.chosen("money_unit")) {
            (_, Some(_)) => Some(choice(true, "chosen".to_owned())),
            (Some(column), None) => Some(choice(false, format!("{column} is called so, and holds whole numbers"))),
            (None, None) if unit != MoneyUnit::default() => Some(choice(true, "given".to_owned())),
            (None, None) => None,
        }
    }

    fn choice_of_default(&self) -> Choice {
        let value = self.default_event().name();
        let choice = |sure, reason: &str| Choice { sure, ..Choice::new("default_event", value, reason) };
        if self.chosen("default_event").is_some() {
            choice(true, "chosen")
        } else if self.request.given.default_event != DefaultEvent::None {
            choice(true, "given")
        } else if self.named_event().is_some() {
            choice(true, "no column names events; its file is called so")
        } else if self.has_money() {
            choice(false, "no column names events; rows have prices or orders")
        } else {
            choice(false, "no column names events; rows have neither prices nor orders")
        }
    }
}
