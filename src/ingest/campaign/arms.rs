//! The treatment column's values as arms.

use std::collections::HashSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::ingest::campaign::Asked;
use crate::text::same_letters;

/// A column of more different values tells no treatments.
const MOST_ARMS: usize = 100;

/// How files call those who were left alone, without spaces, hyphens and case.
const CONTROLS: [&str; 17] = [
    "control",
    "controlgroup",
    "holdout",
    "holdoutgroup",
    "none",
    "noemail",
    "nomail",
    "noletter",
    "nocampaign",
    "nocoupon",
    "nocontact",
    "notmailed",
    "nomessage",
    "untreated",
    "baseline",
    "nothing",
    "notreatment",
];

/// The value by which a column of names calls its control; `None` where it holds flags, or no name says it.
pub(super) fn control_by_name(cells: &[String]) -> Option<&str> {
    if cells.iter().all(|cell| flag(cell.trim()).is_some()) {
        return None;
    }
    let plain = |cell: &str| -> String {
        cell.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase()
    };
    let mut named: Vec<&str> =
        cells.iter().map(|cell| cell.trim()).filter(|cell| CONTROLS.contains(&plain(cell).as_str())).collect();
    named.sort_unstable_by_key(|name| name.to_lowercase());
    named.dedup_by(|one, other| same(one, other));
    // Two such values would be a guess.
    if named.len() == 1 { named.first().copied() } else { None }
}

/// The treatment column's values as places: 0 for the control, the arms from 1.
pub(super) struct Arms<'a> {
    control: &'a str,
    wanted: &'a [String],
    pub names: Vec<String>,
    asked: Asked<'a>,
}

impl<'a> Arms<'a> {
    pub fn new(asked: Asked<'a>, control: &'a str) -> Self {
        let names = if control.is_empty() { vec!["treated".to_owned()] } else { Vec::new() };
        Self { control, wanted: &asked.settings.arms, names, asked }
    }

    /// The place of a value; `None` for an arm that is not looked at.
    pub fn of(&mut self, value: &str) -> Result<Option<u16>, String> {
        if self.control.is_empty() {
            let treated = flag(value).ok_or_else(|| {
                format!("a treatment is 0 or 1, or name the control with {}", self.asked.how("control"))
            })?;
            return Ok(Some(u16::from(treated)));
        }
        if same(value, self.control) {
            return Ok(Some(0));
        }
        if value.is_empty() {
            return Err("it names no arm".to_owned());
        }
        if !(self.wanted.is_empty() || self.wanted.iter().any(|wanted| same(wanted, value))) {
            return Ok(None);
        }
        if let Some(place) = self.names.iter().position(|name| same(name, value)) {
            return Ok(Some(place as u16 + 1));
        }
        if self.names.len() == MOST_ARMS {
            return Err(format!("more than {MOST_ARMS} arms; name the column that tells who was treated"));
        }
        self.names.push(value.to_owned());
        Ok(Some(self.names.len() as u16))
    }

    /// Refuses a campaign that lacks its control or an arm that was asked for.
    pub fn check(&self, path: &Path, arm: &[u16]) -> Result<()> {
        let seen: HashSet<u16> = arm.iter().copied().collect();
        let column = &self.asked.settings.treatment;
        let refused = |what: String| Err(Error::Config(format!("{}: {what}", path.display())));
        if !seen.contains(&0) {
            let control = if self.control.is_empty() { "0" } else { self.control };
            return refused(format!("no row of {column} is {control:?}: there is no control to compare with"));
        }
        if let Some(missing) = self.wanted.iter().find(|wanted| !self.names.iter().any(|name| same(name, wanted))) {
            let found = self.names.join(", ");
            return refused(format!("no row of {column} is {missing:?}; the arms found are {found}"));
        }
        if seen.len() < 2 {
            return refused(format!("every row of {column} is of the control: nobody was treated"));
        }
        Ok(())
    }
}

/// Whether two names are of one arm: letter case does not count.
fn same(one: &str, other: &str) -> bool {
    same_letters(one, other)
}

/// Yes or no, as files write it.
pub(in crate::ingest) fn flag(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "0" | "0.0" | "false" | "f" | "no" | "n" | "off" | "nein" | "non" | "nej" => Some(false),
        "1" | "1.0" | "true" | "t" | "yes" | "y" | "on" | "ja" | "oui" | "si" | "sí" | "sì" => Some(true),
        _ => None,
    }
}
