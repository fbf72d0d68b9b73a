//! The panels of a user's page that tell numbers: the sentence, the scores, the reasons, the features.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::store::{self, Attribute, Cell, Reason, Shown, UserProfile};
use crate::ui::drill::user_lists::nothing;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// What models leave beside their scores and is shown among them, where it is known.
const BESIDE_SCORES: [&str; 2] = ["p_alive", "p_order_30d"];

/// Who the user is, and what the models say.
pub fn scores(profile: &UserProfile) -> impl Iterator<Item = &Attribute> {
    let of = |role| profile.attributes.iter().filter(move |attribute| attribute.role == role);
    let known = |attribute: &&Attribute| attribute.value != Cell::Null;
    let beside = of(store::Role::Model).filter(|attribute| BESIDE_SCORES.contains(&attribute.name.as_str()));
    of(store::Role::Customer).filter(known).chain(of(store::Role::Score)).chain(beside.filter(known))
}

/// What the log says of the user.
pub fn features(profile: &UserProfile) -> impl Iterator<Item = &Attribute> {
    profile.attributes.iter().filter(|attribute| attribute.role == store::Role::Feature)
}

/// A value's words.
fn said(attribute: &Attribute, currency: &str) -> String {
    text::clean(&attribute.shown.cell(&attribute.value, currency))
}

