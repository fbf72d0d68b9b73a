//! The panels of a user's page.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::format;
use crate::plot::{self, Axis, Columns};
use crate::store::{self, Attribute, Cell, Shown, TimelineEvent, UserProfile};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{chart, panel, text};

/// Who the user is, and what the models say.
pub fn scores(profile: &UserProfile) -> impl Iterator<Item = &Attribute> {
    let of = |role| profile.attributes.iter().filter(move |attribute| attribute.role == role);
    of(store::Role::Customer).filter(|attribute| attribute.value != Cell::Null).chain(of(store::Role::Score))
}

/// What the log says of the user.
pub fn features(profile: &UserProfile) -> impl Iterator<Item = &Attribute> {
    profile.attributes.iter().filter(|attribute| attribute.role == store::Role::Feature)
}

/// A value's words.
fn said(attribute: &Attribute, currency: &str, theme: &Theme) -> String {
    match &attribute.value {
        Cell::Null if theme.glyphs.ascii => "-".to_owned(),
        value => text::clean(&attribute.shown.cell(value, currency)),
    }
}

/// A place among all in words: `8th percentile`.
fn placed(percentile: f64) -> String {
    let whole = (percentile.round() as u64).clamp(1, 99);
    let ending = match (whole % 100, whole % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{whole}{ending} percentile")
}

/// A time to the minute: `2015-09-18 02:59`.
fn minute(time: &Cell) -> String {
    time.to_string().chars().take(16).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

fn day(time: i64) -> String {
    Cell::Time(time).to_string().chars().take(10).collect()
}

/// The scores, each with its place among all users.
pub fn draw_scores(profile: &UserProfile, marked: bool, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let mark = if marked { format!(" {} marked", theme.glyphs.mark) } else { String::new() };
    let inside = panel::framed(&format!("User {}{mark}", text::clean(&profile.id)), area, buffer, theme);
    let columns = (usize::from(inside.width) / 5).clamp(8, 30);
    let names = (scores(profile).map(|score| text::width(&score.label)).max().unwrap_or(0) + 2).clamp(14, 22);
    let lines = scores(profile).map(|score| {
        let value = said(score, &profile.currency, theme);
        // Figures stand one below the other, words are shown whole.
        let value = if score.percentile.is_some() { text::pad(&value, 12, true, "") } else { value };
        let mut spans = vec![
            Span::styled(
                text::pad(&text::clean(&score.label), names, false, &theme.glyphs.cut),
                theme.style(Role::Dim),
            ),
            Span::styled(value, theme.style(Role::Header)),
        ];
        if let Some(percentile) = score.percentile {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(panel::bar(percentile / 100.0, columns, theme), theme.style(Role::Chart)));
            spans.push(Span::styled(format!("  {}", placed(percentile)), theme.style(Role::Dim)));
        }
        if profile.uplift_simulated && score.name.starts_with("uplift") {
            spans.push(Span::styled("  simulated", theme.style(Role::Warn)));
        }
        Line::from(spans)
    });
    panel::lines(lines.collect(), inside, buffer);
}

/// What pushes the churn score up or down.
pub fn draw_reasons(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Why so likely to leave (log-odds)", area, buffer, theme);
    if profile.reasons.is_empty() {
        return nothing("this run gives no reasons", inside, buffer, theme);
    }
    let most = profile.reasons.iter().map(|reason| reason.contribution.abs()).fold(f64::MIN_POSITIVE, f64::max);
    let width = usize::from(inside.width);
    let names = width / 2;
    let columns = width.saturating_sub(names + 10);
    let lines = profile.reasons.iter().map(|reason| {
        let role = if reason.contribution > 0.0 { Role::Warn } else { Role::Good };
        Line::from(vec![
            Span::raw(text::pad(&text::clean(&reason.feature), names, false, &theme.glyphs.cut)),
            Span::styled(format!(" {:>+7.2} ", reason.contribution), theme.style(role)),
            Span::styled(panel::bar(reason.contribution.abs() / most, columns, theme), theme.style(role)),
        ])
    });
    panel::lines(lines.collect(), inside, buffer);
}

/// Events by week.
pub fn draw_weeks(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Activity by week", area, buffer, theme);
    let weeks = &profile.weeks;
    let values: Vec<f64> = weeks.iter().map(|week| f64::from(week.events.iter().sum::<u32>())).collect();
    let end = |week: Option<&crate::store::Week>| week.map_or_else(String::new, |week| day(week.start));
    let (first, last) = (end(weeks.first()), end(weeks.last()));
    let columns = Columns {
        x: Axis { title: "week", bounds: None },
        y_title: "events a week",
        values: &values,
        ends: (&first, &last),
        at: None,
    };
    chart::draw(&plot::columns(&columns, &chart::canvas(inside, theme)), inside, buffer, theme);
}

/// Activity by category.
pub fn draw_affinity(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Categories (events)", area, buffer, theme);
    let Some(most) = profile.affinity.first() else {
        return nothing("no item of known category", inside, buffer, theme);
    };
    let width = usize::from(inside.width);
    let columns = width / 3;
    let lines = profile.affinity.iter().take(usize::from(inside.height)).map(|affinity| {
        Line::from(vec![
            Span::raw(text::pad(
                &text::clean(&affinity.category),
                width.saturating_sub(columns + 8),
                false,
                &theme.glyphs.cut,
            )),
            Span::raw(format!(" {:>6} ", format::thousands(u64::from(affinity.events)))),
            Span::styled(
                panel::bar(f64::from(affinity.events) / f64::from(most.events.max(1)), columns, theme),
                theme.style(Role::Chart),
            ),
        ])
    });
    panel::lines(lines.collect(), inside, buffer);
}

/// The top-5.
pub fn draw_recommendations(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let title = match &profile.source {
        Some(source) => format!("Recommended ({})", text::clean(source)),
        None => "Recommended".to_owned(),
    };
    let inside = panel::framed(&title, area, buffer, theme);
    if profile.recommendations.is_empty() {
        return nothing("this run recommends nothing", inside, buffer, theme);
    }
    let rest = usize::from(inside.width).saturating_sub(11 + 10 + 9);
    let words = |item: &str, category: &str, price: &str, score: &str| {
        let cut = &theme.glyphs.cut;
        format!(
            "{} {} {} {}",
            text::pad(item, 10, false, cut),
            text::pad(category, rest, false, cut),
            text::pad(price, 9, true, cut),
            text::pad(score, 8, true, cut)
        )
    };
    let named = profile.recommendations.iter().any(|recommended| recommended.name.is_some());
    let what = if named { "name" } else { "category" };
    let mut lines = vec![Line::styled(words("item", what, "price", "score"), theme.style(Role::Dim))];
    lines.extend(profile.recommendations.iter().map(|recommended| {
        let told = if named { &recommended.name } else { &recommended.category };
        let category = told.as_deref().map_or_else(|| "-".to_owned(), text::clean);
        let money = |price| Shown::Money.number(price, &profile.currency);
        let price = recommended.price.map_or_else(|| "-".to_owned(), money);
        let score = recommended.scored(format::number);
        Line::from(words(&text::clean(&recommended.item), &category, &price, &score))
    }));
    panel::lines(lines, inside, buffer);
}

/// An area's upper part of a height, and the rest.
pub fn above(area: Rect, height: u16) -> (Rect, Rect) {
    let upper = Rect { height: height.min(area.height), ..area };
    (upper, Rect { y: upper.bottom(), height: area.height - upper.height, ..area })
}

/// What was bought before and is likely to be bought again.
pub fn draw_again(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("To buy again", area, buffer, theme);
    let cut = &theme.glyphs.cut;
    let rest = usize::from(inside.width).saturating_sub(11 + 14 + 9);
    let words = |item: &str, name: &str, due: &str, chance: &str| {
        format!(
            "{} {} {} {}",
            text::pad(item, 10, false, cut),
            text::pad(name, rest, false, cut),
            text::pad(due, 13, true, cut),
            text::pad(chance, 8, true, cut)
        )
    };
    let named = profile.again.iter().any(|item| item.name.is_some());
    let mut lines = vec![Line::styled(
        words("item", if named { "name" } else { "category" }, "rhythm", "chance"),
        theme.style(Role::Dim),
    )];
    lines.extend(profile.again.iter().map(|item| {
        let told = if named { &item.name } else { &item.category };
        let name = told.as_deref().map_or_else(|| "-".to_owned(), text::clean);
        let chance = item.score.map_or_else(|| "-".to_owned(), format::percent);
        Line::from(words(&text::clean(&item.item), &name, &item.due(), &chance))
    }));
    panel::lines(lines, inside, buffer);
}

/// The features beside the segment's mean and among all users.
pub fn draw_features(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Features", area, buffer, theme);
    let width = usize::from(inside.width);
    let names = (width * 2 / 5).clamp(16, 44);
    let bar = width.saturating_sub(names + 18 + 14 + 12).min(24);
    let row = |name: &str, own: &str, mean: &str, place: &str| {
        let cut = &theme.glyphs.cut;
        let name = text::pad(name, names, false, cut);
        format!(
            "{name}{} {} {}",
            text::pad(own, 17, true, cut),
            text::pad(mean, 13, true, cut),
            text::pad(place, 10, true, cut)
        )
    };
    let mut lines = vec![Line::styled(row("", "this user", "segment mean", "percentile"), theme.style(Role::Dim))];
    lines.extend(features(profile).map(|feature| {
        let name = text::clean(&feature.label);
        let shown = if feature.shown == Shown::Count { Shown::Number(1) } else { feature.shown };
        let mean = feature.segment_mean.map_or_else(String::new, |mean| shown.number(mean, &profile.currency));
        let place = feature.percentile.map_or_else(String::new, |percentile| format!("{percentile:.0}"));
        let words = row(&name, &said(feature, &profile.currency, theme), &mean, &place);
        let share =
            feature.percentile.map_or_else(String::new, |percentile| panel::bar(percentile / 100.0, bar, theme));
        Line::from(vec![Span::raw(words), Span::styled(format!(" {share}"), theme.style(Role::Chart))])
    }));
    panel::lines(lines, inside, buffer);
}

/// A page of the timeline.
pub fn draw_timeline(
    events: &[TimelineEvent],
    (page, pages): (usize, usize),
    currency: &str,
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let title = if pages > 1 { format!("Timeline, page {} of {pages}", page + 1) } else { "Timeline".to_owned() };
    let inside = panel::framed(&title, area, buffer, theme);
    // What items are called stands where there is room for it beside the rest.
    let room = usize::from(inside.width).saturating_sub(18 + 13 + 12 + 10 + 2 + 14);
    let named = room >= 12 && events.iter().any(|event| event.name.is_some());
    let row = |time: &str, event: &str, (item, name): (&str, &str), price: &str, transaction: &str| {
        let cut = &theme.glyphs.cut;
        let price = text::pad(price, 10, true, cut);
        let name = if named { text::pad(name, room, false, cut) } else { String::new() };
        format!(
            "{}{}{}{name}{price}  {transaction}",
            text::pad(time, 18, false, cut),
            text::pad(event, 13, false, cut),
            text::pad(item, 12, false, cut)
        )
    };
    let heads = row("time (UTC)", "event", ("item", "name"), "price", "transaction");
    let mut lines = vec![Line::styled(heads, theme.style(Role::Dim))];
    lines.extend(events.iter().map(|event| {
        let style = match event.event.as_str() {
            "transaction" => theme.style(Role::Good),
            "addtocart" => theme.style(Role::Warn),
            _ => Style::default(),
        };
        let price = event.price.map_or_else(String::new, |price| Shown::Money.number(price, currency));
        let transaction = event.transaction.as_deref().map_or_else(String::new, text::clean);
        let time = minute(&Cell::Time(event.time));
        let [item, name] = [&event.item, &event.name].map(|told| told.as_deref().map_or_else(String::new, text::clean));
        Line::styled(row(&time, &text::clean(&event.event), (&item, &name), &price, &transaction), style)
    }));
    panel::lines(lines, inside, buffer);
}

fn nothing(why: &str, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    panel::lines(vec![Line::styled(why.to_owned(), theme.style(Role::Dim))], area, buffer);
}
