//! Numbers as logs write them: with a currency, with either decimal sign, with groups of thousands, negative in any
//! spelling.

use serde::{Deserialize, Serialize};

/// What stands before a number's decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::ingest) enum Decimal {
    /// `1,234.50`
    Point,
    /// `1.234,50`
    Comma,
}

impl Decimal {
    /// The value of `ingest.decimal`.
    pub(in crate::ingest) fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// How the numbers of a column are written. Decided once for all its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Numbers {
    pub(in crate::ingest) decimal: Decimal,
}

/// What a column's values say about its decimal sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Evidence {
    /// The sign that most of the telling values use.
    pub(in crate::ingest) decimal: Decimal,
    /// Values that can be read only so.
    pub(in crate::ingest) telling: usize,
    /// Values that could be read either way, such as `1.234`.
    pub(in crate::ingest) doubtful: usize,
}

impl Numbers {
    /// A number; `None` for a text that is none. A percentage is no number here, and a currency may stand on either side.
    pub(in crate::ingest) fn parse(self, text: &str) -> Option<f64> {
        if self.decimal == Decimal::Point && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return text.parse().ok();
        }
        let body = Body::of(text)?;
        let (whole, decimals) = match body.digits.rsplit_once(self.decimal.sign()) {
            Some((whole, decimals)) => (whole, decimals),
            None => (body.digits, ""),
        };
        // Digits alone behind the decimal sign, but for an exponent.
        let exponent = decimals.find(['e', 'E']).unwrap_or(decimals.len());
        if !decimals[..exponent].bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole = ungrouped(whole, self.decimal.sign())?;
        let number: f64 =
            if decimals.is_empty() { whole.parse() } else { format!("{whole}.{decimals}").parse() }.ok()?;
        number.is_finite().then_some(if body.negative { -number } else { number })
    }

    /// How most of a column's values are written.
    pub(in crate::ingest) fn decide<'a>(values: impl Iterator<Item = &'a str>, separator: Option<u8>) -> Evidence {
        let mut signs = Signs::default();
        values.for_each(|value| signs.add(value));
        signs.evidence(separator)
    }
}

/// What a column's values tell of its decimal sign, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Signs {
    point: usize,
    comma: usize,
    /// Those with a point, and those with a comma, that could be read either way.
    either: [usize; 2],
}

impl Signs {
    pub(in crate::ingest) fn add(&mut self, value: &str) {
        match Body::of(value).and_then(|body| body.sign()) {
            Some(Told::Decimal(Decimal::Point)) => self.point += 1,
            Some(Told::Decimal(Decimal::Comma)) => self.comma += 1,
            Some(Told::Either(sign)) => self.either[usize::from(sign == ',')] += 1,
            None => {}
        }
    }

    pub(in crate::ingest) fn join(&mut self, other: Self) {
        self.point += other.point;
        self.comma += other.comma;
        for (own, other) in self.either.iter_mut().zip(other.either) {
            *own += other;
        }
    }

    /// How most of the values are written. Where none tells, as with `1.234` alone, a comma is taken for decimals in a file
    /// whose fields are not separated by commas, and a point for decimals anywhere but in one with semicolons.
    pub(in crate::ingest) fn evidence(self, separator: Option<u8>) -> Evidence {
        let Self { point, comma, either } = self;
        let doubtful = either[0] + either[1];
        let by_separator = match separator {
            Some(b';') => either[0] != either[1],
            Some(b',') => false,
            _ => either[1] > either[0],
        };
        let is_comma = comma > point || (comma == point && by_separator);
        let decimal = if is_comma { Decimal::Comma } else { Decimal::Point };
        Evidence { decimal, telling: point.max(comma), doubtful }
    }
}

/// What one number tells about the decimal sign.
enum Told {
    Decimal(Decimal),
    /// A sign that could stand before decimals or between thousands.
    Either(char),
}

/// A number without currency and sign.
struct Body<'a> {
    digits: &'a str,
    negative: bool,
}

