//! The charts of the Overview: who came again, what a cohort brought, the RFM grid, the rhythm, the funnel, the course of
//! the figures over the kept history.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::plot::{self, Bar};
use crate::stage::StageId;
use crate::store::front_page::{Cohort, Cohorts, FrontPage, Funnel, RfmCell, Told};
use crate::store::{RunInfo, Shown, charts as recorded};
use crate::ui::app::App;
use crate::ui::theme::{Role, Theme};
use crate::ui::widgets::{chart, panel, text};

/// A chart of the Overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrontChart {
    /// Events by day.
    Days,
    /// Who came again, by cohort and period.
    Retention,
    /// Net money per user until the end of each period, by cohort.
    Value,
    /// Buyers by recency and frequency.
    Rfm,
    /// Days between orders.
    Gaps,
    /// From view to purchase, week by week.
    Funnel,
    /// The figures over the kept history.
    Course,
}

/// The charts that there is something to draw of.
pub fn charts_of(app: &App) -> Vec<FrontChart> {
    use FrontChart::{Course, Days, Funnel, Gaps, Retention, Rfm, Value};
    let Some(page) = app.run.as_ref().and_then(|run| run.info().figures.as_ref()) else { return vec![Days] };
    let cohorts = page.cohorts.value.as_ref();
    let viewed = page.funnel_weeks.iter().chain(&page.funnel.value).any(|week| week.view > 0);
    let known = [
        (Retention, cohorts.is_some()),
        (Days, true),
        (Funnel, page.funnel.value.is_some() && viewed),
        (Rfm, page.rfm_grid.value.is_some()),
        (Gaps, page.days_between_orders.value.is_some()),
        (Value, cohorts.is_some_and(priced)),
        // Of one date there is no course yet.
        (Course, app.front.course.as_of.len() > 1),
    ];
    known.into_iter().filter(|(_, is_known)| *is_known).map(|(chart, _)| chart).collect()
}

/// Whether it is known what the users of the cohorts brought.
fn priced(cohorts: &Cohorts) -> bool {
    cohorts.rows.iter().any(|cohort| !cohort.net_per_user.is_empty())
}

/// Draws a chart in a frame whose title ends in its number.
pub(super) fn draw(app: &App, which: FrontChart, number: &str, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let Some(run) = &app.run else { return };
    let page = run.info().figures.as_ref();
    let cohorts = page.and_then(|page| page.cohorts.value.as_ref());
    let (period, by) = cohorts.map_or(("period", "order"), |cohorts| (cohorts.period.as_str(), cohorts.by.as_str()));
    let of_days = run.info().stage(StageId::Ingest).filter(|_| which == FrontChart::Days);
    let days = of_days.map(recorded).unwrap_or_default();
    let title = match which {
        // Of a long log, by week.
        FrontChart::Days => days.first().map_or_else(|| "Events by day".to_owned(), |days| days.title.clone()),
        FrontChart::Retention => format!("Came again, by {period} of the first {by}"),
        FrontChart::Value => format!("Net per customer, by {period} of the first {by}"),
        FrontChart::Rfm => "Buyers by recency and frequency".to_owned(),
        FrontChart::Gaps => "Days between orders".to_owned(),
        FrontChart::Funnel => "Funnel by week".to_owned(),
        FrontChart::Course => "Course over the kept runs".to_owned(),
    };
    let room = usize::from(area.width).saturating_sub(number.len() + 8);
    let inside =
        panel::framed(&format!("{}, {number}", text::fit(&title, room, &theme.glyphs.cut)), area, buffer, theme);
    match (which, page) {
        (FrontChart::Days, _) => match days.first() {
            Some(days) => chart::draw(&days.plot(&chart::canvas(inside, theme), None), inside, buffer, theme),
            None => no_data(inside, buffer, theme),
        },
        (_, None) => no_data(inside, buffer, theme),
        (FrontChart::Retention, Some(page)) => told(&page.cohorts, inside, buffer, theme, |cohorts| {
            triangle(cohorts, inside, theme, &|cohort| shares(cohort, theme))
        }),
        (FrontChart::Value, Some(page)) => {
            told(&page.cohorts, inside, buffer, theme, |cohorts| value(cohorts, app, inside));
        }
        (FrontChart::Rfm, Some(page)) => told(&page.rfm_grid, inside, buffer, theme, |cells| rfm(cells, app, inside)),
        (FrontChart::Gaps, Some(page)) => gaps(page, inside, buffer, theme),
        (FrontChart::Funnel, Some(page)) => funnel(page, run.info(), inside, buffer, theme),
        (FrontChart::Course, Some(_)) => panel::lines(course(app, usize::from(inside.width)), inside, buffer),
    }
}

