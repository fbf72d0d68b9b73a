//! Events whose user was learnt later than they happened, and the log as it could be told at an earlier time.

use std::cmp::Ordering;
use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::ingest::log::{EventLog, Ids, LateLinks};

/// The log by what could be told of its users at some time.
#[derive(Clone, Debug)]
pub struct KnownAt {
    /// The same events. A visitor who logged in later is a user of their own, by the anonymous id.
    pub log: EventLog,
    /// For each user code the user of the whole log that they turned out to be.
    pub became: Vec<u32>,
}

/// A user as known at some time.
struct Person {
    /// The code of a user, or of an anonymous id.
    id: Code,
    became: u32,
    events: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Code {
    User(u32),
    Anonymous(u32),
}

impl EventLog {
    /// The log with users as far as they could be told at `cutoff`; `None` where they are those of this log.
    ///
    /// Events of an anonymous id count for a user where the two were seen together at or before `cutoff`. Of those after
    /// it, which only labels may look at, a user's whom nobody knew yet count for one of the visitors that turned out to be
    /// that user, chosen by a hash of its id: nobody knows their user then, and they did come back.
    pub fn known_at(&self, cutoff: i64) -> Option<KnownAt> {
        if self.late.at.iter().all(|&at| at <= cutoff) {
            return None;
        }
        let mut late = self.late.event.iter().zip(&self.late.id).zip(&self.late.at).peekable();
        let mut persons: Vec<Person> = Vec::with_capacity(self.users.len());
        for user in 0..self.users.len() as u32 {
            let events = self.all_of(user);
            let mut visitors: HashMap<u32, Vec<u32>> = HashMap::new();
            let (mut own, mut is_known) = (Vec::new(), false);
            for event in events.start as u32..events.end as u32 {
                let link = late.next_if(|((of, _), _)| **of == event);
                if let Some(((_, id), _)) = link.filter(|(_, at)| **at > cutoff) {
                    visitors.entry(*id).or_default().push(event);
                } else {
                    is_known |= self.time[event as usize] <= cutoff;
                    own.push(event);
                }
            }
            let is_visitor = |events: &Vec<u32>| events.iter().any(|&event| self.time[event as usize] <= cutoff);
            let heirs = visitors.iter().filter(|(_, events)| is_visitor(events)).map(|(&id, _)| id);
            let heir = heirs.min_by_key(|&id| {
                let text = self.late.ids.text(id);
                (xxh3_64(text.as_bytes()), id)
            });
            if let Some(events) = heir.filter(|_| !is_known).and_then(|heir| visitors.get_mut(&heir)) {
                events.append(&mut own);
                // Codes ascend in the order of a user's events.
                events.sort_unstable();
            }
            if !own.is_empty() {
                persons.push(Person { id: Code::User(user), became: user, events: own });
            }
            let visitors = visitors.into_iter();
            persons.extend(visitors.map(|(id, events)| Person { id: Code::Anonymous(id), became: user, events }));
        }
        Some(self.of_persons(persons))
    }

