//! The settings in force for a workspace: the shop's own file, above what still stands in the user's and the machine's.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use toml::Table;

use crate::config::{Config, Source, print, read};
use crate::error::{Error, Result};
use crate::ingest::is_remote;
use crate::setting::Setting;
use crate::text::shown_path;

/// The name of the shop's settings in a workspace.
const SHOP_FILE: &str = "user360.toml";
/// Sections about the machine and the person before it: the user's own file is above the shop's there.
const PERSONAL: [&str; 3] = ["database", "sql", "ui"];

/// Where a workspace keeps the shop's settings.
pub fn shop_file(workspace: &Path) -> PathBuf {
    workspace.join(SHOP_FILE)
}

/// Whether a setting decides what a run answers, and belongs to the shop.
pub fn decides(setting: &Setting) -> bool {
    match setting.section {
        "run" => setting.key == "minimum_history_days",
        // Shown beside answers, part of none.
        "shop" => false,
        section => !PERSONAL.contains(&section),
    }
}

/// The settings of a run, and where they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InForce {
    /// The settings.
    pub config: Config,
    /// The files that they stand in, the one that decides first.
    pub files: Vec<PathBuf>,
    /// What the user should know of them, a sentence each.
    pub warnings: Vec<String>,
    /// The folder that `ingest.input` is relative to.
    folder: PathBuf,
    /// Sections that a file holds.
    told: Vec<String>,
    /// Whether a file of the shop is among them: what it leaves out is left at the defaults.
    of_shop: bool,
}

