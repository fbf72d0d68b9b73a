//! The settings: built-in defaults, then the machine's file, then the user's own, then the shop's in the workspace or the one named, then the
//! command line.
//!
//! May import the settings types of [`crate::ingest`] and [`crate::models`]. Gives [`Config`] with the meaning
//! of every setting, [`InForce`] for those of a workspace, [`Extras`] for what stands beside them, [`differences`](fn@differences) from an earlier run's, the
//! `[ingest]` part of a file by [`write_ingest`], and [`Source`] for other settings files that name the line of a mistake.

mod answers;
mod check;
mod differences;
mod extras;
mod in_force;
mod ingest_part;
mod print;
mod questions;
mod read;
mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::dirs;
use crate::error::{Error, Result};
use crate::files::Share;
use crate::ingest::campaign::CampaignSettings;
use crate::ingest::{CustomerSettings, ItemSettings};
use crate::models::churn::ChurnSettings;
use crate::models::ltv::LtvSettings;
use crate::models::recommend::RecommendSettings;
use crate::models::segments::SegmentSettings;
use crate::models::uplift::UpliftSettings;
use crate::setting::{Section, Setting};

pub use crate::ingest::IngestSettings;
pub use answers::{Answer, write_answers};
pub use differences::differences;
pub use extras::{AlertRule, ColumnRule, CommandRule, Extras, ProfileRule};
pub use in_force::{InForce, decides, shop_file};
pub use ingest_part::write_ingest;
pub use questions::{Hints, QUESTIONS, Question};
pub use source::{Source, in_order};

crate::settings! {
    /// Settings of the features.
    pub struct FeatureSettings in "features" {
        /// A gap of more than this many minutes between two events of a user starts a new session.
        pub session_gap_minutes: f64 = 30.0, from 0.001 to 5_256_000;
    }
}

crate::settings! {
    /// What a shop's owner tells of it.
    pub struct ShopSettings in "shop" {
        /// The currency that money is counted in, by its three letters such as "EUR"; empty for that which the log names, if
        /// it names one. It is shown beside amounts and changes none.
        pub currency: String = String::new();
        /// Whether tax is in the prices: "included", "excluded", or empty where nobody has said.
        pub tax: String = String::new();
    }
}

impl ShopSettings {
    /// Whether both can be understood.
    fn check(&self) -> Result<()> {
        if !["", "included", "excluded"].contains(&self.tax.as_str()) {
            let what = format!("shop.tax must be \"included\", \"excluded\" or empty, not {:?}", self.tax);
            return Err(Error::Config(what));
        }
        let letters = self.currency.chars().filter(|letter| letter.is_alphabetic()).count();
        if !self.currency.is_empty() && (letters != 3 || self.currency.chars().count() != 3) {
            let what = format!("shop.currency must be three letters such as \"EUR\", not {:?}", self.currency);
            return Err(Error::Config(what));
        }
        Ok(())
    }
}

crate::settings! {
    /// Settings of a run as a whole.
    pub struct RunSettings in "run" {
        /// How many runs the workspace keeps. The newest complete run is always among them.
        pub keep: usize = 3, from 1 to 10_000;
        /// Days of log that a stage which predicts from a cutoff needs before it.
        pub minimum_history_days: f64 = 7.0, from 0 to 36_500;
        /// Users that a model is fitted on at most: those whose hashed ids are the smallest.
        pub fit_users: usize = 500_000, from 1_000 to 1_000_000_000;
        /// Who may read and write what is written, workspaces, runs and exports: "private" (you alone, modes 0700
        /// and 0600) or "group" (the folder's group too, 2770 and 0660). What exists keeps its modes; `user360
        /// doctor` names what is looser.
        pub share: Share = Share::Private;
    }
}

crate::settings! {
    /// Settings of databases.
    pub struct DatabaseSettings in "database" {
        /// The file whose first line is the password of PostgreSQL: a path in full, or one that begins with "~/"; nobody
        /// else may read it. Empty for PGPASSWORD, else the file that PGPASSFILE names, else ~/.pgpass.
        pub password_file: String = String::new();
    }
}

impl DatabaseSettings {
    /// Whether the file can be found from anywhere.
    fn check(&self) -> Result<()> {
        if self.password_file().is_none_or(|file| file.is_absolute()) {
            return Ok(());
        }
        let what = "must be a path in full, or begin with \"~/\"";
        Err(Error::Config(format!("database.password_file {what}, not {:?}", self.password_file)))
    }

