//! Layers opened from a pane: the pages of a user, an item, a segment, a row, a stage, and the comparison of two runs.

pub mod compare;
pub mod groups;
pub mod item;
pub mod row;
pub mod scroll;
pub mod segment;
pub mod stage;
pub mod user;
mod user_layout;
mod user_lists;
mod user_parts;
mod user_weeks;

use ratatui::layout::Size;

pub use compare::ComparePage;
pub use groups::GroupsPage;
pub use item::ItemPage;
pub use row::RowPage;
pub use segment::SegmentPage;
pub use stage::StagePage;
pub use user::UserPage;

use crate::ui::command::Context;
use crate::ui::grid::Grid;

/// A layer above the pane.
#[derive(Debug)]
pub enum Drill {
    /// A user's page.
    User(Box<UserPage>),
    /// An item's page.
    Item(Box<ItemPage>),
    /// A segment's page.
    Segment(Box<SegmentPage>),
    /// A row of a query's result.
    Row(Box<RowPage>),
    /// A stage's report.
    Stage(Box<StagePage>),
    /// The rows of a table by the values of a column.
    Groups(Box<GroupsPage>),
    /// What changed between two runs.
    Compare(Box<ComparePage>),
}

impl Drill {
    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        match self {
            Self::User(page) => page.title(),
            Self::Item(page) => page.title(),
            Self::Segment(page) => page.title(),
            Self::Row(page) => page.title(),
            Self::Stage(page) => page.title(),
            Self::Groups(page) => page.title(),
            Self::Compare(_) => ComparePage::title(),
        }
    }

    /// Where its keys are looked up.
    pub fn context(&self) -> Context {
        match self {
            Self::User(_) => Context::UserPage,
            Self::Item(_) => Context::ItemPage,
            Self::Segment(_) => Context::SegmentPage,
            Self::Row(_) => Context::RowPage,
            Self::Stage(_) => Context::StageReport,
            Self::Groups(_) => Context::Groups,
            Self::Compare(_) => Context::Compare,
        }
    }

    /// Its table, if it has one.
    pub fn grid(&self) -> Option<&Grid> {
        match self {
            Self::Item(page) => Some(&page.grid),
            Self::Groups(page) => Some(&page.grid),
            Self::Compare(page) => Some(&page.grid),
            _ => None,
        }
    }

    /// Its table, if it has one.
    pub fn grid_mut(&mut self) -> Option<&mut Grid> {
        match self {
            Self::Item(page) => Some(&mut page.grid),
            Self::Groups(page) => Some(&mut page.grid),
            Self::Compare(page) => Some(&mut page.grid),
            _ => None,
        }
    }

    /// How far it is scrolled, and how far it can be; `None` where a table scrolls instead.
    pub fn scroll(&mut self, size: Size) -> Option<(&mut u16, u16)> {
        match self {
            Self::User(page) => {
                let last = page.last_scroll(size);
                Some((&mut page.scroll, last))
            }
            Self::Segment(page) => {
                let last = page.last_scroll(size);
                Some((&mut page.scroll, last))
            }
            Self::Row(page) => {
                let last = page.last_scroll(size);
                Some((&mut page.scroll, last))
            }
            Self::Stage(page) => {
                let last = page.last_scroll(size);
                Some((&mut page.scroll, last))
            }
            Self::Item(_) | Self::Groups(_) | Self::Compare(_) => None,
        }
    }
}
