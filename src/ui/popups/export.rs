//! The export dialog: which rows, which columns, which format, to which file.
//!
//! ```text
//! ╭ Export ──────────────────────────────────────────────╮
//! │ ▌ rows      < the 3 marked users >                   │
//! │   format    < CSV >                                  │
//! │   columns   < as shown: 8 >                          │
//! │   formulas  < neutralised >                          │
//! │   file      user360-users.csv                        │
//! │                                                      │
//! │ /home/ana/user360-users.csv                          │
//! ╰──────────────────────────────────────────────────────╯
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};
use tui_input::Input;

use crate::format::counted;
use crate::spreadsheet::Dialect;
use crate::store::{DataTable, ExportOptions, ExportProfile, Format, Run};
use crate::ui::export::Rows;
use crate::ui::fetch::in_full;
use crate::ui::layout;
use crate::ui::popups::checklist::{Checklist, Tick};
use crate::ui::popups::line;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 76;
/// Columns of the fields' names, the cursor's included.
const NAMES: usize = 12;

/// A choice of rows.
#[derive(Clone, Debug)]
pub struct Scope {
    /// In words: `the 3 marked users`.
    pub words: String,
    /// Which rows of the table.
    pub rows: Rows,
    /// How many they are.
    pub count: u64,
}

/// A choice of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Those that the table shows.
    Shown,
    /// Every column.
    All,
    /// Those that were ticked.
    Ticked,
    /// Those of a profile, by its place.
    Profile(usize),
}

/// A line of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Rows,
    Format,
    Columns,
    Formulas,
    File,
}

const FIELDS: [Field; 5] = [Field::Rows, Field::Format, Field::Columns, Field::Formulas, Field::File];

/// Every format as it is written for programs, then those that are written for Excel too.
fn formats() -> Vec<(Format, Dialect)> {
    let plain = Format::ALL.iter().map(|format| (*format, Dialect::Plain));
    let excel = Format::ALL.iter().filter(|format| format.has_dialects()).map(|format| (*format, Dialect::Excel));
    plain.chain(excel).collect()
}

/// What to write to which file.
#[derive(Debug)]
pub struct ExportDialog {
    /// The table.
    pub table: DataTable,
    scopes: Vec<Scope>,
    scope: usize,
    format: usize,
    columns: Chosen,
    shown: Vec<String>,
    /// The columns ticked, once they were chosen one by one.
    pub ticked: Vec<String>,
    raw: bool,
    profiles: Vec<ExportProfile>,
    /// The run of the users in the table; `None` for another table, which has no profiles.
    run: Option<Arc<Run>>,
    /// How many columns the profile chosen has of these users.
    profile_columns: usize,
    file: Input,
    field: Field,
    /// What is wrong.
    pub problem: Option<String>,
    /// Whether the file is known to exist and the next Enter replaces it.
    pub replacing: Option<PathBuf>,
    /// Whether the folder is known to be missing and the next Enter makes it.
    pub making: Option<PathBuf>,
}

impl ExportDialog {
    /// A dialog that offers the first of these rows, or the others, and proposes a file; `file` has no ending yet.
    pub fn new(table: DataTable, first: Scope, others: Vec<Scope>, shown: Vec<String>, file: &Path) -> Self {
        let file = format!("{}.{}", file.display(), Format::ALL[0].ending());
        Self {
            table,
            scopes: std::iter::once(first).chain(others).collect(),
            scope: 0,
            format: 0,
            columns: Chosen::Shown,
            ticked: shown.clone(),
            shown,
            raw: false,
            profiles: Vec::new(),
            run: None,
            profile_columns: 0,
            file: Input::new(file),
            field: Field::Rows,
            problem: None,
            replacing: None,
            making: None,
        }
    }

    /// The same for users of a run, for whom there are profiles.
    #[must_use]
    pub fn with_profiles(self, profiles: Vec<ExportProfile>, run: Arc<Run>) -> Self {
        Self { profiles, run: Some(run), ..self }
    }

    /// The rows chosen.
    pub fn scope(&self) -> &Scope {
        &self.scopes[self.scope]
    }