fn no_data(area: Rect, buffer: &mut Buffer, theme: &Theme) {
    panel::lines(vec![Line::styled("no data", theme.style(Role::Dim))], area, buffer);
}

/// Lines made of a figure, or why there is none.
fn told<T>(told: &Told<T>, area: Rect, buffer: &mut Buffer, theme: &Theme, lines: impl Fn(&T) -> Vec<Line<'static>>) {
    let lines = match (&told.value, &told.reason) {
        (Some(value), _) => lines(value),
        (None, reason) => {
            let why = text::clean(reason.as_deref().unwrap_or("this run does not tell"));
            let lines = text::wrap(&why, usize::from(area.width).max(1)).into_iter();
            lines.map(|line| Line::styled(line, theme.style(Role::Dim))).collect()
        }
    };
    panel::lines(lines, area, buffer);
}

/// A cell of a triangle: its words, and whether its period is still running.
type Cell = (String, bool);

/// What stands before a cell whose period still runs.
fn hatch(theme: &Theme) -> &'static str {
    if theme.glyphs.ascii { "~" } else { "░" }
}

/// The share that came again in each later period, with a bar of one column; a running period is hatched.
fn shares(cohort: &Cohort, theme: &Theme) -> Vec<Cell> {
    let last = cohort.shares.len().saturating_sub(1);
    let levels = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let cell = |(at, share): (usize, &f64)| {
        let running = at == last;
        let level = levels[((share * 8.0).ceil() as usize).min(8)];
        let sign = match (running, theme.glyphs.ascii) {
            (true, _) => hatch(theme),
            (false, true) => " ",
            (false, false) => level,
        };
        (format!("{sign}{:>3.0} %", share * 100.0), running)
    };
    cohort.shares.iter().enumerate().map(cell).collect()
}

/// A row a cohort, the latest below; a column a period after the first.
fn triangle(cohorts: &Cohorts, area: Rect, theme: &Theme, cells: &dyn Fn(&Cohort) -> Vec<Cell>) -> Vec<Line<'static>> {
    let rows: Vec<(&Cohort, Vec<Cell>)> = cohorts.rows.iter().map(|cohort| (cohort, cells(cohort))).collect();
    let each = rows.iter().flat_map(|(_, cells)| cells).map(|(words, _)| text::width(words)).max().unwrap_or(0) + 1;
    let start = if cohorts.period == "month" { 7 } else { 10 };
    let users = rows.iter().map(|(cohort, _)| format::thousands(cohort.users).len()).max().unwrap_or(0).max(5) + 1;
    let fit = usize::from(area.width).saturating_sub(start + users) / each.max(1);
    let most = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    // One line for the head, one for what is hatched or left out.
    let room = usize::from(area.height).saturating_sub(2);
    let left_out = rows.len().saturating_sub(room);
    let mut head = format!("{}{}", text::pad(&cohorts.period, start, false, ""), text::pad("users", users, true, ""));
    for at in 1..=most.min(fit) {
        head += &text::pad(&format!("+{at}"), each, true, "");
    }
    let mut lines = vec![Line::styled(head, theme.style(Role::Dim))];
    for (cohort, cells) in rows.into_iter().skip(left_out) {
        let first: String = cohort.start.chars().take(start).collect();
        let mut spans = vec![Span::styled(
            format!(
                "{}{}",
                text::pad(&first, start, false, ""),
                text::pad(&format::thousands(cohort.users), users, true, "")
            ),
            theme.style(Role::Text),
        )];
        for (words, running) in cells.into_iter().take(fit) {
            let role = if running { Role::Dim } else { Role::Header };
            spans.push(Span::styled(text::pad(&words, each, true, ""), theme.style(role)));
        }
        lines.push(Line::from(spans));
    }
    let mut note = format!("{} still runs", hatch(theme));
    if left_out > 0 {
        note = format!("last {room} of {} {}s; {note}", left_out + room, cohorts.period);
    }
    if most > fit {
        note = format!("first {fit} of {most} periods; {note}");
    }
    lines.push(Line::styled(text::fit(&note, usize::from(area.width), &theme.glyphs.cut), theme.style(Role::Dim)));
    lines
}

