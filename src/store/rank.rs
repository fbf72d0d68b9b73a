//! Values as numbers in the same order, and a stable sort by such numbers: linear, so that a column of 1.4 million users
//! is sorted while a key is held down.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, LargeStringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::job::Job;

/// The rank of a row without a value. No value has it.
pub(super) const NULL_RANK: u64 = u64::MAX;

/// What a part of a column is ranked by.
#[derive(Debug)]
pub(super) enum Ranks {
    /// One number per row.
    Numbers(Vec<u64>),
    /// Texts, which have ranks among all of the column only.
    Texts(Vec<LargeStringArray>),
}

impl Default for Ranks {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl Ranks {
    /// With the rows that follow, which are of the same column.
    pub(super) fn extend(&mut self, more: Self) {
        match (self, more) {
            (Self::Numbers(ranks), Self::Numbers(more)) => ranks.extend(more),
            (Self::Texts(texts), Self::Texts(more)) => texts.extend(more),
            (all, more) => *all = more,
        }
    }
}

/// Ranks of a part of a column: ascending numbers are ascending values, equal numbers equal values; NaN counts as no
/// value.
pub(super) fn of(values: &ArrayRef, name: &str) -> Result<Ranks> {
    let internal = |error: datafusion::arrow::error::ArrowError| Error::Query(error.to_string());
    let known = |row| values.is_valid(row);
    let as_kind = |kind: &DataType| cast(values, kind).map_err(internal);
    Ok(match values.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            Ranks::Texts(vec![as_kind(&DataType::LargeUtf8)?.as_string::<i64>().clone()])
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let numbers = as_kind(&DataType::Float64)?;
            let numbers = numbers.as_primitive::<Float64Type>().values().iter().enumerate();
            let rank = |(row, value): (usize, &f64)| {
                if known(row) && !value.is_nan() { of_float(*value) } else { NULL_RANK }
            };
            Ranks::Numbers(numbers.map(rank).collect())
        }
        // The two largest numbers share a rank, as below.
        DataType::UInt64 => {
            let numbers = values.as_primitive::<UInt64Type>().values().iter().enumerate();
            let rank = |(row, value): (usize, &u64)| if known(row) { (*value).min(NULL_RANK - 1) } else { NULL_RANK };
            Ranks::Numbers(numbers.map(rank).collect())
        }
        _ => {
            let numbers = as_kind(&DataType::Int64)?;
            if numbers.null_count() > values.null_count() {
                let what = format!("{name} holds values that have no order here; sort by another column");
                return Err(Error::Query(what));
            }
            let numbers = numbers.as_primitive::<Int64Type>().values().iter().enumerate();
            let rank = |(row, value): (usize, &i64)| if known(row) { of_integer(*value) } else { NULL_RANK };
            Ranks::Numbers(numbers.map(rank).collect())
        }
    })
}

