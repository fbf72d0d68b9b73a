//! A segment's page: who is in it, what sets it apart, its centre in original units beside everybody's.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::text::{Line, Span};

use crate::store::results::Segments;
use crate::store::{Run, SegmentProfile, Shown, Terms};
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
    name: String,
    description: String,
    traits: Vec<Trait>,
    /// Lines scrolled out of sight above.
    pub scroll: u16,
}

impl SegmentPage {
    /// The page of a segment of a run; `None` where the run recorded no such segment.
    pub fn of(run: &Run, name: &str) -> Option<Self> {
        let profiles = run.info().detail::<Segments>().profiles;
        let profile = profiles.iter().find(|profile| profile.name == name)?;
        let terms = Terms::of(run.info());
        let everybody = everybody(&profiles);
        let mut traits: Vec<Trait> = profile
            .centre
            .iter()
            .map(|(feature, mean)| {
                let shown = match terms.shown("users", feature).unwrap_or(Shown::Number(2)) {
                    Shown::Count => Shown::Number(1),
                    shown => shown,
                };
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
        Some(Self { name: name.to_owned(), description: profile.description.clone(), traits, scroll: 0 })
    }

    /// The features that it tells of.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.traits.iter().map(|it| it.feature.as_str())
    }

    /// Its name in the breadcrumb.
    pub fn title(&self) -> String {
        text::clean(&self.name)
    }

    /// What the run says of it.
    fn described(&self, width: usize) -> Vec<String> {
        text::wrap(&text::clean(&self.description), width.max(1))
    }

    fn lines(&self, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let mut lines: Vec<Line<'static>> = self.described(width).into_iter().map(Line::from).collect();
        lines.push(Line::default());
        let names = (width * 2 / 5).clamp(16, 44);
        let bar = width.saturating_sub(names + 13 + 13 + 8).min(31);
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
        lines.push(Line::styled(row("mean of", "segment", "everybody", "z"), theme.style(Role::Dim)));
        let most = self.traits.iter().filter_map(|it| it.z).fold(1e-9, |most: f64, z| most.max(z.abs()));
        for it in &self.traits {
            let z = it.z.map_or_else(String::new, |z| format!("{z:+.2}"));
            let words = row(&text::clean(&it.label), &it.centre, &it.all, &z);
            let role = if it.z.unwrap_or(0.0) < 0.0 { Role::Warn } else { Role::Good };
            let bar = panel::signed_bar(it.z.unwrap_or(0.0) / most, bar, theme);
            lines.push(Line::from(vec![Span::raw(words), Span::raw(" "), Span::styled(bar, theme.style(role))]));
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
