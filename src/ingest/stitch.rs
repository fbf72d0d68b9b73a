//! Visitors who log in: rows of an anonymous id count for the user who is seen with it.
//!
//! A row without a user counts for the user seen latest with its anonymous id until then, else for the one who is seen with
//! it first thereafter. Whoever looks at the log as of a day before that may not know it yet: such rows are kept as
//! [`LateLinks`]. No rule hangs on the order of rows.

use crate::error::Result;
use crate::format::thousands;
use crate::ingest::append::id_column;
use crate::ingest::columns::Columns;
use crate::ingest::ids::IdColumn;
use crate::ingest::log::{Ids, LateLinks, NONE};
use crate::job::Job;

/// What stands before an anonymous id where users have ids of the same texts.
const PREFIX: &str = "anonymous-";

/// What became of the rows of anonymous ids.
pub(super) struct Stitched {
    /// The anonymous ids.
    ids: Ids,
    /// Rows that count for a user who is seen with their id later only, ascending: the row, the code of its id, and when.
    late: Vec<(u32, u32, i64)>,
    /// Rows without a user that count for one.
    pub(super) rows: u64,
    /// What was found, in a sentence.
    pub(super) told: String,
}

/// When a user was seen with an anonymous id: the id, the time and the user, by their codes.
type Seen = (u32, i64, u32);

/// Gives the rows of anonymous ids their users, as far as these are ever seen with them.
pub(super) fn stitch(columns: &mut Columns, job: &Job) -> Result<Stitched> {
    job.check()?;
    let nameless = std::mem::take(&mut columns.nameless);
    let with_anonymous = std::mem::take(&mut columns.with_anonymous);
    let (ids, id_of) = std::mem::take(&mut columns.anonymous).encode(job)?;
    let (users, user_of) = std::mem::take(&mut columns.user).encode(job)?;
    let mut is_nameless = vec![false; user_of.len()];
    for &row in &nameless {
        is_nameless[row as usize] = true;
    }
    let rows = with_anonymous.iter().zip(&id_of);
    let seen = rows.clone().filter(|(row, _)| !is_nameless[**row as usize]);
    let mut seen: Vec<Seen> = seen.map(|(&row, &id)| (id, columns.time[row as usize], user_of[row as usize])).collect();
    seen.sort_unstable();
    // Of users seen with an id at one time, the first.
    seen.dedup_by_key(|(id, time, _)| (*id, *time));
    job.check()?;
    let mut owners = user_of;
    let (mut late, mut found) = (Vec::new(), 0);
    for (&row, &id) in rows {
        let at = row as usize;
        if !is_nameless[at] {
            continue;
        }
        let after = seen.partition_point(|&(of, time, _)| (of, time) <= (id, columns.time[at]));
        let until = after.checked_sub(1).map(|before| seen[before]).filter(|&(of, ..)| of == id);
        let next = seen.get(after).copied().filter(|&(of, ..)| of == id);
        let Some((_, time, user)) = until.or(next) else { continue };
        owners[at] = user;
        found += 1;
        is_nameless[at] = false;
        if until.is_none() {
            late.push((row, id, time));
        }
    }
    let told = told(&ids, &seen, nameless.len(), found, late.len());
    let (owners, users) = apart(owners, users, &is_nameless, &ids, &seen);
    columns.user = match users {
        Named::Codes(users) => id_column(&users, owners.into_iter()),
        Named::Texts(texts) => texts,
    };
    Ok(Stitched { ids, late, rows: found as u64, told })
}

/// The users of rows: codes of ids, or texts.
enum Named {
    Codes(Ids),
    Texts(IdColumn),
}

/// Tells visitors apart from the users whose ids are written alike: where an id that is seen with a user is another user's
/// own, ids of the two kinds have nothing in common.
fn apart(owners: Vec<u32>, users: Ids, is_nameless: &[bool], ids: &Ids, seen: &[Seen]) -> (Vec<u32>, Named) {
    let mut is_users_own = vec![false; users.len()];
    owners
        .iter()
        .zip(is_nameless)
        .filter(|(_, nameless)| !**nameless)
        .for_each(|(&user, _)| is_users_own[user as usize] = true);
    let is_anothers =
        |&(id, _, user): &Seen| users.code(&ids.text(id)).is_some_and(|own| own != user && is_users_own[own as usize]);
    if !seen.iter().any(is_anothers) {
        return (owners, Named::Codes(users));
    }
    let mut texts = IdColumn::default();
    for (&owner, &nameless) in owners.iter().zip(is_nameless) {
        let id = users.text(owner);
        if nameless { texts.push(&format!("{PREFIX}{id}")) } else { texts.push(&id) }
    }
    (Vec::new(), Named::Texts(texts))
}

/// What was found of anonymous ids, in a sentence.
fn told(ids: &Ids, seen: &[Seen], nameless: usize, found: usize, late: usize) -> String {
    let joined = seen.chunk_by(|a, b| a.0 == b.0);
    let shared = joined.clone().filter(|seen| seen.iter().any(|(_, _, user)| *user != seen[0].2)).count();
    let count = |count: usize| thousands(count as u64);
    let (joined, all) = (count(joined.count()), count(ids.len()));
    let shared = match shared {
        0 => String::new(),
        shared => format!("; {} are seen with several users, of whom each row counts for the latest", count(shared)),
    };
    format!(
        "{joined} of {all} anonymous ids are seen with a user: {} of {} rows without a user count for one, {} of them only \
         since a later login, which a model that looks from before it does not know{shared}",
        count(found),
        count(nameless),
        count(late)
    )
}

impl Stitched {
    /// The links that were learnt later than their events, whose rows are given.
    pub(super) fn of_events(&self, rows: &[u32]) -> LateLinks {
        let of_event = |row: &u32| self.late.binary_search_by_key(row, |&(row, ..)| row).ok().map(|at| self.late[at]);
        let late: Vec<(u32, u32, i64)> =
            (0..).zip(rows).filter_map(|(event, row)| of_event(row).map(|(_, id, at)| (event, id, at))).collect();
        if late.is_empty() {
            return LateLinks::default();
        }
        let mut code = vec![NONE; self.ids.len()];
        for &(_, id, _) in &late {
            code[id as usize] = 0;
        }
        let left: Vec<u32> = (0..self.ids.len() as u32).filter(|&id| code[id as usize] == 0).collect();
        left.iter().zip(0..).for_each(|(&id, new)| code[id as usize] = new);
        LateLinks {
            ids: self.ids.of_codes(&left),
            event: late.iter().map(|&(event, ..)| event).collect(),
            id: late.iter().map(|&(_, id, _)| code[id as usize]).collect(),
            at: late.iter().map(|&(.., at)| at).collect(),
        }
    }
}
