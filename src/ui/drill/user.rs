//! A user's page, the 360°: scores among the others' scores, why, activity, tastes, top-5, features, timeline.
//!
//! ```text
//! ╭ User 57 ─────────────────────────────────╮
//! ╭ Why this churn score ╮╭ Activity by week ╮
//! ╭ Categories ──────────╮╭ Recommended ─────╮
//! ╭ Features ────────────────────────────────╮
//! ╭ Timeline ────────────────────────────────╮
//! ```
//! The page is drawn whole and scrolled as one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::job::Job;
use crate::store::UserProfile;
use crate::ui::drill::{scroll, user_parts as parts};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::text;

/// Events of the timeline on one page.
pub const EVENTS_A_PAGE: usize = 100;

/// A user's page.
#[derive(Debug)]
pub struct UserPage {
    /// The user's id.
    pub id: String,
    /// The user's row of the user table.
    pub row: usize,
    /// The request whose answer it waits for.
    pub generation: u64,
    /// What is known; `None` while it is gathered.
    pub profile: Option<Result<UserProfile, String>>,
    /// The comparison with all others under way; given up with the page.
    pub standing: Job,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
    /// Page of the timeline, the newest first.
    pub page: usize,
}

impl Drop for UserPage {
    fn drop(&mut self) {
        self.standing.cancel();
    }
}

impl UserPage {
    /// A page that waits for its answer.
    pub fn waiting(id: String, row: usize, generation: u64) -> Self {
        Self { id, row, generation, standing: Job::new(), profile: None, scroll: 0, page: 0 }
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        format!("User {}", text::clean(&self.id))
    }

    /// What is known, once it is gathered.
    pub fn known(&self) -> Option<&UserProfile> {
        self.profile.as_ref()?.as_ref().ok()
    }

    fn pages(&self) -> usize {
        self.known().map_or(1, |profile| profile.timeline.len().div_ceil(EVENTS_A_PAGE).max(1))
    }

    /// Whether there are older or newer events to turn to.
    pub fn can_turn(&self, older: bool) -> bool {
        if older { self.page + 1 < self.pages() } else { self.page > 0 }
    }

    /// Turns the timeline to older or newer events.
    pub fn turn(&mut self, older: bool) {
        if self.can_turn(older) {
            self.page = if older { self.page + 1 } else { self.page - 1 };
        }
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let height = self.known().map_or(0, |profile| self.bands(profile).iter().sum::<u16>());
        height.saturating_sub(layout::body(size).height)
    }

    /// Heights of the bands from above: scores, why and activity, tastes and top-5, features, timeline.
    fn bands(&self, profile: &UserProfile) -> [u16; 5] {
        let events = profile.timeline.len().saturating_sub(self.page * EVENTS_A_PAGE).min(EVENTS_A_PAGE);
        let features = parts::features(profile).count();
        [
            parts::scores(profile).count() as u16 + 2,
            (profile.reasons.len().max(6) + 2) as u16,
            recommended(profile) + again(profile),
            features as u16 + 3,
            events.max(1) as u16 + 3,
        ]
    }

    /// Draws the part in sight.
    pub fn draw(&self, area: Rect, marked: bool, buffer: &mut Buffer, theme: &Theme) {
        let profile = match &self.profile {
            Some(Ok(profile)) => profile,
            waiting_or_failed => {
                let (role, words) = match waiting_or_failed {
                    Some(Err(problem)) => (Role::Bad, problem.as_str()),
                    _ => (Role::Dim, "gathering what is known of this user"),
                };
                let lines = words.lines().map(|line| Line::from(Span::styled(line, theme.style(role)))).collect();
                crate::ui::widgets::panel::lines(lines, area, buffer);
                return;
            }
        };
        let bands = self.bands(profile);
        let mut page = Buffer::empty(Rect::new(0, 0, area.width, bands.iter().sum()));
        let mut top = 0;
        let mut band = |height: u16| {
            let area = Rect::new(0, top, area.width, height);
            top += height;
            area
        };
        let halves = |area: Rect| {
            let left = Rect { width: area.width / 2, ..area };
            (left, Rect { x: left.right(), width: area.width - left.width, ..area })
        };
        parts::draw_scores(profile, marked, band(bands[0]), &mut page, theme);
        let (left, right) = halves(band(bands[1]));
        parts::draw_reasons(profile, left, &mut page, theme);
        parts::draw_weeks(profile, right, &mut page, theme);
        let (left, right) = halves(band(bands[2]));
        parts::draw_affinity(profile, left, &mut page, theme);
        let (above, below) = parts::above(right, recommended(profile));
        parts::draw_recommendations(profile, above, &mut page, theme);
        if !profile.again.is_empty() {
            parts::draw_again(profile, below, &mut page, theme);
        }
        parts::draw_features(profile, band(bands[3]), &mut page, theme);
        let of = (self.page, self.pages());
        let first = (self.page * EVENTS_A_PAGE).min(profile.timeline.len());
        let events = &profile.timeline[first..(first + EVENTS_A_PAGE).min(profile.timeline.len())];
        parts::draw_timeline(events, of, &profile.currency, band(bands[4]), &mut page, theme);
        scroll::copy(&page, self.scroll, area, buffer);
    }
}

/// Height of the top-5.
fn recommended(profile: &UserProfile) -> u16 {
    (profile.recommendations.len().max(5) + 3) as u16
}

/// Height of what is bought again; 0 where there is nothing.
fn again(profile: &UserProfile) -> u16 {
    if profile.again.is_empty() { 0 } else { (profile.again.len() + 3) as u16 }
}
