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

/// The colour of a palette that leaves it to the terminal.
const NO_COLOUR: &str = "none";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    palette: BTreeMap<Spanned<String>, Spanned<String>>,
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

/// A file and its text, which errors name lines of.
struct Layer<'a> {
    text: &'a str,
    file: File,
}

impl<'a> Layer<'a> {
    fn read(text: &'a str) -> Result<Self, Wrong> {
        let file = toml::from_str(text).map_err(|error| Wrong::at(text, error.span(), error.message()))?;
        Ok(Self { text, file })
    }

    fn is_ascii(&self) -> bool {
        self.file.glyphs.get("ascii").is_some_and(|value| value.get_ref() == &Value::Boolean(true))
    }
}

/// Colours by the names that roles and series give them.
type Palette = BTreeMap<String, Option<Color>>;

/// Reads a theme. What it leaves out comes from the first of the lenders, and from the second before that if it is one of
/// ASCII; without lenders it must be complete.
pub(super) fn read(text: &str, lenders: Option<(&str, &str)>, depth: Depth) -> Result<Theme, Wrong> {
    let own = Layer::read(text)?;
    let name = own.file.name.clone();
    let lent: Vec<&str> = match lenders {
        None => Vec::new(),
        Some((lender, ascii)) if own.is_ascii() => vec![ascii, lender],
        Some((lender, _)) => vec![lender],
    };
    let mut layers = vec![own];
    for text in lent {
        layers.push(Layer::read(text)?);
    }
    let lenders = layers[1..].iter().rev();
    let glyphs = glyphs(text, &layers[0].file.glyphs, lenders.map(|layer| layer.text).collect::<Vec<_>>().as_slice())?;
    let palette = palette(&layers, depth)?;
    refuse_unknown_roles(&layers[0])?;
    let mut roles = BTreeMap::new();
    for role in Role::ALL {
        let said = layers.iter().find_map(|layer| Some((layer.text, layer.file.roles.get(role.name())?)));
        let (text, spec) = said.ok_or_else(|| Wrong::at(text, None, format!("{name} is silent on {}", role.name())))?;
        let mut style =
            spec.get_ref().style(&palette, depth).map_err(|what| Wrong::at(text, Some(spec.span()), what))?;
        // A background that the terminal cannot show would leave the cursor unseen; that of all text need not show.
        if spec.get_ref().bg.is_some() && style.bg.is_none() && role != Role::Text {
            style = style.add_modifier(Modifier::REVERSED);
        }
        roles.insert(role, style);
    }
    let mut series = Vec::new();
    if let Some(layer) = layers.iter().find(|layer| !layer.file.series.is_empty()) {
        for spec in &layer.file.series {
            let style = spec.get_ref().style(&palette, depth);
            series.push(style.map_err(|what| Wrong::at(layer.text, Some(spec.span()), what))?);
        }
    }
    if series.is_empty() {
        return Err(Wrong::at(text, None, format!("{name} has no series")));
    }
    Ok(Theme { name, glyphs, own: false, roles, series })
}

fn refuse_unknown_roles(own: &Layer<'_>) -> Result<(), Wrong> {
    match own.file.roles.keys().find(|name| Role::ALL.iter().all(|role| role.name() != name.get_ref())) {
        None => Ok(()),
        Some(name) => {
            let what = unknown("role", name.get_ref(), &Role::ALL.map(Role::name));
            Err(Wrong::at(own.text, Some(name.span()), what))
        }
    }
}

/// The colours of the first layer over those of the others. Only the lenders' last names them: a name of one's own would
/// be spelled wrong.
fn palette(layers: &[Layer<'_>], depth: Depth) -> Result<Palette, Wrong> {
    let known: Vec<&str> = layers
        .last()
        .map_or_else(Vec::new, |layer| layer.file.palette.keys().map(|name| name.get_ref().as_str()).collect());
    let mut palette = Palette::new();
    for Layer { text, file } in layers.iter().rev() {
        for (name, value) in &file.palette {
            if !known.contains(&name.get_ref().as_str()) {
                let what = unknown("colour of the palette", name.get_ref(), &known);
                return Err(Wrong::at(text, Some(name.span()), what));
            }
            let colour = match value.get_ref().as_str() {
                NO_COLOUR => None,
                colour => by_value(colour, depth).map_err(|what| Wrong::at(text, Some(value.span()), what))?,
            };
            palette.insert(name.get_ref().clone(), colour);
        }
    }
    Ok(palette)
}

/// A colour as a file writes it, as near as the terminal has it.
fn by_value(colour: &str, depth: Depth) -> Result<Option<Color>, String> {
    match Color::from_str(colour) {
        Ok(colour) => Ok(reduce(colour, depth)),
        Err(_) => Err(format!("{colour:?} is no colour; use a name such as cyan, a number 0-255 or #rrggbb")),
    }
}

/// The glyphs of a file over those of its lenders, the last of which counts most, each fit for one cell.
fn glyphs(text: &str, said: &BTreeMap<Spanned<String>, Spanned<Value>>, lenders: &[&str]) -> Result<Glyphs, Wrong> {
    let mut table = Table::new();
    for lender in lenders {
        let lent: Table = toml::from_str(lender).unwrap_or_default();
        table.extend(lent.get("glyphs").and_then(Value::as_table).cloned().unwrap_or_default());
    }
    if !lenders.is_empty() {
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
    fn style(&self, palette: &Palette, depth: Depth) -> Result<Style, String> {
        let colour = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => palette.get(name).map_or_else(|| by_value(name, depth), |colour| Ok(*colour)),
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
