//! How raw files are read: the `[ingest]` section of the configuration.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::column_settings::ColumnSettings;
use crate::ingest::grammar::{Decimal, SPACE};
use crate::ingest::joined::JoinSettings;
use crate::ingest::joins::SameUser;
use crate::ingest::layout::{
    AUTO, DefaultEvent, Duplicates, LayoutName, Meaning, MoneyUnit, StatusMeaning, TimeFormat, Zone,
};
use crate::ingest::log_settings::LogSettings;
use crate::ingest::one_or_many::one_or_many;
use crate::zone::ShopZone;

crate::settings! {
    /// How raw files are read.
    pub struct IngestSettings in "ingest" {
        /// The share of event rows that may be rejected before the run stops.
        pub rejected_limit: f64 = 0.05, from 0 to 1;
        /// The log that a run reads where it is told none: a file, a folder, or a pattern such as "logs/2024-*.csv",
        /// relative to the file that says so; the address of objects, "s3://bucket/logs/"; "-" for standard input; or the
        /// address of a database, "postgres://user@host/database", whose rows `query` tells; empty for none. What `user360 add` brought is read behind it.
        pub input: String = String::new();
        /// The query whose rows are the log, where the input is a database: "select ts, customer, sku, amount from
        /// orders". It runs in a transaction that may only read.
        pub query: String = String::new();
        /// The shape of the event log: "retailrocket", "rees46" (also Open CDP), "online-retail" (UCI),
        /// "yoochoose", "ga4" (Google Analytics 4 by way of BigQuery, one row an item), "custom" for one that
        /// ingest.columns tells, or "auto" for the one that the columns' names tell.
        pub layout: LayoutName = LayoutName::Auto;
        /// The event logs, relative to the input folder: a name or pattern such as "logs/2019-*.csv.gz", or a list
        /// of them; empty for events.* or else every table of a known shape. Each may be CSV, plain or compressed
        /// by gzip or zstd, or Parquet.
        [serde(deserialize_with = "one_or_many")]
        pub files: Vec<String> = Vec::new();
        /// Tables whose columns are added to the log's rows, each by a column that both have: a list such as [{ file =
        /// "orders.csv", on = "order_id" }, { file = "customers.csv", on = "customer_id", key = "id" }]. `on` is a column of
        /// the log, or of a table before it, or a list of columns, such as `on = ['sku', 'size']`, that tell a row apart
        /// together; `key` the same in the file, where it is called otherwise there.
        pub join: Vec<JoinSettings> = Vec::new();
        /// Logs of different columns that are read as one, such as views in one file and orders in another: a list of
        /// tables, each with `files` and whichever of join, layout, separator, header, time_format, decimal, money_unit,
        /// time_zone, default_event, columns, events and statuses it does not share with the others, such as [{ files =
        /// "views-*.csv", default_event = "view", columns = { time = "ts", user = "visitor", item = "sku" } }, { files =
        /// "orders.csv", … }].
        pub logs: Vec<LogSettings> = Vec::new();
        /// What stands between two fields: one character, "tab", "space" for one or more spaces, or "auto" for the one of
        /// comma, semicolon, tab, bar, caret, tilde and Hive's control character ("\\x01") that the first row tells.
        pub separator: String = AUTO.to_owned();
        /// Whether the first row names the columns. Where it does not, ingest.columns numbers them from 1.
        pub header: bool = true;
        /// How times are written: "s", "ms", "us" or "ns" since 1970, "iso" for 2019-10-01 00:00:00 and the like,
        /// "excel" for days since 1899-12-30, a pattern such as "%d.%m.%Y %H:%M", or "auto" for the layout's own.
        pub time_format: String = AUTO.to_owned();
        /// What stands before a number's decimals: "point" (1,234.50), "comma" (1.234,50), or "auto" for what the
        /// columns of money tell.
        pub decimal: String = AUTO.to_owned();
        /// What the columns of money count: "whole" units of the currency, "cents" (hundredths of one), or "micros"
        /// (millionths).
        pub money_unit: MoneyUnit = MoneyUnit::Whole;
        /// What becomes of rows that are equal in everything that is read: "drop" keeps one, "keep" keeps all,
        /// "auto" keeps lines of orders and rows of logs that tell minutes or days only, and drops the others.
        pub duplicates: Duplicates = Duplicates::Auto;
        /// The shop's zone: "UTC", an offset such as "+02:00", or a name such as "Europe/Berlin". Times that
        /// name none are read in it, days, weeks and weekends are cut by it, and times are shown in it.
        pub time_zone: String = "UTC".to_owned();
        /// What a row without an event name is: "view", "addtocart", "transaction", "return", or "none" for the layout's own.
        pub default_event: DefaultEvent = DefaultEvent::None;
        /// The column of each role, where it is not the layout's own: a table of time, user, event, item,
        /// transaction, price, quantity, session, category, total (of all pieces of a row, where no column holds
        /// the price of one), clock (the time of day, where the column of the time holds the day), status (of the
        /// order), discount and refunded (taken off the price, of a line or of an order), shipping (part of an
        /// order's total), currency, tax (told, and not taken off), updated (when the order was changed last),
        /// anonymous_user (the browser or device, whose rows count for the user who logs in there), and item_name,
        /// item_group (the product of a variant) and category_name, which are shown and filtered by, and customer_name,
        /// customer_email, customer_phone, customer_consent, customer_country and customer_household, of which the latest of
        /// each user counts, such as { user = "customer_id", time = "ts" }.
        pub columns: ColumnSettings = ColumnSettings::default();
        /// What the log's event names mean, before the layout's own: a table such as { product_view = "view", order
        /// = "transaction" } of "view", "addtocart", "transaction" or "ignore". Events of other names are ignored
        /// and counted.
        pub events: BTreeMap<String, Meaning> = BTreeMap::new();
        /// Accounts that are one person's, the rows of an old id counting for the new one: a table such as { "old@x.org" =
        /// "new@x.org" }, or the name of a CSV file of old ids and new ones, relative to the input folder.
        pub same_user: SameUser = SameUser::default();
        /// What one unit of each currency is worth in the one in which money is counted, such as { EUR = 1.0, USD =
        /// 0.92 }. Without it, money of several currencies is not added up.
        pub rates: BTreeMap<String, f64> = BTreeMap::new();
        /// What the log's statuses of orders mean, before the usual ones: a table such as { Geliefert = "purchase",
        /// Storniert = "none" } of "purchase" or "none". Orders of other statuses count as purchases.
        pub statuses: BTreeMap<String, StatusMeaning> = BTreeMap::new();
    }
}

