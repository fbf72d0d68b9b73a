//! Where the cursor of the Overview stands.

use crate::ui::app::App;
use crate::ui::front::Spot;
use crate::ui::pane::Pane;

impl App {
    /// What the cursor of the Overview stands on.
    pub fn spot(&self) -> Option<Spot> {
        let spots = self.front.spots(self.running, self.stages.len());
        spots.get(self.front.at.min(spots.len().saturating_sub(1))).copied()
    }

    /// Whether the Overview lists the stages of a finished run.
    pub fn is_unfolded(&self) -> bool {
        self.front.unfolded && self.drills.is_empty() && self.pane == Pane::Overview && !self.running
    }

    /// Moves the cursor of the Overview to one of its spots.
    pub(in crate::ui) fn go_to_spot(&mut self, at: usize) {
        self.front.at = at;
        if let Some(Spot::Stage(stage)) = self.spot() {
            self.stage = stage;
        }
    }
}
