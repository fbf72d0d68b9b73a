//! Themes: colours and glyphs by role, from TOML.

use std::collections::BTreeMap;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::{bar, border};
use serde::Deserialize;

use crate::error::{Error, Result};

/// What a piece of the screen is; a theme says how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Plain text.
    Text,
    /// Text of less weight.
    Dim,
    /// Titles of panels.
    Title,
    /// Frames.
    Border,
    /// The tab that is open.
    Tab,
    /// A table's header.
    Header,
    /// The header of the column under the cursor.
    HeaderCursor,
    /// The row under the cursor.
    Cursor,
    /// The cell under the cursor.
    CursorCell,
    /// A key in hints and help.
    Key,
    /// What went well.
    Good,
    /// What deserves a look.
    Warn,
    /// What went wrong.
    Bad,
    /// What is at work.
    Busy,
    /// Lines and bars of charts.
    Chart,
}

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

/// The signs a theme draws with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glyphs {
    /// States of a stage.
    pub waiting: String,
    /// At work.
    pub running: String,
    /// Finished.
    pub done: String,
    /// Taken over.
    pub cached: String,
    /// Left out.
    pub skipped: String,
    /// Ended by an error.
    pub failed: String,
    /// Ended by the user.
    pub cancelled: String,
    /// The row under the cursor.
    pub cursor: String,
    /// Sorted ascending.
    pub ascending: String,
    /// Sorted descending.
    pub descending: String,
    /// Between the steps of a path.
    pub step: String,
    /// Between facts on one line.
    pub between: String,
    /// Where text was cut.
    pub cut: String,
    /// The part of a bar that is filled.
    pub filled: String,
    /// The part of a bar that is not.
    pub unfilled: String,
    /// Only characters of ASCII in frames and charts.
    pub ascii: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    roles: BTreeMap<Role, Look>,
    glyphs: Glyphs,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "modifiers as a theme file names them")]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

/// A theme, ready to draw with.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// Its signs.
    pub glyphs: Glyphs,
    roles: BTreeMap<Role, Style>,
}

/// The themes built in; the first is the default.
const BUILT_IN: [&str; 5] = [
    include_str!("../../themes/default.toml"),
    include_str!("../../themes/dark.toml"),
    include_str!("../../themes/light.toml"),
    include_str!("../../themes/mono.toml"),
    include_str!("../../themes/ascii.toml"),
];

impl Theme {
    /// The themes built in, for a terminal of this depth.
    pub fn built_in(depth: Depth) -> Result<Vec<Self>> {
        BUILT_IN.iter().map(|text| Self::parse(text, depth)).collect()
    }

    /// Reads a theme.
    pub fn parse(text: &str, depth: Depth) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| Error::Config(format!("theme: {error}")))?;
        let mut roles = BTreeMap::new();
        for (role, look) in file.roles {
            let style = look.style(depth).map_err(|wrong| Error::Config(format!("theme {}: {wrong}", file.name)))?;
            roles.insert(role, style);
        }
        Ok(Self { name: file.name, glyphs: file.glyphs, roles })
    }

    /// How a role looks; plain where the theme is silent.
    pub fn style(&self, role: Role) -> Style {
        self.roles.get(&role).copied().unwrap_or_default()
    }

    /// The lines of frames.
    pub fn frame(&self) -> border::Set<'static> {
        if self.glyphs.ascii {
            border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            }
        } else {
            border::ROUNDED
        }
    }

    /// The levels of small bars.
    pub fn levels(&self) -> bar::Set<'static> {
        if self.glyphs.ascii {
            bar::Set {
                full: "#",
                seven_eighths: "#",
                three_quarters: "#",
                five_eighths: "=",
                half: "=",
                three_eighths: "-",
                one_quarter: "-",
                one_eighth: ".",
                empty: " ",
            }
        } else {
            bar::NINE_LEVELS
        }
    }
}

