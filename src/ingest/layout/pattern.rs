//! Times by a pattern such as `%d.%m.%Y %H:%M`: numbers are read here, rarer directives by jiff.

use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

use crate::ingest::layout::months::{letters, month_name};
use crate::ingest::layout::written::{Written, clock, milliseconds, zone};

/// A pattern of a time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) struct Pattern {
    text: String,
    /// The pattern in pieces; `None` where it needs more than numbers.
    pieces: Option<Vec<Piece>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Literal(u8),
    Year,
    YearOfCentury,
    Month,
    Day,
    Hour,
    Hour12,
    AfterNoon,
    Minute,
    Second,
    Fraction,
    Offset,
    /// A month's name, in full or cut to three letters and more.
    MonthName,
    /// A weekday's name, which tells nothing that the date does not.
    Weekday,
}

impl Pattern {
    /// A pattern that can be read, or what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if !text.contains('%') {
            return Err("it has no % directive".to_owned());
        }
        // Only a year, a month and a day make a time that can be placed.
        let pieces = pieces(text);
        if let Some(pieces) = &pieces {
            let has = |piece| pieces.contains(&piece);
            let month = has(Piece::Month) || has(Piece::MonthName);
            if !((has(Piece::Year) || has(Piece::YearOfCentury)) && month && has(Piece::Day)) {
                return Err("it lacks a year (%Y), a month (%m) or a day (%d)".to_owned());
            }
        } else {
            let noon = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
            jiff::fmt::strtime::format(text, &noon).map_err(|error| error.to_string())?;
        }
        Ok(Self { text: text.to_owned(), pieces })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn parse(&self, text: &str) -> Option<Written> {
        match &self.pieces {
            Some(pieces) => by_pieces(pieces, text),
            None => by_jiff(&self.text, text),
        }
    }
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(byte) = rest.bytes().next() {
        let known = [
            ("%Y", &[Piece::Year][..]),
            ("%y", &[Piece::YearOfCentury]),
            ("%m", &[Piece::Month]),
            ("%b", &[Piece::MonthName]),
            ("%B", &[Piece::MonthName]),
            ("%h", &[Piece::MonthName]),
            ("%a", &[Piece::Weekday]),
            ("%A", &[Piece::Weekday]),
            ("%d", &[Piece::Day]),
            ("%e", &[Piece::Day]),
            ("%H", &[Piece::Hour]),
            ("%k", &[Piece::Hour]),
            ("%I", &[Piece::Hour12]),
            ("%l", &[Piece::Hour12]),
            // The space before it may be missing.
            (" %p", &[Piece::AfterNoon]),
            ("%p", &[Piece::AfterNoon]),
            ("%M", &[Piece::Minute]),
            ("%S", &[Piece::Second]),
            ("%.f", &[Piece::Fraction]),
            (".%f", &[Piece::Fraction]),
            ("%z", &[Piece::Offset]),
            ("%:z", &[Piece::Offset]),
            ("%%", &[Piece::Literal(b'%')]),
            ("%F", &[Piece::Year, Piece::Literal(b'-'), Piece::Month, Piece::Literal(b'-'), Piece::Day]),
            ("%T", &[Piece::Hour, Piece::Literal(b':'), Piece::Minute, Piece::Literal(b':'), Piece::Second]),
            ("%R", &[Piece::Hour, Piece::Literal(b':'), Piece::Minute]),
        ];
        if let Some((directive, meant)) = known.iter().find(|(directive, _)| rest.starts_with(directive)) {
            pieces.extend_from_slice(meant);
            rest = &rest[directive.len()..];
        } else if byte == b'%' || !byte.is_ascii() {
            return None;
        } else {
            pieces.push(Piece::Literal(byte));
            rest = &rest[1..];
        }
    }
    Some(pieces)
}

