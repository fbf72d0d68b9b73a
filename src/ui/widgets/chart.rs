//! Charts on the screen: cells of text in the theme's colours, and clouds of points.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas as Dots, Points};
use unicode_width::UnicodeWidthChar;

use crate::plot::{self, Axis, Canvas, Ink, Inside, Plot};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::text;

/// Columns and rows of a cloud of points at least.
const LEAST: (usize, usize) = (10, 3);
/// Blank columns between the entries of a legend.
const LEGEND_GAP: usize = 2;

/// The canvas of an area.
pub fn canvas(area: Rect, theme: &Theme) -> Canvas {
    Canvas { width: usize::from(area.width), height: usize::from(area.height), ascii: theme.glyphs.ascii }
}

/// Draws a chart; what does not fit into the area is cut.
pub fn draw(plot: &Plot, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buffer.area);
    for (row, y) in plot.rows.iter().zip(area.top()..area.bottom()) {
        let mut x = area.left();
        for (letter, ink) in row {
            let wide = letter.width().unwrap_or(0) as u16;
            if x + wide > area.right() {
                break;
            }
            if let (Some(style), Some(cell)) = (style(*ink, theme), buffer.cell_mut((x, y))) {
                cell.set_char(*letter).set_style(style);
                // The second column of a wide letter shows nothing of its own.
                for covered in x + 1..x + wide {
                    buffer[(covered, y)].set_symbol(" ").set_style(style);
                }
            }
            x += wide;
        }
    }
}

/// How a cell looks; `None` leaves it alone.
fn style(ink: Ink, theme: &Theme) -> Option<Style> {
    match ink {
        Ink::Blank => None,
        Ink::Axis => Some(theme.style(Role::Border)),
        Ink::Words => Some(theme.style(Role::Dim)),
        Ink::Number => Some(theme.style(Role::Number)),
        Ink::Series(number) => Some(theme.series(number)),
        Ink::Faint(number) => Some(theme.series(number).add_modifier(Modifier::DIM)),
    }
}

/// Points of several classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scatter<'a> {
    /// What lies to the right, with its unit.
    pub x_title: &'a str,
    /// What goes up, with its unit.
    pub y_title: &'a str,
    /// Classes: name and points; a class's place is its series.
    pub classes: &'a [(&'a str, &'a [(f64, f64)])],
    /// What the reader should know, such as how many points are drawn.
    pub note: &'a str,
}

/// Draws points by class. Where the theme's colours do not tell the classes apart each has a sign, and the most frequent
/// class of a cell is the one that shows.
pub fn scatter(scatter: &Scatter<'_>, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let coloured = !theme.glyphs.ascii && theme.colours_apart(scatter.classes.len());
    let most = area.height.saturating_sub(8) / 2 + 1;
    let legend = legend(scatter, area.width, usize::from(most), coloured, theme);
    let legend_rows = (legend.len() as u16).min(area.height);
    let note_rows = u16::from(!scatter.note.is_empty() && area.height >= 10);
    let rest = Rect { y: area.y + legend_rows, height: area.height.saturating_sub(legend_rows + note_rows), ..area };
    let bounds = |pick: fn(&(f64, f64)) -> f64| plot::extent(points(scatter).map(|(_, point)| pick(&point)));
    let (x, y) = (bounds(|point| point.0), bounds(|point| point.1));
    let level = Axis { title: scatter.x_title, bounds: Some(x) };
    let upright = Axis { title: scatter.y_title, bounds: Some(y) };
    let (frame, inside) = match plot::frame(&level, &upright, LEAST, &canvas(rest, theme)) {
        Err(words) => return draw(&words, area, buffer, theme),
        Ok(framed) => framed,
    };
    draw(&frame, rest, buffer, theme);
    for (row, entries) in legend.iter().take(usize::from(legend_rows)).enumerate() {
        for (column, words, style) in entries {
            buffer.set_string(area.x + column, area.y + row as u16, words, *style);
        }
    }
    if note_rows > 0 {
        let note = text::fit(&text::clean(scatter.note), usize::from(area.width), &theme.glyphs.cut);
        buffer.set_string(area.x, area.bottom() - 1, note, theme.style(Role::Dim));
    }
    let cells = Rect {
        x: rest.x + inside.column as u16,
        y: rest.y + inside.row as u16,
        width: inside.width as u16,
        height: inside.height as u16,
    };
    if coloured {
        dots(scatter, (x, y), cells, buffer, theme);
    } else {
        signs(scatter, (x, y), inside, cells, buffer, theme);
    }
}

