//! A text file as blocks of whole records, read and decompressed ahead on a thread of its own.
//!
//! Blocks and the chunks inside them are cut at record ends by size alone, so a file always falls into the same pieces.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use memchr::{memchr, memchr2, memrchr};
use xxhash_rust::xxh3::Xxh3Default;

use crate::error::{Error, Result};
use crate::files::open_regular;
use crate::ingest::encoding::{end_in_feeds, ends_in_returns, in_utf8};
use crate::ingest::resume::{Resume, TextRead};
use crate::ingest::source::{Until, read_error, text};
use crate::job::Job;

/// Bytes of text per block.
const BLOCK: usize = 8 << 20;
/// Bytes of text per chunk, the unit of parallel work.
const CHUNK: usize = 512 << 10;
/// A quoted field must end within this many bytes of its record's start; without the bound one stray quote would
/// swallow the rest of the file.
const QUOTED_RECORD: usize = 64 << 10;
/// Bytes of a text, at least, that tell how it is written.
pub(super) const HEAD: usize = QUOTED_RECORD;
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// A line longer than this is not a table's.
const LONGEST_LINE: usize = 64 << 20;

/// Whole records of a file.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// Where each chunk ends; the last one is the block's length.
    pub(super) cuts: Vec<usize>,
}

/// Reads `path` block by block, from where it goes on if it was read before, and hands each block to `each`; counts the
/// file's own bytes on `job`. Returns what its text is now; its lines are for the caller to count.
pub(super) fn for_each_block(
    path: &Path,
    separator: u8,
    resume: Option<&Resume>,
    job: &Job,
    mut each: impl FnMut(&Block) -> Result<()>,
) -> Result<TextRead> {
    let (mut hash, mut before) = (Xxh3Default::new(), TextRead { ends_whole: true, ..TextRead::default() });
    let begins = resume.is_none();
    let text = match resume {
        None => text(path, job, true),
        Some(resume) => {
            (hash, before) = (resume.hash.clone(), resume.before.clone());
            continued(path, resume.offset, job)
        }
    };
    // A file that ends with an error because its job was cancelled could be read.
    let text = text.or_else(|error| job.check().and(Err(error)))?;
    std::thread::scope(|scope| {
        let (sender, blocks) = sync_channel(1);
        let (used, spare) = channel();
        let reader = scope.spawn(move || read_blocks(path, text, begins, separator, (hash, before), &sender, &spare));
        let mut outcome = Ok(());
        for block in &blocks {
            outcome = job.check().and_then(|()| each(&block));
            if outcome.is_err() {
                break;
            }
            // The reader fills the same memory again, or has ended.
            let _ = used.send(block.bytes);
        }
        // The reader stops when nobody takes its blocks.
        drop(blocks);
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // A reader that was told to stop says so as a failed reading.
        outcome.and_then(|()| job.check()).and(read)
    })
}

/// The text of a plain file from somewhere in it on.
fn continued(path: &Path, offset: u64, job: &Job) -> Result<Box<dyn Read + Send>> {
    let mut file = open_regular(path)?;
    file.seek(SeekFrom::Start(offset)).map_err(Error::io(path))?;
    job.advance(offset);
    in_utf8(path, Until { file, job: job.clone(), counted: true })
}

/// The first bytes of a file's text, with its whole first line; without the byte order mark.
pub(super) fn head(path: &Path) -> Result<Vec<u8>> {
    head_of(path, HEAD)
}

/// As [`head`], of at least so many bytes where there are as many.
pub(super) fn head_of(path: &Path, least: usize) -> Result<Vec<u8>> {
    let mut text = text(path, &Job::new(), false)?;
    let mut bytes = Vec::new();
    loop {
        let read = (&mut text).take(least as u64).read_to_end(&mut bytes).map_err(read_error(path))?;
        let whole = read < least || memchr(b'\n', &bytes[bytes.len() - read..]).is_some();
        if whole || bytes.len() > LONGEST_LINE {
            break;
        }
    }
    Ok(bytes.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec).unwrap_or(bytes))
}

/// Whole lines of a plain file from somewhere in it on: at most so many bytes, without the line that begins before them
/// and the one that they cut.
pub(super) fn part_of(path: &Path, start: u64, bytes: usize) -> Result<Vec<u8>> {
    let mut file = open_regular(path)?;
    file.seek(SeekFrom::Start(start)).map_err(Error::io(path))?;
    let mut part = Vec::new();
    file.take(bytes as u64).read_to_end(&mut part).map_err(Error::io(path))?;
    if ends_in_returns(&part) {
        end_in_feeds(&mut part);
    }
    let begin = memchr(b'\n', &part).map_or(part.len(), |at| at + 1);
    let end = memrchr(b'\n', &part).map_or(part.len(), |at| at + 1);
    Ok(part.get(begin..end.max(begin)).unwrap_or_default().to_vec())
}

