//! Values as numbers in the same order, and a stable sort by such numbers: linear, so that a column of 1.4 million users
//! is sorted while a key is held down.

use std::collections::HashMap;

use polars::prelude::*;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;

/// The rank of a row without a value. No value has it.
pub(super) const NULL_RANK: u64 = u64::MAX;

/// One number per row: ascending numbers are ascending values, equal numbers equal values; NaN counts as no value.
pub(super) fn of(column: &Column, job: &Job) -> Result<Vec<u64>> {
    let ranks = match column.dtype() {
        DataType::String => of_texts(&column.str()?.iter().collect::<Vec<_>>(), job)?,
        DataType::Float32 | DataType::Float64 => column
            .cast(&DataType::Float64)?
            .f64()?
            .iter()
            .map(|value| value.filter(|value| !value.is_nan()).map_or(NULL_RANK, of_float))
            .collect(),
        // The two largest numbers share a rank, as above.
        DataType::UInt64 => {
            column.u64()?.iter().map(|value| value.map_or(NULL_RANK, |value| value.min(NULL_RANK - 1))).collect()
        }
        _ => {
            let values = column.cast(&DataType::Int64)?;
            if values.null_count() > column.null_count() {
                let name = column.name();
                return Err(Error::Query(format!(
                    "{name} holds values that have no order here; sort by another column"
                )));
            }
            values.i64()?.iter().map(|value| value.map_or(NULL_RANK, of_integer)).collect()
        }
    };
    Ok(ranks)
}

/// Order-preserving, but that the two largest integers share a rank, so that none meets the rank of null.
fn of_integer(value: i64) -> u64 {
    (value as u64 ^ (1 << 63)).min(NULL_RANK - 1)
}

/// The usual order of floats as an order of integers; both zeros are one.
fn of_float(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

/// More distinct texts than this are sorted instead of looked up.
const FEW: usize = 1 << 12;

/// Ranks in byte order, which for UTF-8 is the order of code points.
fn of_texts(texts: &[Option<&str>], job: &Job) -> Result<Vec<u64>> {
    if texts.windows(2).all(|pair| pair[0].is_some() && pair[0] <= pair[1]) && texts.iter().all(Option::is_some) {
        return Ok(of_ascending(texts));
    }
    of_few(texts).map_or_else(|| of_many(texts, job), Ok)
}

fn of_ascending(texts: &[Option<&str>]) -> Vec<u64> {
    let mut rank = 0;
    let steps = texts.windows(2).map(|pair| {
        rank += u64::from(pair[0] != pair[1]);
        rank
    });
    let first = (!texts.is_empty()).then_some(0);
    first.into_iter().chain(steps).collect()
}

/// Ranks of names that occur over and over; `None` where there are more than [`FEW`].
fn of_few(texts: &[Option<&str>]) -> Option<Vec<u64>> {
    let mut codes: HashMap<&str, u32> = HashMap::new();
    let mut coded = Vec::with_capacity(texts.len());
    for text in texts {
        let Some(text) = text else {
            coded.push(None);
            continue;
        };
        let next = codes.len() as u32;
        coded.push(Some(*codes.entry(text).or_insert(next)));
        if codes.len() > FEW {
            return None;
        }
    }
    let mut names: Vec<(&str, u32)> = codes.into_iter().collect();
    names.sort_unstable();
    let mut ranks = vec![0; names.len()];
    for (rank, (_, code)) in names.into_iter().enumerate() {
        ranks[code as usize] = rank as u64;
    }
    Some(coded.into_iter().map(|code| code.map_or(NULL_RANK, |code| ranks[code as usize])).collect())
}

/// Sorts by the eight bytes that follow the common beginning, then those that agree in them by what remains.
fn of_many(texts: &[Option<&str>], job: &Job) -> Result<Vec<u64>> {
    let common = common_prefix(texts);
    let mut rows: Vec<(u64, u32)> = (0_u32..)
        .zip(texts)
        .filter_map(|(row, text)| text.map(|text| (eight_bytes(&text.as_bytes()[common..]), row)))
        .collect();
    sort(&mut rows, job)?;
    let text = |row: u32| texts[row as usize];
    rows.par_chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1).for_each(|run| {
        run.par_sort_unstable_by_key(|&(_, row)| text(row));
    });
    let mut ranks = vec![NULL_RANK; texts.len()];
    let (mut rank, mut before) = (0, None);
    for (_, row) in rows {
        rank += u64::from(before.is_some() && before != text(row));
        before = text(row);
        ranks[row as usize] = rank;
    }
    Ok(ranks)
}

fn common_prefix(texts: &[Option<&str>]) -> usize {
    let mut known = texts.iter().flatten().map(|text| text.as_bytes());
    let Some(first) = known.next() else { return 0 };
    known.fold(first.len(), |common, text| {
        if text.len() >= common && text[..common] == first[..common] {
            return common;
        }
        first.iter().zip(text).take_while(|(a, b)| a == b).count().min(common)
    })
}

/// The first eight bytes as a number in their order; a shorter text is filled with zeros.
fn eight_bytes(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

/// Bits per pass of the radix sort: a histogram that stays in the first-level cache.
const DIGIT: u32 = 11;

/// Stable ascending sort by rank: radix passes from the lowest digit up, leaving out digits that all rows share.
pub(super) fn sort(rows: &mut Vec<(u64, u32)>, job: &Job) -> Result<()> {
    let (any, all) = rows.iter().fold((0, u64::MAX), |(any, all), (rank, _)| (any | rank, all & rank));
    let varying = any & !all;
    let mut sorted = vec![(0, 0); rows.len()];
    for shift in (0..u64::BITS).step_by(DIGIT as usize) {
        let mask = (1 << DIGIT) - 1;
        if (varying >> shift) & mask == 0 {
            continue;
        }
        job.check()?;
        let digit = |rank: u64| ((rank >> shift) & mask) as usize;
        let mut places = [0_usize; 1 << DIGIT];
        for (rank, _) in rows.iter() {
            places[digit(*rank)] += 1;
        }
        let mut start = 0;
        for place in &mut places {
            start += std::mem::replace(place, start);
        }
        for &row in rows.iter() {
            let place = &mut places[digit(row.0)];
            sorted[*place] = row;
            *place += 1;
        }
        std::mem::swap(rows, &mut sorted);
    }
    Ok(())
}
