//! Ids as they are read: integers while every one is an integer, text from the first one that is not.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::error::Result;
use crate::ingest::log::{Ids, NONE};
use crate::job::Job;

/// The integer that `id` spells, if it is written as integers are printed: no leading zero, no plus sign.
pub(super) fn canonical_integer(id: &str) -> Option<i64> {
    let digits = id.strip_prefix('-').unwrap_or(id).as_bytes();
    match digits {
        [b'0'] if id.len() == 1 => Some(0),
        [b'1'..=b'9', ..] if digits.len() < 19 => {
            let mut value = 0_i64;
            for digit in digits {
                if !digit.is_ascii_digit() {
                    return None;
                }
                value = value * 10 + i64::from(digit - b'0');
            }
            Some(if digits.len() == id.len() { value } else { -value })
        }
        [b'1'..=b'9', ..] => id.parse().ok(),
        _ => None,
    }
}

/// Rows sorted as one unit of work.
const RUN: usize = 1 << 20;

/// A column of ids, one per row.
#[derive(Debug)]
pub(super) enum IdColumn {
    Integer(Vec<i64>),
    /// Id `i` ends at byte `ends[i]` and starts where the one before ends.
    Text {
        text: String,
        ends: Vec<usize>,
    },
}

impl Default for IdColumn {
    fn default() -> Self {
        Self::Integer(Vec::new())
    }
}

impl IdColumn {
    pub(super) fn push(&mut self, id: &str) {
        if let Self::Integer(values) = self {
            if let Some(value) = canonical_integer(id) {
                values.push(value);
                return;
            }
            self.make_text();
        }
        if let Self::Text { text, ends } = self {
            text.push_str(id);
            ends.push(text.len());
        }
    }

    /// Adds the rows of `next` behind this column's.
    pub(super) fn append(&mut self, mut next: Self) {
        match (&mut *self, &mut next) {
            (Self::Integer(values), Self::Integer(more)) => return values.append(more),
            (Self::Integer(_), _) => self.make_text(),
            (_, Self::Integer(_)) => next.make_text(),
            _ => {}
        }
        if let (Self::Text { text, ends }, Self::Text { text: more, ends: more_ends }) = (self, next) {
            let shift = text.len();
            text.push_str(&more);
            ends.extend(more_ends.into_iter().map(|end| end + shift));
        }
    }

    /// Keeps the rows that `keep` says, one a row.
    pub(super) fn retain(&mut self, mut keep: impl Iterator<Item = bool>) {
        match self {
            Self::Integer(values) => values.retain(|_| keep.next().unwrap_or(true)),
            Self::Text { text, ends } => {
                let (mut kept, mut kept_ends, mut start) = (String::new(), Vec::new(), 0);
                for &end in &*ends {
                    if keep.next().unwrap_or(true) {
                        kept.push_str(&text[start..end]);
                        kept_ends.push(kept.len());
                    }
                    start = end;
                }
                (*text, *ends) = (kept, kept_ends);
            }
        }
    }

    fn make_text(&mut self) {
        if let Self::Integer(values) = self {
            let (mut text, mut ends) = (String::new(), Vec::with_capacity(values.len()));
            for value in &*values {
                text.push_str(&value.to_string());
                ends.push(text.len());
            }
            *self = Self::Text { text, ends };
        }
    }

    /// The distinct ids in ascending order, and each row's code.
    pub(super) fn encode(self, job: &Job) -> Result<(Ids, Vec<u32>)> {
        job.check()?;
        Ok(match self {
            Self::Integer(values) => {
                let (ids, codes) = encode_integers(&values, job)?;
                (Ids::Integer(ids), codes)
            }
            Self::Text { text, ends } => {
                let (ids, codes) = encode_text(&text, &ends, job)?;
                match whole_numbers(&ids) {
                    Some(numbers) => renumbered(&numbers, &codes),
                    None => (Ids::Text(ids), codes),
                }
            }
        })
    }
}

/// The integers that ids spell of which some have a needless `.0`, as spreadsheets write `17850.0`; `None` where any is no
/// integer.
fn whole_numbers(ids: &[Box<str>]) -> Option<Vec<i64>> {
    ids.iter().map(|id| canonical_integer(id.strip_suffix(".0").unwrap_or(id))).collect()
}

/// Codes of the integers in `numbers`, which need be neither sorted nor distinct.
fn renumbered(numbers: &[i64], codes: &[u32]) -> (Ids, Vec<u32>) {
    let mut ids = numbers.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let code_of: Vec<u32> = numbers.iter().map(|id| ids.partition_point(|known| known < id) as u32).collect();
    let codes = codes.par_iter().map(|&code| code_of[code as usize]).collect();
    (Ids::Integer(ids), codes)
}

