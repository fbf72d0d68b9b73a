//! The shapes of logs that are known by name: the names, and what is known of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ingest::grammar::{Decimal, Numbers, Persons};
use crate::ingest::layout::{
    AUTO, Duplicates, Layout, Meaning, MoneyUnit, Place, ROLES, Role, TimeFormat, Times, Zone,
};
use crate::ingest::log::EventKind;

/// The shapes of event logs that are known by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutName {
    /// Recognised by the columns' names.
    #[default]
    Auto,
    /// RetailRocket's export.
    Retailrocket,
    /// REES46's and Open CDP's.
    Rees46,
    /// The UCI's online retail invoices.
    OnlineRetail,
    /// YOOCHOOSE's clicks and buys of the `RecSys` challenge 2015.
    Yoochoose,
    /// Google Analytics 4 by way of `BigQuery`, one row an item.
    Ga4,
    /// Told by the settings.
    Custom,
}

impl LayoutName {
    /// The name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => AUTO,
            Self::Retailrocket => "retailrocket",
            Self::Rees46 => "rees46",
            Self::OnlineRetail => "online-retail",
            Self::Yoochoose => "yoochoose",
            Self::Ga4 => "ga4",
            Self::Custom => "custom",
        }
    }
}

/// Every shape that a first row can tell, in the order of being tried.
pub(super) fn all() -> Vec<Layout> {
    vec![retailrocket(), rees46(), online_retail(), ga4(), yoochoose_clicks(), yoochoose_buys()]
}

/// The shapes of a name; more than one where a shop's files differ among themselves.
pub(in crate::ingest) fn of(name: LayoutName) -> Vec<Layout> {
    match name {
        LayoutName::Auto => all(),
        LayoutName::Custom => vec![custom()],
        _ => all().into_iter().filter(|layout| layout.name == name).collect(),
    }
}

/// A shape of which the settings tell everything.
pub(super) fn custom() -> Layout {
    Layout {
        name: LayoutName::Custom,
        log: 0,
        separator: b',',
        header: true,
        fields: None,
        columns: columns(&[(Role::Time, true, &[]), (Role::User, true, &[])]),
        times: times(vec![TimeFormat::Epoch, TimeFormat::Iso]),
        events: EventKind::ALL.map(|kind| (kind.name().to_owned(), kind.into())).to_vec(),
        default_event: None,
        numbers: Numbers { decimal: Decimal::Point },
        rates: BTreeMap::new(),
        inherits: false,
        continues: false,
        persons: Persons::Ids,
        joins: Arc::default(),
        ragged: false,
        money_unit: MoneyUnit::Whole,
        duplicates: Duplicates::Auto,
        statuses: Vec::new(),
        empty: &[],
        cancelled: None,
        strict: false,
        dotted_categories: false,
        note: None,
    }
}

/// RetailRocket's export, for when the settings change something about it.
pub(super) fn retailrocket() -> Layout {
    Layout {
        name: LayoutName::Retailrocket,
        log: 0,
        columns: columns(&[
            (Role::Time, true, &["timestamp"]),
            (Role::User, true, &["visitorid"]),
            (Role::Event, true, &["event"]),
            (Role::Item, true, &["itemid"]),
            (Role::Transaction, false, &["transactionid"]),
        ]),
        times: times(vec![TimeFormat::Milliseconds]),
        events: EventKind::FUNNEL.map(|kind| (kind.name().to_owned(), kind.into())).to_vec(),
        duplicates: Duplicates::Drop,
        strict: true,
        ..custom()
    }
}

/// REES46 and Open CDP, one file a month: `event_time,event_type,product_id,category_id,category_code,brand,price,
/// user_id,user_session`.
fn rees46() -> Layout {
    Layout {
        name: LayoutName::Rees46,
        log: 0,
        columns: columns(&[
            (Role::Time, true, &["event_time"]),
            (Role::User, true, &["user_id"]),
            (Role::Event, true, &["event_type"]),
            (Role::Item, true, &["product_id"]),
            (Role::Price, false, &["price"]),
            (Role::Session, false, &["user_session"]),
            (Role::Category, false, &["category_code"]),
            (Role::CategoryId, false, &["category_id"]),
        ]),
        times: times(vec![TimeFormat::Iso]),
        events: events(&[
            ("view", Meaning::View),
            ("cart", Meaning::AddToCart),
            ("purchase", Meaning::Transaction),
            ("remove_from_cart", Meaning::Ignore),
        ]),
        dotted_categories: true,
        ..custom()
    }
}

