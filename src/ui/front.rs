//! Where the cursor of the Overview stands: on a figure, a segment, or the stages.

use crate::store::results::Segments;
use crate::store::{Course, Glance, Run, SegmentProfile, Terms, glances, news};

/// What the front page shows of a run, read once.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// The figures.
    pub glances: Vec<Glance>,
    /// What matters, a sentence each.
    pub news: Vec<String>,
    /// The segments, as the run orders them.
    pub segments: Vec<Part>,
    /// The figures over the kept history.
    pub course: Course,
    /// The run's terms.
    pub terms: Terms,
    /// The place of the cursor among the spots.
    pub at: usize,
    /// Whether the stages of a finished run are listed, not told in one line.
    pub unfolded: bool,
}

/// A segment, as the front page tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its users.
    pub users: u64,
    /// Its share of all.
    pub share: f64,
    /// What holds for its members.
    pub description: String,
}

impl Part {
    fn of(profile: SegmentProfile, all: f64) -> Self {
        let share = profile.size as f64 / all;
        Self { name: profile.name, users: profile.size, share, description: profile.description }
    }
}

/// What the cursor can stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A figure, by its place.
    Figure(usize),
    /// A segment, by its place.
    Segment(usize),
    /// All stages in one line.
    Stages,
    /// A stage, by its place.
    Stage(usize),
}

impl Front {
    /// The page of a run.
    pub fn of(run: &Run, course: Course) -> Self {
        let info = run.info();
        let terms = Terms::of(info);
        let all = info.users.max(1) as f64;
        let profiles = info.detail::<Segments>().profiles;
        let segments = profiles.into_iter().map(|profile| Part::of(profile, all)).collect();
        Self {
            glances: glances(info, &course, &terms),
            news: news(info),
            segments,
            course,
            terms,
            at: 0,
            unfolded: false,
        }
    }

    /// What the cursor can stand on, in the order in which it stands there. The stages come first while they are at work,
    /// and are all there is before the first run.
    pub fn spots(&self, running: bool, stages: usize) -> Vec<Spot> {
        let listed = (0..stages).map(Spot::Stage);
        let page = (0..self.glances.len()).map(Spot::Figure).chain((0..self.segments.len()).map(Spot::Segment));
        if self.glances.is_empty() {
            listed.collect()
        } else if running {
            listed.chain(page).collect()
        } else if self.unfolded {
            page.chain(listed).collect()
        } else {
            page.chain([Spot::Stages]).collect()
        }
    }
}
