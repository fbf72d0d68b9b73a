//! The terminal's own background, where it tells it: colours are made to stand out from it.

use ratatui::style::{Color, Style};

use crate::ui::theme::{Role, Theme};

/// The contrast that coloured text reaches on a background that is known: that of WCAG 2 for text.
const ENOUGH: f64 = 4.5;
/// The theme that takes up the background.
const DEFAULT: &str = "default";
/// Steps of a colour on its way to black or white.
const STEPS: u8 = 20;

/// The colour behind the text of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Background {
    rgb: (u8, u8, u8),
}

impl Background {
    /// Of an answer to OSC 11, 16 bits each of red, green and blue.
    pub fn of([red, green, blue]: [u16; 3]) -> Self {
        let high = |part: u16| (part >> 8) as u8;
        Self { rgb: (high(red), high(green), high(blue)) }
    }

    /// Whether dark text stands out from it rather than light text.
    pub fn is_light(self) -> bool {
        contrast(self.rgb, (0, 0, 0)) > contrast(self.rgb, (255, 255, 255))
    }

    /// The colour itself where it stands out, else the nearest to it that does, lighter on dark and darker on light.
    fn readable(self, colour: Color) -> Color {
        let Color::Rgb(red, green, blue) = colour else { return colour };
        let end = if self.is_light() { 0_u8 } else { 255 };
        let part = |from: u8, step: u8| {
            let (from, to) = (f64::from(from), f64::from(end));
            (from + (to - from) * f64::from(step) / f64::from(STEPS)).round() as u8
        };
        let at = |step: u8| (part(red, step), part(green, step), part(blue, step));
        let step = (0..STEPS).find(|step| contrast(at(*step), self.rgb) >= ENOUGH).unwrap_or(STEPS);
        let (red, green, blue) = at(step);
        Color::Rgb(red, green, blue)
    }

    fn on(self, style: Style) -> Style {
        // What brings its own background is read on that.
        if style.bg.is_some() { style } else { Style { fg: style.fg.map(|colour| self.readable(colour)), ..style } }
    }
}

impl Theme {
    /// The default theme for a terminal whose background is known: text and background stay its own, the colours are those
    /// of the theme `light` or `dark`, made to stand out. `None` where there are no such themes.
    pub fn for_background(themes: &[Self], background: Background) -> Option<Self> {
        let like = if background.is_light() { "light" } else { "dark" };
        let mut theme = themes.iter().find(|theme| theme.name == like)?.clone();
        DEFAULT.clone_into(&mut theme.name);
        for (role, style) in &mut theme.roles {
            *style = match role {
                Role::Text | Role::Dim => Style::new(),
                Role::Header | Role::Number => Style { fg: None, ..*style },
                // Frames are no text.
                Role::Border => *style,
                _ => background.on(*style),
            };
        }
        for style in &mut theme.series {
            *style = background.on(*style);
        }
        Some(theme)
    }
}

type Rgb = (u8, u8, u8);

/// A channel of sRGB as a share of its light.
pub(super) fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

/// Relative luminance by WCAG 2.
fn luminance((red, green, blue): Rgb) -> f64 {
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// Contrast by WCAG 2, from 1 to 21.
pub(super) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
