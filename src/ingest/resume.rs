//! How far a text was read, and where it goes on.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

/// The text of a file, decompressed and without byte order mark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRead {
    /// Its bytes.
    pub bytes: u64,
    /// Its lines.
    pub lines: u64,
    /// XXH3-64 of it, 16 hexadecimal digits.
    pub xxh3: String,
    /// Whether it ends behind a whole record, so that whatever is added begins another.
    pub ends_whole: bool,
}

/// Where a grown file goes on.
#[derive(Clone)]
pub(super) struct Resume {
    /// Position in the file.
    pub(super) offset: u64,
    /// The text before it, and its checksum as far as it goes.
    pub(super) before: TextRead,
    pub(super) hash: Xxh3Default,
}
