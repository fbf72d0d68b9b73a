//! Columns of the query engine as columns of tables, and the other way round: every value is copied once.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Float32Array, Float64Array, Int64Array,
    LargeStringArray, RecordBatch, TimestampMillisecondArray, new_null_array,
};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes as arrow;
use datafusion::arrow::datatypes::{DataType as ArrowType, SchemaRef, TimeUnit as ArrowUnit};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use polars::prelude::*;

use crate::error::{Error, Result};
use crate::store::engine::spans;

/// A table of these rows. Of columns of one name the later ones get a number.
pub(super) fn frame(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<DataFrame> {
    let all = concat_batches(schema, batches).map_err(|error| Error::Query(error.to_string()))?;
    let mut names: Vec<String> = Vec::new();
    for field in schema.fields() {
        let tried = (0..).map(|at| if at == 0 { field.name().clone() } else { format!("{}_{at}", field.name()) });
        names.extend(tried.into_iter().find(|name| !names.contains(name)));
    }
    let columns = names.iter().zip(all.columns()).map(|(name, column)| series(name, column).map(Series::into_column));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(DataFrame::new(all.num_rows(), columns)?)
}

/// A table of columns as they are stored: numbers keep their width.
pub(in crate::store) fn stored<'a>(
    rows: usize,
    columns: impl Iterator<Item = (&'a str, ArrayRef)>,
) -> Result<DataFrame> {
    let column = |(name, column): (&str, ArrayRef)| {
        let made = match column.data_type() {
            ArrowType::Int8 => numbers::<arrow::Int8Type, Int8Type>(name, &column),
            ArrowType::Int32 => numbers::<arrow::Int32Type, Int32Type>(name, &column),
            ArrowType::UInt8 => numbers::<arrow::UInt8Type, UInt8Type>(name, &column),
            ArrowType::UInt32 => numbers::<arrow::UInt32Type, UInt32Type>(name, &column),
            _ => series(name, &column)?,
        };
        Ok(made.into_column())
    };
    Ok(DataFrame::new(rows, columns.map(column).collect::<Result<Vec<_>>>()?)?)
}

fn numbers<A, P>(name: &str, column: &ArrayRef) -> Series
where
    A: ArrowPrimitiveType<Native = P::Native>,
    P: PolarsNumericType,
    ChunkedArray<P>: IntoSeries,
{
    ChunkedArray::<P>::from_iter_options(name.into(), column.as_primitive::<A>().iter()).into_series()
}

/// A column as one of a table. What tables have no kind for becomes text: spans of time as databases write them.
fn series(name: &str, column: &ArrayRef) -> Result<Series> {
    let kind = column.data_type();
    let again = |to: &ArrowType| cast(column, to).map_err(|error| Error::Query(error.to_string()));
    Ok(match kind {
        ArrowType::Null => Series::full_null(name.into(), column.len(), &DataType::Null),
        ArrowType::Boolean => BooleanChunked::from_iter_options(name.into(), column.as_boolean().iter()).into_series(),
        ArrowType::Int64 => numbers::<arrow::Int64Type, Int64Type>(name, column),
        ArrowType::Int8
        | ArrowType::Int16
        | ArrowType::Int32
        | ArrowType::UInt8
        | ArrowType::UInt16
        | ArrowType::UInt32 => numbers::<arrow::Int64Type, Int64Type>(name, &again(&ArrowType::Int64)?),
        ArrowType::UInt64 => numbers::<arrow::UInt64Type, UInt64Type>(name, column),
        ArrowType::Float32 => numbers::<arrow::Float32Type, Float32Type>(name, column),
        ArrowType::Float64 => numbers::<arrow::Float64Type, Float64Type>(name, column),
        ArrowType::Float16
        | ArrowType::Decimal32(..)
        | ArrowType::Decimal64(..)
        | ArrowType::Decimal128(..)
        | ArrowType::Decimal256(..) => numbers::<arrow::Float64Type, Float64Type>(name, &again(&ArrowType::Float64)?),
        ArrowType::Utf8 | ArrowType::LargeUtf8 | ArrowType::Utf8View => {
            let text = again(&ArrowType::LargeUtf8)?;
            StringChunked::from_iter_options(name.into(), text.as_string::<i64>().iter()).into_series()
        }
        ArrowType::Binary | ArrowType::LargeBinary | ArrowType::BinaryView | ArrowType::FixedSizeBinary(_) => {
            let bytes = again(&ArrowType::LargeBinary)?;
            BinaryChunked::from_iter_options(name.into(), bytes.as_binary::<i64>().iter()).into_series()
        }
        ArrowType::Date32 | ArrowType::Date64 => {
            let days = again(&ArrowType::Date32)?;
            let days = Int32Chunked::from_iter_options(name.into(), days.as_primitive::<arrow::Date32Type>().iter());
            days.into_series().cast(&DataType::Date)?
        }
        ArrowType::Timestamp(_, zone) => {
            let times = again(&ArrowType::Timestamp(ArrowUnit::Millisecond, zone.clone()))?;
            let times = times.as_primitive::<arrow::TimestampMillisecondType>();
            let times = Int64Chunked::from_iter_options(name.into(), times.iter());
            let zone = zone.as_ref().map(|_| TimeZone::UTC);
            times.into_series().cast(&DataType::Datetime(TimeUnit::Milliseconds, zone))?
        }
        ArrowType::Dictionary(_, values) => series(name, &again(values)?)?,
        ArrowType::List(_) | ArrowType::LargeList(_) | ArrowType::FixedSizeList(..) | ArrowType::ListView(_) => {
            lists(name, column)?
        }
        ArrowType::Struct(fields) => {
            let parts = column.as_struct();
            let parts = fields.iter().zip(parts.columns()).map(|(field, part)| series(field.name(), part));
            let parts = parts.collect::<Result<Vec<_>>>()?;
            StructChunked::from_series(name.into(), column.len(), parts.iter())?.into_series()
        }
        _ => texts(name, column)?,
    })
}

fn lists(name: &str, column: &ArrayRef) -> Result<Series> {
    let of = match column.data_type() {
        ArrowType::List(of) | ArrowType::LargeList(of) | ArrowType::FixedSizeList(of, _) | ArrowType::ListView(of) => {
            Arc::clone(of)
        }
        other => return Err(Error::Query(format!("{other} is no list"))),
    };
    let kind = series("", &new_null_array(of.data_type(), 0))?.dtype().clone();
    let large = cast(column, &ArrowType::LargeList(of)).map_err(|error| Error::Query(error.to_string()))?;
    let lists = large.as_list::<i64>();
    let values = lists.iter().map(|list| list.map(|list| series("", &list)).transpose()).collect::<Result<Vec<_>>>()?;
    let made = Series::new(
        name.into(),
        values.into_iter().map(|list| AnyValue::List(list.unwrap_or_default())).collect::<Vec<_>>(),
    );
    let present = BooleanChunked::from_iter_options(name.into(), (0..lists.len()).map(|row| Some(lists.is_valid(row))));
    let made = made.cast(&DataType::List(Box::new(kind.clone())))?;
    if lists.null_count() == 0 {
        return Ok(made);
    }
    Ok(made.zip_with(&present, &Series::full_null(name.into(), lists.len(), &DataType::List(Box::new(kind))))?)
}

fn texts(name: &str, column: &ArrayRef) -> Result<Series> {
    if let Some(spans) = spans::texts(column).map_err(|error| Error::Query(error.to_string()))? {
        return Ok(StringChunked::from_iter_options(name.into(), spans.into_iter()).into_series());
    }
    let wrong = |error: datafusion::arrow::error::ArrowError| Error::Query(error.to_string());
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column, &options).map_err(wrong)?;
    let text = (0..column.len()).map(|row| column.is_valid(row).then(|| formatter.value(row).to_string()));
    Ok(StringChunked::from_iter_options(name.into(), text).into_series())
}

