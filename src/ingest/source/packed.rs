//! What is compressed, unpacked as it is read.

use std::io::{Cursor, Error, ErrorKind, Read, Result};

/// Layers that are unpacked: a member of an archive may be compressed by itself.
const LAYERS: usize = 3;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Compression {
    /// Told by the first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// The format's name.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
        }
    }

    /// What names say of it: the ending, and the format's name.
    pub(super) fn named(extension: &str) -> Option<(Self, &'static str)> {
        Some(match extension {
            "gz" => (Self::Gzip, "gzip"),
            "zst" => (Self::Zstd, "zstd"),
            "bz2" => (Self::Bzip2, "bzip2"),
            "xz" => (Self::Xz, "xz"),
            _ => return None,
        })
    }
}

/// The bytes that a stream holds, unpacked where it is compressed.
pub(super) fn unpacked(mut stream: Box<dyn Read + Send>) -> Result<Box<dyn Read + Send>> {
    for _ in 0..LAYERS {
        let mut head = Vec::new();
        (&mut stream).take(6).read_to_end(&mut head)?;
        let compression = Compression::of(&head);
        let whole = Cursor::new(head).chain(stream);
        let Some(compression) = compression else { return Ok(Box::new(whole)) };
        let bytes: Box<dyn Read + Send> = match compression {
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(whole)),
            Compression::Zstd => Box::new(zstd::Decoder::new(whole)?),
            Compression::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(whole)),
            Compression::Xz => Box::new(lzma_rust2::XzReader::new(whole, true)),
        };
        stream = Box::new(Unpacked { bytes, compression });
    }
    Ok(stream)
}

/// What comes out of a stream; an error of the packed bytes says what they are.
struct Unpacked<R> {
    bytes: R,
    compression: Compression,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        self.bytes.read(into).map_err(|error| {
            let is_of_data = match error.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => true,
                // Zstandard's errors are of no kind.
                ErrorKind::Other => self.compression == Compression::Zstd,
                _ => false,
            };
            if !is_of_data {
                return error;
            }
            let name = self.compression.name();
            Error::new(error.kind(), format!("is damaged or cut off as {name} ({error}); fetch or pack it again"))
        })
    }
}
