//! Contrast on the palettes that terminals come with.
//!
//! Where the values come from: Solarized from ethanschoonover.com/solarized, One Dark from Atom's one-dark-syntax, Tango
//! from GNOME Terminal (background: the palette's own black), Dark+ from VS Code's `terminalColorRegistry.ts`, Basic and Pro
//! from the profiles of macOS's Terminal as iTerm2-Color-Schemes keeps them, Campbell from Windows Terminal's
//! `defaults.json`.

#![allow(clippy::unwrap_used)]
use ratatui::style::{Color, Modifier, Style};

use crate::ui::theme::background::{contrast, linear};
use crate::ui::theme::{Background, Depth, Role, Theme, depth};

/// Name, background, text, and the 16 colours in the order of ANSI.
const PALETTES: [(&str, &str, &str, &str); 8] = [
    (
        "Solarized dark",
        "002b36",
        "839496",
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
    ),
    (
        "Solarized light",
        "fdf6e3",
        "657b83",
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
    ),
    (
        "One Dark",
        "282c34",
        "abb2bf",
        "282c34 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 abb2bf 5c6370 e06c75 98c379 e5c07b 61afef c678dd 56b6c2 ffffff",
    ),
    (
        "Tango",
        "2e3436",
        "d3d7cf",
        "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf 555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
    ),
    (
        "VS Code Dark+",
        "1e1e1e",
        "cccccc",
        "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db e5e5e5",
    ),
    (
        "Terminal.app Basic",
        "ffffff",
        "000000",
        "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf 666666 e50000 00d900 bfbf00 0000ff e500e5 00d8d8 e5e5e5",
    ),
    (
        "Terminal.app Pro",
        "000000",
        "f2f2f2",
        "000000 990000 00a600 999900 2009db b200b2 00a6b2 bfbfbf 666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5",
    ),
    (
        "Windows Terminal Campbell",
        "0c0c0c",
        "cccccc",
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc 767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    ),
];

/// The colours of ANSI by the names that themes give them.
const NAMES: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

type Rgb = (u8, u8, u8);

fn rgb(hex: &str) -> Rgb {
    let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (part(0), part(2), part(4))
}

fn default(depth: Depth) -> Theme {
    Theme::built_in(depth).unwrap().swap_remove(0)
}

/// What a colour of the theme is on a palette; `None` is the terminal's own.
fn on(colour: Option<Color>, own: Rgb, palette: &str) -> Rgb {
    match colour {
        None | Some(Color::Reset) => own,
        Some(Color::Rgb(red, green, blue)) => (red, green, blue),
        Some(colour) => {
            let at = NAMES.iter().position(|known| *known == colour).unwrap();
            rgb(palette.split(' ').nth(at).unwrap())
        }
    }
}

fn doubled(style: Style) -> bool {
    style.add_modifier.intersects(Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED)
}

/// What is read: everything but frames.
fn readable() -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(|role| *role != Role::Border)
}

#[test]
fn contrast_is_that_of_wcag() {
    assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
    // The example of its own tools: #767676 on white just passes for text.
    assert!((contrast(rgb("767676"), rgb("ffffff")) - 4.54).abs() < 0.01);
    assert!((contrast(rgb("3465a4"), rgb("2e3436")) - 2.1).abs() < 0.05);
}

#[test]
fn the_default_theme_is_readable_on_the_palettes_that_terminals_come_with() {
    let theme = default(Depth::True);
    for (name, ground, text, palette) in PALETTES {
        for role in readable() {
            let style = theme.style(role);
            assert_ne!(style.fg, Some(Color::DarkGray), "{}", role.name());
            let reached = contrast(on(style.fg, rgb(text), palette), on(style.bg, rgb(ground), palette));
            assert!(reached >= 3.0 || (doubled(style) && reached >= 2.0), "{name}, {}: {reached:.2}", role.name());
        }
    }
}

/// In 256 colours too, which are the same on every palette.
#[test]
fn series_stand_out_from_every_background() {
    let (exact, indexed) = (default(Depth::True), default(Depth::Indexed));
    assert!(indexed.colours_apart(8));
    for (name, ground, text, palette) in PALETTES {
        for number in 0..8 {
            let reached = contrast(on(exact.series(number).fg, rgb(text), palette), rgb(ground));
            assert!(reached >= 3.0, "{name}, series {number}: {reached:.2}");
        }
    }
    let cube = [32, 166, 99, 136, 199, 133, 165, 245].map(Color::Indexed);
    assert_eq!(std::array::from_fn(|number| indexed.series(number).fg.unwrap()), cube, "each is one of the cube's own");
}

