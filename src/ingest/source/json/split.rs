//! The objects of a JSON text, one by one: of JSON Lines or of an array.

use std::io::{BufRead, Error as IoError};

/// An object longer than this is no row of a table.
const LONGEST: usize = 64 << 20;

/// Why no further object can be told.
#[derive(Debug)]
pub(super) enum Broken {
    Read(IoError),
    /// In a line of the text.
    Text(u64, String),
}

impl Broken {
    pub(super) fn told(self, wrong: &impl Fn(u64, String) -> IoError) -> IoError {
        match self {
            Self::Read(error) => error,
            Self::Text(line, what) => wrong(line, what),
        }
    }
}

/// Reads a text object by object.
pub(super) struct Objects<R> {
    text: R,
    object: Vec<u8>,
    /// Line breaks so far.
    lines: u64,
    /// Whether an array has begun and not ended.
    in_array: bool,
}

impl<R: BufRead> Objects<R> {
    pub(super) fn new(text: R) -> Self {
        Self { text, object: Vec::new(), lines: 0, in_array: false }
    }

    /// The next object's text and the line it begins in, from 1; `None` at the end.
    ///
    /// # Errors
    /// [`Broken`] for a text that is cut off, or holds what is no object.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, Broken> {
        if !self.between()? {
            return Ok(None);
        }
        let line = self.lines + 1;
        self.object.clear();
        self.take_object(line)?;
        Ok(Some((line, &self.object)))
    }

    /// Goes to the start of the next object; whether there is one.
    fn between(&mut self) -> Result<bool, Broken> {
        loop {
            let buffer = self.text.fill_buf().map_err(Broken::Read)?;
            if buffer.is_empty() {
                if self.in_array {
                    return Err(Broken::Text(self.lines + 1, "ends within its list: it is cut off".to_owned()));
                }
                return Ok(false);
            }
            let mut used = 0;
            let mut found = None;
            for &byte in buffer {
                match byte {
                    b'{' => {
                        found = Some(Ok(true));
                        break;
                    }
                    b'\n' => self.lines += 1,
                    b',' if self.in_array => {}
                    b'[' if !self.in_array => self.in_array = true,
                    b']' if self.in_array => self.in_array = false,
                    byte if byte.is_ascii_whitespace() || byte == 0x1e => {}
                    _ => {
                        found = Some(Err(()));
                        break;
                    }
                }
                used += 1;
            }
            if found == Some(Err(())) {
                let rest = String::from_utf8_lossy(&buffer[used..buffer.len().min(used + 40)]).into_owned();
                let what = format!("holds {rest:?} where a JSON object should begin; mend or remove it");
                return Err(Broken::Text(self.lines + 1, what));
            }
            self.text.consume(used);
            if found.is_some() {
                return Ok(true);
            }
        }
    }

    fn take_object(&mut self, line: u64) -> Result<(), Broken> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        loop {
            let buffer = self.text.fill_buf().map_err(Broken::Read)?;
            if buffer.is_empty() {
                let what =
                    "an object that begins here does not end: the file is cut off or has a stray quote".to_owned();
                return Err(Broken::Text(line, what));
            }
            let mut ended = false;
            let mut used = 0;
            for &byte in buffer {
                used += 1;
                match byte {
                    b'\n' => {
                        self.lines += 1;
                        if quoted {
                            // JSON has no line break in a text: the quote before it is a stray one.
                            return Err(Broken::Text(self.lines, "has a text that does not end".to_owned()));
                        }
                    }
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    b'{' | b'[' if !quoted => depth += 1,
                    b'}' | b']' if !quoted => {
                        depth -= 1;
                        if depth == 0 {
                            ended = true;
                            break;
                        }
                    }
                    _ => {}
                }
            }
            self.object.extend_from_slice(&buffer[..used]);
            self.text.consume(used);
            if ended {
                return Ok(());
            }
            if self.object.len() > LONGEST {
                let what =
                    format!("holds an object of more than {} MiB; this is no log with an object a row", LONGEST >> 20);
                return Err(Broken::Text(line, what));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    fn objects(text: &str) -> Result<Vec<(u64, String)>, (u64, String)> {
        // A small buffer, so that objects are cut anywhere.
        let mut objects = Objects::new(std::io::BufReader::with_capacity(3, text.as_bytes()));
        let mut found = Vec::new();
        loop {
            match objects.next() {
                Ok(Some((line, text))) => found.push((line, String::from_utf8(text.to_vec()).unwrap())),
                Ok(None) => return Ok(found),
                Err(Broken::Text(line, what)) => return Err((line, what)),
                Err(Broken::Read(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn lines_and_lists_hold_objects() {
        let wanted = vec![(1, r#"{"a":"}\\\"{"}"#.to_owned()), (2, r#"{"b":[{"c":1}]}"#.to_owned())];
        let [a, b] = [&wanted[0].1, &wanted[1].1];
        assert_eq!(objects(&format!("{a}\n{b}\n")), Ok(wanted.clone()));
        assert_eq!(objects(&format!("{a}\n{b}")), Ok(wanted.clone()), "without a last line break");
        assert_eq!(objects(&format!("[{a},\n{b}]\n")), Ok(wanted));
        assert_eq!(objects("  \n"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_cut_off_or_no_object_is_told_with_its_line() {
        assert_eq!(objects("{\"a\":1}\n{\"b\":").unwrap_err().0, 2);
        assert_eq!(objects("[{\"a\":1},\n").unwrap_err().0, 2, "the list does not end");
        let (line, what) = objects("{\"a\":1}\n\nfoo\n").unwrap_err();
        assert_eq!(line, 3);
        assert!(what.contains("\"foo"), "{what}");
        assert_eq!(objects("{\"a\":\"x\n\"}").unwrap_err().0, 1, "no text goes over a line's end");
    }
}
