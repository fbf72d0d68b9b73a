//! Something the reader must see, or a question.

use ratatui::Frame;
use ratatui::layout::Size;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::ui::command::{Command, Dialog, Layer, Program};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 66;

/// A message; with an answer it is a question.
#[derive(Debug)]
pub struct Message {
    /// What it is about.
    pub title: String,
    /// What is to be said.
    pub words: String,
    /// What is done on Enter; a plain message is only closed.
    pub then: Option<Command>,
}

impl Message {
    /// A plain message.
    pub fn told(title: &str, words: &impl ToString) -> Self {
        Self { title: title.to_owned(), words: words.to_string(), then: None }
    }

    /// A question whose yes is a command.
    pub fn asked(title: &str, words: &str, then: Command) -> Self {
        Self { title: title.to_owned(), words: words.to_owned(), then: Some(then) }
    }

    /// The word of the hint bar for a command here: that of the box; `None` where it does nothing, or the same as another.
    pub fn hint(&self, command: Command, hint: &'static str) -> Option<&'static str> {
        let asks = self.then.is_some();
        match command {
            Command::Dialog(Dialog::Accept) => Some(if asks { "yes" } else { "close" }),
            Command::Dialog(Dialog::Dismiss) => asks.then_some("no"),
            Command::Layer(Layer::Close) => Some(if asks { "no" } else { "close" }),
            Command::Program(Program::Palette | Program::Explain) if asks => None,
            _ => Some(hint),
        }
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let columns = usize::from(WIDTH.min(size.width.saturating_sub(2)).saturating_sub(2)).max(1);
        let words = self.words.lines().flat_map(|line| text::wrap(&text::clean(line), columns));
        let mut lines: Vec<Line<'_>> = words.map(Line::from).collect();
        let area = layout::centred(size, WIDTH, u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4));
        frame.render_widget(Clear, area);
        let inside = panel::framed(&self.title, area, frame.buffer_mut(), theme);
        lines.push(Line::default());
        let key = |name| Span::styled(name, theme.style(Role::Key));
        lines.push(if self.then.is_some() {
            Line::from(vec![key("Enter"), Span::raw(" yes   "), key("Esc"), Span::raw(" no")])
        } else {
            Line::from(vec![key("Enter"), Span::raw(" close")])
        });
        panel::lines(lines, inside, frame.buffer_mut());
    }
}
