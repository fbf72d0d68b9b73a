//! A line of text at the foot of the screen: a filter, a search, a query, with what was wrong with it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use tui_input::Input;

use crate::store::{TableInfo, Writing};
use crate::ui::command::Context;
use crate::ui::popups::completion::Completion;
use crate::ui::popups::titles::titled;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An SQL condition.
    Filter,
    /// Text to be found in a column.
    Search,
    /// Text to be found on a page of help or notices.
    Page,
    /// The number of a row, or an id.
    GoTo,
    /// From which churn on users count as leaving.
    Threshold,
    /// How many users a campaign reaches.
    Budget,
    /// An SQL query.
    Query,
    /// The data set to be downloaded.
    Dataset,
    /// The folder for it.
    Folder,
    /// The log to be looked at.
    Log,
    /// The file for the settings by which it is read.
    Settings,
    /// An answer to a question after that.
    Question,
    /// A note and tags of users.
    Note,
}

impl Purpose {
    /// Whether words of the text can be completed.
    pub fn completes(self) -> bool {
        matches!(self, Self::Filter | Self::Query)
    }
}

/// A line of text being written.
#[derive(Debug)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// The text.
    pub input: Input,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// Whether its answer is awaited.
    pub waiting: bool,
    /// The text of which Enter has said that it is to be taken all the same.
    pub confirmed: Option<String>,
    /// The SQL that is made of it, where it differs.
    pub made: Option<String>,
    /// The words offered for the one before the cursor.
    pub completion: Option<Completion>,
    /// The request whose answer will offer more.
    pub asked: Option<u64>,
    /// The tables that a query may ask.
    pub tables: Vec<TableInfo>,
    /// Whom a note is about.
    pub writing: Option<Box<Writing>>,
    /// What the text is about: the column searched, the data set.
    about: String,
    /// What was written before, the newest last.
    history: Vec<String>,
    /// How many entries back the text is from.
    back: usize,
}

impl Prompt {
    /// A prompt that starts with a text.
    pub fn new(purpose: Purpose, start: &str) -> Self {
        Self {
            purpose,
            input: Input::new(start.to_owned()),
            problem: None,
            waiting: false,
            confirmed: None,
            made: None,
            completion: None,
            asked: None,
            tables: Vec::new(),
            writing: None,
            about: String::new(),
            history: Vec::new(),
            back: 0,
        }
    }

    /// With what was written before, the newest last.
    pub fn with_history(self, history: &[String]) -> Self {
        Self { history: history.to_vec(), ..self }
    }

    /// About this.
    pub fn about(self, about: &str) -> Self {
        Self { about: about.to_owned(), ..self }
    }

    /// Over these tables.
    pub fn over(self, tables: Vec<TableInfo>) -> Self {
        Self { tables, ..self }
    }

    /// Where its keys are looked up.
    pub fn context(&self) -> Context {
        if self.purpose == Purpose::Query { Context::Query } else { Context::Prompt }
    }

    /// Puts a text in at the cursor.
    pub fn put(&mut self, text: &str) {
        let before: String = self.input.value().chars().take(self.input.cursor()).collect();
        let after: String = self.input.value().chars().skip(self.input.cursor()).collect();
        let cursor = self.input.cursor() + text.chars().count();
        self.input = std::mem::take(&mut self.input).with_value(before + text + &after).with_cursor(cursor);
    }

    /// Writes another text in the place of this one.
    pub fn replace(&mut self, text: &str) {
        self.problem = None;
        self.input = Input::new(text.to_owned());
    }

    /// What it is about.
    pub fn subject(&self) -> &str {
        &self.about
    }

    /// Takes it that the text was refused; a filter that looks like no condition at all is taken as a text to be found when
    /// Enter is pressed again.
    pub fn refuse(&mut self, problem: String) {
        self.waiting = false;
        let text = self.input.value().trim().to_owned();
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let of_sql = ["like", "ilike", "in", "is", "between", "not", "and", "or"];
        let compares = words.any(|word| of_sql.contains(&word.to_lowercase().as_str()));
        let plain = !compares && !text.contains(['=', '<', '>', '(', ')', '\'', '"']);
        if self.purpose == Purpose::Filter && plain {
            let what = format!("{text:?} is no condition. Enter again keeps the rows that hold it in any column.");
            self.problem = Some(what);
            self.confirmed = Some(text);
        } else {
            self.problem = Some(problem);
        }
    }

    /// Puts in the next of the words offered; false where none is.
    pub fn offer_next(&mut self) -> bool {
        let Self { input, completion, .. } = self;
        completion.as_mut().is_some_and(|completion| completion.go_on(input))
    }

