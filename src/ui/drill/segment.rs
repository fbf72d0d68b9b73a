//! A segment's page: one sentence first, what sets it apart, who came and went, its centre in original units beside
//! everybody's.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::store::results::Segments;
use crate::store::{DataTable, Run, SegmentProfile, Shown, Terms, segment_differences, segment_sentence};
use crate::ui::layout;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// One feature of the segment.
#[derive(Clone, Debug, PartialEq)]
struct Trait {
    feature: String,
    label: String,
    centre: String,
    all: String,
    z: Option<f64>,
}

/// A segment's page.
#[derive(Debug)]
pub struct SegmentPage {
    /// The segment.
    pub name: String,
    /// The request whose answer it waits for.
    pub generation: u64,
    /// Who came and went since the run before; `None` while that is looked for, or where there is no such run.
    pub moves: Option<Vec<String>>,
    sentence: String,
    differences: Vec<String>,
    description: String,
    traits: Vec<Trait>,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

impl SegmentPage {
    /// The page of a segment of a run; `None` where the run recorded no such segment.
    /// `row` is its row of the table of segments, which tells money and risk.
    pub fn of(run: &Run, name: &str, row: Option<(&DataTable, usize)>) -> Option<Self> {
        let profiles = run.info().detail::<Segments>().profiles;
        let profile = profiles.iter().find(|profile| profile.name == name)?;
        let terms = Terms::of(run.info());
        let everybody = everybody(&profiles);
        let mut traits: Vec<Trait> = profile
            .centre
            .iter()
            .map(|(feature, mean)| {
                let shown = terms.shown("users", feature).unwrap_or(Shown::Number(2)).of_mean();
                let number = |mean: f64| shown.number(mean, &terms.currency);
                let all = everybody.iter().find(|(known, _)| known == feature);
                Trait {
                    feature: feature.clone(),
                    label: terms.label("users", feature),
                    centre: number(*mean),
                    all: all.map_or_else(String::new, |(_, mean)| number(*mean)),
                    z: profile.z_of(feature),
                }
            })
            .collect();
        traits.sort_by(|a, b| b.z.unwrap_or(0.0).abs().total_cmp(&a.z.unwrap_or(0.0).abs()));
        let all = |feature: &str| everybody.iter().find(|(known, _)| known == feature).map(|(_, mean)| *mean);
        Some(Self {
            name: name.to_owned(),
            generation: 0,
            moves: None,
            sentence: segment_sentence(profile, row, &terms),
            differences: segment_differences(profile, all, &terms),
            description: profile.description.clone(),
            traits,
            scroll: 0,
        })
    }

    /// The features that it tells of.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.traits.iter().map(|it| it.feature.as_str())
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        text::clean(&self.name)
    }

    /// What is said of it above the table.
    fn described(&self, width: usize) -> Vec<String> {
        let apart = match self.differences.as_slice() {
            [] => "Nothing sets them apart from everybody.".to_owned(),
            told => format!("Most unlike everybody: {}.", told.join(", ")),
        };
        let said = [self.sentence.clone(), apart].into_iter().chain(self.moves.iter().flatten().cloned());
        // Runs of older versions tell more in their own words.
        let own = Some(self.description.clone()).filter(|_| self.traits.is_empty());
        said.chain(own).flat_map(|words| text::wrap(&text::clean(&words), width.max(1))).collect()
    }

    fn lines(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines: Vec<Line<'static>> = self.described(width).into_iter().map(Line::from).collect();
        lines.push(Line::default());
        let longest = self.traits.iter().map(|it| text::width(&text::clean(&it.label))).max().unwrap_or(0);
        let names = (longest + 1).clamp(16, 44);
        let bar = width.saturating_sub(names + 13 + 13 + 8 + 1).min(121);
        let row = |name: &str, centre: &str, all: &str, z: &str| {
            let cut = &theme.glyphs.cut;
            format!(
                "{}{} {} {}",
                text::pad(name, names, false, cut),
                text::pad(centre, 12, true, cut),
                text::pad(all, 12, true, cut),
                text::pad(z, 7, true, cut)
            )
        };
        lines.push(Line::styled(row("mean of", "segment", "everybody", "std dev"), theme.style(Role::Dim)));
        let most = self.traits.iter().filter_map(|it| it.z).fold(1e-9, |most: f64, z| most.max(z.abs()));
        for it in &self.traits {
            let z = it.z.map_or_else(String::new, |z| format!("{z:+.2}"));
            let words = row(&text::clean(&it.label), &it.centre, &it.all, &z);
            let bar = panel::signed_bar(it.z.unwrap_or(0.0) / most, bar, theme);
            lines.push(Line::from(vec![Span::raw(words), Span::raw(" "), Span::styled(bar, theme.style(Role::Chart))]));
        }
        lines
    }

    /// How far it can be scrolled.
    pub fn last_scroll(&self, size: Size) -> u16 {
        let body = layout::body(size);
        let width = usize::from(body.width.saturating_sub(2)).max(1);
        let lines = (self.traits.len() + self.described(width).len() + 2) as u16;
        lines.saturating_sub(body.height.saturating_sub(2))
    }

    /// Draws the part in sight.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let inside = panel::framed(&format!("Segment {}", self.title()), area, buffer, theme);
        let lines = self.lines(usize::from(inside.width), theme);
        panel::lines(lines.into_iter().skip(usize::from(self.scroll)).collect(), inside, buffer);
    }
}

/// The mean of each feature over everybody: the segments' means weighed by how many users each has.
///
/// A feature that is unknown for some users is weighed by all of its segment's, so its mean is of the segments, not of
/// the users that have it.
fn everybody(profiles: &[SegmentProfile]) -> Vec<(String, f64)> {
    let mut sums: Vec<(String, f64, f64)> = Vec::new();
    for profile in profiles {
        let size = profile.size as f64;
        for (feature, mean) in &profile.centre {
            match sums.iter_mut().find(|(known, ..)| known == feature) {
                Some((_, sum, users)) => {
                    *sum += mean * size;
                    *users += size;
                }
                None => sums.push((feature.clone(), mean * size, size)),
            }
        }
    }
    sums.into_iter().filter(|(_, _, users)| *users > 0.0).map(|(name, sum, users)| (name, sum / users)).collect()
}
