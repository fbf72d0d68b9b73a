//! A line of text at the foot of the screen: a filter, a search, a query, with what was wrong with it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use tui_input::Input;

use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An SQL condition.
    Filter,
    /// Text to be found in a column.
    Search,
    /// The number of a row.
    GoTo,
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

    /// What it is about.
    pub fn subject(&self) -> &str {
        &self.about
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

    /// Draws it above the hints, the problem over the text.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let columns = usize::from(size.width.saturating_sub(2));
        let problem: Vec<String> = match &self.problem {
            Some(problem) => problem.lines().flat_map(|line| text::wrap(&text::clean(line), columns)).take(6).collect(),
            None => Vec::new(),
        };
        let height = (problem.len() as u16 + 3).min(size.height.saturating_sub(1));
        let area = Rect::new(0, size.height.saturating_sub(1 + height), size.width, height);
        frame.render_widget(Clear, area);
        let title = match self.purpose {
            Purpose::Filter => "Filter: rows for which this SQL condition is true, such as churn > 0.8".to_owned(),
            Purpose::Search => format!("Search: the next row whose {} holds", text::clean(&self.about)),
            Purpose::GoTo => format!("Go to row: a number from 1 to {}", text::clean(&self.about)),
            Purpose::Query => "Query: such as select segment, count(*) as users from users group by segment".to_owned(),
            Purpose::Dataset => {
                "Download from Kaggle: the data set as OWNER/NAME, or the address of its page".to_owned()
            }
            Purpose::Log => "A log of your own: its file, or the folder of a log of a known shape".to_owned(),
            Purpose::Settings => format!("Write how to read {} to the configuration file", text::clean(&self.about)),
            Purpose::Folder => format!("Folder for the files of {}", text::clean(&self.about)),
        };
        let inside = panel::framed(&text::fit(&title, columns.saturating_sub(4), ""), area, frame.buffer_mut(), theme);
        let lines = problem.iter().map(|line| Line::from(Span::styled(line.as_str(), theme.style(Role::Bad))));
        panel::lines(lines.collect(), inside, frame.buffer_mut());
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