impl<'a> Body<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut rest = text.trim();
        let mut negative = false;
        if let Some(inside) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            (rest, negative) = (inside, true);
        }
        let is_minus = |letter: char| matches!(letter, '-' | '\u{2212}' | '\u{2013}' | '\u{2010}' | '\u{2011}');
        let mut signs = u32::from(negative);
        // Sign and currency stand in either order, before and behind.
        loop {
            let before = rest;
            if let Some(bare) = rest.strip_prefix(is_minus).or_else(|| rest.strip_suffix(is_minus)) {
                (rest, negative, signs) = (bare, true, signs + 1);
            } else if let Some(bare) = rest.strip_prefix('+') {
                rest = bare;
            }
            rest = currency_off(rest.trim());
            if rest == before {
                break;
            }
        }
        let plain = |letter: char| letter.is_ascii_digit() || ".,'’` _eE+-".contains(letter) || letter.is_whitespace();
        let begins = rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',');
        let ends = rest.ends_with(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',');
        let fits =
            begins && ends && signs < 2 && rest.chars().all(plain) && rest.bytes().any(|byte| byte.is_ascii_digit());
        fits.then_some(Self { digits: rest, negative })
    }

    fn sign(&self) -> Option<Told> {
        let (points, commas) = (self.digits.matches('.').count(), self.digits.matches(',').count());
        let of = |sign| if sign == '.' { Decimal::Point } else { Decimal::Comma };
        let other = |sign| if sign == '.' { Decimal::Comma } else { Decimal::Point };
        match (points, commas) {
            (0, 0) => None,
            (1.., 1..) => {
                let last = if self.digits.rfind('.') > self.digits.rfind(',') { '.' } else { ',' };
                Some(Told::Decimal(of(last)))
            }
            (1, 0) | (0, 1) => {
                let sign = if points == 1 { '.' } else { ',' };
                let (whole, decimals) = self.digits.split_once(sign)?;
                let grouped = whole.chars().any(|letter| !letter.is_ascii_digit());
                let thousands = decimals.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
                Some(if thousands && !grouped { Told::Either(sign) } else { Told::Decimal(of(sign)) })
            }
            (_, 0) => Some(Told::Decimal(other('.'))),
            (0, _) => Some(Told::Decimal(other(','))),
        }
    }
}

/// Takes a currency off either end: signs such as `€`, codes and abbreviations such as `EUR`, `kr`, `Rs.`, `R$`.
fn currency_off(text: &str) -> &str {
    let of_currency = |letter: char| {
        letter.is_alphabetic()
            || matches!(letter, '$' | '¢' | '£' | '¤' | '¥' | '֏' | '؋' | '৳' | '฿' | '\u{20a0}'..='\u{20cf}' | '﷼')
    };
    let head: usize = text.chars().take_while(|&letter| of_currency(letter)).map(char::len_utf8).sum();
    let (code, mut rest) = text.split_at(head);
    if code.chars().count() > 4 {
        return text;
    }
    // `Rs.500`, but not `.5`.
    if !code.is_empty() && code.chars().all(char::is_alphabetic) {
        rest = rest.strip_prefix('.').filter(|rest| rest.starts_with([' ', '\u{a0}']) || head > 1).unwrap_or(rest);
    }
    let rest = rest.trim_start();
    let bare = rest.strip_suffix('.').filter(|bare| bare.ends_with(of_currency)).unwrap_or(rest);
    let tail: usize = bare.chars().rev().take_while(|&letter| of_currency(letter)).map(char::len_utf8).sum();
    if tail == 0 || bare[bare.len() - tail..].chars().count() > 4 {
        return rest;
    }
    bare[..bare.len() - tail].trim_end()
}

/// Digits without the signs between their groups, of which there is one kind; the last groups have three digits, those
/// before two or three (`12,34,567`). `None` where that is not so.
fn ungrouped(whole: &str, decimal: char) -> Option<String> {
    if whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(if whole.is_empty() { "0".to_owned() } else { whole.to_owned() });
    }
    if whole.contains(['e', 'E']) {
        let (digits, exponent) = whole.split_once(['e', 'E'])?;
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        return (plain(digits) && plain(exponent)).then(|| whole.to_owned());
    }
    let sign = whole.chars().find(|letter| !letter.is_ascii_digit())?;
    let is_space = |letter: char| letter.is_whitespace();
    if sign == decimal || !(is_space(sign) || ".,'’`_".contains(sign)) {
        return None;
    }
    let groups: Vec<&str> =
        whole.split(|letter: char| letter == sign || (is_space(sign) && is_space(letter))).collect();
    let (last, before) = groups.split_last()?;
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let (first, middle) = before.split_first()?;
    let fits = last.len() == 3
        && (1..=3).contains(&first.len())
        && (middle.iter().all(|group| group.len() == 3) || middle.iter().all(|group| group.len() == 2))
        && groups.iter().all(|group| digits(group));
    fits.then(|| groups.concat())
}