/// The finite points, each with its class.
fn points<'a>(scatter: &Scatter<'a>) -> impl Iterator<Item = (usize, (f64, f64))> + use<'a> {
    let classes = scatter.classes.iter().enumerate();
    let points = classes.flat_map(|(class, (_, points))| points.iter().map(move |point| (class, *point)));
    points.filter(|(_, (x, y))| x.is_finite() && y.is_finite())
}

/// Rows of the legend, at most so many: column, words, style. Classes that do not fit on a row go to the next; where they
/// do not fit on the rows there are, their names are cut, but none is left out.
fn legend(
    scatter: &Scatter<'_>,
    width: u16,
    most: usize,
    coloured: bool,
    theme: &Theme,
) -> Vec<Vec<(u16, String, Style)>> {
    let width = usize::from(width);
    let classes = scatter.classes.len();
    let room_of = |rows: usize| (width / classes.div_ceil(rows.max(1)).max(1)).saturating_sub(LEGEND_GAP).max(1);
    let laid_out = |room: usize| {
        let mut rows = vec![Vec::new()];
        let mut at = 0;
        for (class, (name, _)) in scatter.classes.iter().enumerate() {
            // A point of colour, or the sign itself.
            let sign = if coloured { theme.point(0) } else { theme.point(class) };
            let words = text::fit(&format!("{sign} {}", text::clean(name)), room.min(width), &theme.glyphs.cut);
            let columns = text::width(&words);
            if at > 0 && at + columns > width {
                rows.push(Vec::new());
                at = 0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((at as u16, words, theme.series(class)));
            }
            at += columns + LEGEND_GAP;
        }
        rows
    };
    let whole = laid_out(width);
    if whole.len() <= most { whole } else { laid_out(room_of(most)) }
}

type Range = (f64, f64);

/// Dots of braille, the small classes last so that they are seen.
fn dots(scatter: &Scatter<'_>, (x, y): (Range, Range), cells: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mut order: Vec<usize> = (0..scatter.classes.len()).collect();
    order.sort_by_key(|class| std::cmp::Reverse(scatter.classes[*class].1.len()));
    // Shares of the axes: the widest range of numbers stays finite.
    let mut placed = vec![Vec::new(); scatter.classes.len()];
    for (class, point) in points(scatter) {
        placed[class].push((plot::share(point.0, x), plot::share(point.1, y)));
    }
    Dots::default()
        .marker(Marker::Braille)
        .background_color(theme.style(Role::Text).bg.unwrap_or(Color::Reset))
        .x_bounds([0.0, 1.0])
        .y_bounds([0.0, 1.0])
        .paint(|context| {
            for class in &order {
                let color = theme.series(*class).fg.unwrap_or(Color::Reset);
                context.draw(&Points { coords: &placed[*class], color });
            }
        })
        .render(cells, buffer);
}

