//! Text for the clipboard of the analyst's own machine, over any number of SSH hops.
//!
//! The terminal itself is told what to keep, by the sequence OSC 52 with the text in base64 (xterm's control sequences,
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands>). A multiplexer between takes
//! sequences for its own; one in an envelope it hands on as it is:
//!
//! - tmux: `ESC P tmux; … ESC \`, every ESC of the content doubled
//!   (<https://github.com/tmux/tmux/wiki/FAQ#what-is-the-passthrough-escape-sequence-and-how-do-i-use-it>). From tmux 3.3
//!   on this needs `set -g allow-passthrough on`; with `set -g set-clipboard on` it takes the bare sequence itself.
//! - GNU screen: `ESC P … ESC \` (<https://www.gnu.org/software/screen/manual/screen.html#Control-Sequences>, "Device
//!   Control String … Outputs a string directly to the host terminal without interpretation").

use std::env;

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

/// The most base64 in one sequence, bytes. Terminals and multiplexers drop a longer one whole and silently; most hold
/// 100,000 bytes, some of them no more than 75,000.
const MOST_BASE64: usize = 74_000;

/// The most text that fits, bytes: base64 writes three bytes as four.
const MOST: usize = MOST_BASE64 / 4 * 3;

/// Content of one envelope for GNU screen at most, bytes. Its buffer for strings (`MAXSTR`) holds 256 bytes up to 4.0.3,
/// 512 up to 4.2.0 and 768 since, as Chromium's `osc52.sh` has it from screen's history; 76 is the line length of MIME's
/// base64, by which such scripts cut, and far from all of these.
const SCREEN_CHUNK: usize = 76;

/// What stands between the program and the terminal that the analyst sits at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// Nothing, as far as can be told.
    Plain,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Through {
    /// Tells by the environment: `TMUX` set is tmux; without it, `STY` set or a `TERM` that starts with `screen` is GNU
    /// screen.
    pub fn detect() -> Self {
        Self::of(env::var_os("TMUX").is_some(), env::var_os("STY").is_some(), &env::var("TERM").unwrap_or_default())
    }

    fn of(tmux: bool, sty: bool, term: &str) -> Self {
        if tmux {
            Self::Tmux
        } else if sty || term.starts_with("screen") {
            Self::Screen
        } else {
            Self::Plain
        }
    }
}

/// A text that is longer than terminals take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes are too many for the terminal's clipboard, which takes {most}; export them to a file")]
pub struct TooLong {
    /// Length of the text, bytes.
    pub bytes: usize,
    /// The most that can be copied, bytes.
    pub most: usize,
}

/// The bytes that put a text on the clipboard when they are written to the terminal. Where a multiplexer stands between
/// they hold the sequence twice, bare and in its envelope: which of the two it takes is a matter of its settings, and of
/// who set `TERM` on which host.
///
/// # Errors
/// [`TooLong`] for a text of more than 55,500 bytes.
pub fn copy(text: &str, through: Through) -> Result<Vec<u8>, TooLong> {
    if text.len() > MOST {
        return Err(TooLong { bytes: text.len(), most: MOST });
    }
    let mut sequence = String::new();
    // Writing to a string cannot fail.
    let _ = CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence);
    Ok(match through {
        Through::Plain => sequence.into_bytes(),
        Through::Tmux => {
            let envelope = format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"));
            [sequence.into_bytes(), envelope.into_bytes()].concat()
        }
        Through::Screen => [sequence.clone().into_bytes(), in_screen(&sequence)].concat(),
    })
}

