//! Lines as dots of braille, drawn by textplots.

use textplots::{Chart, Plot as _, Shape};

/// textplots refuses fewer dots than these; a cell is 2 dots wide and 4 high.
const LEAST_DOTS: (usize, usize) = (32, 3);

/// The cells that textplots needs at least.
pub(super) const LEAST: (usize, usize) = (LEAST_DOTS.0 / 2 + 1, 2);

/// The strokes of lines by series, in dots drawn and left out: whole, dashed, dotted, long dashes.
const STROKES: [(usize, usize); 4] = [(1, 0), (3, 3), (1, 3), (7, 3)];

/// The dots of one line in cells, 0 where there is none. Points are shares of width and height, upwards.
pub(super) fn line(points: &[(f64, f64)], series: usize, width: usize, height: usize) -> Vec<Vec<u8>> {
    let mut cells = vec![vec![0; width]; height];
    if points.is_empty() || width < LEAST.0 || height < LEAST.1 {
        return cells;
    }
    let (right, up) = ((width - 1) * 2 + 1, (height - 1) * 4 + 3);
    let points: Vec<(f32, f32)> =
        points.iter().map(|(x, y)| ((x * right as f64) as f32, (y * up as f64) as f32)).collect();
    let stroke = STROKES[series % STROKES.len()];
    let stroked = if stroke.1 > 0 || points.len() == 1 { Some(strokes(&points, stroke)) } else { None };
    let shape = stroked.as_ref().map_or(Shape::Lines(&points), |dots| Shape::Points(dots));
    // The scale of the chart is its dots, so that no precision is lost on the way.
    let (right, up) = (right as f32, up as f32);
    let mut chart = Chart::new_with_y_range(right as u32, up as u32, 0.0, right, 0.0, up);
    let chart = chart.lineplot(&shape);
    chart.figures();
    for (row, drawn) in chart.frame().lines().take(height).enumerate() {
        for (column, letter) in drawn.chars().take(width).enumerate() {
            cells[row][column] =
                u32::from(letter).checked_sub(0x2800).and_then(|bits| bits.try_into().ok()).unwrap_or(0);
        }
    }
    cells
}

/// Dots along a line, some drawn and some left out.
fn strokes(points: &[(f32, f32)], (drawn, left): (usize, usize)) -> Vec<(f32, f32)> {
    let mut dots = vec![points[0]];
    let mut at = 0;
    for pair in points.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let steps = (to_x - x).abs().max((to_y - y).abs());
        // The line's length so far decides, so that short pieces make no unbroken line.
        let whole = steps.ceil() as usize;
        for step in 1..=whole {
            let share = step as f32 / whole as f32;
            at += 1;
            if at % (drawn + left) < drawn {
                dots.push((x + (to_x - x) * share, y + (to_y - y) * share));
            }
        }
    }
    dots
}

/// The character of braille with these dots.
pub(super) fn braille(dots: u8) -> char {
    char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' ')
}

/// The ASCII character nearest to the dots of a cell.
pub(super) fn ascii(dots: u8) -> char {
    // Bits of the four rows of dots, from above.
    let rows = [0x09, 0x12, 0x24, 0xc0].map(|row| dots & row != 0);
    match rows {
        [false, false, false, false] => ' ',
        [_, _, false, false] => '\'',
        [false, false, _, _] => {
            if rows[3] && !rows[2] {
                '_'
            } else {
                '.'
            }
        }
        [true, true, true, true] => '|',
        [false, true, true, false] => '-',
        [true, ..] => '/',
        [false, ..] => ',',
    }
}
