//! One of several logs that are read as one: which of the settings are its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ingest::column_settings::ColumnSettings;
use crate::ingest::joined::JoinSettings;
use crate::ingest::layout::{DefaultEvent, LayoutName, Meaning, MoneyUnit, StatusMeaning};
use crate::ingest::one_or_many::one_or_many;

/// A log, its files, and how these are read. What it leaves out is as `[ingest]` has it; its columns take the place of those
/// there, its events and statuses go before them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// The files, relative to the input folder: names or patterns.
    #[serde(deserialize_with = "one_or_many")]
    pub files: Vec<String>,
    /// Tables whose columns are added to its rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<JoinSettings>,
    /// Its shape.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutName>,
    /// What stands between two fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// Whether the first row names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// How times are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_format: Option<String>,
    /// What stands before a number's decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
    /// What the columns of money count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money_unit: Option<MoneyUnit>,
    /// The zone of times that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// What a row without an event name is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_event: Option<DefaultEvent>,
    /// The column of each role.
    #[serde(skip_serializing_if = "is_default")]
    pub columns: ColumnSettings,
    /// What its event names mean.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, Meaning>,
    /// What its statuses of orders mean.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub statuses: BTreeMap<String, StatusMeaning>,
}

fn is_default(columns: &ColumnSettings) -> bool {
    *columns == ColumnSettings::default()
}
