//! The workbench without a terminal: the real state, commands and drawing; work is done at once, in order.

use std::collections::VecDeque;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use ratatui::style::{Color, Modifier, Style};
use tempfile::TempDir;
use user360::config::{IngestSettings, UiSettings};
use user360::error::Error;
use user360::job::{Job, Progress};
use user360::pipeline::StageStatus;
use user360::stage::{StageId, StageState};
use user360::ui::ahead::Typed;
use user360::ui::bindings::Bindings;
use user360::ui::theme::{Depth, Role, Theme};
use user360::ui::{Action, App, Effect, FetchService, Opening, Session, Work, next_typed, typed, update, view};

use crate::sample;

/// A workbench, its screen, and what it asked the outside world for.
pub struct Bench {
    pub app: App,
    pub terminal: Terminal<TestBackend>,
    run: String,
    earlier: String,
    pub started: Vec<bool>,
    pub ran_on: Vec<PathBuf>,
    pub read_by: Vec<Option<IngestSettings>>,
    /// Whether each run takes a log that has lost much.
    pub accepted: Vec<bool>,
    pub cancelled: Vec<StageId>,
    pub copied: Vec<String>,
    /// Notices that fade in a while, by their numbers.
    pub fading: Vec<u64>,
    pub quit: bool,
    /// Work that waits to be done, where it is not done at once.
    pub late: Option<VecDeque<(Work, Job)>>,
    root: TempDir,
}

impl Bench {
    pub fn on(root: TempDir, run: String, width: u16, height: u16) -> Self {
        Self::again(root, run, width, height, Session::default())
    }

    /// Opens a workspace as a session left it.
    pub fn again(root: TempDir, run: String, width: u16, height: u16, session: Session) -> Self {
        let size = Size { width, height };
        let opening = Opening {
            workspace: root.path().to_path_buf(),
            input: Some(PathBuf::from("sample-data")),
            demo: false,
            size,
            themes: Theme::built_in(Depth::True).unwrap(),
            bindings: Bindings::built_in(),
            settings: UiSettings { export_folder: "/data/exports".to_owned(), ..UiSettings::default() },
            session,
            warnings: Vec::new(),
            service: FetchService::new(|_, _| Err(Error::Config("this test asks no service".to_owned()))),
        };
        let (app, first) = user360::ui::open(opening).unwrap();
        let terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let (started, ran_on, read_by, accepted) = (vec![], vec![], vec![], vec![]);
        let (cancelled, copied, fading) = (vec![], vec![], vec![]);
        let (earlier, quit, late) = (String::new(), false, None);
        let mut bench = Self {
            app,
            terminal,
            run,
            earlier,
            started,
            ran_on,
            read_by,
            accepted,
            cancelled,
            copied,
            fading,
            quit,
            late,
            root,
        };
        bench.carry_out(first);
        // The folder's name is a new one each time.
        bench.app.workspace = PathBuf::from("/data/shop");
        bench
    }

    pub fn new(width: u16, height: u16) -> Self {
        Self::copied(sample::workspace(), width, height)
    }

    /// On `sample-data`.
    pub fn on_shop(width: u16, height: u16) -> Self {
        Self::copied(sample::shop(), width, height)
    }

    /// On a run whose campaign was too small.
    pub fn without_uplift(width: u16, height: u16) -> Self {
        Self::copied(sample::without_uplift(), width, height)
    }

    /// With an earlier run.
    pub fn with_two_runs(width: u16, height: u16) -> Self {
        let mut bench = Self::copied(sample::two_runs(), width, height);
        bench.earlier = sample::earlier();
        // The earlier run is looked for where it really is, in a folder whose name is the same each time.
        bench.app.workspace = bench.root.path().join("shop");
        sample::copy(sample::two_runs(), &bench.app.workspace);
        bench
    }

    fn copied(workspace: &Path, width: u16, height: u16) -> Self {
        let root = tempfile::tempdir().unwrap();
        let run = sample::copy(workspace, root.path());
        Self::on(root, run, width, height)
    }

    pub fn empty(width: u16, height: u16) -> Self {
        Self::on(tempfile::tempdir().unwrap(), String::new(), width, height)
    }

