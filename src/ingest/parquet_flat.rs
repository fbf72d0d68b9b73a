//! Nested columns of Parquet as the columns of a table: fields of structs by path (`device.category`), the list that holds
//! an order's lines as rows of their own (`items[].price`), lists of keys and values, and maps, as a column a key
//! (`event_params.page`). What is nested otherwise is shown with its type and cannot be read.

use std::path::Path;

use polars::prelude::*;
use polars_parquet::read::RowGroupMetadata;

use crate::error::{Error, Result};
use crate::ingest::parquet_file::{ParquetFile, library};
use crate::ingest::source::{key_of_pairs, order_lines};
use crate::job::Job;

/// Rows whose keys become columns.
const SAMPLE: usize = 10_000;
/// Keys that become columns.
const MOST_KEYS: usize = 500;

/// A Parquet file as a table without nested columns.
pub(super) struct FlatParquet {
    path: std::path::PathBuf,
    file: ParquetFile,
    columns: Vec<Flat>,
    /// The place of the list whose elements are rows.
    lines: Option<usize>,
}

/// A column of the table.
#[derive(Clone, Debug)]
struct Flat {
    name: String,
    /// The place of the file's column.
    top: usize,
    /// Fields that lead to it within.
    fields: Vec<PlSmallStr>,
    /// Of a list of pairs, its key.
    key: Option<String>,
}

impl FlatParquet {
    /// Opens a file; where it has lists of keys, reads the first of them.
    ///
    /// # Errors
    /// As [`ParquetFile::open`].
    pub(super) fn open(path: &Path, job: &Job) -> Result<Self> {
        let file = ParquetFile::open(path, job)?;
        let types = file.types();
        let lists = types.iter().enumerate().filter_map(|(at, (name, kind))| {
            let fields = elements(kind)?;
            let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            key_of_pairs(&names).is_none().then_some((at, (name.as_str(), names)))
        });
        let lists: Vec<_> = lists.collect();
        let lines = order_lines(lists.iter().map(|(_, list)| list.clone())).and_then(|at| Some(lists.get(at)?.0));
        let mut columns = Vec::new();
        for (top, (name, kind)) in types.iter().enumerate() {
            let root = Flat { name: name.clone(), top, fields: Vec::new(), key: None };
            match elements(kind) {
                Some(fields) if lines == Some(top) => {
                    let element = Flat { name: format!("{name}[]"), ..root };
                    for field in fields {
                        leaves(&element.field(field.name()), field.dtype(), &mut columns);
                    }
                }
                Some(fields) if key_of_pairs(&names_of(fields)).is_some() => {
                    for key in keys_of(path, &file, top, job)? {
                        columns.push(Flat { name: format!("{name}.{key}"), key: Some(key), ..root.clone() });
                    }
                }
                _ => leaves(&root, kind, &mut columns),
            }
        }
        Ok(Self { path: path.to_path_buf(), file, columns, lines })
    }

    /// The columns' names.
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The size of the file.
    pub(super) fn bytes(&self) -> u64 {
        self.file.bytes()
    }

    /// The row groups, in file order.
    pub(super) fn groups(&self) -> impl ExactSizeIterator<Item = &RowGroupMetadata> {
        self.file.groups()
    }

    /// Some columns of the first `most` rows of a row group, and how many rows the table has of them.
    pub(super) fn columns(
        &self,
        group: &RowGroupMetadata,
        places: &[usize],
        most: usize,
        job: &Job,
    ) -> Result<(usize, Vec<Series>)> {
        let mut tops: Vec<usize> = places.iter().map(|&place| self.columns[place].top).chain(self.lines).collect();
        tops.sort_unstable();
        tops.dedup();
        let read = self.file.columns(group, &tops, most, job)?;
        let of = |top: usize| tops.binary_search(&top).ok().and_then(|at| read.get(at));
        library(&self.path, || {
            let expanded = self.lines.and_then(of).map(Expanded::of).transpose()?;
            let rows = expanded.as_ref().map_or(group.num_rows().min(most), |expanded| expanded.rows.len());
            let columns = places.iter().map(|&place| {
                let column = &self.columns[place];
                let series = of(column.top).ok_or_else(|| polars_err!(ColumnNotFound: "{}", column.name))?;
                let series = match &expanded {
                    Some(expanded) if self.lines == Some(column.top) => within(&expanded.elements, &column.fields)?,
                    Some(expanded) => column.values(series)?.take(&expanded.rows)?,
                    None => column.values(series)?,
                };
                Ok(series.with_name(column.name.as_str().into()))
            });
            Ok((rows, columns.collect::<PolarsResult<Vec<_>>>()?))
        })
    }

    /// The first rows of all columns, from at most `most` rows of the file.
    pub(super) fn head(&self, most: usize, job: &Job) -> Result<(usize, Vec<Series>)> {
        let places: Vec<usize> = (0..self.columns.len()).collect();
        let (mut rows, mut whole): (usize, Vec<Series>) = (0, Vec::new());
        for group in self.groups() {
            job.check()?;
            if rows >= most {
                break;
            }
            let (more, columns) = self.columns(group, &places, most - rows, job)?;
            rows += more;
            if whole.is_empty() {
                whole = columns;
                continue;
            }
            library(&self.path, || {
                whole.iter_mut().zip(&columns).try_for_each(|(above, below)| above.append(below).map(|_| ()))
            })?;
        }
        Ok((rows, whole))
    }
}

