//! Model cards: for each model of a run a page in plain English, `models/<stage>-card.md`, made of what the stage has recorded.
//!
//! A card tells the data, the dates, the population, how the model was chosen, its figures with their intervals, and its
//! limits. It names no clock and no run, so that the same stage on the same data writes the same card.

mod figures;
mod text;

use crate::config::Config;
use crate::format::thousands;
use crate::pipeline::source::Inputs;
use crate::pipeline::stages::Outcome;
use crate::stage::{StageId, StageState};
use crate::store::StageRecord;
use text::Text;

/// What is told of a model beside its figures and its notes.
struct About {
    title: &'static str,
    purpose: String,
    /// Whom the model is of, and as of when.
    population: Vec<String>,
    /// How what is served was chosen.
    choice: Vec<String>,
    /// What its figures do not say.
    limits: Vec<String>,
}

/// The card of a stage's model, as a file of the run; `None` for a stage that has no model, or left none.
pub(super) fn card(
    stage: StageId,
    outcome: &Outcome,
    inputs: Inputs<'_>,
    config: &Config,
) -> Option<(String, Vec<u8>)> {
    if outcome.skipped.is_some() {
        return None;
    }
    let mut record = StageRecord::new(stage, StageState::Done);
    record.metrics.clone_from(&outcome.metrics);
    record.detail.clone_from(&outcome.detail);
    let about = text::about(&Text { record: &record, inputs, config })?;
    let log = inputs.log;
    let mut lines = vec![format!("# {}", about.title), String::new(), about.purpose, String::new()];
    let mut section = |title: &str, items: &[String]| {
        if !items.is_empty() {
            lines.extend([format!("## {title}"), String::new()]);
            lines.extend(items.iter().map(|item| format!("- {item}")));
            lines.push(String::new());
        }
    };
    let first = log.time.iter().copied().min().unwrap_or(log.as_of);
    let data = format!(
        "{} events of {} users and {} items, from {} to {} ({}).",
        thousands(log.time.len() as u64),
        thousands(log.users.len() as u64),
        thousands(log.items.len() as u64),
        log.zone.date(first),
        log.zone.date(log.as_of),
        log.zone
    );
    let made = format!("Made by User360 {} with its own engine.", env!("CARGO_PKG_VERSION"));
    section("Data", &[data, made]);
    section("Population and dates", &about.population);
    section("Choice", &about.choice);
    let told = figures::rows(&record);
    if !told.is_empty() {
        lines.extend(["## Figures".to_owned(), String::new()]);
        lines
            .extend(["| figure | value, with its 95 % interval where it has one |".to_owned(), "|---|---|".to_owned()]);
        lines.extend(told);
        lines.push(String::new());
    }
    let mut section = |title: &str, items: &[String]| {
        if !items.is_empty() {
            lines.extend([format!("## {title}"), String::new()]);
            lines.extend(items.iter().map(|item| format!("- {}", item.replace('\n', " "))));
            lines.push(String::new());
        }
    };
    section("Limits", &about.limits);
    section("What the run noted", &outcome.notes);
    lines.pop();
    Some((format!("models/{stage}-card.md"), (lines.join("\n") + "\n").into_bytes()))
}