    /// The columns chosen.
    pub fn chosen_columns(&self) -> Vec<String> {
        match self.columns {
            Chosen::Shown => self.shown.clone(),
            Chosen::All => self.table.columns().iter().map(|column| column.name.clone()).collect(),
            Chosen::Ticked => self.ticked.clone(),
            Chosen::Profile(_) => Vec::new(),
        }
    }

    /// How many columns are written.
    fn width(&self) -> usize {
        if matches!(self.columns, Chosen::Profile(_)) { self.profile_columns } else { self.chosen_columns().len() }
    }

    /// The format chosen.
    pub fn format(&self) -> Format {
        formats()[self.format].0
    }

    /// How to write.
    pub fn options(&self) -> ExportOptions {
        ExportOptions {
            raw: self.raw,
            dialect: formats()[self.format].1,
            overwrite: self.replacing.is_some(),
            make_folder: self.making.is_some(),
            ..ExportOptions::default()
        }
    }

    /// The file named, in full; `~/` is the home folder.
    pub fn path(&self) -> PathBuf {
        in_full(self.file.value())
    }

    /// The columns to tick: those ticked already are.
    pub fn checklist(&self) -> Checklist {
        let all = self.table.columns().iter().map(|column| Tick {
            name: column.name.clone(),
            label: column.label.clone(),
            ticked: self.ticked.contains(&column.name),
        });
        Checklist::new(all.collect(), true)
    }

    /// Takes the columns that were ticked.
    pub fn tick(&mut self, columns: Vec<String>) {
        self.ticked = columns;
        self.columns = Chosen::Ticked;
    }

    /// Whether Enter on the field under the cursor opens the list of columns.
    pub fn wants_checklist(&self) -> bool {
        self.field == Field::Columns && self.columns == Chosen::Ticked
    }

    /// Goes to the field above or below.
    pub fn move_by(&mut self, by: isize) {
        let at = FIELDS.iter().position(|field| *field == self.field).unwrap_or(0) as isize;
        self.field = FIELDS[(at + by).rem_euclid(FIELDS.len() as isize) as usize];
    }

    /// A key that is no command: text for the file's name, or another choice.
    pub fn typed(&mut self, key: KeyEvent) {
        self.problem = None;
        self.replacing = None;
        self.making = None;
        if self.field == Field::File {
            line::typed(&mut self.file, key);
            return;
        }
        match key.code {
            KeyCode::Right | KeyCode::Char(' ' | 'l') => self.choose(1),
            KeyCode::Left | KeyCode::Char('h') => self.choose(-1),
            _ => {}
        }
    }

    fn choose(&mut self, by: isize) {
        let next = |at: usize, count: usize| (at as isize + by).rem_euclid(count.max(1) as isize) as usize;
        match self.field {
            Field::Rows => self.scope = next(self.scope, self.scopes.len()),
            Field::Format => {
                let before = self.format().ending();
                self.format = next(self.format, formats().len());
                // A name that ends as its format asks goes on doing so.
                if let Some(stem) = self.file.value().strip_suffix(&format!(".{before}")) {
                    self.file = Input::new(format!("{stem}.{}", self.format().ending()));
                }
            }
            Field::Columns => {
                let mut choices = vec![Chosen::Shown, Chosen::All, Chosen::Ticked];
                choices.extend((0..self.profiles.len()).map(Chosen::Profile));
                let at = choices.iter().position(|choice| *choice == self.columns).unwrap_or(0);
                // What a profile asked for goes with it.
                if self.profile().is_some() {
                    self.raw = false;
                    self.write_for(Dialect::Plain);
                }
                self.columns = choices[next(at, choices.len())];
                self.take_profile();
            }
            Field::Formulas => self.raw = !self.raw,
            Field::File => {}
        }
    }

    /// Writes as the profile chosen says, and says what it lacks.
    fn take_profile(&mut self) {
        let Some((profile, run)) = self.profile() else { return };
        let (raw, dialect) = (profile.raw, profile.dialect);
        let (columns, problem) = match profile.fits(run, &self.table) {
            Err(error) => (0, Some(error.to_string())),
            Ok((columns, missing)) if missing.is_empty() => (columns, None),
            Ok((columns, missing)) => {
                (columns, Some(format!("without {}, which this run does not tell", missing.join(", "))))
            }
        };
        (self.profile_columns, self.problem, self.raw) = (columns, problem, raw);
        self.write_for(dialect);
    }