    /// Shows the entry before, or the one after.
    pub fn recall(&mut self, back: bool) {
        let to = if back { self.back + 1 } else { self.back.saturating_sub(1) };
        if to > self.history.len() {
            return;
        }
        self.back = to;
        let text = to.checked_sub(1).map_or("", |to| self.history[self.history.len() - 1 - to].as_str());
        self.input = Input::new(text.to_owned());
    }

    /// What is wrong, the SQL that is made of it, the words offered: told beside the text, in lines of so many columns.
    pub(super) fn lines_above(&self, columns: usize, theme: &Theme) -> Vec<Line<'_>> {
        let problem: Vec<String> = match &self.problem {
            Some(problem) => problem.lines().flat_map(|line| text::wrap(&text::clean(line), columns)).take(6).collect(),
            None => Vec::new(),
        };
        let mut lines: Vec<Line<'_>> =
            problem.into_iter().map(|line| Line::styled(line, theme.style(Role::Bad))).collect();
        if let Some(sql) = &self.made {
            let shown = text::fit(&text::clean(sql), columns.saturating_sub(5), &theme.glyphs.cut);
            lines.push(Line::from(vec![Span::styled("SQL  ", theme.style(Role::Dim)), Span::raw(shown)]));
        }
        if let Some(completion) = self.completion.as_ref().filter(|completion| completion.stands(&self.input)) {
            lines.extend(offers(completion, columns, theme));
        }
        lines
    }

    /// Draws it above the hints, the problem over the text.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let columns = usize::from(size.width.saturating_sub(2));
        let lines = self.lines_above(columns, theme);
        let height = (lines.len() as u16 + 3).min(size.height.saturating_sub(1));
        let area = Rect::new(0, size.height.saturating_sub(1 + height), size.width, height);
        frame.render_widget(Clear, area);
        let title = match self.purpose {
            Purpose::Filter => "Filter: rows for which this SQL condition is true, such as churn > 0.8".to_owned(),
            Purpose::Search => format!("Search in {}: the next row that holds this", text::clean(&self.about)),
            Purpose::Page => "Search: only the lines that hold this; empty for all of them".to_owned(),
            Purpose::GoTo => format!("Go to row: a number from 1 to {}, or # and an id", text::clean(&self.about)),
            Purpose::Threshold => "Threshold: a share such as 0.35 or 35 %".to_owned(),
            Purpose::Budget => "Budget: a number of users, or an amount such as 500 EUR".to_owned(),
            Purpose::Query => "Query".to_owned(),
            Purpose::Dataset => "Download from Kaggle: OWNER/NAME, or the address of the page".to_owned(),
            Purpose::Log => "A log of your own: its file, or the folder of a log of a known shape".to_owned(),
            Purpose::Settings => format!("Write how to read {} to the configuration file", text::clean(&self.about)),
            Purpose::Question => format!("{} (empty: not known; Esc: no more)", self.about),
            Purpose::Note => {
                format!("About {}: words and #tags; -#tag takes one away", text::clean(&self.about))
            }
            Purpose::Folder => format!("Folder for the files of {}", text::clean(&self.about)),
        };
        let title = titled(&title, columns.saturating_sub(4), theme);
        let inside = panel::framed(&title, area, frame.buffer_mut(), theme);
        panel::lines(lines, inside, frame.buffer_mut());
        let row = Rect { y: inside.bottom().saturating_sub(1), height: 1, ..inside };
        let room = usize::from(row.width.saturating_sub(1));
        let (shown, at) = text::window(&self.input, room);
        let waiting = if self.waiting { format!(" {}", theme.glyphs.running) } else { String::new() };
        let shown = text::fit(&shown, room.saturating_sub(text::width(&waiting)), "");
        let line = Line::from(vec![Span::raw(shown), Span::styled(waiting, theme.style(Role::Busy))]);
        panel::lines(vec![line], row, frame.buffer_mut());
        let at = at.min(room);
        frame.set_cursor_position(Position::new(row.x + at as u16, row.y));
    }
}

/// A line with the words offered, from the one put in on; none where there is no choice.
fn offers(completion: &Completion, columns: usize, theme: &Theme) -> Option<Line<'static>> {
    let (offers, at) = completion.offers();
    if offers.len() < 2 {
        return None;
    }
    let mut spans = Vec::new();
    let mut room = columns;
    for (place, offer) in offers.iter().enumerate().skip(at.unwrap_or(0)) {
        let offer = text::clean(offer);
        let wide = text::width(&offer) + 2;
        if wide > room {
            break;
        }
        room -= wide;
        let role = if at == Some(place) { Role::Cursor } else { Role::Dim };
        spans.push(Span::styled(offer, theme.style(role)));
        spans.push(Span::raw("  "));
    }
    Some(Line::from(spans))
}
