//! Checksums of a file's blocks: what is read of a large table is checked as it is read, whatever else lies in the file.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

/// Bytes of a block. A column of a row group takes one to four.
pub(super) const BLOCK: usize = 256 * 1024;

/// Hexadecimal digits of a checksum.
const DIGITS: usize = 16;

/// XXH3-64 of each block of a file, in their order; the last block may be shorter. In JSON one text, 16 hexadecimal digits
/// a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockSums(Vec<u64>);

impl BlockSums {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they are as many as a file of so many bytes has blocks.
    pub(super) fn fit(&self, bytes: u64) -> bool {
        self.0.len() as u64 == bytes.div_ceil(BLOCK as u64)
    }

    /// Whether a block has these contents.
    pub(super) fn match_block(&self, block: usize, contents: &[u8]) -> bool {
        self.0.get(block).is_some_and(|known| *known == xxh3_64(contents))
    }
}

impl Serialize for BlockSums {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = self.0.iter().map(|sum| format!("{sum:016x}")).collect();
        serializer.serialize_str(&texts.concat())
    }
}

impl<'de> Deserialize<'de> for BlockSums {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || de::Error::custom("checksums of blocks are 16 hexadecimal digits each");
        if !text.len().is_multiple_of(DIGITS) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let sum = |at: usize| u64::from_str_radix(&text[at..at + DIGITS], 16).map_err(|_| wrong());
        (0..text.len()).step_by(DIGITS).map(sum).collect::<Result<_, _>>().map(Self)
    }
}

/// Checksums of what passes by, block by block.
#[derive(Default)]
pub(super) struct BlockHasher {
    sums: Vec<u64>,
    open: Xxh3Default,
    /// Bytes of the block under way.
    filled: usize,
}

impl BlockHasher {
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
            self.open.update(now);
            self.filled += now.len();
            if self.filled == BLOCK {
                self.close();
            }
            bytes = later;
        }
    }

    fn close(&mut self) {
        self.sums.push(self.open.digest());
        self.open.reset();
        self.filled = 0;
    }

    /// The checksums of all blocks.
    pub(super) fn finish(mut self) -> BlockSums {
        if self.filled > 0 {
            self.close();
        }
        BlockSums(self.sums)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn blocks_do_not_depend_on_how_the_bytes_came() {
        let bytes: Vec<u8> = (0..BLOCK * 2 + 77).map(|at| (at * 31 % 251) as u8).collect();
        let of = |piece: usize| {
            let mut hasher = BlockHasher::default();
            bytes.chunks(piece).for_each(|piece| hasher.update(piece));
            hasher.finish()
        };
        let sums = of(bytes.len());
        assert_eq!(of(1000), sums);
        assert!(
            sums.fit(bytes.len() as u64) && !sums.fit(BLOCK as u64 * 2) && sums.match_block(2, &bytes[BLOCK * 2..])
        );
        assert!(!sums.match_block(1, &bytes[..BLOCK]) && !sums.match_block(3, &[]));
        assert!(BlockHasher::default().finish().fit(0));
        let text = serde_json::to_string(&sums).unwrap();
        assert_eq!((text.len(), serde_json::from_str::<BlockSums>(&text).unwrap()), (3 * DIGITS + 2, sums));
        assert!(serde_json::from_str::<BlockSums>("\"12\"").is_err());
    }
}
