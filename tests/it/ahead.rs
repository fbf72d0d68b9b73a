//! Keys typed faster than views are made: they come to what they would have come to, typed slowly.

use std::collections::VecDeque;

use crate::bench::Bench;

/// What is typed, at random: moves, orders, filters, searches, marks, pages, panes, undo.
const STROKES: [&str; 40] = [
    "j",
    "jj",
    "k",
    "<pgdn>",
    "G",
    "g",
    "l",
    "l",
    "ll",
    "h",
    "s",
    "s",
    "S",
    "F",
    "0",
    " ",
    " j ",
    "vjj ",
    "i",
    "<enter>",
    "<backspace>",
    "1",
    "2",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "u",
    "u",
    "<ctrl-r>",
    "fchurn > 0.5<enter>",
    "fviews > 3<enter>a",
    "/2<enter>",
    "n",
    "N",
    "#7<enter>",
    "[",
    "]",
];

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's generator of 64 bits; the high ones are the better.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// What can be told of a workbench at rest: its screen, and the users that an export of marks would write.
fn state(bench: &mut Bench) -> (String, Vec<u32>) {
    let picture = bench.picture();
    (picture, bench.app.grid_of(user360::ui::Pane::Users).marks().rows())
}

fn at_rest(bench: &mut Bench) -> (String, Vec<u32>) {
    while bench.catch_up() {}
    assert!(bench.app.ahead.is_empty() && !bench.app.ahead.is_waiting());
    state(bench)
}

/// Types the same slowly, each view there before the next key, and fast, with answers that come when they like.
fn assert_equal(slow: &mut Bench, fast: &mut Bench, strokes: &[&str], dice: &mut Dice) {
    let mut typed = String::new();
    for stroke in strokes {
        slow.strokes(stroke);
        fast.strokes(stroke);
        typed.push_str(stroke);
        if dice.below(4) == 0 {
            fast.catch_up();
        }
    }
    // How long a notice stands is a matter of time, not of keys.
    while fast.catch_up() {}
    slow.fade();
    fast.fade();
    let (slow, fast) = (at_rest(slow), at_rest(fast));
    assert_eq!(slow.1, fast.1, "the marks after {typed}");
    assert_eq!(slow.0, fast.0, "after {typed}");
}

#[test]
fn keys_typed_ahead_come_to_what_they_come_to_slowly() {
    let mut dice = Dice(19);
    let (mut slow, mut fast) = (Bench::on_shop(100, 30), Bench::on_shop(100, 30));
    for _ in 0..200 {
        fast.late = Some(VecDeque::new());
        let mut strokes = vec!["2"];
        strokes.extend((0..12).map(|_| STROKES[dice.below(STROKES.len())]));
        assert_equal(&mut slow, &mut fast, &strokes, &mut dice);
    }
}

#[test]
fn a_sort_and_the_first_row_in_one_packet_are_the_first_row_of_the_sorted_view() {
    let mut bench = Bench::on_shop(100, 30);
    bench.strokes("2jjjj");
    bench.late = Some(VecDeque::new());
    bench.strokes("llllssgj<enter>");
    assert!(bench.app.drills.is_empty(), "the page is of a row of the view to come");
    while bench.catch_up() {}
    let mut slow = Bench::on_shop(100, 30);
    slow.strokes("2jjjjllll").strokes("s").strokes("s").strokes("g").strokes("j").strokes("<enter>");
    assert_eq!(bench.lines(), slow.lines());
}

#[test]
fn what_is_typed_behind_a_filter_is_for_the_filtered_rows() {
    let mut bench = Bench::on_shop(100, 30);
    bench.strokes("2");
    bench.late = Some(VecDeque::new());
    bench.strokes("fchurn > 0.9<enter>a");
    assert!(bench.app.grid_of(user360::ui::Pane::Users).marks().rows().is_empty());
    while bench.catch_up() {}
    let users = bench.app.grid_of(user360::ui::Pane::Users);
    assert!(users.view().filter.is_some());
    assert_eq!(users.marks().rows().len(), users.rows().len());
    // One that is wrong keeps its line open, and what was typed behind it is text there.
    bench.strokes("0fchurm > 0.5<enter>x");
    while bench.catch_up() {}
    assert!(bench.says("did you mean churn?") && bench.says("churm > 0.5x"), "{:#?}", bench.lines());
}

#[test]
fn an_order_of_the_same_rows_takes_an_older_ones_place_and_undo_knows_both() {
    let mut bench = Bench::on_shop(100, 30);
    bench.strokes("2ll");
    bench.late = Some(VecDeque::new());
    bench.strokes("ss");
    assert_eq!(bench.late.as_ref().map(VecDeque::len), Some(2), "the second is asked for at once");
    while bench.catch_up() {}
    let sort = |bench: &Bench| {
        let sort = &bench.app.grid_of(user360::ui::Pane::Users).view().sort;
        sort.first().map(|key| key.descending)
    };
    assert_eq!(sort(&bench), Some(true));
    bench.strokes("u");
    while bench.catch_up() {}
    assert_eq!(sort(&bench), Some(false));
}
