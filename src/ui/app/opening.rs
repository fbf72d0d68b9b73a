//! What the screen starts with.

use std::path::PathBuf;

use ratatui::layout::Size;

use crate::config::UiSettings;
use crate::ui::bindings::Bindings;
use crate::ui::fetch::FetchService;
use crate::ui::session::Session;
use crate::ui::theme::Theme;

/// What the screen starts with.
#[derive(Debug)]
pub struct Opening {
    /// The workspace's folder.
    pub workspace: PathBuf,
    /// The raw log that `r` runs on; `None` where nothing can be run.
    pub input: Option<PathBuf>,
    /// Whether this is the demonstration on sample data.
    pub demo: bool,
    /// Size of the terminal.
    pub size: Size,
    /// The themes to choose from; one at least.
    pub themes: Vec<Theme>,
    /// Which keys stand for which command.
    pub bindings: Bindings,
    /// Settings of the screen.
    pub settings: UiSettings,
    /// How the workspace was left.
    pub session: Session,
    /// What the reader should be told at once: a theme that cannot be read.
    pub warnings: Vec<String>,
    /// Who is asked for data sets.
    pub service: FetchService,
}
