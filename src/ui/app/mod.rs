//! The one owner of the screen's state.

mod can;
mod looks;
mod notices;
mod opening;
mod room;
mod session;
mod spots;
mod told;
mod written;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use ratatui::layout::Size;

use crate::config::{IngestSettings, UiSettings};
use crate::error::{Error, Result};
use crate::files::Share;
use crate::job::Job;
use crate::stage::StageId;
use crate::store::{Chart, DataTable, DatedRun, Marks, Run, Summary};
use crate::ui::ahead::Ahead;
use crate::ui::bindings::Bindings;
use crate::ui::command::Context;
use crate::ui::drill::Drill;
use crate::ui::export::Exporting;
use crate::ui::fetch::{FetchService, Fetching};
use crate::ui::front::Front;
use crate::ui::grid::Grid;
use crate::ui::layout::Split;
use crate::ui::pane::Pane;
use crate::ui::popups::Popup;
use crate::ui::programs::OwnProgram;
use crate::ui::questions::Asking;
use crate::ui::session::Session;
use crate::ui::stages::{self, StageLine};
use crate::ui::theme::Theme;

pub use notices::Notices;
pub use opening::Opening;
pub use written::{Written, write_down};

/// Everything the screen shows.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, not a state of one thing")]
pub struct App {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// Whether this is the demonstration on sample data.
    pub demo: bool,
    /// The raw log that `r` runs on; `None` where nothing can be run.
    pub input: Option<PathBuf>,
    /// How it is read, where that was chosen here; else as the configuration says.
    pub ingest: Option<IngestSettings>,
    /// Settings of the screen.
    pub settings: UiSettings,
    /// Which keys stand for which command.
    pub bindings: Bindings,
    /// Programs of the user's own.
    pub programs: Vec<OwnProgram>,
    /// Where users have a page elsewhere, with `{user_id}` in it.
    pub link: Option<String>,
    /// The program under way.
    pub(super) program_job: Job,
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
    /// Who may read and write what is exported.
    pub(super) share: Share,
    /// The other runs that the workspace keeps, newest first: the id, and when known how far its log went.
    pub kept_runs: Vec<(String, Option<DatedRun>)>,
    /// The run that was shown before this one, or when the workbench was left.
    pub last_seen: Option<String>,
    /// A run that was made since this one was opened.
    pub newer_run: Option<String>,
    /// Whether such a run is opened by itself.
    pub watch: bool,
    /// Whether the workspace is still being read.
    pub opening: bool,
    /// Whether stages are at work.
    pub running: bool,
    /// Whether the run under way, or the last, was asked to do everything anew.
    pub forced: bool,
    /// Whether the next run takes a log that has lost much of what the last one read.
    pub accept_shrunk: bool,
    /// Whether the next run takes settings that decide otherwise than the last one's.
    pub accept_settings: bool,
    /// One line per stage.
    pub stages: Vec<StageLine>,
    /// The stage under the cursor, or the last that was.
    pub stage: usize,
    /// What the Overview shows of the run.
    pub front: Front,
    /// When the workbench was opened, in milliseconds since 1970; 0 where no clock is asked.
    pub opened_at: i64,
    /// A table per pane, in the order of the tabs; it stays empty where a pane has none.
    pub grids: [Grid; Pane::ALL.len()],
    /// What the panes say of all users; `None` until it is computed.
    pub summary: Option<std::result::Result<Arc<Summary>, String>>,
    /// The charts of each stage, as recorded.
    pub charts: BTreeMap<&'static str, Vec<Chart>>,
    /// The catalogue, once the Recommendations pane asked for it.
    pub items: Option<DataTable>,
    /// Whether recommendations were asked for since the run was opened.
    pub(super) asked_recommendations: bool,
    /// The first chart shown, by pane.
    pub chart: [usize; Pane::ALL.len()],
    /// How a pane divides its room.
    pub split: Split,
    /// The churn threshold, in hundredths.
    pub threshold: usize,
    /// The campaign's budget, a place among the summary's.
    pub budget: Option<usize>,
    /// The query whose result is shown.
    pub query: Option<String>,
    /// Its rows, for the next query.
    pub(super) last_result: Option<DataTable>,
    /// The query under way, or the last one.
    pub query_job: Job,
    /// Why the last query has no result, or that it was cut.
    pub query_note: Option<std::result::Result<String, String>>,
    /// Queries and filters written before, the newest last.
    pub written: Written,
    /// A line for the reader on a page without a table: what was copied.
    pub note: Option<String>,
    /// What the session has told.
    pub notices: Notices,
    /// The export under way.
    pub exporting: Option<Exporting>,
    /// The download under way.
    pub fetching: Option<Fetching>,
    /// The step of the tour, while one is made.
    pub tour: Option<usize>,
    /// The questions that are being asked.
    pub(super) asking: Option<Asking>,
    /// Who is asked for data sets.
    pub service: FetchService,
    /// The session as this workbench last read or wrote it.
    pub(super) known_session: Arc<Mutex<Session>>,
    /// What was typed and waits.
    pub ahead: Ahead,
    /// Whether what was typed last waits for nothing.
    pub(super) at_once: bool,
    /// Whether the screen differs from what was last drawn.
    pub dirty: bool,
    /// Whether the session differs from what was last saved.
    pub(super) unsaved: bool,
    /// What was last saved, and the marks that went with it.
    pub(super) saved: Option<(Session, Marks)>,
    pub(super) generation: u64,
    /// The number of the latest query: answers of others are dropped.
    pub(super) query_generation: u64,
    /// How the workspace was left, until its tables are there.
    pub(super) session: Option<Session>,
    /// Whether the terminal is asked what its background is.
    pub(super) asks_for_background: bool,
    themes: Vec<Theme>,
    theme: usize,
}

