//! The terminal's answers: control sequences and strings that no key sends.
//!
//! See <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>, ECMA-48 and the pages of the extensions named below.

/// An answer of the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Where the cursor stands, counted from 1 (CPR).
    Cursor {
        /// The row.
        row: u16,
        /// The column.
        column: u16,
    },
    /// Whether a mode is set (DECRPM).
    Mode {
        /// A mode of DEC and its followers, asked for with `?`; otherwise one of ECMA-48.
        private: bool,
        /// Its number.
        mode: u16,
        /// How it is set.
        state: ModeState,
    },
    /// Whether the terminal shows dark or light colours (mode 2031 of contour, kitty, ghostty and others).
    Scheme(Scheme),
    /// A colour (OSC 10, 11, 12), 16 bits each of red, green and blue.
    Colour {
        /// Whose colour it is.
        of: ColourOf,
        /// Red, green and blue.
        rgb: [u16; 3],
    },
    /// What the terminal can do (DA1).
    Attributes(Vec<u16>),
    /// The flags of kitty's keyboard protocol that are set.
    Keyboard(u16),
    /// Any other answer: its bytes behind the escape, without the string's end.
    Other(Vec<u8>),
}

/// How a mode is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModeState {
    /// The terminal does not know the mode.
    Unknown,
    /// Set.
    Set,
    /// Reset.
    Reset,
    /// Set for ever.
    AlwaysSet,
    /// Reset for ever.
    AlwaysReset,
}

/// The colours that a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

/// Whose colour it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColourOf {
    /// Text.
    Foreground,
    /// What is behind it.
    Background,
    /// The cursor.
    Cursor,
}

/// The answer in a control sequence: what stands between `ESC [` and its last byte, and that byte.
pub(super) fn control(inside: &[u8], last: u8) -> Reply {
    known_control(inside, last).unwrap_or_else(|| Reply::Other([b"[", inside, &[last]].concat()))
}

fn known_control(inside: &[u8], last: u8) -> Option<Reply> {
    let (private, rest) = match inside.strip_prefix(b"?") {
        Some(rest) => (true, rest),
        None => (false, inside),
    };
    let wanted = match last {
        b'y' => rest.strip_suffix(b"$")?,
        _ => rest,
    };
    let numbers: Option<Vec<u16>> = wanted.split(|byte| *byte == b';').map(short).collect();
    match (last, private, &numbers?[..]) {
        (b'R', _, &[row, column] | &[row, column, _]) => Some(Reply::Cursor { row, column }),
        (b'y', _, &[mode, state]) => Some(Reply::Mode { private, mode, state: mode_state(state)? }),
        (b'n', true, [997, 1]) => Some(Reply::Scheme(Scheme::Dark)),
        (b'n', true, [997, 2]) => Some(Reply::Scheme(Scheme::Light)),
        (b'u', true, &[flags]) => Some(Reply::Keyboard(flags)),
        (b'c', true, attributes) => Some(Reply::Attributes(attributes.to_vec())),
        _ => None,
    }
}

fn mode_state(state: u16) -> Option<ModeState> {
    Some(match state {
        0 => ModeState::Unknown,
        1 => ModeState::Set,
        2 => ModeState::Reset,
        3 => ModeState::AlwaysSet,
        4 => ModeState::AlwaysReset,
        _ => return None,
    })
}

/// The answer in a string: the letter behind the escape that began it (`]` OSC, `P` DCS, `_` APC, `^` PM, `X` SOS), and
/// what it holds.
pub(super) fn string(kind: u8, inside: &[u8]) -> Reply {
    let colour = (kind == b']').then(|| colour(inside)).flatten();
    colour.unwrap_or_else(|| Reply::Other([&[kind], inside].concat()))
}

/// `11;rgb:1e1e/1e1e/1e1e`, with one to four digits each.
fn colour(inside: &[u8]) -> Option<Reply> {
    let (which, colour) = std::str::from_utf8(inside).ok()?.split_once(';')?;
    let of = match which {
        "10" => ColourOf::Foreground,
        "11" => ColourOf::Background,
        "12" => ColourOf::Cursor,
        _ => return None,
    };
    let mut parts = colour.strip_prefix("rgb:").or_else(|| colour.strip_prefix("rgba:"))?.split('/');
    let mut part = || {
        let digits = parts.next().filter(|digits| (1..=4).contains(&digits.len()) && !digits.starts_with('+'))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        let most = 16_u32.pow(digits.len() as u32) - 1;
        u16::try_from(value * 0xffff / most).ok()
    };
    Some(Reply::Colour { of, rgb: [part()?, part()?, part()?] })
}

fn short(digits: &[u8]) -> Option<u16> {
    Some(u16::try_from(number(digits)?).unwrap_or(u16::MAX))
}

/// A number of digits alone; one too large for its type is the largest.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, digit| match digit {
        b'0'..=b'9' => Some(number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))),
        _ => None,
    })
}