/// One sign a cell: that of the class with the most points there.
fn signs(
    scatter: &Scatter<'_>,
    (x, y): (Range, Range),
    inside: Inside,
    cells: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let classes = scatter.classes.len();
    let mut counts = vec![0_u32; inside.width * inside.height * classes];
    for (class, point) in points(scatter) {
        let place = |share: f64, cells: usize| ((share.clamp(0.0, 1.0) * cells as f64) as usize).min(cells - 1);
        let column = place(plot::share(point.0, x), inside.width);
        let row = inside.height - 1 - place(plot::share(point.1, y), inside.height);
        counts[(row * inside.width + column) * classes + class] += 1;
    }
    for (cell, counts) in counts.chunks(classes.max(1)).enumerate() {
        let most = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let Some((class, _)) = most.max_by_key(|(class, count)| (**count, std::cmp::Reverse(*class))) else { continue };
        let place = (cells.x + (cell % inside.width) as u16, cells.y + (cell / inside.width) as u16);
        buffer[place].set_symbol(theme.point(class)).set_style(theme.series(class));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plot::{Bar, bars};
    use crate::ui::theme::Depth;

    fn theme(name: &str, depth: Depth) -> Theme {
        Theme::built_in(depth).unwrap().into_iter().find(|theme| theme.name == name).unwrap()
    }

    fn lines(buffer: &Buffer) -> Vec<String> {
        let area = buffer.area;
        let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..area.height).map(line).collect()
    }

    #[test]
    fn a_plot_is_drawn_in_its_inks_and_cut_to_the_area() {
        let theme = theme("default", Depth::True);
        let rows = [Bar { label: "日本", value: 1.0, words: "1", series: 2 }];
        let plot = bars("title", &rows, &Canvas { width: 20, height: 2, ascii: false });
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 3));
        draw(&plot, Rect::new(1, 0, 40, 3), &mut buffer, &theme);
        assert_eq!(lines(&buffer), [" title", " 日 本  1 ━━━━", ""]);
        assert_eq!(buffer[(8, 1)].fg, theme.series(2).fg.unwrap());
        assert_eq!(buffer[(1, 0)].fg, theme.style(Role::Dim).fg.unwrap_or(Color::Reset));
    }

    const FEW: [(f64, f64); 2] = [(0.0, 0.0), (10.0, 4.0)];
    const MANY: [(f64, f64); 4] = [(10.0, 4.0), (10.0, 4.0), (5.0, 2.0), (f64::NAN, 9.0)];

    fn scattered(theme: &Theme, width: u16, height: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let classes = [("few", &FEW[..]), ("many", &MANY[..])];
        let cloud = Scatter { x_title: "PC1 (46 %)", y_title: "PC2 (33 %)", classes: &classes, note: "5 of 9 users" };
        scatter(&cloud, buffer.area, &mut buffer, theme);
        buffer
    }

    #[test]
    fn signs_tell_classes_apart_where_colours_do_not() {
        let expected = [
            "o few  x many",
            "PC2 (33 %)",
            "4+                  x",
            " |",
            "2+         x",
            " |",
            "0+o",
            " ++---+--+---+--+---+",
            "  0   2  4   6  8  10",
            "      PC1 (46 %)",
            "5 of 9 users",
        ];
        assert_eq!(lines(&scattered(&theme("ascii", Depth::True), 21, 11)), expected);
        let mono = lines(&scattered(&theme("default", Depth::Mono), 21, 11));
        assert!(mono[2].ends_with('○') && mono[6].contains('●'), "{mono:#?}");
    }

    #[test]
    fn colours_tell_classes_apart_in_braille() {
        let theme = theme("default", Depth::True);
        let buffer = scattered(&theme, 21, 11);
        let drawn = lines(&buffer);
        assert!(drawn[0].starts_with("● few  ● many"), "{drawn:#?}");
        let braille = |x, y| buffer[(x, y)].symbol().chars().all(|letter| ('⠁'..='⣿').contains(&letter));
        assert!(braille(2, 6) && braille(20, 2), "{drawn:#?}");
        assert_eq!(buffer[(2, 6)].fg, theme.series(0).fg.unwrap());
        assert_eq!(buffer[(7, 0)].fg, theme.series(1).fg.unwrap());
    }

    #[test]
    fn any_size_and_any_points_are_drawn_without_a_panic() {
        let wild = [(f64::MAX, f64::MIN), (f64::MIN, f64::MAX), (f64::INFINITY, 0.0), (0.0, 1e-300)];
        for name in ["default", "ascii"] {
            let theme = theme(name, Depth::True);
            for (width, height) in [(0, 0), (1, 1), (12, 5), (14, 6), (40, 12), (200, 60)] {
                scattered(&theme, width, height);
                for classes in [&[][..], &[("none", &[][..])], &[("wild", &wild[..]), ("same", &wild[..])]] {
                    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
                    let cloud = Scatter { x_title: "x", y_title: "y", classes, note: "" };
                    scatter(&cloud, Rect::new(0, 0, width + 3, height + 3), &mut buffer, &theme);
                }
            }
        }
    }
}
