//! How the panels of a user's page are arranged: bands below each other, each of panels side by side or stacked.

use ratatui::layout::Rect;

/// A panel of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Sentence,
    Scores,
    Why,
    Weeks,
    Categories,
    Recommended,
    Again,
    Features,
    Timeline,
}

/// Columns of the screen from which three panels stand side by side.
const THREE_FROM: u16 = 160;
/// Columns from which two do.
const TWO_FROM: u16 = 100;

/// The page's bands from above, each of columns of panels; `again` tells whether there is something to buy again.
fn bands(width: u16, again: bool) -> Vec<Vec<Vec<Part>>> {
    use Part::{Again, Categories, Features, Recommended, Scores, Sentence, Timeline, Weeks, Why};
    let lists = if again { vec![Recommended, Again] } else { vec![Recommended] };
    let beside = lists.iter().map(|list| vec![*list]).collect();
    let one = |part| vec![vec![part]];
    match width {
        THREE_FROM.. => vec![
            one(Sentence),
            vec![vec![Scores], vec![Why]],
            vec![vec![Weeks], vec![Categories], lists],
            one(Features),
            one(Timeline),
        ],
        TWO_FROM.. => vec![
            one(Sentence),
            vec![vec![Scores], vec![Why]],
            vec![vec![Weeks], vec![Categories]],
            beside,
            one(Features),
            one(Timeline),
        ],
        _ => [Sentence, Scores, Why, Weeks, Categories]
            .into_iter()
            .chain(lists)
            .chain([Features, Timeline])
            .map(one)
            .collect(),
    }
}

/// Where each panel stands on a page of a width: `height` tells how high a panel is that is so wide. What ends its column
/// reaches down to where the highest column of its band ends.
pub(super) fn places(width: u16, again: bool, height: impl Fn(Part, u16) -> u16) -> Vec<(Part, Rect)> {
    let mut places = Vec::new();
    let mut top = 0;
    for band in bands(width, again) {
        let columns = band.len() as u16;
        let edges: Vec<u16> =
            (0..=columns).map(|column| (u32::from(width) * u32::from(column) / u32::from(columns)) as u16).collect();
        let heights = |column: usize| -> u16 {
            let wide = edges[column + 1] - edges[column];
            band[column].iter().map(|part| height(*part, wide)).sum()
        };
        let highest = (0..band.len()).map(heights).max().unwrap_or(0);
        for (column, parts) in band.iter().enumerate() {
            let (x, wide) = (edges[column], edges[column + 1] - edges[column]);
            let mut y = top;
            for (at, part) in parts.iter().enumerate() {
                let own = height(*part, wide);
                let tall = if at + 1 == parts.len() { top + highest - y } else { own };
                places.push((*part, Rect::new(x, y, wide, tall)));
                y += own;
            }
        }
        top += highest;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_fill_the_page_without_a_gap_at_every_width() {
        for width in [20, 80, 100, 121, 160, 200, 401] {
            for again in [false, true] {
                let placed = places(width, again, |part, _| 3 + part as u16);
                let area: u32 = placed.iter().map(|(_, area)| area.area()).sum();
                let height = placed.iter().map(|(_, area)| area.bottom()).max().unwrap_or(0);
                assert_eq!(area, u32::from(width) * u32::from(height), "{width} columns");
                assert_eq!(placed.iter().any(|(part, _)| *part == Part::Again), again);
            }
        }
    }
}
