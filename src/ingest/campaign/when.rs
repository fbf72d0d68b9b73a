//! When a campaign ran: features of its users are as of then.

use crate::error::{Error, Result};
use crate::ingest::layout::{TimeFormat, Times, Zone};
use crate::ingest::propose::written;

/// The word for a campaign that ran after the log's end.
const END: &str = "end";

/// When a campaign ran, UTC milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Nobody said.
    #[default]
    Unknown,
    /// After the log's end.
    End,
    /// At one time.
    At(i64),
    /// At a time of its own for each row.
    Rows(Vec<i64>),
}

/// Reads dates, with or without a time of day; a date alone is its first moment in the zone.
pub(super) struct Dates(Times);

impl Dates {
    /// For dates of this zone, as `ingest.time_zone` names it.
    pub fn new(zone: &str) -> Result<Self> {
        Ok(Self(Times { formats: vec![TimeFormat::Iso, TimeFormat::Epoch], zone: Zone::of_setting(zone)? }))
    }

    /// For the dates of a column, in the one format that most of them are written in; and whether days and months may be
    /// swapped in it. As [`Dates::new`] where no format fits.
    pub fn of_column(self, cells: &[&str]) -> Result<(Self, bool)> {
        if cells.iter().all(|cell| self.parse(cell).is_some()) {
            return Ok((self, false));
        }
        let Some(written) = written(cells) else { return Ok((self, false)) };
        let Some(format) = TimeFormat::of_setting(&written.format)? else { return Ok((self, false)) };
        Ok((Self(Times { formats: vec![format], zone: self.0.zone }), written.ambiguous))
    }

    /// UTC milliseconds of a text.
    pub fn parse(&self, text: &str) -> Option<i64> {
        self.0.parse(text.trim()).ok()
    }

    /// What `campaign.date` says where it names no column.
    ///
    /// # Errors
    /// [`Error::Config`] for what is no date.
    pub fn setting(&self, text: &str) -> Result<When> {
        if text.eq_ignore_ascii_case(END) {
            return Ok(When::End);
        }
        self.parse(text).map(When::At).ok_or_else(|| {
            Error::Config(format!(
                "campaign.date is {text:?}: it is a date such as 2015-08-01 or 2015-08-01 09:00, the name of a column of \
                 dates, or \"end\" for a campaign that ran after the log's end"
            ))
        })
    }
}
