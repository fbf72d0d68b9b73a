//! Rows that the reader has marked: a set of row numbers of one table, whatever its view.

use std::sync::Arc;

/// Marked rows, one bit per row of the table. Cheap to clone; clones share their bits until one changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    bits: Arc<Vec<u64>>,
    count: usize,
}

impl Marks {
    /// How many rows are marked.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether a row is marked.
    pub fn contains(&self, row: u32) -> bool {
        self.bits.get(row as usize / 64).is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }

    /// Marks a row or takes its mark away.
    pub fn toggle(&mut self, row: u32) {
        self.flip([row]);
    }

    /// Marks rows.
    pub fn mark(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.each(rows, |bits, bit| bits | bit);
    }

    /// Takes the marks of rows away.
    pub fn unmark(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.each(rows, |bits, bit| bits & !bit);
    }

    /// Marks those of the rows that are not marked, and takes the marks of the others away. No row may be named twice.
    pub fn flip(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.each(rows, |bits, bit| bits ^ bit);
    }

    /// The marked rows, ascending.
    pub fn rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.count);
        for (at, &bits) in self.bits.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                rows.push(at as u32 * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
        rows
    }

    fn each(&mut self, rows: impl IntoIterator<Item = u32>, change: impl Fn(u64, u64) -> u64) {
        let bits = Arc::make_mut(&mut self.bits);
        for row in rows {
            let word = row as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            bits[word] = change(bits[word], 1 << (row % 64));
        }
        self.count = bits.iter().map(|bits| bits.count_ones() as usize).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_a_set_of_rows() {
        let mut marks = Marks::default();
        marks.mark([3, 200, 64]);
        marks.toggle(3);
        marks.toggle(0);
        assert_eq!(marks.rows(), [0, 64, 200]);
        marks.flip([0, 1, 2]);
        assert_eq!((marks.rows(), marks.len()), (vec![1, 2, 64, 200], 4));
        marks.unmark([1, 64, 999]);
        assert_eq!(marks.rows(), [2, 200]);
        assert!(marks.contains(200) && !marks.contains(201) && !marks.contains(100_000));
        marks.unmark([2, 200]);
        assert!(marks.is_empty());
    }
}
