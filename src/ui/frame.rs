//! A frame's bytes made fewer: moves within a line as steps to the right, which are half as long as positions.

/// Rewrites `ESC [ row ; column H` as `ESC [ n C` where the cursor is known to stand to the left of it on the same line.
///
/// Where it stands is known only behind plain ASCII: after anything else the next position is left as it is.
pub fn shortened(frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(frame.len());
    let mut at: Option<(usize, usize)> = None;
    let mut rest = frame;
    while let Some(&byte) = rest.first() {
        if let Some((parameters, last, length)) = control(rest) {
            match (last, position(parameters), at) {
                (b'H', Some((row, column)), Some((now, from))) if row == now && column >= from => {
                    match column - from {
                        0 => {}
                        1 => out.extend(b"\x1b[C"),
                        steps => out.extend(format!("\x1b[{steps}C").into_bytes()),
                    }
                    at = Some((row, column));
                }
                (b'H', place, _) => {
                    out.extend(&rest[..length]);
                    at = place;
                }
                // Colours and weights leave the cursor where it is.
                (b'm', ..) => out.extend(&rest[..length]),
                _ => {
                    out.extend(&rest[..length]);
                    at = None;
                }
            }
            rest = &rest[length..];
            continue;
        }
        at = at.filter(|_| (b' '..0x7f).contains(&byte)).map(|(row, column)| (row, column + 1));
        out.push(byte);
        rest = &rest[1..];
    }
    out
}

/// Parameters, last byte and length of the control sequence that the bytes begin with, if they begin with one.
fn control(bytes: &[u8]) -> Option<(&[u8], u8, usize)> {
    let inside = bytes.strip_prefix(b"\x1b[")?;
    let end = inside.iter().position(|byte| (0x40..0x7f).contains(byte))?;
    Some((&inside[..end], inside[end], end + 3))
}

/// Row and column of a position.
fn position(parameters: &[u8]) -> Option<(usize, usize)> {
    let (row, column) = std::str::from_utf8(parameters).ok()?.split_once(';')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    fn short(frame: &str) -> String {
        String::from_utf8(shortened(frame.as_bytes())).unwrap()
    }

    #[test]
    fn moves_to_the_right_become_steps() {
        assert_eq!(short("\x1b[2;3Hab\x1b[2;9Hc\x1b[2;11Hd"), "\x1b[2;3Hab\x1b[4Cc\x1b[Cd");
        assert_eq!(short("\x1b[2;3Ha\x1b[1;32m\x1b[2;4Hb"), "\x1b[2;3Ha\x1b[1;32mb");
        assert_eq!(short("\x1b[2;9Ha\x1b[2;3Hb\x1b[3;4Hc"), "\x1b[2;9Ha\x1b[2;3Hb\x1b[3;4Hc");
        assert_eq!(short("\x1b[2;3Hä\x1b[2;9Hc"), "\x1b[2;3Hä\x1b[2;9Hc");
        assert_eq!(short("\x1b[?2026hx\x1b[2;9Hc\x1b["), "\x1b[?2026hx\x1b[2;9Hc\x1b[");
    }

    proptest! {
        #[test]
        fn a_terminal_shows_the_same(cells in prop::collection::vec((0_u16..6, 0_u16..30, "[a-z日ä🙂]"), 0..60)) {
            let mut frame = String::new();
            for (row, column, letter) in cells {
                write!(frame, "\x1b[{};{}H\x1b[3{}m{letter}", row + 1, column + 1, row % 8).unwrap();
            }
            let shows = |bytes: &[u8]| {
                let size = |value| std::num::NonZeroU16::new(value).unwrap();
                let mut parser = vt100::Parser::new(size(8), size(40), 0);
                parser.process(bytes);
                parser.screen().contents_formatted()
            };
            prop_assert_eq!(shows(frame.as_bytes()), shows(&shortened(frame.as_bytes())));
        }
    }
}
