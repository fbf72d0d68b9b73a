//! The lists of a user's page: categories, what is recommended, what may be bought again, the timeline.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::format;
use crate::store::{Cell, Shown, TimelineEvent, UserProfile};
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{panel, text};

/// Categories that are told without being asked for more room.
const CATEGORIES: usize = 8;

/// Rows that the categories want.
pub fn category_rows(profile: &UserProfile) -> u16 {
    profile.affinity.len().clamp(1, CATEGORIES) as u16
}

/// Activity by category; what does not fit is counted.
pub fn draw_affinity(profile: &UserProfile, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let inside = panel::framed("Categories (events)", area, buffer, theme);
    let Some(most) = profile.affinity.first() else {
        return nothing("no item of known category", inside, buffer, theme);
    };
    let (width, room, all) = (usize::from(inside.width), usize::from(inside.height), profile.affinity.len());
    let longest = profile.affinity.iter().map(|affinity| text::width(&text::clean(&affinity.category))).max();
    let names = longest.unwrap_or(0).min(width.saturating_sub(8 + 6));
    let columns = width.saturating_sub(names + 8);
    let told = if all > room { room.saturating_sub(1) } else { all };
    let mut lines: Vec<Line<'_>> = profile
        .affinity
        .iter()
        .take(told)
        .map(|affinity| {
            let share = f64::from(affinity.events) / f64::from(most.events.max(1));
            let name = text::pad(&text::clean(&affinity.category), names, false, &theme.glyphs.cut);
            Line::from(vec![
                Span::raw(name),
                Span::styled(
                    format!(" {:>6} ", format::thousands(u64::from(affinity.events))),
                    theme.style(Role::Header),
                ),
                Span::styled(panel::bar(share, columns, theme), theme.style(Role::Chart)),
            ])
        })
        .collect();
    if told < all {
        lines.push(Line::styled(format!("first {told} of {all}"), theme.style(Role::Dim)));
    }
    panel::lines(lines, inside, buffer);
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
    let money = |price| Shown::Money.number(price, &profile.currency);
    let prices: Vec<String> = profile
        .recommendations
        .iter()
        .map(|recommended| recommended.price.map_or_else(|| Cell::Null.to_string(), money))
        .collect();
    // A price is shown whole, however long it is.
    let widest = prices.iter().map(|price| text::width(price)).max().unwrap_or(0).max(9);
    let rest = usize::from(inside.width).saturating_sub(11 + widest + 1 + 9);
    let words = |item: &str, category: &str, price: &str, score: &str| {
        let cut = &theme.glyphs.cut;
        format!(
            "{} {} {} {}",
            text::pad(item, 10, false, cut),
            text::pad(category, rest, false, cut),
            text::pad(price, widest, true, cut),
            text::pad(score, 8, true, cut)
        )
    };
    let named = profile.recommendations.iter().any(|recommended| recommended.name.is_some());
    let what = if named { "name" } else { "category" };
    let mut lines = vec![Line::styled(words("item", what, "price", "score"), theme.style(Role::Dim))];
    lines.extend(profile.recommendations.iter().zip(&prices).map(|(recommended, price)| {
        let told = if named { &recommended.name } else { &recommended.category };
        let category = told.as_deref().map_or_else(|| Cell::Null.to_string(), text::clean);
        let score = recommended.scored(|score| format!("{score:.3}"));
        Line::from(words(&text::clean(&recommended.item), &category, price, &score))
    }));
    panel::lines(lines, inside, buffer);
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
        let name = told.as_deref().map_or_else(|| Cell::Null.to_string(), text::clean);
        let chance = item.score.map_or_else(|| Cell::Null.to_string(), format::percent);
        Line::from(words(&text::clean(&item.item), &name, &item.due(), &chance))
    }));
    panel::lines(lines, inside, buffer);
}

/// A page of the timeline.
pub fn draw_timeline(
    events: &[TimelineEvent],
    (page, pages): (usize, usize),
    profile: &UserProfile,
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
) {
    let (zone, currency) = (&profile.zone, &profile.currency);
    let place = if pages > 1 { format!(", page {} of {pages}", page + 1) } else { String::new() };
    let title = format!("Timeline{place}, times in {zone}");
    let inside = panel::framed(&title, area, buffer, theme);
    // What items are called stands where there is room for it beside the rest, whole if it can be.
    let longest = |of: fn(&TimelineEvent) -> &Option<String>| {
        events.iter().filter_map(|event| of(event).as_deref()).map(|told| text::width(&text::clean(told))).max()
    };
    let orders = longest(|event| &event.transaction).map_or(0, |longest| longest.max("order".len()) + 2);
    let items = longest(|event| &event.item).unwrap_or(0).clamp(4, 14) + 2;
    let names = longest(|event| &event.name).unwrap_or(0) + 1;
    let room = usize::from(inside.width).saturating_sub(18 + 13 + items + 10 + orders).min(names);
    let named = names > 1 && room >= names.min(12);
    let row = |time: &str, event: &str, (item, name): (&str, &str), price: &str, transaction: &str| {
        let cut = &theme.glyphs.cut;
        let price = text::pad(price, 10, true, cut);
        let name = if named { text::pad(name, room, false, cut) } else { String::new() };
        format!(
            "{}{}{}{name}{price}  {transaction}",
            text::pad(time, 18, false, cut),
            text::pad(event, 13, false, cut),
            text::pad(item, items, false, cut)
        )
    };
    let transaction = if orders > 0 { "order" } else { "" };
    let heads = row("time", "event", ("item", "name"), "price", transaction);
    let mut lines = vec![Line::styled(heads, theme.style(Role::Dim))];
    lines.extend(events.iter().map(|event| {
        let style = match event.event.as_str() {
            "transaction" => theme.style(Role::Good),
            "addtocart" => theme.style(Role::Warn),
            _ => Style::default(),
        };
        let price = event.price.map_or_else(String::new, |price| Shown::Money.number(price, currency));
        let transaction = event.transaction.as_deref().map_or_else(String::new, text::clean);
        let time = zone.minute(event.time);
        let [item, name] = [&event.item, &event.name].map(|told| told.as_deref().map_or_else(String::new, text::clean));
        let what = text::clean(in_words(&event.event));
        Line::styled(row(&time, &what, (&item, &name), &price, &transaction), style)
    }));
    panel::lines(lines, inside, buffer);
}

/// What happened, in a word; the event's own name where it is none that is known.
fn in_words(event: &str) -> &str {
    let known = [
        ("view", "viewed"),
        ("addtocart", "to the cart"),
        ("transaction", "bought"),
        ("return", "returned"),
        ("visit", "visited"),
        ("response", "responded"),
        ("contact", "contacted"),
        ("optout", "opted out"),
    ];
    known.iter().find(|(name, _)| *name == event).map_or(event, |(_, words)| words)
}

pub(super) fn nothing(why: &str, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    panel::lines(vec![Line::styled(why.to_owned(), theme.style(Role::Dim))], area, buffer);
}
