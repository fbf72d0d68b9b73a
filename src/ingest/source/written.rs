//! Cells written as CSV, one row a line.

use std::io::{Result, Write};

/// Bytes of a cell that are kept: what is longer is no id, time, number or name.
const LONGEST: usize = 4_096;

/// Writes rows.
pub(super) struct RowWriter<'a> {
    out: &'a mut dyn Write,
    line: Vec<u8>,
    cells: usize,
}

impl<'a> RowWriter<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, line: Vec::new(), cells: 0 }
    }

    /// Adds a cell to the row. Line breaks in it become spaces, so that a row stays a line, and what goes beyond
    /// [`LONGEST`] bytes is cut off.
    pub(super) fn cell(&mut self, text: &str) {
        if self.cells > 0 {
            self.line.push(b',');
        }
        self.cells += 1;
        let text = if text.len() > LONGEST { &text[..text.floor_char_boundary(LONGEST)] } else { text };
        if !text.contains(['"', ',', '\n', '\r', ';', '\t', '|', '\u{1}', '^', '~']) {
            self.line.extend_from_slice(text.as_bytes());
            return;
        }
        self.line.push(b'"');
        for byte in text.bytes() {
            match byte {
                b'"' => self.line.extend_from_slice(b"\"\""),
                b'\n' | b'\r' => self.line.push(b' '),
                byte => self.line.push(byte),
            }
        }
        self.line.push(b'"');
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> Result<()> {
        if self.cells == 1 && self.line.is_empty() {
            // A row of one empty cell, told apart from no row.
            self.line.extend_from_slice(b"\"\"");
        }
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.line.clear();
        self.cells = 0;
        Ok(())
    }
}
