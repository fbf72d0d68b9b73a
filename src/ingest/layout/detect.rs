//! Which shape a file has: told by its first row, decided over by the settings.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::blocks::{head, record_at};
use crate::ingest::fields::Fields;
use crate::ingest::grammar::{Preamble, SEPARATORS, most_fields};
use crate::ingest::layout::LayoutName;
use crate::ingest::layout::decide::decide;
use crate::ingest::layout::{Layout, Place, Role, TimeFormat, Zone, presets};
use crate::ingest::parquet::column_names;
use crate::ingest::settings::IngestSettings;
use crate::ingest::shape::MOST_COLUMNS;
use crate::ingest::source::{Origin, Partition, Storage, storage};
use crate::job::Job;

/// The first row of a file.
enum FirstRow {
    /// As text, empty for an empty file, and the separator that a line before it names; the columns that folders tell.
    Text(String, Option<u8>, Vec<String>),
    /// The columns of a Parquet file.
    Columns(Vec<String>),
}

impl FirstRow {
    fn read(path: &Path) -> Result<Self> {
        let storage = storage(path)?;
        if storage == Storage::Parquet {
            return Ok(Self::Columns(column_names(path)?.into_iter().chain(Partition::of(path).names).collect()));
        }
        let bytes = head(path)?;
        let preamble = Preamble::of(&bytes, most_fields);
        let start = preamble.bytes;
        let end = record_at(&bytes, start, 0, true).map_or(bytes.len(), |span| span.next);
        let text = String::from_utf8_lossy(&bytes[start..end]).trim_end_matches(['\r', '\n']).to_owned();
        Ok(Self::Text(text, preamble.separator, Partition::of(path).names))
    }

    fn fields(&self, separator: u8) -> Vec<String> {
        match self {
            Self::Columns(names) => names.clone(),
            Self::Text(text, _, told) => {
                let mut fields = Fields::default();
                fields.split(text, separator);
                // One more than a table may have tells that it has too many.
                let fields = fields.iter().map(|field| field.trim().to_owned());
                fields.chain(told.iter().cloned()).take(MOST_COLUMNS + 1).collect()
            }
        }
    }
}

impl FirstRow {
    /// The separator that the file itself names.
    fn separator(&self) -> Option<u8> {
        match self {
            Self::Text(_, separator, _) => *separator,
            Self::Columns(_) => None,
        }
    }
}

/// How a log is to be read; `None` for RetailRocket's own shape with nothing changed, and for one that is not known, to
/// which RetailRocket's reader says what it lacks.
fn layout_of(path: &Path, settings: &IngestSettings) -> Result<Option<Layout>> {
    if settings.layout == LayoutName::Retailrocket && !settings.overrides() {
        return Ok(None);
    }
    let first = FirstRow::read(path)?;
    let given = settings.separator_byte()?.or(first.separator());
    let separators = given.map_or_else(|| SEPARATORS.to_vec(), |one| vec![one]);
    let known = presets::of(settings.layout);
    for &separator in &separators {
        let fields = first.fields(separator);
        for mut layout in known.clone() {
            layout.separator = separator;
            // Columns that the settings name tell nothing about the shape.
            if settings.layout == LayoutName::Auto && layout.required().all(|role| settings.columns.names(role.name()))
            {
                continue;
            }
            apply(&mut layout, settings)?;
            if fits(&layout, &fields) {
                let plain = layout.name == LayoutName::Retailrocket && separator == b',' && !settings.overrides();
                return Ok((!plain).then_some(layout));
            }
        }
    }
    // None fits: the file's own separator, and the shape that was asked for, which will say what it lacks.
    let commonest = |&separator: &u8| (first.fields(separator).len(), std::cmp::Reverse(separator));
    let separator = separators.iter().copied().max_by_key(commonest).unwrap_or(b',');
    let layout = match settings.layout {
        LayoutName::Auto if settings.columns.given().next().is_none() => return Ok(None),
        // The settings name a column that is not there, of a shape that is known.
        LayoutName::Auto => {
            let fields = first.fields(separator);
            Some(known.into_iter().find(|layout| fits(layout, &fields)).unwrap_or_else(presets::custom))
        }
        // Of shapes that differ in their number of fields, the first one says so.
        _ => known.into_iter().next(),
    };
    let Some(mut layout) = layout else { return Ok(None) };
    layout.separator = separator;
    layout.fields = None;
    apply(&mut layout, settings)?;
    Ok(Some(layout))
}

