//! What each column of a log that nobody described is taken for, and what its first rows are when read so.
//!
//! ```text
//! ╭ How to read shop.csv ────────────────────────────────╮
//! │   layout       < custom >    no known layout has …   │
//! │ ▌ user         < Kunde >     by its name; 61 differ… │
//! │   event buy    < ignore >    no word for view, cart… │
//! │ by its name; 61 different in 400 rows                │
//! │ ─ The first 10,000 rows of each file ─────────────── │
//! │ rows 400  accepted 320  ignored 80  rejected 0       │
//! ╰──────────────────────────────────────────────────────╯
//! ```

use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::text::Line;
use ratatui::widgets::Clear;

use crate::config::Hints;
use crate::format;
use crate::job::Job;
use crate::pipeline::propose::{Changed, Choice, Draft, Preview, Request};
use crate::ui::popups::{Offer, Picked, Picker, log_lines};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

const WIDTH: u16 = 120;
/// The title of the list of options.
pub const OPTIONS: &str = "What it is";
/// Rows for the whole reason of the line under the cursor.
const REASON: u16 = 2;
/// Rows that the preview has at least.
const PREVIEW: u16 = 4;

/// A request under way.
#[derive(Debug)]
struct Pending {
    generation: u64,
    job: Job,
    /// Whether the log is looked at anew: what is chosen meanwhile would be of columns that go.
    looks: bool,
}

impl Pending {
    /// What is done, for the reader.
    fn words(&self) -> &'static str {
        if self.looks { "looking at the first rows" } else { "reading the first rows so" }
    }
}

/// A log looked at, and the settings chosen for it.
#[derive(Debug)]
pub struct LogDialog {
    /// What is looked at.
    pub request: Request,
    /// What was found; `None` until it is.
    pub draft: Option<Draft>,
    /// The file proposed for the settings.
    pub out: PathBuf,
    /// Whether that file may be replaced unasked.
    pub overwrite: bool,
    choices: Vec<Choice>,
    /// What was chosen before each change, the first one what was proposed.
    past: Vec<Draft>,
    at: usize,
    /// What the first rows are by the settings of when it was made.
    preview: Option<Result<Preview, String>>,
    /// Lines of the preview that are scrolled over.
    scroll: usize,
    pending: Option<Pending>,
}

impl LogDialog {
    /// A dialog that waits for the first look.
    pub fn new(request: Request, out: PathBuf, overwrite: bool) -> Self {
        let (draft, choices, past, preview, pending) = (None, Vec::new(), Vec::new(), None, None);
        Self { request, draft, out, overwrite, choices, past, at: 0, preview, scroll: 0, pending }
    }

    /// The log's name.
    pub fn name(&self) -> String {
        match self.request.paths.as_slice() {
            [one] => text::clean(&one.file_name().map_or(one.as_os_str(), |name| name).to_string_lossy()),
            several => format!("{} files", several.len()),
        }
    }

    /// The line under the cursor.
    pub fn choice(&self) -> Option<&Choice> {
        self.choices.get(self.at)
    }

    /// What speaks against writing the settings as they are now, where their preview is there; else what is waited for.
    pub fn objections(&self) -> Result<Vec<String>, String> {
        match (&self.pending, &self.preview, &self.draft) {
            (Some(pending), ..) => Err(format!("{}; Enter again when that is done", pending.words())),
            (None, Some(preview), Some(draft)) => Ok(draft.objections(preview.as_ref().map_err(String::as_str))),
            _ => Err("the log is not yet looked at".to_owned()),
        }
    }

    /// Waits for the answer of this number, that of a look or of a preview; what was awaited before is wanted no more.
    pub fn wait(&mut self, generation: u64, job: Job, looks: bool) {
        self.give_up();
        self.pending = Some(Pending { generation, job, looks });
    }

