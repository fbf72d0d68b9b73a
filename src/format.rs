//! Numbers as text for a person: the same number reads the same on every screen, in every report and message.
//!
//! Exports and JSON never come through here: they keep full precision.

/// A count with thousands separators: `1,407,580`.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun, given in the plural: `1 user`, `1,407,580 users`.
pub fn counted(count: u64, nouns: &str) -> String {
    let noun = if count == 1 { singular(nouns) } else { nouns.to_owned() };
    format!("{} {noun}", thousands(count))
}

/// How many of them do what a verb in the plural says: `1 row counts`, `5 rows are`.
pub fn subject(count: u64, nouns: &str, verb: &str) -> String {
    let verb = match verb {
        verb if count != 1 => verb.to_owned(),
        "are" => "is".to_owned(),
        "were" => "was".to_owned(),
        "have" => "has".to_owned(),
        verb => format!("{verb}s"),
    };
    format!("{} {verb}", counted(count, nouns))
}

/// One of what is named in the plural: its first word in `s` tells how many.
fn singular(nouns: &str) -> String {
    let mut words: Vec<&str> = nouns.split(' ').collect();
    let many = words.iter().position(|word| word.ends_with('s') && !word.ends_with("ss"));
    if let Some(word) = many.and_then(|at| words.get_mut(at)) {
        *word = word.strip_suffix('s').unwrap_or(word);
    }
    words.join(" ")
}

/// A real number with up to four significant digits below 1,000 and as a whole number above; no trailing zeros.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1000.0 {
        let whole = thousands(size.round() as u64);
        return if value < 0.0 { format!("-{whole}") } else { whole };
    }
    if size != 0.0 && size < 1e-4 {
        return format!("{value:.1e}");
    }
    let decimals = if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A real number as a table's cell: four decimals below 100 so that the points of a column stand under each other,
/// fewer above, none for a whole number, scientific below a ten-thousandth.
pub fn cell(value: f64) -> String {
    let size = value.abs();
    if value.fract() == 0.0 && size < 1e15 {
        format!("{value:.0}")
    } else if size < 1e-4 {
        format!("{value:.1e}")
    } else if size < 100.0 {
        format!("{value:.4}")
    } else if size < 100_000.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// The day (UTC) of a time in UTC milliseconds.
pub fn day(milliseconds: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(milliseconds);
    at.map_or_else(|_| milliseconds.to_string(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// A share of 1 as a percentage with one decimal: `12.5 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A duration: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 59.5 {
        format!("{seconds:.0} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// A size in the unit that suits it: `812 B`, `1.5 KiB`, `3.0 GiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A size in GiB with two decimals, whatever it is: for columns that are compared.
pub fn gibibytes(bytes: u64) -> String {
    format!("{:.2} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([7, 999, 1000, 1_407_580].map(thousands), ["7", "999", "1,000", "1,407,580"]);
        assert_eq!(
            [(1, "count"), (2, "count"), (1, "are"), (0, "are")].map(|(count, verb)| subject(count, "rows", verb)),
            ["1 row counts", "2 rows count", "1 row is", "0 rows are"]
        );
        assert_eq!([0, 1, 2, 1000].map(|count| counted(count, "rows")), ["0 rows", "1 row", "2 rows", "1,000 rows"]);
        assert_eq!(
            [0.75, 12.0, 0.123_456, -1234.6, 0.000_01, 456.78, 0.0].map(number),
            ["0.75", "12", "0.1235", "-1,235", "1.0e-5", "456.8", "0"]
        );
        assert_eq!(
            [0.3, 12.0, -0.000_05, 456.78, 1_234_567.8, 1e15].map(cell),
            ["0.3000", "12", "-5.0e-5", "456.8", "1234568", "1000000000000000"]
        );
        assert_eq!([0.0, 0.034, 1.0].map(percent), ["0.0 %", "3.4 %", "100.0 %"]);
        assert_eq!([0.44, 12.3, 185.0, 59.7].map(seconds), ["0.4 s", "12 s", "3 min 05 s", "1 min 00 s"]);
        assert_eq!([0, 1023, 1536, 3 << 30].map(bytes), ["0 B", "1023 B", "1.5 KiB", "3.0 GiB"]);
        assert_eq!(
            [(1, "users"), (2, "users"), (1_000, "rows"), (1, "similar items"), (1, "users who would want it")]
                .map(|(count, nouns)| counted(count, nouns)),
            ["1 user", "2 users", "1,000 rows", "1 similar item", "1 user who would want it"]
        );
        assert_eq!(gibibytes(3 << 29), "1.50 GiB");
    }
}
