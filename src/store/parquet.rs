//! Parquet files written by all threads: the columns of several row groups are encoded and compressed side by side, then
//! written in their order, so that the bytes do not depend on the number of threads. `ParquetWriter` alone compresses on
//! one thread.

use std::io::Write;

use polars::io::parquet::write::get_encodings;
use polars::prelude::*;
use polars_parquet::parquet::error::{ParquetError, ParquetResult};
use polars_parquet::write::{
    CompressedPage, Compressor, Encoding, ParquetType, Version, WriteOptions, ZstdLevel, array_to_columns,
};
use rayon::prelude::*;

use crate::error::Result;

/// Rows of a row group: small enough that one user's events are found without reading the whole table.
const ROW_GROUP: usize = 128 * 1024;
/// Bytes of a page before it is compressed: one row is read of a large table without decoding much besides.
const PAGE: usize = 64 * 1024;
/// Row groups that are encoded before the first of them is written.
const AT_ONCE: usize = 4;

/// The pages of a column; a nested column has several lists of them.
type Pages = Vec<Vec<CompressedPage>>;

/// Writes a table with zstd and statistics.
pub(super) fn write(out: impl Write + Send, table: &mut DataFrame) -> Result<()> {
    // The fastest level: others take twice as long and make the tables 0 to 15 % smaller.
    let level = ZstdLevel::try_new(1)?;
    let (statistics, compression) = (StatisticsOptions::default(), ParquetCompression::Zstd(Some(level)));
    table.rechunk_mut();
    let schema = table.schema().clone();
    let mut writer =
        ParquetWriter::new(out).with_compression(compression).with_statistics(statistics).batched(&schema)?;
    let options =
        WriteOptions { statistics, compression: compression.into(), version: Version::V1, data_page_size: Some(PAGE) };
    let types = writer.parquet_schema().fields().to_vec();
    let usual = get_encodings(&schema.to_arrow(CompatLevel::newest()));
    let encodings: Vec<Vec<Encoding>> = schema
        .iter_values()
        .zip(usual.iter())
        .map(|(dtype, usual)| match dtype {
            // Ids and times differ from row to row, too much for a dictionary.
            DataType::Int64 | DataType::Datetime(..) => vec![Encoding::DeltaBinaryPacked],
            _ => usual.clone(),
        })
        .collect();
    let starts: Vec<usize> = (0..table.height()).step_by(ROW_GROUP).collect();
    for starts in starts.chunks(AT_ONCE) {
        let parts: Vec<(usize, usize)> =
            starts.iter().flat_map(|&start| (0..table.width()).map(move |column| (start, column))).collect();
        let encoded = parts
            .par_iter()
            .map(|&(start, column)| {
                let rows = table.columns()[column].slice(start as i64, ROW_GROUP);
                encode(&rows, &types[column], &encodings[column], options)
            })
            .collect::<Result<Vec<Pages>>>()?;
        let mut encoded = encoded.into_iter();
        for &start in starts {
            let columns: Pages = encoded.by_ref().take(table.width()).flatten().collect();
            writer.write_row_group((table.height() - start).min(ROW_GROUP) as u64, &columns)?;
        }
    }
    writer.finish()?;
    Ok(())
}

fn encode(rows: &Column, of: &ParquetType, encoding: &[Encoding], options: WriteOptions) -> Result<Pages> {
    let array = rows.as_materialized_series().rechunk().to_arrow(0, CompatLevel::newest());
    let columns = array_to_columns(array, of.clone(), options, encoding)?;
    let compressed = columns.into_iter().map(|pages| {
        let pages = pages.map(|page| page.map_err(|error| ParquetError::FeatureNotSupported(error.to_string())));
        Compressor::new_from_vec(pages, options.compression, Vec::new()).collect::<ParquetResult<Vec<_>>>()
    });
    Ok(compressed.collect::<ParquetResult<_>>().map_err(PolarsError::from)?)
}
