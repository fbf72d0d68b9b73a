//! Rows on their way to be joined, some thousands at a time: one text, and where each cell and each row ends in it.

/// Rows of cells of text.
#[derive(Debug, Default)]
pub(super) struct Batch {
    text: String,
    cells: Vec<usize>,
    rows: Vec<usize>,
}

impl Batch {
    /// Adds a row.
    pub(super) fn push(&mut self, row: &[&str]) {
        for cell in row {
            self.text.push_str(cell);
            self.cells.push(self.text.len());
        }
        self.rows.push(self.cells.len());
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Hands the cells of each row to `each`, in the order in which they were added.
    pub(super) fn for_each(&self, mut each: impl FnMut(&[&str])) {
        let (mut cells, mut first, mut start) = (Vec::new(), 0, 0);
        for &end in &self.rows {
            cells.clear();
            for &cell_end in &self.cells[first..end] {
                cells.push(&self.text[start..cell_end]);
                start = cell_end;
            }
            first = end;
            each(&cells);
        }
    }
}

/// Adds a cell to a line of CSV, in quotes where it needs them.
pub(super) fn write_cell(line: &mut String, cell: &str) {
    let is_plain = |byte: u8| !matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if cell.bytes().all(is_plain) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    for (at, part) in cell.split('"').enumerate() {
        if at > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_added() {
        let rows: [&[&str]; 4] = [&["a", "", "bc"], &[], &["é"], &["", ""]];
        let mut batch = Batch::default();
        for row in rows {
            batch.push(row);
        }
        let mut seen: Vec<Vec<String>> = Vec::new();
        batch.for_each(|row| seen.push(row.iter().map(|&cell| cell.to_owned()).collect()));
        assert_eq!(batch.len(), rows.len());
        assert_eq!(seen, rows);
    }

    #[test]
    fn cells_with_separators_quotes_or_line_ends_are_quoted() {
        let mut line = String::new();
        for cell in ["plain", " a,b", "say \"so\"", "two\nlines", ""] {
            write_cell(&mut line, cell);
            line.push(';');
        }
        assert_eq!(line, "plain;\" a,b\";\"say \"\"so\"\"\";\"two\nlines\";;");
    }
}