    pub fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Work(work, job) => match &mut self.late {
                    Some(late) => late.push_back((work, job)),
                    None => effects.extend(update(&mut self.app, Action::Answered(work.perform(&job)))),
                },
                Effect::Start { reading, force } => {
                    self.started.push(force);
                    self.accepted.push(reading.accept_shrunk);
                    self.ran_on.push(reading.input);
                    self.read_by.push(reading.ingest);
                }
                Effect::Cancel(stage) => self.cancelled.push(stage),
                Effect::Quit => self.quit = true,
                Effect::Copy(bytes) => self.copied.push(String::from_utf8(bytes).unwrap()),
                Effect::Edit(text) => {
                    let written = format!("{text}\nlimit 3\n");
                    effects.extend(update(&mut self.app, Action::Edited(Ok(written))));
                }
                // A session would be saved in the user's own folder.
                Effect::FadeLater(notice) => self.fading.push(notice),
                Effect::Watch(_) | Effect::SaveLater | Effect::Redraw | Effect::Suspend => {}
            }
        }
    }

    pub fn act(&mut self, action: Action) {
        let is_answer = matches!(action, Action::Answered(_));
        let effects = update(&mut self.app, action);
        self.carry_out(effects);
        // What was typed and waited for it is done then.
        if is_answer {
            self.go_on();
        }
    }

    pub fn press(&mut self, code: KeyCode) -> &mut Self {
        self.act_on(KeyEvent::new(code, KeyModifiers::NONE));
        self
    }

    /// Does the work that waits longest, and what was typed and waited for it; whether there was any.
    pub fn catch_up(&mut self) -> bool {
        let Some((work, job)) = self.late.as_mut().and_then(VecDeque::pop_front) else { return false };
        self.act(Action::Answered(work.perform(&job)));
        self.go_on();
        true
    }

    fn act_on(&mut self, key: KeyEvent) {
        typed(&mut self.app, Typed::Key(key));
        self.go_on();
    }

    fn go_on(&mut self) {
        while let Some(action) = next_typed(&mut self.app) {
            self.act(action);
        }
    }

    /// Presses the keys of a text one by one; `<enter>` and its like are named keys.
    pub fn strokes(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            let named = named.and_then(|(name, after)| Some((name.parse::<user360::ui::Key>().ok()?, after)));
            if let Some((key, after)) = named {
                self.act_on(key.event());
                rest = after;
            } else {
                self.press(KeyCode::Char(letter));
                rest = &rest[letter.len_utf8()..];
            }
        }
        self
    }

    /// Presses the keys of a text one by one.
    pub fn keys(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter));
        }
        self
    }

    pub fn lines(&mut self) -> Vec<String> {
        self.terminal.draw(|frame| view(&self.app, frame)).unwrap();
        let buffer = self.terminal.backend().buffer();
        let columns = 0..buffer.area.width;
        let line = |y| {
            let mut line = String::new();
            let mut covered = 0;
            for x in columns.clone() {
                // A wide character covers the cell after it.
                if covered > 0 {
                    covered -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                covered = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
                line.push_str(symbol);
            }
            line
        };
        let lines: Vec<String> = (0..buffer.area.height).map(line).collect();
        let ids = [(&self.run, "20150703T000000Z-0000"), (&self.earlier, "20150601T000000Z-0000")];
        let known = ids.into_iter().filter(|(run, _)| !run.is_empty());
        let replaced = |line: String| known.clone().fold(line, |line, (run, id)| line.replace(run.as_str(), id));
        lines.into_iter().map(replaced).map(|line| undated(&line)).collect()
    }

    /// Lets every notice fade.
    pub fn fade(&mut self) {
        for notice in std::mem::take(&mut self.fading) {
            self.act(Action::Faded { notice });
        }
    }

    /// A row of the pane, counted from the tabs: below those a higher screen has a line of its own.
    pub fn row(&mut self, row: usize) -> String {
        let above = usize::from(self.app.size.height >= 30);
        self.lines()[row + above].clone()
    }

    /// A later run is committed and ends on the screen.
    pub fn run_again(&mut self) {
        self.app.workspace = self.root.path().to_path_buf();
        self.run = sample::copy(sample::two_runs(), self.root.path());
        self.act(Action::RunEnded(Ok(sample::current(self.root.path()).info().clone())));
    }

    /// Ends it and gives its workspace back.
    pub fn close(self) -> (TempDir, String) {
        (self.root, self.run)
    }

    /// The text, and below it where something stands out: `R` reversed, `X` reversed and underlined, `G` with a
    /// background of its own, `U` underlined, `B` bold, `c` coloured.
    pub fn picture(&mut self) -> String {
        let mut picture = String::new();
        for line in self.lines() {
            writeln!(picture, "{}", line.trim_end()).unwrap();
        }
        picture.push_str("--- reversed, ground, underlined, bold, coloured ---\n");
        let buffer = self.terminal.backend().buffer();
        let text = self.app.theme().style(Role::Text);
        let (ink, ground) = (text.fg.unwrap_or(Color::Reset), text.bg.unwrap_or(Color::Reset));
        for y in 0..buffer.area.height {
            let marks: String = (0..buffer.area.width)
                .map(|x| {
                    let cell = &buffer[(x, y)];
                    match cell.modifier {
                        modifier if modifier.contains(Modifier::REVERSED | Modifier::UNDERLINED) => 'X',
                        modifier if modifier.contains(Modifier::REVERSED) => 'R',
                        _ if cell.bg != ground => 'G',
                        modifier if modifier.contains(Modifier::UNDERLINED) => 'U',
                        modifier if modifier.contains(Modifier::BOLD) => 'B',
                        _ if cell.fg != ink => 'c',
                        _ => ' ',
                    }
                })
                .collect();
            writeln!(picture, "{}", marks.trim_end()).unwrap();
        }
        picture
    }

    /// The style of the first letter of these words, where they stand first on the screen.
    pub fn style_of(&mut self, words: &str) -> Option<Style> {
        let lines = self.lines();
        let (y, line) = lines.iter().enumerate().find(|(_, line)| line.contains(words))?;
        let x = unicode_width::UnicodeWidthStr::width(line.split(words).next()?);
        Some(self.terminal.backend().buffer()[(x as u16, y as u16)].style())
    }

    pub fn says(&mut self, words: &str) -> bool {
        self.lines().iter().any(|line| line.contains(words))
    }

    /// The first cells of the rows in sight on the Users pane.
    pub fn ids(&mut self) -> Vec<String> {
        let lines = self.lines();
        let first = 2 + usize::from(self.app.size.height >= 30);
        let rows = lines[first..lines.len() - 2].iter();
        // What stands beside the table begins with a frame.
        let table = rows.filter_map(|line| line.split(['│', '╭', '╰']).next());
        table
            .filter_map(|line| line.trim_start_matches(['▌', ' ', '◆']).split_whitespace().next().map(str::to_owned))
            .collect()
    }
}

