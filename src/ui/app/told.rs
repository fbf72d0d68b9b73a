//! Whose log the screen shows, and up to when.

use crate::format;
use crate::ui::app::App;
use crate::ui::widgets::text;

/// A day, in milliseconds.
const DAY: i64 = 24 * 3_600_000;

impl App {
    /// What the shop is called: as the folder of its workspace.
    pub fn shop(&self) -> String {
        let folder = self.workspace.file_name().map(|name| text::clean(&name.to_string_lossy()));
        folder.filter(|name| !self.demo && !name.is_empty()).unwrap_or_else(|| "The sample shop".to_owned())
    }

    /// Up to when the log of the run goes, and how long ago that is; `None` without a run.
    pub fn as_of(&self) -> Option<String> {
        let info = self.run.as_ref()?.info();
        let age = match (self.opened_at - info.as_of).div_euclid(DAY) {
            _ if self.opened_at == 0 => String::new(),
            0 => ", less than a day ago".to_owned(),
            days if days < 0 => ", in the future by this machine's clock".to_owned(),
            days => format!(", {} ago", format::counted(days.unsigned_abs(), "days")),
        };
        let zone = info.zone();
        Some(format!("as of {} {zone}{age}", zone.minute(info.as_of)))
    }
}