    /// The file of the password, where one is named.
    pub fn password_file(&self) -> Option<PathBuf> {
        let home = self.password_file.strip_prefix("~/").zip(dirs::home());
        let path = home.map_or_else(|| PathBuf::from(&self.password_file), |(below, home)| home.join(below));
        (!self.password_file.is_empty()).then_some(path)
    }
}

crate::settings! {
    /// Settings of queries.
    pub struct SqlSettings in "sql" {
        /// Memory that queries take together at most, in MiB; what sorts and groups need beyond it is put aside in the
        /// user's own cache folder. 0 is a quarter of the machine's memory, or of the control group's.
        pub memory: u64 = 0, from 0 to 1_048_576;
    }
}

impl SqlSettings {
    /// The memory in bytes; 0 as in the setting.
    pub fn memory_bytes(&self) -> u64 {
        self.memory << 20
    }
}

crate::settings! {
    /// Settings of the screen.
    pub struct UiSettings in "ui" {
        /// The theme to start with: the name of a built-in theme or of one of your own.
        pub theme: String = "default".to_owned();
        /// Whether pane, sort, filter, columns and marks of the last session are restored.
        pub restore: bool = true;
        /// The folder proposed for exports: a path, empty for the folder the program was started in.
        pub export_folder: String = String::new();
        /// Maximum rows of an SQL result kept on the screen. A result cut there says so.
        pub sql_rows: usize = 1_000_000, from 1 to 100_000_000;
    }
}

/// The configuration's struct and the list of its sections, from one line a section.
macro_rules! sections {
    ($($(#[doc = $doc:literal])+ pub $section:ident: $settings:ty;)+) => {
        /// Every setting, by section of `config.toml`.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $section: $settings,)+
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub alerts: IgnoredAny,
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub export: IgnoredAny,
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub commands: IgnoredAny,
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub links: IgnoredAny,
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub tables: IgnoredAny,
            /// Read by [`Extras`].
            #[serde(skip_serializing)]
            pub columns: IgnoredAny,
        }

        impl Config {
            /// The sections, in the order of the file.
            pub const SECTIONS: &'static [Section] = &[$(Section {
                name: stringify!($section),
                meaning: concat!($($doc),+),
                settings: <$settings>::SETTINGS,
            },)+];

            /// Whether every number is in its range.
            fn in_range(&self) -> Result<()> {
                $(self.$section.in_range()?;)+
                Ok(())
            }
        }
    };
}

sections! {
    /// How raw files are read.
    pub ingest: IngestSettings;
    /// The file that tells what items are called.
    pub items: ItemSettings;
    /// The file that tells who the log's users are.
    pub customers: CustomerSettings;
    /// How events become one row of features per user.
    pub features: FeatureSettings;
    /// Segments: K-Means over features.
    pub segments: SegmentSettings;
    /// Churn: logistic regression on whether a user stays away.
    pub churn: ChurnSettings;
    /// Lifetime value: gradient boosted trees on the number of purchases to come.
    pub ltv: LtvSettings;
    /// Recommendations: implicit ALS, item neighbours, or both.
    pub recommend: RecommendSettings;
    /// Uplift: forests on what a campaign changes, and the groups that follow from it.
    pub uplift: UpliftSettings;
    /// The columns of a real campaign's file, for `run --campaign` and `uplift`.
    pub campaign: CampaignSettings;
    /// The shop, as its owner tells of it.
    pub shop: ShopSettings;
    /// The run as a whole.
    pub run: RunSettings;
    /// Databases that a log is read from or an export is written to.
    pub database: DatabaseSettings;
    /// Queries.
    pub sql: SqlSettings;
    /// The workbench on the screen.
    pub ui: UiSettings;
}

impl Config {
    /// Every setting, in the order of the file.
    pub fn settings() -> impl Iterator<Item = &'static Setting> {
        Self::SECTIONS.iter().flat_map(|section| section.settings)
    }

    /// The settings of `file` over the defaults; without one those of the user's own configuration file over the
    /// machine's, where there are any.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        match file {
            Some(file) => Self::read(file),
            None => InForce::personal(),
        }
    }

    /// Where the user's own configuration file lives: `config.toml` in the platform's configuration folder.
    pub fn default_file() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "user360").map(|dirs| dirs.config_dir().join("config.toml"))
    }

    /// Where whoever keeps the machine configures it for all its users, below their own files.
    pub fn machine_file() -> Option<PathBuf> {
        cfg!(unix).then(|| PathBuf::from("/etc/user360/config.toml"))
    }

    /// Both, the one that decides first.
    fn own_files() -> Vec<PathBuf> {
        Self::default_file().into_iter().chain(Self::machine_file()).collect()
    }

    fn read(path: &Path) -> Result<Self> {
        read::config(&Source::read(path)?)
    }
}
