//! Drawings checked by hand, and what holds for any numbers at any size.

#![allow(clippy::unwrap_used)]
use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;

use super::*;

fn canvas(width: usize, height: usize, ascii: bool) -> Canvas {
    Canvas { width, height, ascii }
}

const NO_TITLE: Axis<'static> = Axis { title: "", bounds: None };

fn signal() -> Vec<(f64, f64)> {
    (0..=40).map(|step| (f64::from(step) / 40.0, f64::from(step) / 40.0)).collect()
}

#[test]
fn a_line_chart_reads_like_one() {
    let (x, y) =
        (Axis { title: "false positive rate", bounds: None }, Axis { title: "true positive rate", bounds: None });
    let straight = signal();
    let drawn = curves(&x, &y, &[Curve { name: "model", points: &straight }], None, &canvas(46, 8, false));
    let expected = "\
true positive rate
  1┤                                  ⣀⣀⡠⠤⠔⠒⠊⠉
   │                          ⣀⣀⠤⠤⠒⠒⠉⠉
0.5┤                ⢀⣀⡠⠤⠤⠒⠒⠒⠉⠉
   │        ⢀⣀⡠⠤⠔⠒⠊⠉⠁
  0┤⣀⣀⠤⠤⠒⠒⠉⠉⠁
   └┬────────────────────────────────────────┬
    0          false positive rate           1
";
    assert_eq!(drawn.text(), expected);
}

#[test]
fn signed_bars_have_zero_in_the_middle() {
    let rows = [
        Bar { label: "sessions", value: 2.0, words: "+2.0", series: 0 },
        Bar { label: "日本", value: -1.0, words: "-1.0", series: 1 },
        Bar { label: "views", value: f64::NAN, words: "–", series: 1 },
    ];
    assert_eq!(
        bars("coefficient (log-odds)", &rows, &canvas(31, 4, false)).text(),
        "coefficient (log-odds)\n\
         sessions +2.0         │━━━━━━━━\n\
         日本     -1.0     ━━━━│\n\
         views       –         │\n"
    );
    assert_eq!(
        bars("x", &rows, &canvas(31, 3, true)).text(),
        "x\n\
         sessions +2.0         |########\n\
         ... and 2 more\n"
    );
}

#[test]
fn bars_end_in_halves() {
    let rows = [1.0, 0.5, 0.31, 0.0].map(|value| Bar { label: "a", value, words: "w", series: 0 });
    assert_eq!(bars("t", &rows, &canvas(9, 5, false)).text(), "t\na w ━━━━━\na w ━━╸\na w ━╸\na w\n");
}

#[test]
fn columns_stand_on_zero() {
    let columns = Columns {
        x: Axis { title: "day", bounds: None },
        y_title: "events",
        values: &[8.0, 4.0, 0.0, f64::INFINITY, 1.0],
        ends: ("Mon", "Fri"),
        at: Some(4),
    };
    assert_eq!(
        crate::plot::columns(&columns, &canvas(18, 7, false)).text(),
        "events\n\
         10┤▂▂\n\
         \u{20} │██\n\
         \u{20} │██ ▅▅\n\
         \u{20}0┤██ ██       ▃▃\n\
         \u{20} └┬───────────▲─┬\n\
         \u{20}  Mon   day   Fri\n"
    );
}

#[test]
fn columns_too_many_are_summed_and_say_so() {
    let values = [1.0; 40];
    let columns = Columns { x: NO_TITLE, y_title: "events", values: &values, ends: ("a", "b"), at: None };
    let text = crate::plot::columns(&columns, &canvas(23, 4, true)).text();
    assert_eq!(text, "events, sum of 2\n2+#####################\n0+#####################\n  a                   b\n");
}

#[test]
fn bars_fill_the_axis_and_the_mark_stands_at_its_value() {
    // 20 bins in 35 columns: a whole number of columns each would leave 15 blank.
    let values = [1.0; 20];
    let columns = Columns { x: NO_TITLE, y_title: "users", values: &values, ends: ("", ""), at: None };
    let at = |percent: f64| (percent / 100.0 * 20.0, format!("{percent} %"));
    let steps = Steps { ticks: vec![at(0.0), at(50.0), at(100.0)], at: Some(at(90.0)) };
    let text = ticked(&columns, &steps, &canvas(37, 7, true)).text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[1], format!("1+{}", "#".repeat(35)));
    assert_eq!(lines[5].find('^'), Some(2 + (0.9 * 35.0) as usize), "{text}");
    // The label of the mark comes before that of the end, which it covers.
    assert!(lines[6].starts_with("  0 %") && lines[6].ends_with("90 %"), "{text}");
}

#[test]
fn a_band_is_shaded_and_no_entry_of_the_legend_is_left_out() {
    let straight = signal();
    let band = [(0.0, 0.0), (1.0, 0.5), (1.0, 1.0), (0.0, 0.5)];
    let lines = [
        Curve { name: "by uplift", points: &straight },
        Curve { name: "at random", points: &[(0.0, 0.0), (1.0, 1.0)] },
        Curve { name: "chance, 95 %", points: &band },
    ];
    let y = Axis { title: "additional buyers", bounds: None };
    let drawn = curves(&NO_TITLE, &y, &lines, None, &canvas(40, 12, false));
    let text = drawn.text();
    assert!(lines.iter().all(|line| text.contains(line.name)), "{text}");
    assert!(text.contains('░') && drawn.rows.iter().flatten().any(|(_, ink)| *ink == Ink::Faint(2)), "{text}");
    let ascii = curves(&NO_TITLE, &y, &lines, None, &canvas(40, 12, true)).text();
    assert!(ascii.is_ascii() && ascii.contains(". chance, 95 %") && ascii.contains(".."), "{ascii}");
}

