//! What the first rows of a file decide for all of them: how numbers are written, whether rows leave fields out.

use std::path::Path;

use crate::error::Result;
use crate::ingest::blocks::head_of;
use crate::ingest::grammar::{Decimal, Numbers, Persons, Preamble, fields_of, is_empty};
use crate::ingest::layout::status::vendors_own;
use crate::ingest::layout::{Layout, Role};
use crate::ingest::records::records;
use crate::ingest::settings::IngestSettings;
use crate::ingest::source::{Storage, storage};

/// Bytes that are looked at.
const JUDGED: usize = 1 << 20;
/// Share of rows with fewer fields than the header from which on they are the file's way to leave empty fields out.
const RAGGED: f64 = 0.05;

impl Layout {
    /// Decides by the first rows of the file, as far as the settings do not. A file that cannot be read is left to its
    /// reader.
    pub(super) fn decide(&mut self, path: &Path, settings: &IngestSettings) -> Result<()> {
        let given = settings.decimal_sign()?;
        self.numbers = Numbers { decimal: given.unwrap_or(Decimal::Point) };
        let storage = storage(path)?;
        if storage == Storage::Parquet {
            return Ok(());
        }
        let bytes = head_of(path, JUDGED)?;
        let begin = Preamble::of(&bytes, |line| fields_of(line, self.separator)).bytes;
        let rows: Vec<Vec<String>> = records(&bytes[begin..], self.separator, bytes.len() < JUDGED).collect();
        let Some((first, rows)) =
            (if self.header { rows.split_first() } else { rows.first().map(|row| (row, &rows[..])) })
        else {
            return Ok(());
        };
        let headers: Vec<&str> = first.iter().map(String::as_str).collect();
        let wide = headers.len();
        let short = rows.iter().filter(|row| row.len() < wide).count();
        let beyond = rows.iter().filter(|row| row.len() > wide && row[wide..].iter().all(String::is_empty)).count();
        // Without a header nothing says how many fields a row should have.
        self.ragged = self.header && (short + beyond) as f64 > rows.len() as f64 * RAGGED;
        let cells = |role: Role| {
            let at = self.find(&self.columns[role as usize], &headers);
            let cells = rows.iter().filter_map(move |row| row.get(at?)).map(String::as_str);
            cells.filter(|cell| !is_empty(cell) && !self.empty.contains(cell))
        };
        let statuses = vendors_own(cells(Role::Status));
        let (persons, inherits) = (Persons::of(cells(Role::User)), self.inherited(rows, &headers));
        let mut decimal = self.numbers.decimal;
        if given.is_none() {
            let money =
                [Role::Price, Role::Total, Role::Quantity, Role::Discount, Role::Refunded, Role::Shipping, Role::Tax]
                    .map(|role| Numbers::decide(cells(role), Some(self.separator)));
            let telling = money.iter().find(|evidence| evidence.telling > 0);
            let doubtful = money.iter().find(|evidence| evidence.doubtful > 0);
            decimal = telling.or(doubtful).map_or(Decimal::Point, |evidence| evidence.decimal);
        }
        self.numbers.decimal = decimal;
        (self.persons, self.inherits) = (persons, inherits);
        self.statuses.extend(statuses);
        Ok(())
    }

    /// What [`Layout::decide`] found, for a reading that goes on: rows read under another finding are read again.
    pub(in crate::ingest) fn decided(&self) -> String {
        let mut found = vec![self.numbers.decimal.name()];
        found.extend(self.ragged.then_some("ragged"));
        found.extend(self.inherits.then_some("inherits"));
        found.extend(match self.persons {
            Persons::Ids => None,
            Persons::Emails => Some("emails"),
            Persons::Phones => Some("phones"),
        });
        found.extend(self.status_of("closed").map(|_| "closed"));
        let mut found: Vec<String> = found.into_iter().map(ToOwned::to_owned).collect();
        found.extend(self.joins.print());
        found.join(" ")
    }

    /// Whether rows of an order leave out who bought, when, or the status, and the row of the same order before them
    /// tells it.
    fn inherited(&self, rows: &[Vec<String>], headers: &[&str]) -> bool {
        let at = |role: Role| self.find(&self.columns[role as usize], headers);
        let Some(order) = at(Role::Transaction) else { return false };
        let shared: Vec<usize> = [Role::User, Role::Time, Role::Status].into_iter().filter_map(at).collect();
        let cell = |row: &'_ [String], at: usize| row.get(at).filter(|cell| !is_empty(cell)).cloned();
        rows.windows(2).any(|pair| {
            let same = cell(&pair[0], order).is_some_and(|id| cell(&pair[1], order) == Some(id));
            same && shared.iter().any(|&at| cell(&pair[0], at).is_some() && cell(&pair[1], at).is_none())
        })
    }
}
