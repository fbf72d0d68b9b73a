//! Which two runs are compared.

use std::sync::Arc;

use crate::store::{DatedRun, Run};
use crate::ui::app::App;
use crate::ui::drill::{ComparePage, Drill};
use crate::ui::effect::Effects;
use crate::ui::popups::{Offer, Picked, Picker, Popup};
use crate::ui::update::jobs;
use crate::ui::update::jobs::order::requested;

/// A week, in milliseconds.
const WEEK: i64 = 7 * 24 * 3_600_000;

/// Asks with which run the later one is compared, or, where `later`, which that is. From the Overview, where there is one
/// other run only, nothing is asked.
pub(super) fn ask(app: &mut App, later: bool) -> Effects {
    let on_page = matches!(app.drills.last(), Some(Drill::Compare(_)));
    if let ([(only, _)], false) = (app.kept_runs.as_slice(), on_page) {
        let before = only.clone();
        return compare(app, before, None);
    }
    let (title, none) = if later {
        ("Compare: choose the later run", "no such run is kept")
    } else {
        ("Compare with an earlier run", "no such run is kept")
    };
    app.popups.push(Popup::Picker(Picker::new(title, none, offers(app, later))));
    Vec::new()
}

/// The runs to choose from: what the reader last saw and the run of a week ago first, then all by their dates.
fn offers(app: &App, later: bool) -> Vec<Offer> {
    let Some(shown) = app.run.as_ref().map(|run| run.info()) else { return Vec::new() };
    let zone = shown.zone();
    let of = |id: &str, dated: Option<&DatedRun>, title: &str| Offer {
        name: dated.map_or_else(|| id.to_owned(), |run| format!("log to {}", zone.date(run.as_of))),
        title: title.to_owned(),
        aside: dated.map_or_else(String::new, |run| format!("made {}", zone.date(run.created))),
        picked: Picked::Run(id.to_owned(), later),
    };
    let kept = |id: &str| app.kept_runs.iter().find(|(known, _)| known == id);
    let mut offers = Vec::new();
    if later {
        let this = DatedRun { id: shown.id.clone(), created: shown.created_ms, as_of: shown.as_of };
        offers.push(of(&shown.id, Some(&this), "the run shown"));
    } else {
        let seen = app.last_seen.as_deref().and_then(kept);
        offers.extend(seen.map(|(id, dated)| of(id, dated.as_ref(), "since you last looked")));
        let week = app
            .kept_runs
            .iter()
            .filter_map(|(id, dated)| Some((id, dated.as_ref()?)))
            .filter(|(_, run)| run.as_of <= shown.as_of - WEEK)
            .max_by_key(|(_, run)| (run.as_of, run.created));
        offers.extend(week.map(|(id, run)| {
            let days = (shown.as_of - run.as_of) / (24 * 3_600_000);
            of(id, Some(run), &format!("{days} days before the run shown"))
        }));
    }
    offers.extend(app.kept_runs.iter().map(|(id, dated)| of(id, dated.as_ref(), id)));
    offers
}

/// A run was chosen: the earlier, or the later one of the page.
pub(super) fn chosen(app: &mut App, id: String, later: bool) -> Effects {
    let page = match app.drills.last() {
        Some(Drill::Compare(page)) => Some((page.before.clone(), page.after.clone())),
        _ => None,
    };
    match (page, later) {
        (Some((before, _)), true) => compare(app, before, Some(id)),
        (Some((_, after)), false) => compare(app, id, after),
        (None, _) => compare(app, id, None),
    }
}

/// Opens the page, or compares anew on it. `after` is the run shown where none is named.
fn compare(app: &mut App, before: String, after: Option<String>) -> Effects {
    let Some(run): Option<Arc<Run>> = app.run.clone() else { return Vec::new() };
    let generation = app.next_generation();
    if matches!(app.drills.last(), Some(Drill::Compare(_))) {
        app.drills.pop();
    }
    let after = after.filter(|id| *id != run.info().id);
    let page = ComparePage::waiting(generation, before.clone(), after.clone());
    app.drills.push(Drill::Compare(Box::new(page)));
    vec![jobs::compare::compare(generation, app.workspace.clone(), before, (after, run))]
}

/// The other table of the page: all metrics, or the users.
pub(super) fn turn(app: &mut App) -> Effects {
    let room = app.room();
    let Some(Drill::Compare(page)) = app.drills.last_mut() else { return Vec::new() };
    let Some(Ok(comparison)) = &page.comparison else { return Vec::new() };
    let of_metrics = !page.of_metrics;
    let table = if of_metrics { comparison.metric_table() } else { Ok(comparison.moved.clone()) };
    match table {
        Ok(table) => {
            page.of_metrics = of_metrics;
            page.grid = ComparePage::empty(of_metrics);
            requested(page.grid.take(Some(table), crate::store::Marks::default(), room))
        }
        Err(error) => {
            app.tell("Metrics", &error);
            Vec::new()
        }
    }
}
