//! How many colours there are, and the nearest to one that is missing.

use ratatui::style::Color;

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: weight, reverse and glyphs tell states apart.
    Mono,
    /// The 16 of ANSI.
    Ansi,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

impl Depth {
    /// What this terminal shows, `NO_COLOR` and its like honoured.
    pub fn detect() -> Self {
        match supports_color::on(supports_color::Stream::Stdout) {
            None => Self::Mono,
            Some(level) if level.has_16m => Self::True,
            Some(level) if level.has_256 => Self::Indexed,
            Some(_) => Self::Ansi,
        }
    }
}

/// The nearest colour that the terminal has; none on one without colours.
pub(super) fn reduce(colour: Color, depth: Depth) -> Option<Color> {
    match (depth, colour) {
        (Depth::Mono, _) => None,
        (Depth::Ansi, Color::Rgb(r, g, b)) => Some(nearest_ansi(r, g, b)),
        (Depth::Ansi, Color::Indexed(index)) => {
            let (r, g, b) = rgb_of(index);
            Some(nearest_ansi(r, g, b))
        }
        (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_indexed(r, g, b))),
        (_, colour) => Some(colour),
    }
}

/// From this difference between its strongest and its weakest part on a colour is no grey.
const COLOURED: u8 = 30;

const ANSI: [(Color, (u8, u8, u8)); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (170, 0, 0)),
    (Color::Green, (0, 170, 0)),
    (Color::Yellow, (170, 85, 0)),
    (Color::Blue, (0, 0, 170)),
    (Color::Magenta, (170, 0, 170)),
    (Color::Cyan, (0, 170, 170)),
    (Color::Gray, (170, 170, 170)),
    (Color::DarkGray, (85, 85, 85)),
    (Color::LightRed, (255, 85, 85)),
    (Color::LightGreen, (85, 255, 85)),
    (Color::LightYellow, (255, 255, 85)),
    (Color::LightBlue, (85, 85, 255)),
    (Color::LightMagenta, (255, 85, 255)),
    (Color::LightCyan, (85, 255, 255)),
    (Color::White, (255, 255, 255)),
];

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    square(a.0, b.0) + square(a.1, b.1) + square(a.2, b.2)
}

/// Never ANSI 8, which palettes show as the background or nearly so; and a colour does not become a grey.
fn nearest_ansi(r: u8, g: u8, b: u8) -> Color {
    let spread = |(r, g, b): (u8, u8, u8)| r.max(g).max(b) - r.min(g).min(b);
    let coloured = spread((r, g, b)) > COLOURED;
    let fit = ANSI.iter().filter(|(name, known)| *name != Color::DarkGray && (!coloured || spread(*known) > 0));
    fit.min_by_key(|(_, known)| distance(*known, (r, g, b))).map_or(Color::Reset, |(colour, _)| *colour)
}

/// The 6×6×6 cube and the greys; the first 16 differ between terminals and are left out.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb_of(*index), (r, g, b))).unwrap_or(16)
}

pub(super) fn rgb_of(index: u8) -> (u8, u8, u8) {
    match index {
        0..=15 => ANSI[usize::from(index)].1,
        16..=231 => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_down_to_the_nearest() {
        assert_eq!(reduce(Color::Rgb(250, 90, 80), Depth::Ansi), Some(Color::LightRed));
        assert_eq!(reduce(Color::Rgb(255, 0, 0), Depth::Indexed), Some(Color::Indexed(196)));
        assert_eq!(reduce(Color::Indexed(196), Depth::Mono), None);
        assert_eq!(reduce(Color::Rgb(1, 2, 3), Depth::True), Some(Color::Rgb(1, 2, 3)));
    }
}
