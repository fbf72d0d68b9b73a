//! The one owner of the screen's state.

use std::path::PathBuf;
use std::sync::Arc;

use ratatui::layout::Size;

use super::action::{Effect, Effects, Work};
use super::command::{Command, Context};
use super::drill::Drill;
use super::layout;
use super::popups::Popup;
use super::stages::{self, StageLine};
use super::theme::{Depth, Theme};
use super::users::Users;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::pipeline::{StageId, StageState};
use crate::store::Run;

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// Stages and the log's figures.
    Overview,
    /// One row per user.
    Users,
}

impl Pane {
    /// Every pane, in the order of the tabs.
    pub const ALL: [Self; 2] = [Self::Overview, Self::Users];

    /// Its name on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Users => "Users",
        }
    }
}

/// Everything the screen shows.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state of one thing")]
pub struct App {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// Whether this is the demonstration on sample data.
    pub demo: bool,
    /// What `r` runs, in words; `None` where nothing can be run.
    pub input: Option<String>,
    /// Size of the terminal.
    pub size: Size,
    /// The open pane.
    pub pane: Pane,
    /// Layers opened from the pane, the topmost last.
    pub drills: Vec<Drill>,
    /// Layers above those, the topmost last.
    pub popups: Vec<Popup>,
    /// The run shown; `None` before the first.
    pub run: Option<Arc<Run>>,
    /// Whether the workspace is still being read.
    pub opening: bool,
    /// Whether stages are at work.
    pub running: bool,
    /// One line per stage.
    pub stages: Vec<StageLine>,
    /// The stage under the cursor.
    pub stage: usize,
    /// The Users pane.
    pub users: Users,
    /// Whether the screen differs from what was last drawn.
    pub dirty: bool,
    pub(super) generation: u64,
    themes: Vec<Theme>,
    theme: usize,
}

impl App {
    /// The screen before anything is known, and what it asks for first.
    pub fn new(
        workspace: PathBuf,
        input: Option<String>,
        demo: bool,
        size: Size,
        depth: Depth,
    ) -> Result<(Self, Effects)> {
        let themes = Theme::built_in(depth)?;
        if themes.is_empty() {
            return Err(Error::Config("there is no theme".to_owned()));
        }
        let open = Work::OpenRun(workspace.clone());
        let app = Self {
            workspace,
            demo,
            input,
            size,
            pane: Pane::Overview,
            drills: Vec::new(),
            popups: Vec::new(),
            run: None,
            opening: true,
            running: false,
            stages: StageId::ALL.into_iter().map(stages::unknown).collect(),
            stage: 0,
            users: Users::default(),
            dirty: true,
            generation: 0,
            themes,
            theme: 0,
        };
        Ok((app, vec![Effect::Work(open, Job::new())]))
    }

    /// The theme drawn with.
    pub fn theme(&self) -> &Theme {
        &self.themes[self.theme]
    }

    /// Goes to the next theme.
    pub fn next_theme(&mut self) {
        self.theme = (self.theme + 1) % self.themes.len();
    }

    /// Goes to a theme by its name; stays where there is none of that name.
    pub fn use_theme(&mut self, name: &str) {
        if let Some(theme) = self.themes.iter().position(|theme| theme.name == name) {
            self.theme = theme;
            self.dirty = true;
        }
    }

    /// The topmost layer: it gets the keys.
    pub fn context(&self) -> Context {
        if let Some(popup) = self.popups.last() {
            return popup.context();
        }
        match (self.drills.last(), self.pane) {
            (Some(Drill::User(_)), _) => Context::UserPage,
            (Some(Drill::Stage(_)), _) => Context::StageReport,
            (None, Pane::Overview) => Context::Overview,
            (None, Pane::Users) => Context::Users,
        }
    }

    /// Whether a command would do something now; the hint bar and the palette leave the others out.
    pub fn can(&self, command: Command) -> bool {
        let users = !self.users.rows.is_empty();
        match command {
            Command::RunStale | Command::RunAll => self.input.is_some() && !self.running,
            Command::CancelStage => self.stages.get(self.stage).is_some_and(|line| line.state == StageState::Running),
            Command::Open => match self.context() {
                Context::Users => users,
                _ => self.record().is_some(),
            },
            Command::Sort | Command::SortMore | Command::FilterCell | Command::Search => users,
            Command::Filter => self.users.table.is_some(),
            Command::SearchNext | Command::SearchPrevious => users && !self.users.sought.is_empty(),
            Command::ResetView => self.users.view != crate::store::View::default(),
            Command::OlderEvents | Command::NewerEvents => match self.drills.last() {
                Some(Drill::User(page)) => page.can_turn(command == Command::OlderEvents),
                _ => false,
            },
            _ => true,
        }
    }

    /// The record of the stage under the cursor.
    pub fn record(&self) -> Option<&crate::store::StageRecord> {
        let id = self.stages.get(self.stage)?.id;
        self.run.as_ref()?.info().stage(id.name())
    }

    /// Rows of the user table in sight.
    pub fn visible_rows(&self) -> usize {
        usize::from(layout::users(layout::body(self.size)).table.height.saturating_sub(1))
    }

    /// The next number for a request.
    pub(super) fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }

    /// The lines of the stages as the run recorded them.
    pub(super) fn recorded_stages(&self) -> Vec<StageLine> {
        StageId::ALL
            .into_iter()
            .map(|id| self.run.as_ref().map_or_else(|| stages::unknown(id), |run| stages::recorded(id, run.info())))
            .collect()
    }
}