/// The sequence in envelopes for GNU screen. It ends in BEL instead of `ESC \`, which would end the envelope instead.
fn in_screen(sequence: &str) -> Vec<u8> {
    let content = format!("{}\x07", sequence.trim_end_matches("\x1b\\"));
    content.as_bytes().chunks(SCREEN_CHUNK).flat_map(|chunk| [b"\x1bP", chunk, b"\x1b\\"].concat()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The text of a plain sequence, as a terminal reads it.
    fn decoded(sequence: &str) -> String {
        let content = sequence.strip_prefix("\x1b]52;c;").unwrap();
        let content = content.strip_suffix('\x07').or_else(|| content.strip_suffix("\x1b\\")).unwrap();
        assert!(content.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)), "{content}");
        String::from_utf8(from_base64(content)).unwrap()
    }

    /// RFC 4648, section 4.
    fn from_base64(text: &str) -> Vec<u8> {
        let alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*b"+/").collect();
        assert_eq!(text.len() % 4, 0);
        let value = |byte: u8| alphabet.iter().position(|&known| known == byte).unwrap() as u32;
        let bits = text.trim_end_matches('=').bytes().map(value);
        let mut bytes = Vec::new();
        let (mut held, mut many) = (0_u32, 0);
        for six in bits {
            held = (held << 6 | six) & 0xfff;
            many += 6;
            if many >= 8 {
                many -= 8;
                bytes.push((held >> many) as u8);
            }
        }
        bytes
    }

    fn copied(text: &str, through: Through) -> String {
        String::from_utf8(copy(text, through).unwrap()).unwrap()
    }

    /// What GNU screen hands on: the contents of the envelopes, each of which must fit.
    fn unwrapped_by_screen(written: &str) -> String {
        let mut content = String::new();
        let mut rest = &written[written.find("\x1bP").unwrap()..];
        while !rest.is_empty() {
            let (chunk, after) = rest.strip_prefix("\x1bP").unwrap().split_once("\x1b\\").unwrap();
            assert!(!chunk.is_empty() && chunk.len() <= 76, "{} bytes", chunk.len());
            content.push_str(chunk);
            rest = after;
        }
        content
    }

    /// What tmux hands on: the content of the one envelope, its doubled ESC made single.
    fn unwrapped_by_tmux(written: &str) -> String {
        let (_, envelope) = written.split_at(written.find("\x1bP").unwrap());
        let content = envelope.strip_prefix("\x1bPtmux;").unwrap().strip_suffix("\x1b\\").unwrap();
        assert_eq!(content.replace("\x1b\x1b", "").find('\x1b'), None, "a single ESC would end the envelope");
        content.replace("\x1b\x1b", "\x1b")
    }

    #[test]
    fn every_text_arrives_through_everything() {
        let long = "segment 3, ".repeat(5000);
        let edges: Vec<String> = (0..200).map(|length| "x".repeat(length)).collect();
        let odd = ["1150086", "a\tb\r\nc\x1b[31m\x07\0", "Lübeck 例 👩‍🌾", long.as_str()];
        for text in odd.into_iter().chain(edges.iter().map(String::as_str)) {
            assert_eq!(decoded(&copied(text, Through::Plain)), text);
            assert_eq!(decoded(&unwrapped_by_tmux(&copied(text, Through::Tmux))), text);
            assert_eq!(decoded(&unwrapped_by_screen(&copied(text, Through::Screen))), text);
        }
    }

    #[test]
    fn the_sequences_are_those_of_the_manuals() {
        assert_eq!(copied("foo", Through::Plain), "\x1b]52;c;Zm9v\x1b\\");
        let bare = copied("foo", Through::Plain);
        assert_eq!(copied("foo", Through::Tmux), bare.clone() + "\x1bPtmux;\x1b\x1b]52;c;Zm9v\x1b\x1b\\\x1b\\");
        assert_eq!(copied("foo", Through::Screen), bare + "\x1bP\x1b]52;c;Zm9v\x07\x1b\\");
    }

    #[test]
    fn too_much_is_refused_with_the_limit() {
        let longest = "é".repeat(MOST / 2);
        assert_eq!(longest.len(), 55_500);
        assert_eq!(copied(&longest, Through::Plain).len(), "\x1b]52;c;\x1b\\".len() + 74_000);
        let error = copy(&format!("{longest}x"), Through::Screen).unwrap_err();
        assert_eq!(error, TooLong { bytes: 55_501, most: 55_500 });
        assert!(error.to_string().contains("55501 bytes") && error.to_string().contains("takes 55500"));
    }

    #[test]
    fn the_way_is_told_by_the_environment() {
        assert_eq!(Through::of(false, false, "xterm-256color"), Through::Plain);
        assert_eq!(Through::of(true, false, "tmux-256color"), Through::Tmux);
        assert_eq!(Through::of(true, true, "screen-256color"), Through::Tmux);
        assert_eq!(Through::of(false, true, "xterm"), Through::Screen);
        assert_eq!(Through::of(false, false, "screen.xterm-256color"), Through::Screen);
    }
}
