//! Opening pages and lists.

use crate::format;
use crate::stage::StageState;
use crate::store::{Cell, Marks, View};
use crate::ui::app::App;
use crate::ui::command::Open;
use crate::ui::drill::{Drill, ItemPage, RowPage, SegmentPage, StagePage, UserPage};
use crate::ui::effect::Effects;
use crate::ui::front::Spot;
use crate::ui::pane::{Pane, PaneTable};
use crate::ui::popups::{Offer, Picked, Picker, Popup};
use crate::ui::theme::Theme;
use crate::ui::update::jobs::order::requested;
use crate::ui::update::{columns, compare, jobs, query, show};

/// The title of the list of items.
pub(super) const ITEMS: &str = "Look up an item: type its id, or choose";
/// Items of a user's timeline that the list offers.
const RECENT: usize = 20;

/// Does the command.
pub(super) fn perform(app: &mut App, command: Open) -> Effects {
    match command {
        Open::Selected if app.drills.is_empty() => open_on_pane(app),
        Open::Selected => open_on_drill(app),
        Open::Segment => open_segment(app),
        Open::Item => choose_item(app),
        Open::WantedBy => turn_item_page(app),
        Open::Metrics => compare::turn(app),
        Open::Query => query::ask(app),
        Open::Note => jobs::note::ask(app),
    }
}

/// Enter on a pane.
fn open_on_pane(app: &mut App) -> Effects {
    match app.pane.description().table {
        None => open_spot(app),
        Some(PaneTable::Users { .. }) => match app.grid_of(app.pane).row() {
            Some(row) => open_user(app, row),
            None => Vec::new(),
        },
        Some(PaneTable::Recommendations) => {
            let id = app.grid_of(app.pane).key_under_cursor();
            open_user_by_id(app, id)
        }
        Some(PaneTable::Segments) => open_segment_users(app),
        Some(PaneTable::Query) => {
            let grid = app.grid_of(app.pane);
            if let (Some(table), Some(row)) = (grid.table(), grid.row()) {
                // A row of a user opens the user.
                let user = table.column("user_id").map(|column| table.cell(row, column).to_string());
                let known = user.filter(|id| app.users().is_some_and(|users| matches!(users.row_of(id), Ok(Some(_)))));
                if known.is_some() {
                    return open_user_by_id(app, known);
                }
                let simulated = app.run.as_ref().is_some_and(|run| run.info().uplift_is_simulated());
                let page = RowPage::new(table, row, simulated);
                app.drills.push(Drill::Row(Box::new(page)));
            }
            Vec::new()
        }
    }
}

/// What is behind the spot under the cursor of the Overview.
fn open_spot(app: &mut App) -> Effects {
    match app.spot() {
        Some(Spot::Figure(at)) => {
            let Some(glance) = app.front.glances.get(at) else { return Vec::new() };
            match (&glance.behind, &glance.query, &glance.value) {
                (Some(view), ..) => open_users(app, view.clone()),
                (None, Some(sql), _) => {
                    let sql = sql.clone();
                    let mut effects = show(app, Pane::Sql);
                    effects.extend(jobs::query::query(app, sql));
                    effects
                }
                (None, None, Some(_)) => {
                    let words = format!("{}: the user table has no column that tells whom", glance.label);
                    app.note = Some(words);
                    Vec::new()
                }
                (None, None, None) => {
                    app.note = Some(format!("{}: {}", glance.label, glance.notes.join("; ")));
                    Vec::new()
                }
            }
        }
        Some(Spot::Segment(at)) => {
            let Some(segment) = app.front.segments.get(at) else { return Vec::new() };
            let view = View { filter: Some(segment_condition(&segment.name)), sort: Vec::new() };
            open_users(app, view)
        }
        Some(Spot::Stages) => {
            app.front.unfolded = true;
            app.go_to_spot(app.front.at);
            Vec::new()
        }
        Some(Spot::Stage(_)) => open_stage(app),
        None => Vec::new(),
    }
}

/// The Users pane with this filter and order.
fn open_users(app: &mut App, view: View) -> Effects {
    let mut effects = show(app, Pane::Users);
    effects.extend(requested(app.grid_of_mut(Pane::Users).ask(view)));
    effects
}

fn segment_condition(name: &str) -> String {
    format!("segment = '{}'", name.replace('\'', "''"))
}

/// The report of the stage under the cursor.
fn open_stage(app: &mut App) -> Effects {
    if let Some(record) = app.record().cloned() {
        app.drills.push(Drill::Stage(Box::new(StagePage::new(record, app.front.terms.clone()))));
        return Vec::new();
    }
    let state = app.stages.get(app.stage).map(|line| line.state);
    let ended = state.is_some_and(|state| !matches!(state, StageState::Waiting | StageState::Running));
    let why =
        if app.running && ended { "its report opens when the run has ended" } else { "this stage has no report yet" };
    app.say("Overview", &why);
    Vec::new()
}

/// Enter on a page: goes on where its table has something to open.
fn open_on_drill(app: &mut App) -> Effects {
    let key = app.grid().and_then(crate::ui::grid::Grid::key_under_cursor);
    match (app.drills.last(), key) {
        (Some(Drill::Item(page)), id) if page.of_users => open_user_by_id(app, id),
        (Some(Drill::Item(_)), Some(id)) => open_item(app, id),
        (Some(Drill::Compare(page)), id) if !page.of_metrics => open_user_by_id(app, id),
        (Some(Drill::Groups(_)), _) => columns::open_group(app),
        _ => Vec::new(),
    }
}

