//! Columns that tell of the item of their row: what it is called, which product it is a variant of, how its category is
//! called. A name alone says little (`name` is a customer's as often), so the rows must agree: all of an item tell the same.

use std::collections::{HashMap, HashSet};

use crate::ingest::attribute_table::letters;
use crate::ingest::grammar::{Decimal, Numbers, is_empty};
use crate::ingest::item_names::{CATEGORY, GROUP, NAME};
use crate::ingest::layout::Role;
use crate::ingest::propose::profile::Profile;

/// Names that are those of many things, and are believed only where items that come again tell the same.
const OF_MANY_THINGS: &[&str] = &[
    "name",
    "title",
    "description",
    "designation",
    "libelle",
    "nom",
    "nombre",
    "descripcion",
    "parent",
    "parentid",
    "nome",
];
/// Rows of items that were met before from which on they say whether a column is of the item.
const TELLING: usize = 5;
/// Share of them that must tell what the item's earlier rows told.
const AGREE: f64 = 0.95;

/// How well a column fits one of the roles of an item's texts, with the reason; `None` where it cannot be it. `cells` and
/// `items` are of the same rows; for the name of a category `items` are the categories' ids.
pub(super) fn told_of_items(profile: &Profile, role: Role, cells: &[&str], items: &[&str]) -> Option<(u32, String)> {
    let words = match role {
        Role::ItemName => NAME,
        Role::ItemGroup => GROUP,
        Role::CategoryName => CATEGORY,
        _ => return None,
    };
    let name = letters(&profile.name);
    let place = words.iter().position(|&word| profile.named && word == name)?;
    let mut first: HashMap<&str, &str> = HashMap::new();
    let (mut again, mut alike) = (0_usize, 0_usize);
    for (&cell, &item) in cells.iter().zip(items).filter(|(cell, item)| !is_empty(cell) && !is_empty(item)) {
        match first.get(item) {
            Some(&told) => {
                again += 1;
                alike += usize::from(told == cell);
            }
            None => {
                first.insert(item, cell);
            }
        }
    }
    let told: HashSet<&str> = first.values().copied().collect();
    let is_the_item = first.iter().all(|(item, told)| item == told);
    let agrees = alike as f64 >= again as f64 * AGREE;
    let believed = again >= TELLING || !OF_MANY_THINGS.contains(&words[place]);
    let groups = role != Role::ItemGroup || told.len() < first.len();
    let with_letters = told.iter().filter(|text| text.contains(char::is_alphabetic)).count();
    let reads = role == Role::ItemGroup || with_letters * 2 > told.len();
    (agrees && believed && groups && reads && !is_the_item && !told.is_empty()).then(|| {
        let reason = format!("by its name; all {} of them tell one each", first.len());
        (100 - place as u32, reason)
    })
}

/// Rows of an item bought in another number of pieces than before from which on they say what a price is of.
const COMPARED: usize = 20;
/// Share of them that must agree.
const MOST: f64 = 0.9;

/// Whether prices are those of all pieces of their row: an item costs as many times as much as it has pieces, as in the
/// `item-price` of Amazon's orders, and not the same each time.
pub(super) fn costs_all_pieces(prices: &[&str], items: &[&str], pieces: &[&str], decimal: Decimal) -> bool {
    let numbers = Numbers { decimal };
    let mut first: HashMap<&str, (f64, f64)> = HashMap::new();
    let (mut compared, mut of_all, mut of_one) = (0_usize, 0_usize, 0_usize);
    for ((&price, &item), &count) in prices.iter().zip(items).zip(pieces).filter(|((_, item), _)| !is_empty(item)) {
        let known =
            numbers.parse(price).zip(numbers.parse(count)).filter(|(price, count)| *price > 0.0 && *count > 0.0);
        let Some((price, count)) = known else { continue };
        let &mut (price_before, count_before) = first.entry(item).or_insert((price, count));
        if (count - count_before).abs() < 0.5 {
            continue;
        }
        compared += 1;
        // Amounts are written to the hundredth.
        let slack = 0.006 * (1.0 / count + 1.0 / count_before);
        of_all += usize::from((price / count - price_before / count_before).abs() <= slack);
        of_one += usize::from((price - price_before).abs() <= 0.006);
    }
    let agreed = compared as f64 * MOST;
    compared >= COMPARED && of_all as f64 >= agreed && (of_one as f64) < compared as f64 - agreed
}

/// Rows from which on they say that a column counts the lines of each order.
const LINES: usize = 20;

/// Whether numbers count the lines of each order: one more in each row, until they begin again at one.
pub(super) fn counts_lines(cells: &[&str]) -> bool {
    let numbers: Option<Vec<u64>> = cells.iter().filter(|cell| !is_empty(cell)).map(|cell| cell.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() >= LINES) else { return false };
    let goes_on = numbers.windows(2).all(|pair| pair[1] == 1 || pair[1] == pair[0] + 1);
    let begins = numbers.iter().filter(|number| **number == 1).count();
    goes_on && numbers[0] == 1 && begins > 1 && begins < numbers.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[String]) -> Vec<&str> {
        texts.iter().map(String::as_str).collect()
    }

    #[test]
    fn numbers_that_go_up_by_one_and_begin_again_count_the_lines_of_orders() {
        let pieces: Vec<String> = (0..60).map(|at| (1 + at * 5 % 7 % 3).to_string()).collect();
        let lines: Vec<String> = (0..30).map(|at| (1 + at % 3).to_string()).collect();
        assert!(counts_lines(&cells(&lines)) && !counts_lines(&cells(&pieces[..30])));
        assert!(!counts_lines(&cells(&vec!["1".to_owned(); 30])));
    }

    #[test]
    fn what_an_item_costs_in_several_pieces_says_what_a_price_is_of() {
        // Five items of 3.10, 6.20 … a piece, bought in one to three pieces.
        let rows = |of_all: bool| {
            let row = |at: usize| {
                let (item, count) = (at % 5, 1 + at % 3);
                let price = 3.1 * (item + 1) as f64 * if of_all { count as f64 } else { 1.0 };
                [format!("{price:.2}"), format!("sku{item}"), count.to_string()]
            };
            (0..60).map(row).collect::<Vec<_>>()
        };
        let is_of_all = |rows: &[[String; 3]], decimal: Decimal| {
            let column = |at: usize| rows.iter().map(|row| row[at].as_str()).collect::<Vec<_>>();
            costs_all_pieces(&column(0), &column(1), &column(2), decimal)
        };
        assert!(is_of_all(&rows(true), Decimal::Point));
        assert!(!is_of_all(&rows(false), Decimal::Point));
        assert!(!is_of_all(&rows(true)[..25], Decimal::Point), "too few of them say it");
    }
}
