//! The cells of a chart while it is drawn.

use unicode_width::UnicodeWidthChar;

use crate::plot::{Canvas, Ink, Plot};

/// Cells by row and column; the second column of a wide letter holds nothing.
pub(super) struct Grid {
    cells: Vec<Vec<Option<(char, Ink)>>>,
    canvas: Canvas,
}

const BLANK: (char, Ink) = (' ', Ink::Blank);

impl Grid {
    pub fn new(canvas: &Canvas) -> Self {
        Self { cells: vec![vec![Some(BLANK); canvas.width]; canvas.height], canvas: *canvas }
    }

    pub fn width(&self) -> usize {
        self.canvas.width
    }

    pub fn height(&self) -> usize {
        self.canvas.height
    }

    pub fn ascii(&self) -> bool {
        self.canvas.ascii
    }

    /// Puts a letter; what lies outside, and half of a wide letter, is left out.
    pub fn put(&mut self, column: usize, row: usize, letter: char, ink: Ink) {
        let wide = wide(letter);
        let Some(cells) = self.cells.get_mut(row) else { return };
        if wide == 0 || column + wide > cells.len() {
            return;
        }
        for at in column..column + wide {
            // Half a wide letter cannot stay.
            if cells[at].is_none() && at > 0 {
                cells[at - 1] = Some(BLANK);
            }
            if at + 1 < cells.len() && cells[at + 1].is_none() {
                cells[at + 1] = Some(BLANK);
            }
            cells[at] = None;
        }
        cells[column] = Some((letter, ink));
    }

    /// Whether nothing is drawn there.
    pub fn is_blank(&self, column: usize, row: usize) -> bool {
        self.cells.get(row).and_then(|cells| cells.get(column)) == Some(&Some(BLANK))
    }

    /// Writes text from a column on; the column behind it.
    pub fn write(&mut self, column: usize, row: usize, text: &str, ink: Ink) -> usize {
        let mut at = column;
        for letter in text.chars().map(safe) {
            self.put(at, row, letter, ink);
            at += wide(letter);
        }
        at
    }

    /// Text cut to columns, with a mark where something is missing.
    pub fn fit(&self, text: &str, columns: usize) -> String {
        let text: String = text.chars().map(safe).collect();
        if width(&text) <= columns {
            return text;
        }
        let cut = if self.canvas.ascii { '~' } else { '…' };
        let room = columns.saturating_sub(1);
        let mut used = 0;
        let mut fitted: String = text
            .chars()
            .take_while(|letter| {
                used += wide(*letter);
                used <= room
            })
            .collect();
        if columns > 0 {
            fitted.push(cut);
        }
        fitted
    }

    pub fn plot(self) -> Plot {
        Plot { rows: self.cells.into_iter().map(|row| row.into_iter().flatten().collect()).collect() }
    }
}

/// A chart that is only words.
pub(super) fn words(text: &str, canvas: &Canvas) -> Plot {
    let mut grid = Grid::new(canvas);
    let fitted = grid.fit(text, canvas.width);
    grid.write(0, 0, &fitted, Ink::Words);
    grid.plot()
}

/// Columns of a letter; those that have none of their own are not drawn.
fn wide(letter: char) -> usize {
    letter.width().unwrap_or(0)
}

/// Columns of a text, letter by letter as it is put.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|letter| wide(safe(letter))).sum()
}

/// What a terminal would obey shows as `�`: control characters and marks that reverse or hide the text after them.
fn safe(letter: char) -> char {
    let obeyed = letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if obeyed { '\u{fffd}' } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_letter_is_never_left_by_half() {
        let mut grid = Grid::new(&Canvas { width: 4, height: 1, ascii: false });
        grid.write(0, 0, "日本", Ink::Words);
        grid.put(1, 0, 'x', Ink::Axis);
        grid.put(3, 0, '語', Ink::Words);
        assert_eq!(grid.plot().rows[0], [BLANK, ('x', Ink::Axis), ('本', Ink::Words)]);
    }

    #[test]
    fn text_is_cut_to_its_columns_and_obeys_nobody() {
        let grid = Grid::new(&Canvas { width: 9, height: 1, ascii: false });
        assert_eq!(grid.fit("日本語", 5), "日本…");
        assert_eq!(grid.fit("日本語", 4), "日…");
        assert_eq!(grid.fit("a\u{1b}[2J", 5), "a\u{fffd}[2J");
        assert_eq!(grid.fit("abc", 0), "");
    }
}