    fn of_persons(&self, mut persons: Vec<Person>) -> KnownAt {
        let text = |code: Code| match code {
            Code::User(code) => self.users.text(code),
            Code::Anonymous(code) => self.late.ids.text(code),
        };
        // What a visitor is called that has a user's id: told apart by the kind, which has no part in the order of ids.
        let is_integer = matches!((&self.users, &self.late.ids), (Ids::Integer(_), Ids::Integer(_)));
        let order = |a: &Person, b: &Person| -> Ordering {
            let kind = |person: &Person| matches!(person.id, Code::Anonymous(_));
            let number = |code: Code| match (code, &self.users, &self.late.ids) {
                (Code::User(code), Ids::Integer(ids), _) | (Code::Anonymous(code), _, Ids::Integer(ids)) => {
                    ids[code as usize]
                }
                _ => 0,
            };
            let ids = if is_integer { number(a.id).cmp(&number(b.id)) } else { text(a.id).cmp(&text(b.id)) };
            ids.then_with(|| kind(a).cmp(&kind(b)))
        };
        persons.sort_by(order);
        let users = if is_integer {
            let number = |person: &Person| text(person.id).parse().unwrap_or_default();
            Ids::Integer(persons.iter().map(number).collect())
        } else {
            Ids::Text(persons.iter().map(|person| text(person.id).into()).collect())
        };
        let events: Vec<u32> = persons.iter().flat_map(|person| person.events.iter().copied()).collect();
        let (mut offsets, mut active_until) = (vec![0], Vec::new());
        let mut end = 0;
        for person in &persons {
            let active = person.events.iter().filter(|&&event| self.kind[event as usize].is_activity()).count();
            active_until.push(end + active as u32);
            end += person.events.len() as u32;
            offsets.push(end);
        }
        if self.active_until.is_empty() {
            active_until.clear();
        }
        let log = EventLog {
            users,
            items: self.items.clone(),
            transactions: self.transactions.clone(),
            offsets,
            active_until,
            time: picked(&self.time, &events),
            kind: picked(&self.kind, &events),
            item: picked(&self.item, &events),
            transaction: picked(&self.transaction, &events),
            price: picked(&self.price, &events),
            session: picked(&self.session, &events),
            as_of: self.as_of,
            zone: self.zone.clone(),
            late: LateLinks::default(),
        };
        KnownAt { log, became: persons.iter().map(|person| person.became).collect() }
    }
}

/// Those entries of a column; an empty one stays empty.
fn picked<T: Copy>(column: &[T], events: &[u32]) -> Vec<T> {
    if column.is_empty() { Vec::new() } else { events.iter().map(|&event| column[event as usize]).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::log::{EventKind, NONE};

    /// User 1 with the visitors 7 (two events, logged in at 30) and 8 (one, logged in at 60), and user 2.
    fn log() -> EventLog {
        EventLog {
            users: Ids::Integer(vec![1, 2]),
            items: Ids::Integer(Vec::new()),
            transactions: Ids::Integer(Vec::new()),
            offsets: vec![0, 6, 7],
            active_until: Vec::new(),
            time: vec![10, 20, 30, 40, 50, 60, 5],
            kind: vec![EventKind::Visit; 7],
            item: vec![NONE; 7],
            transaction: vec![NONE; 7],
            price: Vec::new(),
            session: Vec::new(),
            as_of: 60,
            zone: crate::zone::ShopZone::default(),
            late: LateLinks {
                ids: Ids::Integer(vec![7, 8]),
                event: vec![0, 1, 3],
                id: vec![0, 0, 1],
                at: vec![30, 30, 60],
            },
        }
    }

    fn persons(cutoff: i64) -> Vec<(String, Vec<i64>, u32)> {
        let known = log().known_at(cutoff).unwrap_or(KnownAt { log: log(), became: vec![0, 1] });
        let log = known.log;
        let person = |user: u32| {
            (log.users.text(user).into_owned(), log.time[log.all_of(user)].to_vec(), known.became[user as usize])
        };
        (0..log.users.len() as u32).map(person).collect()
    }

    #[test]
    fn a_visitor_is_a_user_of_their_own_until_the_login() {
        let own = |id: &str, times: &[i64], became| (id.to_owned(), times.to_vec(), became);
        // Nobody knows user 1 yet, so that what user 1 did counts for visitor 7.
        assert_eq!(persons(25), [own("2", &[5], 1), own("7", &[10, 20, 30, 50, 60], 0), own("8", &[40], 0)]);
        assert_eq!(persons(45), [own("1", &[10, 20, 30, 50, 60], 0), own("2", &[5], 1), own("8", &[40], 0)]);
        assert_eq!(persons(60), [own("1", &[10, 20, 30, 40, 50, 60], 0), own("2", &[5], 1)]);
    }
}
