//! The users that a pane's threshold or budget selects: marked, and the number itself typed.

use crate::error::Result;
use crate::format;
use crate::store::{SortKey, Terms, View};
use crate::ui::app::App;
use crate::ui::effect::{Effect, Effects, Work};
use crate::ui::pane::{Pane, Slider};
use crate::ui::popups::{Popup, Prompt, Purpose};
use crate::ui::update::jobs::is_current;

/// The number that the pane in sight sets.
fn slider(app: &App) -> Option<Slider> {
    app.pane.description().slider.filter(|_| app.drills.is_empty())
}

/// Marks the users that the threshold or the budget selects, in the place of those marked before.
pub(super) fn mark(app: &mut App) -> Effects {
    let (Some(slider), Some(run), Some(users)) = (slider(app), app.run.clone(), app.users().cloned()) else {
        return Vec::new();
    };
    let descending = |column: &str| SortKey { column: column.to_owned(), descending: true };
    let (view, most, told) = match slider {
        Slider::Threshold => {
            let threshold = format!("{}.{:02}", app.threshold / 100, app.threshold % 100);
            // The question is who of the active will leave.
            let (active, whom) =
                if users.column("active").is_some() { ("active and ", "active users ") } else { ("", "") };
            let view = View { filter: Some(format!("{active}churn >= {threshold}")), sort: Vec::new() };
            (view, usize::MAX, format!("{whom}who are at least {} % likely to leave", app.threshold))
        }
        Slider::Budget => {
            let (Some(Ok(summary)), Some(place)) = (&app.summary, app.budget_place()) else { return Vec::new() };
            let known = ["net", "uplift", "simulated_uplift"].into_iter();
            let sort: Vec<SortKey> = known.filter(|name| users.column(name).is_some()).map(descending).collect();
            let most = summary.budgets[place].users as usize;
            (View { filter: None, sort }, most, "whom the budget reaches".to_owned())
        }
    };
    let (pane, id) = (app.pane, run.info().id.clone());
    let work = Work::new(
        "mark the users selected",
        move |job| Ok(users.order(&view, job)?.first(most).rows().collect()),
        move |app, rows| marked(app, pane, &id, &told, rows),
    );
    vec![Effect::background(work)]
}

fn marked(app: &mut App, pane: Pane, run: &str, told: &str, rows: Result<Vec<u32>>) -> Effects {
    match rows {
        Ok(rows) if is_current(app, run) => {
            let grid = app.grid_of_mut(pane);
            let before = grid.marks().len();
            let count = format::thousands(rows.len() as u64);
            grid.mark_only(rows);
            let instead = if before > 0 {
                format!(" in the place of {}", format::thousands(before as u64))
            } else {
                String::new()
            };
            grid.note = Some(format!("marked the {count} {told}{instead}; u takes it back"));
            app.spread_marks(pane);
        }
        Ok(_) => {}
        Err(error) => app.tell("Marks", &error),
    }
    Vec::new()
}

/// Asks for the threshold or the budget.
pub(super) fn ask(app: &mut App) -> Effects {
    let purpose = match slider(app) {
        Some(Slider::Threshold) => Purpose::Threshold,
        Some(Slider::Budget) if app.budget_place().is_some() => Purpose::Budget,
        _ => return Vec::new(),
    };
    app.popups.push(Popup::Prompt(Prompt::new(purpose, "")));
    Vec::new()
}

/// Takes a threshold: `0.35`, `0,35`, `35 %` or `35`.
pub(super) fn take_threshold(app: &mut App, text: &str) {
    let bare = text.trim_end_matches('%').trim().replace(',', ".");
    let number: Option<f64> = bare.parse().ok();
    let hundredths = number.map(|number| if text.ends_with('%') || number > 1.0 { number } else { number * 100.0 });
    match hundredths.map(f64::round).filter(|hundredths| (0.0..=100.0).contains(hundredths)) {
        Some(hundredths) => {
            app.threshold = hundredths as usize;
            app.popups.pop();
        }
        None => problem(app, format!("{text:?} is no share: write 0.35 or 35 %")),
    }
}

/// Takes a budget: in users the nearest of the steps that are known, in money the largest that it pays for.
pub(super) fn take_budget(app: &mut App, text: &str) {
    let terms = app.run.as_ref().map(|run| Terms::of(run.info())).unwrap_or_default();
    let wanted = match (budget(text), terms.contact_cost) {
        (None, _) => {
            return problem(app, format!("{text:?} is no number of users: write 5,000, or an amount: 500 EUR"));
        }
        (Some(Wanted::Money(_)), None) => {
            return problem(app, "what a contact costs is not known: set uplift.contact_cost".to_owned());
        }
        (Some(Wanted::Money(amount)), Some(cost)) => (amount / cost) as u64,
        (Some(Wanted::Users(users)), _) => users,
    };
    let is_money = matches!(budget(text), Some(Wanted::Money(_)));
    let Some(Ok(summary)) = &app.summary else { return };
    let budgets = summary.budgets.iter().enumerate().filter(|(_, budget)| !is_money || budget.users <= wanted);
    let Some((place, budget)) = budgets.min_by_key(|(_, budget)| budget.users.abs_diff(wanted)) else {
        return problem(app, "that pays for fewer users than the least budget that was computed".to_owned());
    };
    let users = budget.users;
    app.budget = Some(place);
    app.popups.pop();
    if let Some(grid) = app.grid_mut().filter(|_| wanted != users) {
        let (users, wanted) = (format::thousands(users), format::thousands(wanted));
        grid.note = Some(if is_money {
            format!("that pays for {wanted} users; {users} is the budget below that was computed")
        } else {
            format!("{users} users is the nearest budget that was computed")
        });
    }
}

#[derive(Debug, PartialEq)]
enum Wanted {
    Users(u64),
    Money(f64),
}

/// A budget as people write it: `5,000` users, or `500 EUR`, `€ 1.250,50`, `$500`.
fn budget(text: &str) -> Option<Wanted> {
    let digits =
        |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}');
    let number: String =
        text.chars().filter(|letter| digits(*letter)).filter(|letter| !letter.is_whitespace()).collect();
    let unit: String = text.chars().filter(|letter| !digits(*letter)).collect();
    if unit.is_empty() || unit.eq_ignore_ascii_case("users") {
        return number.replace([',', '.', '\''], "").parse().ok().map(Wanted::Users);
    }
    if unit.contains('-') || !number.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    // The last sign is that of decimals where at most two digits follow it.
    let decimals = number.rfind([',', '.']).filter(|at| number.len() - at <= 3);
    let (whole, rest) = decimals.map_or((number.as_str(), ""), |at| (&number[..at], &number[at + 1..]));
    let whole = whole.replace([',', '.', '\''], "");
    format!("{whole}.{rest}0").parse().ok().map(Wanted::Money)
}

fn problem(app: &mut App, words: String) {
    if let Some(Popup::Prompt(prompt)) = app.popups.last_mut() {
        prompt.problem = Some(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_in_users_or_in_money() {
        for (text, wanted) in [
            ("5000", Some(Wanted::Users(5_000))),
            ("5,000", Some(Wanted::Users(5_000))),
            ("5.000 users", Some(Wanted::Users(5_000))),
            ("500 EUR", Some(Wanted::Money(500.0))),
            ("€ 1.250,50", Some(Wanted::Money(1_250.5))),
            ("$1,250", Some(Wanted::Money(1_250.0))),
            ("-5 €", None),
            ("", None),
            ("many", None),
        ] {
            assert_eq!(budget(text), wanted, "{text}");
        }
    }
}