impl App {
    /// The screen before anything is known.
    pub fn new(opening: Opening) -> Result<Self> {
        let Opening { workspace, input, demo, size, themes, bindings, settings, session, warnings, service } = opening;
        if themes.is_empty() {
            return Err(Error::Config("there is no theme".to_owned()));
        }
        let mut app = Self {
            workspace,
            share: Share::default(),
            demo,
            input,
            ingest: None,
            settings,
            bindings,
            programs: Vec::new(),
            link: None,
            program_job: Job::new(),
            size,
            pane: Pane::Overview,
            drills: Vec::new(),
            popups: Vec::new(),
            run: None,
            kept_runs: Vec::new(),
            last_seen: None,
            newer_run: None,
            watch: false,
            opening: true,
            running: false,
            forced: false,
            accept_shrunk: false,
            accept_settings: false,
            stages: StageId::ALL.into_iter().map(stages::unknown).collect(),
            stage: 0,
            front: Front::default(),
            opened_at: 0,
            grids: Pane::ALL.map(|pane| Grid::new(pane.description().start)),
            summary: None,
            charts: BTreeMap::new(),
            items: None,
            asked_recommendations: false,
            chart: [0; Pane::ALL.len()],
            split: Split::Both,
            threshold: 50,
            budget: None,
            query: None,
            last_result: None,
            query_job: Job::new(),
            query_note: None,
            written: Written::default(),
            note: None,
            notices: Notices::default(),
            exporting: None,
            fetching: None,
            tour: None,
            asking: None,
            service,
            known_session: Arc::default(),
            ahead: Ahead::default(),
            at_once: false,
            dirty: true,
            unsaved: false,
            saved: None,
            generation: 0,
            query_generation: 0,
            session: None,
            asks_for_background: false,
            themes,
            theme: 0,
        };
        let name = app.settings.theme.clone();
        if app.themes.iter().all(|theme| theme.name != name) {
            let known: Vec<&str> = app.themes.iter().map(|theme| theme.name.as_str()).collect();
            app.tell("Settings", &format!("ui.theme: there is no theme {name}; the themes are {}", known.join(", ")));
        }
        app.use_theme(&name);
        app.restore(session);
        for warning in warnings {
            app.tell("Settings", &warning);
        }
        Ok(app)
    }