fn open_user_by_id(app: &mut App, id: Option<String>) -> Effects {
    let found = id.and_then(|id| app.users()?.row_of(&id).transpose());
    match found {
        Some(Ok(row)) => open_user(app, row),
        Some(Err(error)) => {
            app.tell("User", &error);
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn open_user(app: &mut App, row: usize) -> Effects {
    let (Some(run), Some(users)) = (app.run.clone(), app.users().cloned()) else { return Vec::new() };
    let generation = app.next_generation();
    let page = UserPage::waiting(users.cell(row, 0).to_string(), row, generation);
    app.drills.push(Drill::User(Box::new(page)));
    vec![jobs::profile::profile(generation, run, users, row)]
}

/// The segment under the cursor of the Segments pane.
fn segment(app: &App) -> Option<String> {
    app.grid_of(Pane::Segments).key_under_cursor()
}

/// The Users pane filtered to the segment under the cursor.
fn open_segment_users(app: &mut App) -> Effects {
    let Some(name) = segment(app) else { return Vec::new() };
    let mut effects = show(app, Pane::Users);
    let users = app.grid_of_mut(Pane::Users);
    let filter = Some(segment_condition(&name));
    let view = View { filter, ..users.wanted().clone() };
    effects.extend(requested(users.ask(view)));
    effects
}

/// The page of the segment under the cursor.
fn open_segment(app: &mut App) -> Effects {
    let grid = app.grid_of(Pane::Segments);
    let row = grid.table().zip(grid.row());
    let page = segment(app).and_then(|name| SegmentPage::of(app.run.as_ref()?, &name, row));
    let Some(mut page) = page else {
        app.say("Segment", &"the run recorded no profile of this segment");
        return Vec::new();
    };
    page.generation = app.next_generation();
    let (generation, name) = (page.generation, page.name.clone());
    app.drills.push(Drill::Segment(Box::new(page)));
    match (app.run.clone(), app.kept_runs.first().map(|(id, _)| id.clone())) {
        (Some(run), Some(before)) => vec![jobs::compare::segment(generation, app.workspace.clone(), before, run, name)],
        _ => Vec::new(),
    }
}

/// An item's page.
pub(super) fn open_item(app: &mut App, id: String) -> Effects {
    let Some(run) = app.run.clone() else { return Vec::new() };
    let generation = app.next_generation();
    app.drills.push(Drill::Item(Box::new(ItemPage::waiting(id.clone(), generation))));
    vec![jobs::item::item(generation, run, id)]
}

/// The other table of an item's page.
fn turn_item_page(app: &mut App) -> Effects {
    let generation = app.next_generation();
    let (Some(run), room) = (app.run.clone(), app.room()) else { return Vec::new() };
    let Some(Drill::Item(page)) = app.drills.last_mut() else { return Vec::new() };
    page.turn(generation);
    if page.of_users {
        return vec![jobs::item::wanted_by(generation, run, page.id.clone())];
    }
    match &page.item {
        Some(Ok(item)) => requested(page.grid.take(Some(item.similar.clone()), Marks::default(), room)),
        _ => vec![jobs::item::item(generation, run, page.id.clone())],
    }
}

/// The list of items near at hand; any other is typed.
fn choose_item(app: &mut App) -> Effects {
    let mut offers: Vec<Offer> = Vec::new();
    let mut offer = |id: String, title: String, aside: String| {
        if !offers.iter().any(|known| known.name == id) {
            offers.push(Offer { picked: Picked::Item(id.clone()), name: id, title, aside });
        }
    };
    if let Some(Drill::User(page)) = app.drills.last()
        && let Some(profile) = page.known()
    {
        for recommended in &profile.recommendations {
            let told = recommended.name.as_ref().or(recommended.category.as_ref());
            let told = told.map_or("", |told| told.as_str());
            offer(
                recommended.item.clone(),
                format!("recommended  {told}"),
                recommended.score.map_or_else(String::new, format::number),
            );
        }
        for event in profile.timeline.iter().take(RECENT) {
            let time: String = Cell::Time(event.time).to_string().chars().take(10).collect();
            let Some(item) = &event.item else { continue };
            let name = event.name.as_deref().unwrap_or_default();
            offer(item.clone(), format!("{}  {name}", event.event).trim_end().to_owned(), time);
        }
    } else if app.pane == Pane::Recommendations
        && app.drills.is_empty()
        && let (Some(table), Some(row)) =
            (app.grid_of(Pane::Recommendations).table(), app.grid_of(Pane::Recommendations).row())
    {
        for place in 1.. {
            let Some(column) = table.column(&format!("item_{place}")) else { break };
            if let id @ (Cell::Int(_) | Cell::Text(_)) = table.cell(row, column) {
                offer(id.to_string(), format!("recommended, place {place}"), String::new());
            }
        }
    }
    let picker = Picker::new(ITEMS, "Enter looks this item up", offers);
    app.popups.push(Popup::Picker(picker));
    Vec::new()
}

/// The list of themes.
pub(super) fn themes(app: &App) -> Picker {
    let now = &app.theme().name;
    let offers = app.themes().iter().map(|theme| Offer {
        name: theme.name.clone(),
        title: about_theme(theme).to_owned(),
        aside: if theme.name == *now { "in use".to_owned() } else { String::new() },
        picked: Picked::Theme(theme.name.clone()),
    });
    Picker::new("Theme", "no theme of that name", offers.collect())
}

/// What a theme looks like, in a line.
fn about_theme(theme: &Theme) -> &'static str {
    match theme.name.as_str() {
        _ if theme.own => "a theme of your own",
        "default" => "the terminal's own text, background and colours",
        "dark" => "soft colours on a dark background",
        "light" => "strong colours on white",
        "high-contrast" => "the strongest contrast: bright on black, no grey",
        "colour-blind" => "colours told apart with any kind of colour vision, on dark",
        "mono" => "no colours: weight, reverse and signs",
        "ascii" => "no colours, and only ASCII characters",
        _ => "",
    }
}
