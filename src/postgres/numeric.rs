//! `numeric` as the server sends it: digits to the base of 10,000.

use crate::postgres::digits::write_digits;

/// Writes the number exactly, with the decimals that its type shows; `None` for bytes that are none.
pub(super) fn write_numeric(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let words: Vec<i32> = bytes.chunks_exact(2).map(|pair| i32::from(u16::from_be_bytes([pair[0], pair[1]]))).collect();
    let [count, weight, sign, scale, digits @ ..] = words.as_slice() else { return None };
    if digits.len() != *count as usize || !bytes.len().is_multiple_of(2) {
        return None;
    }
    // The place of the first digit is signed.
    let weight = i32::from(*weight as u16 as i16);
    match sign {
        0 => {}
        0x4000 => out.push(b'-'),
        0xC000 => {
            out.extend_from_slice(b"NaN");
            return Some(());
        }
        0xD000 => {
            out.extend_from_slice(b"Infinity");
            return Some(());
        }
        0xF000 => {
            out.extend_from_slice(b"-Infinity");
            return Some(());
        }
        _ => return None,
    }
    let digit = |place: i32| -> u64 {
        let told = usize::try_from(weight - place).ok().and_then(|at| digits.get(at));
        told.map_or(0, |digit| u64::from(digit.unsigned_abs()))
    };
    if weight < 0 {
        out.push(b'0');
    } else {
        write_digits(digit(weight), 1, out);
        for place in (0..weight).rev() {
            write_digits(digit(place), 4, out);
        }
    }
    let scale = *scale as usize;
    if scale > 0 {
        out.push(b'.');
        let begin = out.len();
        let mut place = -1;
        while out.len() - begin < scale {
            write_digits(digit(place), 4, out);
            place -= 1;
        }
        out.truncate(begin + scale);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn text(words: &[u16]) -> String {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let mut out = Vec::new();
        write_numeric(&bytes, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(text(&[2, 0, 0, 2, 1, 500]), "1.05");
        assert_eq!(text(&[3, 1, 0x4000, 2, 1, 2345, 6700]), "-12345.67");
        assert_eq!(text(&[1, 0xFFFF, 0, 4, 5]), "0.0005");
        assert_eq!(text(&[1, 0xFFFE, 0, 6, 1200]), "0.000012");
        assert_eq!(text(&[0, 0, 0, 2]), "0.00");
        assert_eq!(text(&[1, 2, 0, 0, 7]), "700000000");
        assert_eq!(text(&[0, 0, 0xC000, 0]), "NaN");
        let mut out = Vec::new();
        assert_eq!(write_numeric(&[0, 1, 0], &mut out), None);
    }
}