/// A run under way: ingest done, features at work, churn still waiting.
pub fn under_way(features: u64) -> Vec<StageStatus> {
    StageId::ALL
        .into_iter()
        .map(|id| {
            let (state, done, total, unit, seconds) = match id {
                StageId::Ingest => (StageState::Done, 10, 10, "bytes", 3),
                StageId::Features => (StageState::Running, features, 4000, "users", 8),
                _ => (StageState::Waiting, 0, 0, "", 0),
            };
            let progress = Progress { done, total, unit: unit.to_owned() };
            StageStatus { id, state, reason: None, progress, elapsed: Duration::from_secs(seconds) }
        })
        .collect()
}

/// A line without what no two runs have in common: when the run was made, and how long its stages took.
pub fn undated(line: &str) -> String {
    let mut line = line.to_owned();
    if let Some((before, rest)) = line.split_once(" run of ")
        && let Some((_, after)) = rest.split_once(" UTC")
    {
        line = format!("{before} run of 2015-07-03 00:00 UTC{after}");
    }
    let took =
        line.split_once(" stages done, ").and_then(|(before, rest)| Some((before, rest.split_once(" of work")?)));
    if let Some((before, (_, after))) = took {
        // What is left of the row is blank.
        line = format!("{before} stages done, 9.9 s of work{}", after.trim_end());
    }
    line
}