impl Flat {
    fn field(&self, name: &PlSmallStr) -> Self {
        let fields = self.fields.iter().cloned().chain([name.clone()]).collect();
        let dot = if self.name.is_empty() { "" } else { "." };
        Self { name: format!("{}{dot}{name}", self.name), fields, ..self.clone() }
    }

    /// The values of a column that is none of lines.
    fn values(&self, series: &Series) -> PolarsResult<Series> {
        match &self.key {
            Some(key) => values_of_key(series, key),
            None => within(series, &self.fields),
        }
    }
}

/// The fields of the structs that a list or a map holds.
fn elements(kind: &DataType) -> Option<&[Field]> {
    match kind {
        DataType::List(inner) => match inner.as_ref() {
            DataType::Struct(fields) => Some(fields),
            _ => None,
        },
        _ => None,
    }
}

fn names_of(fields: &[Field]) -> Vec<&str> {
    fields.iter().map(|field| field.name().as_str()).collect()
}

/// Adds the columns that a type gives.
fn leaves(column: &Flat, kind: &DataType, found: &mut Vec<Flat>) {
    match kind {
        DataType::Struct(fields) => {
            for field in fields {
                leaves(&column.field(field.name()), field.dtype(), found);
            }
        }
        _ => found.push(column.clone()),
    }
}

/// A field within structs.
fn within(series: &Series, fields: &[PlSmallStr]) -> PolarsResult<Series> {
    fields.iter().try_fold(series.clone(), |series, field| series.struct_()?.field_by_name(field))
}

/// The elements of lists as rows, one without elements for a list that has none.
struct Expanded {
    /// The row of each element.
    rows: IdxCa,
    elements: Series,
}

impl Expanded {
    fn of(series: &Series) -> PolarsResult<Self> {
        let (ranges, inner) = ranges(series)?;
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        for (row, range) in ranges.into_iter().enumerate() {
            rows.extend(std::iter::repeat_n(row as IdxSize, range.len().max(1)));
            if range.is_empty() {
                places.push(None);
            }
            places.extend(range.map(|at| Some(at as IdxSize)));
        }
        let places: IdxCa = places.into_iter().collect();
        Ok(Self { rows: IdxCa::from_vec(PlSmallStr::EMPTY, rows), elements: inner.take(&places)? })
    }
}

/// Where each list's elements lie among all of them.
fn ranges(series: &Series) -> PolarsResult<(Vec<std::ops::Range<usize>>, Series)> {
    let list = series.list()?.rechunk();
    let inner = list.get_inner();
    let mut ranges = Vec::with_capacity(list.len());
    for array in list.downcast_iter() {
        let offsets = array.offsets().as_slice();
        ranges.extend(offsets.windows(2).enumerate().map(|(row, pair)| {
            let known = array.validity().is_none_or(|validity| validity.get_bit(row));
            let start = pair[0] as usize;
            start..if known { pair[1] as usize } else { start }
        }));
    }
    Ok((ranges, inner))
}

/// The keys of lists of pairs in the first rows, in order.
fn keys_of(path: &Path, file: &ParquetFile, top: usize, job: &Job) -> Result<Vec<String>> {
    let Some(group) = file.groups().next() else { return Ok(Vec::new()) };
    let column = file.columns(group, &[top], SAMPLE, job)?.pop();
    let column = column.ok_or_else(|| Error::Missing("a column of a Parquet file".to_owned()))?;
    library(path, || {
        let (_, inner) = ranges(&column)?;
        let Some((keys, _)) = keys_and_values(&inner)? else { return Ok(Vec::new()) };
        let mut found: Vec<String> = keys.iter().flatten().map(ToOwned::to_owned).collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(MOST_KEYS);
        Ok(found)
    })
}

/// The keys and the texts of the values of all pairs.
fn keys_and_values(inner: &Series) -> PolarsResult<Option<(StringChunked, Vec<StringChunked>)>> {
    let fields = inner.struct_()?.fields_as_series();
    let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let Some(key) = key_of_pairs(&names) else { return Ok(None) };
    let (mut keys, mut values) = (None, Vec::new());
    for field in &fields {
        if field.name() == key {
            keys = Some(field.cast(&DataType::String)?.str()?.clone());
            continue;
        }
        match field.dtype() {
            DataType::Struct(_) => {
                for typed in field.struct_()?.fields_as_series() {
                    values.push(text(&typed)?);
                }
            }
            _ => values.push(text(field)?),
        }
    }
    Ok(keys.map(|keys| (keys, values)))
}

fn text(series: &Series) -> PolarsResult<StringChunked> {
    Ok(series.cast(&DataType::String)?.str()?.rechunk().into_owned())
}

/// In each list of pairs the value of a key, the first one that is there.
fn values_of_key(series: &Series, key: &str) -> PolarsResult<Series> {
    let (ranges, inner) = ranges(series)?;
    let found: StringChunked = match keys_and_values(&inner)? {
        None => StringChunked::full_null(PlSmallStr::EMPTY, ranges.len()),
        Some((keys, values)) => {
            let value = |range: std::ops::Range<usize>| {
                let mut places = range.filter(|&at| keys.get(at) == Some(key));
                places.find_map(|at| values.iter().find_map(|values| values.get(at)))
            };
            ranges.into_iter().map(value).collect()
        }
    };
    Ok(found.into_series())
}
