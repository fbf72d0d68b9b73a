//! A table as it is stored: one file, or several that have the same rows in the same order and stand side by side, as the
//! per-user results of a run do.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection};

use crate::error::{Error, Result};
use crate::store::engine::source::{Source, damaged};
use crate::store::engine::tags::Tags;

/// Rows decoded at once.
pub(super) const BATCH: usize = 8192;

/// Where a column lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Which of the files.
    file: usize,
    /// Which of its columns.
    column: usize,
    /// What is made of that column.
    of: Of,
}

/// What a column of a table is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// The file's column itself.
    Itself,
    /// An entry of its lists.
    Entry(usize),
    /// The tags of the users that it names.
    Tags,
}

/// A table's files and columns. Row groups of all files have the same sizes.
#[derive(Debug)]
pub(in crate::store) struct Stored {
    files: Vec<Source>,
    schema: SchemaRef,
    places: Vec<Place>,
    group_rows: Vec<usize>,
    tags: Arc<Tags>,
}

impl Stored {
    /// A table of one file, with its columns as they are.
    pub(super) fn single(file: Source) -> Self {
        let schema = Arc::clone(file.schema());
        let places = (0..schema.fields().len()).map(|column| Place { file: 0, column, of: Of::Itself }).collect();
        let group_rows = file.group_rows();
        Self { files: vec![file], schema, places, group_rows, tags: Arc::default() }
    }

    /// A table of files side by side, which all have the column `key`; it stands once. Columns named in `first` come
    /// first, in that order.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a file's row groups or keys are not those of the first file.
    pub(super) fn side_by_side(files: Vec<Source>, key: &str, first: &[&str]) -> Result<Self> {
        let group_rows = files.first().map(Source::group_rows).unwrap_or_default();
        let mut columns: Vec<(FieldRef, Place)> = Vec::new();
        for (file, source) in files.iter().enumerate() {
            if source.group_rows() != group_rows {
                let (here, there) = (source.group_rows().iter().sum::<usize>(), group_rows.iter().sum::<usize>());
                let what = format!("{here} rows where {} has {there}", name(&files[0]));
                let what = if here == there {
                    "its row groups are not those of the tables beside it".to_owned()
                } else {
                    what
                };
                return Err(Error::damaged_run(source.path(), what));
            }
            let fields = source.schema().fields().iter().enumerate();
            let new = fields.filter(|(_, field)| file == 0 || field.name() != key);
            columns.extend(new.map(|(column, field)| (Arc::clone(field), Place { file, column, of: Of::Itself })));
        }
        let rank = |field: &FieldRef| first.iter().position(|name| name == field.name()).unwrap_or(first.len());
        columns.sort_by_key(|(field, _)| rank(field));
        let (fields, places): (Vec<FieldRef>, Vec<Place>) = columns.into_iter().unzip();
        let schema = Arc::new(Schema::new(fields));
        let stored = Self { files, schema, places, group_rows, tags: Arc::default() };
        stored.require_same_keys(key)?;
        Ok(stored)
    }

    /// A table of two files without a key that have the same rows in the same order, with the columns of both; `named`
    /// gives a column of the first another name.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the second has other row groups than the first.
    pub(super) fn beside(first: Source, second: Source, named: impl Fn(&str) -> String) -> Result<Self> {
        let group_rows = first.group_rows();
        if second.group_rows() != group_rows {
            return Err(Error::damaged_run(second.path(), format!("its rows are not those of {}", name(&first))));
        }
        let place = |file| {
            move |(column, field): (usize, &FieldRef)| (Arc::clone(field), Place { file, column, of: Of::Itself })
        };
        let ours = first.schema().fields().iter().enumerate().map(place(0));
        let ours = ours.map(|(field, place)| (Arc::new(field.as_ref().clone().with_name(named(field.name()))), place));
        let theirs = second.schema().fields().iter().enumerate().map(place(1));
        let (fields, places): (Vec<FieldRef>, Vec<Place>) = ours.chain(theirs).unzip();
        let (files, schema) = (vec![first, second], Arc::new(Schema::new(fields)));
        Ok(Self { schema, files, places, group_rows, tags: Arc::default() })
    }