fn value(cohorts: &Cohorts, app: &App, area: Rect) -> Vec<Line<'static>> {
    let theme = app.theme();
    let money = |cohort: &Cohort| {
        let last = cohort.net_per_user.len().saturating_sub(1);
        let said = |value: f64, running: bool| {
            let sign = if running { hatch(theme) } else { "" };
            (format!("{sign}{}", Shown::Money.number(value, &app.front.terms.currency)), running)
        };
        // The period of the first order itself stands before those that follow.
        cohort.net_per_user.iter().enumerate().skip(1).map(|(at, value)| said(*value, at == last)).collect()
    };
    triangle(cohorts, area, theme, &money)
}

/// Five by five: how many buyers, and what they spent on average where there is room.
fn rfm(cells: &[RfmCell], app: &App, area: Rect) -> Vec<Line<'static>> {
    let theme = app.theme();
    let currency = &app.front.terms.currency;
    let head = 12;
    let each = (usize::from(area.width).saturating_sub(head) / 5).clamp(6, 16);
    let priced = cells.iter().any(|cell| cell.mean_spend.is_some());
    let double = priced && area.height >= 13;
    let names = |at: u8, words: &str| text::pad(&format!("{words}{at}"), each, true, "");
    let mut heads = text::pad("", head, false, "");
    for f in 1..=5 {
        heads += &names(f, "F");
    }
    let mut lines = vec![Line::styled(heads, theme.style(Role::Dim))];
    let most = cells.iter().map(|cell| cell.users).max().unwrap_or(1).max(1);
    for r in (1..=5).rev() {
        let name = match r {
            5 => "R5 recent",
            1 => "R1 long ago",
            _ => "",
        };
        let name = if name.is_empty() { format!("R{r}") } else { name.to_owned() };
        let mut counts = vec![Span::styled(text::pad(&name, head, false, ""), theme.style(Role::Text))];
        let mut means = text::pad("", head, false, "");
        for f in 1..=5 {
            let cell = cells.iter().find(|cell| cell.r == r && cell.f == f);
            let users = cell.map_or(0, |cell| cell.users);
            let role = if users * 4 >= most { Role::Header } else { Role::Text };
            counts.push(Span::styled(text::pad(&format::thousands(users), each, true, "…"), theme.style(role)));
            let mean = cell.and_then(|cell| cell.mean_spend).map(|mean| Shown::Money.number(mean, currency));
            means += &text::pad(&mean.unwrap_or_default(), each, true, &theme.glyphs.cut);
        }
        lines.push(Line::from(counts));
        if double {
            lines.push(Line::styled(means, theme.style(Role::Dim)));
        }
    }
    let what = if double { "users, and what each spent on average" } else { "users" };
    let words = format!("{what}; F5 ordered most often");
    lines.push(Line::styled(text::fit(&words, usize::from(area.width), &theme.glyphs.cut), theme.style(Role::Dim)));
    lines
}

fn bars(title: &str, rows: &[(String, u64, String)], area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let bars: Vec<Bar<'_>> =
        rows.iter().map(|(label, count, words)| Bar { label, value: *count as f64, words, series: 0 }).collect();
    chart::draw(&plot::bars(title, &bars, &chart::canvas(area, theme)), area, buffer, theme);
}

fn gaps(page: &FrontPage, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(bins) = &page.days_between_orders.value else {
        return told(&page.days_between_orders, area, buffer, theme, |_| Vec::new());
    };
    let rows: Vec<(String, u64, String)> = bins
        .iter()
        .map(|bin| {
            let label = match (bin.from, bin.to) {
                (from, u32::MAX) => format!("{from} d or more"),
                (from, to) => format!("{from} to {to} d"),
            };
            (label, bin.gaps, format::thousands(bin.gaps))
        })
        .collect();
    bars("gaps between a buyer's order days", &rows, area, buffer, theme);
}

