//! What the page says, whatever it is written as: sections of blocks. [`crate::cli::report::html`] and
//! [`crate::cli::report::markdown`] write it out.

use crate::store::Chart;

/// The whole page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The shop's name.
    pub shop: String,
    /// T, in words.
    pub as_of: String,
    /// How old that is.
    pub freshness: String,
    /// What it says, in its order.
    pub sections: Vec<Section>,
    /// What made it.
    pub made_by: String,
}

/// A heading and what stands below it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its name in links.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What stands below.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// What a reader in a hurry takes along.
    Lead(String),
    /// A paragraph.
    Words(String),
    /// A paragraph for whoever asks further.
    Aside(String),
    /// What matters, sentence by sentence.
    News(Vec<String>),
    /// Figures, large.
    Tiles(Vec<Tile>),
    /// A bar each, with what is to be said of it.
    Rows(Vec<Row>),
    /// Charts side by side.
    Charts(Vec<Figure>),
    /// A table.
    Table(Table),
    /// A table whose cells are shaded by their number.
    Heat(Heat),
    /// What words mean.
    Terms(Vec<Term>),
}

/// A figure of the front page.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The figure, or why there is none.
    pub value: Result<String, String>,
    /// What it stands beside.
    pub beside: Vec<Change>,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// In words.
    pub words: String,
    /// Whether it is good news; `None` where it is neither.
    pub good: Option<bool>,
}

/// A bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it stands for.
    pub label: String,
    /// Its length in words.
    pub words: String,
    /// Its length, the longest of all being 1.
    pub length: f64,
    /// What else is to be said.
    pub note: String,
    /// Whose colour it has.
    pub series: usize,
}

/// A chart and how it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The chart.
    pub chart: Chart,
    /// How it is read; empty where its title says it.
    pub words: String,
}

/// A table of words and numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The heads of its columns.
    pub head: Vec<String>,
    /// The columns from this one on hold numbers.
    pub numbers_from: usize,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A table whose cells are shaded by their number.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// What it shows.
    pub caption: String,
    /// The head of the rows' names.
    pub corner: String,
    /// The heads of its columns.
    pub head: Vec<String>,
    /// Its rows: a name and the cells.
    pub rows: Vec<(String, Vec<Shade>)>,
    /// How it is read.
    pub note: String,
}

/// A shaded cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shade {
    /// What stands in it; empty where there is nothing.
    pub words: String,
    /// How dark it is, from 0 to 1; `None` leaves it blank.
    pub depth: Option<f64>,
    /// Whether its period still runs.
    pub running: bool,
}

/// A word and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The word.
    pub label: String,
    /// What it means.
    pub words: String,
}