    /// Takes the programs of the user's own, which get their keys, and the links of settings.
    pub fn take_doors(&mut self, programs: Vec<OwnProgram>, link: Option<String>) {
        self.bindings = self.bindings.clone().and_programs(programs.iter().map(|program| program.key).collect());
        (self.programs, self.link) = (programs, link);
    }

    /// The theme drawn with.
    pub fn theme(&self) -> &Theme {
        &self.themes[self.theme]
    }

    /// Every theme.
    pub fn themes(&self) -> &[Theme] {
        &self.themes
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
        self.page_context()
    }

    /// The topmost layer below the popups.
    pub fn page_context(&self) -> Context {
        self.drills.last().map_or(Context::Pane(self.pane), Drill::context)
    }

    /// The table of a pane.
    pub fn grid_of(&self, pane: Pane) -> &Grid {
        &self.grids[pane.place()]
    }

    /// The table of a pane.
    pub(super) fn grid_of_mut(&mut self, pane: Pane) -> &mut Grid {
        &mut self.grids[pane.place()]
    }

    /// The table that the keys move in.
    pub fn grid(&self) -> Option<&Grid> {
        match self.drills.last() {
            Some(drill) => drill.grid(),
            None => self.pane.has_table().then(|| self.grid_of(self.pane)),
        }
    }

    /// The table that the keys move in.
    pub(super) fn grid_mut(&mut self) -> Option<&mut Grid> {
        match self.drills.last_mut() {
            Some(drill) => drill.grid_mut(),
            None => self.pane.has_table().then(|| &mut self.grids[self.pane.place()]),
        }
    }

    /// The user table.
    pub fn users(&self) -> Option<&DataTable> {
        self.grid_of(Pane::Users).table()
    }

    /// The record of the stage under the cursor.
    pub fn record(&self) -> Option<&crate::store::StageRecord> {
        let id = self.stages.get(self.stage)?.id;
        self.run.as_ref()?.info().stage(id)
    }

    /// Gives the marks of the users in one table to the others.
    pub(super) fn share_marks(&mut self) {
        if !self.drills.is_empty() || !self.pane.is_of_users() {
            return;
        }
        self.spread_marks(self.pane);
    }

    /// Gives the marks of a pane's users to the other panes of users.
    pub(super) fn spread_marks(&mut self, from: Pane) {
        let marks = self.grid_of(from).marks().clone();
        for pane in Pane::of_users().filter(|pane| *pane != from) {
            self.grid_of_mut(pane).share_marks(&marks);
        }
    }

    /// The budget chosen, a place among the summary's: at first the largest that is a tenth of the users or less.
    pub fn budget_place(&self) -> Option<usize> {
        let Some(Ok(summary)) = &self.summary else { return None };
        let last = summary.budgets.len().checked_sub(1)?;
        let tenth = summary.budgets[last].users / 10;
        let first = summary.budgets.iter().rposition(|budget| budget.users <= tenth).unwrap_or(0);
        Some(self.budget.unwrap_or(first).min(last))
    }

    /// Whether what the panes say of all users is still computed.
    pub(super) fn is_summarising(&self) -> bool {
        self.summary.is_none() && self.users().is_some()
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

    /// Looks how far the export and the download have come.
    pub(super) fn poll_transfers(&mut self) {
        let exported = self.exporting.as_mut().is_some_and(Exporting::poll);
        let fetched = self.fetching.as_mut().is_some_and(Fetching::poll);
        self.dirty |= exported || fetched;
    }

    /// Whether something at work is looked at several times a second.
    pub fn is_watching(&self) -> bool {
        self.running || self.exporting.is_some() || self.fetching.is_some()
    }
}