impl IngestSettings {
    /// Whether separator, times and zone can be what they say; the error begins with `ingest.key`.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn check(&self) -> Result<()> {
        self.in_range()?;
        self.separator_byte()?;
        self.decimal_sign()?;
        TimeFormat::of_setting(&self.time_format)?;
        if let Some((currency, rate)) = self.rates.iter().find(|(_, rate)| !(rate.is_finite() && **rate > 0.0)) {
            return Err(Error::Config(format!("ingest.rates: {currency} is {rate}, but a rate is a number above 0")));
        }
        Zone::of_setting(&self.time_zone)?;
        self.join.iter().try_for_each(JoinSettings::check)?;
        self.check_logs()?;
        let numberless = self.columns.given().find(|(_, column)| !self.header && column.number().is_none());
        if let Some((role, column)) = numberless {
            let what =
                format!("ingest.columns: {role} is \"{column}\", but without a header a column is a number from 1");
            return Err(Error::Config(what));
        }
        Ok(())
    }

    /// The shop's clock over the range of these times, UTC milliseconds.
    ///
    /// # Errors
    /// [`Error::Config`] where there is no such zone.
    pub(super) fn clock(&self, times: &[i64]) -> Result<ShopZone> {
        let zone = Zone::of_setting(&self.time_zone)?;
        let (first, last) = (times.iter().min(), times.iter().max());
        Ok(first.zip(last).map_or_else(ShopZone::default, |(first, last)| zone.over(&self.time_zone, *first, *last)))
    }

    fn check_logs(&self) -> Result<()> {
        if self.logs.is_empty() {
            return Ok(());
        }
        let wrong = |what: &str| Err(Error::Config(format!("ingest.logs: {what}")));
        if !self.files.is_empty() || !self.join.is_empty() {
            return wrong("each of several logs names its own files and join; take those of [ingest] into one of them");
        }
        if !self.query.is_empty() {
            return wrong("a query gives one table; leave either out");
        }
        for (number, (log, settings)) in (1..).zip(self.logs.iter().zip(self.of_logs())) {
            if log.files.is_empty() {
                return wrong(&format!("log {number} names no files"));
            }
            settings.check().map_err(|error| match error {
                Error::Config(what) => Error::Config(format!("ingest.logs: log {number}: {what}")),
                error => error,
            })?;
        }
        Ok(())
    }

    /// Refuses one table as the input of several logs.
    pub(super) fn refuse_logs(&self, input: &Path) -> Result<()> {
        if self.logs.is_empty() {
            return Ok(());
        }
        let what = "is one table, and ingest.logs tell of several; name the folder or the workbook that holds them";
        Err(Error::Input { path: input.to_path_buf(), line: None, what: what.to_owned() })
    }

    /// The settings of each of several logs, with those that it shares; these alone where there is one log.
    pub(super) fn of_logs(&self) -> Vec<Self> {
        if self.logs.is_empty() {
            return vec![self.clone()];
        }
        let of = |log: &LogSettings| {
            let LogSettings { files, join, columns, events, statuses, .. } = log.clone();
            let own_columns = columns != ColumnSettings::default();
            Self {
                files,
                join,
                logs: Vec::new(),
                layout: log.layout.unwrap_or(self.layout),
                separator: log.separator.clone().unwrap_or_else(|| self.separator.clone()),
                header: log.header.unwrap_or(self.header),
                time_format: log.time_format.clone().unwrap_or_else(|| self.time_format.clone()),
                decimal: log.decimal.clone().unwrap_or_else(|| self.decimal.clone()),
                money_unit: log.money_unit.unwrap_or(self.money_unit),
                time_zone: log.time_zone.clone().unwrap_or_else(|| self.time_zone.clone()),
                default_event: log.default_event.unwrap_or(self.default_event),
                columns: if own_columns { columns } else { self.columns.clone() },
                events: self.events.clone().into_iter().chain(events).collect(),
                statuses: self.statuses.clone().into_iter().chain(statuses).collect(),
                ..self.clone()
            }
        };
        self.logs.iter().map(of).collect()
    }

    /// The tables that are joined to the log, or to any of several.
    pub fn joins(&self) -> impl Iterator<Item = &JoinSettings> {
        self.join.iter().chain(self.logs.iter().flat_map(|log| &log.join))
    }

    /// The files that the log cannot be read without, beside its own: the tables that are joined to it, and that of accounts
    /// that are one person's.
    pub(super) fn files_beside(&self) -> impl Iterator<Item = &str> {
        let accounts = match &self.same_user {
            SameUser::File(file) if !file.is_empty() => Some(file.as_str()),
            _ => None,
        };
        self.joins().map(|join| join.file.as_str()).chain(accounts)
    }

    /// The names and patterns of the log's files, or of those of several.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(self.logs.iter().flat_map(|log| &log.files))
    }

    /// The separator, `None` where the file tells it.
    pub(super) fn separator_byte(&self) -> Result<Option<u8>> {
        match self.separator.as_bytes() {
            _ if self.separator == AUTO => Ok(None),
            b"tab" | b"\\t" => Ok(Some(b'\t')),
            b"space" => Ok(Some(SPACE)),
            b"\\x01" => Ok(Some(1)),
            &[byte] if byte != b'"' && byte != b'\n' && byte != b'\r' => Ok(Some(byte)),
            _ => {
                let what = format!(
                    "ingest.separator must be one character, \"tab\", \"space\" or \"auto\", not {:?}",
                    self.separator
                );
                Err(Error::Config(what))
            }
        }
    }

    /// The decimal sign, `None` where the columns tell it.
    pub(super) fn decimal_sign(&self) -> Result<Option<Decimal>> {
        match self.decimal.as_str() {
            AUTO => Ok(None),
            "point" => Ok(Some(Decimal::Point)),
            "comma" => Ok(Some(Decimal::Comma)),
            other => {
                Err(Error::Config(format!("ingest.decimal must be \"auto\", \"point\" or \"comma\", not {other:?}")))
            }
        }
    }

    /// Whether anything is set that the chosen layout would not say itself.
    pub(super) fn overrides(&self) -> bool {
        let defaults = Self::default();
        self.separator != defaults.separator
            || self.header != defaults.header
            || self.time_format != defaults.time_format
            || self.decimal != defaults.decimal
            || self.money_unit != defaults.money_unit
            || self.duplicates != defaults.duplicates
            || self.rates != defaults.rates
            || self.same_user != defaults.same_user
            || self.statuses != defaults.statuses
            || self.time_zone != defaults.time_zone
            || self.default_event != defaults.default_event
            || self.columns != defaults.columns
            || self.events != defaults.events
    }
}
