//! Zip archives, good and bad, byte by byte (PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16).

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An entry with everything that can be wrong about it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: Vec<u8>,
    pub content: Vec<u8>,
    pub mode: u32,
    pub flags: u16,
    pub method: u16,
    pub claimed_bytes: Option<u32>,
    pub crc: Option<u32>,
}

pub fn file(name: &str, content: impl Into<Vec<u8>>) -> Entry {
    Entry {
        name: name.into(),
        content: content.into(),
        mode: 0o100_644,
        flags: 0,
        method: 8,
        claimed_bytes: None,
        crc: None,
    }
}

/// The archive of some entries.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.method == 8 { deflated(&entry.content) } else { entry.content.clone() };
        let offset = out.len() as u32;
        let mut common = Vec::new();
        for number in [20, entry.flags, entry.method, 0, 0x21] {
            common.extend(u16::to_le_bytes(number));
        }
        let crc = entry.crc.unwrap_or_else(|| crc32fast::hash(&entry.content));
        for number in [crc, packed.len() as u32, entry.claimed_bytes.unwrap_or(entry.content.len() as u32)] {
            common.extend(u32::to_le_bytes(number));
        }
        common.extend(u16::to_le_bytes(entry.name.len() as u16));
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(&entry.name);
        out.extend(&packed);
        // Made by Unix, so that the mode counts.
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend(u32::to_le_bytes(entry.mode << 16));
        directory.extend(u32::to_le_bytes(offset));
        directory.extend(&entry.name);
    }
    let (at, count) = (out.len() as u32, entries.len() as u16);
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(u16::to_le_bytes(count));
    out.extend(u16::to_le_bytes(count));
    out.extend(u32::to_le_bytes(directory.len() as u32));
    out.extend(u32::to_le_bytes(at));
    out.extend([0, 0]);
    out
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The archive of a small shop: two files, one of them in a folder, some 80 KB that do not compress well.
pub fn shop() -> Vec<u8> {
    zip(&[file("events.csv", events()), file("more/tree.csv", "categoryid,parentid\n1,\n2,1\n")])
}

/// Its events: the same noise each time.
pub fn events() -> Vec<u8> {
    let mut state = 7_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..80_000).map(|_| noise()).collect()
}
