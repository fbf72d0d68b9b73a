//! A user's page, the 360°: one sentence first, then scores, why, activity, tastes, what is recommended, features, timeline.
//!
//! ```text
//! ╭ User 57 ─────────────────────────────────╮
//! ╭ Scores ──────────────╮╭ Why ─────────────╮
//! ╭ Activity by week ────╮╭ Categories ──────╮
//! ╭ Recommended ─────────╮╭ To buy again ────╮
//! ╭ Features ────────────────────────────────╮
//! ╭ Timeline ────────────────────────────────╮
//! ```
//! The page is drawn whole and scrolled as one; `user_layout` tells where its panels stand.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::job::Job;
use crate::store::{TimelineEvent, UserProfile};
use crate::ui::drill::user_layout::{Part, places};
use crate::ui::drill::{scroll, user_lists as lists, user_parts as parts, user_weeks as weeks};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

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
        let body = layout::body(size);
        let height = self.known().map_or(0, |profile| {
            self.places(profile, body.width).iter().map(|(_, area)| area.bottom()).max().unwrap_or(0)
        });
        height.saturating_sub(body.height)
    }

    /// Where the panels stand on a page of a width.
    fn places(&self, profile: &UserProfile, width: u16) -> Vec<(Part, Rect)> {
        places(width, !profile.again.is_empty(), |part, wide| self.rows(part, profile, wide) + 2)
    }

    /// Rows that a panel wants inside its frame of a width.
    fn rows(&self, part: Part, profile: &UserProfile, width: u16) -> u16 {
        match part {
            Part::Sentence => parts::sentence_rows(profile, width.saturating_sub(2)),
            Part::Scores => parts::scores(profile).count() as u16,
            Part::Why => parts::reason_rows(profile),
            Part::Weeks => 8,
            Part::Categories => lists::category_rows(profile),
            Part::Recommended => profile.recommendations.len().max(1) as u16 + 1,
            Part::Again => profile.again.len() as u16 + 1,
            Part::Features => parts::feature_rows(profile, width),
            Part::Timeline => self.events(profile).len().max(1) as u16 + 1,
        }
    }

    /// The events on the open page of the timeline.
    fn events<'a>(&self, profile: &'a UserProfile) -> &'a [TimelineEvent] {
        let first = (self.page * EVENTS_A_PAGE).min(profile.timeline.len());
        &profile.timeline[first..(first + EVENTS_A_PAGE).min(profile.timeline.len())]
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
                panel::lines(lines, area, buffer);
                return;
            }
        };
        let places = self.places(profile, area.width);
        let height = places.iter().map(|(_, area)| area.bottom()).max().unwrap_or(0);
        // A short page fills the screen: its timeline reaches down to the last row.
        let mut page = Buffer::empty(Rect::new(0, 0, area.width, height.max(area.height)));
        for (part, place) in places {
            let place = match part {
                Part::Timeline => Rect { height: page.area.height - place.y, ..place },
                _ => place,
            };
            self.draw_part(part, profile, marked, place, &mut page, theme);
        }
        scroll::copy(&page, self.scroll, area, buffer);
    }

    fn draw_part(&self, part: Part, profile: &UserProfile, marked: bool, area: Rect, page: &mut Buffer, theme: &Theme) {
        match part {
            Part::Sentence => parts::draw_sentence(profile, marked, area, page, theme),
            Part::Scores => parts::draw_scores(profile, area, page, theme),
            Part::Why => parts::draw_reasons(profile, area, page, theme),
            Part::Weeks => weeks::draw(profile, area, page, theme),
            Part::Categories => lists::draw_affinity(profile, area, page, theme),
            Part::Recommended => lists::draw_recommendations(profile, area, page, theme),
            Part::Again => lists::draw_again(profile, area, page, theme),
            Part::Features => parts::draw_features(profile, area, page, theme),
            Part::Timeline => {
                let of = (self.page, self.pages());
                lists::draw_timeline(self.events(profile), of, profile, area, page, theme);
            }
        }
    }
}
