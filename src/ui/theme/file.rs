//! The file of a theme: what it says, or the line where it is wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use toml::{Spanned, Table, Value};
use unicode_width::UnicodeWidthStr;

use crate::ui::theme::depth::reduce;
use crate::ui::theme::{Depth, Glyphs, Role, Theme};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    series: Vec<Spanned<StyleSpec>>,
    #[serde(default)]
    roles: BTreeMap<Spanned<String>, Spanned<StyleSpec>>,
    #[serde(default)]
    glyphs: BTreeMap<Spanned<String>, Spanned<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "modifiers as a theme file names them")]
struct StyleSpec {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

/// What is wrong with a theme, and on which line; reads on from the file's name.
#[derive(Debug)]
pub(super) struct Wrong {
    line: Option<usize>,
    what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, ":{line}: {}", self.what),
            None => write!(formatter, ": {}", self.what),
        }
    }
}

impl Wrong {
    fn at(text: &str, span: Option<Range<usize>>, what: impl Into<String>) -> Self {
        let line = span.and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        Self { line, what: what.into() }
    }
}

/// Reads a theme. What it leaves out comes from the first of the lenders, or the second if it is one of ASCII; without
/// lenders it must be complete.
pub(super) fn read(text: &str, lenders: Option<(&str, &str)>, depth: Depth) -> Result<Theme, Wrong> {
    let file: File = toml::from_str(text).map_err(|error| Wrong::at(text, error.span(), error.message()))?;
    let lender = match lenders {
        None => None,
        Some((lender, ascii)) => {
            let of_ascii = file.glyphs.get("ascii").is_some_and(|value| value.get_ref() == &Value::Boolean(true));
            Some(if of_ascii { ascii } else { lender })
        }
    };
    let lent = lender.map(|lender| read(lender, None, depth)).transpose()?;
    let glyphs = glyphs(text, &file.glyphs, lender)?;
    let mut roles = BTreeMap::new();
    for (name, spec) in &file.roles {
        let known = Role::ALL.into_iter().find(|role| role.name() == name.get_ref());
        let role = known.ok_or_else(|| {
            Wrong::at(text, Some(name.span()), unknown("role", name.get_ref(), &Role::ALL.map(Role::name)))
        })?;
        let mut style = spec.get_ref().style(depth).map_err(|what| Wrong::at(text, Some(spec.span()), what))?;
        // A background that the terminal cannot show would leave the cursor unseen; that of all text need not show.
        if spec.get_ref().bg.is_some() && style.bg.is_none() && role != Role::Text {
            style = style.add_modifier(Modifier::REVERSED);
        }
        roles.insert(role, style);
    }
    let mut series = Vec::new();
    for spec in &file.series {
        series.push(spec.get_ref().style(depth).map_err(|what| Wrong::at(text, Some(spec.span()), what))?);
    }
    match lent {
        Some(lent) => {
            for (role, style) in lent.roles {
                roles.entry(role).or_insert(style);
            }
            if series.is_empty() {
                series = lent.series;
            }
        }
        None => {
            if let Some(role) = Role::ALL.into_iter().find(|role| !roles.contains_key(role)) {
                return Err(Wrong::at(text, None, format!("{} is silent on {}", file.name, role.name())));
            }
        }
    }
    if series.is_empty() {
        return Err(Wrong::at(text, None, format!("{} has no series", file.name)));
    }
    Ok(Theme { name: file.name, glyphs, roles, series })
}

/// The glyphs of a file over those of its lender, each fit for one cell.
fn glyphs(text: &str, said: &BTreeMap<Spanned<String>, Spanned<Value>>, lender: Option<&str>) -> Result<Glyphs, Wrong> {
    let lent: Table = lender.map(|lender| toml::from_str(lender).unwrap_or_default()).unwrap_or_default();
    let mut table = lent.get("glyphs").and_then(Value::as_table).cloned().unwrap_or_default();
    if lender.is_some() {
        let known: Vec<&str> = table.keys().map(String::as_str).collect();
        if let Some(name) = said.keys().find(|name| !known.contains(&name.get_ref().as_str())) {
            return Err(Wrong::at(text, Some(name.span()), unknown("glyph", name.get_ref(), &known)));
        }
    }
    let ascii = said.get("ascii").is_some_and(|value| value.get_ref() == &Value::Boolean(true));
    for (name, value) in said {
        let wrong = |what: &str| Wrong::at(text, Some(value.span()), format!("glyph {} {what}", name.get_ref()));
        let signs = match value.get_ref() {
            Value::Array(signs) if signs.is_empty() => return Err(wrong("needs one sign at least")),
            Value::Array(signs) => signs.as_slice(),
            one => std::slice::from_ref(one),
        };
        for sign in signs.iter().filter_map(Value::as_str) {
            if sign.width() != 1 || sign.chars().any(char::is_control) {
                return Err(wrong(&format!("must be one column wide, and {sign:?} is not")));
            }
            if ascii && !sign.is_ascii() {
                return Err(wrong(&format!("must be of ASCII in a theme of ASCII, and {sign:?} is not")));
            }
        }
        table.insert(name.get_ref().clone(), value.get_ref().clone());
    }
    table.try_into().map_err(|error: toml::de::Error| {
        let culprit = said.iter().find(|(name, _)| error.to_string().contains(&format!("`{}`", name.get_ref())));
        Wrong::at(text, culprit.map(|(name, _)| name.span()), format!("glyphs: {}", error.message()))
    })
}

/// A name that nobody knows, and the nearest that somebody does.
fn unknown(kind: &str, name: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|&candidate| (strsim::jaro_winkler(&name.to_lowercase(), candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, nearest)) => format!("no {kind} {name}; did you mean {nearest}?"),
        None => format!("no {kind} {name}; there are {}", known.join(", ")),
    }
}

impl StyleSpec {
    fn style(&self, depth: Depth) -> Result<Style, String> {
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
        Ok(modifiers.into_iter().filter(|(on, _)| *on).fold(style, |style, (_, modifier)| style.add_modifier(modifier)))
    }
}