fn encode_integers(values: &[i64], job: &Job) -> Result<(Vec<i64>, Vec<u32>)> {
    let (Some(&min), Some(&max)) = (values.par_iter().min(), values.par_iter().max()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let width = max.abs_diff(min);
    // Ids packed this densely are marked in a table as wide as their range; others are sorted.
    if width < (values.len() as u64).saturating_mul(16).max(1 << 20) {
        let mut table = vec![NONE; width as usize + 1];
        for rows in values.chunks(RUN) {
            job.check()?;
            for value in rows {
                table[value.abs_diff(min) as usize] = 0;
            }
        }
        let mut ids = Vec::new();
        for (distance, code) in table.iter_mut().enumerate().filter(|(_, code)| **code == 0) {
            *code = ids.len() as u32;
            ids.push(min.wrapping_add_unsigned(distance as u64));
        }
        let codes = values.par_iter().map(|value| table[value.abs_diff(min) as usize]).collect();
        return Ok((ids, codes));
    }
    let ids = sorted(values, job)?;
    let codes = values.par_chunks(RUN).map(|rows| {
        job.check()?;
        Ok(rows.iter().map(|value| ids.partition_point(|id| id < value) as u32).collect::<Vec<u32>>())
    });
    let codes = codes.collect::<Result<Vec<_>>>()?.concat();
    Ok((ids, codes))
}

/// The distinct values in ascending order. Runs are sorted side by side, so that a cancel is heard between them, and
/// then merged, which takes little where most rows repeat others.
fn sorted<T: Copy + Ord + Send + Sync>(values: &[T], job: &Job) -> Result<Vec<T>> {
    let runs = values.par_chunks(RUN).map(|rows| {
        job.check()?;
        let mut run = rows.to_vec();
        run.sort_unstable();
        run.dedup();
        Ok(run)
    });
    let mut all = runs.collect::<Result<Vec<Vec<T>>>>()?.concat();
    // The stable sort finds the runs and merges them.
    all.sort();
    all.dedup();
    job.check()?;
    Ok(all)
}

fn encode_text(text: &str, ends: &[usize], job: &Job) -> Result<(Vec<Box<str>>, Vec<u32>)> {
    let mut first_seen: HashMap<&str, u32> = HashMap::new();
    let mut order = Vec::with_capacity(ends.len());
    let mut start = 0;
    for rows in ends.chunks(1 << 16) {
        job.check()?;
        for &end in rows {
            let next = first_seen.len() as u32;
            order.push(*first_seen.entry(&text[start..end]).or_insert(next));
            start = end;
        }
    }
    let ids: Vec<(&str, u32)> = first_seen.into_iter().collect();
    let ids = sorted(&ids, job)?;
    let mut code_of = vec![NONE; ids.len()];
    for (code, (_, seen)) in ids.iter().enumerate() {
        code_of[*seen as usize] = code as u32;
    }
    let codes = order.par_iter().map(|&seen| code_of[seen as usize]).collect();
    Ok((ids.into_iter().map(|(id, _)| id.into()).collect(), codes))
}

/// Finds the codes of ids quickly, many times over.
pub(super) enum IdLookup<'a> {
    /// By distance from the smallest id: which of each 64 are known, and how many ids come before them. A sixteenth of a
    /// table of codes, so that it stays in the cache.
    Dense {
        min: i64,
        known: Vec<(u64, u32)>,
    },
    Sparse(&'a [i64]),
    Text(HashMap<&'a str, u32>),
}

impl<'a> IdLookup<'a> {
    pub(super) fn new(ids: &'a Ids) -> Self {
        match ids {
            Ids::Integer(ids) => match (ids.first(), ids.last()) {
                (Some(&min), Some(max)) if max.abs_diff(min) < (ids.len() as u64 * 16).max(1 << 20) => {
                    let mut known = vec![(0_u64, 0_u32); max.abs_diff(min) as usize / 64 + 1];
                    for id in ids {
                        let distance = id.abs_diff(min);
                        known[distance as usize / 64].0 |= 1 << (distance % 64);
                    }
                    let mut before = 0;
                    for (bits, count) in &mut known {
                        *count = before;
                        before += bits.count_ones();
                    }
                    Self::Dense { min, known }
                }
                _ => Self::Sparse(ids),
            },
            Ids::Text(ids) => Self::Text(ids.iter().enumerate().map(|(code, id)| (&**id, code as u32)).collect()),
        }
    }

    /// The code of an id, [`NONE`] when the log does not know it.
    /// `number` is the [`canonical_integer`] of `id`.
    pub(super) fn code(&self, id: &str, number: Option<i64>) -> u32 {
        let found = match self {
            Self::Dense { min, known } => number.filter(|value| value >= min).and_then(|value| {
                let distance = value.abs_diff(*min);
                let &(bits, before) = known.get(distance as usize / 64)?;
                let bit = 1 << (distance % 64);
                (bits & bit != 0).then(|| before + (bits & (bit - 1)).count_ones())
            }),
            Self::Sparse(ids) => number.and_then(|value| ids.binary_search(&value).ok()).map(|code| code as u32),
            Self::Text(codes) => codes.get(id).copied(),
        };
        found.unwrap_or(NONE)
    }
}