/// The UCI's Online Retail and Online Retail II: `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,
/// CustomerID,Country`, purchases only.
fn online_retail() -> Layout {
    Layout {
        name: LayoutName::OnlineRetail,
        log: 0,
        columns: columns(&[
            (Role::Time, true, &["InvoiceDate"]),
            (Role::User, true, &["CustomerID", "Customer ID"]),
            (Role::Item, true, &["StockCode"]),
            (Role::Transaction, true, &["InvoiceNo", "Invoice"]),
            (Role::Price, true, &["UnitPrice", "Price"]),
            (Role::Quantity, true, &["Quantity"]),
            (Role::ItemName, false, &["Description"]),
        ]),
        times: times(vec![TimeFormat::Iso, pattern("%m/%d/%Y %H:%M"), pattern("%m/%d/%Y %H:%M:%S")]),
        events: Vec::new(),
        default_event: Some(EventKind::Transaction),
        cancelled: Some("C"),
        note: Some(
            "every row is a purchase of Quantity × UnitPrice; cancellations are returns, and rows without a customer are \
             ignored",
        ),
        ..custom()
    }
}

/// A flat export of Google Analytics 4 from `BigQuery`, one row an event and item.
fn ga4() -> Layout {
    Layout {
        name: LayoutName::Ga4,
        log: 0,
        columns: columns(&[
            (Role::Time, true, &["event_timestamp"]),
            (Role::User, true, &["user_pseudo_id"]),
            (Role::Event, true, &["event_name"]),
            (Role::Item, true, &["item_id"]),
            (Role::Transaction, false, &["transaction_id"]),
            (Role::Price, false, &["price"]),
            (Role::Quantity, false, &["quantity"]),
            (Role::Session, false, &["ga_session_id"]),
            (Role::Category, false, &["item_category"]),
            (Role::ItemName, false, &["item_name"]),
        ]),
        times: times(vec![TimeFormat::Microseconds]),
        events: events(&[
            ("view_item", Meaning::View),
            ("add_to_cart", Meaning::AddToCart),
            ("purchase", Meaning::Transaction),
            ("page_view", Meaning::Visit),
            ("refund", Meaning::Return),
        ]),
        empty: &["(not set)", "null", "NULL"],
        ..custom()
    }
}

const YOOCHOOSE: &str = "the log knows sessions, not users: each session counts as a user";

/// YOOCHOOSE's clicks, without a header: session, time, item, category.
fn yoochoose_clicks() -> Layout {
    Layout {
        name: LayoutName::Yoochoose,
        log: 0,
        header: false,
        fields: Some(4),
        columns: columns(&[
            (Role::User, true, &["1"]),
            (Role::Time, true, &["2"]),
            (Role::Item, true, &["3"]),
            (Role::Category, false, &["4"]),
        ]),
        times: times(vec![TimeFormat::Iso]),
        events: Vec::new(),
        default_event: Some(EventKind::View),
        note: Some(YOOCHOOSE),
        ..custom()
    }
}

/// YOOCHOOSE's buys, without a header: session, time, item, price, quantity.
fn yoochoose_buys() -> Layout {
    Layout {
        fields: Some(5),
        columns: columns(&[
            (Role::User, true, &["1"]),
            (Role::Time, true, &["2"]),
            (Role::Item, true, &["3"]),
            (Role::Price, true, &["4"]),
            (Role::Quantity, true, &["5"]),
        ]),
        default_event: Some(EventKind::Transaction),
        ..yoochoose_clicks()
    }
}

fn columns(of: &[(Role, bool, &[&str])]) -> [Place; ROLES] {
    let mut columns = std::array::from_fn(|_| Place::default());
    for &(role, required, names) in of {
        columns[role as usize] = Place { names: names.iter().map(|&name| name.to_owned()).collect(), required };
    }
    columns
}

fn times(formats: Vec<TimeFormat>) -> Times {
    Times { formats, zone: Zone::Fixed(0) }
}

/// A pattern that is known to be one.
fn pattern(text: &str) -> TimeFormat {
    TimeFormat::of_setting(text).ok().flatten().unwrap_or(TimeFormat::Iso)
}

fn events(of: &[(&str, Meaning)]) -> Vec<(String, Meaning)> {
    of.iter().map(|&(name, meaning)| (name.to_owned(), meaning)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::ingest::IngestSettings;
    use crate::ingest::layout::LayoutName;

    #[test]
    fn settings_and_page_tell_of_every_layout() {
        let page = include_str!("../../../docs/input.md");
        let setting = IngestSettings::SETTINGS.iter().find(|setting| setting.key == "layout").unwrap();
        let known = super::all().into_iter().map(|layout| layout.name);
        for layout in known.chain([LayoutName::Auto, LayoutName::Custom]) {
            let name = layout.name();
            assert_eq!(serde_json::to_value(layout).unwrap(), name, "as it is written in settings and in reports");
            assert!(setting.doc.contains(&format!("\"{name}\"")), "the setting `layout` should tell of \"{name}\"");
            let row = format!("\n| `{name}` |");
            assert!(layout == LayoutName::Auto || page.contains(&row), "docs/input.md lacks a row for `{name}`");
        }
    }
}
