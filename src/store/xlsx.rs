//! Rows as an Excel workbook of one sheet, written as they come: no row is held, whatever their number.
//!
//! The parts are those of ECMA-376 that a workbook needs at least: types, relations, the workbook, two cell styles (the
//! heading, times) and the sheet, whose texts stand in their cells. Text is typed as text: no spreadsheet runs it.

use std::fmt::Write as _;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use crate::error::{Error, Result};
use crate::job::Job;
use crate::store::blocks::Blocks;
use crate::store::cell::{Cell, cell_of};

/// Rows of a sheet at most, the heading among them.
const MOST_ROWS: u64 = 1_048_576;
/// Columns of a sheet at most.
const MOST_COLUMNS: usize = 16_384;
/// Characters of a cell at most, in units of UTF-16.
const LONGEST: usize = 32_767;
/// Whole numbers of more than 15 digits would lose their last ones: they are written as text.
const MOST_DIGITS: u64 = 1_000_000_000_000_000;
/// The day of 1970-01-01 in Excel's count.
const EPOCH: f64 = 25_569.0;
/// Rows between two looks at the cancel flag.
const ROWS_PER_STEP: usize = 8192;

/// The parts beside the sheet.
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="user360" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
    ),
];

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The heading stays in sight.
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;

/// Writes every row and counts them.
///
/// # Errors
/// [`Error::Config`] for more rows, columns or characters than a sheet holds; those of the stream.
pub(super) fn write(out: &mut dyn Write, rows: Blocks<'_>, job: &Job) -> Result<u64> {
    let columns = rows.head().width();
    if columns > MOST_COLUMNS {
        return Err(Error::Config(format!("a sheet of Excel has {MOST_COLUMNS} columns at most, not {columns}")));
    }
    if rows.rows() >= MOST_ROWS {
        return Err(too_many());
    }
    let mut archive = ZipArchiveWriter::new(out);
    for (name, text) in PARTS {
        part(&mut archive, name, |out| out.write_all(format!("{DECLARATION}{text}").as_bytes()).map_err(failed))?;
    }
    let mut written = 0;
    part(&mut archive, "xl/worksheets/sheet1.xml", |out| {
        written = sheet(out, rows, job)?;
        Ok(())
    })?;
    archive.finish().map_err(zip)?;
    Ok(written)
}

fn too_many() -> Error {
    Error::Config(format!(
        "a sheet of Excel has {MOST_ROWS} rows at most, the heading among them; filter, or write CSV or Parquet"
    ))
}

fn failed(source: io::Error) -> Error {
    Error::Io { path: "output".into(), source }
}

fn zip(error: rawzip::Error) -> Error {
    failed(io::Error::other(error))
}

/// One file of the archive.
fn part<W: Write>(
    archive: &mut ZipArchiveWriter<W>,
    name: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let started = archive.new_file(name).compression_method(CompressionMethod::DEFLATE).start();
    let (mut entry, config) = started.map_err(zip)?;
    let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::new(4)));
    fill(&mut writer)?;
    let (encoder, described) = writer.finish().map_err(zip)?;
    encoder.finish().map_err(failed)?;
    entry.finish(described).map_err(zip)?;
    Ok(())
}

fn sheet(out: &mut dyn Write, rows: Blocks<'_>, job: &Job) -> Result<u64> {
    let names: Vec<String> = rows.head().get_column_names().iter().map(ToString::to_string).collect();
    let letters: Vec<String> = (0..names.len()).map(column_name).collect();
    let mut line = String::from(DECLARATION);
    line.push_str(SHEET);
    line.push_str("<row r=\"1\">");
    for (name, letters) in names.iter().zip(&letters) {
        text(&mut line, &format!("{letters}1"), " s=\"1\"", name)?;
    }
    line.push_str("</row>");
    let mut written = 0;
    for block in rows {
        let block = block?;
        let mut since = 0;
        for row in 0..block.height() {
            if row % ROWS_PER_STEP == 0 {
                job.check()?;
                job.advance(since);
                since = 0;
            }
            written += 1;
            since += 1;
            // The heading is the first row.
            let at = written + 1;
            if at > MOST_ROWS {
                return Err(too_many());
            }
            // Writing to a string cannot fail.
            let _ = write!(line, "<row r=\"{at}\">");
            for (column, letters) in block.columns().iter().zip(&letters) {
                cell(&mut line, &format!("{letters}{at}"), &cell_of(column, row))?;
            }
            line.push_str("</row>");
            out.write_all(line.as_bytes()).map_err(failed)?;
            line.clear();
        }
        job.advance(since);
    }
    line.push_str("</sheetData></worksheet>");
    out.write_all(line.as_bytes()).map_err(failed)?;
    Ok(written)
}

