//! Layers opened from a pane: a user's page, a stage's report.

pub mod scroll;
pub mod stage;
pub mod user;
mod user_parts;

use ratatui::layout::Size;

pub use stage::StagePage;
pub use user::UserPage;

/// A layer above the pane.
#[derive(Debug)]
pub enum Drill {
    /// A user's page.
    User(Box<UserPage>),
    /// A stage's report.
    Stage(Box<StagePage>),
}

impl Drill {
    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        match self {
            Self::User(page) => page.title(),
            Self::Stage(page) => page.title(),
        }
    }

    /// How far it is scrolled, and how far it can be.
    pub fn scroll(&mut self, size: Size) -> (&mut u16, u16) {
        match self {
            Self::User(page) => {
                let last = page.last_scroll(size);
                (&mut page.scroll, last)
            }
            Self::Stage(page) => {
                let last = page.last_scroll(size);
                (&mut page.scroll, last)
            }
        }
    }
}
