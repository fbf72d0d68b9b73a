//! Where the fields and lines of a text end.

/// Where either of two bytes stands, in ascending order. Eight bytes are compared at once: fields are too short for
/// `memchr` to pay its way.
pub(super) struct Delimiters<'a> {
    bytes: &'a [u8],
    either: [u64; 2],
    /// Where the 64 bytes of `found` start.
    base: usize,
    /// A bit for each of them that is a mark and was not yet given.
    found: u64,
}

impl<'a> Delimiters<'a> {
    pub(super) fn new(bytes: &'a [u8], one: u8, other: u8) -> Self {
        let either = [one, other].map(|byte| u64::from_le_bytes([byte; 8]));
        let mut delimiters = Self { bytes, either, base: 0, found: 0 };
        delimiters.compare_next();
        delimiters
    }

    /// Compares the 64 bytes at `base`.
    fn compare_next(&mut self) {
        let rest = &self.bytes[self.base.min(self.bytes.len())..];
        self.found = if let Some(block) = rest.first_chunk::<64>() {
            self.compare(block)
        } else {
            let mut block = [0; 64];
            block[..rest.len()].copy_from_slice(rest);
            self.compare(&block) & ((1 << rest.len()) - 1)
        };
    }

    fn compare(&self, block: &[u8; 64]) -> u64 {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let mut found = 0;
        for (at, word) in block.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            // The top bit of a byte stays clear exactly where the byte is zero, where the two agree.
            let [differs, differs_too] = self.either.map(|byte| {
                let difference = word ^ byte;
                ((difference & LOW) + LOW) | difference
            });
            let tops = !(differs & differs_too) & !LOW;
            // Gathers the eight top bits into one byte.
            found |= ((tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
        }
        found
    }
}

impl Iterator for Delimiters<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            self.base += 64;
            if self.base >= self.bytes.len() {
                return None;
            }
            self.compare_next();
        }
        let at = self.base + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(at)
    }
}