    /// The same with these columns alone, in this order, each under a name: a column, or an entry of its lists, from 0.
    pub(in crate::store) fn arranged(&self, columns: &[(usize, Option<usize>, String)]) -> Self {
        let arranged = columns.iter().map(|(column, entry, name)| {
            let (place, field) = (self.places[*column], self.schema.field(*column));
            let kind = match (entry, field.data_type()) {
                (Some(_), DataType::List(of) | DataType::LargeList(of)) => of.data_type().clone(),
                (_, kind) => kind.clone(),
            };
            let of = entry.map_or(place.of, Of::Entry);
            (Arc::new(Field::new(name, kind, true)), Place { of, ..place })
        });
        let (fields, places): (Vec<FieldRef>, Vec<Place>) = arranged.unzip();
        let (files, group_rows) = (self.files.clone(), self.group_rows.clone());
        Self { files, schema: Arc::new(Schema::new(fields)), places, group_rows, tags: Arc::clone(&self.tags) }
    }

    /// The same with a column of the tags of the users whom the column `key` names, behind those of `leading` that it has.
    #[must_use]
    pub(super) fn tagged(self, name: &str, key: &str, leading: &[&str], tags: Tags) -> Self {
        let Ok(column) = self.schema.index_of(key) else { return self };
        let place = Place { of: Of::Tags, ..self.places[column] };
        let at = leading.iter().filter(|name| self.schema.index_of(name).is_ok()).count();
        let mut fields: Vec<FieldRef> = self.schema.fields().to_vec();
        let mut places = self.places;
        fields.insert(at, Arc::new(Field::new(name, DataType::Utf8, true)));
        places.insert(at, place);
        Self { schema: Arc::new(Schema::new(fields)), places, tags: Arc::new(tags), ..self }
    }

    /// Whether it has a column of tags.
    pub(super) fn has_tags(&self) -> bool {
        self.places.iter().any(|place| place.of == Of::Tags)
    }

    /// The columns.
    pub(in crate::store) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows of each row group.
    pub(in crate::store) fn group_rows(&self) -> &[usize] {
        &self.group_rows
    }

    /// The first row of each row group.
    pub(in crate::store) fn group_starts(&self) -> Vec<usize> {
        self.group_rows.iter().scan(0, |next, rows| Some(std::mem::replace(next, *next + rows))).collect()
    }

    /// All rows.
    pub(in crate::store) fn rows(&self) -> usize {
        self.group_rows.iter().sum()
    }

    /// The file that holds a column; `None` where the column is made of one that the file holds.
    pub(super) fn file_of(&self, column: usize) -> Option<&Source> {
        let place = self.places[column];
        (place.of == Of::Itself).then(|| &self.files[place.file])
    }

    /// Decodes columns of a row group, [`BATCH`] rows at a time; of the rows `kept` alone where given.
    pub(super) fn read(&self, group: usize, columns: &[usize], kept: Option<&RowSelection>) -> Result<Groups> {
        let mut wanted: HashMap<usize, Vec<usize>> = HashMap::new();
        for &column in columns {
            wanted.entry(self.places[column].file).or_default().push(self.places[column].column);
        }
        let mut readers = HashMap::new();
        for (&file, wanted) in &wanted {
            readers.insert(file, reader(&self.files[file], group, wanted, kept)?);
        }
        let places = columns.iter().map(|&column| self.places[column]).map(|place| {
            // A reader gives its columns in the order of the file.
            let before =
                wanted[&place.file].iter().filter(|&&other| other < place.column).collect::<HashSet<_>>().len();
            (place.file, before, place.of)
        });
        Ok(Groups { places: places.collect(), readers, files: self.files.clone(), tags: Arc::clone(&self.tags) })
    }

