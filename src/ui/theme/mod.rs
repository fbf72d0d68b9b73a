//! Themes: colours and glyphs by role, from TOML.
//!
//! Those of `themes/` are built in. The default is complete; the others, and the analyst's own, say only what they change
//! ([`Theme::all`]). A palette names the colours that several roles share.

mod background;
mod depth;
mod file;
#[cfg(test)]
mod palettes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use ratatui::style::Style;
use ratatui::symbols::{bar, border};
use serde::Deserialize;

pub use background::Background;
pub use depth::Depth;

use crate::config::Source;
use crate::error::{Error, Result};

/// The roles and their names in theme files from one list.
macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal,)*) => {
        /// What a piece of the screen is; a theme says how it looks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$role),*];

            /// Its name in a theme file.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)*
                }
            }
        }
    };
}

roles! {
    /// Plain text.
    Text "text",
    /// Labels, and text beside what matters: the terminal's own foreground in the default theme, for it must be read.
    Dim "dim",
    /// A number that is looked for.
    Number "number",
    /// Titles of panels.
    Title "title",
    /// Frames.
    Border "border",
    /// The tab that is open.
    Tab "tab",
    /// A table's header.
    Header "header",
    /// The header of the column under the cursor.
    HeaderCursor "header-cursor",
    /// The row under the cursor.
    Cursor "cursor",
    /// The cell under the cursor.
    CursorCell "cursor-cell",
    /// A key in hints and help.
    Key "key",
    /// What went well.
    Good "good",
    /// What deserves a look.
    Warn "warn",
    /// What went wrong.
    Bad "bad",
    /// What is at work.
    Busy "busy",
    /// Lines and bars of charts.
    Chart "chart",
    /// A marked row.
    Mark "mark",
    /// Rows of a range that is being marked.
    Selection "selection",
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
    /// A marked row.
    pub mark: String,
    /// In a header: columns are hidden here.
    pub hidden: String,
    /// In a header: the column stays in sight.
    pub pinned: String,
    /// Classes of points, where colours cannot tell them apart.
    pub points: Vec<String>,
    /// Only characters of ASCII in frames and charts.
    pub ascii: bool,
}

/// A theme, ready to draw with.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// Its signs.
    pub glyphs: Glyphs,
    /// Whether it is the analyst's own.
    pub own: bool,
    roles: BTreeMap<Role, Style>,
    series: Vec<Style>,
}

/// The themes built in; the first is the default.
const BUILT_IN: [&str; 7] = [
    include_str!("../../../themes/default.toml"),
    include_str!("../../../themes/dark.toml"),
    include_str!("../../../themes/light.toml"),
    include_str!("../../../themes/high-contrast.toml"),
    include_str!("../../../themes/colour-blind.toml"),
    include_str!("../../../themes/mono.toml"),
    include_str!("../../../themes/ascii.toml"),
];

/// The themes that lend what the analyst's own leave out: the default, and the one of ASCII for those of ASCII.
const LENDER: &str = BUILT_IN[0];
const ASCII_LENDER: &str = BUILT_IN[6];

impl Theme {
    /// The themes built in, for a terminal of this depth.
    pub fn built_in(depth: Depth) -> Result<Vec<Self>> {
        let complete = std::iter::once(file::read(LENDER, None, depth));
        let others = BUILT_IN[1..].iter().map(|text| file::read(text, Some((LENDER, ASCII_LENDER)), depth));
        let named = |wrong| Error::Config(format!("theme{wrong}"));
        complete.chain(others).map(|theme| theme.map_err(named)).collect()
    }

    /// The themes built in and the analyst's own of a folder, and what is wrong with those that cannot be read. A theme
    /// with the name of an earlier one replaces it.
    pub fn all(folder: Option<&Path>, depth: Depth) -> Result<(Vec<Self>, Vec<Error>)> {
        let mut themes = Self::built_in(depth)?;
        let mut wrong = Vec::new();
        for theme in folder.map(|folder| Self::load_folder(folder, depth)).unwrap_or_default() {
            match theme {
                Err(error) => wrong.push(error),
                Ok(theme) => match themes.iter_mut().find(|known| known.name == theme.name) {
                    Some(known) => *known = theme,
                    None => themes.push(theme),
                },
            }
        }
        Ok((themes, wrong))
    }

    /// The themes `*.toml` of a folder in the order of their names; none where there is no folder. An error names file
    /// and line.
    pub fn load_folder(folder: &Path, depth: Depth) -> Vec<Result<Self>> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => return vec![Err(Error::io(folder)(error))],
        };
        let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        paths.sort();
        paths.iter().map(|path| Self::load(path, depth)).collect()
    }

    fn load(path: &Path, depth: Depth) -> Result<Self> {
        let source = Source::read(path)?;
        let theme = file::read(source.text(), Some((LENDER, ASCII_LENDER)), depth)
            .map_err(|wrong| Error::Config(format!("{}{wrong}", path.display())))?;
        Ok(Self { own: true, ..theme })
    }

    /// Reads a theme; roles and glyphs that it leaves out come from the default theme.
    pub fn parse(text: &str, depth: Depth) -> Result<Self> {
        file::read(text, Some((LENDER, ASCII_LENDER)), depth).map_err(|wrong| Error::Config(format!("theme{wrong}")))
    }

    /// How a role looks; plain where the theme is silent.
    pub fn style(&self, role: Role) -> Style {
        self.roles.get(&role).copied().unwrap_or_default()
    }

    /// How a series of a chart looks; after the last comes the first again.
    pub fn series(&self, number: usize) -> Style {
        self.series.get(number % self.series.len().max(1)).copied().unwrap_or_default()
    }

    /// Whether colour alone tells so many series apart.
    pub fn colours_apart(&self, series: usize) -> bool {
        let colours = || (0..series).map(|number| self.series(number).fg);
        series <= self.series.len()
            && colours()
                .enumerate()
                .all(|(at, colour)| colour.is_some() && colours().take(at).all(|other| other != colour))
    }

    /// The dot of one of so many series, and its colour: a shape of its own where colours do not tell them apart.
    pub fn dot(&self, number: usize, series: usize) -> (&str, Style) {
        let shape = if !self.glyphs.ascii && self.colours_apart(series) { 0 } else { number };
        (self.point(shape), self.series(number))
    }

    /// The sign of a class of points; after the last comes the first again.
    pub fn point(&self, class: usize) -> &str {
        self.glyphs.points.get(class % self.glyphs.points.len().max(1)).map_or("", String::as_str)
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
