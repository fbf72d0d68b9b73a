//! Campaigns whose outcome is money, in the spellings of shops.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::headless::{path, succeeded, user360};

const ROWS: usize = 1_200;

/// How cents are written.
type Spelling = fn(u64) -> String;

/// Whether a row was treated, and what it spent in cents: every third spends, one in a hundred over a thousand.
fn row(at: usize) -> (bool, u64) {
    let treated = (at * 7 % 11).is_multiple_of(2);
    let amount = (at * 7_919 % 10_007) as u64 + 100 + if treated { 450 } else { 0 };
    let large = if at.is_multiple_of(99) { 100_000 } else { 0 };
    (treated, if at.is_multiple_of(3) { amount + large } else { 0 })
}

fn mean(cents: &[u64]) -> f64 {
    cents.iter().sum::<u64>() as f64 / 100.0 / cents.len() as f64
}

/// `1234.5` with these signs between thousands and before decimals.
fn spelled(cents: u64, thousands: &str, decimal: char) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    let whole =
        if whole < 1_000 { whole.to_string() } else { format!("{}{thousands}{:03}", whole / 1_000, whole % 1_000) };
    format!("{whole}{decimal}{rest:02}")
}

/// The difference of the means is computed from cents, as pandas' `y[w == 1].mean() - y[w == 0].mean()` would be; the effect
/// that is judged is the same of amounts lowered to the 95 % quantile of those who spent (place `round(.95 (n - 1))`).
#[test]
fn an_outcome_of_money_has_its_raw_difference_in_any_spelling() {
    let rows: Vec<(bool, u64)> = (0..ROWS).map(row).collect();
    let of = |arm: bool, most: u64| -> Vec<u64> {
        rows.iter().filter(|(treated, _)| *treated == arm).map(|(_, cents)| *cents.min(&most)).collect()
    };
    let difference = |most: u64| mean(&of(true, most)) - mean(&of(false, most));
    let mut spent: Vec<u64> = rows.iter().map(|(_, cents)| *cents).filter(|cents| *cents > 0).collect();
    spent.sort_unstable();
    let most = spent[((spent.len() - 1) as f64 * 0.95).round() as usize];
    let (raw, lowered) = (difference(u64::MAX), difference(most));
    assert!((raw - lowered).abs() > 0.01, "large orders matter: {raw} {lowered}");
    let spellings: [(&str, Spelling); 5] = [
        (",", |cents| format!("{}.{:02}", cents / 100, cents % 100)),
        (",", |cents| format!("\"€{}\"", spelled(cents, ",", '.'))),
        (";", |cents| format!("{} €", spelled(cents, ".", ','))),
        (";", |cents| format!("{} EUR", spelled(cents, "\u{202f}", ','))),
        (",", |cents| format!("CHF {}", spelled(cents, "'", '.'))),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("campaign.csv");
    for (separator, spelling) in spellings {
        let mut text = ["customer", "age", "treatment", "outcome"].join(separator) + "\n";
        for (at, (treated, cents)) in rows.iter().enumerate() {
            let cells =
                [format!("u{at}"), (at * 31 % 60).to_string(), u8::from(*treated).to_string(), spelling(*cents)];
            writeln!(text, "{}", cells.join(separator)).unwrap();
        }
        fs::write(&file, text).unwrap();
        let args = ["uplift", "--campaign", path(&file), "--user", "customer", "--format", "json"];
        let told: Value = serde_json::from_str(&succeeded(user360(&args))).unwrap();
        let number = |key: &str| told["arms"][0][key].as_f64().unwrap();
        let example = spelling(123_450);
        assert!((number("raw_effect") - raw).abs() < 1e-5, "{example}: {} for {raw}", number("raw_effect"));
        assert!((number("effect") - lowered).abs() < 1e-5, "{example}: {} for {lowered}", number("effect"));
        let said = succeeded(user360(&args[..5]));
        assert!(said.contains(&format!("as it is   {raw:+.5} with no amount lowered")), "{example}: {said}");
    }
}
