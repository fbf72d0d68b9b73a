//! What a zip archive may hold, judged from its directory before one byte of it is unpacked. May import `error` and `job`.

use std::collections::HashSet;
use std::fs::File;

use rawzip::{CompressionMethod, FileReader, ZipArchive, ZipArchiveEntryWayfinder};

use crate::error::Error;
use crate::job::Job;

/// What an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, packed or unpacked.
    pub bytes: u64,
    /// Unpacked bytes to a packed one.
    pub ratio: u64,
    /// The ratio counts only above this many unpacked bytes.
    pub ratio_above: u64,
    /// Entries, folders included.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 20_000_000_000, ratio: 200, ratio_above: 10_000_000, entries: 10_000 }
    }
}

/// Why an archive is not unpacked.
#[derive(Debug)]
pub enum Flaw {
    /// The archive itself is unsafe or damaged.
    Content(String),
    /// Something else failed; the archive may be good.
    Other(Error),
}

impl Flaw {
    /// A flaw of the archive.
    pub fn content(what: impl Into<String>) -> Self {
        Self::Content(what.into())
    }
}

impl From<Error> for Flaw {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<rawzip::Error> for Flaw {
    fn from(error: rawzip::Error) -> Self {
        Self::Content(format!("it is damaged or cut off ({error})"))
    }
}

/// A file of an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its safe name under the target folder, with `/` between folders.
    pub name: String,
    /// Its unpacked bytes, as the archive claims.
    pub bytes: u64,
    /// Its CRC-32, as the archive claims.
    pub crc: u32,
    /// Whether it is compressed.
    pub deflated: bool,
    /// Where it lies.
    pub at: ZipArchiveEntryWayfinder,
}

/// Opens an archive.
///
/// # Errors
/// [`Flaw::Content`] for what is no archive.
pub fn open(file: File) -> Result<ZipArchive<FileReader>, Flaw> {
    Ok(ZipArchive::from_file(file, &mut vec![0; rawzip::RECOMMENDED_BUFFER_SIZE])?)
}

/// The files of an archive of `packed` bytes, if every entry may be unpacked: names that stay under the target, each
/// once; files and folders only; stored or deflated, not encrypted; within the limits; no two sharing packed bytes.
///
/// # Errors
/// [`Flaw::Content`] with the entry and what is wrong with it.
pub fn judge(archive: &ZipArchive<FileReader>, packed: u64, limits: &Limits, job: &Job) -> Result<Vec<Entry>, Flaw> {
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut directory = archive.entries(&mut buffer);
    let mut names = Names::default();
    let mut found = Vec::new();
    let mut ranges = Vec::new();
    let (mut count, mut total) = (0, 0_u64);
    while let Some(entry) = directory.next_entry()? {
        job.check()?;
        count += 1;
        if count > limits.entries {
            return Err(Flaw::content(format!("it holds more than {} entries", limits.entries)));
        }
        let raw = entry.file_path();
        let name = safe_name(raw.as_bytes())
            .map_err(|what| Flaw::content(format!("its entry {:?} {what}", String::from_utf8_lossy(raw.as_bytes()))))?;
        let flaw = |what: &str| Flaw::content(format!("its entry {name:?} {what}"));
        let bytes = entry.uncompressed_size_hint();
        let is_folder = entry.is_dir() || entry.mode().value() & FILE_TYPE == FOLDER;
        if entry.mode().is_symlink() {
            return Err(flaw("is a symbolic link"));
        }
        // Many writers tell permissions without a kind.
        if !is_folder && !matches!(entry.mode().value() & FILE_TYPE, REGULAR | 0) {
            return Err(flaw("is neither file nor folder"));
        }
        if is_folder && bytes > 0 {
            return Err(flaw("is a folder with content"));
        }
        if entry.flags().is_encrypted() {
            return Err(flaw("is encrypted"));
        }
        names.add(&name, is_folder).map_err(flaw)?;
        if is_folder {
            continue;
        }
        let deflated = match entry.compression_method() {
            CompressionMethod::STORE => false,
            CompressionMethod::DEFLATE => true,
            method => {
                return Err(flaw(&format!("is compressed by a method ({}) that is not known here", method.as_u16())));
            }
        };
        let at = entry.wayfinder();
        if exceeds(bytes, at.compressed_size_hint(), limits) {
            return Err(flaw(&format!("would unpack to more than {} times its size", limits.ratio)));
        }
        total = total.saturating_add(bytes);
        ranges.push(archive.get_entry(at)?.compressed_data_range());
        found.push(Entry { name, bytes, crc: entry.crc32(), deflated, at });
    }
    if count != archive.entries_hint() {
        return Err(Flaw::content(format!("its directory lists {count} entries of {}", archive.entries_hint())));
    }
    if total > limits.bytes {
        return Err(Flaw::content(format!("it would unpack to {total} bytes; the limit is {}", limits.bytes)));
    }
    ranges.sort_unstable();
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) || exceeds(total, packed, limits) {
        return Err(Flaw::content("its entries share their bytes, as a bomb's do"));
    }
    if found.is_empty() {
        return Err(Flaw::content("it holds no file"));
    }
    Ok(found)
}

/// The bits of a mode that tell the kind of a file, and two of their values.
const FILE_TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

fn exceeds(bytes: u64, packed: u64, limits: &Limits) -> bool {
    bytes > limits.ratio_above && bytes > packed.saturating_mul(limits.ratio)
}

/// The names of an archive so far, by their lower-case form: two that differ in case only are one file on some disks.
#[derive(Debug, Default)]
struct Names {
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl Names {
    fn add(&mut self, name: &str, is_folder: bool) -> Result<(), &'static str> {
        let name = name.to_lowercase();
        for (end, _) in name.match_indices('/') {
            if self.files.contains(&name[..end]) {
                return Err("lies in a file");
            }
            self.folders.insert(name[..end].to_owned());
        }
        let is_new = if is_folder {
            self.folders.insert(name.clone());
            !self.files.contains(&name)
        } else {
            !self.folders.contains(&name) && self.files.insert(name)
        };
        if is_new { Ok(()) } else { Err("is there twice") }
    }
}

/// A name without `.` and double slashes, or what makes it unsafe.
pub fn safe_name(raw: &[u8]) -> Result<String, &'static str> {
    let name = std::str::from_utf8(raw).map_err(|_| "has a name that is not UTF-8")?;
    if name.chars().any(char::is_control) {
        return Err("has a control character in its name");
    }
    if name.contains('\\') {
        return Err("has a backslash in its name");
    }
    let mut letters = name.chars();
    let drive = letters.next().is_some_and(|letter| letter.is_ascii_alphabetic()) && letters.next() == Some(':');
    if name.starts_with('/') || drive {
        return Err("has an absolute path");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err("leads out of the folder");
    }
    if parts.is_empty() { Err("has no name") } else { Ok(parts.join("/")) }
}
