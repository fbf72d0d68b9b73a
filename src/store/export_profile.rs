//! Named choices of columns for those who receive an export: the mailing list, and the programs that send it.

use polars::prelude::*;

use crate::error::{Error, Result};
use crate::spreadsheet::Dialect;
use crate::store::blocks::Blocks;
use crate::store::item::recommendations;
use crate::store::order::Order;
use crate::store::run::Run;
use crate::store::table::DataTable;
use crate::store::unknown::unknown_column;

/// The column of a profile that no table of users has: the item recommended first.
const OFFER: &str = "offer";
/// The same in the table of recommendations.
const FIRST_ITEM: &str = "item_1";
/// Rows brought together at once.
const ROWS: usize = 8192;

/// Which columns are written, under which names and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportProfile {
    /// What it is called.
    pub name: String,
    columns: Vec<ProfileColumn>,
    /// Text that a spreadsheet would run stays as it is.
    pub raw: bool,
    /// How CSV is written.
    pub dialect: Dialect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ProfileColumn {
    /// A column of users, or [`OFFER`].
    name: String,
    title: String,
    /// It is left out where there is none.
    optional: bool,
}

/// The profiles that are there without a setting: raw, comma, UTF-8.
pub fn profiles() -> Vec<ExportProfile> {
    let built = |name: &str, columns: &[&str]| {
        let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        ExportProfile::new(name, &columns, true, Dialect::Plain)
    };
    vec![
        built("mailing", &["user_id", "customer_email as email", "segment?", "offer?"]),
        built("mailchimp", &["customer_email as Email Address", "segment? as Tags", "offer? as OFFER"]),
        built(
            "klaviyo",
            &["customer_email as Email", "user_id as External ID", "segment? as Segment", "offer? as Offer"],
        ),
        built("braze", &["user_id as external_id", "customer_email as email", "segment?", "offer?"]),
    ]
}

impl ExportProfile {
    /// A profile of columns as they are written in settings: `segment`, `customer_email as Email Address`, or `offer?`,
    /// which is left out where there is none.
    pub fn new(name: &str, columns: &[String], raw: bool, dialect: Dialect) -> Self {
        let column = |text: &String| {
            let (name, title) =
                text.split_once(" as ").map_or((text.as_str(), None), |(name, title)| (name, Some(title)));
            let (name, optional) = name.trim().strip_suffix('?').map_or((name.trim(), false), |name| (name, true));
            let title = title.map_or(name, str::trim).to_owned();
            ProfileColumn { name: name.to_owned(), title, optional }
        };
        Self { name: name.to_owned(), columns: columns.iter().map(column).collect(), raw, dialect }
    }

    /// How many columns it has of these users, and the names of those that are left out.
    ///
    /// # Errors
    /// [`Error::Query`] for a column that must be there and is not.
    pub fn fits(&self, run: &Run, users: &DataTable) -> Result<(usize, Vec<&str>)> {
        let (there, missing): (Vec<_>, Vec<_>) =
            self.columns.iter().partition(|column| holds(run, users, &column.name));
        if let Some(column) = missing.iter().find(|column| !column.optional) {
            let known: Vec<&str> = users.columns().iter().map(|column| column.name.as_str()).collect();
            let why = if column.name.starts_with("customer_") {
                "the log does not tell it; [customers] or [ingest.columns] names the file or column that does"
                    .to_owned()
            } else {
                unknown_column(&column.name, &known)
            };
            return Err(Error::Query(format!("the profile {} wants the column {}: {why}", self.name, column.name)));
        }
        if there.is_empty() {
            return Err(Error::Query(format!("the profile {} has no column that these users have", self.name)));
        }
        Ok((there.len(), missing.into_iter().map(|column| column.name.as_str()).collect()))
    }

    /// The rows of an order with the columns of the profile, as far as they are there.
    ///
    /// # Errors
    /// As [`Self::fits`]; those of reading the tables.
    pub fn blocks(&self, run: &Run, users: &DataTable, rows: Order) -> Result<Blocks<'static>> {
        self.fits(run, users)?;
        let columns: Vec<ProfileColumn> =
            self.columns.iter().filter(|column| holds(run, users, &column.name)).cloned().collect();
        let own: Vec<String> =
            columns.iter().map(|column| column.name.clone()).filter(|name| users.column(name).is_some()).collect();
        let offers = columns.iter().any(|column| users.column(&column.name).is_none());
        let offers = if offers { Some(recommendations(run)?) } else { None };
        let users = users.clone();
        let of = move |rows: &[u32]| -> Result<DataFrame> {
            let mut frame = users.select(rows, Some(&own))?;
            if let Some(offers) = &offers {
                let first = offers.select(rows, Some(&[FIRST_ITEM.to_owned()]))?;
                frame.with_column(first.column(FIRST_ITEM)?.clone().with_name(OFFER.into()))?;
            }
            let parts = columns
                .iter()
                .map(|column| Ok(frame.column(&column.name)?.clone().with_name(column.title.as_str().into())));
            Ok(DataFrame::new(rows.len(), parts.collect::<Result<_>>()?)?)
        };
        let head = of(&[])?;
        let count = rows.len();
        let parts = (0..count).step_by(ROWS).map(move |from| of(&rows.part(from..(from + ROWS).min(count))));
        Ok(Blocks::new(head, count as u64, parts))
    }
}

/// Whether the users have a column; an offer where every user has a list.
fn holds(run: &Run, users: &DataTable, name: &str) -> bool {
    let listed =
        || recommendations(run).is_ok_and(|lists| lists.len() == users.len() && lists.column(FIRST_ITEM).is_some());
    users.column(name).is_some() || (name == OFFER && run.has("recommendations") && listed())
}
