//! The rows of a table by the values of one of its columns.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::format;
use crate::job::Job;
use crate::store::Groups;
use crate::ui::grid::{Grid, Start};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// The rows of a table by the values of a column.
#[derive(Debug)]
pub struct GroupsPage {
    /// The number of the request.
    pub generation: u64,
    /// Cancelled when nobody wants the answer any more.
    pub job: Job,
    column: String,
    groups: Option<Result<Groups, String>>,
    /// A row per group.
    pub grid: Grid,
}

impl Drop for GroupsPage {
    fn drop(&mut self) {
        self.job.cancel();
    }
}

impl GroupsPage {
    /// A page that waits for its answer.
    pub fn waiting(generation: u64, column: &str) -> Self {
        let grid = Grid::new(Start { noun: "groups", ..Start::default() });
        Self { generation, job: Job::new(), column: column.to_owned(), groups: None, grid }
    }

    /// Takes the answer; its table is the caller's to give to the grid.
    pub fn take(&mut self, groups: Result<Groups, String>) {
        self.groups = Some(groups);
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        format!("By {}", text::clean(&self.column))
    }

    /// The condition of the group under the cursor.
    pub fn condition(&self) -> Option<&str> {
        let Some(Ok(groups)) = &self.groups else { return None };
        groups.conditions.get(self.grid.row()?)?.as_deref()
    }

    /// Draws the line above the table.
    pub fn draw_head(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let column = text::clean(&self.column);
        let (role, words) = match &self.groups {
            None => (Role::Dim, format!("grouping by {column}")),
            Some(Err(problem)) => (Role::Bad, text::clean(problem)),
            Some(Ok(groups)) => {
                let shown = groups.table.len() as u64;
                let rest = if shown < groups.all {
                    format!(": the {} largest of {}", format::thousands(shown), format::thousands(groups.all))
                } else {
                    String::new()
                };
                (Role::Dim, format!("by {column}{rest}; Enter filters by the group under the cursor"))
            }
        };
        let words = text::fit(&format!(" {words}"), usize::from(area.width), &theme.glyphs.cut);
        panel::lines(vec![Line::styled(words, theme.style(role))], area, buffer);
    }
}
