//! Numbers short enough for an axis.

/// What thousands of thousands are called.
const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

/// A number in at most three significant digits: `0.5`, `12k`, `1.2M`.
pub fn short(value: f64) -> String {
    digits(value, 3)
}

/// The ends and the middle of an axis, in as few digits as tell them apart; beside large numbers small ones are round.
pub(super) fn ticks((low, high): (f64, f64)) -> [String; 3] {
    let span = (high / 2.0 - low / 2.0).log10() + 2_f64.log10();
    let step = 10_f64.powf(span.floor() - 2.0);
    let round = |value: f64| {
        let rounded = (value / step).round() * step;
        if rounded.is_finite() { rounded } else { value }
    };
    let values = [low, low / 2.0 + high / 2.0, high].map(round);
    let mut said = values.map(short);
    for significant in 4..=9 {
        if said[0] != said[1] && said[1] != said[2] {
            break;
        }
        said = values.map(|value| digits(value, significant));
    }
    said
}

fn digits(value: f64, significant: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { "-".to_owned() };
    }
    let rounded = rounded(value, significant);
    let size = rounded.abs();
    if !(1e-4..1e15).contains(&size) {
        return format!("{rounded:.0e}");
    }
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| size >= *unit).unwrap_or((1.0, ""));
    let before = (size / unit).log10().floor();
    let decimals = (significant as f64 - 1.0 - before).clamp(0.0, 12.0) as usize;
    let text = format!("{:.decimals$}", rounded / unit);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{name}")
}

/// Rounded before its unit is chosen, so that 999,960 is 1M and not 1000k.
fn rounded(value: f64, significant: usize) -> f64 {
    format!("{value:.*e}", significant - 1).parse().ok().filter(|rounded: &f64| rounded.is_finite()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let said = [0.0, 0.5, 1.0, 12.0, 999.0, 12_345.0, 999_960.0, 1_240_000.0, 3e9, -0.25, 0.001_234, 2e-7, 1e20];
        let expected = ["0", "0.5", "1", "12", "999", "12.3k", "1M", "1.24M", "3G", "-0.25", "0.00123", "2e-7", "1e20"];
        assert_eq!(said.map(short), expected);
    }

    #[test]
    fn ticks_differ_where_numbers_do() {
        assert_eq!(ticks((0.0, 1.0)), ["0", "0.5", "1"]);
        assert_eq!(ticks((1_439_950.0, 1_440_050.0)), ["1.43995M", "1.44M", "1.44005M"]);
        assert_eq!(ticks((-0.000_704, 0.125)), ["-0.001", "0.062", "0.125"]);
        assert_eq!(ticks((0.0, f64::MAX)), ["0", "9e307", "2e308"]);
    }
}
