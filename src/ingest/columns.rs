//! Accepted rows in file order, column by column.

use crate::error::{Error, Result};
use crate::ingest::append::id_column;
use crate::ingest::ids::IdColumn;
use crate::ingest::log::{EventKind, EventLog, NONE};

/// What every accepted row tells.
#[derive(Default)]
pub(super) struct Columns {
    pub(super) time: Vec<i64>,
    pub(super) kind: Vec<EventKind>,
    pub(super) user: IdColumn,
    /// The items of the rows that name one.
    pub(super) item: IdColumn,
    /// Rows that name no item, ascending.
    pub(super) without_item: Vec<u32>,
    /// Rows that carry a transaction id, ascending, and the ids. Any text is an id; an event of any kind may carry one.
    pub(super) with_transaction: Vec<u32>,
    pub(super) transaction: IdColumn,
    /// Rows that carry an anonymous id, ascending, and the ids.
    pub(super) with_anonymous: Vec<u32>,
    pub(super) anonymous: IdColumn,
    /// Rows that name no user, ascending: their user is the anonymous id.
    pub(super) nameless: Vec<u32>,
}

impl Columns {
    /// The events of a log as rows.
    pub(super) fn of_log(log: &EventLog) -> Self {
        let users = (0..log.users.len() as u32).flat_map(|user| log.all_of(user).map(move |_| user));
        let rows = 0..log.len() as u32;
        Self {
            time: log.time.clone(),
            kind: log.kind.clone(),
            user: id_column(&log.users, users),
            item: id_column(&log.items, log.item.iter().copied()),
            without_item: rows.clone().filter(|&row| log.item[row as usize] == NONE).collect(),
            with_transaction: rows.filter(|&row| log.transaction[row as usize] != NONE).collect(),
            transaction: id_column(&log.transactions, log.transaction.iter().copied()),
            ..Self::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.time.len()
    }

    /// Adds a row; an item or a transaction that is empty is none.
    pub(super) fn push(&mut self, time: i64, kind: EventKind, user: &str, item: &str, transaction: &str) {
        let row = self.time.len() as u32;
        self.time.push(time);
        self.kind.push(kind);
        self.user.push(user);
        if item.is_empty() {
            self.without_item.push(row);
        } else {
            self.item.push(item);
        }
        if !transaction.is_empty() {
            self.with_transaction.push(row);
            self.transaction.push(transaction);
        }
    }

    /// Says of the row added last which anonymous id it carries, and whether it names no user.
    pub(super) fn push_anonymous(&mut self, id: &str, is_nameless: bool) {
        let row = self.time.len().saturating_sub(1) as u32;
        self.with_anonymous.push(row);
        self.anonymous.push(id);
        if is_nameless {
            self.nameless.push(row);
        }
    }

    /// Adds the rows of `next` behind these.
    pub(super) fn append(&mut self, mut next: Self) -> Result<()> {
        let rows = self.len();
        if rows + next.len() >= u32::MAX as usize {
            return Err(Error::Rejected(format!("more than {} events; split the log by time", u32::MAX)));
        }
        self.time.append(&mut next.time);
        self.kind.append(&mut next.kind);
        self.user.append(next.user);
        self.item.append(next.item);
        self.without_item.extend(next.without_item.iter().map(|row| row + rows as u32));
        self.with_transaction.extend(next.with_transaction.iter().map(|row| row + rows as u32));
        self.transaction.append(next.transaction);
        self.with_anonymous.extend(next.with_anonymous.iter().map(|row| row + rows as u32));
        self.anonymous.append(next.anonymous);
        self.nameless.extend(next.nameless.iter().map(|row| row + rows as u32));
        Ok(())
    }

    /// Leaves out the rows that are not to be kept.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let mut place = Vec::with_capacity(keep.len());
        let mut next = 0;
        for &keep in keep {
            place.push(next);
            next += u32::from(keep);
        }
        let kept = |row: u32| keep[row as usize];
        self.time = retained(&self.time, keep);
        self.kind = retained(&self.kind, keep);
        self.user.retain(keep.iter().copied());
        let mut without = self.without_item.iter().peekable();
        let with_item = (0..keep.len() as u32).filter(|row| without.next_if(|next| *next == row).is_none());
        self.item.retain(with_item.map(kept));
        self.transaction.retain(self.with_transaction.iter().map(|&row| kept(row)));
        self.anonymous.retain(self.with_anonymous.iter().map(|&row| kept(row)));
        for rows in [&mut self.without_item, &mut self.with_transaction, &mut self.with_anonymous, &mut self.nameless] {
            rows.retain(|&row| kept(row));
            for row in rows.iter_mut() {
                *row = place[*row as usize];
            }
        }
    }
}

/// The entries of a column that are to be kept; an empty column stays empty.
pub(super) fn retained<T: Copy>(column: &[T], keep: &[bool]) -> Vec<T> {
    column.iter().zip(keep).filter(|(_, keep)| **keep).map(|(&entry, _)| entry).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::job::Job;

    #[test]
    fn rows_that_are_left_out_take_their_item_and_order_with_them() {
        let mut columns = Columns::default();
        for (at, (item, order)) in [("a", ""), ("", "7"), ("b", "8"), ("c", "9"), ("", "")].into_iter().enumerate() {
            columns.push(at as i64, EventKind::View, &at.to_string(), item, order);
        }
        columns.retain(&[false, true, true, false, true]);
        assert_eq!(columns.time, [1, 2, 4]);
        assert_eq!((columns.without_item, columns.with_transaction), (vec![0, 2], vec![0, 1]));
        let ids = |column: IdColumn| {
            let (ids, codes) = column.encode(&Job::new()).unwrap();
            codes.iter().map(|&code| ids.text(code).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            (ids(columns.user), ids(columns.item)),
            (vec!["1".into(), "2".into(), "4".into()], vec!["b".into()])
        );
        assert_eq!(ids(columns.transaction), ["7", "8"]);
    }
}