impl Look {
    fn style(&self, depth: Depth) -> std::result::Result<Style, String> {
        let colour = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => match Color::from_str(name) {
                Ok(colour) => Ok(reduce(colour, depth)),
                Err(_) => Err(format!("{name:?} is no colour; use a name such as cyan, a number 0-255 or #rrggbb")),
            },
        };
        let mut style = Style::new();
        style.fg = colour(&self.fg)?;
        style.bg = colour(&self.bg)?;
        let modifiers = [
            (self.bold, Modifier::BOLD),
            (self.dim, Modifier::DIM),
            (self.italic, Modifier::ITALIC),
            (self.underline, Modifier::UNDERLINED),
            (self.reverse, Modifier::REVERSED),
        ];
        // A background that the terminal cannot show would leave the cursor unseen.
        if self.bg.is_some() && style.bg.is_none() {
            style = style.add_modifier(Modifier::REVERSED);
        }
        Ok(modifiers.into_iter().filter(|(on, _)| *on).fold(style, |style, (_, modifier)| style.add_modifier(modifier)))
    }
}

/// The nearest colour that the terminal has; none on one without colours.
fn reduce(colour: Color, depth: Depth) -> Option<Color> {
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

fn nearest_ansi(r: u8, g: u8, b: u8) -> Color {
    ANSI.iter().min_by_key(|(_, known)| distance(*known, (r, g, b))).map_or(Color::Reset, |(colour, _)| *colour)
}

/// The 6×6×6 cube and the greys; the first 16 differ between terminals and are left out.
fn nearest_indexed(r: u8, g: u8, b: u8) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb_of(*index), (r, g, b))).unwrap_or(16)
}

fn rgb_of(index: u8) -> (u8, u8, u8) {
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ROLES: [Role; 15] = [
        Role::Text,
        Role::Dim,
        Role::Title,
        Role::Border,
        Role::Tab,
        Role::Header,
        Role::HeaderCursor,
        Role::Cursor,
        Role::CursorCell,
        Role::Key,
        Role::Good,
        Role::Warn,
        Role::Bad,
        Role::Busy,
        Role::Chart,
    ];

    #[test]
    fn built_in_themes_name_every_role_and_draw_one_cell_wide() {
        for theme in Theme::built_in(Depth::True).unwrap() {
            for role in ROLES {
                assert!(theme.roles.contains_key(&role), "{} is silent on {role:?}", theme.name);
            }
            let glyphs = &theme.glyphs;
            let states = [
                &glyphs.waiting,
                &glyphs.running,
                &glyphs.done,
                &glyphs.cached,
                &glyphs.skipped,
                &glyphs.failed,
                &glyphs.cancelled,
            ];
            for (at, state) in states.iter().enumerate() {
                assert_eq!(unicode_width::UnicodeWidthStr::width(state.as_str()), 1, "{}", theme.name);
                assert!(!states[..at].contains(state), "{} uses {state} twice", theme.name);
                assert!(!glyphs.ascii || state.is_ascii(), "{}", theme.name);
            }
        }
    }

    #[test]
    fn without_colours_the_cursor_still_shows() {
        for theme in Theme::built_in(Depth::Mono).unwrap() {
            let cursor = theme.style(Role::Cursor);
            assert_eq!((cursor.fg, cursor.bg), (None, None));
            assert!(!cursor.add_modifier.is_empty(), "{}", theme.name);
            assert_ne!(cursor, theme.style(Role::CursorCell), "{}", theme.name);
        }
    }

    #[test]
    fn colours_come_down_to_the_nearest() {
        assert_eq!(reduce(Color::Rgb(250, 90, 80), Depth::Ansi), Some(Color::LightRed));
        assert_eq!(reduce(Color::Rgb(255, 0, 0), Depth::Indexed), Some(Color::Indexed(196)));
        assert_eq!(reduce(Color::Indexed(196), Depth::Mono), None);
        assert_eq!(reduce(Color::Rgb(1, 2, 3), Depth::True), Some(Color::Rgb(1, 2, 3)));
    }

    #[test]
    fn a_wrong_theme_says_what_is_wrong() {
        let text = BUILT_IN[0].replace("\"cyan\"", "\"cyanish\"");
        let error = Theme::parse(&text, Depth::True).unwrap_err().to_string();
        assert!(error.contains("cyanish"), "{error}");
        let error = Theme::parse("name = 'x'\n[roles]\nsky = {}", Depth::True).unwrap_err().to_string();
        assert!(error.contains("sky"), "{error}");
    }
}
