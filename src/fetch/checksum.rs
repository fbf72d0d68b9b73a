//! Checksums of what arrived, and those that the service announced.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crc::{CRC_32_ISCSI, Crc, Table};
use ring::digest::{Context, SHA256};

use crate::error::{Error, Result};
use crate::job::Job;

const CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What the service says of the file: the values of `x-goog-hash`, as in `crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// MD5 in base64.
    pub md5: Option<String>,
    /// CRC-32C, big-endian, in base64.
    pub crc32c: Option<String>,
}

impl Announced {
    /// Reads every value of the header; what is not understood is passed over.
    pub fn read(values: &[String]) -> Self {
        let mut announced = Self::default();
        for item in values.iter().flat_map(|value| value.split(',')) {
            match item.trim().split_once('=') {
                Some(("md5", hash)) if hash.len() == 24 => announced.md5 = Some(hash.to_owned()),
                Some(("crc32c", hash)) if hash.len() == 8 => announced.crc32c = Some(hash.to_owned()),
                _ => {}
            }
        }
        announced
    }

    /// Names of the checksums that were compared.
    ///
    /// # Errors
    /// The name of the first that differs, with both values.
    pub fn compare(&self, digests: &Digests) -> Result<Vec<&'static str>, String> {
        let mut compared = Vec::new();
        for (name, announced, found) in [("md5", &self.md5, &digests.md5), ("crc32c", &self.crc32c, &digests.crc32c)] {
            let Some(announced) = announced else { continue };
            if announced != found {
                return Err(format!("its {name} is {found} and should be {announced}"));
            }
            compared.push(name);
        }
        Ok(compared)
    }
}

/// Checksums of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// MD5 in base64.
    pub md5: String,
    /// CRC-32C, big-endian, in base64.
    pub crc32c: String,
}

/// Reads a file of `bytes` bytes once for all of its checksums.
///
/// # Errors
/// [`Error::Io`], [`Error::Cancelled`].
pub fn digests(path: &Path, bytes: u64, job: &Job) -> Result<Digests> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    job.begin("bytes checked", bytes);
    let (mut sha256, mut md5, mut crc32c) = (Context::new(&SHA256), md5::Context::new(), CRC32C.digest());
    let mut block = vec![0; 1 << 18];
    loop {
        job.check()?;
        let read = file.read(&mut block).map_err(Error::io(path))?;
        if read == 0 {
            break;
        }
        sha256.update(&block[..read]);
        md5.consume(&block[..read]);
        crc32c.update(&block[..read]);
        job.advance(read as u64);
    }
    Ok(Digests {
        sha256: to_hexadecimal(sha256.finish().as_ref()),
        md5: to_base64(&md5.finalize().0),
        crc32c: to_base64(&crc32c.finalize().to_be_bytes()),
    })
}

fn to_hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Base64 with padding (RFC 4648, section 4).
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = (number >> (18 - 6 * place)) & 63;
            text.push(if place <= group.len() { char::from(ALPHABET[digit as usize]) } else { '=' });
        }
    }
    text
}
