//! Whether a proposal is worth writing: what its own preview says against it, and what leaves doubt.

use crate::format::{percent, thousands};
use crate::ingest::layout::{Meaning, Role};
use crate::ingest::propose::draft::LogDraft;
use crate::ingest::propose::events::{is_automatic, is_step, speaks_of_buying};
use crate::ingest::propose::profile::Profile;
use crate::ingest::propose::words::lowers_prices;
use crate::ingest::propose::{Choice, Preview};
use crate::text::shown;

/// Share of the rows looked at that may be ignored.
const MOST_IGNORED: f64 = 0.5;
/// Different numbers from which on they count no pieces.
const MOST_PIECES: usize = 50;
/// Names that a sentence lists.
const NAMES: usize = 4;

impl LogDraft {
    /// Why these settings should not be written, a sentence each; none where nothing speaks against them. `seen` is
    /// what the reader made of the first rows, or why it refused them.
    pub(super) fn objections(&self, seen: Result<&Preview, &str>) -> Vec<String> {
        let seen = match seen {
            Ok(seen) => seen,
            Err(refused) => return vec![format!("the log cannot be read so: {refused}")],
        };
        [self.rejects_too_many(seen), self.ignores_most(seen), self.leaves_buying_out(seen)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn rejects_too_many(&self, seen: &Preview) -> Option<String> {
        let counts = &seen.counts;
        let rejected: u64 = counts.rejected.values().sum();
        let share = rejected as f64 / counts.read.max(1) as f64;
        let allowed = self.settings().rejected_limit;
        if share <= allowed {
            return None;
        }
        let reasons: Vec<String> = counts
            .rejected
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(reason, count)| format!("{} {}", reason.name(), thousands(*count)))
            .collect();
        let (rejected, read) = (thousands(rejected), thousands(counts.read));
        let (share, allowed, reasons) = (percent(share), percent(allowed), reasons.join(", "));
        Some(format!("{rejected} of {read} rows are rejected ({share}; {allowed} may be): {reasons}"))
    }

    /// Rows that tell of an order once more – it was placed, paid, sent –, orders that were not bought, and what a tracker
    /// sends by itself are known for what they are, and count neither way.
    fn ignores_most(&self, seen: &Preview) -> Option<String> {
        let counts = &seen.counts;
        let meant = self.proposed_meanings();
        let has_status = !self.column(Role::Status).is_empty();
        let told_again = |name: &str| match meant.get(name) {
            _ if is_automatic(name, counts.ignored.keys().map(String::as_str)) => true,
            Some((meaning, is_sure)) => is_step(name) || (*meaning == Meaning::Ignore && !is_sure),
            // The reader calls an order by its status, where that says that it was not bought.
            None => has_status && name.starts_with("order "),
        };
        let (again, ignored): (Vec<_>, Vec<_>) = counts.ignored.iter().partition(|(name, _)| told_again(name));
        let read = counts.read.saturating_sub(again.iter().map(|(_, count)| **count).sum());
        let total: u64 = ignored.iter().map(|(_, count)| **count).sum();
        let share = total as f64 / read.max(1) as f64;
        (share > MOST_IGNORED).then(|| {
            let named = listed(ignored.iter().map(|(name, count)| (name.as_str(), **count)));
            format!("{} of {} rows are ignored ({}): {named}", thousands(total), thousands(read), percent(share))
        })
    }

    /// Whether the log tells of buying and the settings make nothing of it.
    fn leaves_buying_out(&self, seen: &Preview) -> Option<String> {
        let counts = &seen.counts;
        if counts.transactions > 0 {
            return None;
        }
        let spoken: Vec<(&str, u64)> = counts
            .ignored
            .iter()
            .filter(|(name, _)| speaks_of_buying(name))
            .map(|(name, n)| (name.as_str(), *n))
            .collect();
        if !spoken.is_empty() {
            return Some(format!(
                "no row is a purchase; ignored are {}; --set events.NAME=transaction says which is one",
                listed(spoken.into_iter())
            ));
        }
        let tells = |role: &Role| self.profile(*role).is_some_and(Profile::holds_any);
        let orders = [Role::Transaction, Role::Quantity].iter().any(tells);
        let money = [Role::Price, Role::Total].iter().any(tells) && !counts.ignored.is_empty();
        (self.is_custom() && (orders || money)).then(|| {
            let columns: Vec<&str> = [Role::Transaction, Role::Quantity, Role::Price, Role::Total]
                .into_iter()
                .filter(|role| tells(role))
                .map(|role| self.column(role))
                .collect();
            format!("no row is a purchase, though {} tells of some", columns.join(", "))
        })
    }

    /// Columns called like money, or like what became of orders, that no role takes.
    pub(super) fn money_left_out(&self) -> impl Iterator<Item = String> {
        let roles = Role::ALL.map(|role| self.column(role));
        let left = self.columns.iter().filter(move |column| !roles.contains(&column.name.as_str()));
        left.filter_map(|column| {
            let name = shown(&column.name);
            if column.tells_undone() {
                Some(format!(
                    "{name} is not read, though it tells what became of orders, and that some are no purchases: {}",
                    column.facts()
                ))
            } else if column.is_money() {
                Some(format!("{name} is not read, though it could be money: {}", column.facts()))
            } else if lowers_prices(&column.name) && column.holds_any() {
                Some(format!(
                    "{name} is not read: prices count as they stand, which is too much where they are before it; {}",
                    column.facts()
                ))
            } else {
                None
            }
        })
    }
}

impl LogDraft {
    /// Columns without names that no role takes and whose values could count the pieces of a price.
    pub(super) fn pieces_left_out(&self) -> impl Iterator<Item = String> {
        let price = [Role::Price, Role::Total].into_iter().map(|role| self.column(role)).find(|name| !name.is_empty());
        let wanted = price.filter(|_| self.column(Role::Quantity).is_empty());
        let roles = Role::ALL.map(|role| self.column(role));
        let could = self.columns.iter().filter(move |column| {
            let few = (2..=MOST_PIECES).contains(&column.distinct) && column.filled > 2 * column.distinct;
            !column.named && few && column.whole >= 0.8 && !roles.contains(&column.name.as_str())
        });
        wanted.into_iter().flat_map(move |price| {
            could.clone().map(move |column| {
                let (name, facts) = (&column.name, column.facts());
                format!(
                    "column {name} is not read, though it could count the pieces that cost what column {price} tells: \
                     {facts}; --set columns.quantity={name} reads it so"
                )
            })
        })
    }
}

/// A choice of which nobody can be sure, with what speaks for it and what else it could be.
pub(super) fn doubt(choice: &Choice) -> String {
    let value = if choice.value.is_empty() { "nothing" } else { &choice.value };
    let rivals = match choice.rivals.as_slice() {
        [] => String::new(),
        rivals => format!("; else {}", rivals.join(", ")),
    };
    format!("{} = {value} is not sure: {}{rivals}", choice.key, choice.reason)
}

/// The commonest names, each with its count.
fn listed<'a>(names: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut names: Vec<(&str, u64)> = names.collect();
    names.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let more = names.len().saturating_sub(NAMES);
    let told: Vec<String> =
        names.iter().take(NAMES).map(|(name, count)| format!("{} ({})", shown(name), thousands(*count))).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", told.join(", "))
}