    /// Writes the format chosen in a dialect, where it has any.
    fn write_for(&mut self, dialect: Dialect) {
        let wanted = (self.format(), dialect);
        self.format = formats().iter().position(|choice| *choice == wanted).unwrap_or(self.format);
    }

    /// The profile chosen, and the run of its users.
    pub fn profile(&self) -> Option<(&ExportProfile, &Arc<Run>)> {
        let Chosen::Profile(at) = self.columns else { return None };
        Some((self.profiles.get(at)?, self.run.as_ref()?))
    }

    /// Text from the clipboard.
    pub fn paste(&mut self, words: &str) -> Result<(), String> {
        if self.field != Field::File {
            return Ok(());
        }
        self.problem = None;
        self.replacing = None;
        self.making = None;
        line::pasted(&mut self.file, words)
    }

    fn value(&self, field: Field) -> String {
        match field {
            Field::Rows => self.scope().words.clone(),
            Field::Format => match formats()[self.format] {
                (format, Dialect::Plain) => format.title.to_owned(),
                (format, dialect) => format!("{} for Excel: {}", format.title, dialect.words()),
            },
            Field::Columns => match self.columns {
                Chosen::Shown => format!("those not hidden: {}", self.shown.len()),
                Chosen::All => format!("all: {}", self.table.columns().len()),
                Chosen::Ticked => format!("chosen: {} (Enter chooses)", self.ticked.len()),
                Chosen::Profile(_) => match self.profile() {
                    Some((profile, _)) => format!("profile {}: {}", profile.name, self.width()),
                    None => String::new(),
                },
            },
            Field::Formulas if !self.format().runs_formulas => "none: no spreadsheet runs this format".to_owned(),
            Field::Formulas if self.raw => "left as they are: a spreadsheet would run them".to_owned(),
            Field::Formulas => "neutralised, so that no spreadsheet runs them".to_owned(),
            Field::File => self.file.value().to_owned(),
        }
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let area = layout::centred(size, WIDTH, 12);
        frame.render_widget(Clear, area);
        let inside = panel::framed("Export", area, frame.buffer_mut(), theme);
        let room = usize::from(inside.width);
        let mut cursor = None;
        let mut lines = Vec::new();
        for (row, field) in FIELDS.into_iter().enumerate() {
            let here = field == self.field;
            let name = match field {
                Field::Rows => "rows",
                Field::Format => "format",
                Field::Columns => "columns",
                Field::Formulas => "formulas",
                Field::File => "file",
            };
            let mark = if here { theme.glyphs.cursor.as_str() } else { " " };
            let name = Span::styled(text::pad(&format!("{mark} {name}"), NAMES, false, ""), theme.style(Role::Dim));
            let width = room.saturating_sub(NAMES);
            let value = if field == Field::File {
                let (letters, at) = text::window(&self.file, width.saturating_sub(1));
                if here {
                    let at = NAMES + at;
                    cursor =
                        Some(Position::new(inside.x + at.min(room.saturating_sub(1)) as u16, inside.y + row as u16));
                }
                letters
            } else {
                text::fit(&format!("< {} >", text::clean(&self.value(field))), width, &theme.glyphs.cut)
            };
            let style = theme.style(if here { Role::Cursor } else { Role::Text });
            lines.push(Line::from(vec![name, Span::styled(value, style)]));
        }
        panel::lines(lines, Rect { height: inside.height.min(FIELDS.len() as u16), ..inside }, frame.buffer_mut());
        let used = (FIELDS.len() as u16).min(inside.height);
        let below = Rect { y: inside.y + used, height: inside.height - used, ..inside };
        let mut words = vec![Line::default()];
        if let Some(problem) = &self.problem {
            words.extend(problem.lines().map(|line| Line::styled(text::clean(line), theme.style(Role::Warn))));
        } else {
            let (rows, columns) = (counted(self.scope().count, "rows"), counted(self.width() as u64, "columns"));
            let path = text::clean(&self.path().display().to_string());
            words.push(Line::from(format!("{rows}, {columns} to")));
            words.push(Line::styled(path, theme.style(Role::Header)));
        }
        frame.render_widget(Paragraph::new(words).wrap(Wrap { trim: false }), below);
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }
}
