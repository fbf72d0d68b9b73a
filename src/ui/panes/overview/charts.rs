//! The charts of the Overview: who came again, what a cohort brought, the RFM grid, the rhythm, the funnel, the course of
//! the figures over the kept history.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::format;
use crate::plot::{self, Bar};
use crate::stage::StageId;
use crate::store::front_page::{Cohort, Cohorts, FrontPage, RfmCell, Told};
use crate::store::{Shown, charts as recorded};
use crate::ui::app::App;
use crate::ui::panes::overview::glance::day;
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
    /// From view to purchase in the last week.
    Funnel,
    /// The figures over the kept history.
    Course,
}

/// The charts that there are.
pub fn charts_of(app: &App) -> Vec<FrontChart> {
    use FrontChart::{Course, Days, Funnel, Gaps, Retention, Rfm, Value};
    let page = app.run.as_ref().and_then(|run| run.info().figures.as_ref());
    if page.is_none() {
        return vec![Days];
    }
    let mut charts = vec![Retention, Days, Funnel, Rfm, Gaps, Value];
    // Of one date there is no course yet.
    if app.front.course.as_of.len() > 1 {
        charts.push(Course);
    }
    charts
}

/// Draws a chart in a frame whose title ends in its number.
pub(super) fn draw(app: &App, which: FrontChart, number: &str, area: Rect, buffer: &mut Buffer) {
    let theme = app.theme();
    let Some(run) = &app.run else { return };
    let page = run.info().figures.as_ref();
    let cohorts = page.and_then(|page| page.cohorts.value.as_ref());
    let (period, by) = cohorts.map_or(("period", "order"), |cohorts| (cohorts.period.as_str(), cohorts.by.as_str()));
    let title = match which {
        FrontChart::Days => "Events by day".to_owned(),
        FrontChart::Retention => format!("Came again, by {period} of the first {by}"),
        FrontChart::Value => format!("Net per customer, by {period} of the first {by}"),
        FrontChart::Rfm => "Buyers by recency and frequency".to_owned(),
        FrontChart::Gaps => "Days between orders".to_owned(),
        FrontChart::Funnel => "Funnel of the last 7 days".to_owned(),
        FrontChart::Course => "Course over the kept runs".to_owned(),
    };
    let room = usize::from(area.width).saturating_sub(number.len() + 8);
    let inside =
        panel::framed(&format!("{}, {number}", text::fit(&title, room, &theme.glyphs.cut)), area, buffer, theme);
    match (which, page) {
        (FrontChart::Days, _) => {
            let days = run.info().stage(StageId::Ingest).map(recorded).unwrap_or_default();
            match days.first() {
                Some(days) => chart::draw(&days.plot(&chart::canvas(inside, theme), None), inside, buffer, theme),
                None => no_data(inside, buffer, theme),
            }
        }
        (_, None) => no_data(inside, buffer, theme),
        (FrontChart::Retention, Some(page)) => told(&page.cohorts, inside, buffer, theme, |cohorts| {
            triangle(cohorts, inside, theme, &|cohort| shares(cohort, theme))
        }),
        (FrontChart::Value, Some(page)) => {
            told(&page.cohorts, inside, buffer, theme, |cohorts| value(cohorts, app, inside));
        }
        (FrontChart::Rfm, Some(page)) => told(&page.rfm_grid, inside, buffer, theme, |cells| rfm(cells, app, inside)),
        (FrontChart::Gaps, Some(page)) => gaps(page, inside, buffer, theme),
        (FrontChart::Funnel, Some(page)) => funnel(page, inside, buffer, theme),
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

/// The share that came again in each later period, with a bar of one column; a running period is hatched.
fn shares(cohort: &Cohort, theme: &Theme) -> Vec<Cell> {
    let last = cohort.shares.len().saturating_sub(1);
    let levels = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let cell = |(at, share): (usize, &f64)| {
        let running = at == last;
        let level = levels[((share * 8.0).ceil() as usize).min(8)];
        let sign = match (running, theme.glyphs.ascii) {
            (true, true) => "~",
            (true, false) => "░",
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
    let mut note = format!("last column of each row: the {} still runs", cohorts.period);
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
    if cohorts.rows.iter().all(|cohort| cohort.net_per_user.is_empty()) {
        let words = "the log tells no prices";
        return vec![Line::styled(words, theme.style(Role::Dim))];
    }
    let money = |cohort: &Cohort| {
        let last = cohort.net_per_user.len().saturating_sub(1);
        let said = |value: f64| Shown::Money.number(value, &app.front.terms.currency);
        // The period of the first order itself stands before those that follow.
        cohort.net_per_user.iter().enumerate().skip(1).map(|(at, value)| (said(*value), at == last)).collect()
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

fn funnel(page: &FrontPage, area: Rect, buffer: &mut Buffer, theme: &Theme) {
    let Some(funnel) = &page.funnel.value else {
        return told(&page.funnel, area, buffer, theme, |_| Vec::new());
    };
    let most = funnel.view.max(funnel.cart).max(funnel.purchase).max(1) as f64;
    let row = |label: &str, users: u64| {
        let words = format!("{} {:>7}", format::thousands(users), format::percent(users as f64 / most));
        (label.to_owned(), users, words)
    };
    let rows = [row("viewed", funnel.view), row("put into a cart", funnel.cart), row("bought", funnel.purchase)];
    bars("users with such an event", &rows, area, buffer, theme);
}

/// One figure a row: its course as small bars, the latest value.
fn course(app: &App, width: usize) -> Vec<Line<'static>> {
    let theme = app.theme();
    let front = &app.front;
    let dates = &front.course.as_of;
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return vec![Line::styled("the workspace keeps no history yet", theme.style(Role::Dim))];
    };
    if dates.len() < 2 {
        let words = format!("one date is known, {}: the course begins with the next log", day(*last));
        let lines = text::wrap(&words, width.max(1)).into_iter();
        return lines.map(|line| Line::styled(line, theme.style(Role::Dim))).collect();
    }
    let room = width.saturating_sub(20 + 16 + 2).min(dates.len());
    let shown = dates.len().min(room);
    let cap = if shown < dates.len() { format!(", last {shown} of {} dates", dates.len()) } else { String::new() };
    let mut lines = vec![Line::styled(format!("{} to {}{cap}", day(*first), day(*last)), theme.style(Role::Dim))];
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