/// A table's column for the query engine. Lists become their text.
pub(in crate::store) fn array(column: &Column) -> Result<ArrayRef> {
    let column = column.as_materialized_series();
    Ok(match column.dtype() {
        DataType::Boolean => Arc::new(column.bool()?.iter().collect::<BooleanArray>()),
        DataType::Float32 => Arc::new(column.f32()?.iter().collect::<Float32Array>()),
        DataType::Float64 => Arc::new(column.f64()?.iter().collect::<Float64Array>()),
        DataType::Datetime(..) => {
            let zone = matches!(column.dtype(), DataType::Datetime(_, Some(_)));
            let times = column.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?.cast(&DataType::Int64)?;
            let times: TimestampMillisecondArray = times.i64()?.iter().collect();
            Arc::new(times.with_timezone_opt(zone.then_some("UTC")))
        }
        DataType::Date => {
            let days = column.cast(&DataType::Int32)?;
            Arc::new(days.i32()?.iter().collect::<datafusion::arrow::array::Date32Array>())
        }
        kind if kind.is_integer() => {
            let numbers = column.cast(&DataType::Int64)?;
            Arc::new(numbers.i64()?.iter().collect::<Int64Array>())
        }
        DataType::String => Arc::new(column.str()?.iter().collect::<LargeStringArray>()),
        _ => {
            let cell = |row| match column.get(row) {
                Ok(AnyValue::Null) | Err(_) => None,
                Ok(value) => Some(value.to_string()),
            };
            Arc::new((0..column.len()).map(cell).collect::<LargeStringArray>())
        }
    })
}