/// A place among all: `8th`.
fn placed(percentile: f64) -> String {
    let whole = (percentile.round() as u64).clamp(1, 99);
    let ending = match (whole % 100, whole % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{whole}{ending}")
}

/// The sentence, then what was written about the user, in lines of so many columns.
fn told(profile: &UserProfile, columns: usize) -> Vec<(String, Role)> {
    let note = profile.note.as_ref().map(|note| (format!("Note: {}", note.told(&profile.zone)), Role::Header));
    let problem = profile.note_problem.clone().map(|problem| (problem, Role::Warn));
    let all = std::iter::once((profile.sentence.clone(), Role::Text)).chain(note).chain(problem);
    let lines = |(words, role): (String, Role)| {
        text::wrap(&text::clean(&words), columns).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
    };
    all.flat_map(lines).collect()
}

/// Rows that the sentence and the note want in so many columns.
pub fn sentence_rows(profile: &UserProfile, columns: u16) -> u16 {
    told(profile, usize::from(columns)).len() as u16
}

/// The user in one sentence, and what was written about the user.
pub fn draw_sentence(profile: &UserProfile, marked: bool, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mark = if marked { format!(" {} marked", theme.glyphs.mark) } else { String::new() };
    let inside = panel::framed(&format!("User {}{mark}", text::clean(&profile.id)), area, buffer, theme);
    let lines = told(profile, usize::from(inside.width)).into_iter();
    let lines = lines.map(|(words, role)| Line::styled(words, theme.style(role)));
    panel::lines(lines.collect(), inside, buffer);
}

/// Columns of a value among the scores, and of the words for its place.
const VALUE: usize = 12;
const PLACE: usize = 17;

/// The scores, each with a bar of its value and its place among all users in words.
pub fn draw_scores(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let title = "Scores (bars: of 100 %, or of the highest user)";
    let inside = panel::framed(title, area, buffer, theme);
    let names = (scores(profile).map(|score| text::width(&score.label)).max().unwrap_or(0) + 2).clamp(14, 22);
    let columns = usize::from(inside.width).saturating_sub(names + VALUE + 2 + PLACE).min(40);
    let lines = scores(profile).map(|score| {
        let value = said(score, &profile.currency);
        // Figures stand one below the other, words are shown whole.
        let value = if score.number().is_some() { text::pad(&value, VALUE, true, "") } else { value };
        let label = text::pad(&text::clean(&score.label), names, false, &theme.glyphs.cut);
        let mut spans = vec![Span::raw(label), Span::styled(value, theme.style(Role::Number))];
        if let Some(percentile) = score.percentile {
            let bar = score.reach().map_or_else(|| " ".repeat(columns), |reach| panel::bar(reach, columns, theme));
            // A bar of few columns tells nothing: its room goes to the words.
            if columns >= 4 {
                spans.push(Span::styled(format!("  {bar}"), theme.style(Role::Chart)));
            }
            spans.push(Span::raw(format!("  {} percentile", placed(percentile))));
        }
        if profile.uplift_simulated && score.name.starts_with("uplift") {
            spans.push(Span::styled("  simulated", theme.style(Role::Warn)));
        }
        Line::from(spans)
    });
    panel::lines(lines.collect(), inside, buffer);
}

/// What the reasons add up to, and what else is told of them: rows beside those of the parts.
const SUM_ROWS: usize = 3;

/// Rows that the reasons want.
pub fn reason_rows(profile: &UserProfile) -> u16 {
    let rows = profile.why.as_ref().map_or(profile.reasons.len() + 1, |why| why.parts.len() + SUM_ROWS);
    rows.max(2) as u16
}

/// What pushes the churn score up or down, left and right of zero, and what it adds up to.
pub fn draw_reasons(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Why so likely to leave (log-odds)", area, buffer, theme);
    let parts: &[Reason] = profile.why.as_ref().map_or(&profile.reasons, |why| &why.parts);
    if parts.is_empty() && profile.why.is_none() {
        return nothing("this run gives no reasons", inside, buffer, theme);
    }
    let most = parts.iter().map(|part| part.contribution.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let width = usize::from(inside.width);
    let longest = parts.iter().map(|part| text::width(&text::clean(&part.words))).max().unwrap_or(0);
    let names = longest.max("an average user".len()).min(width.saturating_sub(10 + 9));
    let columns = width.saturating_sub(names + 10).min(61);
    let row = |words: &str, number: f64, bar: (String, Role)| {
        Line::from(vec![
            Span::raw(text::pad(&text::clean(words), names, false, &theme.glyphs.cut)),
            Span::styled(format!(" {:>8} ", Shown::LogOdds.number(number, "")), theme.style(Role::Header)),
            Span::styled(bar.0, theme.style(bar.1)),
        ])
    };
    let blank = || (String::new(), Role::Text);
    let mut lines =
        vec![Line::styled(format!("{}{}", " ".repeat(names + 10), sides(columns, theme)), theme.style(Role::Dim))];
    if let Some(why) = &profile.why {
        lines.push(row("an average user", why.base, blank()));
    }
    lines.extend(parts.iter().map(|part| {
        let role = if part.contribution > 0.0 { Role::Bad } else { Role::Good };
        let bar = panel::signed_bar(part.contribution / most, columns, theme);
        row(&part.words, part.contribution, (bar, role))
    }));
    if let Some(why) = &profile.why {
        let gives = format!("gives {}", Shown::Share.number(why.probability, ""));
        lines.push(row("together", why.sum, (gives, Role::Header)));
    }
    panel::lines(lines, inside, buffer);
}

/// Which side of zero is which, over the bars.
fn sides(columns: usize, theme: &Theme) -> String {
    let half = columns.saturating_sub(1) / 2;
    let middle = if theme.glyphs.ascii { "|" } else { "│" };
    let (stays, leaves) = if half >= 7 { ("stays ", " leaves") } else { ("", "") };
    format!("{}{middle}{leaves}", text::pad(stays, half, true, ""))
}

/// Columns from which the features stand in two columns.
const TWO_FROM: u16 = 150;

/// Rows that the features want, the line above them with them.
pub fn feature_rows(profile: &UserProfile, width: u16) -> u16 {
    let rows = features(profile).count();
    1 + if width >= TWO_FROM { rows.div_ceil(2) } else { rows } as u16
}

/// The features beside the segment's mean and among all users.
pub fn draw_features(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mean = if theme.glyphs.ascii { "|" } else { "│" };
    let title = format!("Features (bars: this user, {mean} the segment's mean)");
    let inside = panel::framed(&title, area, buffer, theme);
    let all: Vec<&Attribute> = features(profile).collect();
    let columns = if area.width >= TWO_FROM { 2 } else { 1 };
    let each = all.len().div_ceil(columns).max(1);
    let wide = inside.width / columns as u16;
    for (at, part) in all.chunks(each).enumerate() {
        let column = Rect { x: inside.x + at as u16 * wide, width: wide.saturating_sub(1), ..inside };
        feature_lines(profile, part, column, buffer, theme);
    }
}

/// Columns of a feature's value, of the segment's mean, of the place among all.
const OWN: usize = 15;
const MEAN: usize = 14;
const RANK: usize = 12;

fn feature_lines(profile: &UserProfile, part: &[&Attribute], area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let width = usize::from(area.width);
    let cut = &theme.glyphs.cut;
    let longest = part.iter().map(|feature| text::width(&text::clean(&feature.label))).max().unwrap_or(0);
    let names = (longest + 1).clamp(10, width.saturating_sub(OWN + MEAN + RANK).max(10));
    let columns = width.saturating_sub(names + OWN + MEAN + RANK + 2).min(40);
    let head = [
        text::pad("", names, false, cut),
        text::pad("this user", OWN, true, cut),
        text::pad("segment mean", MEAN, true, cut),
        text::pad("percentile", RANK, true, cut),
    ];
    let mut lines = vec![Line::styled(head.concat(), theme.style(Role::Dim))];
    lines.extend(part.iter().map(|feature| {
        let shown = if feature.shown == Shown::Count { Shown::Number(1) } else { feature.shown };
        let mean = feature.segment_mean.map_or_else(String::new, |mean| shown.number(mean, &profile.currency));
        let place = feature.percentile.map_or_else(String::new, placed);
        let value = said(feature, &profile.currency);
        let is_text = matches!(feature.value, Cell::Text(_));
        // Words are shown whole: nothing stands beside them.
        let value = if is_text { format!("  {value}") } else { text::pad(&value, OWN, true, cut) };
        let bar = feature.beside_segment().map_or_else(String::new, |(own, mean)| beside(own, mean, columns, theme));
        let further = if is_text {
            String::new()
        } else {
            text::pad(&mean, MEAN, true, cut) + &text::pad(&place, RANK, true, cut)
        };
        Line::from(vec![
            Span::raw(text::pad(&text::clean(&feature.label), names, false, cut)),
            Span::styled(value, theme.style(Role::Header)),
            Span::raw(further),
            Span::styled(format!("  {bar}"), theme.style(Role::Chart)),
        ])
    }));
    panel::lines(lines, area, buffer);
}

/// A bar of a value with a mark where another stands; both are shares of the larger one.
fn beside(own: f64, mean: f64, columns: usize, theme: &Theme) -> String {
    if columns == 0 {
        return String::new();
    }
    let mark = ((mean * columns as f64).round() as usize).clamp(1, columns) - 1;
    let filled = (own * columns as f64).round() as usize;
    let sign = if theme.glyphs.ascii { "|" } else { "│" };
    let cell = |at: usize| match at {
        at if at == mark => sign,
        at if at < filled => theme.glyphs.filled.as_str(),
        _ => theme.glyphs.unfilled.as_str(),
    };
    (0..columns).map(cell).collect()
}