/// The whole number that `10004.0` is.
pub(in crate::ingest) fn whole_of(cell: &str) -> Option<&str> {
    let (whole, zeros) = cell.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits =
        digits(whole.strip_prefix('-').unwrap_or(whole)) && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    fits.then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: Numbers = Numbers { decimal: Decimal::Point };
    const COMMA: Numbers = Numbers { decimal: Decimal::Comma };

    #[test]
    fn a_number_is_read_in_the_spelling_of_its_column() {
        let cases = [
            (POINT, "1234.5", 1234.5),
            (POINT, "$1,234.50", 1234.5),
            (POINT, "1'234.50", 1234.5),
            (POINT, "1’234.50 CHF", 1234.5),
            (POINT, "US$ 12", 12.0),
            (POINT, "12,34,567.8", 1_234_567.8),
            (POINT, "(12.50)", -12.5),
            (POINT, "($1,234.50)", -1234.5),
            (POINT, "12.50-", -12.5),
            (POINT, "\u{2212}12.5", -12.5),
            (POINT, "-$3", -3.0),
            (POINT, "$-3", -3.0),
            (POINT, "1e3", 1000.0),
            (POINT, "1.5E-2", 0.015),
            (POINT, ".5", 0.5),
            (POINT, "Rs. 500", 500.0),
            (POINT, "1,271", 1271.0),
            (COMMA, "1.234,50 €", 1234.5),
            (COMMA, "1\u{202f}234,50\u{a0}€", 1234.5),
            (COMMA, "1 271 460", 1_271_460.0),
            (COMMA, "1.271", 1271.0),
            (COMMA, "6,343", 6.343),
            (COMMA, "R$ 1.271.460", 1_271_460.0),
            (COMMA, "634", 634.0),
            (COMMA, "99,90 zł", 99.9),
            (COMMA, "249 kr.", 249.0),
        ];
        for (numbers, text, number) in cases {
            let read = numbers.parse(text);
            assert!(read.is_some_and(|read| (read - number).abs() < 1e-9), "{text}: {read:?}, not {number}");
        }
    }

    #[test]
    fn what_is_no_number_in_that_spelling_is_refused() {
        for text in ["", "12%", "abc", "1.2.3", "1,2,3", "2023-03-01", "12 34", "--3", "€", "1.234,5", "10:30", "1_0"]
        {
            assert_eq!(POINT.parse(text), None, "{text}");
        }
        for text in ["634.33", "1,234.5", "1,2,3"] {
            assert_eq!(COMMA.parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_decimal_sign_is_that_of_the_whole_column() {
        let decide = |values: &[&str], separator| Numbers::decide(values.iter().copied(), Some(separator));
        assert_eq!(decide(&["634,33", "1.271", "744,16"], b';').decimal, Decimal::Comma);
        assert_eq!(decide(&["634.330", "1.271.460"], b';').decimal, Decimal::Comma);
        assert_eq!(decide(&["6,343", "12,715", "7,442"], b';').decimal, Decimal::Comma);
        assert_eq!(decide(&["1,271", "12,715"], b',').decimal, Decimal::Point);
        assert_eq!(decide(&["1.271", "12.715"], b',').decimal, Decimal::Point);
        assert_eq!(decide(&["0.125", "1.271"], b';').decimal, Decimal::Point);
        assert_eq!(decide(&["$1,234.50", "$3"], b',').decimal, Decimal::Point);
        assert_eq!(decide(&["12", "13"], b';').telling, 0);
        assert_eq!(decide(&["1.271", "12.715"], b',').doubtful, 2);
    }
}