impl InForce {
    /// The settings of the file named, alone over the defaults; else those of the workspace over what the user's own file
    /// says. A section of the workspace's that decides answers hides the user's whole.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load(named: Option<&Path>, workspace: &Path) -> Result<Self> {
        Self::of(named, &Config::own_files(), &shop_file(workspace))
    }

    /// What the user's own file and the machine's say where there is no workspace.
    pub(super) fn personal() -> Result<Config> {
        Self::of(None, &Config::own_files(), Path::new("")).map(|found| found.config)
    }

    /// As [`Self::load`]; `own` are the files of the user and of the machine, the one that decides first.
    fn of(named: Option<&Path>, own: &[PathBuf], shop: &Path) -> Result<Self> {
        if let Some(file) = named {
            let (config, table) = read_file(file)?;
            let (files, folder) = (vec![file.to_path_buf()], folder_of(file));
            let told = table.keys().cloned().collect();
            return Ok(Self { config, files, folder, told, of_shop: true, warnings: Vec::new() });
        }
        let mut files = Vec::new();
        let mut there = |file: &Path| {
            let read = if file.exists() { read_file(file).map(|(_, table)| Some(table)) } else { Ok(None) };
            read.inspect(|table| files.extend(table.is_some().then(|| file.to_path_buf())))
        };
        let shops = there(shop)?;
        let of_shop = shops.is_some();
        let shops = shops.unwrap_or_default();
        let (mut below, mut warnings, mut folder) = (Table::new(), Vec::new(), folder_of(shop));
        for file in own {
            let Some(table) = there(file)? else { continue };
            let table = without_defaults(table)?;
            warnings.extend(misplaced(file, &table, &shops));
            if table.contains_key("ingest") && ![&shops, &below].iter().any(|above| above.contains_key("ingest")) {
                folder = folder_of(file);
            }
            below = layered(below, table);
        }
        let own = below;
        let table = joined(own, shops);
        let text = toml::to_string(&table).map_err(|error| unreadable(&error.to_string()))?;
        let config: Config = toml::from_str(&text).map_err(|error| unreadable(error.message()))?;
        config.check()?;
        Ok(Self { config, files, warnings, folder, told: table.keys().cloned().collect(), of_shop })
    }

    /// The log that the settings name, with a folder of its own where that is needed to read it from here.
    pub fn input(&self) -> Option<PathBuf> {
        let input = &self.config.ingest.input;
        let own = Path::new(input);
        (!input.is_empty()).then(|| if is_remote(own) { own.to_path_buf() } else { self.folder.join(input) })
    }

    /// Goes on as the last run did, whose settings are `recorded`, in every section that decides and of which no file says
    /// anything; where the shop has a file, in how the log is read alone.
    #[must_use]
    pub fn or_recorded(mut self, recorded: &Json) -> Self {
        for section in Config::SECTIONS.iter().filter(|section| section.settings.iter().all(decides)) {
            let left_out = self.of_shop && section.name != "ingest";
            if left_out || self.told.iter().any(|told| told == section.name) {
                continue;
            }
            let Some(settings) = recorded.get(section.name).and_then(Json::as_object) else { continue };
            let known = |key: &String| section.settings.iter().any(|setting| setting.key == *key);
            let settings: serde_json::Map<String, Json> = settings
                .iter()
                .filter(|(key, _)| known(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            let Ok(mut whole) = serde_json::to_value(&self.config) else { continue };
            whole[section.name] = Json::Object(settings);
            // What an older or newer program recorded and this one cannot read is left at the defaults.
            match serde_json::from_value::<Config>(whole) {
                Ok(config) if config.check().is_ok() => {
                    self.config = config;
                    self.told.push(section.name.to_owned());
                }
                _ => self
                    .warnings
                    .push(format!("the last run's [{}] cannot be read; the defaults are taken", section.name)),
            }
        }
        self
    }
}

fn unreadable(what: &str) -> Error {
    Error::Config(format!("the workspace's and the user's settings cannot be joined: {what}"))
}

fn read_file(file: &Path) -> Result<(Config, Table)> {
    let source = Source::read(file)?;
    let config = read::config(&source)?;
    let table = toml::from_str(source.text()).map_err(|error| unreadable(error.message()))?;
    Ok((config, table))
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The user's own file without what decides and is as the defaults are: a file that was printed whole says no more than
/// what was changed in it.
fn without_defaults(mut own: Table) -> Result<Table> {
    let defaults = print::values(&Config::default())?;
    for setting in Config::settings().filter(|setting| decides(setting)) {
        let Some(section) = own.get_mut(setting.section).and_then(toml::Value::as_table_mut) else { continue };
        let default = defaults.get(setting.section).and_then(|section| section.get(setting.key));
        let number = |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
        let as_default = section.get(setting.key).zip(default).is_some_and(|(value, default)| {
            value == default
                || number(value).zip(number(default)).is_some_and(|(one, other)| one.total_cmp(&other).is_eq())
        });
        if as_default {
            section.remove(setting.key);
        }
    }
    own.retain(|_, settings| settings.as_table().is_none_or(|settings| !settings.is_empty()));
    Ok(own)
}

/// Two files of the user or of the machine as one: what decides by section, the rest by key, as the first says it.
fn layered(above: Table, below: Table) -> Table {
    let mut table = above;
    for (name, settings) in below {
        let decides = !PERSONAL.contains(&name.as_str()) && name != "run";
        match (table.get_mut(&name).and_then(toml::Value::as_table_mut), settings) {
            (None, settings) => {
                table.insert(name, settings);
            }
            (Some(there), toml::Value::Table(settings)) if !decides => {
                for (key, value) in settings {
                    there.entry(key).or_insert(value);
                }
            }
            _ => {}
        }
    }
    table
}

/// The two files as one: what decides by section, the rest by key, the person's own above the shop's.
fn joined(own: Table, shops: Table) -> Table {
    let mut table = shops;
    for (name, settings) in own {
        let Some(there) = table.get_mut(&name).and_then(toml::Value::as_table_mut) else {
            table.insert(name, settings);
            continue;
        };
        let personal = PERSONAL.contains(&name.as_str());
        if !personal && name != "run" {
            continue;
        }
        for (key, value) in settings.as_table().cloned().unwrap_or_default() {
            if personal || !there.contains_key(&key) {
                there.insert(key, value);
            }
        }
    }
    table
}

/// What of the user's own file belongs into the workspace's.
fn misplaced(file: &Path, own: &Table, shops: &Table) -> Option<String> {
    let holds = |table: &Table, setting: &Setting| {
        table.get(setting.section).and_then(toml::Value::as_table).is_some_and(|there| there.contains_key(setting.key))
    };
    let mut sections: Vec<String> = Vec::new();
    for setting in Config::settings().filter(|setting| decides(setting) && holds(own, setting)) {
        let hidden = if shops.contains_key(setting.section) { ", which the workspace's hides" } else { "" };
        let named = format!("[{}]{hidden}", setting.section);
        if !sections.contains(&named) {
            sections.push(named);
        }
    }
    (!sections.is_empty()).then(|| {
        format!(
            "{}: {} decide answers and belong into {SHOP_FILE} in the workspace; the next version no longer reads them here",
            shown_path(file),
            sections.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::files::Share;
    use crate::models::churn::Inactivity;

    struct Place(tempfile::TempDir);

    impl Place {
        fn of(own: &str, shop: &str) -> Self {
            let place = Self(tempfile::tempdir().unwrap());
            for (name, text) in [("config.toml", own), (SHOP_FILE, shop)] {
                if !text.is_empty() {
                    std::fs::write(place.0.path().join(name), text).unwrap();
                }
            }
            place
        }

        fn load(&self) -> InForce {
            let own = self.0.path().join("config.toml");
            let machines = self.0.path().join("machine.toml");
            InForce::of(None, &[own, machines], &self.0.path().join(SHOP_FILE)).unwrap()
        }
    }

    #[test]
    fn the_shops_sections_are_above_the_users_and_the_screen_is_the_users() {
        let own = "[churn]\ninactive_days = 10\nthreshold = 0.4\n[ltv]\nhorizon_days = 20\n[ui]\ntheme = \"mine\"\n[run]\nkeep = 9\n";
        let shop = "[churn]\ninactive_days = 14\n[ui]\ntheme = \"shop\"\nrestore = false\n[run]\nkeep = 5\n";
        let found = Place::of(own, shop).load();
        let config = &found.config;
        let mut wanted = Config::default();
        wanted.churn.inactive_days = Inactivity::Days(14.0);
        assert_eq!(config.churn, wanted.churn, "a section is one file's");
        wanted.ltv.horizon_days = 20.0;
        assert_eq!(config.ltv, wanted.ltv, "read for one version");
        assert_eq!((config.ui.theme.as_str(), config.ui.restore, config.run.keep), ("mine", false, 5));
        let [warning] = found.warnings.as_slice() else { unreachable!("{:?}", found.warnings) };
        assert!(warning.contains("[churn], which the workspace's hides, [ltv] decide"), "{warning}");
    }

    #[test]
    fn the_machines_file_is_below_the_users_own_key_by_key() {
        let place = Place::of("[ui]\ntheme = \"mine\"\n", "");
        let machines = "[ui]\ntheme = \"house\"\nrestore = false\n[run]\nshare = \"group\"\n[ltv]\nhorizon_days = 20\n";
        std::fs::write(place.0.path().join("machine.toml"), machines).unwrap();
        let found = place.load();
        let config = &found.config;
        assert_eq!((config.ui.theme.as_str(), config.ui.restore, config.run.share), ("mine", false, Share::Group));
        assert_eq!(found.files.len(), 2);
        let [warning] = found.warnings.as_slice() else { unreachable!("{:?}", found.warnings) };
        assert!(warning.contains("machine.toml: [ltv] decide"), "{warning}");
    }

    #[test]
    fn settings_that_decide_nothing_are_the_users_own_without_a_word() {
        let found = Place::of("[run]\nkeep = 2\n[sql]\nmemory = 64\n[ui]\nrestore = false\n", "").load();
        assert_eq!((found.config.run.keep, found.warnings.as_slice()), (2, &[][..]));
    }

    #[test]
    fn a_users_file_that_was_printed_whole_says_what_was_changed_in_it() {
        let own = Config::default().to_toml().unwrap().replace("horizon_days = 60.0", "horizon_days = 20");
        let mut last = Config::default();
        last.ingest.decimal = "comma".to_owned();
        let found = Place::of(&own, "").load().or_recorded(&serde_json::to_value(&last).unwrap());
        assert!(found.warnings[0].contains(": [ltv] decide") && found.warnings.len() == 1, "{:?}", found.warnings);
        assert_eq!(found.config.ingest.decimal, "comma", "the log is read on as it was");
    }

    #[test]
    fn the_input_is_told_from_the_folder_of_the_file_that_names_it() {
        let place = Place::of("", "[ingest]\ninput = \"logs/*.csv\"\n");
        assert_eq!(place.load().input(), Some(place.0.path().join("logs/*.csv")));
        let absolute = Place::of("", "[ingest]\ninput = \"/srv/shop.csv\"\n");
        assert_eq!(absolute.load().input(), Some(PathBuf::from("/srv/shop.csv")));
    }

    #[test]
    fn where_no_file_says_anything_the_last_runs_settings_go_on() {
        let mut last = Config::default();
        last.churn.inactive_days = Inactivity::Days(21.0);
        last.ltv.horizon_days = 33.0;
        last.ui.theme = "old".to_owned();
        let mut recorded = serde_json::to_value(&last).unwrap();
        recorded["churn"]["of_a_newer_program"] = true.into();
        let found = Place::of("[ltv]\nhorizon_days = 44\n", "").load().or_recorded(&recorded);
        assert_eq!(found.config.churn, last.churn);
        assert_eq!(found.config.ltv.horizon_days.to_string(), "44");
        assert_eq!(found.config.ui, Config::default().ui);
        // What the shop's own file leaves out is as the defaults are, and no longer as it was.
        last.ingest.decimal = "comma".to_owned();
        let found =
            Place::of("", "[ltv]\nhorizon_days = 44\n").load().or_recorded(&serde_json::to_value(&last).unwrap());
        assert_eq!((found.config.churn, found.config.ingest), (Config::default().churn, last.ingest));
    }
}
