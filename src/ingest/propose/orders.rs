//! Which column numbers the orders: told by what rows of the same number have in common.
//!
//! Lines of an order have one customer, one time and different items, and a customer comes back with another number. An
//! export of orders often tells customer and time in the first line of each order alone.

use std::collections::{HashMap, HashSet};

use crate::ingest::grammar::{is_empty, is_nobody};

/// Rows that are looked at.
const ROWS: usize = 20_000;
/// Numbers of several rows from which on they tell anything.
const TELLING: usize = 3;
/// Share of them that must agree.
const AGREE: f64 = 0.98;

/// The columns that tell whose a row is, when it was, and of what.
#[derive(Clone, Debug)]
pub(super) struct Beside<'a> {
    pub(super) user: &'a [&'a str],
    pub(super) time: &'a [&'a str],
    pub(super) item: Option<&'a [&'a str]>,
    /// Whether each row is a purchase, where rows name their events.
    pub(super) bought: Option<Vec<bool>>,
}

/// What the rows say of a column that may number orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orders {
    /// Different numbers.
    pub(super) numbers: usize,
    /// Those that stand in several rows.
    pub(super) several: usize,
    /// Those of several rows whose rows have one customer and one time.
    alike: usize,
    /// Those of several rows that are of different items.
    lines: usize,
    /// Customers with several numbers.
    came_back: usize,
    /// Rows that tell no number though others of their kind do.
    lacking: usize,
    /// Rows with a number, and the different customers at different times in them.
    numbered: usize,
    moments: usize,
    /// Rows with a number that are no purchase.
    astray: usize,
    /// Rows that could have one.
    rows: usize,
    /// Rows of other events, which have none.
    others: usize,
}

impl Orders {
    /// Looks at a column's cells.
    pub(super) fn of(cells: &[&str], beside: &Beside<'_>) -> Self {
        let mut rows_of: HashMap<&str, Vec<usize>> = HashMap::new();
        let (mut found, mut moments) = (Self::default(), HashSet::new());
        for (row, cell) in cells.iter().enumerate().take(ROWS) {
            let bought = beside.bought.as_ref().is_none_or(|bought| bought[row]);
            found.rows += usize::from(bought);
            found.others += usize::from(!bought);
            if is_empty(cell) {
                found.lacking += usize::from(bought);
            } else {
                found.astray += usize::from(!bought);
                found.numbered += 1;
                moments.insert((beside.user[row], beside.time[row]));
                rows_of.entry(cell).or_default().push(row);
            }
        }
        (found.numbers, found.moments) = (rows_of.len(), moments.len());
        let mut numbers_of: HashMap<&str, usize> = HashMap::new();
        for rows in rows_of.values() {
            let told = |column: &[&str], nothing: fn(&str) -> bool| {
                rows.iter().map(|&row| column[row]).filter(|cell| !nothing(cell)).collect::<HashSet<_>>().len()
            };
            if let Some(user) = rows.iter().map(|&row| beside.user[row]).find(|user| !is_nobody(user)) {
                *numbers_of.entry(user).or_default() += 1;
            }
            if rows.len() > 1 {
                found.several += 1;
                found.alike += usize::from(told(beside.user, is_nobody) < 2 && told(beside.time, is_empty) < 2);
                found.lines += usize::from(beside.item.is_none_or(|item| told(item, is_empty) > 1));
            }
        }
        found.came_back = numbers_of.values().filter(|&&numbers| numbers > 1).count();
        found
    }

    /// Whether rows of the same number are lines of an order of theirs.
    pub(super) fn are_lines(&self) -> bool {
        self.several >= TELLING
            && self.alike as f64 >= self.several as f64 * AGREE
            && self.lines * 2 > self.several
            && self.came_back >= TELLING
            && self.is_in_most_rows()
    }

    /// Whether each row has a number of its own and is an order: no other row is of the same customer and time.
    pub(super) fn are_rows(&self) -> bool {
        let alone = self.moments as f64 >= self.numbered as f64 * AGREE;
        self.several == 0 && self.numbers > TELLING && self.came_back > 0 && alone && self.is_in_most_rows()
    }

    /// Whether all purchases have a number and no other row has, as nothing but an order's would.
    pub(super) fn are_of_purchases_alone(&self) -> bool {
        self.others > 0 && self.astray == 0 && self.lacking == 0 && self.numbers > TELLING
    }