    /// Whether row by row every file has the keys of the first; looked at once per process and set of files.
    fn require_same_keys(&self, key: &str) -> Result<()> {
        static SEEN: LazyLock<Mutex<HashSet<Vec<String>>>> = LazyLock::new(Mutex::default);
        let identities: Vec<String> = self.files.iter().map(|file| file.checksum().to_owned()).collect();
        if SEEN.lock().unwrap_or_else(PoisonError::into_inner).contains(&identities) {
            return Ok(());
        }
        let column = |file: &Source| file.schema().index_of(key).map_err(|error| damaged(file.path(), error));
        let Some((first, others)) = self.files.split_first() else { return Ok(()) };
        for other in others {
            for group in 0..self.group_rows.len() {
                // Equal keys are stored as equal bytes, unless the files are of different versions of this program.
                let (here, there) = (first.chunk(group, column(first)?)?, other.chunk(group, column(other)?)?);
                if here.is_some() && here == there {
                    continue;
                }
                let mut ours = reader(first, group, &[column(first)?], None)?;
                let mut theirs = reader(other, group, &[column(other)?], None)?;
                loop {
                    let (a, b) = (next(&mut ours, first)?, next(&mut theirs, other)?);
                    if a.is_none() && b.is_none() {
                        break;
                    }
                    if a != b {
                        let what = format!("its users are not those of {}, row by row", name(first));
                        return Err(Error::damaged_run(other.path(), what));
                    }
                }
            }
        }
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(identities);
        Ok(())
    }
}

/// A file's name without its ending.
fn name(source: &Source) -> String {
    source.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn reader(
    source: &Source,
    group: usize,
    columns: &[usize],
    kept: Option<&RowSelection>,
) -> Result<ParquetRecordBatchReader> {
    let footer = source.footer();
    let mask = ProjectionMask::roots(footer.parquet_schema(), columns.iter().copied());
    let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(source.chunks(), footer)
        .with_row_groups(vec![group])
        .with_projection(mask)
        .with_batch_size(BATCH);
    if let Some(kept) = kept {
        builder = builder.with_row_selection(kept.clone());
    }
    builder.build().map_err(|error| damaged(source.path(), error))
}

/// An entry of each list, null where a list has not so many.
fn entry(lists: &ArrayRef, at: usize, source: &Source) -> Result<ArrayRef> {
    let place = |start: usize, end: usize| (start + at < end).then_some((start + at) as u64);
    let (places, values): (UInt64Array, &ArrayRef) = match lists.data_type() {
        DataType::List(_) => {
            let lists = lists.as_list::<i32>();
            let spans = lists.value_offsets().windows(2).map(|pair| place(pair[0] as usize, pair[1] as usize));
            (spans.collect(), lists.values())
        }
        DataType::LargeList(_) => {
            let lists = lists.as_list::<i64>();
            let spans = lists.value_offsets().windows(2).map(|pair| place(pair[0] as usize, pair[1] as usize));
            (spans.collect(), lists.values())
        }
        _ => return Err(Error::damaged_run(source.path(), "a column that holds lists holds none")),
    };
    take(values, &places, None).map_err(|error| damaged(source.path(), error))
}

fn next(reader: &mut ParquetRecordBatchReader, source: &Source) -> Result<Option<Vec<ArrayRef>>> {
    let batch = reader.next().transpose().map_err(|error| damaged(source.path(), error))?;
    Ok(batch.map(|batch| batch.columns().to_vec()))
}

/// The columns of a row group, a batch of rows at a time.
pub(super) struct Groups {
    /// For each column asked for, its file, its place in what that file's reader gives, and what is made of it.
    places: Vec<(usize, usize, Of)>,
    readers: HashMap<usize, ParquetRecordBatchReader>,
    files: Vec<Source>,
    tags: Arc<Tags>,
}

impl Groups {
    /// The next rows of all columns; `None` at the row group's end.
    pub(super) fn next_batch(&mut self) -> Result<Option<Vec<ArrayRef>>> {
        let mut parts: HashMap<usize, Vec<ArrayRef>> = HashMap::new();
        for (&file, reader) in &mut self.readers {
            if let Some(columns) = next(reader, &self.files[file])? {
                parts.insert(file, columns);
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let rows = |columns: &Vec<ArrayRef>| columns.first().map_or(0, Array::len);
        let most = parts.values().map(rows).max().unwrap_or_default();
        if let Some(file) = self.readers.keys().find(|file| parts.get(file).map_or(0, rows) != most) {
            return Err(Error::damaged_run(self.files[*file].path(), "it has fewer rows than the tables beside it"));
        }
        let columns = self.places.iter().map(|&(file, place, of)| {
            let column = &parts[&file][place];
            match of {
                Of::Itself => Ok(Arc::clone(column)),
                Of::Entry(at) => entry(column, at, &self.files[file]),
                Of::Tags => self.tags.column(column).map_err(|error| damaged(self.files[file].path(), error)),
            }
        });
        columns.collect::<Result<_>>().map(Some)
    }
}