fn by_pieces(pieces: &[Piece], text: &str) -> Option<Written> {
    let mut rest = text;
    let (mut year, mut month, mut day, mut hour, mut minute, mut second, mut ms) = (0, 0, 0, 0, 0, 0, 0);
    let (mut after_noon, mut zoned) = (None, None);
    for piece in pieces {
        match piece {
            Piece::Literal(byte) => rest = rest.strip_prefix(char::from(*byte))?,
            Piece::MonthName => month = month_name(&mut rest)?,
            Piece::Weekday => {
                letters(&mut rest)?;
                rest = rest.strip_prefix('.').unwrap_or(rest);
            }
            Piece::Year => year = number(&mut rest, 4)?,
            Piece::YearOfCentury => {
                let short = number(&mut rest, 2)?;
                year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            Piece::Month => month = number(&mut rest, 2)?,
            Piece::Day => {
                day = number(&mut rest, 2)?;
                rest = behind_ordinal(rest);
            }
            Piece::Hour | Piece::Hour12 => hour = number(&mut rest, 2)?,
            Piece::Minute => minute = number(&mut rest, 2)?,
            Piece::Second => second = number(&mut rest, 2)?,
            Piece::AfterNoon => {
                let (after, behind) = half_of_day(rest)?;
                (after_noon, rest) = (Some(after), behind);
            }
            Piece::Fraction => {
                if let Some(fraction) = rest.strip_prefix('.') {
                    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
                    ms = milliseconds(&fraction.as_bytes()[..count]);
                    rest = &fraction[count..];
                }
            }
            Piece::Offset => {
                // A place's own clock tells how far it is from UTC: known when all is read.
                let (_, after) = zone(rest, 0)?;
                (zoned, rest) = (Some(rest), after);
            }
        }
    }
    if let Some(after_noon) = after_noon {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if after_noon { 12 } else { 0 };
    }
    if !rest.is_empty() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let clock = clock(year, month, day, hour * 3_600 + minute * 60 + second, ms)?;
    // A zone written out as text, as in `%S UTC`, is told by the pattern's own end.
    let offset_seconds = match zoned {
        Some(zoned) => Some(zone(zoned, clock)?.0),
        None => (text.ends_with(" UTC") || text.ends_with(" GMT") || text.ends_with('Z')).then_some(0),
    };
    Some(Written { clock, offset_seconds })
}

/// What stands behind the letters that make a day's number an ordinal: `1st`, `22nd`, `3rd`, `4th`, `1er`, `1º`.
fn behind_ordinal(rest: &str) -> &str {
    let letters = ["st", "nd", "rd", "th", "er", "º", "ª"];
    let two = |rest: &str, ending: &str| {
        rest.get(..ending.len()).is_some_and(|first| first.eq_ignore_ascii_case(ending)).then_some(ending.len())
    };
    let end = letters.iter().find_map(|ending| two(rest, ending)).unwrap_or(0);
    &rest[end..]
}

/// Whether `PM`, `pm`, `p.m.` or `p. m.` stands at the start, with or without a space before, or the same of the morning;
/// and what stands behind.
fn half_of_day(text: &str) -> Option<(bool, &str)> {
    let space = [' ', '\u{a0}', '\u{202f}'];
    let rest = text.trim_start_matches(space);
    let after_noon = match rest.as_bytes().first()? {
        b'p' | b'P' => true,
        b'a' | b'A' => false,
        _ => return None,
    };
    let rest = &rest[1..];
    match rest.strip_prefix('.') {
        None => rest.strip_prefix(['m', 'M']).map(|rest| (after_noon, rest)),
        Some(rest) => {
            let rest = rest.trim_start_matches(space).strip_prefix(['m', 'M'])?;
            Some((after_noon, rest.strip_prefix('.').unwrap_or(rest)))
        }
    }
}

/// One to `most` digits at the start of `rest`, taken off it.
fn number(rest: &mut &str, most: usize) -> Option<i64> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at_checked(count)?;
    *rest = after;
    digits.parse().ok()
}

fn by_jiff(pattern: &str, text: &str) -> Option<Written> {
    let time = BrokenDownTime::parse(pattern, text).ok()?;
    if let Ok(instant) = time.to_timestamp() {
        return Some(Written { clock: instant.as_millisecond(), offset_seconds: Some(0) });
    }
    let civil = time.to_datetime().or_else(|_| time.to_date().map(|date| date.at(0, 0, 0, 0))).ok()?;
    let clock = Offset::UTC.to_timestamp(civil).ok()?.as_millisecond();
    Some(Written { clock, offset_seconds: None })
}
