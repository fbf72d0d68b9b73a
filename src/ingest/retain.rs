//! A log without some of its events: ids that no event names any more go with them.

use crate::ingest::log::{EventLog, Ids, NONE};

impl EventLog {
    /// Whether a user has nothing but returns, messages or opt-outs.
    fn is_passive(&self, user: u32) -> bool {
        self.events_of(user).is_empty()
    }

    /// Whether any user is passive: such a one is no customer of this log.
    pub(super) fn has_passive_users(&self) -> bool {
        !self.active_until.is_empty() && (0..self.users.len() as u32).any(|user| self.is_passive(user))
    }

    /// Leaves out the users without any activity; returns how many events went.
    pub(super) fn without_passive_users<R: Copy>(&mut self, rows: &mut Vec<R>) -> u64 {
        let keep: Vec<bool> = (0..self.users.len() as u32).map(|user| !self.is_passive(user)).collect();
        self.keep_users(&keep, rows)
    }

    /// Leaves out the users that are not to be kept, with their events and what stands beside those; returns how many
    /// events went.
    pub(super) fn keep_users<R: Copy>(&mut self, keep: &[bool], rows: &mut Vec<R>) -> u64 {
        let users = (0..self.users.len() as u32).flat_map(|user| self.all_of(user).map(move |_| keep[user as usize]));
        let keep: Vec<bool> = users.collect();
        self.keep_events(&keep, rows)
    }

    /// Leaves out the events that are not to be kept, what stands beside them, and whoever has no other; returns how many
    /// events went.
    pub(super) fn keep_events<R: Copy>(&mut self, keep: &[bool], rows: &mut Vec<R>) -> u64 {
        let before = self.len();
        let kept = |events: std::ops::Range<usize>| keep[events].iter().filter(|keep| **keep).count() as u32;
        let users: Vec<u32> = (0..self.users.len() as u32).filter(|&user| kept(self.all_of(user)) > 0).collect();
        let events: Vec<usize> = (0..before).filter(|&event| keep[event]).collect();
        let (mut offsets, mut active_until, mut end) = (vec![0], Vec::new(), 0);
        for &user in &users {
            active_until.push(end + kept(self.events_of(user)));
            end += kept(self.all_of(user));
            offsets.push(end);
        }
        if active_until == offsets[1..] {
            active_until.clear();
        }
        taken(&mut self.time, &events);
        taken(&mut self.kind, &events);
        taken(&mut self.item, &events);
        taken(&mut self.transaction, &events);
        taken(&mut self.price, &events);
        taken(&mut self.session, &events);
        taken(rows, &events);
        self.users = self.users.of_codes(&users);
        (self.offsets, self.active_until) = (offsets, active_until);
        recode(&mut self.items, &mut self.item);
        recode(&mut self.transactions, &mut self.transaction);
        self.as_of = self.time.iter().copied().max().unwrap_or(0);
        (before - self.len()) as u64
    }
}

/// Those entries of a column; an empty one stays empty.
fn taken<T: Copy>(column: &mut Vec<T>, events: &[usize]) {
    if !column.is_empty() {
        *column = events.iter().map(|&event| column[event]).collect();
    }
}

/// Numbers the ids anew that still occur. Text stays text.
fn recode(ids: &mut Ids, codes: &mut [u32]) {
    let mut new = vec![NONE; ids.len()];
    for &code in codes.iter().filter(|&&code| code != NONE) {
        new[code as usize] = 0;
    }
    let left: Vec<u32> = (0..ids.len() as u32).filter(|&code| new[code as usize] == 0).collect();
    if left.len() == ids.len() {
        return;
    }
    for (next, &code) in left.iter().enumerate() {
        new[code as usize] = next as u32;
    }
    *ids = ids.of_codes(&left);
    for code in codes.iter_mut().filter(|code| **code != NONE) {
        *code = new[*code as usize];
    }
}
