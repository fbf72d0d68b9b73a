//! What things look like: the theme on this terminal's background, the colours of segments.

use crate::stage::StageId;
use crate::store::ChartKind;
use crate::ui::app::App;
use crate::ui::pane::{Pane, PaneChart};
use crate::ui::theme::{Background, Theme};
use crate::ui::widgets::text::clean;

impl App {
    /// Fits the default theme to the terminal's background, unless it is the analyst's own.
    pub fn take_background(&mut self, background: Background) {
        let fitted = Theme::for_background(&self.themes, background);
        if let (Some(fitted), Some(theme)) = (fitted, self.themes.first_mut())
            && fitted.name == theme.name
            && !theme.own
        {
            *theme = fitted;
            self.dirty = true;
        }
    }

    /// The charts of a pane, those that the run has.
    pub fn charts_of(&self, pane: Pane) -> Vec<PaneChart> {
        let recorded = pane.stage().and_then(|stage| self.charts.get(stage.name()));
        let has = |ids: &[&str]| recorded.is_some_and(|charts| charts.iter().any(|chart| ids.contains(&chart.id)));
        let drawn = |chart: &PaneChart| match chart {
            PaneChart::Recorded(id) => has(&[id]),
            // The table of deciles has the numbers of the curve.
            PaneChart::Deciles => has(&["deciles", "uplift-deciles"]),
            // Nobody has bought, or nobody has been counted yet.
            PaneChart::AliveDistribution => {
                self.summary.as_ref().is_some_and(|told| told.as_ref().is_ok_and(|summary| summary.alive.is_some()))
            }
            _ => true,
        };
        pane.description().charts.iter().filter(|chart| drawn(chart)).copied().collect()
    }

    /// The series of a segment, by its place in the run's list, and how many there are: its colour and its dot are the same
    /// everywhere.
    pub fn segment_series(&self, name: &str) -> Option<(usize, usize)> {
        let shares = self.charts.get(StageId::Segments.name())?.iter().find(|chart| chart.id == "shares")?;
        let ChartKind::Bars { bars, .. } = &shares.kind else { return None };
        let number = bars.iter().position(|bar| clean(&bar.label) == name || bar.label == name)?;
        Some((number, bars.len()))
    }
}
