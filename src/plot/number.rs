//! Numbers short enough for an axis, and the round ones at which it has its ticks.

/// What thousands of thousands are called.
const UNITS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

/// The most ticks of an axis.
pub(super) const MOST_TICKS: usize = 6;
/// What a distance of ticks is, times a power of ten.
const ROUND: [f64; 3] = [1.0, 2.0, 5.0];
/// By so little of a distance a number may miss a multiple of it.
const SLACK: f64 = 1e-9;

/// A number in at most three significant digits: `0.5`, `12k`, `1.2M`.
pub fn short(value: f64) -> String {
    digits(value, 3)
}

/// The round numbers within bounds, 1, 2 or 5 times a power of ten apart: as many as `most` allows, but three where it
/// would be fewer.
pub(super) fn round_ticks(bounds: (f64, f64), most: usize) -> Vec<f64> {
    let mut found = Vec::new();
    for step in steps(bounds) {
        let ticks = multiples(bounds, step);
        let too_few = found.len() < most.min(3);
        if ticks.len() > if too_few { MOST_TICKS } else { most } {
            break;
        }
        found = ticks;
    }
    if found.is_empty() { vec![bounds.0, bounds.1] } else { found }
}

/// Round distances, from wide to narrow; none where the bounds are too far apart, or too near beside what they are.
fn steps(bounds: (f64, f64)) -> impl Iterator<Item = f64> {
    let powers = power(bounds).into_iter().flat_map(|power| [power + 1, power, power - 1]);
    powers.flat_map(|power| ROUND.into_iter().rev().map(move |times| times * 10_f64.powi(power)))
}

/// The power of ten of the bounds' distance; `None` where it is too wide or too narrow beside them for round numbers.
fn power((low, high): (f64, f64)) -> Option<i32> {
    let span = high - low;
    let told = span.is_finite() && span > 0.0 && span > low.abs().max(high.abs()) * 1e-9;
    told.then(|| span.log10().floor() as i32)
}

/// The multiples of a distance within bounds.
fn multiples((low, high): (f64, f64), step: f64) -> Vec<f64> {
    if !step.is_normal() {
        return Vec::new();
    }
    let (first, last) = ((low / step - SLACK).ceil(), (high / step + SLACK).floor());
    // Where there are more they are not wanted.
    let count = (last - first + 1.0).clamp(0.0, 100.0) as usize;
    (0..count).map(|at| if first + at as f64 == 0.0 { 0.0 } else { (first + at as f64) * step }).collect()
}

/// Bounds widened to round numbers, so that at most so many ticks part them.
pub(super) fn to_ticks(bounds: (f64, f64), most: usize) -> (f64, f64) {
    let mut found = bounds;
    for step in steps(bounds) {
        let (low, high) = ((bounds.0 / step + SLACK).floor() * step, (bounds.1 / step - SLACK).ceil() * step);
        if !(low.is_finite() && high.is_finite() && low < high) || (high - low) / step > (most - 1) as f64 + SLACK {
            break;
        }
        found = (low, high);
    }
    found
}

/// Where round numbers stand on a logarithmic axis, as shares of its length: powers of ten where it is long, with 2 and 5
/// times them where it is short.
pub fn log_ticks((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let (from, to) = (low.log10(), high.log10());
    if !(from.is_finite() && to.is_finite() && to > from) {
        return Vec::new();
    }
    let (first, last) = (from.floor() as i32, to.ceil() as i32);
    let within = |value: &f64| *value >= low * (1.0 - SLACK) && *value <= high * (1.0 + SLACK);
    let of = |times: &[f64], stride: usize| -> Vec<f64> {
        let powers = (first..=last).filter(|power| power.rem_euclid(stride as i32) == 0);
        powers.flat_map(|power| times.iter().map(move |times| times * 10_f64.powi(power))).filter(within).collect()
    };
    let fits = |ticks: &Vec<f64>| (3..=MOST_TICKS).contains(&ticks.len());
    let candidates = [(&ROUND[..], 1), (&[1.0, 3.0], 1), (&[1.0], 1), (&[1.0], 2), (&[1.0], 5), (&[1.0], 20)];
    let ticks = candidates.into_iter().map(|(times, stride)| of(times, stride)).find(fits);
    let ticks = ticks.unwrap_or_else(|| round_ticks((low, high), MOST_TICKS));
    let share = |value: f64| (value.log10() - from) / (to - from);
    let labels = labels(&ticks);
    ticks.iter().filter(|tick| **tick > 0.0).map(|tick| share(*tick)).zip(labels).collect()
}

/// Numbers in as few digits as tell them apart.
pub(super) fn labels(values: &[f64]) -> Vec<String> {
    let mut said: Vec<String> = values.iter().map(|value| short(*value)).collect();
    for significant in 4..=9 {
        if said.windows(2).all(|pair| pair[0] != pair[1]) {
            break;
        }
        said = values.iter().map(|value| digits(*value, significant)).collect();
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

    fn said(bounds: (f64, f64), most: usize) -> Vec<String> {
        labels(&round_ticks(bounds, most))
    }

    #[test]
    fn ticks_are_round_numbers_three_to_six_of_them() {
        assert_eq!(said((0.0, 1.0), 6), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(said((0.0, 1.0), 3), ["0", "0.5", "1"]);
        assert_eq!(said((0.0, 45_600.0), 6), ["0", "10k", "20k", "30k", "40k"]);
        assert_eq!(said((-0.000_704, 0.125), 4), ["0", "0.05", "0.1"]);
        assert_eq!(said((1_439_950.0, 1_440_050.0), 3), ["1.43995M", "1.44M", "1.44005M"]);
        assert_eq!(said((1.0, 10.0), 6), ["2", "4", "6", "8", "10"]);
        assert_eq!(said((-3.0, 3.0), 4), ["-2", "0", "2"]);
        for most in 3..=6 {
            for high in [0.7, 1.3, 2.4, 9.9, 22_800.0, 35_600.0, 11_400.0] {
                let ticks = round_ticks((0.0, high), most);
                assert!((2..=6).contains(&ticks.len()), "{high}: {ticks:?}");
            }
        }
        assert_eq!(to_ticks((0.0, 22_800.0), 6), (0.0, 25_000.0));
        assert_eq!(to_ticks((0.0, f64::MAX), 6), (0.0, f64::MAX));
    }

    #[test]
    fn ticks_of_a_logarithmic_axis_stand_at_their_numbers() {
        let said = |bounds| log_ticks(bounds).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(said((0.001, 100.0)), ["0.001", "0.01", "0.1", "1", "10", "100"]);
        assert_eq!(said((0.3, 40.0)), ["0.5", "1", "2", "5", "10", "20"]);
        assert_eq!(said((2.1, 4.9)), ["2.5", "3", "3.5", "4", "4.5"]);
        let places = log_ticks((1.0, 100.0));
        assert!((places.iter().find(|(_, label)| label == "10").map_or(0.0, |(share, _)| *share) - 0.5).abs() < 1e-9);
        assert!(log_ticks((0.0, 1.0)).is_empty() && log_ticks((2.0, 2.0)).is_empty());
    }
}
