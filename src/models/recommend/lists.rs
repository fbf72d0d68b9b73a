//! Every user's list.

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::NONE;
use crate::job::Job;
use crate::models::recommend::Source;
use crate::models::recommend::interactions::Interactions;
use crate::models::recommend::popular::Entry;
use crate::models::recommend::serve::Server;

/// The lists of all users, side by side.
pub struct Lists {
    /// Users × `top`, padded with [`NONE`].
    pub items: Vec<u32>,
    /// Their scores, NaN where the model said nothing of them.
    pub scores: Vec<f32>,
    /// Where each comes from.
    pub sources: Vec<Source>,
    /// One per user.
    pub source: Vec<Source>,
    /// Items that the exact search looked at per searched user; `None` where it was not used.
    pub scanned_per_user: Option<f64>,
}

/// Users per unit of parallel work.
const USERS_PER_CHUNK: usize = 1024;

/// Ranks `top` items for every user.
///
/// # Errors
/// [`Error::Cancelled`](crate::error::Error::Cancelled).
pub fn rank_all(server: &Server<'_>, top: usize, job: &Job) -> Result<Lists> {
    let counted = &server.histories.counted;
    let users = counted.rows();
    let order = by_history(counted);
    let mut lists = Lists {
        items: vec![NONE; users * top],
        scores: vec![f32::NAN; users * top],
        sources: vec![Source::Fallback; users * top],
        source: vec![Source::Fallback; users],
        scanned_per_user: None,
    };
    job.begin("users ranked", users as u64);
    let chunks: Vec<Chunk> =
        order.par_chunks(USERS_PER_CHUNK).map(|users| chunk(server, users, top, job)).collect::<Result<_>>()?;
    let (mut looked_at, mut searched) = (0, 0);
    let parts = order.chunks(USERS_PER_CHUNK).zip(chunks);
    for (users, Chunk { ranked, of, looked_at: chunk_looked_at }) in parts {
        looked_at += chunk_looked_at;
        searched += ranked.len();
        for (&user, of) in users.iter().zip(of) {
            let (start, list) = (user as usize * top, &ranked[of as usize]);
            // The model's items stand first.
            if let Some(first) = list.first().filter(|first| !first.score.is_nan()) {
                lists.source[user as usize] = first.source;
            }
            for (place, entry) in list.iter().enumerate() {
                lists.items[start + place] = entry.item;
                lists.scores[start + place] = entry.score;
                lists.sources[start + place] = entry.source;
            }
        }
    }
    lists.scanned_per_user = (looked_at > 0).then(|| looked_at as f64 / searched.max(1) as f64);
    Ok(lists)
}

/// The different lists of some users.
struct Chunk {
    ranked: Vec<Vec<Entry>>,
    /// The list of each user.
    of: Vec<u32>,
    looked_at: usize,
}

fn chunk(server: &Server<'_>, users: &[u32], top: usize, job: &Job) -> Result<Chunk> {
    job.check()?;
    let row = |user: u32| server.histories.counted.row(user as usize);
    let mut different: Vec<u32> = Vec::with_capacity(users.len());
    let mut of = Vec::with_capacity(users.len());
    for &user in users {
        // Users with the same single item and weight, or with none, stand side by side and share the answer.
        let same = |last: &u32| row(user).0.len() < 2 && row(*last) == row(user);
        if !different.last().is_some_and(same) {
            different.push(user);
        }
        of.push(different.len() as u32 - 1);
    }
    let (ranked, looked_at) = server.lists(&different, top, &mut server.scorer.room());
    job.advance(users.len() as u64);
    Ok(Chunk { ranked, of, looked_at })
}

/// Users, those with the same single item and weight side by side, and those without any.
fn by_history(everything: &Interactions) -> Vec<u32> {
    let mut order: Vec<u32> = (0..everything.rows() as u32).collect();
    let key = |user: u32| {
        let (items, weights) = everything.row(user as usize);
        match (items, weights) {
            ([item], [weight]) => (*item, weight.to_bits()),
            ([], []) => (NONE, 1),
            _ => (NONE, 0),
        }
    };
    order.par_sort_by_cached_key(|&user| key(user));
    order
}