    fn is_in_most_rows(&self) -> bool {
        self.lacking * 10 <= self.rows && self.astray == 0
    }

    /// Whether different customers share its numbers, as they do where each customer's orders are counted from 1.
    pub(super) fn are_shared(&self) -> bool {
        self.several >= TELLING && self.alike * 2 < self.several
    }

    /// What was found, for a reader.
    pub(super) fn facts(&self) -> String {
        format!("{} numbers, {} of them on several rows of one customer and one time", self.numbers, self.several)
    }
}

/// The first row of the order that each row belongs to. A row that names neither order nor any other of `others`, who
/// bought and when, goes on with the order above it.
pub(super) fn first_rows(orders: &[&str], others: &[&[&str]]) -> Vec<usize> {
    let mut first = 0;
    let of_row = |(row, order): (usize, &&str)| {
        let goes_on = !others.is_empty() && is_empty(order) && others.iter().all(|cells| is_empty(cells[row]));
        if !goes_on && (*order != orders[first] || is_empty(order)) {
            first = row;
        }
        first
    };
    orders.iter().enumerate().map(of_row).collect()
}

/// How many empty cells of a column are told by the first of the rows of the same order around them.
pub(super) fn inherited(cells: &[&str], first_rows: &[usize]) -> usize {
    cells.iter().zip(first_rows).filter(|&(cell, &first)| is_empty(cell) && !is_empty(cells[first])).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four orders of three customers; Ann comes back, as the others do.
    const USERS: [&str; 12] = ["ann", "", "ann", "bob", "", "bob", "cid", "", "cid", "cid", "ann", "bob"];
    const TIMES: [&str; 12] = ["1", "", "2", "3", "", "4", "5", "", "6", "6", "7", "8"];
    const ITEMS: [&str; 12] = ["x", "y", "x", "y", "z", "x", "x", "z", "x", "y", "z", "z"];

    fn found(cells: [&str; 12]) -> Orders {
        Orders::of(&cells, &Beside { user: &USERS, time: &TIMES, item: Some(&ITEMS), bought: None })
    }

    #[test]
    fn rows_of_one_customer_and_time_with_different_items_are_an_order() {
        let numbers = found(["#1", "#1", "#2", "#3", "#3", "#4", "#5", "#5", "#6", "#6", "#7", "#8"]);
        assert_eq!((numbers.numbers, numbers.several, numbers.came_back), (8, 4, 3));
        assert!(numbers.are_lines() && !numbers.are_rows() && !numbers.are_shared());
        // What a customer has once and for all is no number of an order, nor is a day's or a row's own.
        let city = found(["A", "A", "A", "B", "B", "B", "C", "C", "C", "C", "A", "B"]);
        assert!(!city.are_lines());
        let nth = found(["1", "1", "2", "1", "1", "2", "1", "1", "2", "2", "3", "3"]);
        assert!(!nth.are_lines() && nth.are_shared());
        let row = found(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
        assert!(!row.are_lines() && !row.are_rows(), "they number the lines");
    }

    #[test]
    fn a_number_that_stands_in_other_rows_than_purchases_is_none_of_orders() {
        let cells = ["1", "", "2", "", "3", "", "4", "", "5", "", "6", "7"];
        let bought = cells.map(|cell| !cell.is_empty());
        let user = ["a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "b"];
        let beside = Beside { user: &user, time: &TIMES, item: None, bought: Some(bought.to_vec()) };
        assert!(Orders::of(&cells, &beside).are_rows());
        let others = bought.map(|bought| !bought);
        assert!(!Orders::of(&cells, &Beside { bought: Some(others.to_vec()), ..beside }).are_rows());
    }

    #[test]
    fn what_the_first_row_tells_holds_for_the_rows_of_its_order() {
        let orders = ["1", "1", "2", "", "1"];
        assert_eq!(inherited(&["a", "", "", "", ""], &first_rows(&orders, &[])), 1);
        let users = ["a", "", "b", "", "c"];
        assert_eq!(first_rows(&orders, &[&users]), [0, 0, 2, 2, 4]);
        assert_eq!(inherited(&users, &first_rows(&orders, &[&users])), 2);
    }
}