#[test]
fn curves_cross_the_mark_and_the_legend_names_them() {
    let straight = signal();
    let level = [(0.0, 0.5), (1.0, 0.5)];
    let lines = [Curve { name: "model", points: &straight }, Curve { name: "random", points: &level }];
    let y = Axis { title: "share", bounds: Some((0.0, 1.0)) };
    let x = Axis { title: "threshold", bounds: Some((0.0, 1.0)) };
    let plot = curves(&x, &y, &lines, Some(0.25), &canvas(40, 10, true));
    let text = plot.text();
    assert!(text.is_ascii(), "{text}");
    assert!(text.starts_with("share   * model  + random\n"), "{text}");
    assert!(text.contains(':') && text.contains(" 0.25 "), "{text}");
    let inks: Vec<Ink> = plot.rows.iter().flatten().map(|(_, ink)| *ink).collect();
    assert!(inks.contains(&Ink::Series(0)) && inks.contains(&Ink::Series(1)) && inks.contains(&Ink::Axis));
    // Where both have dots the first is seen: the crossing is the model's.
    let row = &plot.rows[1..8].iter().find(|row| row.iter().any(|(_, ink)| *ink == Ink::Series(1))).unwrap();
    assert!(row.iter().any(|(_, ink)| *ink == Ink::Series(0)), "{text}");
    // Without colours strokes differ.
    let text = curves(&x, &y, &lines[..], None, &canvas(40, 10, false)).text();
    assert!(text.starts_with("share   ⠤⠤⠤ model  ⠤ ⠤ random\n"), "{text}");
}

#[test]
fn too_little_room_and_no_data_are_said() {
    let points = [(0.0, 1.0), (1.0, 2.0)];
    let curve = [Curve { name: "a", points: &points }];
    assert_eq!(curves(&NO_TITLE, &NO_TITLE, &curve, None, &canvas(20, 3, false)).text(), "no room for the cha…\n\n\n");
    assert_eq!(curves(&NO_TITLE, &NO_TITLE, &[], None, &canvas(20, 1, false)).text(), "no data\n");
    assert_eq!(bars("shares", &[], &canvas(20, 1, false)).text(), "shares: no data\n");
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -1e3..1e3, 2 => 0.0..1.0, 1 => Just(0.0), 1 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(f64::MAX), 1 => Just(f64::MIN)]
}

fn bounds() -> impl Strategy<Value = Option<(f64, f64)>> {
    prop::option::of((number(), number()))
}

fn checked(plot: &Plot, canvas: &Canvas) {
    assert_eq!(plot.rows.len(), canvas.height);
    for row in &plot.rows {
        let wide: usize = row.iter().map(|(letter, _)| letter.width().unwrap_or(0)).sum();
        assert_eq!(wide, canvas.width);
        assert!(!canvas.ascii || row.iter().all(|(letter, _)| letter.is_ascii()), "{}", plot.text());
    }
}

proptest! {
    #[test]
    fn any_numbers_fill_any_canvas_exactly(
        width in 0..90_usize,
        height in 0..24_usize,
        ascii: bool,
        points in prop::collection::vec((number(), number()), 0..60),
        (x, y) in (bounds(), bounds()),
        at in prop::option::of(number()),
        step in prop::option::of(0..80_usize),
    ) {
        let canvas = canvas(width, height, ascii);
        let (x, y) = (Axis { title: "time (d)", bounds: x }, Axis { title: "share", bounds: y });
        let (first, second) = points.split_at(points.len() / 2);
        let lines = [Curve { name: "a", points: first }, Curve { name: "b", points: second }];
        checked(&curves(&x, &y, &lines, at, &canvas), &canvas);
        let values: Vec<f64> = points.iter().map(|(value, _)| *value).collect();
        let columns = Columns { x, y_title: "events", values: &values, ends: ("2015-05-03", "2015-09-18"), at: step };
        checked(&crate::plot::columns(&columns, &canvas), &canvas);
        checked(&line(&columns, &Steps::default(), &canvas), &canvas);
        let unnamed = Columns { ends: ("", ""), ..columns };
        checked(&crate::plot::columns(&unnamed, &canvas), &canvas);
        let rows: Vec<Bar> = values.iter().map(|value| Bar { label: "label", value: *value, words: "12 %", series: 3 }).collect();
        checked(&bars("bars", &rows, &canvas), &canvas);
        match frame(&x, &y, (1, 1), &canvas) {
            Ok((plot, inside)) => {
                checked(&plot, &canvas);
                assert!(inside.column + inside.width <= width && inside.row + inside.height < height);
            }
            Err(plot) => checked(&plot, &canvas),
        }
    }

    #[test]
    fn any_text_fills_its_columns_exactly(label: String, words in "\\PC{0,9}", title: String, width in 0..50_usize) {
        let canvas = canvas(width, 5, false);
        let row = Bar { label: &label, value: -2.0, words: &words, series: 0 };
        checked(&bars(&title, &[row, Bar { value: 1.0, ..row }], &canvas), &canvas);
        let columns = Columns { x: Axis { title: &label, bounds: None }, y_title: &title, values: &[1.0, 2.0], ends: (&words, &label), at: None };
        checked(&crate::plot::columns(&columns, &canvas), &canvas);
    }
}
