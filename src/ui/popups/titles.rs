//! Titles that are cut between their parts, and how wide a page is that is read.

use crate::ui::theme::Theme;
use crate::ui::widgets::text;

/// A title in so many columns: without what stands behind its last comma or semicolon where that does not fit, then
/// without its last words.
pub(super) fn titled(title: &str, columns: usize, theme: &Theme) -> String {
    let open = |end: usize| title[..end].matches('(').count() > title[..end].matches(')').count();
    let ends = title.match_indices([';', ',']).map(|(at, _)| at).filter(|at| !open(*at)).chain([title.len()]);
    if let Some(end) = ends.rev().find(|end| text::width(&title[..*end]) <= columns) {
        return title[..end].to_owned();
    }
    let cut = &theme.glyphs.cut;
    let room = columns.saturating_sub(text::width(cut) + 1);
    let first = text::wrap(title, room).into_iter().next().filter(|first| text::width(first) <= room);
    first.map_or_else(|| text::fit(title, columns, cut), |first| format!("{first} {cut}"))
}

/// Columns of a page that is read: more on a wide screen, as many as one reads with ease.
pub(super) fn reading_width(screen: u16, least: u16) -> u16 {
    (screen / 5 * 3).clamp(least, 110)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn titles_are_cut_between_parts_or_words() {
        let theme = &Theme::built_in(crate::ui::theme::Depth::Ansi).unwrap()[0];
        let of = |columns| titled("Query: Alt-Enter begins a line; for example select", columns, theme);
        assert_eq!(of(50), "Query: Alt-Enter begins a line; for example select");
        assert_eq!(of(49), "Query: Alt-Enter begins a line");
        assert_eq!(of(20), "Query: Alt-Enter …");
        assert_eq!(titled("Margin (empty: not known; Esc: no more)", 30, theme), "Margin (empty: not known; …");
    }
}