/// One number per row of a column of so many rows, of its parts in their order.
pub(super) fn joined(parts: Vec<Ranks>, rows: usize, job: &Job) -> Result<Vec<u64>> {
    let mut ranks = Vec::new();
    let mut texts = Vec::new();
    for part in parts {
        match part {
            Ranks::Numbers(numbers) if ranks.is_empty() => {
                ranks = numbers;
                let more = rows.saturating_sub(ranks.len());
                ranks.reserve_exact(more);
            }
            Ranks::Numbers(numbers) => ranks.extend(numbers),
            Ranks::Texts(more) => texts.extend(more),
        }
    }
    if texts.is_empty() { Ok(ranks) } else { of_texts(&Texts::new(texts), job) }
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

/// The texts of a column, in several arrays one after the other.
struct Texts {
    parts: Vec<LargeStringArray>,
    starts: Vec<usize>,
    rows: usize,
}

impl Texts {
    fn new(parts: Vec<LargeStringArray>) -> Self {
        let starts = parts.iter().scan(0, |next, part| Some(std::mem::replace(next, *next + part.len()))).collect();
        let rows = parts.iter().map(Array::len).sum();
        Self { parts, starts, rows }
    }

    fn get(&self, row: usize) -> Option<&str> {
        let part = self.starts.partition_point(|start| *start <= row).checked_sub(1)?;
        let (texts, row) = (&self.parts[part], row - self.starts[part]);
        texts.is_valid(row).then(|| texts.value(row))
    }

    fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

/// More distinct texts than this are sorted instead of looked up.
const FEW: usize = 1 << 12;

/// Ranks in byte order, which for UTF-8 is the order of code points.
fn of_texts(texts: &Texts, job: &Job) -> Result<Vec<u64>> {
    of_ascending(texts).or_else(|| of_few(texts)).map_or_else(|| of_many(texts, job), Ok)
}

/// Ranks of texts that are in order already; `None` where they are not.
fn of_ascending(texts: &Texts) -> Option<Vec<u64>> {
    let (mut rank, mut before) = (0, None);
    let mut ranks = Vec::with_capacity(texts.rows);
    for text in texts.iter() {
        let text = text?;
        match before {
            Some(before) if before > text => return None,
            Some(before) if before < text => rank += 1,
            _ => {}
        }
        before = Some(text);
        ranks.push(rank);
    }
    Some(ranks)
}

/// Ranks of names that occur over and over; `None` where there are more than [`FEW`].
fn of_few(texts: &Texts) -> Option<Vec<u64>> {
    let mut codes: HashMap<&str, u32> = HashMap::new();
    let mut coded = Vec::with_capacity(texts.rows);
    for text in texts.iter() {
        let Some(text) = text else {
            coded.push(u32::MAX);
            continue;
        };
        let next = codes.len() as u32;
        coded.push(*codes.entry(text).or_insert(next));
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
    Some(coded.into_iter().map(|code| ranks.get(code as usize).copied().unwrap_or(NULL_RANK)).collect())
}

/// Sorts by the eight bytes that follow the common beginning, then those that agree in them by what remains.
fn of_many(texts: &Texts, job: &Job) -> Result<Vec<u64>> {
    let common = common_prefix(texts);
    let (mut keys, mut rows): (Vec<u64>, Vec<u32>) = (Vec::new(), Vec::new());
    for (row, text) in (0_u32..).zip(texts.iter()) {
        if let Some(text) = text {
            keys.push(eight_bytes(&text.as_bytes()[common..]));
            rows.push(row);
        }
    }
    sort(&mut keys, &mut rows, job)?;
    let text = |row: u32| texts.get(row as usize);
    let mut runs: Vec<&mut [u32]> = Vec::new();
    let mut left = rows.as_mut_slice();
    for run in keys.chunk_by(|a, b| a == b) {
        let (now, later) = left.split_at_mut(run.len());
        if run.len() > 1 {
            runs.push(now);
        }
        left = later;
    }
    runs.into_par_iter().for_each(|run| run.sort_unstable_by_key(|&row| text(row)));
    let mut ranks = vec![NULL_RANK; texts.rows];
    let (mut rank, mut before) = (0, None);
    for row in rows {
        rank += u64::from(before.is_some() && before != text(row));
        before = text(row);
        ranks[row as usize] = rank;
    }
    Ok(ranks)
}

fn common_prefix(texts: &Texts) -> usize {
    let mut known = texts.iter().flatten().map(str::as_bytes);
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

/// Stable ascending sort of rows by their keys, in step: radix passes from the lowest digit up, leaving out digits that
/// all keys share.
pub(super) fn sort(keys: &mut Vec<u64>, rows: &mut Vec<u32>, job: &Job) -> Result<()> {
    let (any, all) = keys.iter().fold((0, u64::MAX), |(any, all), key| (any | key, all & key));
    let varying = any & !all;
    if varying == 0 {
        return Ok(());
    }
    let (mut sorted_keys, mut sorted_rows) = (vec![0; keys.len()], vec![0; rows.len()]);
    for shift in (0..u64::BITS).step_by(DIGIT as usize) {
        let mask = (1 << DIGIT) - 1;
        if (varying >> shift) & mask == 0 {
            continue;
        }
        job.check()?;
        let digit = |key: u64| ((key >> shift) & mask) as usize;
        let mut places = [0_usize; 1 << DIGIT];
        for key in keys.iter() {
            places[digit(*key)] += 1;
        }
        let mut start = 0;
        for place in &mut places {
            start += std::mem::replace(place, start);
        }
        for (&key, &row) in keys.iter().zip(rows.iter()) {
            let place = &mut places[digit(key)];
            sorted_keys[*place] = key;
            sorted_rows[*place] = row;
            *place += 1;
        }
        std::mem::swap(keys, &mut sorted_keys);
        std::mem::swap(rows, &mut sorted_rows);
    }
    Ok(())
}