fn cell(line: &mut String, place: &str, cell: &Cell) -> Result<()> {
    // Writing to a string cannot fail.
    let _ = match cell {
        Cell::Bool(yes) => write!(line, "<c r=\"{place}\" t=\"b\"><v>{}</v></c>", u8::from(*yes)),
        Cell::Int(value) if value.unsigned_abs() < MOST_DIGITS => write!(line, "<c r=\"{place}\"><v>{value}</v></c>"),
        Cell::Int(value) => return text(line, place, "", &value.to_string()),
        Cell::Float(value) if value.is_finite() => write!(line, "<c r=\"{place}\"><v>{value:e}</v></c>"),
        Cell::Time(time) => {
            let days = *time as f64 / 86_400_000.0 + EPOCH;
            write!(line, "<c r=\"{place}\" s=\"2\"><v>{days}</v></c>")
        }
        Cell::Text(words) | Cell::Unreadable(words) => return text(line, place, "", words),
        Cell::Null | Cell::Float(_) => return Ok(()),
    };
    Ok(())
}

fn text(line: &mut String, place: &str, style: &str, words: &str) -> Result<()> {
    let length = words.encode_utf16().count();
    if length > LONGEST {
        return Err(Error::Config(format!(
            "the text of cell {place} has {length} characters, and a cell of Excel holds {LONGEST}; leave the column out, \
             or write CSV or Parquet"
        )));
    }
    // Writing to a string cannot fail.
    let _ = write!(line, "<c r=\"{place}\" t=\"inlineStr\"{style}><is><t xml:space=\"preserve\">");
    escape(line, words);
    line.push_str("</t></is></c>");
    Ok(())
}

/// Text as XML holds it; what XML cannot hold as `_x0001_`, as Excel writes it, and what reads like that likewise.
fn escape(line: &mut String, words: &str) {
    for (at, letter) in words.char_indices() {
        match letter {
            '&' => line.push_str("&amp;"),
            '<' => line.push_str("&lt;"),
            '>' => line.push_str("&gt;"),
            '_' if is_escape(&words[at..]) => line.push_str("_x005F_"),
            '\t' | '\n' => line.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                // Writing to a string cannot fail.
                let _ = write!(line, "_x{:04X}_", letter as u32);
            }
            _ => line.push(letter),
        }
    }
}

/// Whether a text begins like `_x0041_`.
fn is_escape(words: &str) -> bool {
    let bytes = words.as_bytes();
    bytes.len() >= 7 && bytes.starts_with(b"_x") && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// The letters of a column, counted from 0: A, B, … Z, AA.
fn column_name(at: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use polars::prelude::*;

    use super::*;

    fn read(frame: &DataFrame) -> Vec<Vec<Data>> {
        let mut bytes = Vec::new();
        let written = write(&mut bytes, frame.into(), &Job::new()).unwrap();
        assert_eq!(written, frame.height() as u64);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("user360").unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn cells_come_back_as_they_went() {
        let frame = df!(
            "id" => [1_i64, -7, 9_007_199_254_740_993],
            "share" => [Some(0.1 + 0.2), None, Some(-1e-9)],
            "text" => ["=1+1", " a<b>&\"c\"\t_x0041_ ", "日本\u{1}\r\n\u{b}"],
            "yes" => [true, false, true],
        )
        .unwrap();
        let rows = read(&frame);
        assert_eq!(rows[0], ["id", "share", "text", "yes"].map(|name| Data::String(name.to_owned())));
        assert_eq!(rows[1][0], Data::Float(1.0));
        assert_eq!(rows[3][0], Data::String("9007199254740993".to_owned()), "no digit is lost");
        assert_eq!((&rows[1][1], &rows[2][1]), (&Data::Float(0.1 + 0.2), &Data::Empty));
        assert_eq!(rows[3][1], Data::Float(-1e-9));
        assert_eq!(rows[1][2], Data::String("=1+1".to_owned()), "text, and no formula");
        assert_eq!(rows[1][3], Data::Bool(true));
        assert_eq!(rows[2][2], Data::String(" a<b>&\"c\"\t_x0041_ ".to_owned()));
        assert_eq!(rows[3][2], Data::String("日本\u{1}\r\n\u{b}".to_owned()));
    }

    #[test]
    fn times_are_days_of_excel() {
        let times = Column::new("at".into(), [1_430_622_004_384_i64]);
        let times = times.cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))).unwrap();
        let rows = read(&DataFrame::new(1, vec![times]).unwrap());
        let Data::DateTime(at) = &rows[1][0] else { unreachable!("{:?}", rows[1]) };
        // 2015-05-03 03:00:04.384
        assert!((at.as_f64() - 42_127.125_050_74).abs() < 1e-7, "{at:?}");
    }

    #[test]
    fn what_does_not_fit_into_a_sheet_is_refused() {
        let told = |frame: &DataFrame| write(&mut Vec::new(), frame.into(), &Job::new()).unwrap_err().to_string();
        let long = df!("text" => ["short".to_owned(), "x".repeat(LONGEST + 1)]).unwrap();
        assert!(told(&long).contains("cell A3 has 32768 characters"), "{}", told(&long));
        let many = df!("n" => vec![1_i32; 1_048_576]).unwrap();
        assert!(told(&many).contains("1048576 rows at most"), "{}", told(&many));
        let full = df!("n" => vec![1_i32; 1_048_575]).unwrap();
        assert_eq!(write(&mut std::io::sink(), (&full).into(), &Job::new()).unwrap(), 1_048_575);
    }

    #[test]
    fn columns_have_the_letters_of_excel() {
        let names = [0, 25, 26, 51, 701, 702, 16_383].map(column_name);
        assert_eq!(names, ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
    }
}