fn read_blocks(
    path: &Path,
    mut text: impl Read,
    begins: bool,
    separator: u8,
    (mut hash, mut whole): (Xxh3Default, TextRead),
    blocks: &SyncSender<Block>,
    spare: &Receiver<Vec<u8>>,
) -> Result<TextRead> {
    let mut head = Vec::new();
    if begins {
        (&mut text).take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head).map_err(read_error(path))?;
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
    }
    let mut text = Cursor::new(head).chain(text);
    let mut rest = Vec::new();
    loop {
        let mut bytes = spare.try_recv().unwrap_or_default();
        bytes.clear();
        bytes.append(&mut rest);
        let wanted = bytes.len().max(BLOCK) - bytes.len();
        // A record that outgrows a block is read on in steps of a block.
        let wanted = if wanted == 0 { BLOCK } else { wanted };
        bytes.reserve_exact(wanted);
        let read = (&mut text).take(wanted as u64).read_to_end(&mut bytes).map_err(read_error(path))?;
        let at_end = read < wanted;
        let cuts = cut(&bytes, separator, at_end);
        let end = cuts.last().copied().unwrap_or(0);
        rest = bytes[end..].to_vec();
        if rest.len() > LONGEST_LINE {
            let what =
                format!("a line is longer than {} MiB; this is not a table with one row a line", LONGEST_LINE >> 20);
            return Err(Error::Input { path: path.to_path_buf(), line: None, what });
        }
        bytes.truncate(end);
        if at_end && end > 0 {
            whole.ends_whole = cut(&bytes, separator, false).last() == Some(&end);
        }
        hash.update(&bytes);
        whole.bytes += end as u64;
        let stopped = end > 0 && blocks.send(Block { bytes, cuts }).is_err();
        if at_end || stopped {
            whole.xxh3 = format!("{:016x}", hash.digest());
            return Ok(whole);
        }
    }
}

/// Ends of whole records of a text that ends with one, some chunks' lengths apart.
pub(super) fn record_ends(bytes: &[u8], separator: u8) -> Vec<usize> {
    cut(bytes, separator, true)
}

/// Record ends at least a chunk apart, the last one as far on as whole records go.
fn cut(bytes: &[u8], separator: u8, at_end: bool) -> Vec<usize> {
    let whole = if at_end { bytes.len() } else { memrchr(b'\n', bytes).map_or(0, |at| at + 1) };
    let mut cuts = Vec::new();
    let mut start = 0;
    if memchr(b'"', bytes).is_none() {
        while start < whole {
            let end = match bytes.get(start + CHUNK..whole).and_then(|tail| memchr(b'\n', tail)) {
                Some(at) => start + CHUNK + at + 1,
                None => whole,
            };
            cuts.push(end);
            start = end;
        }
        return cuts;
    }
    let mut at = 0;
    while let Some(record) = record_at(bytes, at, separator, at_end) {
        at = record.next;
        if at - start >= CHUNK {
            cuts.push(at);
            start = at;
        }
    }
    if at > start {
        cuts.push(at);
    }
    cuts
}

/// A record's place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordSpan {
    /// Where the next record starts; the line end lies before it.
    pub(super) next: usize,
    /// Whether a quoted field does not end; the record is then its first line alone.
    pub(super) unclosed: bool,
}

/// The record that starts at `start`, by RFC 4180: a quote at the start of a field opens it, and line ends inside do
/// not end the record. `None` when there is no further record, or when its end may lie beyond `bytes` and `at_end` is
/// false.
pub(super) fn record_at(bytes: &[u8], start: usize, separator: u8, at_end: bool) -> Option<RecordSpan> {
    if start >= bytes.len() {
        return None;
    }
    let mut field = start;
    loop {
        let mut from = field;
        if bytes.get(field) == Some(&b'"') {
            from += 1;
            loop {
                let window = bytes.len().min(start + QUOTED_RECORD);
                let Some(quote) = bytes.get(from..window).and_then(|rest| memchr(b'"', rest)).map(|at| from + at)
                else {
                    if window < start + QUOTED_RECORD && !at_end {
                        return None;
                    }
                    let next = memchr(b'\n', &bytes[start..]).map(|at| start + at + 1);
                    let next = next.or(at_end.then_some(bytes.len()))?;
                    return Some(RecordSpan { next, unclosed: true });
                };
                from = quote + 1;
                if bytes.get(from) == Some(&b'"') {
                    from += 1;
                    continue;
                }
                // A field of several lines ends where a field can end; any other quote before it was a stray one.
                let lines = memchr(b'\n', &bytes[field..quote]).is_some() && separator != 0;
                match bytes.get(from) {
                    None if lines && !at_end => return None,
                    Some(&after) if lines && after != separator && !matches!(after, b'\n' | b'\r') => {
                        let next = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |at| start + at + 1);
                        return Some(RecordSpan { next, unclosed: true });
                    }
                    _ => break,
                }
            }
        }
        match memchr2(separator, b'\n', &bytes[from..]).map(|at| from + at) {
            Some(at) if bytes[at] == separator => field = at + 1,
            Some(at) => return Some(RecordSpan { next: at + 1, unclosed: false }),
            None => return at_end.then_some(RecordSpan { next: bytes.len(), unclosed: false }),
        }
    }
}