/// A row a week, the latest below: users with each step, and which share of those who viewed.
fn funnel(page: &FrontPage, info: &RunInfo, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(last) = &page.funnel.value else {
        return told(&page.funnel, area, buffer, theme, |_| Vec::new());
    };
    let last = [*last];
    let weeks = if page.funnel_weeks.is_empty() { &last[..] } else { &page.funnel_weeks };
    let (width, room) = (usize::from(area.width), usize::from(area.height).saturating_sub(2).max(1));
    let shown = &weeks[weeks.len().saturating_sub(room)..];
    let share = |part: u64, week: &Funnel| match week.view {
        0 => "–".to_owned(),
        views => format::percent(part as f64 / views as f64),
    };
    let row = |cells: [&str; 6]| {
        let [to, rest @ ..] = cells;
        let rest = rest.iter().zip([9, 9, 10, 9, 10]).map(|(cell, width)| text::pad(cell, width, true, "…"));
        format!("{}{}", text::pad(to, 10, false, ""), rest.collect::<String>())
    };
    let heads = row(["week to", "viewed", "carted", "of viewed", "bought", "of viewed"]);
    let bar = width.saturating_sub(text::width(&heads) + 2).min(30);
    let most = shown.iter().map(|week| week.view).max().unwrap_or(0).max(1) as f64;
    let mut lines = vec![Line::styled(heads, theme.style(Role::Dim))];
    for (back, week) in (0..shown.len()).rev().zip(shown) {
        let day = info.zone().date(info.as_of - back as i64 * WEEK_MS);
        let [view, cart, purchase] = [week.view, week.cart, week.purchase].map(format::thousands);
        let shares = [week.cart, week.purchase].map(|part| share(part, week));
        let words = row([&day, &view, &cart, &shares[0], &purchase, &shares[1]]);
        let mut spans = vec![Span::styled(words, theme.style(Role::Text))];
        if bar >= 6 {
            let drawn = panel::bar(week.view as f64 / most, bar, theme);
            spans.push(Span::styled(format!("  {drawn}"), theme.style(Role::Chart)));
        }
        lines.push(Line::from(spans));
    }
    let cap = if shown.len() < weeks.len() {
        format!("last {} of {} weeks; ", shown.len(), weeks.len())
    } else {
        String::new()
    };
    let words = format!("{cap}users with such an event in 7 days{}", if bar >= 6 { "; bars: viewed" } else { "" });
    lines.push(Line::styled(text::fit(&words, width, &theme.glyphs.cut), theme.style(Role::Dim)));
    panel::lines(lines, area, buffer);
}

/// A week, in milliseconds.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// One figure a row: its course as small bars, the latest value.
fn course(app: &App, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let front = &app.front;
    let (dates, zone) = (&front.course.as_of, &front.terms.zone);
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return vec![Line::styled("the workspace keeps no history yet", theme.style(Role::Dim))];
    };
    if dates.len() < 2 {
        let words = format!("one date is known, {}: the course begins with the next log", zone.date(*last));
        let lines = text::wrap(&words, width.max(1)).into_iter();
        return lines.map(|line| Line::styled(line, theme.style(Role::Dim))).collect();
    }
    let room = width.saturating_sub(20 + 16 + 2).min(dates.len());
    let shown = dates.len().min(room);
    let cap = if shown < dates.len() { format!(", last {shown} of {} dates", dates.len()) } else { String::new() };
    let mut lines =
        vec![Line::styled(format!("{} to {}{cap}", zone.date(*first), zone.date(*last)), theme.style(Role::Dim))];
    for glance in &front.glances {
        let name = history_name(glance.name);
        let values = front.course.of(name);
        if values.iter().flatten().count() < 2 {
            continue;
        }
        let values = &values[values.len() - shown..];
        lines.push(Line::from(vec![
            Span::raw(text::pad(glance.label, 20, false, &theme.glyphs.cut)),
            Span::styled(
                text::pad(&text::clean(glance.value.as_deref().unwrap_or("")), 16, true, &theme.glyphs.cut),
                theme.style(Role::Number),
            ),
            Span::raw("  "),
            Span::styled(sparkline(values, theme), theme.style(Role::Chart)),
        ]));
    }
    lines
}

/// The column of `history.parquet` that holds a figure.
fn history_name(figure: &str) -> &str {
    match figure {
        "active_customers" => "active_customers_28d",
        "orders" => "orders_28d",
        "revenue" => "revenue_28d",
        other => other,
    }
}

/// Bars of one column from 0 to the highest value.
fn sparkline(values: &[Option<f64>], theme: &Theme) -> String {
    let most = values.iter().flatten().copied().fold(f64::MIN_POSITIVE, f64::max);
    let levels: Vec<char> =
        if theme.glyphs.ascii { " .:-=+*#".chars().collect() } else { "▁▂▃▄▅▆▇█".chars().collect() };
    let level = |value: f64| levels[((value.max(0.0) / most * 8.0).ceil() as usize).clamp(1, 8) - 1];
    values.iter().map(|value| value.map_or(' ', level)).collect()
}
