//! The last gate: a stream on whose other side a person reads.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::text::{shown_json, shown_lines};

/// What goes through a [`Door`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines of text; `\r\n` ends a line as `\n` does.
    Lines,
    /// JSON.
    Json,
}

/// A stream that escapes what a terminal would obey. Text is held back until its line ends, or until [`Write::flush`].
#[derive(Debug)]
pub struct Door<W: Write> {
    inner: W,
    form: Form,
    held: Vec<u8>,
}

/// A line longer than this leaves in parts.
const HELD: usize = 1 << 16;

impl<W: Write> Door<W> {
    /// A door before a stream.
    pub fn new(inner: W, form: Form) -> Self {
        Self { inner, form, held: Vec::new() }
    }

    /// Writes the first `length` of the bytes held.
    fn pass(&mut self, length: usize) -> io::Result<()> {
        if length == 0 {
            return Ok(());
        }
        let mut out = String::with_capacity(length + 16);
        for chunk in self.held[..length].utf8_chunks() {
            match self.form {
                Form::Lines => out.push_str(&shown_lines(&chunk.valid().replace("\r\n", "\n"))),
                Form::Json => out.push_str(&shown_json(chunk.valid())),
            }
            for byte in chunk.invalid() {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        self.held.drain(..length);
        self.inner.write_all(out.as_bytes())
    }
}

impl<W: Write> Write for Door<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        let mut whole = self.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if self.held.len() - whole > HELD {
            // Not within a character.
            let last = self.held.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0);
            whole = whole.max(last);
        }
        self.pass(whole)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.held.len())?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn passed(form: Form, pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut door = Door::new(&mut out, form);
        for piece in pieces {
            door.write_all(piece).unwrap();
        }
        door.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn pieces_are_put_together_before_they_are_looked_at() {
        let family = "👩\u{200d}👧 ä\n".as_bytes();
        for cut in 0..family.len() {
            assert_eq!(passed(Form::Lines, &[&family[..cut], &family[cut..]]), "👩\u{200d}👧 ä\n");
        }
        assert_eq!(passed(Form::Lines, &[b"a\r", b"\nb\rc\x1b[2J\xff\x9b"]), "a\nb\\rc\\x1b[2J\\xff\\x9b");
        assert_eq!(
            passed(Form::Json, &["{\"a\u{9b}\":\"\u{202e}\u{e0061}\"}".as_bytes()]),
            r#"{"a\u009b":"\u202e\udb40\udc61"}"#
        );
        let long = "ä".repeat(HELD);
        assert_eq!(passed(Form::Lines, &[long.as_bytes(), b"\x07"]), long + "\\x07");
    }
}
