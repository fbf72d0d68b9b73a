//! Text in whatever encoding a log was saved, as UTF-8.

use std::io::{Cursor, Read};
use std::path::Path;

use encoding_rs::{Encoding, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memchr;

use crate::error::Result;
use crate::ingest::source::read_error;

/// Bytes that decide the encoding.
const JUDGED: usize = 1 << 20;

/// Signs of Windows-1252 that stand by themselves: of the euro, the pound and the degree, dashes, typographic quotes.
const SIGNS: &[u8] = b"\x80\xa3\xb0\x84\x91\x92\x93\x94\x96\x97";

/// A text as UTF-8. UTF-16 is told by its byte order mark. Windows-1252, of which Latin-1 is a part, is told by bytes that
/// are invalid in UTF-8 and stand beside letters or are signs such as the euro's, where these are more than the valid letters
/// beyond ASCII. Invalid bytes of
/// any other text stay.
pub(super) fn in_utf8(path: &Path, mut text: impl Read + Send + 'static) -> Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    (&mut text).take(JUDGED as u64).read_to_end(&mut head).map_err(read_error(path))?;
    let (encoding, old_lines) = (encoding_of(&head), ends_in_returns(&head));
    let whole = Cursor::new(head).chain(text);
    let text: Box<dyn Read + Send> = match encoding {
        None => Box::new(whole),
        Some(encoding) => Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(whole)),
    };
    Ok(if old_lines { Box::new(Returns(text)) } else { text })
}

/// Whether lines end in carriage returns alone, as old spreadsheets on a Mac save them.
pub(super) fn ends_in_returns(text: &[u8]) -> bool {
    memchr(b'\n', text).is_none() && memchr(b'\r', text).is_some()
}

/// Ends lines with line feeds that end in carriage returns alone.
pub(super) fn end_in_feeds(text: &mut [u8]) {
    text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
}

/// A text whose lines end in carriage returns alone, read as if they ended in line feeds.
struct Returns<T>(T);

impl<T: Read> Read for Returns<T> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(into)?;
        end_in_feeds(&mut into[..read]);
        Ok(read)
    }
}

/// The encoding of a text that begins so; `None` for UTF-8.
fn encoding_of(head: &[u8]) -> Option<&'static Encoding> {
    match Encoding::for_bom(head) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => return Some(encoding),
        Some(_) => return None,
        None => {}
    }
    let (mut rest, mut invalid, mut among_letters, mut valid_letters) = (head, 0, 0, 0);
    while let Err(error) = std::str::from_utf8(rest) {
        // Bytes cut off at the end are no error.
        let Some(wrong) = error.error_len() else { break };
        let at = error.valid_up_to();
        valid_letters += rest[..at].iter().filter(|byte| **byte >= 0xc0).count();
        invalid += 1;
        let beside = [at.checked_sub(1).map(|before| rest[before]), rest.get(at + wrong).copied()];
        let is_sign = wrong == 1 && SIGNS.contains(&rest[at]);
        among_letters += usize::from(is_sign || beside.into_iter().flatten().any(|byte| byte.is_ascii_alphabetic()));
        rest = &rest[at + wrong..];
    }
    valid_letters += rest.iter().filter(|byte| **byte >= 0xc0).count();
    (among_letters > valid_letters && among_letters * 2 > invalid).then_some(WINDOWS_1252)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> Vec<u8> {
        let mut text = Vec::new();
        in_utf8(Path::new("log.csv"), Cursor::new(bytes)).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn text_of_other_encodings_is_read() {
        let text = "id,name\n1,Löffel €\n2,Tête\n";
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let windows: Vec<u8> = text
            .chars()
            .map(|letter| if letter == '€' { 0x80 } else { u8::try_from(letter as u32).unwrap() })
            .collect();
        for bytes in [utf16, big, windows, text.as_bytes().to_vec()] {
            assert_eq!(read(bytes), text.as_bytes());
        }
    }

    #[test]
    fn a_text_whose_only_letters_beyond_ascii_are_signs_is_read() {
        assert_eq!(
            read(b"id;price\n1;12,50 \x80\n2;3,00 \x80\n".to_vec()),
            "id;price\n1;12,50 €\n2;3,00 €\n".as_bytes()
        );
    }

    #[test]
    fn lines_that_end_in_carriage_returns_alone_are_lines() {
        assert_eq!(read(b"id,name\r1,ann\r".to_vec()), b"id,name\n1,ann\n");
        assert_eq!(read(b"id,name\r\n1,\"a\rb\"\r\n".to_vec()), b"id,name\r\n1,\"a\rb\"\r\n");
    }

    #[test]
    fn a_few_broken_bytes_in_utf8_stay_what_they_are() {
        let mut bytes = "1,Löffel\n2,Tête\n3,".as_bytes().to_vec();
        bytes.extend(b"\xff\n");
        assert_eq!(read(bytes.clone()), bytes);
    }
}
