//! Validation pairs where there are no times.

use crate::models::recommend::auto::{CUTS, draw};
use crate::models::recommend::tests::random_rows;

#[test]
fn a_drawn_fifth_is_of_the_matrix_and_everyone_keeps_an_item() {
    let matrix = random_rows(500, 60, 12, 3);
    let (past, wanted) = draw(&matrix, 42, 0);
    let of = |user: usize| wanted.iter().find(|(drawn, _)| *drawn as usize == user).map_or(&[][..], |(_, items)| items);
    for user in 0..matrix.rows() {
        assert!(!past.row(user).0.is_empty(), "user {user} keeps nothing");
        let mut both: Vec<u32> = past.row(user).0.iter().chain(of(user)).copied().collect();
        both.sort_unstable();
        // Each of the 60 items is kept by somebody, so nothing drawn is lost.
        assert_eq!(both, matrix.row(user).0, "user {user}");
    }
    let drawn: usize = wanted.iter().map(|(_, items)| items.len()).sum();
    let share = drawn as f64 / matrix.column.len() as f64;
    assert!((0.15..0.22).contains(&share), "{share}");
    assert_eq!(draw(&matrix, 42, 0), (past, wanted.clone()));
    assert_ne!(draw(&matrix, 43, 0).1, wanted);
    // Every pair is wanted in one cut, but where its user would keep nothing or nobody else kept the item.
    let all: usize =
        (0..CUTS).map(|cut| draw(&matrix, 42, cut).1.iter().map(|(_, items)| items.len()).sum::<usize>()).sum();
    assert!(all > matrix.column.len() * 9 / 10 && all <= matrix.column.len(), "{all}");
}
