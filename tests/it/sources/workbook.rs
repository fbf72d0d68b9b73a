//! Workbooks, part by part (ECMA-376, parts 1 and 3): sheets with texts in place and times as days since 1900.

use crate::fetch::zips::{file, zip};
use crate::sources::{Row, cells};

/// The workbook with these sheets: name, header, rows.
pub fn of(sheets: &[(&str, &[&str], &[Row])]) -> Vec<u8> {
    let grids = sheets.iter().map(|(name, header, rows)| {
        let head: Vec<String> = header.iter().enumerate().map(|(at, name)| text(at, 1, name)).collect();
        let body = rows.iter().enumerate().map(|(at, row)| line(at + 2, row));
        let rows = std::iter::once(format!("<row r=\"1\">{}</row>", head.concat())).chain(body);
        ((*name).to_owned(), rows.collect::<String>())
    });
    book(&grids.collect::<Vec<_>>())
}

/// The workbook with these sheets: name, and rows of texts.
pub fn of_texts(sheets: &[(&str, Vec<Vec<String>>)]) -> Vec<u8> {
    let row = |(number, cells): (usize, &Vec<String>)| {
        let cells: String = cells.iter().enumerate().map(|(at, cell)| text(at, number, cell)).collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let grids = sheets.iter().map(|(name, rows)| ((*name).to_owned(), (1..).zip(rows).map(row).collect::<String>()));
    book(&grids.collect::<Vec<_>>())
}

/// The workbook with these sheets: name, and the XML of its rows.
pub fn book(sheets: &[(String, String)]) -> Vec<u8> {
    let numbered = |each: &dyn Fn(usize, &str) -> String| {
        sheets.iter().enumerate().map(|(at, (name, _))| each(at + 1, name)).collect::<String>()
    };
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let list = numbered(&|at, name| format!("<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"rId{at}\"/>"));
    let relations = numbered(&|at, _| {
        format!("<Relationship Id=\"rId{at}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>")
    });
    let mut parts = vec![
        file("[Content_Types].xml", format!("{head}<Types xmlns=\"{package}/content-types\"/>")),
        file(
            "_rels/.rels",
            format!(
                "{head}<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        file(
            "xl/workbook.xml",
            format!("{head}<workbook {main} xmlns:r=\"{office}\"><sheets>{list}</sheets></workbook>"),
        ),
        file(
            "xl/_rels/workbook.xml.rels",
            format!(
                "{head}<Relationships xmlns=\"{package}/relationships\">{relations}<Relationship Id=\"rId99\" \
                 Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        // Style 1 is a date with a clock (number format 22).
        file(
            "xl/styles.xml",
            format!(
                "{head}<styleSheet {main}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs>\
                 </styleSheet>"
            ),
        ),
    ];
    for (at, (_, rows)) in sheets.iter().enumerate() {
        let sheet = format!("{head}<worksheet {main}><sheetData>{rows}</sheetData></worksheet>");
        parts.push(file(&format!("xl/worksheets/sheet{}.xml", at + 1), sheet));
    }
    zip(&parts)
}

fn place(column: usize, row: usize) -> String {
    format!("{}{row}", char::from(b'A' + column as u8))
}

/// A cell of text.
pub fn text(column: usize, row: usize, text: &str) -> String {
    format!("<c r=\"{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", place(column, row))
}

fn line(number: usize, row: &Row) -> String {
    let cells = cells(row);
    let minute = row.0;
    // 13 March 2023 is day 44,998 of Excel's calendar; every hour of the log is a day and an hour later.
    let day = f64::from(44_998 + minute / 60) + f64::from((9 + minute / 60) * 60 + minute % 60) / 1_440.0;
    let number_cell = |at: usize| match cells[at].as_str() {
        "" => String::new(),
        value => format!("<c r=\"{}\"><v>{value}</v></c>", place(at, number)),
    };
    let parts = [
        format!("<c r=\"{}\" s=\"1\"><v>{day}</v></c>", place(0, number)),
        number_cell(1),
        text(2, number, &cells[2]),
        number_cell(3),
        number_cell(4),
        number_cell(5),
        number_cell(6),
    ];
    format!("<row r=\"{number}\">{}</row>", parts.concat())
}