    /// Whether the log is being looked at.
    pub fn is_looking(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.looks)
    }

    /// Cancels what is awaited.
    pub fn give_up(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.job.cancel();
        }
    }

    /// Whether it waits for this answer, which is then awaited no more.
    pub fn answered(&mut self, generation: u64) -> bool {
        let awaited = self.pending.as_ref().is_some_and(|pending| pending.generation == generation);
        if awaited {
            self.pending = None;
        }
        awaited
    }

    /// Takes what a look found.
    pub fn take(&mut self, draft: Draft) {
        self.choices = draft.choices();
        self.at = self.at.min(self.choices.len().saturating_sub(1));
        self.draft = Some(draft);
    }

    /// Takes what the first rows are.
    pub fn show(&mut self, preview: Result<Preview, String>) {
        self.preview = Some(preview);
    }

    /// What the log tells of the questions that follow.
    pub fn hints(&self) -> Hints {
        let seen = self.preview.as_ref().and_then(|preview| preview.as_ref().ok());
        let sign = || self.draft.as_ref().and_then(Draft::currency).map(ToOwned::to_owned);
        Hints {
            currency: seen.and_then(|seen| seen.currency.clone()).or_else(sign),
            discount: seen.and_then(|seen| seen.discount),
        }
    }

    /// Moves the cursor to a line; stops at the ends.
    pub fn go_to(&mut self, line: usize) {
        self.at = line.min(self.choices.len().saturating_sub(1));
    }

    /// The number of the line under the cursor, and of the last.
    pub fn place(&self) -> (u16, u16) {
        (self.at as u16, self.choices.len().saturating_sub(1) as u16)
    }

    /// Scrolls the preview by so many of its rows in sight.
    pub fn scroll_by(&mut self, pages: isize, size: Size) {
        let (_, _, area) = self.areas(size);
        let room = usize::from(area.height);
        let last = self.told(usize::from(area.width)).len().saturating_sub(room);
        self.scroll = self.scroll.saturating_add_signed(pages * room.max(1) as isize).min(last);
    }

    /// The option after, or before, the one that the line under the cursor has.
    pub fn next_option(&self, by: isize) -> Option<(String, String)> {
        let (choice, draft) = (self.choice()?, self.draft.as_ref()?);
        let options = draft.options(&choice.key);
        let count = options.len() as isize;
        if count == 0 {
            return None;
        }
        // A value that is none of the options stands before the first.
        let next = match options.iter().position(|option| *option == choice.value) {
            Some(at) => at as isize + by,
            None if by > 0 => 0,
            None => -1,
        };
        Some((choice.key.clone(), options[next.rem_euclid(count) as usize].clone()))
    }

    /// The options of the line under the cursor, to choose from.
    pub fn picker(&self, ascii: bool) -> Option<Picker> {
        let (choice, draft) = (self.choice()?, self.draft.as_ref()?);
        let offer = |option: String| {
            let (title, role) = draft.facts(&choice.key, &option);
            let name = log_lines::option(&option, ascii);
            Offer { name, title, aside: role.to_owned(), picked: Picked::Setting(option) }
        };
        let offers: Vec<Offer> = draft.options(&choice.key).into_iter().map(offer).collect();
        if offers.is_empty() {
            return None;
        }
        let mut picker = Picker::new(OPTIONS, "none of that name", offers);
        picker.choose(&Picked::Setting(choice.value.clone()));
        Some(picker)
    }

    /// Chooses an option; says what follows.
    pub fn choose(&mut self, key: &str, option: &str) -> Changed {
        let Some(draft) = &mut self.draft else { return Changed::Nothing };
        let before = draft.clone();
        let changed = draft.choose(key, option);
        if !matches!(changed, Changed::Nothing) {
            self.past.push(before);
        }
        if matches!(changed, Changed::Settings) {
            self.choices = draft.choices();
            // Lines may have come and gone: the cursor stays on its own.
            let same = self.choices.iter().position(|choice| choice.key == key);
            self.at = same.unwrap_or(self.at).min(self.choices.len().saturating_sub(1));
        }
        changed
    }

    /// Takes the last choice back, or all of them; whether there was any.
    pub fn undo(&mut self, all: bool) -> bool {
        if all {
            self.past.truncate(1);
        }
        let Some(before) = self.past.pop() else { return false };
        self.give_up();
        self.take(before);
        true
    }

    /// Whether the line under the cursor can be of no column.
    pub fn is_optional(&self) -> Option<String> {
        let (choice, draft) = (self.choice()?, self.draft.as_ref()?);
        draft.options(&choice.key).iter().any(String::is_empty).then(|| choice.key.clone())
    }

    /// The frame's area, that of the lines, and that of the preview with its heading.
    fn areas(&self, size: Size) -> (Rect, Rect, Rect) {
        // The dialog is about another log: it has the line of the shop's too.
        let body = Rect::new(0, 1, size.width, size.height.saturating_sub(2));
        let width = body.width.min(WIDTH);
        let area = Rect { x: body.x + (body.width - width) / 2, width, ..body };
        let inside = Rect::new(area.x + 1, area.y + 1, area.width.saturating_sub(2), area.height.saturating_sub(2));
        let wanted = self.choices.len() as u16;
        let most = (inside.height / 2).min(inside.height.saturating_sub(REASON + 1 + PREVIEW));
        let lines = Rect { height: wanted.min(most), ..inside };
        let below = lines.height + REASON + 1;
        let preview = Rect { y: inside.y + below, height: inside.height.saturating_sub(below), ..inside };
        (area, lines, preview)
    }

    /// Draws it in the middle.
    pub fn draw(&self, size: Size, frame: &mut Frame<'_>, theme: &Theme) {
        let (area, lines, preview) = self.areas(size);
        frame.render_widget(Clear, area);
        let title = format!("How to read {}", self.name());
        let title = text::fit(&title, usize::from(area.width).saturating_sub(6), &theme.glyphs.cut);
        panel::framed(&title, area, frame.buffer_mut(), theme);
        let busy = self.pending.as_ref().map(|pending| format!("{} {}", theme.glyphs.running, pending.words()));
        if self.draft.is_none() {
            let words = Line::styled(busy.unwrap_or_default(), theme.style(Role::Busy));
            return panel::lines(vec![words], Rect { height: REASON, ..lines }, frame.buffer_mut());
        }
        let visible = usize::from(lines.height).max(1);
        let first = (self.at + 1).saturating_sub(visible);
        let width = usize::from(lines.width);
        let shown = self.choices.iter().enumerate().skip(first).take(visible);
        let drawn = shown.map(|(at, choice)| log_lines::choice(choice, at == self.at, width, theme)).collect();
        panel::lines(drawn, lines, frame.buffer_mut());
        let reason = Rect { y: lines.bottom(), height: REASON, ..lines };
        panel::lines(self.whole_reason(width, theme), reason, frame.buffer_mut());
        let heading = Rect { y: reason.bottom(), height: 1, ..lines };
        panel::lines(vec![self.heading(busy, width, theme)], heading, frame.buffer_mut());
        let below = self.told(width);
        let scroll = self.scroll.min(below.len().saturating_sub(usize::from(preview.height)));
        let below = below.into_iter().skip(scroll).map(|(role, line)| Line::styled(line, theme.style(role)));
        panel::lines(below.collect(), preview, frame.buffer_mut());
    }

    /// Where the line under the cursor stands among all, and its whole reason.
    fn whole_reason(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let Some(choice) = self.choice() else { return Vec::new() };
        let rivals = match choice.rivals.as_slice() {
            [] => String::new(),
            rivals => format!("; else {}", rivals.join(", ")),
        };
        let words = format!("{}/{}: {}{rivals}", self.at + 1, self.choices.len(), log_lines::reason(choice));
        let role = if choice.sure { Role::Dim } else { Role::Warn };
        let mut lines = text::wrap(&text::clean(&words), width);
        if lines.len() > usize::from(REASON) {
            lines.truncate(usize::from(REASON));
            if let Some(last) = lines.last_mut() {
                *last = text::fit(&format!("{last}{}", " ".repeat(width)), width, &theme.glyphs.cut);
            }
        }
        lines.into_iter().map(|line| Line::styled(line, theme.style(role))).collect()
    }

    /// What the rows below are.
    fn heading(&self, busy: Option<String>, width: usize, theme: &Theme) -> Line<'static> {
        let (words, role) = match (busy, &self.preview) {
            (Some(busy), Some(_)) => (format!("{busy}; below, what it was before"), Role::Busy),
            (Some(busy), None) => (busy, Role::Busy),
            (None, Some(Ok(seen))) => (
                format!("The first {} rows of each file, read so", format::thousands(seen.rows_per_file as u64)),
                Role::Header,
            ),
            (None, _) => ("The log cannot be read so".to_owned(), Role::Bad),
        };
        Line::styled(text::pad(&words, width, false, &theme.glyphs.cut), theme.style(role))
    }

    /// What the first rows are, and what is to be known beside, in lines of this width.
    fn told(&self, width: usize) -> Vec<(Role, String)> {
        let mut told: Vec<(Role, String)> = Vec::new();
        match &self.preview {
            None => {}
            Some(Err(problem)) => told.extend(problem.lines().map(|line| (Role::Bad, line.to_owned()))),
            Some(Ok(seen)) => told.extend(log_lines::preview(seen)),
        }
        if let (Some(draft), Some(preview), None) = (&self.draft, &self.preview, &self.pending) {
            let against = draft.objections(preview.as_ref().map_err(String::as_str));
            // That the log cannot be read is told above.
            let against = against.into_iter().filter(|_| preview.is_ok());
            told.extend(against.map(|words| (Role::Bad, words)));
        }
        told.extend(self.draft.iter().flat_map(Draft::notes).map(|note| (Role::Warn, note)));
        let wrapped = |(role, words): (Role, String)| {
            text::wrap(&text::clean(&words), width).into_iter().map(move |line| (role, line))
        };
        told.into_iter().flat_map(wrapped).collect()
    }
}