/// How each file is to be read, by the settings of the log it is of; `None` where all are of RetailRocket's own shape.
pub(in crate::ingest) fn layouts_of(
    files: &[PathBuf],
    of_log: &[usize],
    logs: &[IngestSettings],
    job: &Job,
) -> Result<Option<Vec<Layout>>> {
    let layouts = files.iter().zip(of_log).map(|(file, &log)| layout_of(file, &logs[log]));
    let layouts = layouts.collect::<Result<Vec<_>>>()?;
    if layouts.iter().all(Option::is_none) {
        return Ok(None);
    }
    let layouts = layouts.into_iter().map(|layout| layout.unwrap_or_else(presets::retailrocket));
    let mut layouts: Vec<Layout> = layouts.zip(of_log).map(|(layout, &log)| Layout { log, ..layout }).collect();
    let decimals = logs.iter().map(IngestSettings::decimal_sign).collect::<Result<Vec<_>>>()?;
    decide(&mut layouts, files, &decimals, job)?;
    Ok(Some(layouts))
}

/// The fields of a table's first row, by the separator that parts it into most.
///
/// # Errors
/// As reading its first bytes.
pub(in crate::ingest) fn first_fields(path: &Path) -> Result<Vec<String>> {
    let first = FirstRow::read(path)?;
    let separators = first.separator().map_or_else(|| SEPARATORS.to_vec(), |one| vec![one]);
    Ok(separators.into_iter().map(|separator| first.fields(separator)).max_by_key(Vec::len).unwrap_or_default())
}

/// The shape in which a file is a log for sure; `None` for any other file.
///
/// # Errors
/// [`Error::Io`] where it cannot be read: nobody can tell then whether a part of the log is missing.
pub(in crate::ingest) fn recognised(path: &Path, settings: &IngestSettings) -> Result<Option<LayoutName>> {
    match recognise(path, settings) {
        Err(error @ Error::Io { .. }) => Err(error),
        // What cannot be read as a table is none.
        Err(_) => Ok(None),
        found => found,
    }
}

fn recognise(path: &Path, settings: &IngestSettings) -> Result<Option<LayoutName>> {
    if Origin::of(path)?.bytes()? == 0 {
        return Ok(None);
    }
    let layout = match layout_of(path, settings)? {
        Some(layout) => Some(layout),
        None => presets::of(LayoutName::Retailrocket).into_iter().next(),
    };
    let Some(layout) = layout else { return Ok(None) };
    let fields = FirstRow::read(path)?.fields(layout.separator);
    Ok(fits(&layout, &fields).then_some(layout.name))
}

/// Whether the first row is of this shape. Without a header that is so when its time can be read.
fn fits(layout: &Layout, fields: &[String]) -> bool {
    let headers: Vec<&str> = fields.iter().map(String::as_str).collect();
    if !layout.fits(&headers) {
        return false;
    }
    let time = layout.find(&layout.columns[Role::Time as usize], &headers);
    layout.header || time.is_some_and(|at| layout.times.parse(headers[at]).is_ok())
}

/// Lets the settings decide.
fn apply(layout: &mut Layout, settings: &IngestSettings) -> Result<()> {
    layout.header &= settings.header;
    if !settings.header {
        layout.fields = None;
    }
    for (name, column) in settings.columns.given() {
        if let Some(role) = Role::ALL.into_iter().find(|role| role.name() == name) {
            layout.columns[role as usize] = Place { names: vec![column.text().to_owned()], required: true };
        }
        if name == "category" {
            layout.columns[Role::CategoryId as usize] = Place::default();
        }
    }
    if let Some(format) = TimeFormat::of_setting(&settings.time_format)? {
        layout.times.formats = vec![format];
    }
    layout.money_unit = settings.money_unit;
    layout.duplicates = settings.duplicates;
    layout.statuses = settings.statuses.iter().map(|(name, meaning)| (name.clone(), *meaning)).collect();
    layout.rates.clone_from(&settings.rates);
    layout.times.zone = Zone::of_setting(&settings.time_zone)?;
    if let Some(kind) = settings.default_event.kind() {
        layout.default_event = Some(kind);
    }
    let own = settings.events.iter().map(|(name, meaning)| (name.clone(), *meaning));
    layout.events = own.chain(std::mem::take(&mut layout.events)).collect();
    if layout.name == LayoutName::Custom && layout.default_event.is_none() {
        layout.columns[Role::Event as usize].required = true;
    }
    Ok(())
}