/// The place of a colour in CIELAB, where equal distances look about equally far: 2.3 is just seen.
fn lab((red, green, blue): Rgb) -> [f64; 3] {
    let (red, green, blue) = (linear(red), linear(green), linear(blue));
    let bent = |share: f64| if share > 0.008_856 { share.cbrt() } else { 7.787 * share + 16.0 / 116.0 };
    let x = bent((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.950_47);
    let y = bent(0.2126 * red + 0.7152 * green + 0.0722 * blue);
    let z = bent((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn series_are_far_from_each_other_in_256_colours() {
    let (exact, indexed) = (Theme::built_in(Depth::True).unwrap(), Theme::built_in(Depth::Indexed).unwrap());
    for (exact, indexed) in exact.iter().zip(&indexed).take(5) {
        let of = |number: usize| on(exact.series(number).fg, (0, 0, 0), "");
        for number in 0..8 {
            let (red, green, blue) = of(number);
            let Some(Color::Indexed(index)) = indexed.series(number).fg else { unreachable!("{}", exact.name) };
            assert_eq!(depth::rgb_of(index), (red, green, blue), "{}, series {number} is not of the cube", exact.name);
            for other in 0..number {
                let (one, other_place) = (lab(of(number)), lab(of(other)));
                let squares = one.iter().zip(other_place).map(|(one, other)| (one - other).powi(2));
                let apart = squares.sum::<f64>().sqrt();
                assert!(apart >= 25.0, "{}, series {other} and {number}: {apart:.1}", exact.name);
            }
        }
    }
}

#[test]
fn without_more_than_16_colours_nothing_becomes_ansi_8() {
    for theme in Theme::built_in(Depth::Ansi).unwrap() {
        for style in readable().map(|role| theme.style(role)).chain((0..8).map(|number| theme.series(number))) {
            assert_ne!(style.fg, Some(Color::DarkGray), "{}", theme.name);
        }
    }
    let theme = default(Depth::Ansi);
    let dots: Vec<&str> = (0..8).map(|number| theme.dot(number, 8).0).collect();
    assert!((1..8).all(|at| !dots[..at].contains(&dots[at])), "shapes tell series apart: {dots:?}");
}

#[test]
fn themes_with_a_background_of_their_own_reach_what_text_needs() {
    for (name, least) in [("light", 4.5), ("dark", 4.5), ("colour-blind", 4.5), ("high-contrast", 7.0)] {
        let theme = Theme::built_in(Depth::True).unwrap().into_iter().find(|theme| theme.name == name).unwrap();
        let ground = theme.style(Role::Text);
        let roles = readable().map(|role| (role.name(), theme.style(role)));
        for (what, style) in roles.chain((0..8).map(|number| ("series", theme.series(number)))) {
            let style = ground.patch(style);
            let reached = contrast(on(style.fg, (0, 0, 0), ""), on(style.bg, (0, 0, 0), ""));
            assert!(reached >= least, "{name}, {what}: {reached:.2}");
        }
    }
}

#[test]
fn where_the_background_is_known_colours_reach_what_text_needs() {
    let themes = Theme::built_in(Depth::True).unwrap();
    for (name, ground, text, _) in PALETTES {
        let (red, green, blue) = rgb(ground);
        let background = Background::of([red, green, blue].map(|part| u16::from(part) * 257));
        assert_eq!(background.is_light(), ["Solarized light", "Terminal.app Basic"].contains(&name), "{name}");
        let theme = Theme::for_background(&themes, background).unwrap();
        assert_eq!(theme.name, "default");
        assert_eq!(theme.style(Role::Text), Style::new(), "text and background are the terminal's own");
        let styles = readable().map(|role| theme.style(role)).chain((0..8).map(|number| theme.series(number)));
        for style in styles.filter(|style| style.fg.is_some()) {
            let reached = contrast(on(style.fg, rgb(text), ""), on(style.bg, rgb(ground), ""));
            assert!(reached >= 4.5, "{name}, {style:?}: {reached:.2}");
        }
    }
}
